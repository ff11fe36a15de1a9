"""Many clients at once, each sending a file and getting it back, compared by checksum."""
from __future__ import annotations

import hashlib
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..attacking import needs_descriptors
from .serving import MODELS, QUICK, Talk, anonymous, running


def up_and_down(address, number, size, start):
    source = random.Random(number)
    data = source.getrandbits(8 * size).to_bytes(size, "big")
    with Talk(address) as talk:
        start.wait(60)
        assert talk.put(f"STOR {number}.bin", data).startswith("226 ")
        got, reply = talk.get(f"RETR {number}.bin")
        assert reply.startswith("226 ") and talk.say("QUIT").startswith("221 ")
    return hashlib.sha256(data).digest() == hashlib.sha256(got).digest()


def many(folder, model, clients, size):
    needs_descriptors(50 + 6 * clients)
    with running(folder, model, users=anonymous(folder), rules=QUICK, max_connections=3 * clients) as server:
        start = threading.Barrier(clients)
        with ThreadPoolExecutor(clients) as pool:
            jobs = [pool.submit(up_and_down, server.address, number, size, start) for number in range(clients)]
            assert all(job.result() for job in jobs)
    assert sorted(os.listdir(folder)) == sorted(f"{number}.bin" for number in range(clients))


@pytest.mark.parametrize("model", ["thread", "select"])
def test_thirty_clients_at_once(tmp_path, model):
    many(tmp_path, model, 30, 200_000)


@pytest.mark.soak
@pytest.mark.parametrize("model", [model for model in MODELS if model not in ("select", "process")])
def test_two_hundred_clients_at_once(tmp_path, model):
    many(tmp_path, model, 200, 3_000_000)
