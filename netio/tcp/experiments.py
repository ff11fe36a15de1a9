"""Experiments: what the buffers take, how a full one stops the sender, and how messages stick together and tear apart.

Each makes its own connection over the loopback interface, runs in the calling thread, and returns what it saw.
"""
from __future__ import annotations

import select
import socket
import time

from .._deadline import wait_limit
from .frames import iter_messages
from .framing import Framing
from .reading import recv_exactly
from .sockets import connect_pair, half_close

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable


def send_until_full(sock: socket.socket, *, limit: int = 1 << 28, wait: float = 0.1) -> int:
    """Send until the peer's receive buffer and our send buffer are full; return the number of bytes that went.

    That is what `sendall` on a blocking socket would block at. Full means: no room for `wait` seconds.

    >>> left, right = connect_pair()
    >>> with left, right:
    ...     taken = send_until_full(left)
    ...     taken == len(recv_exactly(right, taken))
    True

    Raises: OSError where the peer is gone. Stops at `limit` bytes. Notes: TCP, 收发缓冲区 (buffers). Stdlib: none.
    """
    before, sent, block = sock.gettimeout(), 0, bytes(64 * 1024)
    sock.settimeout(0)
    try:
        while sent < limit and select.select([], [sock], [], wait_limit(wait))[1]:
            try:
                sent += sock.send(block[:limit - sent])
            except BlockingIOError:
                continue
    finally:
        sock.settimeout(before)
    return sent


def measure_buffers(*, send: int | None = None, receive: int | None = None) -> dict[str, int]:
    """Connect a pair with buffers of the sizes asked for (bytes, None: the system's), fill them, and return what fits.

    The keys: `send_buffer` and `receive_buffer` are what the system says it granted, `taken` is the number of bytes
    that went in before `send` would block. The system counts its own book-keeping, and tunes what nobody has set.

    >>> small = measure_buffers(send=8192, receive=8192)
    >>> sorted(small), 0 < small["taken"] < measure_buffers(send=1 << 20, receive=1 << 20)["taken"]
    (['receive_buffer', 'send_buffer', 'taken'], True)

    Raises: OSError for a size that the system refuses. See: socket(7), SO_SNDBUF; tcp(7), tcp_rmem.
    Notes: TCP, 收发缓冲区 (buffers). Stdlib: none.
    """
    left, right = connect_pair()
    with left, right:
        for sock, option, size in ((left, socket.SO_SNDBUF, send), (right, socket.SO_RCVBUF, receive)):
            if size is not None:
                sock.setsockopt(socket.SOL_SOCKET, option, size)
        return {"send_buffer": left.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF),
                "receive_buffer": right.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF),
                "taken": send_until_full(left)}


def watch_back_pressure(*, step: int = 64 * 1024, steps: int = 4) -> list[tuple[int, int]]:
    """Fill a connection, then let the reader take `step` bytes at a time; return [(bytes read so far, room made),
    ...].

    The first row is the filling itself. Room does not come back byte for byte: the receiver opens its window again
    only when a good part is free (to spare the sender silly little segments), so some steps make no room and one
    makes much.

    >>> rows = watch_back_pressure(step=65536, steps=3)
    >>> [read for read, room in rows], rows[0][1] > 0
    ([0, 65536, 131072, 196608], True)

    Raises: OSError. See: RFC 9293 section 3.8.6. Notes: TCP, 收发缓冲区: 协调收发速度 (buffers balance the two speeds).
    Stdlib: none.
    """
    left, right = connect_pair()
    with left, right:
        left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
        right.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
        rows = [(0, send_until_full(left))]
        for number in range(1, steps + 1):
            recv_exactly(right, step)
            rows.append((number * step, send_until_full(left, wait=0.02)))
    return rows


def send_then_recv(messages: Iterable[bytes], *, size: int = 1024, framing: Framing | None = None) -> list[bytes]:
    """Send each message with its own `sendall`, then read; return what came back, piece by piece.

    Without a framing a piece is what `recv(size)` returns: with a large `size` the messages stick together, with a
    small one they are torn. With a framing the pieces are the messages.

    >>> send_then_recv([b"account", b"password"])
    [b'accountpassword']
    >>> send_then_recv([b"account", b"password"], size=5)
    [b'accou', b'ntpas', b'sword']
    >>> from netio.tcp import LengthPrefix
    >>> send_then_recv([b"account", b"password"], framing=LengthPrefix())
    [b'account', b'password']

    The sender was no more "too fast" in the first case than in the third: a stream has no boundaries but those in it.
    Raises: TimeoutError where the messages are more than the buffers hold (nobody reads meanwhile).
    Notes: TCP, 粘包 (sticky packets). Stdlib: none.
    """
    messages = [message if framing is None else framing.wrap(message) for message in messages]
    left, right = connect_pair()
    with left, right:
        left.settimeout(5)
        for message in messages:
            left.sendall(message)
        half_close(left)
        _wait_for(right, sum(map(len, messages)))
        if framing is not None:
            return list(iter_messages(right, framing))
        return list(iter(lambda: right.recv(size), b""))


def _wait_for(sock: socket.socket, count: int) -> None:
    """Wait until `count` bytes lie in the receive buffer, or 5 s: some systems' loopback takes its time."""
    deadline = time.monotonic() + 5
    sock.settimeout(5)
    while count and len(sock.recv(count, socket.MSG_PEEK)) < count and time.monotonic() < deadline:
        time.sleep(0.001)
