"""One response on its way: what is left of its body, and how far it has got.

A response that fails may be replaced by an error page as long as nothing of it has been sent; after the first byte the
only honest end is to break the connection, which is how the client learns that something is missing. So the first
piece of a body is made before the head leaves, and the state says which of the two is still possible.
"""
from __future__ import annotations

import io
import os
from stat import S_ISREG
from typing import Any, Iterator

from .messages import FileBody, Response, encode_chunk, has_body

NOTHING_SENT, HEAD_SENT, DONE, BROKEN = "nothing sent", "head sent", "done", "broken off"
# From each state, those that may follow.
MOVES = {NOTHING_SENT: {HEAD_SENT, BROKEN}, HEAD_SENT: {DONE, BROKEN}, DONE: set(), BROKEN: set()}
_END = object()
_JOINED = 1 << 16  # bytes that are made in one go where each go costs a change of threads


class Sending:
    """A response that is sent piece by piece: `next_piece()` until it returns None, each passed through `encode`.

    >>> sending = Sending(Response(200, [], iter([b"", b"hello"])), "GET", (1, 1), keep=True)
    >>> sending.next_piece(), sending.state, sending.next_piece()
    (b'hello', 'nothing sent', None)
    >>> sending.head[-28:], sending.encode(b"hello"), sending.end()
    (b'Transfer-Encoding: chunked\\r\\n', b'5\\r\\nhello\\r\\n', b'0\\r\\n\\r\\n')

    `method` and `version` are the request's; `keep` is whether the connection goes on afterwards, which a body of
    unknown length prevents for HTTP/1.0. With `sends_files` the pieces may be FileBody, for a transport that sends
    files by itself.
    """

    __slots__ = ("state", "response", "keep", "old", "head", "sent", "blocks", "waits_for_drain", "_length",
                 "_chunked", "_pieces", "_sends_files")

    def __init__(self, response: Response, method: str, version: tuple[int, int], keep: bool,
                 sends_files: bool = False) -> None:
        length = response.length
        sized = length is not None or not has_body("GET", response.status)
        chunked = not sized and version >= (1, 1)
        self.state, self.response, self.sent = NOTHING_SENT, response, 0
        self.keep, self.old = keep and (sized or chunked), version < (1, 1)
        self.head = response.encode() + (b"Transfer-Encoding: chunked\r\n" if chunked else b"")
        self.blocks = bool(getattr(response.body, "blocks", False))  # its pieces are made in another thread
        self.waits_for_drain = False  # a part of a file was handed over: it has left when nothing is queued any more
        wanted = has_body(method, response.status)
        self._length, self._chunked = (length, chunked) if wanted else (None, False)
        self._pieces: Iterator[Any] | None = None if wanted else iter(())
        self._sends_files = sends_files

    def next_piece(self) -> Any:
        """Return the next piece that is not empty, as bytes or (a part of) a FileBody; None after the last one.

        Raises: ValueError for more or less than Content-Length says, TypeError for what is no bytes, and whatever
        making the body raises.
        """
        if self._pieces is None:
            self._pieces = _open_body(self.response.body, self._sends_files)
        while (piece := next(self._pieces, _END)) is not _END:  # a `for` would call iter() again
            if type(piece) is not bytes and type(piece) is not FileBody:
                piece = _as_bytes(piece)
            count = piece.count if isinstance(piece, FileBody) else len(piece)
            if not count:
                continue
            self.sent += count
            if self._length is not None and self.sent > self._length:
                raise ValueError(f"Content-Length says {self._length}, the application sends more")
            return piece
        if self._length is not None and self.sent < self._length:
            raise ValueError(f"Content-Length says {self._length}, the application sent {self.sent}")
        return None

    def next_pieces(self) -> tuple[list[Any], bool]:
        """Return the next pieces, some 64 KiB of them, and whether the body goes on. Raises: as `next_piece`."""
        pieces: list[Any] = []
        begin = self.sent
        while self.sent - begin < _JOINED:
            piece = self.next_piece()
            if piece is None:
                return pieces, False
            pieces.append(piece)
        return pieces, True

    def encode(self, piece: bytes) -> bytes:
        """Return a piece as it goes out: as a chunk, where the response is sent in chunks."""
        return encode_chunk(piece) if self._chunked else piece

    def end(self) -> bytes:
        """Return what follows the last piece."""
        return encode_chunk(b"") if self._chunked else b""

    def close(self) -> list[BaseException]:
        """Close the body, and what iterates over it, once each; return what that raised."""
        pieces, self._pieces = self._pieces, iter(())
        return close_all(pieces if pieces is not self.response.body else None, self.response.body)


def close_all(*held: Any) -> list[BaseException]:
    """Call `close()` of each that has one; return what that raised.

    >>> close_all(None, io.BytesIO(), "a name")
    []
    """
    errors: list[BaseException] = []
    for each in held:
        try:
            close = getattr(each, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            errors.append(error)
    return errors


def _open_body(body: Any, sends_files: bool) -> Iterator[Any]:
    """Begin to iterate over a body, once."""
    if type(body) is FileBody and (file := plain_file(body)) is not None and sends_files:
        return iter((FileBody(file, body.offset, body.count),))
    if sends_files and hasattr(body, "slices"):
        return iter(body.slices())
    return iter(body.pieces() if isinstance(body, FileBody) else body)


def _as_bytes(piece: Any) -> bytes:
    """Return a bytes-like piece as bytes: a bytearray may change, and the length of an array is not that in bytes."""
    try:
        return memoryview(piece).tobytes()
    except TypeError:
        raise TypeError(f"a body is made of bytes, not of {type(piece).__name__}") from None


def plain_file(body: FileBody) -> Any:
    """Return the file of a body if its bytes on the disk are what `read` returns: what the system may send by itself.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     file.write(b"hello"), plain_file(FileBody(file, 0, 5)) is not None
    (5, True)
    >>> plain_file(FileBody(io.BytesIO(b"hello"), 0, 5)) is None
    True

    What was written and waits in Python's buffer is flushed. A GzipFile has a descriptor, but other bytes in it.
    Raises: EOFError if the file is too short; ValueError for one that is closed; OSError.
    """
    file: Any = body.file
    inner = getattr(file, "file", file) if type(file).__module__ == "tempfile" else file
    raw = getattr(inner, "raw", inner)
    if type(raw) is not io.FileIO or type(inner) not in (io.FileIO, io.BufferedReader, io.BufferedRandom):
        return None
    if not inner.readable():
        raise io.UnsupportedOperation("not readable")
    if type(inner) is io.BufferedRandom:
        inner.flush()
    stat = os.fstat(inner.fileno())
    if not S_ISREG(stat.st_mode):
        return None
    if stat.st_size < body.offset + body.count:
        raise EOFError(f"the file has {stat.st_size} bytes, not {body.offset + body.count}")
    return inner
