"""One connection under a loop: what a protocol writes to, and what calls the protocol.

A connection is OPEN; then it is CLOSING, which means that it reads no more but still sends what is queued; then LOST:
nothing is read or sent, and the protocol will be told in the loop's next round; in the end CLOSED. Its two directions
end one by one before that: `_eof_received` when the peer has ended its side, `_eof_sent` when we have ended ours.

Usually a connection is open and has nothing queued. Then `_direct` is true, which is the one thing that `write` looks
at, and the loop calls `_read`, which is the hot way: it reads, asks the protocol for a whole answer and sends it, in
one function with local names, because it is the calls that cost. Everything else goes through the queue (sending.py)
and `_on_event`. What is queued is not copied where nobody can change it. More than the high-water mark in the queue
asks the protocol to pause; more than the manager's `max_buffer`, and the peer, who sends but does not read, is read
from no more.

Whatever a protocol raises, and whatever the system says of its socket, ends this connection and no other.
"""
from __future__ import annotations

import functools
import os
import socket
from typing import IO, Any, Callable, Iterable

from ....events.logs import SafeLog
from ....events.loop import READ, WRITE, Loop, is_ctrl_c
from ....tcp.sockets import LINGER_ZERO
from ..protocol import Buffer, Handle
from .deadlines import Deadlines
from .executor import ThreadCalls
from .sending import FilePart, SendQueue

log = SafeLog("netio.servers")

OPEN, CLOSING, LOST, CLOSED = "open", "closing", "lost", "closed"
MOVES = {OPEN: (CLOSING, LOST), CLOSING: (LOST,), LOST: (CLOSED,), CLOSED: ()}  # from each state, those that may follow

FIRST_READ = 64 * 1024  # bytes asked for by recv, at first and of a peer that sends little at a time
_LARGE = 512 * 1024  # bytes asked for while the peer fills them: less takes more calls, more leaves the cache
_CLOSING_CHECK, _CLOSING_CHECKS = 15.0, 4  # seconds, and how many such a peer may take nothing of what is queued
_JOIN = 16 * 1024  # bytes up to which joining pieces costs less than handing over a list of them
MORE = getattr(socket, "MSG_MORE", 0)  # Linux: more will follow, so wait for it


