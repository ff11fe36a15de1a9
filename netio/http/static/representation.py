"""A file as it is served: what it is called on the wire, and the reply to a request for it, for the whole or a part.

A small file is read once and its reply kept; a large one is opened for each request and sent from the open
descriptor. Either way the head says what `fstat` said of the very file that the body comes from: whatever happens to
the name meanwhile, no byte of another version follows. A file that changes while it is sent ends the connection.
"""
from __future__ import annotations

import mmap
import os
import time
from contextlib import suppress
from functools import lru_cache
from typing import Any, BinaryIO, Iterator, Mapping

from ...files.root import Root
from ..conditions import evaluate_preconditions, file_etag, if_range_matches
from ..messages import FileBody, HTTPError, Request, Response
from ..messages.responses import format_date
from ..mime import content_type
from ..ranges import content_range, parse_ranges, part_heads

SMALL = 64 * 1024  # bytes up to which a file is kept in memory
WAYS = ("sendfile", "mmap", "read")  # to send what is larger
_TRIES = 4


class StaleError(Exception):
    """The file is no longer the one that was described: describe it again.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "a.txt")
    ...     with open(path, "wb") as file:
    ...         _ = file.write(b"old")
    ...     page = Representation(Root(folder), "a.txt", small=0)
    ...     with open(path, "wb") as file:
    ...         _ = file.write(b"other")
    ...     try:
    ...         page.answer(Request("GET", "/a.txt"))
    ...     except StaleError:
    ...         print("describe it again")
    describe it again
    """


class SteadyFile:
    """A part of an open file, as a body: if the file changes while it is sent, iterating raises EOFError.

    Each piece is read, then the file is looked at, then the piece goes out: what a client gets whole is one version.
    With `FileBody` the system would send from the file itself, also what is written to it meanwhile.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     _ = file.write(b"0123456789"), file.flush()
    ...     body = SteadyFile(file, 0, 10, os.fstat(file.fileno()))
    ...     pieces = body.pieces(size=4)
    ...     first, _ = next(pieces), file.truncate(6)
    ...     try:
    ...         list(pieces)
    ...     except EOFError as error:
    ...         print(first, error)
    b'0123' the file changed while it was sent

    `way` is how a transport that sends files by itself shall do it: by `sendfile`, or from a mapping (`mmap`), from
    which the system copies; with `read` every piece goes through Python, which holds under any transport.
    """

    def __init__(self, file: BinaryIO, offset: int, count: int, stat: os.stat_result, way: str = "sendfile") -> None:
        self._file, self._stat, self._way = file, stat, way
        self._mapping: mmap.mmap | None = None
        self.offset, self.count = offset, count

    def pieces(self, size: int = 262144) -> Iterator[bytes]:
        """Yield the bytes in pieces of at most `size`, each known to be of the same version as the head."""
        left = self.count
        self._file.seek(self.offset)
        while left:
            piece = self._file.read(min(size, left))
            if not piece or _version(os.fstat(self._file.fileno())) != _version(self._stat):
                raise EOFError("the file changed while it was sent")
            left -= len(piece)
            yield piece

    __iter__ = pieces

    def slices(self, size: int = 4 << 20) -> Iterator[FileBody | bytes]:
        """Yield the same for a transport that sends files by itself: parts of the file, and the last piece as bytes.

        That piece goes out when the file has been found unchanged, so that what changed meanwhile never becomes whole.
        One thing this cannot see: by `sendfile` the file's own pages wait in the socket, and who writes into the file
        (who replaces it does not) may still change them there. `mmap` and `read` copy them first.
        """
        end, last = self.offset + self.count, min(self.count, 65536)
        if self._way != "read" and last < self.count:
            source: Any = self._file
            if self._way == "mmap":
                self._mapping = _map(self._file, end)
                source = self._mapping or self._file
            for offset in range(self.offset, end - last, size):
                yield FileBody(source, offset, min(size, end - last - offset))
            self.offset, self.count = end - last, last
        yield from self.pieces()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._mapping is not None:
            with suppress(BufferError):  # a part of it waits to be sent or thrown away, and then it ends by itself
                self._mapping.close()


def _map(file: BinaryIO, end: int) -> mmap.mmap | None:
    """Map a file's first `end` bytes; None where this file system or address space has no place for it.

    Only the system may read them: where the file has shrunk meanwhile, its `send` fails, whereas Python would be killed
    by SIGBUS.
    """
    if os.fstat(file.fileno()).st_size < end:
        raise EOFError("the file changed while it was sent")
    try:
        return mmap.mmap(file.fileno(), end, access=mmap.ACCESS_READ)
    except (OSError, OverflowError, ValueError):
        return None


