"""The line by line client."""
from __future__ import annotations

import pytest

from netio import udp


def test_a_missing_answer_is_none_and_a_late_one_is_not_mixed_up(nothing_left):
    late = []

    def moody(datagram):
        if datagram.data == b"silence":
            late.append(datagram.address)
            return None
        while late:
            server.sock.sendto(b"late", late.pop())
        return datagram.data

    with udp.Server(("127.0.0.1", 0), moody) as server:
        talking = udp.talk(server.address, [b"one", b"silence", b"two"], timeout=0.2)
        assert next(talking)[1].data == b"one"
        assert next(talking) == (b"silence", None)
        server.sock.sendto(b"an old answer", late.pop())
        assert udp_settled(server)
        assert next(talking)[1].data == b"two"
        with pytest.raises(StopIteration):
            next(talking)


def udp_settled(server):
    """On loopback a datagram has arrived when `sendto` returns; one round trip more makes sure of it elsewhere."""
    with udp.connect(server.address) as probe:
        probe.send(b"probe")
        return udp.receive(probe, timeout=20).data == b"probe"


def test_an_empty_answer_is_an_answer():
    with udp.Server(("127.0.0.1", 0), lambda datagram: b"") as server:
        (only,) = udp.talk(server.address, [b"x"], timeout=20)
    assert only[1].data == b""
