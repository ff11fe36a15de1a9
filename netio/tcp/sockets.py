"""Open and close TCP sockets in the one order that works everywhere.

`listen` sets each option before `bind`, where it still counts, and picks the one that this platform needs. `connect`
tries every address of a name and spends one time limit on all of them. A close comes in three strengths:
`half_close` ends only our side of the talk, `close_gracefully` also lets the last answer arrive at the peer, `abort`
throws everything away.

An address is `(host, port)`, as everywhere in `socket`; a str is the path of a Unix socket, where the platform has
them: one with a "/" in it, or that ends in ".sock".
"""
from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import sys

from .._deadline import deadline_after, time_left, wait_limit
from .._folder_lock import folder_locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Address = tuple[Any, ...] | str
    _AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]

# What keeps others from a port in use but lets us have it back at once. On Windows SO_REUSEADDR means something
# else: it lets any program steal a port from the one that listens there, so it is never set there.
_REUSE_OPTION = getattr(socket, "SO_EXCLUSIVEADDRUSE", None) if sys.platform == "win32" else socket.SO_REUSEADDR
# The value of SO_LINGER with which closing is a reset.
LINGER_ZERO = struct.pack("HH" if sys.platform == "win32" else "ii", 1, 0)


def listen(address: Address, *, backlog: int = 1024, reuse: bool = True,
           dual_stack: bool | None = None) -> socket.socket:
    """Return a socket that listens at `address`, `(host, port)` or a Unix socket's path; port 0 takes any free one.

    Host "" or None means all addresses of this machine: IPv6 and IPv4 with one socket, or IPv4 only with
    `dual_stack=False` and where there is no IPv6. "0.0.0.0" is all of IPv4, "::" all of IPv6, and of IPv4 too with
    `dual_stack=True`. A name is resolved, IPv4 first. `reuse` lets a server start again while connections of its
    last run wait in TIME_WAIT, and replaces a Unix socket that nobody serves any more. The kernel caps `backlog`,
    the number of connections that wait to be accepted (Linux: net.core.somaxconn).

    >>> with listen(("127.0.0.1", 0)) as listener, connect(listener.getsockname()) as client:
    ...     sock, address = listener.accept()
    ...     sock.close()
    ...     address == client.getsockname()
    True

    A port in use is refused, and the error names it:

    >>> with listen(("127.0.0.1", 0)) as listener:
    ...     listen(listener.getsockname())
    Traceback (most recent call last):
    OSError: [Errno ...] cannot listen at 127.0.0.1:...

    Raises: OSError where the address is in use, not ours or not resolvable; ValueError for `dual_stack=True` with
    IPv4, and for what is no address.
    Notes: TCP, 服务端流程, setsockopt (which has to come before bind). Stdlib: `socket.create_server`, without names
    that resolve to IPv6, and with no exclusive use on Windows.
    """
    last_error: OSError | None = None
    for family, kind, proto, _, place in _resolve_to_listen(address, dual_stack):
        try:
            sock = socket.socket(family, kind, proto)
        except OSError as error:  # a kernel without this family
            last_error = error
            continue
        try:
            _set_options(sock, reuse, v6_only=not (dual_stack or dual_stack is None and _is_any(address)))
            if isinstance(place, str) and reuse and not place.startswith("\0"):
                with folder_locked(place):  # or each of two that start at once would remove the other's
                    _remove_stale(place)
                    return _bind_and_listen(sock, place, backlog)
            return _bind_and_listen(sock, place, backlog)
        except OSError as error:
            sock.close()
            last_error = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                break  # in use, or forbidden: never settle for half of what was asked
    raise _with_address("cannot listen at", address, last_error)