def _version(stat: os.stat_result) -> tuple[int, int, int, int]:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_dev


class Representation:
    """What is served for one file in one encoding; `answer(request)` is the Response, or raises HTTPError (412, 416).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "a.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     page = Representation(Root(folder), "a.txt", "text/plain")
    >>> response = page.answer(Request("GET", "/a.txt"))
    >>> response.status, response.body, response.header("Content-Type")
    (200, b'hello', 'text/plain')

    `name` is the file's path below `root`; `known` is what `read_version` returns of it, if it has been called already.
    `headers` go into every reply, 304 and 206 too. `small` is the size up to which content is kept,
    `way` how what is larger is sent (see SteadyFile). Raises: OSError where there is no such file. Source: RFC 9110
    sections 8, 13, 14, 15.3.7, 15.4.5.
    """

    __slots__ = ("root", "name", "kind", "stat", "etag", "modified", "whole", "held", "cost", "used", "found", "until",
                 "compressed", "way", "_date", "_headers", "_encoding")

    def __init__(self, root: Root, name: str, kind: str = "", headers: tuple[tuple[str, str], ...] = (),
                 encoding: str = "", small: int = SMALL, way: str = "sendfile",
                 known: tuple[os.stat_result, bytes | None] | None = None) -> None:
        self.root, self.name, self.way = root, name, way
        self.kind = kind = kind or content_type(name)
        self._headers, self._encoding = headers, encoding
        self.stat, content = known or read_version(root, name, small)
        self.etag = etag = file_etag(self.stat, encoding and "gz")
        self.modified = modified = modified_time(self.stat)
        self._date = date = format_modified(modified)
        self.whole: Response | None = None
        self.held = 0  # bytes of content in memory
        self.cost = 0  # bytes of memory, as the cache that holds this counts them
        self.used = False  # since the cache last looked
        if content is not None:
            self.held, self.whole = len(content), whole_reply(kind, encoding, headers, date, etag, content)
        self.found = self.until = 0.0
        self.compressed: Representation | None = None

    @property
    def path(self) -> str:
        """Where the file is."""
        return f"{self.root.path}{os.sep}{self.name}"

    @property
    def validators(self) -> list[tuple[str, str]]:
        """The headers that go with 304."""
        return [("Last-Modified", self._date), ("ETag", self.etag), *self._headers]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The headers of every reply that has a body."""
        fields = [("Content-Type", self.kind), ("Accept-Ranges", "bytes"), *self.validators]
        return [*fields, ("Content-Encoding", self._encoding)] if self._encoding else fields

    def same_file(self, stat: os.stat_result) -> bool:
        """Return whether a file described so is the version that this is of."""
        return _version(stat) == _version(self.stat)

    def is_current(self) -> bool:
        """Return whether the path, links followed, still leads to the version that this is of."""
        try:
            same = self.same_file(os.stat(self.path))
            return same and (self.compressed is None or self.compressed.same_file(os.stat(self.compressed.path)))
        except OSError:
            return False

    def answer(self, request: Request) -> Response:
        """Return the reply to GET or HEAD by the request's conditions and ranges."""
        headers = request.headers.fields
        status = evaluate_preconditions(request.method, headers, self.etag, self.modified)
        if status == 304:
            return Response(304, self.validators)
        if status == 412:
            raise HTTPError(412, "the file is another version")
        wanted = self._wanted(request.method, headers)
        if wanted is None:
            return self.whole or Response(200, self._sized(self.stat.st_size), self.body(0, self.stat.st_size))
        if not wanted:
            raise HTTPError(416, "nothing there", [("Content-Range", f"bytes */{self.stat.st_size}")])
        return self._part(*wanted[0]) if len(wanted) == 1 else self._parts(wanted)

    def _wanted(self, method: str, headers: Mapping[str, str]) -> list[tuple[int, int]] | None:
        text = headers.get("range")
        if text is None or method != "GET" or not if_range_matches(headers.get("if-range"), self.etag, self.modified):
            return None
        return parse_ranges(text, self.stat.st_size)

    def _part(self, start: int, stop: int) -> Response:
        place = ("Content-Range", content_range(start, stop, self.stat.st_size))
        return Response(206, [*self._sized(stop - start), place], self.body(start, stop))

    def _parts(self, ranges: list[tuple[int, int]]) -> Response:
        boundary = os.urandom(12).hex()
        heads = part_heads(ranges, self.stat.st_size, self.kind, boundary)
        length = sum(map(len, heads)) + sum(stop - start for start, stop in ranges)
        fields = [("Content-Type", f"multipart/byteranges; boundary={boundary}"), *self._sized(length)[1:]]
        body = self.body(0, 0)
        if isinstance(body, SteadyFile):
            return Response(206, fields, _Parts(body, ranges, heads))
        parts = (head + self.body(*place) for head, place in zip(heads, ranges))  # type: ignore[operator]
        return Response(206, fields, b"".join([*parts, heads[-1]]))

    def _sized(self, length: int) -> list[tuple[str, str]]:
        return [*self.fields, ("Content-Length", str(length))]

    def body(self, start: int, stop: int) -> bytes | SteadyFile:
        """Return the bytes [start, stop) as a body. Raises: OSError; StaleError where another file is there by now."""
        if self.whole is not None:
            return self.whole.body[start:stop]  # type: ignore[index]
        descriptor, stat = self.root.open_descriptor(self.name)
        if self.same_file(stat):
            file = open(self.name, "rb", buffering=0, opener=lambda name, flags: descriptor)  # closed where this fails
            return SteadyFile(file, start, stop - start, stat, self.way)
        os.close(descriptor)
        raise StaleError(self.path)


