"""Groups of both families on this machine's loopback."""
from __future__ import annotations

import socket
import sys

import pytest

from netio import udp

from .test_datagrams import has_ipv6


def send(group, interface, port, data):
    with udp.multicast.open_multicast_sender(group, interface, hops=0) as sender:  # 0: it does not leave this machine
        sender.sendto(data, (group, port))


def groups():
    """Yield a group and an interface for each family; for IPv6 the first interface that has a route for groups."""
    yield "239.192.7.7", "127.0.0.1"
    for number, _ in socket.if_nameindex() if sys.platform != "win32" and has_ipv6() else []:
        try:
            send("ff12::7777", number, 9, b"")
        except OSError:
            continue
        yield "ff12::7777", number
        return


GROUPS = list(groups())


@pytest.mark.parametrize(("group", "interface"), GROUPS)
def test_two_listeners_hear_one_datagram(group, interface):
    with udp.listen_multicast(group, 0, interface) as one:
        port = one.getsockname()[1]
        with udp.listen_multicast(group, port, interface) as two:
            send(group, interface, port, b"hello group")
            assert [udp.receive(sock, timeout=20).data for sock in (one, two)] == [b"hello group"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="under Wine a socket hears what others on the machine have joined")
@pytest.mark.parametrize(("group", "interface"), GROUPS)
def test_who_has_left_hears_nothing_more(group, interface):
    with udp.listen_multicast(group, 0, interface) as sock:
        port = sock.getsockname()[1]
        with udp.listen_multicast(group, port, interface) as other:
            udp.multicast.leave_group(sock, group, interface)
            send(group, interface, port, b"without you")
            assert udp.receive(other, timeout=20).data == b"without you"
            udp.join_group(sock, group, interface)
            send(group, interface, port, b"back again")
            assert [udp.receive(each, timeout=20).data for each in (other, sock)] == [b"back again"] * 2
        with pytest.raises(OSError):
            udp.join_group(sock, group, interface)  # twice


@pytest.mark.parametrize(("group", "interface"), GROUPS)
def test_hops_and_loop_are_what_was_asked(group, interface):
    level, hops, loop = socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, socket.IP_MULTICAST_LOOP
    if ":" in group:
        level, hops, loop = socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, socket.IPV6_MULTICAST_LOOP
    for asked_hops, asked_loop in ((1, True), (7, False)):
        with udp.multicast.open_multicast_sender(group, interface, hops=asked_hops, loop=asked_loop) as sock:
            assert (sock.getsockopt(level, hops), bool(sock.getsockopt(level, loop))) == (asked_hops, asked_loop)


def test_what_is_no_group_or_no_interface_is_refused():
    with udp.bind(("127.0.0.1", 0)) as sock:
        with pytest.raises(OSError):
            udp.join_group(sock, "10.0.0.1", "127.0.0.1")
        with pytest.raises(ValueError, match="no interface 'nosuch0'"):
            udp.join_group(sock, "239.1.1.1", "nosuch0")
    with pytest.raises(ValueError, match="no interface 'nosuch0'"):
        udp.multicast.open_multicast_sender("ff12::1", "nosuch0")
    with pytest.raises(OSError):
        udp.listen_multicast("not an address", 0)


@pytest.mark.skipif(sys.platform != "linux", reason="interfaces by name are told on Linux and macOS")
def test_an_interface_may_be_named_numbered_or_addressed():
    number = socket.if_nametoindex("lo")
    with udp.bind(("0.0.0.0", 0)) as sock:
        for interface in ("lo", number, "127.0.0.1"):
            udp.join_group(sock, "239.192.7.9", interface)
            udp.multicast.leave_group(sock, "239.192.7.9", "lo")
