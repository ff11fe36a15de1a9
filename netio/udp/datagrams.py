"""Open UDP sockets, and receive datagrams knowing whether one was cut.

A datagram arrives whole or not at all. What does not fit into the buffer of the reader is thrown away: POSIX says so
with a flag that only `recvmsg` shows, which takes five times as long, Windows with error 10040 and no sender. So the
buffer is always larger than any datagram, and where one is to be cut, that is done here, alike on every platform.

>>> MAX_DATAGRAM == 65535 - 20 - 8, SAFE_DATAGRAM < 1280 - 40 - 8  # an IPv6 network carries 1280 bytes at least
(True, True)
"""
from __future__ import annotations

import socket
import sys
from typing import Any, NamedTuple

from .._deadline import wait_limit
from .._truncation import truncate

# The most that one datagram carries over IPv4: 65535 bytes less the headers of IP (20) and UDP (8).
MAX_DATAGRAM = 65507
# What goes through nearly every network in one piece. A larger one travels in fragments: one lost, all lost.
SAFE_DATAGRAM = 1200

_LARGER_THAN_ANY = 65536
# (host, port), for IPv6 followed by flow and scope: what `socket` gives and takes.
Address = tuple[Any, ...]


class Datagram(NamedTuple):
    """What was received: the bytes, the sender's address, and whether bytes are missing at the end.

    >>> Datagram(b"hello", ("127.0.0.1", 9999), False).data
    b'hello'
    """

    data: bytes
    address: Address
    truncated: bool


def bind(address: Address, *, share: bool = False, dual_stack: bool | None = None) -> socket.socket:
    """Return a UDP socket at `address`, `(host, port)`; port 0 takes any free one.

    Host "" means all addresses of this machine: IPv6 and IPv4 with one socket, or IPv4 only with `dual_stack=False`
    and where there is no IPv6. "0.0.0.0" is all of IPv4, "::" all of IPv6; a name is resolved, IPv4 first. A port in
    use is refused, unless every socket on it was opened with `share=True`: then each gets its copy of a broadcast or
    multicast, and one of them, unforeseeably, a datagram meant for one.

    >>> with bind(("127.0.0.1", 0)) as sock:
    ...     sock.getsockname()[0]
    '127.0.0.1'
    >>> with bind(("", 0), dual_stack=False) as sock:
    ...     sock.getsockname()[0]
    '0.0.0.0'

    Raises: OSError where the address is in use, not ours, or not resolvable.
    Notes: udp, 服务器流程. SO_REUSEADDR, which TCP servers set, must not be set here: it would share the port.
    """
    _check_pair(address)
    host = address[0] or ("::" if dual_stack is not False and socket.has_dualstack_ipv6() else "0.0.0.0")
    both = dual_stack is not False and not address[0]
    places = resolve((host, *address[1:]), socket.AI_PASSIVE)
    family, kind, proto, _, place = min(places, key=lambda info: bool(info[0] != socket.AF_INET))
    sock = socket.socket(family, kind, proto)
    try:
        if share:
            share_port(sock)
        elif sys.platform == "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not (both or dual_stack))
        sock.bind(place)
    except OSError as error:
        sock.close()
        raise type(error)(error.errno, f"cannot bind {format_address(address)}: {error.strerror}") from error
    return sock


def connect(address: Address) -> socket.socket:
    """Return a UDP socket whose peer is `address`: `send` and `recv` do, datagrams of others are not let in.

    Nothing is sent. A connected socket also learns that nobody listens there (ConnectionRefusedError from the `send` or
    `recv` after the first `send`), which an unconnected one does not on POSIX.

    >>> with bind(("127.0.0.1", 0)) as server, connect(server.getsockname()) as client:
    ...     client.send(b"hello")
    ...     receive(server, timeout=5).data
    5
    b'hello'

    Raises: OSError where no address of the host can be reached from here.
    Notes: udp, 客户端流程.
    """
    last_error: OSError | None = None
    for family, kind, proto, _, place in resolve(address):
        try:
            sock = socket.socket(family, kind, proto)
        except OSError as error:  # a kernel without this family
            last_error = error
            continue
        try:
            sock.connect(place)
            return sock
        except OSError as error:
            sock.close()
            last_error = error
    assert last_error is not None
    raise last_error


