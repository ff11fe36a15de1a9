"""While strangers attack a ring's path, a sender is heard, and memory and descriptors are bounded."""
from __future__ import annotations

import contextlib
import os
import socket
import threading
import time

import pytest

from netio.ipc import AnonymousMemory, connect_ring, listen_ring
from netio.ipc.local import HAS_UNIX
from netio.ipc.rings.ends import ring_memory_size
from netio.ipc.rings.inbox import OFFER, send_memory

from ..attacking import ATTACKERS, RATIO, check_waits

pytestmark = [pytest.mark.usefixtures("nothing_left"),
              pytest.mark.skipif(not HAS_UNIX, reason="there a stranger needs the secret")]


class Stranger:
    """Connects to the path if it is not connected, and does one thing with each step."""

    def __init__(self, path, act):
        self.path, self.act, self.sock = path, act, None

    def step(self):
        try:
            if self.sock is None:
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.settimeout(0.01)
                self.sock.connect(self.path)
            self.act(self.sock)
        except OSError:  # sent away, or the queue is full
            self.close()

    def close(self):
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def offer(data, *descriptors):
    return lambda sock: socket.send_fds(sock, [data], list(descriptors))


def offer_memory(size):
    def act(sock):
        with contextlib.closing(AnonymousMemory(size)) as memory:
            send_memory(sock, memory)
    return act


def go(sock):
    raise ConnectionResetError


ATTACKS = {
    "silence": lambda sock: None,
    "connections that end at once": go,
    "garbage": lambda sock: sock.sendall(b"x" * 1000),
    "a byte at a time": lambda sock: sock.sendall(b"x"),
    "an offer without memory": lambda sock: sock.sendall(OFFER.pack(4096, 0)),
    "a part of an offer with a descriptor": offer(b"x", 0),
    "a descriptor that is no memory": offer(OFFER.pack(0, 0), 0),
    "many descriptors": offer(OFFER.pack(4096, 0), *range(3) if os.name == "posix" else ()),
    "memory that is no ring": offer_memory(1000),
    "memory smaller than it is said to be": offer(OFFER.pack(ring_memory_size(4096), 0), 0),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_sender_is_heard_on_and_memory_and_descriptors_are_bounded(attack, tmp_path):
    heard = threading.Semaphore(0)

    def listen(inbox):
        for item in iter(inbox.recv, "end"):
            heard.release()

    def ask():
        begun = time.perf_counter()
        with connect_ring(inbox.path, 4096, timeout=60) as sender:
            sender.send("hello")
            assert heard.acquire(timeout=60)
        return time.perf_counter() - begun

    with listen_ring(str(tmp_path / "ring"), senders=1 << 30) as inbox:
        thread = threading.Thread(target=listen, args=[inbox])
        thread.start()
        try:
            check_waits(ask, [Stranger(inbox.path, ATTACKS[attack]) for _ in range(ATTACKERS)], RATIO * 10)
        finally:
            with connect_ring(inbox.path, timeout=60) as sender:
                sender.send("end")
            thread.join(60)
