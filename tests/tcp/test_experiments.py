"""The experiments show what they say they show, wherever they run."""
from __future__ import annotations

import pytest

from netio import tcp


def test_what_is_taken_is_delivered(nothing_left):
    left, right = tcp.connect_pair(timeout=60)
    with left, right:
        taken = tcp.experiments.send_until_full(left, limit=1 << 26)
        assert left.gettimeout() == 60 and taken > 1000
        assert len(tcp.recv_exactly(right, taken, timeout=20)) == taken


def test_a_limit_is_kept():
    left, right = tcp.connect_pair()
    with left, right:
        assert tcp.experiments.send_until_full(left, limit=1000) == 1000


def test_larger_buffers_take_more(nothing_left):
    small, large = (tcp.measure_buffers(send=size, receive=size) for size in (16 * 1024, 1 << 20))
    assert small["taken"] < large["taken"] and small["send_buffer"] <= large["send_buffer"]


def test_back_pressure(nothing_left):
    rows = tcp.experiments.watch_back_pressure(step=50_000, steps=2)
    assert [read for read, _ in rows] == [0, 50_000, 100_000] and rows[0][1] > 100_000


@pytest.mark.parametrize("framing", [tcp.LengthPrefix, tcp.Netstring, tcp.Delimiter, lambda: tcp.FixedSize(7)])
def test_framed_messages_come_back_as_they_were(framing):
    assert tcp.send_then_recv([b"account", b"passwor"], framing=framing()) == [b"account", b"passwor"]


def test_glued_and_torn(nothing_left):
    messages = ["账号".encode(), b"", b"password"]
    assert tcp.send_then_recv(messages) == [b"".join(messages)]
    torn = tcp.send_then_recv(messages, size=4)
    assert torn[0] == messages[0][:4] and b"".join(torn) == b"".join(messages)
    with pytest.raises(UnicodeDecodeError):
        torn[0].decode()  # cut inside a character
    assert tcp.send_then_recv([]) == []
