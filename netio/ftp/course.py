"""The course's own little file server, right: `L`, `G name`, `P name` and `Q` over one TCP connection.

Everything travels in frames, a length of 4 bytes, then so many bytes: each request, each answer (`OK`, or the
reason why not), each name of the list and each piece of a file; an empty frame ends a list or a file. So nothing
needs a pause to keep it apart from the next, no content can look like an end, and a file whose empty frame has not
come is known to be half and is thrown away. `course_faults` shows what happens without that.

| request  | answer            | then                                                              |
|----------|-------------------|-------------------------------------------------------------------|
| `L`      | `OK`              | a frame for each name, an empty one                               |
| `G name` | `OK` or a reason  | after OK: the file in pieces, an empty frame                      |
| `P name` | `OK` or a reason  | after OK: the client's pieces, its empty frame, `OK` or a reason  |
| `Q`      |                   | the server closes                                                 |
"""
from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any, Callable, Iterator

from .._deadline import wait_limit
from ..files import open_replacement
from ..tcp import recv_frame, send_frame
from .commands.paths import join_path
from .folder import READ, WRITE, Folder

_PIECE = 1 << 16  # bytes of a file in a frame
_MAX_REQUEST = 4096  # bytes


def serve_course(sock: socket.socket, address: Any, folder: Folder | str, *, idle_timeout: float = 300.0,
                 timeout: float = 30.0) -> None:
    """Serve one client of the course's protocol until it leaves: a handler for every model that may block.

    `folder`: a `Folder`, or the path of one, which may then be read and gets new files, none replaced. A client that
    vanishes, is silent for too long or talks nonsense ends its own session, and leaves no half file.

    >>> import functools, tempfile
    >>> from netio.concurrency import Server
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "my cat.txt"), "w", encoding="utf-8") as file:
    ...         _ = file.write("猫##")
    ...     with Server(("127.0.0.1", 0), functools.partial(serve_course, folder=folder)) as server:
    ...         server.start()
    ...         with socket.create_connection(server.address, timeout=10) as sock:
    ...             client = CourseClient(sock)
    ...             client.names(), client.put(os.path.join(folder, "my cat.txt"), "../../copy.txt"), client.names()
    (['my cat.txt'], 5, ['copy.txt', 'my cat.txt'])

    Raises: NotADirectoryError where `folder` is none; ValueError for nan seconds.
    Notes: 作业：ftp服务器. Stdlib: none; `http.server` comes nearest.
    """
    for limit in (timeout, idle_timeout):
        wait_limit(limit)  # nan is not the client's fault
    place = Folder(folder, frozenset([READ, WRITE]), keep_partials=0) if isinstance(folder, str) else folder
    with suppress(ConnectionError, TimeoutError, EOFError):  # the client's fault, or its end
        while request := _receive(sock, _MAX_REQUEST, idle_timeout):
            verb, _, name = request.decode("utf-8", "surrogateescape").partition(" ")
            if verb == "Q":
                return
            if verb not in _ACTIONS:
                _answer(sock, f"no such request: {verb!a}", timeout)
                continue
            try:
                _ACTIONS[verb](sock, place, join_path("/", name), timeout)
            except (ConnectionError, TimeoutError):
                raise
            except OSError as error:
                _answer(sock, error.strerror or "not possible", timeout)


