"""Sockets for processes of one machine, found by a path, and sockets handed from one process to another.

POSIX has AF_UNIX: a stream like TCP's without the network, or `seqpacket`, which keeps message boundaries; through it
the kernel passes descriptors. Python on Windows has none of this: a stream over 127.0.0.1 stands in, whose path is a
file that holds the port and a secret that the client must show, and a socket is passed by `socket.share`, made for
one process id.
"""
from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import stat
import struct
import sys
import time
from typing import Any, Iterator

from .._deadline import deadline_after, time_left, wait_limit
from .._folder_lock import folder_locked
from .ends import End, open_listeners

LONGEST_PATH = 103  # bytes; 107 on Linux
# Kinds of local sockets; None where this platform lacks one.
KINDS = {"stream": socket.SOCK_STREAM, "seqpacket": getattr(socket, "SOCK_SEQPACKET", None)}
HAS_UNIX = hasattr(socket, "AF_UNIX") and sys.platform != "win32"  # Python has no AF_UNIX on Windows
SECRET_SIZE = 32  # bytes
SECRET_TIMEOUT = 1.0  # seconds: it is sent in the moment of the connect
_PID = struct.Struct("!Q")


class LocalListener(End):
    """Waits at a path for processes of this machine; made by `listen_local`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, listen_local(os.path.join(folder, "door")) as door:
    ...     with connect_local(door.path) as here, door.accept(timeout=9) as there:
    ...         here.sendall("你好".encode())
    ...         there.recv(99).decode()
    '你好'

    `close` removes the path, in the process that made it. Raises: TimeoutError from `accept` when nobody comes.
    """

    def __init__(self, path: str, sock: socket.socket, secret: bytes) -> None:
        self.path, self._sock, self._secret, self._maker = path, sock, secret, os.getpid()
        self._file = os.lstat(path)
        open_listeners.add(self)

    def accept(self, timeout: float | None = None) -> socket.socket:
        """Return the socket of the next process that connects; it has no timeout of its own."""
        deadline = deadline_after(timeout)
        while True:
            self._sock.settimeout(time_left(deadline))
            try:
                sock = self._sock.accept()[0]
            except ConnectionAbortedError:  # that one has gone again
                continue
            except (TimeoutError, socket.timeout, BlockingIOError):
                raise TimeoutError(f"nobody connected to {self.path} within {timeout:g} s") from None
            if not self._secret or _shows(sock, self._secret):
                sock.settimeout(None)
                return sock
            sock.close()

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when somebody connects."""
        return self._sock.fileno()

    def listeners(self) -> list[Any]:
        return [self]

    def close(self) -> None:
        if self._sock.fileno() >= 0:
            try:
                with contextlib.suppress(FileNotFoundError):
                    # Not what another process has put there since, which has the same number only once this is closed;
                    # and a forked child closes its copy only.
                    if os.getpid() == self._maker and os.path.samestat(self._file, os.lstat(self.path)):
                        os.unlink(self.path)
            finally:
                self._sock.close()


def listen_local(path: str, kind: str = "stream") -> LocalListener:
    """Listen at `path` for processes of this machine and this user; `kind` is 'stream' or 'seqpacket' (Linux).

    A path that a killed listener left is taken over.

    >>> listen_local("x" * 200)
    Traceback (most recent call last):
    ValueError: a socket's path has at most 103 bytes, this one 200

    Raises: OSError (EADDRINUSE) where another process listens there; NotImplementedError for a kind that the platform
    lacks.
    Source: unix(7). Notes: 套接字 (sockets) between processes. The stdlib: `multiprocessing.connection.Listener`, for
    pickles.
    """
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise ValueError(f"a socket's path has at most {LONGEST_PATH} bytes, this one {len(os.fsencode(path))}")
    with folder_locked(path):  # or two that find a dead listener's path would each remove it and listen
        if os.path.lexists(path):
            _remove_if_dead(path, kind)
        return _listen_on_path(path, kind) if HAS_UNIX else _listen_on_loopback(path, kind)


def _listen_on_path(path: str, kind: str) -> LocalListener:
    sock = socket.socket(socket.AF_UNIX, _kind(kind))
    bound = False
    try:
        sock.bind(path)
        bound = True
        os.chmod(path, 0o600)
        sock.listen()
        return LocalListener(path, sock, b"")
    except OSError as error:
        sock.close()
        if bound:
            os.unlink(path)
        raise _naming(path, error) from error


def connect_local(path: str, kind: str = "stream", timeout: float | None = 10.0) -> socket.socket:
    """Connect to the process that listens at `path`; return the socket, without a timeout.

    >>> connect_local("no-such-door")
    Traceback (most recent call last):
    FileNotFoundError: ...

    Raises: FileNotFoundError where there is no such path; ConnectionRefusedError where nobody listens any more;
    TimeoutError.
    """
    if HAS_UNIX:
        sock, address, secret = socket.socket(socket.AF_UNIX, _kind(kind)), path, b""
    else:
        with open(path, "rb") as file:
            secret, port = file.read(SECRET_SIZE), file.read(5)
        sock, address = socket.socket(), ("127.0.0.1", int(port or 0))  # type: ignore[assignment]
    try:
        with _within(sock, timeout):
            sock.connect(address)
            if secret:
                sock.sendall(secret)
        sock.settimeout(None)
    except OSError as error:
        sock.close()
        raise _naming(path, error) from error
    except ValueError:  # nan seconds
        sock.close()
        raise
    return sock


def local_pair(kind: str = "stream") -> tuple[socket.socket, socket.socket]:
    """Return two connected sockets for two processes of this machine.

    >>> here, there = local_pair()
    >>> here.sendall(b"hi"); there.recv(9)
    b'hi'
    >>> here.close(); there.close()

    With kind='seqpacket' (Linux) each send is one message, and a receive returns one whole. The stdlib:
    `socket.socketpair`.

    Raises: NotImplementedError for a kind that the platform lacks.
    """
    return socket.socketpair(type=_kind(kind))


def send_socket(channel: socket.socket, sock: socket.socket, timeout: float | None = 10.0) -> None:
    """Hand a copy of `sock`, a connection or a listener, to the process at the other end of `channel`.

    >>> here, there = local_pair()
    >>> one, two = socket.socketpair()
    >>> if HAS_UNIX:
    ...     send_socket(here, one)
    ...     with recv_socket(there) as copy:
    ...         copy.sendall(b"through the copy")
    ... else:  # it waits for the other process's id
    ...     one.sendall(b"through the copy")
    >>> two.recv(99)
    b'through the copy'
    >>> for end in (here, there, one, two): end.close()

    Both processes have it then; close yours, or the peer waits for an end that does not come.
    Raises: EOFError where the other end is gone; TimeoutError.
    Source: SCM_RIGHTS in unix(7); WSADuplicateSocket. The stdlib: `socket.send_fds` (POSIX), `socket.share` (Windows).
    """
    if sys.platform == "win32":
        with _within(channel, timeout):
            shared = sock.share(_PID.unpack(_recv_exactly(channel, _PID.size))[0])
            channel.sendall(_PID.pack(len(shared)) + shared)
    else:
        send_fd(channel, sock.fileno(), timeout)


def recv_socket(channel: socket.socket, timeout: float | None = 10.0) -> socket.socket:
    """Return the socket that the process at the other end of `channel` hands over by `send_socket`.

    >>> here, there = local_pair()
    >>> here.close(); recv_socket(there)
    Traceback (most recent call last):
    EOFError: got 0 of ... bytes
    >>> there.close()

    Raises: EOFError where the other end is gone; OSError where it hands over something else; TimeoutError.
    """
    if sys.platform == "win32":
        with _within(channel, timeout):
            with contextlib.suppress(ConnectionError):  # the read says that it has gone
                channel.sendall(_PID.pack(os.getpid()))
            size = _PID.unpack(_recv_exactly(channel, _PID.size))[0]
            return socket.fromshare(_recv_exactly(channel, min(size, 1 << 16)))
    descriptor = recv_fd(channel, timeout)
    try:
        return socket.socket(fileno=descriptor)
    except OSError:  # a descriptor of something else
        os.close(descriptor)
        raise


@contextlib.contextmanager
def _within(channel: socket.socket, timeout: float | None) -> Iterator[None]:
    channel.settimeout(wait_limit(timeout))
    try:
        yield
    except (socket.timeout, BlockingIOError):  # the latter with a timeout of 0
        raise TimeoutError(f"not done within {timeout:g} s") from None


def send_fd(channel: socket.socket, descriptor: int, timeout: float | None = 10.0) -> None:
    """Hand a copy of an open descriptor (file, pipe, socket) to the process at the other end of a local socket.

    >>> here, there = local_pair()
    >>> if HAS_UNIX:
    ...     send_fd(here, 0); copy = recv_fd(there); copy > 2; os.close(copy)
    ... else:
    ...     True
    True
    >>> here.close(); there.close()

    Raises: NotImplementedError on Windows (see `send_socket`); BrokenPipeError where the other end is gone.
    """
    _needs_unix()
    with _within(channel, timeout):
        socket.send_fds(channel, [b"d"], [descriptor])


def recv_fd(channel: socket.socket, timeout: float | None = 10.0) -> int:
    """Return the descriptor that the other side hands over by `send_fd`; close it when done.

    >>> here, there = local_pair()
    >>> here.close()
    >>> try:
    ...     recv_fd(there)
    ... except (EOFError, NotImplementedError):
    ...     print("none came")
    none came
    >>> there.close()

    Raises: EOFError where the other end is gone; ValueError where no descriptor came along; NotImplementedError on
    Windows.
    """
    _needs_unix()
    with _within(channel, timeout):
        data, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    if not data:
        raise EOFError("got 0 of 1 bytes")
    if not descriptors:
        raise ValueError("a byte came without a descriptor")
    os.set_inheritable(descriptors[0], False)
    return descriptors[0]


def peer_credentials(sock: socket.socket) -> tuple[int, int, int]:
    """Return (process id, user id, group id) of whoever connected a local socket, as the kernel vouches for it (Linux).

    >>> here, there = local_pair()
    >>> peer_credentials(here)[0] == os.getpid() if hasattr(socket, "SO_PEERCRED") else True
    True
    >>> here.close(); there.close()

    Raises: NotImplementedError elsewhere. Source: SO_PEERCRED in unix(7).
    """
    if not hasattr(socket, "SO_PEERCRED"):
        raise NotImplementedError(f"{sys.platform} has no SO_PEERCRED")
    layout = struct.Struct("=3i")
    pid, user, group = layout.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, layout.size))
    return pid, user, group


def _kind(kind: str) -> socket.SocketKind:
    number = KINDS[kind]
    if number is None or (kind != "stream" and not sys.platform.startswith("linux")):
        raise NotImplementedError(f"{sys.platform} has no local sockets of kind {kind!r}: use 'stream'")
    return number


def _naming(path: str, error: OSError) -> OSError:
    """Return the error with the path in its message; a time that is over has none."""
    return OSError(error.errno, error.strerror, path) if error.errno else error


def _needs_unix() -> None:
    if not HAS_UNIX:
        raise NotImplementedError(f"{sys.platform} passes no descriptors through sockets: use send_socket")


def _remove_if_dead(path: str, kind: str) -> None:
    """Remove a path that a killed listener left; raise where one lives, or where it is some other file."""
    if HAS_UNIX and not stat.S_ISSOCK(os.lstat(path).st_mode) or not HAS_UNIX and not _is_door(path):
        raise FileExistsError(errno.EEXIST, "there is a file that is no socket", path)
    try:
        connect_local(path, kind, timeout=1.0).close()
    except ConnectionRefusedError:
        os.unlink(path)
    except OSError as error:
        if HAS_UNIX or not isinstance(error, TimeoutError):
            raise
        os.unlink(path)
    else:
        raise OSError(errno.EADDRINUSE, f"another process listens at {path}")


def _listen_on_loopback(path: str, kind: str) -> LocalListener:
    _kind(kind)
    sock = socket.socket()
    try:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        secret = secrets.token_bytes(SECRET_SIZE)
        new = f"{path}.{secrets.token_hex(4)}.new"  # another one for each: what a killed process leaves is in no way
        with open(new, "xb") as file:
            file.write(secret + b"%d" % sock.getsockname()[1])
        os.replace(new, path)
    except OSError:
        sock.close()
        raise
    return LocalListener(path, sock, secret)


def _is_door(path: str) -> bool:
    """Whether a file holds a secret and a port, as `_listen_on_loopback` writes it."""
    with open(path, "rb") as file:
        return file.read(SECRET_SIZE + 6)[SECRET_SIZE:].isdigit()


def _shows(sock: socket.socket, secret: bytes) -> bool:
    """Whether a client sends the secret; one that sends it a byte at a time has no more time than others."""
    deadline, shown = time.monotonic() + SECRET_TIMEOUT, b""
    try:
        while len(shown) < len(secret):
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            piece = sock.recv(len(secret) - len(shown))
            if not piece:
                return False
            shown += piece
        return secrets.compare_digest(shown, secret)
    except OSError:
        return False


def _recv_exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise EOFError(f"got {len(data)} of {size} bytes")
        data += piece
    return data
