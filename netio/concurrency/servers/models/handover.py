"""Sending a socket to a spawned process along with its arguments.

A spawned process inherits nothing. POSIX passes a duplicate of the descriptor; Windows makes a copy of the socket for
the process of that id (`socket.share`). Both are done at the moment at which the arguments are pickled, while the
process is being started.
"""
from __future__ import annotations

import socket
import sys
from multiprocessing import context, reduction
from typing import Any


class SocketParcel:
    """Wraps a socket as an argument of a `multiprocessing.Process`, whatever its start method; `open` gives the
    socket.

    >>> ours, theirs = socket.socketpair()
    >>> SocketParcel(ours).open() is ours  # in a spawned process it is a copy, of the same connection
    True
    >>> ours.close(); theirs.close()
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def open(self) -> socket.socket:
        return self._sock

    def __reduce__(self) -> tuple[Any, ...]:
        kind = int(self._sock.family), int(self._sock.type), self._sock.proto
        if sys.platform == "win32":
            process = context.get_spawning_popen()  # type: ignore[attr-defined]
            return _open_shared, (self._sock.share(process.pid), *kind)
        return _open_duplicate, (reduction.DupFd(self._sock.fileno()), *kind)


def _open_shared(data: bytes, family: int, kind: int, proto: int) -> SocketParcel:
    return SocketParcel(socket.fromshare(data))  # type: ignore[attr-defined,unused-ignore]


def _open_duplicate(duplicate: Any, family: int, kind: int, proto: int) -> SocketParcel:
    return SocketParcel(socket.socket(family, kind, proto, fileno=duplicate.detach()))