def connect(address: Address, *, timeout: float | None = 30.0, no_delay: bool = True) -> socket.socket:
    """Return a socket connected to `address`, `(host, port)` or a Unix socket's path, within `timeout` seconds in all.

    Every address of the host is tried in the system's order, IPv6 and IPv4; one that does not answer may use up its
    share of the time, not all of it. The socket keeps `timeout` for each later step; `sock.settimeout(None)` waits
    for ever. `no_delay` sets TCP_NODELAY, so that a small message goes out at once, though an earlier one is not
    acknowledged yet: right for a program that sends whole messages. One that sends in crumbs may pass False and let
    Nagle's algorithm gather them.

    >>> with listen(("127.0.0.1", 0)) as listener:
    ...     with connect(listener.getsockname(), timeout=5) as sock:
    ...         sock.getpeername() == listener.getsockname(), sock.gettimeout()
    (True, 5.0)
    >>> with socket.socket() as deaf:  # it has an address, but does not listen
    ...     deaf.bind(("127.0.0.1", 0))
    ...     connect(deaf.getsockname(), timeout=10)
    Traceback (most recent call last):
    ConnectionRefusedError: [Errno ...] cannot connect to 127.0.0.1:...

    Raises: TimeoutError where nobody answers in time; ConnectionRefusedError where nobody listens; OSError otherwise,
    with the address in its message.
    Notes: TCP, 客户端流程. Stdlib: `socket.create_connection` gives each address the whole timeout. RFC 8305 (happy
    eyeballs) would race them: `asyncio.open_connection(..., happy_eyeballs_delay=0.25)` does.
    """
    deadline = deadline_after(timeout)
    places = _resolve(address, 0)
    last_error: OSError | None = None
    for number, (family, kind, proto, _, place) in enumerate(places):
        left = time_left(deadline)
        if left == 0:
            break
        try:
            sock = socket.socket(family, kind, proto)
        except OSError as error:
            last_error = error
            continue
        try:
            sock.settimeout(None if left is None else left / (len(places) - number))
            sock.connect(place)
            _refuse_self(sock, place)
            if no_delay and family != getattr(socket, "AF_UNIX", None):
                _send_at_once(sock)
            sock.settimeout(wait_limit(timeout))
            return sock
        except OSError as error:
            sock.close()
            last_error = error
        except BaseException:  # Ctrl-C
            sock.close()
            raise
    if last_error is None or isinstance(last_error, socket.timeout):
        raise TimeoutError(f"no answer from {format_address(address)} within {timeout} s") from last_error
    raise _with_address("cannot connect to", address, last_error)


def connect_pair(*, timeout: float | None = 30.0) -> tuple[socket.socket, socket.socket]:
    """Return two TCP sockets of this process, connected to each other over the loopback interface.

    As after `connect`, each later step of both may take `timeout` seconds.

    >>> left, right = connect_pair()
    >>> with left, right:
    ...     left.sendall(b"hello")
    ...     right.recv(100), left.getpeername() == right.getsockname()
    (b'hello', True)

    Stdlib: `socket.socketpair` makes Unix sockets where it can, which have other buffers and keep no TCP state.
    Raises: OSError where there is no loopback interface.
    """
    limit = wait_limit(timeout)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        listener.settimeout(10)
        left = socket.create_connection(listener.getsockname(), timeout=10)
        try:
            while True:
                right, address = listener.accept()
                if address == left.getsockname():
                    break
                right.close()  # someone else was faster
        except BaseException:
            left.close()
            raise
    for sock in (left, right):
        _send_at_once(sock)
        sock.settimeout(limit)
    return left, right