def read_version(root: Root, name: str, small: int,
                 opened: tuple[int, os.stat_result] | None = None) -> tuple[os.stat_result, bytes | None]:
    """Return what `fstat` says of a file below `root` and, if it is at most `small` bytes, its content at that moment.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "a.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     read_version(Root(folder), "a.txt", small=5)[1], read_version(Root(folder), "a.txt", small=4)[1]
    (b'hello', None)

    `opened` is its descriptor, which is closed, and its stat, if it is open already. Raises: OSError; HTTPError (503)
    where it changes faster than it can be read.
    """
    for _ in range(_TRIES):
        descriptor, stat = opened or root.open_descriptor(name)
        try:
            if stat.st_size > small:
                return stat, None
            content = os.read(descriptor, small + 1)
            after = os.fstat(descriptor)
            if len(content) == after.st_size == stat.st_size and after.st_mtime_ns == stat.st_mtime_ns:
                return stat, content
        finally:
            os.close(descriptor)
        opened = None
    raise HTTPError(503, "the file is being changed", [("Retry-After", "1")])


def whole_reply(kind: str, encoding: str, headers: tuple[tuple[str, str], ...], modified: str, etag: str,
                content: bytes) -> Response:
    """Return the reply with the whole of a small file; its head is what all of this kind share, and its own lines.

    >>> whole_reply("text/plain", "", (), format_date(0), '"1"', b"hello").encode().split(b"\\r\\n")[3:]
    [b'Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT', b'ETag: "1"', b'Content-Length: 5', b'']
    """
    shared, fields, closes = _shared_head(kind, encoding, headers)
    whole = Response(200, fields, content)
    whole.headers += (("Last-Modified", modified), ("ETag", etag))
    whole._head = shared + f"Last-Modified: {modified}\r\nETag: {etag}\r\nContent-Length: {len(content)}\r\n".encode()
    whole.closes = closes
    return whole


@lru_cache(maxsize=256)
def _shared_head(kind: str, encoding: str,
                 headers: tuple[tuple[str, str], ...]) -> tuple[bytes, tuple[tuple[str, str], ...], bool]:
    """Return the head without what differs from file to file, its fields, and whether the connection is to be closed.
    """
    fields = [("Content-Type", kind), ("Accept-Ranges", "bytes"), *headers]
    response = Response(200, [*fields, ("Content-Encoding", encoding)] if encoding else fields, iter(()))
    return response.encode(), tuple(response.headers), response.closes


def modified_time(stat: os.stat_result) -> int:
    """Return when a file was changed, as POSIX time; never in the future (RFC 9110 section 8.8.2.1).

    >>> modified_time(os.stat_result((0o100644, 7, 0, 1, 0, 0, 5, 0, 1, 0)))
    1
    """
    modified, now = int(stat.st_mtime), int(time.time())
    return modified if modified < now else now


format_modified = lru_cache(maxsize=256)(format_date)  # many files have one time


class _Parts:
    """The body of a multipart/byteranges reply: each part's head and bytes, all of one file."""

    def __init__(self, body: SteadyFile, ranges: list[tuple[int, int]], heads: list[bytes]) -> None:
        self._body, self._ranges, self._heads = body, ranges, heads

    def __iter__(self) -> Iterator[bytes]:
        for head, (start, stop) in zip(self._heads, self._ranges):
            yield head
            self._body.offset, self._body.count = start, stop - start
            yield from self._body.pieces()
        yield self._heads[-1]

    def close(self) -> None:
        self._body.close()
