"""Framings: where one message ends and the next begins in a stream that has no boundaries of its own.

All four have one interface and do no I/O. `wrap(message)` returns the bytes to send. `feed(data)` takes bytes as
they came, cut anywhere, and returns the messages that they complete. `finish()` says that the stream has ended, and
objects if it ended inside a message. So the same framing serves a blocking socket, an event loop, a file and a test.

What is incomplete waits in a bytearray, and is looked at again only once enough has come for the next message, so
that a huge one fed in crumbs costs linear time. All else is cut out of one `bytes` object with local names and one
loop, because a call, an attribute or a memoryview a message costs more than the cutting itself.
"""
from __future__ import annotations

from struct import Struct, unpack_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, List, Optional, Tuple, Union

    _Bytes = Union[bytes, bytearray, memoryview]

_MAX_SIZE = 16 * 1024 * 1024  # bytes in a message
_RUN = 64  # frames of one size that are cut at one go


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

    A framing of your own overrides `wrap` and `_cut`. Notes: TCP, 粘包 (sticky packets).
    Raises: ValueError for a message longer than `max_size`, from `wrap` and `feed`.
    """

    def __init__(self, max_size: int = _MAX_SIZE) -> None:
        self.max_size = max_size
        self.fault: Optional[ValueError] = None
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

    def feed(self, data: _Bytes) -> List[bytes]:
        """Take the next bytes of the stream and return the messages they complete, oldest first."""
        if self.fault is not None:
            raise self.fault
        if not self._rest:
            data = data if type(data) is bytes else bytes(data)
        elif self._completes(data):
            data = b"".join((self._rest, data))
        else:
            self._rest += data
            return []
        messages, used = self._cut(data)
        self._rest = bytearray(data[used:])
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

    def _completes(self, data: _Bytes) -> bool:
        """Tell whether `data` behind what is held is worth cutting."""
        return len(self._rest) + len(data) >= self._need

    def _cut(self, data: bytes) -> Tuple[List[bytes], int]:
        """Return the whole messages at the front of `data` and how many bytes they take; set `_need`, or `fault`."""
        raise NotImplementedError

    def _check_size(self, size: int) -> None:
        if size > self.max_size:
            raise ValueError(f"message of {size} bytes is longer than the maximum of {self.max_size}")

    def _fail(self, reason: str) -> None:
        self.fault = ValueError(reason)


class LengthPrefix(Framing):
    """Each message behind its length as an unsigned integer of 1, 2, 4 or 8 bytes: any content, one look ahead.

    >>> framing = LengthPrefix(2, "little", max_size=1000)
    >>> framing.wrap(b"cat"), framing.feed(b"\\3\\0cat\\3")
    (b'\\x03\\x00cat', [b'cat'])
    >>> framing.feed(b"\\xff")  # 0xff03 little-endian
    Traceback (most recent call last):
    ValueError: message of 65283 bytes is longer than the maximum of 1000

    The length is checked before a single byte of the message is waited for. Notes: TCP, 粘包.
    Raises: ValueError for another size or order, and for a message longer than `max_size` or than the prefix can say.
    """

    def __init__(self, size: int = 4, order: str = "big", max_size: int = _MAX_SIZE) -> None:
        if size not in (1, 2, 4, 8) or order not in ("big", "little"):
            raise ValueError(f"a length prefix has 1, 2, 4 or 8 bytes, 'big' or 'little', not {size}, {order!r}")
        super().__init__(min(max_size, 256 ** size - 1))
        self._header = Struct((">" if order == "big" else "<") + {1: "B", 2: "H", 4: "I", 8: "Q"}[size])
        self._need = size

    def wrap(self, message: _Bytes) -> bytes:
        size = len(message)
        if size > self.max_size:
            self._check_size(size)
        return self._header.pack(size) + message

    def _cut(self, data: bytes) -> Tuple[List[bytes], int]:
        messages: List[bytes] = []
        append, unpack, limit = messages.append, self._header.unpack_from, self.max_size
        header, end, before = self._header.size, len(data), -1
        at, self._need = 0, header
        while (start := at + header) <= end:
            size, = unpack(data, at)
            stop = start + size
            if stop > end or size > limit:
                self._need = header + size
                if size > limit:
                    self._fail(f"message of {size} bytes is longer than the maximum of {limit}")
                break
            if size == before and (run := self._cut_run(data, at, size)):
                messages += run
                at += len(run) * (header + size)
            else:
                append(data[start:stop])
                at, before = stop, size if before < 0 else -1
        return messages, at

    def _cut_run(self, data: bytes, at: int, size: int) -> Tuple[bytes, ...]:
        """Return the next messages, at most _RUN, if the headers of all of them say `size`, else ().

        The headers are compared column by column: a slice whose step is the frame's size holds one byte of each.
        """
        header = self._header.size
        frame = header + size
        count = min(_RUN, (len(data) - at) // frame)
        for column in range(at + header - 1, at - 1, -1):
            if data[column:at + count * frame:frame] != data[column:column + 1] * count:
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
        if not delimiter:
            raise ValueError("a delimiter has at least one byte")
        super().__init__(max_size)
        self.delimiter = delimiter

    def wrap(self, message: _Bytes) -> bytes:
        self._check_size(len(message))
        wrapped = b"".join((message, self.delimiter))
        if wrapped.find(self.delimiter) != len(message):
            raise ValueError(f"the message contains the delimiter {self.delimiter!r}")
        return wrapped

    def _describe_rest(self) -> str:
        return f"{len(self._rest)} bytes and no {self.delimiter!r}"

    def _completes(self, data: _Bytes) -> bool:
        overlap = len(self.delimiter) - 1
        seam = b"".join((self._rest[-overlap:] if overlap else b"", data))
        return self.delimiter in seam or len(self._rest) + len(data) > self.max_size + overlap

    def _cut(self, data: bytes) -> Tuple[List[bytes], int]:
        *messages, rest = data.split(self.delimiter)
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
        if len(message) != self.max_size:
            raise ValueError(f"a message has {self.max_size} bytes, not {len(message)}")
        return bytes(message)

    def _cut(self, data: bytes) -> Tuple[List[bytes], int]:
        size = self.max_size
        used = len(data) - len(data) % size
        return [data[at:at + size] for at in range(0, used, size)], used


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
        self._check_size(len(message))
        return b"".join((b"%d:" % len(message), message, b","))

    def _cut(self, data: bytes) -> Tuple[List[bytes], int]:
        messages: List[bytes] = []
        at, end, digits = 0, len(data), len(str(self.max_size))
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
