"""Odd applications under every model, over real connections: the client sees what it sees in memory, or that something
is missing; the server serves the next one."""
from __future__ import annotations

import contextlib
import random
import socket
import struct

import pytest

from netio.http import FromWSGI
from netio.tcp import connect

from ..conftest import WINE
from ..fuzzing import cut, rounds
from . import talk
from .serving import MODELS, running
from .test_fuzz_applications import GET, HEAD, OLD, POST, Application, read
from .test_fuzz_wsgi import WSGI

LENGTH = b"\r\nContent-Length:"
ENDLESS = b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"


def odd(request):
    """The application that the number in the path says, the same in every process."""
    if request.path == "/endless":
        return iter(lambda: b"x" * 5000, b"")
    rng = random.Random(request.path)
    return FromWSGI(WSGI(rng))(request) if rng.random() < 0.5 else Application(rng)(request)


def answer_in_memory(data, method):
    """Return ([(status, body)] or, where it breaks off, [], whether the connection ends)."""
    protocol, transport = talk.connect(odd)
    talk.feed(protocol, transport, data)
    for _ in range(100):
        if transport.closed or not transport.full:
            break
        transport.take()
    ended, broken = transport.closed, transport.aborted
    protocol.connection_lost(None)
    cut_off = broken and LENGTH not in transport.sent and b" HTTP/1.0\r\n" in data  # which a reset says
    return [] if cut_off else read(transport.sent, [method]), ended


def ask(address, pieces):
    """Return all that came until the end, and whether that was (or, under Wine, may have been) a reset, by which some
    may be lost."""
    got = b""
    with connect(address, timeout=60) as sock:
        try:
            for piece in pieces:
                sock.sendall(piece)
            sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(1 << 16):
                got += piece
        except TimeoutError:
            raise
        except OSError:
            with contextlib.suppress(OSError):
                while piece := sock.recv(1 << 16):
                    got += piece
            return got, True
    return got, WINE


def vanish(address, data, rng):
    """Send something and go, politely or with a reset, with or without a look at the answer."""
    with connect(address, timeout=60) as sock:
        sock.sendall(data[:rng.randrange(len(data)) + 1] if rng.random() < 0.5 else ENDLESS)
        if rng.random() < 0.3:
            sock.shutdown(socket.SHUT_WR)
        elif rng.random() < 0.5:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.sample(4)
@pytest.mark.parametrize("model", MODELS)
@rounds(8, 4000)
def test_whatever_an_application_does_its_client_is_not_misled_and_the_next_is_served(
        model, rounds, rng, nothing_left):
    whole = 0
    with running(odd, model) as server:
        for number in range(rounds if model != "process" else rounds // 4):
            kinds = [rng.choice((GET, GET, HEAD, POST, OLD)) for _ in range(rng.randrange(1, 5))]
            requests = [kind % rng.getrandbits(32) for kind in kinds]
            methods = [kind.split()[0].decode() for kind in kinds]
            meant = [answer_in_memory(data, method) for data, method in zip(requests, methods)]
            if rng.random() < 0.5:
                vanish(server.address[:2], requests[0], rng)
            came, was_reset = ask(server.address[:2], cut(rng, b"".join(requests)))
            got = read(came, methods)
            if was_reset and kinds[len(got) - 1] is OLD and LENGTH not in came[came.rfind(b"HTTP/1.1 "):]:
                del got[-1:]
            for answer, (alone, _) in zip(got, meant):  # what breaks off in memory may be made at one go: an error
                assert [answer] == alone or not alone and answer[0] in (404, 500), (number, requests, answer, alone)
            if len(got) < len(kinds):
                assert was_reset or not meant[len(got)][0] or meant[len(got) - 1][1], (number, requests, meant, came)
            whole += len(got)
    assert whole > rounds // 8


def broken_off(request):
    yield b"half"
    raise ValueError("the other half")


@pytest.mark.skipif(WINE, reason="Wine reads a reset as an end")
@pytest.mark.parametrize("model", [model for model in MODELS if model != "process"])
def test_an_old_client_which_knows_no_other_end_is_reset_where_something_is_missing(model, nothing_left):
    with running(broken_off, model) as server:
        assert ask(server.address[:2], [OLD % 1])[1]
