"""A connection on a loop: what a protocol writes to, and what calls the protocol.

Here stands what the protocol may call. How bytes come and go is in reading.py and writing.py, deadlines are in
deadlines.py, and what all of it shares is in connection.py.

A connection in its usual state (open, nothing queued) takes the short way: `_on_readable`, `write`. Everything else
goes through `_on_event` and `_queue`.
"""
from __future__ import annotations

from typing import Any, Callable

from .deadlines import Deadlines
from .executor import ThreadCalls
from ....events.loop import READ
from ..protocol import Handle
from .reading import ReadingHalf
from .writing import WritingHalf


class Transport(ReadingHalf, WritingHalf):
    """One connection under a loop, with asyncio's methods and netio's extension (see protocol.py).

    >>> import socket
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

    __slots__ = ()

    def open(self, protocol: Any) -> None:
        """Start: tell the protocol, and read what has come with the connection already."""
        self.set_protocol(protocol)
        try:
            protocol.connection_made(self)
        except Exception as error:
            return self._fail(error)
        if self._reading and self._on_readable is not None and not self._closing:
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
        if self._deadlines is not None:
            self._deadlines.stop()
            self._deadlines = None
        if hasattr(protocol, "next_deadline") and not self._closing:
            self._deadlines = Deadlines(self._loop, protocol, self._fail)
        self._on_readable = read = self._choose_reader()
        if self._interest == READ:
            self._loop.watch(self._fd, READ, read)

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

    # What netio adds to asyncio's transports.

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        """Run `callback(*args)` in this connection's loop: the one method that other threads may call."""
        self._loop.call_soon_threadsafe(self._call, callback, args)

    def _call(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        try:
            callback(*args)
        except Exception as error:
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
            if self._sock.fileno() < 0:
                self._calls.abandon()
        self._calls.add(work, then, failed or self._fail, drop)

    def has_calls(self) -> bool:
        """Return whether something is done in a thread for this connection."""
        return bool(self._calls)

    def open_listener(self, address: Any, factory: Callable[[], Any]) -> Handle:
        """Accept further connections in this loop, each with a protocol from `factory`."""
        handle: Handle = self._manager.listen(address, factory)
        return handle

    def open_connection(self, address: Any, factory: Callable[[], Any]) -> Handle:
        """Connect out in this loop; a failure calls the protocol's `connection_lost(error)` and nothing before it."""
        handle: Handle = self._manager.connect(address, factory)
        return handle
