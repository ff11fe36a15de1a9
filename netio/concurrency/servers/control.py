"""How a server is told to stop: through a socket, which its loop watches beside the listener.

To ask for that, another thread, a handler, a signal or a forked child, writes to the socket's other end; that is
safe everywhere, needs no lock, and wakes the loop at once. The end of the socket, or of a parent's pipe, says that the
process which started the server is gone.
"""
from __future__ import annotations

import contextlib
import socket
import struct
from typing import Callable

from ...events.loop import READ, Loop

_GRACE = struct.Struct("!d")
MOST_READ = 32 * _GRACE.size  # at a time: so little that there is memory for it


def pack_grace(seconds: float) -> bytes:
    """Return the message that lets a server stop, and gives its connections so many seconds.

    >>> len(pack_grace(2.5))
    8
    """
    return _GRACE.pack(seconds)


def unpack_grace(data: bytes) -> float:
    """Return the seconds of the last of some messages.

    >>> unpack_grace(pack_grace(2.5) + pack_grace(0))
    0.0
    """
    grace: float = _GRACE.unpack(data[-_GRACE.size:])[0]
    return grace


class Control:
    """Both ends of a server's control socket.

    >>> from netio.events.select import SelectPoller
    >>> loop, control = Loop(SelectPoller()), Control()
    >>> control.watch(loop, lambda grace: (print("stop within", grace), loop.stop()))
    >>> control.send(2.5); loop.run()
    stop within 2.5
    >>> control.close(); loop.close()
    """

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)  # what is reported as ready may still block
        self._writer.setblocking(False)
        self.watched_pipe: int | None = None  # whose end says that the process at its other end is gone

    def send(self, grace: float) -> None:
        """Have the server stop, and give its connections `grace` seconds: from any thread or signal handler."""
        with contextlib.suppress(OSError):  # it has ended already
            self._writer.send(pack_grace(grace))

    def watch(self, loop: Loop, stop: Callable[[float | None], object]) -> None:
        """Have the loop call `stop(grace)` for each message, and `stop(None)` when whoever started the server is gone.
        """
        def on_message(events: int) -> None:
            try:
                data = self._reader.recv(MOST_READ)
            except BlockingIOError:
                return
            if data:
                stop(unpack_grace(data))
            else:
                on_end(self._reader.fileno())

        def on_end(descriptor: int) -> None:
            loop.unwatch(descriptor)
            stop(None)

        loop.watch(self._reader.fileno(), READ, on_message)
        pipe = self.watched_pipe
        if pipe is not None:
            loop.watch(pipe, READ, lambda events: on_end(pipe))

    @property
    def closed(self) -> bool:
        return self._writer.fileno() < 0

    def close_reader(self) -> None:
        """In a forked child: close the end that the server reads from."""
        self._reader.close()

    def close(self) -> None:
        """Close both ends."""
        self._reader.close()
        self._writer.close()
