"""One datagram to every machine of a network, and the addresses that this needs.

A network of IPv4 has its own broadcast address (the highest: 192.168.1.255 in 192.168.1.0/24); 255.255.255.255 means
"the network right here" without knowing it. IPv6 has no broadcast: see multicast, group ff02::1.
"""
from __future__ import annotations

import errno
import select
import socket
from contextlib import ExitStack
from typing import Iterator

from .._deadline import deadline_after, time_left
from .addresses import interfaces
from .datagrams import MAX_DATAGRAM, Datagram, bind, receive_nowait
from .server import Server, echo  # noqa: F401 (the example uses them)

# Everyone in the network right here; no router passes it on.
LIMITED_BROADCAST = "255.255.255.255"


def broadcast_addresses() -> list[str]:
    """Return the broadcast address of each network that this machine is in; 255.255.255.255 where none is known.

    >>> len(broadcast_addresses()) >= 1
    True

    Notes: udp应用之广播 ("一般末尾为X.X.X.255": only in a network of 256 addresses).
    """
    found = [interface.broadcast for interface in interfaces() if interface.broadcast]
    return list(dict.fromkeys(found)) or [LIMITED_BROADCAST]


def send_broadcast(data: bytes, port: int, to: str | None = None) -> list[str]:
    """Send one datagram to everyone who listens at `port`, and return the addresses it went to.

    `to` is a broadcast address; None is every network that this machine is in, by any of its addresses. The limited
    one, 255.255.255.255, goes out once from each address of this machine: the kernel would take one network only.

    >>> listener = bind(("", 0), dual_stack=False)
    >>> send_broadcast(b"lunch!", listener.getsockname()[1], "127.255.255.255")  # stays on this machine
    ['127.255.255.255']
    >>> listener.close()

    Raises: OSError where no network took it, ValueError for a port out of range.
    Notes: udp应用之广播, 发送端. See: RFC 919, RFC 922.
    """
    with ExitStack() as closing:
        return list(dict.fromkeys(address for _, address in _send(closing, data, port, to)))


def discover(data: bytes, port: int, to: str | None = None, *, timeout: float = 2.0) -> Iterator[Datagram]:
    """Ask everyone who listens at `port`, and yield the replies of the next `timeout` seconds as they come.

    `to` as for `send_broadcast`. What wants to be found answers to the sender's address, as a `Server` does.

    >>> with Server(("", 0), echo) as server:
    ...     replies = discover(b"who is there?", server.address[1], "127.255.255.255", timeout=5)
    ...     next(replies).data
    b'who is there?'

    A machine with two networks in common with ours may answer twice. `timeout` ends it, however many answer.

    Raises: what `send_broadcast` raises. See: RFC 2131 (how DHCP finds its servers).
    """
    with ExitStack() as closing:
        socks = {sock for sock, _ in _send(closing, data, port, to)}
        deadline = deadline_after(timeout)
        while (left := time_left(deadline)) != 0:
            for sock in select.select(list(socks), [], [], left)[0]:
                try:
                    yield receive_nowait(sock, MAX_DATAGRAM)
                except (BlockingIOError, ConnectionError):  # a checksum that was wrong, or nobody there
                    continue


def _send(closing: ExitStack, data: bytes, port: int, to: str | None) -> list[tuple[socket.socket, str]]:
    """Send to each network; return the sockets, not blocking, with the addresses they have sent to."""
    if not 0 < port <= 65535:
        raise ValueError(f"a port is 1 to 65535, not {port!r}")
    went, last_error = [], OSError(errno.ENETUNREACH, "no network to broadcast in")
    for address in broadcast_addresses() if to is None else [to]:
        sources = [interface.address for interface in interfaces()] if address == LIMITED_BROADCAST else []
        for source in sources or [""]:
            try:
                sock = closing.enter_context(bind((source, 0), dual_stack=False))
                sock.setblocking(False)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                sock.sendto(data, (address, port))
                went.append((sock, address))
            except OSError as error:  # an interface without a cable, a firewall: others may do
                last_error = error
    if not went:
        raise last_error
    return went


def listen_broadcast(port: int) -> socket.socket:
    """Return a socket that receives what is broadcast to `port`; others on this machine may listen there too.

    It is bound to all IPv4 addresses: one bound to this machine's own address receives no broadcast on Linux and macOS.

    >>> with listen_broadcast(0) as one, listen_broadcast(one.getsockname()[1]) as two:
    ...     one.getsockname() == two.getsockname()
    True

    Raises: OSError where a program that does not share holds the port.
    Notes: udp应用之广播, 接收端.
    """
    return bind(("0.0.0.0", port), share=True)
