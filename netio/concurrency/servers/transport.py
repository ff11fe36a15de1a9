"""A connection on a loop: what a protocol writes to, and what calls the protocol.

Reading: one `recv` for each readiness, handed on. Writing: at once, as far as the system takes it; the rest waits in a
queue, uncopied where nobody can change it, and goes out when the socket is writable. More than the high-water mark in
the queue asks the protocol to pause; more than `max_buffer` and the peer, who sends but does not read, is read from
no more.

A connection in its usual state (open, nothing queued) takes the short way: `_on_readable`, `write`. Everything else
goes through `_on_event` and `_queue`, and `_update` keeps what the loop watches for in step with the state.
"""
from __future__ import annotations

import logging
import os
import socket
import struct
import sys
from typing import IO, Any, Callable, Iterable

from .loop import READ, WRITE, Loop
from .protocol import Buffer, Handle
from .sending import FilePart, SendQueue

log = logging.getLogger("netio.servers")

_SMALL, _LARGE = 64 * 1024, 256 * 1024  # bytes asked for by recv: more while the peer fills them
_JOIN = 16 * 1024  # up to here, joining pieces costs less than handing over a list of them
_HIGH_WATER = 64 * 1024
_LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Transport:
    """One connection under a loop, with asyncio's methods and netio's extension (see protocol.py).

    >>> from netio.concurrency.servers.blocking import serve_socket
    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> ours, theirs = socket.socketpair()
    >>> theirs.send(b"hello"); theirs.shutdown(socket.SHUT_WR)
    5
    >>> serve_socket(ours, None, EchoProtocol)  # makes a Transport and runs it until it is closed
    >>> theirs.recv(100)
    b'hello'
    >>> theirs.close()
    """

    __slots__ = (
        "_driver", "_loop", "_sock", "_fd", "_address", "_protocol", "_recv", "_send", "_receive", "_next_deadline",
        "_on_readable", "_chunk", "_direct", "_waiting", "_high", "_low", "_protocol_paused", "_reading",
        "_interest", "_peer_ended", "_ended", "_closing", "_lost", "_deadline", "_timer", "quiet", "__weakref__",
    )

    def __init__(self, driver: Any, sock: socket.socket, address: Any) -> None:
        self._driver = driver
        self._loop: Loop = driver.loop
        self._sock, self._address = sock, address
        self._fd = sock.fileno()
        self._recv, self._send = sock.recv, sock.send
        self._chunk = _SMALL
        self._direct = True  # open and nothing queued: write straight to the socket
        self._waiting: SendQueue | None = None  # made when it is first needed
        self._high, self._low = _HIGH_WATER, _HIGH_WATER // 4
        self._protocol_paused = self._peer_ended = self._ended = self._closing = self._lost = False
        self._reading = True
        self._interest = 0
        self._protocol: Any = None
        self._next_deadline: Callable[[float], float | None] | None = None
        self._deadline: float | None = None
        self._timer = float("inf")  # the earliest time at which the loop looks after the deadline
        self.quiet = 0  # how many looks of the idle watch in a row saw nothing move

    def open(self, protocol: Any) -> None:
        """Start: tell the protocol, and read what has come with the connection already."""
        self.set_protocol(protocol)
        try:
            protocol.connection_made(self)
        except Exception as error:
            return self._fail(error)
        if self._reading and not self._closing:
            self._on_readable(READ)  # asks for the deadline, too
        else:
            self._ask()
        self._update()

    # What the protocol may call.

    def write(self, data: Buffer) -> None:
        """Send `data` as soon as possible; it may be changed again when this returns."""
        if self._direct:
            try:
                sent = self._send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                return self._lose(error)
            if sent == len(data):
                return
            self._queue(memoryview(data).cast("B")[sent:])
        elif self._ended:
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
        if self._ended:
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
        if not self._ended and not self._closing:
            self._ended, self._direct = True, False
            if not self._waiting:
                self._end_writing()

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        """Read no more, send what is queued, then close; `connection_lost(None)` comes later."""
        if not self._closing:
            self._closing, self._direct = True, False
            if self._waiting:
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
            self._lose(None)

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        """Call `data_received` no more, until `resume_reading`: the peer's sending comes to a halt."""
        if self._reading:
            self._reading = False
            self._update()

    def resume_reading(self) -> None:
        if not self._reading:
            self._reading = True
            self._update()

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def get_write_buffer_size(self) -> int:
        return self._waiting.size if self._waiting is not None else 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the marks for `pause_writing` (more than `high` bytes queued) and `resume_writing` (at most `low`)."""
        if high is None:
            high = _HIGH_WATER if low is None else 4 * low
        low = high // 4 if low is None else low
        if not high >= low >= 0:
            raise ValueError(f"high ({high}) must be at least low ({low}), and low at least 0")
        self._high, self._low = high, low
        self._check_high_water()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return 'peername', 'sockname' or 'socket' (to set options on, not to send)."""
        if name == "peername":
            return self._address
        if name == "socket":
            return self._sock
        if name == "sockname":
            try:
                return self._sock.getsockname()
            except OSError:
                return default
        return default

    def get_protocol(self) -> Any:
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """Let another protocol take over from here, as after an upgrade of the connection."""
        self._protocol = protocol
        self._receive = getattr(protocol, "data_received", None)
        self._next_deadline = getattr(protocol, "next_deadline", None)
        buffered = hasattr(protocol, "get_buffer")
        read = self._read_into if buffered else self._read
        if self._next_deadline is not None:
            read = self._read_into_then_ask if buffered else self._read_then_ask
        self._on_readable: Callable[[int], None] = read
        if self._interest == READ:
            self._loop.watch(self._fd, READ, read)

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        """Run `callback(*args)` in this connection's loop: the one method that other threads may call."""
        self._loop.call_soon_threadsafe(self._call, callback, args)

    def open_listener(self, address: Any, factory: Callable[[], Any]) -> Handle:
        """Accept further connections in this loop, each with a protocol from `factory`."""
        handle: Handle = self._driver.listen(address, factory)
        return handle

    def open_connection(self, address: Any, factory: Callable[[], Any]) -> Handle:
        """Connect out in this loop; a failure calls the protocol's `connection_lost(error)` and nothing before it."""
        handle: Handle = self._driver.dial(address, factory)
        return handle

    # What the loop calls.

    def _read(self, events: int) -> None:
        chunk = self._chunk
        try:
            data = self._recv(chunk)
        except BlockingIOError:
            return
        except OSError as error:
            return self._lose(error)
        if not data:
            return self._on_eof()
        self.quiet = 0
        try:
            self._receive(data)  # type: ignore[misc]
        except Exception as error:
            return self._fail(error)
        if len(data) == chunk:
            self._chunk = min(chunk * 8, _LARGE)
        elif chunk != _SMALL and len(data) < _SMALL:
            self._chunk = _SMALL

    def _read_into(self, events: int) -> None:
        try:
            count = self._sock.recv_into(self._protocol.get_buffer(-1))
        except BlockingIOError:
            return
        except OSError as error:
            return self._lose(error)
        except Exception as error:
            return self._fail(error)
        if not count:
            return self._on_eof()
        self.quiet = 0
        try:
            self._protocol.buffer_updated(count)
        except Exception as error:
            self._fail(error)

    def _read_then_ask(self, events: int) -> None:
        self._read(events)
        self._ask()

    def _read_into_then_ask(self, events: int) -> None:
        self._read_into(events)
        self._ask()

    def _on_event(self, events: int) -> None:
        """Deal with what is ready while something is queued."""
        if self._interest & WRITE and events & ~READ:
            self._flush()
        if self._interest & READ and events & ~WRITE:
            self._on_readable(events)
        elif self._next_deadline is not None:
            self._ask()

    def _on_eof(self) -> None:
        """The peer has ended its side: the protocol says whether we go on sending."""
        self._peer_ended = True
        try:
            keep = self._protocol.eof_received()
        except Exception as error:
            return self._fail(error)
        if not keep or (self._ended and not self._waiting):
            self.close()
        else:
            self._update()

    def _call(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        try:
            callback(*args)
        except Exception as error:
            self._fail(error)
        self._ask()

    # The queue.

    def _queue(self, rest: memoryview) -> None:
        self._direct = False
        self._need_queue().add(rest)
        self._update()
        self._check_high_water()

    def _need_queue(self) -> SendQueue:
        if self._waiting is None:
            self._waiting = SendQueue()
        return self._waiting

    def _flush(self) -> None:
        """Send from the queue what the socket takes now."""
        try:
            self._need_queue().send(self._sock)
        except BlockingIOError:
            return self._update()
        except (OSError, EOFError) as error:
            return self._lose(error)
        self.quiet = 0
        if not self._waiting:
            self._drained()
        if self._protocol_paused and self.get_write_buffer_size() <= self._low:
            self._protocol_paused = False
            self._tell("resume_writing")
        self._update()

    def _drained(self) -> None:
        """The queue has run empty: go back to the short way, or do what waited for this."""
        if self._closing:
            self._end(None)
        elif self._ended:
            self._end_writing()
        else:
            self._direct = True

    def _end_writing(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            return self._lose(error)
        if self._peer_ended:
            self.close()

    def _check_high_water(self) -> None:
        if self.get_write_buffer_size() > self._high and not self._protocol_paused and not self._lost:
            self._protocol_paused = True
            self._tell("pause_writing")

    def _tell(self, method: str) -> None:
        """Call an optional method of the protocol."""
        try:
            getattr(self._protocol, method, _nothing)()
        except Exception as error:
            self._fail(error)

    def _update(self) -> None:
        """Have the loop watch for what the state of the connection asks for."""
        waiting = self._waiting
        interest = WRITE if waiting else 0
        if self._reading and not (self._peer_ended or self._closing):
            if not waiting or waiting.size <= self._driver.max_buffer:
                interest |= READ
        if interest != self._interest and not self._lost:
            self._interest = interest
            if interest:
                self._loop.watch(self._fd, interest, self._on_readable if interest == READ else self._on_event)
            else:  # not even for errors: epoll and poll would report a hung-up peer for ever
                self._loop.unwatch(self._fd)

    # Deadlines: the protocol's is asked for after each batch of events, the loop's timer is moved only when it fires.

    def _ask(self) -> None:
        if self._next_deadline is None or self._closing:
            return
        try:
            self._deadline = when = self._next_deadline(self._loop.now)
        except Exception as error:
            return self._fail(error)
        if when is not None and when < self._timer:
            self._timer = when
            self._loop.call_at(when, self._on_timer)

    def _on_timer(self, now: float) -> None:
        if now < self._timer or self._closing:
            return  # an earlier timer has taken this one's place
        self._timer = float("inf")
        if self._deadline is not None and self._deadline <= now:
            self._deadline = None
            try:
                self._protocol.deadline_passed(now)
            except Exception as error:
                return self._fail(error)
        self._ask()

    # The end.

    def stop(self) -> None:
        """Tell the protocol that the server drains."""
        self._tell("server_stopping")
        self._ask()

    def expire(self, seconds: float) -> None:
        """Close a connection on which nothing has moved for so long."""
        self._lose(TimeoutError(f"nothing moved for {seconds:g} s"))

    def _fail(self, error: Exception) -> None:
        """The protocol raised: its programmer must know, and only its own connection ends."""
        log.error("connection from %s: %s failed", self._address, type(self._protocol).__name__, exc_info=error)
        self._lose(error)

    def _lose(self, error: Exception | None) -> None:
        if not self._lost:
            if isinstance(error, EOFError):
                log.error("connection from %s: %s", self._address, error)
            self._closing, self._direct = True, False
            self._discard()
            self._end(error)

    def _discard(self) -> None:
        if self._waiting is not None:
            self._waiting.clear()

    def _end(self, error: Exception | None) -> None:
        if not self._lost:
            self._update()
            self._lost = True
            self._loop.call_soon(self.finish, error)

    def finish(self, error: Exception | None) -> None:
        """Tell the protocol, close the socket and forget both: the last step, called by the loop or at its end."""
        if self._sock.fileno() < 0:
            return
        self._lost = self._closing = True
        self._direct = False
        self._discard()
        if self._protocol is not None:
            try:
                self._protocol.connection_lost(error)
            except Exception:
                log.exception("connection from %s: connection_lost failed", self._address)
        self._loop.unwatch(self._fd)
        self._sock.close()
        self._driver.forget(self)
        self._protocol = self._receive = self._next_deadline = None
        del self._on_readable  # a circle: without it the memory is free at once, and need not wait for the collector


def _nothing() -> None:
    pass
