"""What a socket says about itself: family, type, names, options, buffers, what waits in them, and the state of TCP."""
from __future__ import annotations

import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Options to ask for: level, and names; those that this platform lacks are left out. SO_ERROR is not among them:
# asking for it clears it, and whoever waits for that error would never see it.
_OPTIONS = (
    ("SOL_SOCKET", "SO_REUSEADDR SO_REUSEPORT SO_EXCLUSIVEADDRUSE SO_KEEPALIVE SO_BROADCAST SO_OOBINLINE SO_RCVBUF "
                   "SO_SNDBUF SO_ACCEPTCONN"),
    ("IPPROTO_TCP", "TCP_NODELAY TCP_MAXSEG TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_USER_TIMEOUT"),
    ("IPPROTO_IPV6", "IPV6_V6ONLY"),
)

# Where the kernel reports TCP's state, in the first byte of what the option returns, and its names from 0 or 1 on.
_BSD_STATES = ("CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED CLOSE-WAIT FIN-WAIT-1 CLOSING LAST-ACK FIN-WAIT-2 "
               "TIME-WAIT").split()
_LINUX_STATES = ("? ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED CLOSE-WAIT LAST-ACK "
                 "LISTEN CLOSING SYN-RECEIVED").split()
_TCP_INFO = {"linux": (11, _LINUX_STATES), "darwin": (0x106, _BSD_STATES), "freebsd": (32, _BSD_STATES)}


def describe(sock: socket.socket) -> dict[str, Any]:
    """Return what is known about a socket as a dict, in a sensible order.

    The keys are family, type, proto, fileno, timeout, local and peer (addresses), state (see `tcp_state`), unread and
    unsent (see `queued_bytes`), and then each option by its name, such as SO_RCVBUF (bytes); None where nothing is
    known.

    >>> from netio.tcp import connect_pair
    >>> left, right = connect_pair()
    >>> with left, right:
    ...     facts = describe(left)
    ...     facts["family"], facts["type"], facts["peer"] == right.getsockname(), facts["TCP_NODELAY"]
    ('AF_INET', 'SOCK_STREAM', True, 1)
    >>> describe(left)["fileno"]  # closed
    -1

    Linux reports twice the buffer sizes that were asked for: the other half is for its own book-keeping.
    Raises: nothing. Notes: 套接字属性 (where SOCKET_STREAM is to read SOCK_STREAM, and `getpeername` works on any
    connected socket). Stdlib: `getsockopt`, one number at a time.
    """
    unread, unsent = queued_bytes(sock)
    facts: dict[str, Any] = {
        "family": getattr(sock.family, "name", sock.family), "type": getattr(sock.type, "name", sock.type), "proto":
        sock.proto, "fileno": sock.fileno(), "timeout": sock.gettimeout(),
        "local": _ask(sock.getsockname), "peer": _ask(sock.getpeername),
        "state": tcp_state(sock), "unread": unread, "unsent": unsent,
    }
    for level, names in _OPTIONS:
        fits = {"SOL_SOCKET": True, "IPPROTO_TCP": _is_tcp(sock), "IPPROTO_IPV6": sock.family == socket.AF_INET6}
        if fits[level]:
            for name in names.split():
                if hasattr(socket, name):
                    facts[name] = _ask(lambda: sock.getsockopt(getattr(socket, level), getattr(socket, name)))
    return facts


def tcp_state(sock: socket.socket) -> str | None:
    """Return the state of a TCP socket by its name in RFC 9293, or None where the system does not say (Windows).

    >>> from netio.tcp import listen
    >>> with listen(("127.0.0.1", 0)) as listener:
    ...     tcp_state(listener) in ("LISTEN", None)
    True

    Raises: nothing. See: RFC 9293 section 3.3.2; tcp(7), TCP_INFO. Notes: TCP, 三次握手, 四次挥手. Stdlib: none.
    """
    known = [entry for platform, entry in _TCP_INFO.items() if sys.platform.startswith(platform)]
    if not known or not _is_tcp(sock):
        return None
    option, names = known[0]
    info = _ask(lambda: sock.getsockopt(socket.IPPROTO_TCP, option, 8))
    return names[info[0]] if info and info[0] < len(names) else None


def queued_bytes(sock: socket.socket) -> tuple[int | None, int | None]:
    """Return how many bytes wait in the receive buffer, unread, and in the send buffer, not yet acknowledged.

    >>> from netio.tcp import connect_pair
    >>> left, right = connect_pair()
    >>> with left, right:
    ...     left.sendall(b"hello")
    ...     right.recv(1, socket.MSG_PEEK), queued_bytes(right)[0] in (5, None)
    (b'h', True)

    None means that the system does not say (both on Windows, the second one outside Linux), or a listening
    socket.
    Raises: nothing. See: tcp(7), SIOCINQ and SIOCOUTQ. Notes: TCP, 收发缓冲区 (buffers). Stdlib: none.
    """
    try:
        import fcntl
        import termios
    except ImportError:
        return None, None

    def ask(request: int) -> int | None:
        answer = _ask(lambda: fcntl.ioctl(sock.fileno(), request, bytes(4)))
        return None if answer is None else int.from_bytes(answer, sys.byteorder)

    return ask(termios.FIONREAD), ask(termios.TIOCOUTQ) if sys.platform == "linux" and _is_tcp(sock) else None


def _is_tcp(sock: socket.socket) -> bool:
    return sock.type == socket.SOCK_STREAM and sock.family in (socket.AF_INET, socket.AF_INET6)


def _ask(question: Any) -> Any:
    """Return the answer, or None where the system refuses it: not for this kind of socket, or a closed one."""
    try:
        return question()
    except (OSError, ValueError):
        return None
