"""Sockets, and datagrams that arrive whole, cut, empty or not at all."""
from __future__ import annotations

import errno
import socket
import sys

import pytest

from netio import udp


def has_ipv6():
    try:
        udp.bind(("::1", 0)).close()
        return True
    except OSError:
        return False


HOSTS = ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here"))]


@pytest.fixture(params=HOSTS)
def pair(request):
    with udp.bind((request.param, 0)) as server, udp.connect(server.getsockname()) as client:
        yield server, client


def test_what_is_cut_is_told(pair):
    server, client = pair
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # for macOS, which sends no more than that at once
    cases = [(b"x" * 15, 5, (b"x" * 5, True)), (b"12345", 5, (b"12345", False)), (b"", 5, (b"", False)),
             (b"y", 0, (b"", True)), (b"z" * 60000, 65507, (b"z" * 60000, False))]
    for data, max_size, expected in cases:
        client.send(data)
        got = udp.receive(server, max_size, timeout=20)
        assert (got.data, got.truncated) == expected
        assert got.address[:2] == client.getsockname()[:2]


def test_a_wait_ends_and_the_socket_keeps_its_own_timeout(pair):
    server, client = pair
    server.settimeout(77)
    with pytest.raises(TimeoutError, match="no datagram within 0.01 s"):
        udp.receive(server, timeout=0.01)
    client.send(b"late")
    assert udp.receive(server, timeout=20).data == b"late" and server.gettimeout() == 77


def test_a_port_in_use_is_refused_and_named():
    with udp.bind(("127.0.0.1", 0)) as first:
        with pytest.raises(OSError, match=r"cannot bind 127.0.0.1:\d+") as caught:
            udp.bind(first.getsockname())
    assert caught.value.errno in (errno.EADDRINUSE, 10048, 10013)


def test_one_socket_for_both_families():
    if not (has_ipv6() and socket.has_dualstack_ipv6()):
        pytest.skip("no dual-stack sockets here")
    with udp.bind(("", 0)) as server:
        for host in ("127.0.0.1", "::1"):
            with udp.connect((host, server.getsockname()[1])) as client:
                client.send(b"hello")
                datagram = udp.receive(server, timeout=20)
                server.sendto(b"back", datagram.address)
                assert udp.receive(client, timeout=20).data == b"back"
                assert udp.format_address(datagram.address) == udp.format_address(client.getsockname())
    with udp.bind(("::", 0), dual_stack=False) as server, udp.bind(("0.0.0.0", server.getsockname()[1])):
        pass  # two sockets, one a family: nothing in the way


def test_wrong_addresses_are_refused():
    for port in (-1, 65536, "80", None):
        with pytest.raises(ValueError, match="a port is 0 to 65535"):
            udp.bind(("127.0.0.1", port))
    with pytest.raises(OSError):
        udp.connect(("no.such.host.invalid", 9))
    if sys.platform != "win32":  # Wine binds to any address
        with pytest.raises(OSError, match="cannot bind 203.0.113.7:0"):
            udp.bind(("203.0.113.7", 0))  # an address that is not ours


def test_a_name_is_resolved():
    with udp.bind(("localhost", 0)) as server:
        assert server.getsockname()[0] in ("127.0.0.1", "::1")


@pytest.mark.skipif(sys.platform == "win32", reason="Wine does not report refused datagrams; Windows tells 10054")
def test_a_connected_socket_hears_that_nobody_listens():
    with udp.bind(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    with udp.connect(address) as client:
        client.send(b"anyone?")
        with pytest.raises(ConnectionRefusedError):
            udp.receive(client, timeout=20)


def test_text_is_cut_to_a_datagram_at_a_characters_end():
    text = "网络" * 1000
    cut = udp.datagrams.truncate_text(text)
    assert len(cut) == 1200 and text.startswith(cut.decode())
    assert udp.datagrams.truncate_text(text, 1199).decode() == text[:399] and udp.datagrams.truncate_text("a", 0) == b""
    assert udp.datagrams.truncate_text(text, 5, "gbk").decode("gbk") == "网络"


@pytest.mark.parametrize("address", ["127.0.0.1", "", 8888, None, ("127.0.0.1",)])
def test_what_is_no_address(address):
    for attempt in (udp.bind, udp.connect, udp.datagrams.resolve):
        with pytest.raises(ValueError, match=r"an address is \(host, port\), not"):
            attempt(address)


@pytest.mark.parametrize("timeout", [0, 0.01])
def test_the_timeout_reported_is_the_one_asked_for(timeout):
    with udp.bind(("127.0.0.1", 0)) as sock:
        with pytest.raises(TimeoutError, match=f"no datagram within {timeout:g} s"):
            udp.receive(sock, timeout=timeout)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_only_a_socket_without_a_host_is_for_both_families():
    for host, alone in [("", 0), ("::", 1)]:
        with udp.bind((host, 0)) as sock:
            assert bool(sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)) == alone


def test_of_a_names_addresses_that_of_ipv4_is_bound(monkeypatch):
    def resolve(address, flags=0):
        kind = socket.SOCK_DGRAM, socket.IPPROTO_UDP, ""
        return [(socket.AF_INET6, *kind, ("::1", 0, 0, 0)), (socket.AF_INET, *kind, ("127.0.0.1", 0))]

    monkeypatch.setattr("netio.udp.datagrams.resolve", resolve)
    with udp.bind(("localhost", 0)) as sock:
        assert sock.getsockname()[0] == "127.0.0.1"
