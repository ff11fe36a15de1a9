"""One datagram to those who asked for it: groups of IPv4 (224.0.0.0 to 239.255.255.255) and of IPv6 (ff00::/8).

A group is an address that nobody has. A receiver joins it, on one interface; a sender need not. IPv4
names the interface by its address, IPv6 by its index: `interface` here takes name, address or index for both.
"""
from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from typing import Union

from .addresses import interfaces
from .datagrams import Address, bind, receive, resolve  # noqa: F401 (the example uses receive)

_Interface = Union[str, int]
_JOIN = {socket.IPPROTO_IP: socket.IP_ADD_MEMBERSHIP, socket.IPPROTO_IPV6: socket.IPV6_JOIN_GROUP}
# IP_MULTICAST_ALL and IPV6_MULTICAST_ALL, on by default: a socket also receives what is sent to groups that others
# here have joined.
_HEAR_ALL = {socket.IPPROTO_IP: 49, socket.IPPROTO_IPV6: 29}
_LEAVE = {socket.IPPROTO_IP: socket.IP_DROP_MEMBERSHIP, socket.IPPROTO_IPV6: socket.IPV6_LEAVE_GROUP}


def join_group(sock: socket.socket, group: str, interface: _Interface = "") -> None:
    """Let `sock` receive what is sent to `group` over an interface; "" lets the system choose one.

    >>> with bind(("", 0), dual_stack=False) as sock:
    ...     join_group(sock, "239.1.2.3", "127.0.0.1")
    ...     leave_group(sock, "239.1.2.3", "127.0.0.1")

    Raises: OSError where that is no group, or no interface can have it; ValueError for an unknown interface.
    See: ip(7) IP_ADD_MEMBERSHIP, ipv6(7) IPV6_JOIN_GROUP, RFC 1112, RFC 4291 section 2.7.
    """
    level, membership = _membership(group, interface)
    sock.setsockopt(level, _JOIN[level], membership)
    if sys.platform == "linux":
        with suppress(OSError):  # IPv6 has it since Linux 4.20
            sock.setsockopt(level, _HEAR_ALL[level], 0)


def leave_group(sock: socket.socket, group: str, interface: _Interface = "") -> None:
    """Take `join_group` back. Closing the socket leaves every group, too.

    >>> with bind(("", 0), dual_stack=False) as sock:
    ...     leave_group(sock, "239.1.2.3", "127.0.0.1")
    Traceback (most recent call last):
    OSError: ...

    Raises: OSError where the group was not joined.
    """
    level, membership = _membership(group, interface)
    sock.setsockopt(level, _LEAVE[level], membership)


def listen_multicast(group: str, port: int, interface: _Interface = "") -> socket.socket:
    """Return a socket that receives what is sent to `group` at `port`; others on this machine may listen there too.

    >>> with listen_multicast("239.1.2.3", 0, "127.0.0.1") as listener:
    ...     port = listener.getsockname()[1]
    ...     with open_multicast_sender("239.1.2.3", "127.0.0.1") as sender:
    ...         sender.sendto(b"hello", ("239.1.2.3", port))
    ...     receive(listener, timeout=5).data
    5
    b'hello'

    Raises: what `bind` and `join_group` raise.
    """
    host = group
    if sys.platform == "win32":  # binds to own addresses only; elsewhere the group's keeps other datagrams out
        host = "::" if ":" in group else "0.0.0.0"
    scope = (0, _index_of(interface)) if ":" in group else ()
    sock = bind((host, port, *scope), share=True, dual_stack=False)
    try:
        join_group(sock, group, interface)
    except OSError:
        sock.close()
        raise
    return sock


def open_multicast_sender(group: str, interface: _Interface = "", *, hops: int = 1,
                          loop: bool = True) -> socket.socket:
    """Return a socket to send to `group` with: over which interface, through how many routers, to this machine or not.

    `hops` 1 stays in this network; `loop` lets listeners on this machine receive it, too.

    >>> with open_multicast_sender("239.1.2.3", "127.0.0.1", hops=2) as sock:
    ...     sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL)
    2

    Raises: OSError where the system refuses an option; ValueError for an unknown interface.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in group else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if ":" in group:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, int(loop))
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, _index_of(interface))
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, hops)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, int(loop))
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(_address_of(interface)))
    except (OSError, ValueError):
        sock.close()
        raise
    return sock


def _membership(group: str, interface: _Interface) -> tuple[int, bytes]:
    """Return the option level and the struct ip_mreq or ipv6_mreq for a group on an interface."""
    if ":" in group:
        raw = socket.inet_pton(socket.AF_INET6, group)
        return socket.IPPROTO_IPV6, struct.pack("@16sI", raw, _index_of(interface))
    return socket.IPPROTO_IP, socket.inet_aton(group) + socket.inet_aton(_address_of(interface))


def _address_of(interface: _Interface) -> str:
    """Return the IPv4 address of an interface given by name, index or address; 0.0.0.0 is the system's choice."""
    if not interface or isinstance(interface, str) and interface.count(".") == 3:
        return str(interface or "0.0.0.0")
    for known in interfaces():
        if interface in (known.name, known.number):
            return known.address
    raise ValueError(f"no interface {interface!r} with an IPv4 address")


def _index_of(interface: _Interface) -> int:
    """Return the index of an interface given by name, index or IPv4 address; 0 is the system's choice."""
    if not interface or isinstance(interface, int):
        return int(interface or 0)
    for known in interfaces():
        if interface in (known.name, known.address):
            return known.number
    try:
        return socket.if_nametoindex(interface)
    except OSError:
        raise ValueError(f"no interface {interface!r}") from None
