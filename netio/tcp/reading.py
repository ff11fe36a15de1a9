"""Read from a stream: exactly so many bytes, up to a delimiter, line by line.

`recv(n)` returns what is there, one byte or n; it never promises n. `recv_exactly` asks again until it has them all,
and takes not a byte more. A `Reader` asks the system for much at once and hands out little, which is faster by an
order of magnitude.

One time limit holds for a whole operation: a timeout that restarts with every byte would let a peer that sends one
byte every 29 seconds keep us for ever. `Deadline` spreads the limit over the steps. Whatever ends an operation
before its time (end of stream, time limit, too much), a Reader keeps what has come, so that nothing is lost.
"""
from __future__ import annotations

import socket
import time

from .._deadline import deadline_after

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator

_CHUNK = 64 * 1024  # bytes to ask the system for at once: most of what loopback delivers at a time


class Deadline:
    """One time limit for all that is done with a socket in a `with` block; then the socket has its own timeout back.

    `timeout` is in seconds, None waits for ever. Other threads should not set the socket's timeout meanwhile.

    >>> left, right = socket.socketpair()
    >>> with left, right, Deadline(left, 5.0) as deadline:
    ...     deadline.send_all(b"ping")
    ...     right.recv(100), 0 < deadline.left() <= 5
    (b'ping', True)

    Raises: TimeoutError from each step once the time is over, also where CPython 3.9 has only `socket.timeout`; with an
    `errno`, ETIMEDOUT, where the system has given up a peer that does not answer.
    Stdlib: `asyncio.timeout` (3.11) for coroutines; for sockets only a timeout a step.
    """

    def __init__(self, sock: socket.socket, timeout: float | None) -> None:
        self._sock, self._timeout = sock, timeout
        self._end = deadline_after(timeout)

    def left(self) -> float | None:
        """Return the seconds left, None for no limit. Raises: TimeoutError where none are left."""
        if self._end is None:
            return None
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"not done within {self._timeout:g} s")
        return left

    def recv(self, size: int) -> bytes:
        """Return what comes next, at most `size` bytes, b"" at the end of the stream."""
        self._sock.settimeout(self.left())
        try:
            return self._sock.recv(size)
        except (TimeoutError, socket.timeout) as error:
            if error.errno:  # ETIMEDOUT: it is the system that has given up the peer
                raise
            raise TimeoutError(f"not done within {self._timeout:g} s") from None

    def recv_exactly(self, count: int) -> bytes:
        """Return exactly `count` bytes. Raises: EOFError, TimeoutError, ValueError for a negative count."""
        if count < 0:  # a length that a peer has chosen may be
            raise ValueError(f"a count is 0 or more, not {count}")
        data = bytearray()
        self.fill(data, count)
        return bytes(data)

    def fill(self, data: bytearray, count: int) -> None:
        """Receive into `data` until it has `count` bytes; what came before an error is in it, too.

        Raises: EOFError, TimeoutError.
        """
        while len(data) < count:
            try:
                chunk = self.recv(min(count - len(data), 1 << 20))
            except TimeoutError as error:
                if error.errno:
                    raise
                raise TimeoutError(f"got {len(data)} of {count} bytes within {self._timeout:g} s") from None
            if not chunk:
                raise EOFError(f"got {len(data)} of {count} bytes")
            data += chunk

    def send_all(self, data: bytes) -> None:
        """Send all of `data`; after a TimeoutError nobody knows how much of it went out."""
        self._sock.settimeout(self.left())
        try:
            self._sock.sendall(data)
        except (TimeoutError, socket.timeout) as error:
            if error.errno:
                raise
            raise TimeoutError(f"not all of {len(data)} bytes taken within {self._timeout:g} s") from None

    def __enter__(self) -> Deadline:
        self._before = self._sock.gettimeout()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._sock.fileno() >= 0:
            self._sock.settimeout(self._before)


def recv_exactly(sock: socket.socket, count: int, *, timeout: float | None = 30.0) -> bytes:
    """Return exactly `count` bytes of the stream and leave the rest in the socket; `timeout` seconds for all of it.

    >>> left, right = socket.socketpair()
    >>> left.sendall(b"accountpass")
    >>> recv_exactly(right, 7), recv_exactly(right, 0)
    (b'account', b'')
    >>> left.close()
    >>> with right:
    ...     recv_exactly(right, 8)
    Traceback (most recent call last):
    EOFError: got 4 of 8 bytes

    Do not ask for a `count` that the peer has chosen before you have checked it. What had come before a TimeoutError is
    lost, so the stream is of no use then; a `Reader` keeps it.
    Raises: EOFError where the stream ends first, TimeoutError, both with the number of bytes that came; ValueError for
    a negative count; OSError.
    Notes: TCP, 收发缓冲区 and 粘包. Stdlib: `recv(count, MSG_WAITALL)`, on sockets without a timeout, or
    `sock.makefile("rb").read(count)`, which takes more than it returns; `StreamReader.readexactly` in asyncio.
    """
    with Deadline(sock, timeout) as deadline:
        return deadline.recv_exactly(count)


