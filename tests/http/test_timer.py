"""What tells a slow client from one that has gone."""

from __future__ import annotations

import pytest

from netio.http import HTTPServer, Timeouts
from netio.http.timer import TELLS_UNSENT, PhaseTimer, count_unsent
from netio.tcp import connect_pair


class Transport:
    def __init__(self, sock, queued=0):
        self.sock, self.queued = sock, queued

    def get_write_buffer_size(self):
        return self.queued

    def get_extra_info(self, name):
        return {"socket": self.sock}.get(name)


@pytest.mark.skipif(not TELLS_UNSENT, reason="this system does not tell what is unsent")
def test_a_client_that_reads_slowly_moves_though_our_own_queue_does_not():
    ours, theirs = connect_pair()
    with ours, theirs:
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                ours.send(bytes(1 << 20))
        timer, transport = PhaseTimer(Timeouts(send=10)), Transport(ours, queued=1 << 20)
        assert timer.enter("send", 0, transport=transport) == 2.5
        assert [timer.may_go_on(transport, now) for now in (2.5, 5, 7.5)] == [True] * 3
        before = count_unsent(transport)
        theirs.settimeout(10)
        while count_unsent(transport) == before:
            assert theirs.recv(1 << 16)
        assert [timer.may_go_on(transport, now) for now in (10, 12.5, 15, 17.5, 20)] == [True] * 4 + [False]
        assert timer.deadline == 22.5


def test_where_the_system_does_not_tell_it_keeps_little(monkeypatch):
    import socket

    monkeypatch.setattr("netio.http.server.TELLS_UNSENT", False)
    with HTTPServer("127.0.0.1", 0, lambda request: "x") as server:
        assert server.listener.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 1 << 20
