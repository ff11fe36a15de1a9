"""One datagram to every machine of a network, and the addresses that this needs.

A network of IPv4 has a broadcast address of its own (the highest: 192.168.1.255 in 192.168.1.0/24); 255.255.255.255
means "the network right here" without knowing it. The kernel tells them per interface: Linux and macOS through ioctl;
on Windows the standard library can tell only the addresses. IPv6 has no broadcast: see multicast, group ff02::1.
"""
from __future__ import annotations

import errno
import socket
import struct
import sys
from typing import NamedTuple, Optional

from .datagrams import Address, bind, receive  # noqa: F401 (the example uses receive)

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# Everyone in the network right here; no router passes it on.
LIMITED_BROADCAST = "255.255.255.255"

# The ioctl requests for address, broadcast address and netmask: netdevice(7), <linux/sockios.h>; <sys/sockio.h>.
_REQUESTS = {"linux": (0x8915, 0x8919, 0x891B), "darwin": (0xC0206921, 0xC0206923, 0xC0206925)}


class Interface(NamedTuple):
    """A network interface with its IPv4 address; `broadcast` and `netmask` are "" where it has none or none is told.

    >>> Interface("eth0", 2, "192.168.1.7", "192.168.1.255", "255.255.255.0").broadcast
    '192.168.1.255'
    """

    name: str
    number: int
    address: str
    broadcast: str
    netmask: str


def interfaces() -> list[Interface]:
    """Return this machine's interfaces that have an IPv4 address, the first address of each.

    >>> all(interface.address.count(".") == 3 for interface in interfaces())
    True

    Where the platform does not tell interfaces (Windows), one without name for each address of this host.

    Notes: udp应用之广播 (which reads `ifconfig`).
    """
    if fcntl is None or sys.platform not in _REQUESTS:
        return [Interface("", 0, address, "", "") for address in own_addresses(socket.AF_INET)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        told = [(name, index, [_ask_kernel(sock, name, request) for request in _REQUESTS[sys.platform]])
                for index, name in socket.if_nameindex()]
    return [Interface(name, index, *found) for name, index, found in told if found[0]]


def own_addresses(family: int = socket.AF_UNSPEC) -> list[str]:
    """Return the addresses of this machine, IPv4 first; `family` AF_INET or AF_INET6 chooses one kind.

    >>> all(":" in address for address in own_addresses(socket.AF_INET6))
    True
    """
    if fcntl is not None and sys.platform in _REQUESTS:
        found = [interface.address for interface in interfaces()] if family != socket.AF_INET6 else []
    else:
        found = _addresses_of_host(socket.AF_INET) if family != socket.AF_INET6 else []
    if family != socket.AF_INET:
        found += _addresses_of_kernel_v6() if sys.platform == "linux" else _addresses_of_host(socket.AF_INET6)
    return list(dict.fromkeys(found))


def broadcast_addresses() -> list[str]:
    """Return the broadcast address of each network this machine is in; only 255.255.255.255 where none is told.

    >>> len(broadcast_addresses()) >= 1
    True

    Notes: udp应用之广播 ("一般末尾为X.X.X.255": only in a network of 256 addresses).
    """
    found = [interface.broadcast for interface in interfaces() if interface.broadcast]
    return list(dict.fromkeys(found)) or [LIMITED_BROADCAST]


def send_broadcast(data: bytes, port: int, to: Optional[str] = None) -> list[str]:
    """Send one datagram to everyone who listens at `port`, and return the addresses it went to.

    `to` is a broadcast address; None is every network that this machine is in. The limited one, 255.255.255.255, goes
    out once from each own address, because the kernel would take one network only.

    >>> listener = bind(("", 0), dual_stack=False)
    >>> send_broadcast(b"lunch!", listener.getsockname()[1], "127.255.255.255")  # stays on this machine
    ['127.255.255.255']
    >>> listener.close()

    Raises: OSError where no network took it, ValueError for a port that is none.
    Notes: udp应用之广播, 发送端. See: RFC 919, RFC 922.
    """
    if not 0 < port <= 65535:
        raise ValueError(f"a port is 1 to 65535, not {port!r}")
    went, last_error = [], OSError(errno.ENETUNREACH, "no network to broadcast in")
    for address in broadcast_addresses() if to is None else [to]:
        sources = [interface.address for interface in interfaces()] if address == LIMITED_BROADCAST else []
        for source in sources or [""]:
            try:
                _send_from(source, data, (address, port))
                went.append(address)
            except OSError as error:  # an interface without a cable, a firewall: others may do
                last_error = error
    if not went:
        raise last_error
    return list(dict.fromkeys(went))


def listen_broadcast(port: int) -> socket.socket:
    """Return a socket that hears what is broadcast to `port`; others on this machine may listen there too.

    It is bound to all IPv4 addresses: one bound to this machine's own address hears no broadcast on Linux and macOS.

    >>> with listen_broadcast(0) as one, listen_broadcast(one.getsockname()[1]) as two:
    ...     one.getsockname() == two.getsockname()
    True

    Raises: OSError where a program that does not share holds the port.
    Notes: udp应用之广播, 接收端.
    """
    return bind(("0.0.0.0", port), share=True)


def _send_from(source: str, data: bytes, address: Address) -> None:
    with bind((source, 0), dual_stack=False) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.sendto(data, address)


def _ask_kernel(sock: socket.socket, interface: str, request: int) -> str:
    """Return one IPv4 address of an interface, "" where it has none: struct ifreq is a name and a sockaddr_in."""
    try:
        answer = fcntl.ioctl(sock.fileno(), request, struct.pack("16s24x", interface.encode()))
    except OSError:
        return ""
    address = socket.inet_ntoa(answer[20:24])
    return "" if address == "0.0.0.0" else address


def _addresses_of_host(family: int) -> list[str]:
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, family, socket.SOCK_DGRAM)]
    except OSError:  # a host whose own name is in no table
        return []


def _addresses_of_kernel_v6() -> list[str]:
    try:
        with open("/proc/net/if_inet6", encoding="ascii") as table:
            return [socket.inet_ntop(socket.AF_INET6, bytes.fromhex(line.split()[0])) for line in table]
    except OSError:  # a kernel without IPv6
        return []