def _send_at_once(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # for speed alone; macOS refuses it (EINVAL) where the peer has reset already
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def half_close(sock: socket.socket) -> None:
    """Tell the peer that no more bytes will come (it reads b""), and go on reading its answer.

    >>> left, right = connect_pair()
    >>> with left, right:
    ...     half_close(left)
    ...     end = right.recv(100)
    ...     right.sendall(b"goodbye")
    ...     end, left.recv(100)
    (b'', b'goodbye')

    A peer that is gone already is no error. Stdlib: `sock.shutdown(socket.SHUT_WR)`, which raises then.
    Raises: OSError where `sock` is closed. See: RFC 9293 section 3.6. Notes: TCP, 四次挥手 (four-way close).
    """
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno not in (errno.ENOTCONN, errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED):
            raise


def close_gracefully(sock: socket.socket, *, timeout: float = 2.0, max_drain: int = 1 << 20) -> bool:
    """Close `sock` so that what was sent last still arrives; return True if the peer has closed, too.

    A plain close() while unread bytes wait makes the kernel send a reset, and that reset destroys what the peer
    has not read yet: the answer "too long", say, to a request that was not read to its end. So half-close, and read
    what still comes, at most `max_drain` bytes and `timeout` seconds in all, until the peer closes.

    >>> left, right = connect_pair()
    >>> left.sendall(b"a request that nobody reads")
    >>> right.sendall(b"too long")
    >>> close_gracefully(right, timeout=0.01)
    False
    >>> with left:
    ...     left.recv(100), left.recv(100)
    (b'too long', b'')

    Raises: nothing for a peer that is gone. See: RFC 9112 section 9.6 ("lingering close"). Notes: TCP, 四次挥手.
    """
    deadline = deadline_after(timeout)
    try:
        half_close(sock)
        while max_drain > 0 and (left := time_left(deadline)) != 0:
            sock.settimeout(left)
            drained = len(sock.recv(min(max_drain, 65536)))
            if not drained:
                return True
            max_drain -= drained
        return False
    except OSError:  # the peer is gone, or silent for too long
        return False
    finally:
        sock.close()


def abort(sock: socket.socket) -> None:
    """Close `sock` with a reset (RST): all that is on its way is lost, and the peer gets ConnectionResetError.

    >>> left, right = connect_pair()
    >>> abort(left)
    >>> with right:
    ...     try:
    ...         data = right.recv(100)
    ...     except ConnectionResetError:
    ...         data = b""
    >>> data
    b''

    For peers that misbehave, and to see what a crash looks like from the other side. It leaves no TIME_WAIT.
    Raises: OSError where `sock` is closed. See: socket(7), SO_LINGER.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
    sock.close()


def format_address(address: Address) -> str:
    """Return an address as people write it.

    >>> format_address(("127.0.0.1", 80)), format_address(("::1", 80, 0, 0)), format_address(("", 80))
    ('127.0.0.1:80', '[::1]:80', '*:80')
    >>> format_address("/run/echo.sock")
    '/run/echo.sock'

    Raises: nothing. See: RFC 3986 section 3.2.2 for the brackets.
    """
    if isinstance(address, tuple) and len(address) >= 2:
        host = str(address[0] or "*")
        return f"[{host}]:{address[1]}" if ":" in host else f"{host}:{address[1]}"
    return str(address)


def _is_any(address: Address) -> bool:
    return isinstance(address, tuple) and address[0] in ("", None)


def _resolve_to_listen(address: Address, dual_stack: bool | None) -> list[_AddressInfo]:
    """Return the places to try, best first."""
    if not _is_any(address):
        places = sorted(_resolve(address, socket.AI_PASSIVE), key=lambda info: info[0] != socket.AF_INET)
        if dual_stack:
            places = [info for info in places if info[0] == socket.AF_INET6]
            if not places:
                raise ValueError(f"dual_stack needs an IPv6 address, not {format_address(address)}")
        return places
    hosts = ["0.0.0.0"] if dual_stack is False or not socket.has_dualstack_ipv6() else ["::", "0.0.0.0"]
    return [info for host in hosts for info in _resolve((host, *address[1:]), socket.AI_PASSIVE)]


def _resolve(address: Address, flags: int) -> list[_AddressInfo]:
    """Return what getaddrinfo says for TCP, with the protocol's number, without which asyncio leaves NODELAY off."""
    if isinstance(address, str):
        if not ("/" in address or address.startswith("\0") or address.endswith(".sock")):  # such as "127.0.0.1"
            raise ValueError(f"an address is (host, port), not {address!r}; for a Unix socket say './{address}'")
        if not hasattr(socket, "AF_UNIX"):
            raise OSError(errno.EAFNOSUPPORT, f"this platform's Python has no Unix sockets: {address}")
        return [(socket.AF_UNIX, socket.SOCK_STREAM, 0, "", address)]  # type: ignore[list-item]
    if not isinstance(address, (tuple, list)) or len(address) < 2:
        raise ValueError(f"an address is (host, port), not {address!r}")
    host, port, *scope = address
    if not isinstance(port, int) or not 0 <= port <= 65535:
        raise ValueError(f"a port is 0 to 65535, not {port!r}")
    try:
        infos = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, socket.IPPROTO_TCP, flags)
    except socket.gaierror as error:
        raise socket.gaierror(error.errno, f"cannot resolve {format_address(address)}: {error.strerror}") from error
    except UnicodeError as error:  # a label of the name is empty or too long
        raise socket.gaierror(socket.EAI_NONAME, f"cannot resolve {format_address(address)}: {error}") from error
    keep_scope = bool(scope) and any(scope)
    return [(*info[:4], (*info[4][:2], *scope) if keep_scope and len(info[4]) == 4 else info[4]) for info in infos]


def _set_options(sock: socket.socket, reuse: bool, v6_only: bool) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and _REUSE_OPTION is not None:
        if reuse or _REUSE_OPTION != socket.SO_REUSEADDR:
            sock.setsockopt(socket.SOL_SOCKET, _REUSE_OPTION, 1)
    if sock.family == socket.AF_INET6:  # the default is 0 on Linux and macOS, 1 on Windows and BSD
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(v6_only))


def _bind_and_listen(sock: socket.socket, place: Any, backlog: int) -> socket.socket:
    sock.bind(place)
    sock.listen(backlog)
    return sock


def _remove_stale(path: str) -> None:
    """Unlink a Unix socket that a server has left: one that refuses connections."""
    if not os.path.exists(path):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)  # a server with a full queue would keep us waiting
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            import stat
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                os.unlink(path)


def _refuse_self(sock: socket.socket, place: tuple[Any, ...]) -> None:
    """Undo the rare accident that a connection to a free port of this machine got that very port and meets itself."""
    if isinstance(place, tuple) and sock.getsockname()[:2] == place[:2]:
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


def _with_address(what: str, address: Address, error: OSError | None) -> OSError:
    """Return an error of the same kind whose message names the address."""
    number = error.errno if error is not None else errno.EADDRNOTAVAIL
    reason = error.strerror or error if error is not None else "no address"
    named = OSError(number, f"{what} {format_address(address)}: {reason}")
    named.__cause__ = error
    return named
