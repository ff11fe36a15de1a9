"""The reading half of a transport: one `recv` for each readiness, handed on to the protocol.

There are four ways to read, of which `_choose_reader` takes one for as long as the protocol stays: pieces of bytes, or
into the protocol's own buffer, each with and without asking for a deadline behind.
"""
from __future__ import annotations

from typing import Callable

from .connection import SMALL, Connection

_LARGE = 512 * 1024  # bytes asked for by recv while the peer fills them: less takes more calls, more leaves the cache


class ReadingHalf(Connection):
    """What a transport does when its socket is readable.

    >>> import socket
    >>> from netio.concurrency.servers.connections.manager import ConnectionManager
    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> from netio.events.loop import READ, Loop
    >>> from netio.events.select import SelectPoller
    >>> ours, theirs = socket.socketpair()
    >>> loop = Loop(SelectPoller())
    >>> transport = ConnectionManager(loop).add(ours, "somebody", EchoProtocol)  # a ReadingHalf, and more
    >>> theirs.send(b"hello"); transport._on_readable(READ); theirs.recv(100)
    5
    b'hello'
    >>> transport.finish(None); theirs.close(); loop.close()
    """

    __slots__ = ()

    def _choose_reader(self) -> Callable[[int], None]:
        buffered = hasattr(self._protocol, "get_buffer")
        if self._deadlines is not None:
            return self._read_into_then_ask if buffered else self._read_then_ask
        return self._read_into if buffered else self._read

    def _read(self, events: int) -> None:
        chunk, recv, receive = self._chunk, self._recv, self._receive  # a slot that is called at once is slower
        try:
            data = recv(chunk)
        except BlockingIOError:
            return
        except OSError as error:
            return self._fatal_error(error)
        if not data:
            return self._on_eof()
        self.idle_checks = 0
        try:
            receive(data)
        except Exception as error:
            return self._fail(error)
        if len(data) == chunk and self._direct:
            self._chunk = min(chunk * 8, _LARGE)
        elif chunk != SMALL and len(data) < SMALL:
            self._chunk = SMALL

    def _read_into(self, events: int) -> None:
        try:
            count = self._sock.recv_into(self._protocol.get_buffer(-1))
        except BlockingIOError:
            return
        except OSError as error:
            return self._fatal_error(error)
        except Exception as error:
            return self._fail(error)
        if not count:
            return self._on_eof()
        self.idle_checks = 0
        try:
            self._protocol.buffer_updated(count)
        except Exception as error:
            self._fail(error)

    def _read_then_ask(self, events: int) -> None:
        self._read(events)
        if self._deadlines is not None:
            self._deadlines.update()

    def _read_into_then_ask(self, events: int) -> None:
        self._read_into(events)
        self._update_deadline()

    def _on_eof(self) -> None:
        """The peer has ended its side: the protocol says whether we go on sending."""
        self._eof_received = True
        try:
            keep = self._protocol.eof_received()
        except Exception as error:
            return self._fail(error)
        if not keep or (self._eof_sent and not self._write_queue):
            self.close()
        else:
            self._update()
