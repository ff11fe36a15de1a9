"""The network interfaces of this machine and their addresses, of which one interface may have several.

The system's C library lists them (getifaddrs, on Linux, macOS and the BSDs), and Python has no function for it, so
`ctypes` calls it. On Windows the standard library knows only the addresses.
"""
from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import Any, Iterator, NamedTuple

_BROADCASTS = 2  # IFF_BROADCAST, of the flags of an interface: netdevice(7)
_POINTER_FIELDS = ("address", "netmask", "broadcast", "data")


class Interface(NamedTuple):
    """A network interface and one of its IPv4 addresses; `broadcast` and `netmask` are "" where there are none.

    >>> Interface("eth0", 2, "192.168.1.7", "192.168.1.255", "255.255.255.0").broadcast
    '192.168.1.255'
    """

    name: str
    number: int
    address: str
    broadcast: str
    netmask: str


def interfaces() -> list[Interface]:
    """Return this machine's interfaces that have an IPv4 address, once for each of their addresses.

    >>> all(interface.address.count(".") == 3 for interface in interfaces())
    True

    Where the platform does not list interfaces (Windows), one without a name for each address of this host. An address
    that was given without a broadcast address has that of its network, which the system uses, too.

    Notes: udp应用之广播 (which reads `ifconfig`).
    """
    found = _all_addresses()
    if found is None:
        return [Interface("", 0, address, "", "") for address in own_addresses(socket.AF_INET)]
    return [_describe(*entry) for entry in found if ":" not in entry[2]]


def own_addresses(family: int = socket.AF_UNSPEC) -> list[str]:
    """Return the addresses of this machine, IPv4 first; `family` AF_INET or AF_INET6 chooses one kind.

    >>> all(":" in address for address in own_addresses(socket.AF_INET6))
    True
    """
    found = _all_addresses()
    families = [wanted for wanted in (socket.AF_INET, socket.AF_INET6) if family in (wanted, socket.AF_UNSPEC)]
    if found is None:
        known = [address for wanted in families for address in _addresses_of_host(wanted)]
    else:
        known = [entry[2] for wanted in families for entry in found if (":" in entry[2]) == (wanted == socket.AF_INET6)]
    return list(dict.fromkeys(known))


def _describe(name: str, flags: int, address: str, netmask: str, broadcast: str) -> Interface:
    if not flags & _BROADCASTS:  # loopback, point to point
        broadcast = ""
    elif netmask and broadcast in ("", address):  # the C library may give the address in its place
        network = ipaddress.IPv4Network(f"{address}/{netmask}", strict=False)
        broadcast = str(network.broadcast_address) if network.prefixlen < 31 else ""
    return Interface(name, socket.if_nametoindex(name), address, broadcast, netmask)


def _all_addresses() -> list[tuple[str, int, str, str, str]] | None:
    """Return name, flags, address, netmask and broadcast address of each, or None where the system does not say."""
    try:
        import ctypes

        if os.name == "nt":
            return None
        library = ctypes.CDLL(None, use_errno=True)
        first = ctypes.c_void_p()
        if library.getifaddrs(ctypes.byref(first)):
            return None
    except (ImportError, AttributeError, OSError):
        return None
    try:
        return list(_walk(ctypes, first.value))
    finally:
        library.freeifaddrs(first)


def _walk(ctypes: Any, entry: int | None) -> Iterator[tuple[str, int, str, str, str]]:
    """Yield what a list of `struct ifaddrs` holds: next, name, flags, address, netmask, broadcast, data."""
    class IfAddrs(ctypes.Structure):  # type: ignore[misc]
        _fields_ = [("next", ctypes.c_void_p), ("name", ctypes.c_char_p), ("flags", ctypes.c_uint),
                    *((name, ctypes.c_void_p) for name in _POINTER_FIELDS)]

    while entry:
        found = IfAddrs.from_address(entry)
        address, netmask, broadcast = (_text(ctypes, pointer)
                                       for pointer in (found.address, found.netmask, found.broadcast))
        if address:
            yield os.fsdecode(found.name).partition(":")[0], found.flags, address, netmask, broadcast
        entry = found.next


def _text(ctypes: Any, pointer: int | None) -> str:
    """Return the address in a `struct sockaddr` as text, "" where it is not one of IP."""
    if not pointer:
        return ""
    head = ctypes.string_at(pointer, 2)
    size = head[0] if sys.platform != "linux" else 28  # the BSDs begin with the size, and leave zeros at the end out
    family = head[1] if sys.platform != "linux" else int.from_bytes(head, sys.byteorder)
    if family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, ctypes.string_at(pointer, 24)[8:24])
    if family == socket.AF_INET or not family and size:  # a netmask of the BSDs may say no family
        return socket.inet_ntoa(ctypes.string_at(pointer, min(size, 8))[4:8].ljust(4, b"\0"))
    return ""


def _addresses_of_host(family: int) -> list[str]:
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, family, socket.SOCK_DGRAM)]
    except OSError:  # a host whose own name is in no table
        return []