class CourseClient:
    """The client's side, over a connected socket: `names`, `get`, `put`, `quit`.

    >>> import tempfile, threading
    >>> ours, theirs = socket.socketpair()
    >>> with tempfile.TemporaryDirectory() as folder, ours, theirs:
    ...     server = threading.Thread(target=serve_course, args=(theirs, None, folder))
    ...     server.start()
    ...     client = CourseClient(ours)
    ...     try:
    ...         client.get("no such file", os.path.join(folder, "copy"))
    ...     except OSError as error:
    ...         print(error)
    ...     client.quit(); server.join()
    No such file or directory

    An error in the middle of a file closes the socket, since nobody could tell any more what the next bytes mean.
    Raises: OSError with the server's reason; EOFError where it leaves; TimeoutError after `timeout` s of silence.
    Notes: 作业：ftp服务器, 客户端.
    """

    def __init__(self, sock: socket.socket, *, timeout: float = 30.0) -> None:
        self._sock, self._timeout = sock, timeout

    def names(self) -> list[str]:
        """Return the names of the files there are."""
        self._ask("L")
        return [name.decode("utf-8", "surrogateescape") for name in _receive_pieces(self._sock, self._timeout)]

    def get(self, name: str, path: str | os.PathLike[str]) -> int:
        """Download a file to `path`, whole or not at all; return its size in bytes."""
        self._ask(f"G {name}")
        try:
            with open_replacement(path) as file:
                return sum(file.write(data) for data in _receive_pieces(self._sock, self._timeout))
        except BaseException:
            self._sock.close()
            raise

    def put(self, path: str | os.PathLike[str], name: str) -> int:
        """Upload the file at `path` as `name`; return its size in bytes when the server has it on its disk."""
        with open(path, "rb", buffering=0) as file:
            self._ask(f"P {name}")
            try:
                size = _send_pieces(self._sock, iter(lambda: file.read(_PIECE), b""), self._timeout)
            except BaseException:
                self._sock.close()
                raise
        self._hear()
        return size

    def quit(self) -> None:
        """Say good-bye and close."""
        with suppress(OSError):
            send_frame(self._sock, b"Q", timeout=self._timeout)
        self._sock.close()

    def _ask(self, request: str) -> None:
        send_frame(self._sock, request.encode("utf-8", "surrogateescape"), timeout=self._timeout)
        self._hear()

    def _hear(self) -> None:
        answer = recv_frame(self._sock, max_size=_MAX_REQUEST, timeout=self._timeout)
        if answer is None:
            raise EOFError("the server has closed the connection")
        if answer != b"OK":
            raise OSError(answer.decode("utf-8", "replace"))


def _receive(sock: socket.socket, max_size: int, timeout: float) -> bytes | None:
    """Receive a frame; one that is too large is the client's fault, as a connection that breaks off is."""
    try:
        return recv_frame(sock, max_size=max_size, timeout=timeout)
    except ValueError as error:
        raise ConnectionAbortedError(str(error)) from error


def _send_names(sock: socket.socket, folder: Folder, path: str, timeout: float) -> None:
    names = [entry.name for entry in folder.entries("/") if not entry.is_folder]
    _answer(sock, "OK", timeout)
    _send_pieces(sock, (name.encode("utf-8", "surrogateescape") for name in names), timeout)


def _send_file(sock: socket.socket, folder: Folder, path: str, timeout: float) -> None:
    with folder.open(path) as file:
        _answer(sock, "OK", timeout)
        try:
            _send_pieces(sock, iter(lambda: file.read(_PIECE), b""), timeout)
        except OSError as error:  # an answer would be taken for a piece of the file
            raise ConnectionAbortedError("broke off in the middle of a file") from error


def _store_file(sock: socket.socket, folder: Folder, path: str, timeout: float) -> None:
    upload, failure = folder.upload(path), None
    try:
        _answer(sock, "OK", timeout)
        for data in _receive_pieces(sock, timeout):
            try:
                if failure is None:
                    upload.write(data)
            except OSError as error:  # disk full: hear the client out, so that it hears the reason
                failure = error
        if failure is not None:
            raise failure
        upload.sync()
        upload.commit()
    finally:
        upload.discard()  # does nothing once it has been committed
    _answer(sock, "OK", timeout)


_ACTIONS: dict[str, Callable[[socket.socket, Folder, str, float], None]] = {
    "L": _send_names, "G": _send_file, "P": _store_file,
}


def _answer(sock: socket.socket, text: str, timeout: float) -> None:
    send_frame(sock, text.encode("utf-8", "replace"), timeout=timeout)


def _send_pieces(sock: socket.socket, pieces: Iterator[bytes], timeout: float) -> int:
    """Send each piece as a frame, then an empty one; return the number of bytes of all pieces."""
    size = 0
    for piece in pieces:
        send_frame(sock, piece, timeout=timeout)
        size += len(piece)
    send_frame(sock, b"", timeout=timeout)
    return size


def _receive_pieces(sock: socket.socket, timeout: float) -> Iterator[bytes]:
    """Yield pieces up to the empty frame. Raises: EOFError where the connection ends before it."""
    while True:
        piece = _receive(sock, _PIECE, timeout)
        if piece is None:
            raise EOFError("the connection ended before the empty frame that ends a file")
        if not piece:
            return
        yield piece