class Transport:
    """One connected socket, with asyncio's methods and netio's extension (see protocol.py).

    >>> from netio.concurrency.servers.models.blocking import serve_socket
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
        "state", "idle_checks", "_manager", "_loop", "_sock", "_fd", "_address", "_protocol", "_on_readable",
        "_recv", "_receive", "_respond", "_chunk", "_reading", "_eof_received",
        "_send", "_direct", "_write_queue", "_eof_sent",
        "_interest", "_timed", "_deadlines", "_calls", "__weakref__",
    )

    def __init__(self, manager: Any, sock: socket.socket, address: Any) -> None:
        self.state = OPEN
        self.idle_checks = 0  # how many checks in a row have seen nothing move
        self._manager = manager
        self._loop: Loop = manager.loop
        self._sock, self._address = sock, address
        self._fd = sock.fileno()
        self._protocol: Any = None
        self._on_readable: Callable[[int], None] | None = None
        self._recv, self._send = sock.recv, sock.send
        self._receive: Any = None  # the protocol's data_received
        self._respond: Any = None  # its respond, if it has one
        self._chunk = FIRST_READ
        self._reading = True  # not paused by the protocol
        self._direct = True
        self._write_queue: SendQueue | None = None  # made when it is first needed
        self._eof_received = self._eof_sent = False
        self._interest = 0  # what the loop watches for
        self._timed = False  # the connection is open, and its protocol has deadlines
        self._deadlines: Deadlines | None = None  # made when first asked for: never if it ends at once
        self._calls: ThreadCalls | None = None  # made when it is first needed

    # The protocol.

    def open(self, protocol: Any, first: bytes = b"") -> None:
        """Start: call `connection_made`, and read what has come with the connection already; `first` has been read."""
        self.set_protocol(protocol)
        try:
            protocol.connection_made(self)
            if first and self.state is OPEN:
                self._receive(first)
        except BaseException as error:
            return self._fail(error)
        if first:
            self._update_deadline()
        elif self._reading and self._on_readable is not None and self.state is OPEN:
            self._on_readable(READ)  # asks for the deadline, too
        else:
            self._update_deadline()
        self._update()

    def get_protocol(self) -> Any:
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """Let another protocol take over from here, as after an upgrade of the connection."""
        self._protocol = protocol
        self._receive = getattr(protocol, "data_received", None)
        self._respond = protocol.respond if _offers_respond(type(protocol)) else None  # type: ignore[arg-type]
        self._stop_deadlines()
        self._timed = hasattr(protocol, "next_deadline") and self.state is OPEN
        self._on_readable = self._read_into if hasattr(protocol, "get_buffer") else self._read
        if self._interest == READ:
            self._watch(READ, self._on_readable)

    def stop(self) -> None:
        """Tell the protocol that the server drains."""
        self._notify("server_stopping")
        self._update_deadline()

    def _notify(self, method: str) -> None:
        """Call an optional method of the protocol."""
        try:
            getattr(self._protocol, method, _do_nothing)()
        except BaseException as error:
            self._fail(error)

    def _update_deadline(self) -> None:
        if self._timed:
            self._need_deadlines().update()

    def _need_deadlines(self) -> Deadlines:
        if self._deadlines is None:
            self._deadlines = Deadlines(self._loop, self._protocol, self._fail)
        return self._deadlines

    def _stop_deadlines(self) -> None:
        self._timed = False
        if self._deadlines is not None:
            self._deadlines.stop()
            self._deadlines = None

    # What the loop watches for.

    def _update(self) -> None:
        """Have the loop watch for what the state of the connection asks for."""
        queue = self._write_queue
        interest = WRITE if queue else 0
        if self._reading and not self._eof_received and self.state is OPEN:
            if not queue or queue.size <= self._manager.max_buffer:
                interest |= READ
        if interest != self._interest and self.state in (OPEN, CLOSING):
            self._interest = interest
            if interest:
                callback = self._on_readable if interest == READ else None
                self._watch(interest, callback or self._on_event)
            else:  # not even for errors: epoll and poll would report a hung-up peer for ever
                self._loop.unwatch(self._fd)

    def _watch(self, interest: int, callback: Callable[[int], object]) -> None:
        try:
            self._loop.watch(self._fd, interest, callback)
        except OSError as error:  # no memory for it: whoever waits for this connection would wait for ever
            log.error("connection from %s cannot be watched: %s", self._address, error)
            self._fatal_error(error)

    def _on_event(self, events: int) -> None:
        """Deal with what is ready while something is queued."""
        if self._interest & WRITE and events & ~READ:
            self._flush()
        if self._interest & READ and events & ~WRITE and self._on_readable is not None:
            self._on_readable(events)
        else:
            self._update_deadline()

    # Reading: one `recv` for each readiness.

    def _read(self, events: int) -> None:
        chunk, recv, respond = self._chunk, self._recv, self._respond  # a slot that is called at once is slower
        try:
            data = recv(chunk)
        except BlockingIOError:
            return self._update_deadline()
        except (OSError, MemoryError) as error:
            return self._fatal_error(error)
        if not data:
            return self._on_eof()
        self.idle_checks = 0
        try:
            answer = respond(data) if respond is not None and self._direct else None
            if answer is None:
                receive = self._receive
                receive(data)
        except BaseException as error:
            return self._fail(error)
        if answer is not None:
            send = self._send
            try:
                sent = send(answer)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                return self._fatal_error(error)
            if sent != len(answer):
                self._queue(memoryview(answer)[sent:])
            if self._timed:
                (self._deadlines or self._need_deadlines()).note()
        elif self._timed:
            (self._deadlines or self._need_deadlines()).update()
        if len(data) == chunk and self._direct:
            self._chunk = min(chunk * 8, _LARGE)
        elif chunk != FIRST_READ and len(data) < FIRST_READ:
            self._chunk = FIRST_READ

    def _read_into(self, events: int) -> None:
        """Read into the protocol's own buffer."""
        try:
            buffer = self._protocol.get_buffer(-1)
        except BaseException as error:
            return self._fail(error)
        try:
            count = self._sock.recv_into(buffer)
        except BlockingIOError:
            return self._update_deadline()
        except OSError as error:
            return self._fatal_error(error)
        if not count:
            return self._on_eof()
        self.idle_checks = 0
        try:
            self._protocol.buffer_updated(count)
        except BaseException as error:
            return self._fail(error)
        self._update_deadline()

    def _on_eof(self) -> None:
        """The peer has ended its side: the protocol says whether we go on sending."""
        self._eof_received = True
        try:
            keep = self._protocol.eof_received()
        except BaseException as error:
            return self._fail(error)
        if not keep or (self._eof_sent and not self._write_queue):
            self.close()
        else:
            self._update()
            self._update_deadline()

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
        return self._reading and self.state is OPEN

    # Writing: at once, as far as the system takes it; the rest waits in the queue.

    def write(self, data: Buffer) -> None:
        """Send `data` as soon as possible; it may be changed again when this returns."""
        if self._direct:
            send = self._send
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
        elif self.state is OPEN and data:
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
        if self.state is not OPEN or not left:
            return part.close()
        self._need_queue().add_file(part)
        if self._direct:
            self._direct = False
            self._flush()
        self._check_high_water()

    def write_eof(self) -> None:
        """Send what is queued, then end our side of the connection; the peer can still send."""
        if not self._eof_sent and self.state is OPEN:
            self._eof_sent, self._direct = True, False
            if not self._write_queue:
                self._end_writing()

    def can_write_eof(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        return self._write_queue.size if self._write_queue is not None else 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        queue = self._need_queue()
        return queue.low, queue.high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the marks for `pause_writing` (more than `high` bytes queued) and `resume_writing` (at most `low`)."""
        self._need_queue().set_marks(high, low)
        self._check_high_water()

    def _queue(self, rest: memoryview) -> None:
        self._direct = False
        self._chunk = FIRST_READ  # while the peer does not take what is sent, little is read from it at a time
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
        except BaseException as error:  # a file that was closed meanwhile, for example
            return self._fail(error)
        self.idle_checks = 0
        if not self._write_queue:
            self._on_drained()
        if self._need_queue().is_low_again():
            self._notify("resume_writing")
        self._update()

    def _on_drained(self) -> None:
        """The queue has run empty: write directly again, or do what waited for this."""
        if self.state is CLOSING:
            self._lose(None)
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
        queue = self._write_queue
        if queue is not None and self.state in (OPEN, CLOSING) and queue.is_high_now():
            self._notify("pause_writing")

    # The end.

    def close(self) -> None:
        """Read no more, send what is queued, then close; `connection_lost(None)` comes later."""
        if self.state is OPEN:
            if self._write_queue:
                self._move(CLOSING)
                self._update()
                self._loop.call_at(self._loop.now + _CLOSING_CHECK, self._check_closing)
            else:
                self._lose(None)

    def write_and_close(self, data: Buffer) -> None:
        """Do as `write` and `close`; where it can (Linux), our end goes out in the last packet of `data`, not after it.

        The socket is closed at once then, and `connection_lost(None)` comes later, as after any close.
        """
        if not self._direct or not MORE or not data:
            self.write(data)
            return self.close()
        try:
            sent = self._sock.send(data, MORE)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            return self._fatal_error(error)
        if sent == memoryview(data).nbytes:
            self._lose(None)
            self._close_socket()
        else:
            self._queue(memoryview(data).cast("B")[sent:])
            self.close()

    def abort(self) -> None:
        """Close at once, throwing away what is queued: TCP tells the peer by a reset."""
        if self.state in (OPEN, CLOSING):
            try:
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            except OSError:
                pass  # not TCP, or reset by the peer already
            self._lose(None)

    def is_closing(self) -> bool:
        return self.state is not OPEN

    def check_idle(self) -> None:
        """Count one more check in which nothing has moved, if nothing has: now and then the manager asks for it.

        A slow client moves although nothing leaves our queue for minutes: the system has room again only when a third
        of its own buffer is sent, and says (Linux) how much of it is not.
        """
        moved = bool(self._write_queue) and self._need_queue().has_moved(self._sock)
        self.idle_checks = 0 if self._calls else 1 if moved else self.idle_checks + 1

    def _check_closing(self, now: float) -> None:
        """End a connection that only sends what is queued, if its peer has taken nothing of it for a while."""
        if self.state is CLOSING:
            if self.idle_checks > _CLOSING_CHECKS:
                return self.expire(_CLOSING_CHECKS * _CLOSING_CHECK)
            self.check_idle()
            self._loop.call_at(now + _CLOSING_CHECK, self._check_closing)

    def expire(self, seconds: float) -> None:
        """Close a connection on which nothing has moved for so long."""
        self._fatal_error(TimeoutError(f"nothing moved for {seconds:g} s"))

    def _fail(self, error: BaseException) -> None:
        """The protocol raised: its programmer must know, and only its own connection ends."""
        if is_ctrl_c(error):
            self._lose(error)
            raise error
        log.error("connection from %s: %s failed", self._address, type(self._protocol).__name__, error=error)
        self._lose(error)

    def _fatal_error(self, error: Exception) -> None:
        """The system or the peer has ended the connection."""
        if isinstance(error, EOFError) and self.state in (OPEN, CLOSING):
            log.error("connection from %s: %s", self._address, error)
        self._lose(error)

    def _lose(self, error: BaseException | None) -> None:
        """Read and send no more; the rest is done in the loop's next round, when no method of the protocol runs."""
        if self.state in (OPEN, CLOSING):
            self._move(LOST)
            self._loop.call_soon(self.finish, error)

    def _move(self, state: str) -> None:
        assert state in MOVES[self.state], f"{self.state} -> {state}"
        self.state, self._direct, self._timed = state, False, False
        if self._deadlines is not None:
            self._stop_deadlines()
        if state is LOST:
            if self._interest:
                self._interest = 0
                self._loop.unwatch(self._fd)
            if self._write_queue is not None:
                self._write_queue.clear()

    def finish(self, error: BaseException | None) -> None:
        """Tell the protocol, close the socket and forget both: the last step, called by the loop or at its end."""
        if self.state in (OPEN, CLOSING):
            self._move(LOST)
        if self.state is CLOSED:
            return
        self._move(CLOSED)
        try:
            if self._protocol is not None:
                self._protocol.connection_lost(error)
        except BaseException as failure:
            log.error("connection from %s: connection_lost failed", self._address, error=failure)
            if is_ctrl_c(failure):
                raise
        finally:
            if self._calls is not None:
                self._calls.abandon()
            self._close_socket()
            # Circles: without them the memory is free at once, and need not wait for the collector.
            self._protocol = self._receive = self._on_readable = None
            self._manager.discard(self)

    def _close_socket(self) -> None:
        if self._fd < 0:
            return
        self._fd = -1
        try:
            self._sock.close()
        except OSError as error:  # it is closed all the same
            log.info("connection from %s: closing: %s", self._address, error)

    # What netio adds to asyncio's transports, and what it is connected to.

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

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        """Run `callback(*args)` in this connection's loop: the one method that other threads may call."""
        self._loop.call_soon_threadsafe(self._call, callback, args)

    def call_in_turn(self, callback: Callable[..., object], *args: Any) -> None:
        """Run `callback(*args)` after the other connections that are ready: for a protocol that has had its turn."""
        self._loop.call_in_turn(self._call, callback, args)

    def _call(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        try:
            callback(*args)
        except BaseException as error:
            self._fail(error)
        self._update_deadline()

    def run_in_thread(self, work: Callable[[], Any], then: Callable[[Any], object],
                      failed: Callable[[BaseException], object] | None = None,
                      drop: Callable[[Any], object] | None = None) -> None:
        """Call `work()`, which may block, in a thread; then `then(result)` or `failed(error)` in this loop.

        Without `failed`, an error is logged and ends the connection. When the connection has ended before the outcome
        came, the work is done all the same, and neither is called: `drop(result)`, in a thread, puts the result away.
        The works of a connection are done in order, one at a time; those of all connections in a bounded number of
        threads. Raises: RuntimeError when 64 wait already: pause reading before.
        """
        if self._calls is None:
            self._calls = ThreadCalls(self._manager.executor.submit, self.call_soon_threadsafe)
            if self.state is CLOSED:
                self._calls.abandon()
        self._calls.add(work, then, failed or self._fail, drop)

    def open_listener(self, address: Any, factory: Callable[[], Any]) -> Handle:
        """Accept further connections in this loop, each with a protocol from `factory`."""
        handle: Handle = self._manager.listen(address, factory)
        return handle

    def open_connection(self, address: Any, factory: Callable[[], Any]) -> Handle:
        """Connect out in this loop; a failure calls the protocol's `connection_lost(error)` and nothing before it."""
        handle: Handle = self._manager.connect(address, factory)
        return handle


@functools.lru_cache(maxsize=256)
def _offers_respond(kind: Any) -> bool:
    """Whether a protocol's `respond` may replace its `data_received`: not where a subclass has overridden that."""
    for each in kind.__mro__:
        if "respond" in vars(each):
            return True
        if "data_received" in vars(each):
            return False
    return False


def _do_nothing() -> None:
    pass
