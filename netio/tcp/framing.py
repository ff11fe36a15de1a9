"""Framings: where one message ends and the next begins in a stream that has no boundaries.

All four have one interface and do no I/O. `wrap(message)` returns the bytes to send. `feed(data)` takes bytes as
they came, cut anywhere, and returns the messages that they complete. `finish()` says that the stream has ended, and
objects if it ended inside a message. So the same framing serves a blocking socket, an event loop, a file and a test.

What is incomplete waits in a bytearray, and is looked at again only once enough has come for the next message, so
that a huge one fed in crumbs costs linear time. Only the torn message is joined there; all that follows is cut where it
is, out of one `bytes` object with local names and one loop, because a copy, a call or a memoryview a message costs
more than the cutting itself.
"""
from __future__ import annotations

from struct import Struct, iter_unpack, unpack_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

    _Bytes = bytes | bytearray | memoryview

_MAX_SIZE = 16 * 1024 * 1024  # bytes in a message
_SHORTEST_RUN, _LONGEST_RUN = 4, 256  # frames of one size that are cut at one go


class Framing:
    """What all framings share: hand in bytes cut anywhere, get whole messages.

    `fault` is None, or the error that stopped the stream: messages before it are still returned, and the call after
    that raises it, so nothing that came whole is lost. `held` is the number of bytes that wait for the rest of their
    message.

    >>> framing = LengthPrefix()
    >>> framing.feed(b"\\0\\0\\0\\5hel"), framing.held, framing.feed(b"lo\\0\\0\\0\\0\\0")
    ([], 7, [b'hello', b''])
    >>> framing.finish()
    Traceback (most recent call last):
    EOFError: the stream ended inside a message: got 1 of 4 bytes

    Your own framing overrides `wrap` and `_cut`. Notes: TCP, 粘包 (sticky packets).
    Raises: ValueError for a message longer than `max_size`, from `wrap` and `feed`.
    """

    def __init__(self, max_size: int = _MAX_SIZE) -> None:
        self.max_size = max_size
        self.fault: ValueError | None = None
        self._rest = bytearray()
        self._need = 1  # bytes that `_rest` must hold before it is worth a look

    @property
    def held(self) -> int:
        return len(self._rest)

    def wrap(self, message: _Bytes) -> bytes:
        """Return the message with its boundary, ready to be sent."""
        raise NotImplementedError

    def wrap_all(self, messages: Iterable[_Bytes]) -> bytes:
        """Return many wrapped messages as one piece: one `sendall` for all of them."""
        return b"".join(map(self.wrap, messages))

    def feed(self, data: _Bytes) -> list[bytes]:
        """Take the next bytes of the stream and return the messages they complete, oldest first."""
        if self.fault is not None:
            raise self.fault
        messages: list[bytes] = []
        piece, at = bytes(data), 0  # no copy where it is bytes already
        while self._rest and at < len(piece) and self.fault is None:
            take = self._missing(piece, at)
            self._rest += piece[at:at + take]
            at += take
            if at > len(piece):
                return []
            messages, used = self._cut(bytes(self._rest), 0)
            del self._rest[:used]
        if at < len(piece) and self.fault is None:
            found, at = self._cut(piece, at)
            messages += found
            self._rest += piece[at:]
        if self.fault is not None and not messages:
            raise self.fault
        return messages

    def finish(self) -> None:
        """Say that the stream has ended. Raises: EOFError inside a message, and the fault where there is one."""
        if self.fault is not None:
            raise self.fault
        if self._rest:
            raise EOFError(f"the stream ended inside a message: got {self._describe_rest()}")

    def _describe_rest(self) -> str:
        return f"{len(self._rest)} of {self._need} bytes"

    def _missing(self, data: bytes, at: int) -> int:
        """Return how many bytes, of `data` from `at` on, make what is held worth a look; they may be more than came."""
        take = self._need - len(self._rest)
        return take if take > 0 else len(data) - at

    def _cut(self, data: bytes, at: int) -> tuple[list[bytes], int]:
        """Return the whole messages in `data` from `at` on, and where they end; set `_need`, or `fault`."""
        raise NotImplementedError

    def _check_size(self, size: int) -> None:
        if size > self.max_size:
            raise ValueError(f"message of {size} bytes is longer than the maximum of {self.max_size}")

    def _fail(self, reason: str) -> None:
        self.fault = ValueError(reason)


