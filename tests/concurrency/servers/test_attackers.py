"""While some clients attack an echo, another is served on under every model, and memory and descriptors are bounded.

The models that have one place for each client (pool, prefork) have one more place than there are attackers here.
"""
from __future__ import annotations

import contextlib
import errno
import os

import pytest

from netio.concurrency import EchoProtocol, Server, available_models, echo
from netio.concurrency.servers.connections.descriptors import DescriptorWatch

from ...asyncio_server import AsyncioServer
from ...attacking import ATTACKERS, HALF_CLOSE, MEBIBYTE, RESET, SIP, check_others

ATTACKS = {
    "silence": (b"", b""),
    "slow bytes": (b"x", b"x"),
    "slow readers": (b"x" * 50_000, SIP),
    "floods that nobody reads": (b"", b"x" * MEBIBYTE),
    "ends of which one stays": (b"x" * 50_000, HALF_CLOSE),
    "resets": (b"x" * 50_000, RESET),
}
# For each model: what it serves, how many workers, how many attackers, what memory each of these may take.
MODELS = {
    "thread": (echo, None, ATTACKERS, MEBIBYTE),
    "pool": (echo, ATTACKERS + 1, ATTACKERS, MEBIBYTE),
    "fork": (echo, None, ATTACKERS, 8 * MEBIBYTE),
    "select": (EchoProtocol, None, ATTACKERS, 4 * MEBIBYTE),
    "poll": (EchoProtocol, None, ATTACKERS, 4 * MEBIBYTE),
    "epoll": (EchoProtocol, None, ATTACKERS, 4 * MEBIBYTE),
    "kqueue": (EchoProtocol, None, ATTACKERS, 4 * MEBIBYTE),
    "asyncio": (EchoProtocol, None, ATTACKERS, 4 * MEBIBYTE),
}


@contextlib.contextmanager
def running(model, served, workers):
    if model == "asyncio":
        with AsyncioServer(served) as server:
            yield server
    else:
        with Server(("127.0.0.1", 0), served, model, workers) as server:
            server.start()
            yield server


@pytest.mark.sample(5)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, model, nothing_left):
    if model not in (*available_models(), "asyncio"):
        pytest.skip(f"no {model}")
    if (os.name, model, attack) == ("nt", "asyncio", "resets"):
        pytest.skip("there asyncio itself closes the listener when a client is reset before it is accepted")
    served, workers, attackers, memory = MODELS[model]
    with running(model, served, workers) as server:
        check_others(server.address, model, b"hello", b"hello", ATTACKS[attack], 16 * MEBIBYTE + attackers * memory)


@pytest.mark.parametrize("name", ["ECONNABORTED", "ECONNRESET", "ENOTCONN", "EPROTO", "WSAECONNRESET", "WSAENOTCONN"])
def test_a_client_that_is_reset_before_it_is_accepted_pauses_nobody(name):
    if hasattr(errno, name):
        assert not DescriptorWatch(("127.0.0.1", 9)).must_pause(OSError(getattr(errno, name), "gone"))


@pytest.mark.parametrize("model, workers", [
    ("prefork", 4), pytest.param("process", None, marks=pytest.mark.soak)])
def test_a_few_attackers_of_processes_hold_up_nobody(model, workers, nothing_left):
    if model not in available_models():
        pytest.skip(f"no {model}")
    with running(model, echo, workers) as server:
        for attack in ATTACKS.values():
            check_others(server.address, model, b"hello", b"hello", attack, 128 * MEBIBYTE, attackers=3)
