"""A connection on a loop, as far as reading and writing share it: its state, what the loop watches for, and its end.

transport.py adds what a protocol may call, reading.py and writing.py the two directions. Everything that changes the
state calls `_update`, which keeps what the loop watches for in step with it.
"""
from __future__ import annotations

import logging
import socket
import struct
import sys
from typing import Any, Callable

from .deadlines import Deadlines
from .executor import ThreadCalls
from ....events.loop import READ, WRITE, Loop
from .sending import SendQueue

log = logging.getLogger("netio.servers")

SMALL = 64 * 1024  # bytes asked for by recv, at first and of a peer that sends little at a time
HIGH_WATER = 64 * 1024
_LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Connection:
    """One connected socket under a manager, without its two directions.

    >>> from netio.concurrency.servers.connections.manager import ConnectionManager
    >>> from netio.events.select import SelectPoller
    >>> loop = Loop(SelectPoller())
    >>> ours, theirs = socket.socketpair()
    >>> connection = Connection(ConnectionManager(loop, ended=loop.stop), ours, "somebody")
    >>> connection.close(); connection.is_closing()
    True
    >>> loop.run(); loop.close()
    >>> theirs.recv(100)
    b''
    >>> theirs.close()
    """

    __slots__ = (
        "_manager", "_loop", "_sock", "_fd", "_address", "_protocol", "_recv", "_send", "_receive", "_deadlines",
        "_on_readable", "_chunk", "_direct", "_write_queue", "_high", "_low", "_protocol_paused", "_reading",
        "_interest", "_calls", "_eof_received", "_eof_sent", "_closing", "_lost", "idle_checks", "__weakref__",
    )

    def __init__(self, manager: Any, sock: socket.socket, address: Any) -> None:
        self._manager = manager
        self._loop: Loop = manager.loop
        self._sock, self._address = sock, address
        self._fd = sock.fileno()
        self._recv, self._send = sock.recv, sock.send
        self._chunk = SMALL
        self._direct = True  # open and nothing queued: write straight to the socket
        self._write_queue: SendQueue | None = None  # made when it is first needed
        self._high, self._low = HIGH_WATER, HIGH_WATER // 4
        self._protocol_paused = self._eof_received = self._eof_sent = self._closing = self._lost = False
        self._reading = True
        self._interest = 0
        self._protocol: Any = None
        self._receive: Any = None
        self._deadlines: Deadlines | None = None  # of a protocol that has any, while the connection is open
        self._on_readable: Callable[[int], None] | None = None
        self._calls: ThreadCalls | None = None  # made when it is first needed
        self.idle_checks = 0  # how many looks of the idle watch in a row saw nothing move

    def _update(self) -> None:
        """Have the loop watch for what the state of the connection asks for."""
        waiting = self._write_queue
        interest = WRITE if waiting else 0
        if self._reading and not (self._eof_received or self._closing):
            if not waiting or waiting.size <= self._manager.max_buffer:
                interest |= READ
        if interest != self._interest and not self._lost:
            self._interest = interest
            if interest:
                callback = self._on_readable if interest == READ else None
                self._loop.watch(self._fd, interest, callback or self._on_event)
            else:  # not even for errors: epoll and poll would report a hung-up peer for ever
                self._loop.unwatch(self._fd)

    def _on_event(self, events: int) -> None:
        """Deal with what is ready while something is queued."""
        if self._interest & WRITE and events & ~READ:
            self._flush()
        if self._interest & READ and events & ~WRITE and self._on_readable is not None:
            self._on_readable(events)
        else:
            self._update_deadline()

    def _flush(self) -> None:
        """Send from the queue what the socket takes now (writing.py)."""

    # What the protocol is told, and asked.

    def _notify(self, method: str) -> None:
        """Call an optional method of the protocol."""
        try:
            getattr(self._protocol, method, _do_nothing)()
        except Exception as error:
            self._fail(error)

    def _update_deadline(self) -> None:
        if self._deadlines is not None:
            self._deadlines.update()

    def stop(self) -> None:
        """Tell the protocol that the server drains."""
        self._notify("server_stopping")
        self._update_deadline()

    # The end.

    def close(self) -> None:
        """Read no more, send what is queued, then close; `connection_lost(None)` comes later."""
        if not self._closing:
            self._begin_closing()
            if self._write_queue:
                self._update()
            else:
                self._end(None)

    def abort(self) -> None:
        """Close at once, throwing away what is queued: TCP tells the peer by a reset."""
        if not self._lost:
            try:
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
            except OSError:
                pass  # not TCP, or reset by the peer already
            self._fatal_error(None)

    def is_closing(self) -> bool:
        return self._closing

    def expire(self, seconds: float) -> None:
        """Close a connection on which nothing has moved for so long."""
        self._fatal_error(TimeoutError(f"nothing moved for {seconds:g} s"))

    def _fail(self, error: BaseException) -> None:
        """The protocol raised: its programmer must know, and only its own connection ends."""
        log.error("connection from %s: %s failed", self._address, type(self._protocol).__name__, exc_info=error)
        self._fatal_error(error)

    def _fatal_error(self, error: BaseException | None) -> None:
        if not self._lost:
            if isinstance(error, EOFError):
                log.error("connection from %s: %s", self._address, error)
            self._begin_closing()
            self._discard()
            self._end(error)

    def _begin_closing(self) -> None:
        self._closing, self._direct = True, False
        if self._deadlines is not None:
            self._deadlines.stop()
            self._deadlines = None

    def _discard(self) -> None:
        if self._write_queue is not None:
            self._write_queue.clear()

    def _end(self, error: BaseException | None) -> None:
        if not self._lost:
            self._lost = True
            self._unwatch()
            self._loop.call_soon(self.finish, error)

    def _unwatch(self) -> None:
        if self._interest:
            self._interest = 0
            self._loop.unwatch(self._fd)

    def finish(self, error: BaseException | None) -> None:
        """Tell the protocol, close the socket and forget both: the last step, called by the loop or at its end."""
        if self._sock.fileno() < 0:
            return
        if not self._lost:
            self._begin_closing()
            self._lost = True
            self._discard()
        if self._protocol is not None:
            try:
                self._protocol.connection_lost(error)
            except Exception:
                log.exception("connection from %s: connection_lost failed", self._address)
        if self._calls is not None:
            self._calls.abandon()
        self._unwatch()
        self._sock.close()
        self._manager.discard(self)
        # Circles: without them the memory is free at once, and need not wait for the collector.
        self._protocol = self._receive = self._on_readable = None


def _do_nothing() -> None:
    pass
