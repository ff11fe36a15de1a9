"""The writing half of a transport: at once, as far as the system takes it; the rest waits in a queue.

What waits is uncopied where nobody can change it, and goes out when the socket is writable. More than the high-water
mark in the queue asks the protocol to pause; more than the manager's `max_buffer`, and the peer, who sends but does not
read, is read from no more.
"""
from __future__ import annotations

import os
import socket
from typing import IO, Iterable

from .connection import HIGH_WATER, SMALL, Connection
from ..protocol import Buffer
from .sending import FilePart, SendQueue

_JOIN = 16 * 1024  # up to here, joining pieces costs less than handing over a list of them


class WritingHalf(Connection):
    """What a protocol may call to send, and what becomes of that.

    >>> from netio.concurrency.servers.connections.manager import ConnectionManager
    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> from netio.events.loop import Loop
    >>> from netio.events.select import SelectPoller
    >>> ours, theirs = socket.socketpair()
    >>> loop = Loop(SelectPoller())
    >>> transport = ConnectionManager(loop).add(ours, "somebody", EchoProtocol)  # a WritingHalf, and more
    >>> transport.writelines([b"hello ", b"world"]); theirs.recv(100)
    b'hello world'
    >>> transport.write(bytes(10_000_000)); transport.get_write_buffer_size() > 0
    True
    >>> transport.finish(None); theirs.close(); loop.close()
    """

    __slots__ = ()

    def write(self, data: Buffer) -> None:
        """Send `data` as soon as possible; it may be changed again when this returns."""
        if self._direct:
            send = self._send  # a slot that is called at once is looked up the slow way
            try:
                sent = send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                return self._fatal_error(error)
            if sent == len(data):
                return
            self._queue(memoryview(data).cast("B")[sent:])
        elif self._eof_sent:
            raise RuntimeError("write() after write_eof()")
        elif not self._closing and data:
            self._queue(memoryview(data).cast("B"))

    def writelines(self, pieces: Iterable[Buffer]) -> None:
        """Send the pieces in order, in one send where the system takes them all."""
        pieces = list(pieces)
        if sum(map(len, pieces)) <= _JOIN or not self._direct or not hasattr(self._sock, "sendmsg"):
            return self.write(b"".join(pieces))
        self._direct = False
        for piece in pieces:
            self._need_queue().add(memoryview(piece).cast("B"))
        self._flush()
        self._check_high_water()

    def send_file(self, file: IO[bytes] | Buffer, offset: int = 0, count: int | None = None,
                  close: bool = False) -> None:
        """Send `count` bytes of a file from `offset` (all that follow, if None), in order with what is written.

        An open file goes out by `sendfile` where the system has it, else in slices. A mapping (`mmap.mmap` with
        ACCESS_READ) or bytes go out as they are, uncopied. The file must stay open until it is sent; with `close=True`
        the transport closes it then, or when the connection is lost.
        """
        if isinstance(file, (bytes, bytearray, memoryview)) or not hasattr(file, "fileno"):
            view = memoryview(file)  # type: ignore[arg-type]
            return self.write(view[offset:] if count is None else view[offset:offset + count])
        left = max(0, os.fstat(file.fileno()).st_size - offset) if count is None else count
        part = FilePart(file, offset, left, close)
        if self._eof_sent:
            raise RuntimeError("send_file() after write_eof()")
        if self._closing or not left:
            return part.close()
        self._need_queue().add_file(part)
        if self._direct:
            self._direct = False
            self._flush()
        self._check_high_water()

    def write_eof(self) -> None:
        """Send what is queued, then end our side of the connection; the peer can still send."""
        if not self._eof_sent and not self._closing:
            self._eof_sent, self._direct = True, False
            if not self._write_queue:
                self._end_writing()

    def can_write_eof(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        return self._write_queue.size if self._write_queue is not None else 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the marks for `pause_writing` (more than `high` bytes queued) and `resume_writing` (at most `low`)."""
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        low = high // 4 if low is None else low
        if not high >= low >= 0:
            raise ValueError(f"high ({high}) must be at least low ({low}), and low at least 0")
        self._high, self._low = high, low
        self._check_high_water()

    def _queue(self, rest: memoryview) -> None:
        self._direct = False
        self._chunk = SMALL  # while the peer does not take what is sent, little is read from it at a time
        self._need_queue().add(rest)
        self._update()
        self._check_high_water()

    def _need_queue(self) -> SendQueue:
        if self._write_queue is None:
            self._write_queue = SendQueue()
        return self._write_queue

    def _flush(self) -> None:
        """Send from the queue what the socket takes now."""
        try:
            self._need_queue().send(self._sock)
        except BlockingIOError:
            return self._update()
        except (OSError, EOFError) as error:
            return self._fatal_error(error)
        self.idle_checks = 0
        if not self._write_queue:
            self._drained()
        if self._protocol_paused and self.get_write_buffer_size() <= self._low:
            self._protocol_paused = False
            self._notify("resume_writing")
        self._update()

    def _drained(self) -> None:
        """The queue has run empty: go back to the short way, or do what waited for this."""
        if self._closing:
            self._end(None)
        elif self._eof_sent:
            self._end_writing()
        else:
            self._direct = True

    def _end_writing(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            return self._fatal_error(error)
        if self._eof_received:
            self.close()

    def _check_high_water(self) -> None:
        if self.get_write_buffer_size() > self._high and not self._protocol_paused and not self._lost:
            self._protocol_paused = True
            self._notify("pause_writing")
