"""The client for people and pipes: input and socket at once, half-close, silence, a peer that leaves first."""
from __future__ import annotations

import threading

import pytest

from netio import tcp


@pytest.fixture
def pair():
    left, right = tcp.connect_pair(timeout=60)
    with left, right:
        yield left, right


def test_input_goes_out_and_answers_come_in(pair):
    left, right = pair
    lines, heard = iter(["你好\n".encode(), b"second\n", b""]), []

    def answer():
        right.sendall(b"welcome ")
        right.sendall(tcp.Reader(right).read_to_end())
        tcp.half_close(right)

    thread = threading.Thread(target=answer)
    thread.start()
    assert tcp.interact(left, lambda: next(lines), heard.append, timeout=60) == 22
    thread.join()
    assert b"".join(heard) == "welcome 你好\nsecond\n".encode()
    assert left.gettimeout() == 60


def test_a_peer_that_leaves_while_we_type(pair):
    left, right = pair
    typing = threading.Event()
    right.sendall(b"bye")
    right.close()
    heard = []
    assert tcp.interact(left, lambda: b"" if typing.wait(10) else b"", heard.append) == 3
    typing.set()
    assert heard == [b"bye"]


def test_silence_after_the_end_of_the_input(pair):
    with pytest.raises(TimeoutError, match="nothing for 0.1 s"):
        tcp.interact(pair[0], lambda: b"", print, timeout=0.1)


def test_a_broken_connection_is_told(pair):
    left, right = pair
    left.close()
    with pytest.raises((OSError, ValueError)):
        tcp.interact(left, lambda: b"", print, timeout=1)
