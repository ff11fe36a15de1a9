"""The notes' UDP client: a line out, a datagram back, and never a wait for ever."""
from __future__ import annotations

import socket
from typing import Iterable, Iterator

from .datagrams import MAX_DATAGRAM, Address, Datagram, connect, receive, receive_nowait
from .server import Server, echo  # noqa: F401 (the example uses them)


def talk(address: Address, messages: Iterable[bytes], *,
         timeout: float = 2.0) -> Iterator[tuple[bytes, Datagram | None]]:
    """Send each message and yield it with the answer, or with None where none came within `timeout` seconds.

    An answer that comes late is dropped before the next message goes out, so that it is not taken for the next answer.

    >>> with Server(("127.0.0.1", 0), echo) as server:
    ...     [(sent, got.data) for sent, got in talk(server.address, [b"hello", b""], timeout=5)]
    [(b'hello', b'hello'), (b'', b'')]

    Raises: ConnectionRefusedError (Windows: ConnectionResetError) where nobody listens there.
    Notes: udp, 客户端流程.
    """
    with connect(address) as sock:
        for message in messages:
            _drop_waiting(sock)
            sock.send(message)
            try:
                yield message, receive(sock, MAX_DATAGRAM, timeout=timeout)
            except TimeoutError:
                yield message, None


def _drop_waiting(sock: socket.socket) -> None:
    before = sock.gettimeout()
    sock.setblocking(False)
    try:
        while True:
            receive_nowait(sock, MAX_DATAGRAM)
    except BlockingIOError:
        sock.settimeout(before)