def receive(sock: socket.socket, max_size: int = MAX_DATAGRAM, *, timeout: float | None = 10.0) -> Datagram:
    """Return the next datagram, of which at most `max_size` bytes are kept; `truncated` says whether there were more.

    `timeout` is in seconds, None waits for ever. An empty datagram is a datagram.

    >>> with bind(("127.0.0.1", 0)) as server, connect(server.getsockname()) as client:
    ...     sent = [client.send(b"fifteen bytes.."), client.send(b"")]
    ...     receive(server, 5, timeout=5)[::2], receive(server, 5, timeout=5)[::2]
    ((b'fifte', True), (b'', False))

    Raises: TimeoutError where none came in time. ConnectionRefusedError, on Windows ConnectionResetError (10054), where
    something this socket sent before found nobody: no datagram is lost by it, call again.
    Notes: udp ("后面的字节丢失"). See: recvmsg(2), MSG_TRUNC; WSAEMSGSIZE.
    """
    before = sock.gettimeout()
    sock.settimeout(wait_limit(timeout))
    try:
        return receive_nowait(sock, max_size)
    except (socket.timeout, BlockingIOError):  # the latter with a timeout of 0
        raise TimeoutError(f"no datagram within {timeout:g} s") from None
    finally:
        sock.settimeout(before)


def receive_nowait(sock: socket.socket, max_size: int = MAX_DATAGRAM) -> Datagram:
    """Do what `receive` does with the timeout that the socket has: one set to 0 does not wait.

    >>> with bind(("127.0.0.1", 0)) as sock:
    ...     sock.setblocking(False)
    ...     receive_nowait(sock)
    Traceback (most recent call last):
    BlockingIOError: ...

    Raises: BlockingIOError where a non-blocking socket has none, and what `receive` raises.
    """
    data, address = sock.recvfrom(_LARGER_THAN_ANY)
    return Datagram(data[:max_size], address, len(data) > max_size)


def truncate_text(text: str, max_size: int = SAFE_DATAGRAM, encoding: str = "utf-8") -> bytes:
    """Encode as many whole characters of `text` as one datagram of `max_size` bytes takes.

    >>> truncate_text("词典", 5).decode()
    '词'
    >>> len(truncate_text("x" * 2000))
    1200

    Raises: UnicodeEncodeError where the encoding has no such character.
    """
    return truncate(text, max_size, encoding)


def format_address(address: Address) -> str:
    """Return an address as people write it, an IPv4 address that reached an IPv6 socket as the IPv4 address it is.

    >>> format_address(("127.0.0.1", 80)), format_address(("::1", 80, 0, 0)), format_address(("::ffff:10.0.0.1", 80))
    ('127.0.0.1:80', '[::1]:80', '10.0.0.1:80')
    """
    host, port = str(address[0] or "*"), address[1]
    if host.startswith("::ffff:") and "." in host:
        host = host[7:]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def resolve(address: Address, flags: int = 0) -> list[tuple[Any, ...]]:
    """Return what `getaddrinfo` says of `(host, port)` for UDP, best first, the scope of an IPv6 address kept.

    >>> resolve(("127.0.0.1", 9))[0][4]
    ('127.0.0.1', 9)

    Raises: OSError where the host has no address, ValueError for a port out of range.
    """
    _check_pair(address)
    host, port, *scope = address
    if not isinstance(port, int) or not 0 <= port <= 65535:
        raise ValueError(f"a port is 0 to 65535, not {port!r}")
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM, socket.IPPROTO_UDP, flags)
    except socket.gaierror as error:
        raise socket.gaierror(error.errno, f"cannot resolve {format_address(address)}: {error.strerror}") from error
    except UnicodeError as error:  # a label of the name is empty or too long
        raise socket.gaierror(socket.EAI_NONAME, f"cannot resolve {format_address(address)}: {error}") from error
    if not any(scope):
        return list(found)
    return [(*info[:4], (*info[4][:2], *scope)) if info[0] == socket.AF_INET6 else info for info in found]


def _check_pair(address: Address) -> None:
    if not isinstance(address, (tuple, list)) or len(address) < 2:
        raise ValueError(f"an address is (host, port), not {address!r}")


def share_port(sock: socket.socket) -> None:
    """Let other sockets that ask for it too bind the same port; call it before `bind`.

    >>> one, two = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    >>> share_port(one), share_port(two)
    (None, None)
    >>> one.bind(("127.0.0.1", 0)); two.bind(one.getsockname())
    >>> one.close(); two.close()

    See: socket(7). Linux and Windows want SO_REUSEADDR, macOS and the BSDs SO_REUSEPORT.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform not in ("linux", "win32") and hasattr(socket, "SO_REUSEPORT"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
