"""Socket facts: what is reported is what was set, for every kind of socket, in every state."""
from __future__ import annotations

import socket
import sys

import pytest

from netio import tcp

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells so much")


def test_what_was_set_is_reported():
    left, right = tcp.connect_pair(timeout=60)
    with left, right:
        left.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        left.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 50_000)
        facts = tcp.describe(left)
        assert facts["family"] == "AF_INET" and facts["type"] == "SOCK_STREAM" and facts["timeout"] == 60
        assert facts["local"] == right.getpeername() and facts["peer"] == right.getsockname()
        assert facts["SO_KEEPALIVE"] and facts["SO_RCVBUF"] >= 50_000 and facts["fileno"] == left.fileno()
        assert "IPV6_V6ONLY" not in facts


def test_every_kind_of_socket():
    kinds = [(socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET, socket.SOCK_STREAM)]
    if socket.has_dualstack_ipv6():
        kinds.append((socket.AF_INET6, socket.SOCK_STREAM))
    if hasattr(socket, "AF_UNIX"):
        kinds.append((socket.AF_UNIX, socket.SOCK_STREAM))
    for family, kind in kinds:
        with socket.socket(family, kind) as sock:
            facts = tcp.describe(sock)
            assert facts["family"] == family.name and facts["type"] == kind.name and facts["peer"] is None
            is_tcp = kind == socket.SOCK_STREAM and family in (socket.AF_INET, socket.AF_INET6)
            assert ("TCP_NODELAY" in facts) == is_tcp
            assert ("IPV6_V6ONLY" in facts) == (family == socket.AF_INET6)
    assert tcp.describe(sock)["state"] is None  # closed


def test_an_error_that_waits_is_not_swallowed():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.1", 0))
        address = dead.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(address)
        tcp.describe(sock)
        assert "SO_ERROR" not in tcp.describe(sock)


@linux
def test_the_states_of_a_connection():
    with tcp.listen(("127.0.0.1", 0)) as listener:
        assert tcp.tcp_state(listener) == "LISTEN"
    left, right = tcp.connect_pair()
    with left, right:
        assert tcp.tcp_state(left) == tcp.tcp_state(right) == "ESTABLISHED"
        tcp.half_close(left)
        assert right.recv(1) == b""
        assert tcp.tcp_state(left) in ("FIN-WAIT-1", "FIN-WAIT-2") and tcp.tcp_state(right) == "CLOSE-WAIT"
        tcp.half_close(right)
        assert left.recv(1) == b""
        assert tcp.tcp_state(left) in ("TIME-WAIT", "CLOSED", "FIN-WAIT-2")
    with socket.socket() as fresh:
        assert tcp.tcp_state(fresh) == "CLOSED"


@linux
def test_what_waits_in_the_buffers():
    left, right = tcp.connect_pair()
    with left, right:
        assert tcp.queued_bytes(right) == (0, 0)
        left.sendall(b"hello")
        assert right.recv(1, socket.MSG_PEEK) == b"h"
        assert tcp.queued_bytes(right)[0] == 5
        taken = tcp.experiments.send_until_full(left)
        assert 0 < tcp.queued_bytes(left)[1] <= taken


def test_where_the_system_tells_nothing(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "fcntl", None)
    left, right = tcp.connect_pair()
    with left, right:
        assert tcp.tcp_state(left) is None and tcp.queued_bytes(left) == (None, None)