class LengthPrefix(Framing):
    """Each message after its length, an unsigned integer of 1, 2, 4 or 8 bytes: any content.

    >>> framing = LengthPrefix(2, "little", max_size=1000)
    >>> framing.wrap(b"cat"), framing.feed(b"\\3\\0cat\\3")
    (b'\\x03\\x00cat', [b'cat'])
    >>> framing.feed(b"\\xff")  # 0xff03 little-endian
    Traceback (most recent call last):
    ValueError: message of 65283 bytes is longer than the maximum of 1000: does the peer frame its data? ...

    The length is checked before a single byte of the message is waited for. Notes: TCP, 粘包.
    Raises: ValueError for another size or byte order, and for a message longer than `max_size` or than the prefix
    can say.
    """

    def __init__(self, size: int = 4, byte_order: str = "big", max_size: int = _MAX_SIZE) -> None:
        if size not in (1, 2, 4, 8) or byte_order not in ("big", "little"):
            raise ValueError(f"a length prefix has 1, 2, 4 or 8 bytes, 'big' or 'little', not {size}, {byte_order!r}")
        super().__init__(min(max_size, 256 ** size - 1))
        self._header = Struct((">" if byte_order == "big" else "<") + {1: "B", 2: "H", 4: "I", 8: "Q"}[size])
        self._need = size

    def wrap(self, message: _Bytes) -> bytes:
        if type(message) is not bytes:
            message = plain_bytes(message)
        size = len(message)
        if size > self.max_size:
            self._check_size(size)
        return self._header.pack(size) + message

    def _cut(self, data: bytes, at: int) -> tuple[list[bytes], int]:
        messages: list[bytes] = []
        append, unpack, limit = messages.append, self._header.unpack_from, self.max_size
        header, end, before = self._header.size, len(data), -1
        self._need = header
        while (start := at + header) <= end:
            size, = unpack(data, at)
            stop = start + size
            if stop > end or size > limit:
                self._need = header + size
                if size > limit:
                    self._fail(f"message of {size} bytes is longer than the maximum of {limit}: "
                               f"does the peer frame its data? It began with {data[at:start]!r}")
                break
            if size == before and (run := self._cut_run(data, at, size)):
                messages += run
                at += len(run) * (header + size)
            else:
                append(data[start:stop])
                at, before = stop, size if before < 0 else -1
        return messages, at

    def _cut_run(self, data: bytes, at: int, size: int) -> tuple[bytes, ...]:
        """Return the next messages as far as their headers say `size`, at most _LONGEST_RUN; () for a short run.

        The headers are compared column by column: a slice whose step is the frame's size holds one byte of each.
        """
        header = self._header.size
        frame = header + size
        count = min(_LONGEST_RUN, (len(data) - at) // frame)
        for column in range(at + header - 1, at - 1, -1):
            alike = data[column:at + count * frame:frame]
            count -= len(alike.lstrip(alike[:1]))
            if count < _SHORTEST_RUN:
                return ()
        return unpack_from(f"{header}x{size}s" * count, data, at)


class Delimiter(Framing):
    """Each message followed by a delimiter, which no message may contain: lines, for one.

    >>> framing = Delimiter(b"\\r\\n")
    >>> framing.wrap(b"HELO"), framing.feed(b"HELO\\r"), framing.feed(b"\\nQUIT\\r\\n")
    (b'HELO\\r\\n', [], [b'HELO', b'QUIT'])
    >>> framing.wrap(b"two\\r\\nlines")
    Traceback (most recent call last):
    ValueError: the message contains the delimiter b'\\r\\n'

    Raises: ValueError for an empty delimiter, a message that contains it, and one longer than `max_size`. Notes:
    TCP, 粘包.
    """

    def __init__(self, delimiter: bytes = b"\n", max_size: int = 64 * 1024) -> None:
        if isinstance(delimiter, str):
            raise TypeError(f"a delimiter is bytes, not str: encode it, {delimiter!r}.encode()")
        if not delimiter:
            raise ValueError("a delimiter has at least one byte")
        super().__init__(max_size)
        self.delimiter = delimiter

    def wrap(self, message: _Bytes) -> bytes:
        if type(message) is not bytes:
            message = plain_bytes(message)
        self._check_size(len(message))
        wrapped = b"".join((message, self.delimiter))
        if wrapped.find(self.delimiter) != len(message):
            raise ValueError(f"the message contains the delimiter {self.delimiter!r}")
        return wrapped

    def _describe_rest(self) -> str:
        return f"{len(self._rest)} bytes and no {self.delimiter!r}"

    def _missing(self, data: bytes, at: int) -> int:
        overlap, there = len(self.delimiter) - 1, len(data) - at
        if overlap and self.delimiter in self._rest[-overlap:] + data[at:at + overlap]:
            return there
        found = data.find(self.delimiter, at)
        if found >= 0:
            return found + overlap + 1 - at
        return there + (len(self._rest) + there <= self.max_size + overlap)

    def _cut(self, data: bytes, at: int) -> tuple[list[bytes], int]:
        *messages, rest = data[at:].split(self.delimiter)
        used = len(data) - len(rest)
        if len(data) > self.max_size and messages and max(map(len, messages)) > self.max_size:
            first = next(number for number, message in enumerate(messages) if len(message) > self.max_size)
            self._fail(f"message of {len(messages[first])} bytes is longer than the maximum of {self.max_size}")
            del messages[first:]
        elif len(rest) >= self.max_size + len(self.delimiter):
            self._fail(f"no {self.delimiter!r} within {self.max_size} bytes")
        return messages, used


class FixedSize(Framing):
    """Each message of the same size, so that nothing need be said about it: records, for one.

    >>> framing = FixedSize(4)
    >>> framing.feed(b"onetwo34five"), framing.wrap(b"four")
    ([b'onet', b'wo34', b'five'], b'four')
    >>> framing.wrap(b"three")
    Traceback (most recent call last):
    ValueError: a message has 4 bytes, not 5

    Raises: ValueError for a message of another size, and a size below 1. Notes: struct; TCP, 粘包.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a message has at least 1 byte, not {size}")
        super().__init__(size)
        self._need = size

    def wrap(self, message: _Bytes) -> bytes:
        message = bytes(plain_bytes(message))
        if len(message) != self.max_size:
            raise ValueError(f"a message has {self.max_size} bytes, not {len(message)}")
        return message

    def _cut(self, data: bytes, at: int) -> tuple[list[bytes], int]:
        size = self.max_size
        stop = len(data) - (len(data) - at) % size
        return [message for message, in iter_unpack(f"{size}s", data[at:stop])], stop


class Netstring(Framing):
    """Each message between its length in decimal digits with a colon, and a comma: any content, readable by people.

    >>> framing = Netstring()
    >>> framing.wrap(b"hello"), framing.feed(b"5:hello,0:,3:c")
    (b'5:hello,', [b'hello', b''])
    >>> framing.feed(b"at;")
    Traceback (most recent call last):
    ValueError: a netstring ends with b',', not b';'

    Raises: ValueError for a message longer than `max_size`, and for what is no netstring.
    See: https://cr.yp.to/proto/netstrings.txt (no leading zeros).
    """

    def wrap(self, message: _Bytes) -> bytes:
        if type(message) is not bytes:
            message = plain_bytes(message)
        self._check_size(len(message))
        return b"".join((b"%d:" % len(message), message, b","))

    def _cut(self, data: bytes, at: int) -> tuple[list[bytes], int]:
        messages: list[bytes] = []
        end, digits = len(data), len(str(self.max_size))
        while at < end and self.fault is None:
            colon = data.find(b":", at, at + digits + 1)
            size = self._read_size(data[at:at + digits + 1 if colon < 0 else colon], colon >= 0)
            stop = colon + 1 + size
            self._need = stop + 1 - at if colon >= 0 else end - at + 1
            if self.fault is not None or colon < 0 or stop >= end:
                break
            if data[stop] != 44:
                self._fail(f"a netstring ends with b',', not {data[stop:stop + 1]!r}")
                break
            messages.append(data[colon + 1:stop])
            at = stop + 1
        return messages, at

    def _read_size(self, digits: bytes, whole: bool) -> int:
        """Return the size that the digits say, as far as they have come; set the fault where they cannot be right."""
        if (digits or whole) and not digits.isdigit():
            self._fail(f"a netstring begins with its length, not {digits!r}")
        elif digits[:1] == b"0" and len(digits) > 1:
            self._fail(f"the length of a netstring has no leading zeros: {digits!r}")
        elif digits and int(digits) > self.max_size:
            self._fail(f"message of {int(digits)} bytes or more is longer than the maximum of {self.max_size}")
        else:
            return int(digits or b"0")
        return 0


def plain_bytes(message: _Bytes) -> bytes | bytearray:
    """Return what is bytes as it is, and what else has a buffer, such as a memoryview of numbers, as bytes.

    >>> plain_bytes(memoryview(b"cat")[1:])
    b'at'
    >>> plain_bytes("cat")
    Traceback (most recent call last):
    TypeError: a message is bytes, not str: encode it, such as 'text'.encode()

    Raises: TypeError for what has no bytes, such as str.
    """
    if isinstance(message, str):
        raise TypeError("a message is bytes, not str: encode it, such as 'text'.encode()")
    return message if isinstance(message, (bytes, bytearray)) else bytes(memoryview(message))
