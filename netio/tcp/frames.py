"""Send and receive whole messages over a socket.

Two ways to read. `recv_frame` takes one frame and not a byte more, so other reads may follow; it costs two system
calls a frame. `iter_messages` and `iter_batches` ask the system for much at once, let a framing cut it up, and are
ten times as fast on small messages; from then on the stream belongs to them.
"""
from __future__ import annotations

import socket
import weakref
from itertools import chain

from .framing import Framing, plain_bytes
from .reading import Deadline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Literal

# What `recv_frame` had received of a frame when an error ended it, by socket; it costs nothing while empty.
_unfinished: dict[weakref.ref[socket.socket], bytearray] = {}
_CHUNK = 512 * 1024  # bytes to ask the system for at once: less of it waits in the socket and leaves the cache


def send_frame(sock: socket.socket, message: bytes | bytearray | memoryview, *, size: int = 4,
               byte_order: Literal["big", "little"] = "big", timeout: float | None = 30.0) -> None:
    """Send `message` after its length, an unsigned integer of `size` bytes, as one piece within `timeout` seconds.

    >>> left, right = socket.socketpair()
    >>> with left, right:
    ...     send_frame(left, "猫".encode())
    ...     send_frame(left, b"")
    ...     right.recv(100)
    b'\\x00\\x00\\x00\\x03\\xe7\\x8c\\xab\\x00\\x00\\x00\\x00'

    Length and message leave in one call: in two, Nagle's algorithm may hold the second back for 40 ms.
    Raises: ValueError for a message longer than the prefix can say; TimeoutError where the peer does not read;
    OSError.
    Notes: TCP, 粘包 (sticky packets). Stdlib: `multiprocessing.connection` frames too, but pickles.
    """
    message = plain_bytes(message)
    if len(message) >= 256 ** size:
        raise ValueError(f"message of {len(message)} bytes does not fit a prefix of {size} bytes")
    with Deadline(sock, timeout) as deadline:
        deadline.send_all(len(message).to_bytes(size, byte_order) + message)


def recv_frame(sock: socket.socket, *, size: int = 4, byte_order: Literal["big", "little"] = "big",
               max_size: int = 16 * 1024 * 1024, timeout: float | None = 30.0) -> bytes | None:
    """Return the next message, as `send_frame` sent it, or None where the peer has closed after a whole one.

    >>> left, right = socket.socketpair()
    >>> with left, right:
    ...     send_frame(left, b"")
    ...     left.shutdown(socket.SHUT_WR)
    ...     recv_frame(right), recv_frame(right)
    (b'', None)

    An empty message is b"", the end is None. `timeout` seconds hold for all of it. The length is compared with
    `max_size` before the message is read: it is the peer who chose it.

    Raises: EOFError where the stream ends inside a frame, ValueError for one longer than `max_size` (the stream is of
    no use then: close it), TimeoutError, OSError. After each of them the next call goes on in the same frame: after a
    timeout it may get it whole, after the others it raises the same again. `sock.recv` does not see what is kept.
    Notes: TCP, 粘包. Stdlib: none.
    """
    data = _unfinished.pop(weakref.ref(sock), bytearray()) if _unfinished else bytearray()
    try:
        with Deadline(sock, timeout) as deadline:
            if not data:
                data += deadline.recv(size)
                if not data:
                    return None
            deadline.fill(data, size)
            length = int.from_bytes(data[:size], byte_order)
            if length > max_size:
                raise ValueError(f"frame of {length} bytes is longer than the maximum of {max_size}: "
                                 f"does the peer frame its data? It began with {bytes(data[:size])!r}")
            deadline.fill(data, size + length)
    except BaseException:  # a timeout, for one: the next call goes on with what has come
        if data:
            _unfinished[weakref.ref(sock, _forget)] = data
        raise
    return bytes(memoryview(data)[size:])


def _forget(sock: weakref.ref[socket.socket]) -> None:
    _unfinished.pop(sock, None)


def iter_batches(sock: socket.socket, framing: Framing, *, timeout: float | None = 30.0) -> Iterator[list[bytes]]:
    """Yield lists of the messages that came together, never an empty one, until the peer closes.

    >>> from netio.tcp import LengthPrefix
    >>> left, right = socket.socketpair()
    >>> with left, right:
    ...     left.sendall(LengthPrefix().wrap_all([b"one", b"two"]))
    ...     left.shutdown(socket.SHUT_WR)
    ...     list(iter_batches(right, LengthPrefix(), timeout=5))
    [[b'one', b'two']]

    Each batch may take `timeout` seconds in all. The framing holds the state of this stream: one for each connection.
    Raises: EOFError where the stream ends inside a message, ValueError from the framing, TimeoutError, OSError; in
    each case after the whole messages before it. Notes: TCP, 粘包. Stdlib: none.
    """
    while True:
        messages: list[bytes] = []
        with Deadline(sock, timeout) as deadline:
            while not messages:
                data = deadline.recv(_CHUNK)
                if not data:
                    framing.finish()
                    return
                messages = framing.feed(data)
        yield messages
        if framing.fault is not None:
            raise framing.fault


def iter_messages(sock: socket.socket, framing: Framing, *, timeout: float | None = 30.0) -> Iterator[bytes]:
    """Yield each message until the peer closes: `iter_batches`, one by one.

    >>> from netio.tcp import Delimiter
    >>> left, right = socket.socketpair()
    >>> with left, right:
    ...     left.sendall(b"one\\ntwo\\nthree")
    ...     left.shutdown(socket.SHUT_WR)
    ...     try:
    ...         for message in iter_messages(right, Delimiter(b"\\n"), timeout=5):
    ...             print(message)
    ...     except EOFError as error:
    ...         print(error)
    b'one'
    b'two'
    the stream ended inside a message: got 5 bytes and no b'\\n'

    Raises: what `iter_batches` raises. Stdlib: `for line in sock.makefile("rb")`, for lines only and with no deadline.
    """
    return chain.from_iterable(iter_batches(sock, framing, timeout=timeout))
