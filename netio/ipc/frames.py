"""Messages inside a stream or a ring: one message or a whole batch in one frame.

A frame is a header of two native 32-bit numbers, (bytes that follow, kind), and a body.

    kind 0        one message, the body
    kind n        n messages of equal size, one after the other (n below 2**31; of empty ones 65536 at most)
    kind n+2**31  n messages: n sizes of 32 bits each, then the messages

A batch costs one header and a few calls in C, whatever its number: that is what makes it five to ten times faster.
The numbers are native because both ends are on one machine.
"""
from __future__ import annotations

import struct
from array import array
from typing import Sequence

HEADER = struct.Struct("=II")  # total length (with MIXED), length of the pickle
MIXED = 1 << 31  # set in a header: buffers follow the pickle
LARGEST = (1 << 32) - 1  # bytes of a message: what a header's number holds
LARGEST_BATCH = 1 << 16  # bytes of a frame with several messages: more says that it is one message


def pack_message(message: bytes) -> bytes:
    """Return the frame of one message.

    >>> pack_message(b"hello")[8:]
    b'hello'

    Raises: ValueError for one of 4 GiB or more.
    """
    if len(message) > LARGEST:
        raise ValueError(f"a message of {len(message)} bytes: the largest is {LARGEST}")
    return HEADER.pack(len(message), 0) + message


def pack_batch(messages: Sequence[bytes]) -> bytes:
    """Return one frame that holds all of `messages`; several where they take more than 64 KiB.

    >>> len(pack_batch([b"abc", b"def"])), len(pack_batch([b"abc", b"d"]))
    (14, 20)

    An empty batch is a frame, too, of no message. Raises: ValueError for a message of 4 GiB or more.
    """
    if len(messages) == 1:
        return pack_message(messages[0])
    kind, body = join_batch(messages)
    if len(body) > LARGEST_BATCH or len(messages) > LARGEST_BATCH:
        size = max(len(body), len(messages))
        count = max(1, len(messages) * (LARGEST_BATCH // 2) // size)  # of each part; some are above average
        return b"".join([pack_batch(messages[at:at + count]) for at in range(0, len(messages), count)])
    return HEADER.pack(len(body), kind) + body


def join_batch(messages: Sequence[bytes]) -> tuple[int, bytes]:
    """Return the kind and the body of the frame that holds all of `messages`.

    >>> join_batch([b"abc", b"def"])
    (2, b'abcdef')
    """
    body = b"".join(messages)
    sizes = list(map(len, messages))
    kind = len(sizes)
    if not kind or sizes.count(sizes[0]) != kind:
        return kind + MIXED, array("I", sizes).tobytes() + body
    return kind, body


def unpack_frame(kind: int, body: bytes) -> list[bytes]:
    """Return the messages of a frame whose header said `kind`.

    >>> frame = pack_batch([b"abc", b"", b"d"])
    >>> unpack_frame(HEADER.unpack_from(frame)[1], frame[8:])
    [b'abc', b'', b'd']

    Raises: ValueError where the sizes do not add up, and for more than 65536 empty messages.
    """
    if kind == 0:
        return [body]
    count = kind & ~MIXED
    if kind < MIXED:
        return _cut_equal(body, count)
    sizes = array("I")
    sizes.frombytes(body[:4 * count])
    messages, start = [], 4 * count
    for size in sizes:
        messages.append(body[start:start + size])
        start += size
    if start != len(body):
        raise ValueError(f"a batch of {len(body)} bytes whose {count} messages take {start}")
    return messages


def _cut_equal(body: bytes, count: int) -> list[bytes]:
    size, rest = divmod(len(body), count)
    if rest:
        raise ValueError(f"{len(body)} bytes are not {count} messages of equal size")
    if not size:
        if count > LARGEST_BATCH:  # a header alone would take gigabytes
            raise ValueError(f"{count} empty messages in one frame: {LARGEST_BATCH} are allowed")
        return [b""] * count
    return [message for message, in struct.iter_unpack(f"{size}s", body)]


def unpack_frames(data: bytes, start: int = 0) -> tuple[list[bytes], int]:
    """Return the messages of all whole frames in `data` from `start` on, and where the first cut one begins.

    >>> unpack_frames(pack_message(b"a") + pack_batch([b"b", b"c"]) + b"rest")
    ([b'a', b'b', b'c'], 19)
    """
    messages: list[bytes] = []
    end, unpack, append = len(data), HEADER.unpack_from, messages.append
    while end - start >= 8:
        size, kind = unpack(data, start)
        stop = start + 8 + size
        if stop > end:
            break
        if kind:
            messages += unpack_frame(kind, data[start + 8:stop])
        else:
            append(data[start + 8:stop])
        start = stop
    return messages, start