class Reader:
    """A buffered reader of a socket: read exactly, until a delimiter, by lines, and put back what was too much.

    Each operation may take `timeout` seconds in all (None: for ever), whatever the size of the pieces that come, and
    holds at most `max_size` bytes, unless a call says otherwise. Read from the socket only through its Reader, for
    that has read ahead.

    >>> left, right = socket.socketpair()
    >>> left.sendall("GET 猫\\n\\nbody and more".encode())
    >>> left.shutdown(socket.SHUT_WR)
    >>> reader = Reader(right, timeout=5)
    >>> reader.read_line().decode(), reader.read_line(), reader.read_exactly(4)
    ('GET 猫\\n', b'\\n', b'body')
    >>> reader.push_back(b"the ")
    >>> reader.read_some(), reader.read_some()
    (b'the  and more', b'')
    >>> left.close(); right.close()

    Nothing is lost by an error: what has come is returned by the next call.
    Raises: EOFError, TimeoutError, ValueError (more than the maximum, a negative count), OSError.
    Notes: TCP, 收发缓冲区 (buffers). Stdlib: `sock.makefile("rb")` has no deadline, and is unusable after a timeout;
    `asyncio.StreamReader`.
    """

    def __init__(self, sock: socket.socket, *, timeout: float | None = 30.0, max_size: int = 1 << 20) -> None:
        self.sock = sock
        self.timeout = timeout
        self.max_size = max_size
        self._data = b""  # immutable, so that a slice of it is the answer and not a copy of a copy
        self._at = 0  # what is before has been handed out

    def read_exactly(self, count: int) -> bytes:
        """Return exactly `count` bytes. Raises: EOFError where the stream ends first: it is all kept."""
        stop = self._at + count
        if not self._at <= stop <= len(self._data) or count > self.max_size:
            self._check(count, self.max_size)
            self._fetch(lambda data: len(data) >= count, lambda data: f"got {len(data)} of {count} bytes")
            stop = count
        data, self._at = self._data[self._at:stop], stop
        return data

    def read_until(self, delimiter: bytes, *, max_size: int | None = None) -> bytes:
        """Return the bytes up to and with the next delimiter.

        Raises: EOFError where the stream ends before it; ValueError where it does not come within `max_size` bytes.
        """
        if not delimiter:
            raise ValueError("a delimiter has at least one byte")
        limit = self.max_size if max_size is None else max_size
        found = self._data.find(delimiter, self._at)
        if found < 0:
            found = self._search(delimiter, limit)
        stop = found + len(delimiter)
        self._check(stop - self._at, limit)
        data, self._at = self._data[self._at:stop], stop
        return data

    def read_line(self, *, max_size: int | None = None) -> bytes:
        """Return the next line with its newline, which only the last line may lack; b"" at the end of the stream."""
        try:
            return self.read_until(b"\n", max_size=max_size)
        except EOFError:
            return self._take_all()

    def iter_lines(self, *, max_size: int | None = None) -> Iterator[bytes]:
        """Yield each line with its newline until the stream ends; each has the whole `timeout` to itself."""
        while line := self.read_line(max_size=max_size):
            yield line

    def read_some(self, size: int | None = None) -> bytes:
        """Return what is there, or wait for something: at most `size` bytes, b"" only at the end of the stream."""
        limit = self.max_size if size is None else size
        self._check(limit, limit)
        if self._at == len(self._data) and limit:
            with Deadline(self.sock, self.timeout) as deadline:
                self._data, self._at = deadline.recv(_CHUNK), 0
        data = self._data[self._at:self._at + limit]
        self._at += len(data)
        return data

    def read_to_end(self, *, max_size: int | None = None) -> bytes:
        """Return all until the peer closes. Raises: ValueError for more than `max_size` bytes: those are kept."""
        limit = self.max_size if max_size is None else max_size
        try:
            self._fetch(lambda data: len(data) > limit, lambda data: "the end")
        except EOFError:
            return self._take_all()
        raise ValueError(f"more than the maximum of {limit} bytes before the end of the stream")

    def push_back(self, data: bytes) -> None:
        """Put bytes back: they are read next."""
        self._data, self._at = data + self._data[self._at:], 0

    def _take_all(self) -> bytes:
        data, self._data, self._at = self._data[self._at:], b"", 0
        return data

    def _search(self, delimiter: bytes, limit: int) -> int:
        """Read until the delimiter has come and return its offset, looking at each byte once."""
        looked = 0

        def found(data: bytearray) -> bool:
            nonlocal looked
            start, looked = max(looked - len(delimiter) + 1, 0), len(data)
            return data.find(delimiter, start) >= 0 or len(data) >= limit

        self._fetch(found, lambda data: f"got {len(data)} bytes and no {delimiter!r}")
        position = self._data.find(delimiter)
        if position < 0:
            raise ValueError(f"no {delimiter!r} within the maximum of {limit} bytes")
        return position

    def _fetch(self, enough: Callable[[bytearray], bool], describe: Callable[[bytearray], str]) -> None:
        """Read until `enough` has come and let the buffer begin with it; keep what has come in any case."""
        data = bytearray(self._data[self._at:])
        try:
            with Deadline(self.sock, self.timeout) as deadline:
                while not enough(data):
                    chunk = deadline.recv(_CHUNK)
                    if not chunk:
                        raise EOFError(describe(data))
                    data += chunk
        except TimeoutError as error:
            if error.errno:
                raise
            raise TimeoutError(f"{describe(data)} within {self.timeout:g} s") from None
        finally:
            self._data, self._at = bytes(data), 0

    @staticmethod
    def _check(size: int, limit: int) -> None:
        if size < 0:
            raise ValueError(f"a count is 0 or more, not {size}")
        if size > limit:
            raise ValueError(f"{size} bytes are more than the maximum of {limit}")
