"""The other way round: a protocol that has deadlines, under asyncio (or uvloop), which knows nothing of them.

Everything else of a netio protocol runs under asyncio as it is: `await loop.create_server(for_asyncio(Factory), host,
port)`. Such a protocol also finds what netio's transports do beyond asyncio's, but for `send_file`: further listeners
and connections, and calls from other threads.
"""
from __future__ import annotations

import socket
from asyncio import AbstractEventLoop, BaseTransport, Protocol, Task, TimerHandle, get_running_loop
from collections import deque
from contextlib import suppress
from typing import Any, Callable
from weakref import WeakKeyDictionary

from ...tcp import listen
from ...tcp.sockets import LINGER_ZERO
from .connections.executor import Executor, ThreadCalls

_turns: WeakKeyDictionary[AbstractEventLoop, deque[Callable[[], None]]] = WeakKeyDictionary()
_executor = Executor(daemon=False)  # for all loops; the interpreter waits for it at its end, as for asyncio's own


class _Timed(Protocol):
    """Passes each event on, then asks for the protocol's next deadline, and keeps at most one timer for that."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._timer: TimerHandle | None = None
        self._over = False

    def connection_made(self, transport: BaseTransport) -> None:
        self._loop = get_running_loop()
        self._transport = _Transport(transport, self._update_deadline)
        self._inner.connection_made(self._transport)
        self._update_deadline()

    def data_received(self, data: bytes) -> None:
        if hasattr(self._inner, "data_received"):
            self._inner.data_received(data)
        else:
            _fill_buffers(self._inner, data)
        self._update_deadline()

    def eof_received(self) -> bool | None:
        keep: bool | None = self._inner.eof_received()
        self._update_deadline()
        return keep

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        self._inner.connection_lost(exc)
        self._transport.calls.abandon()

    def pause_writing(self) -> None:
        getattr(self._inner, "pause_writing", _do_nothing)()
        self._update_deadline()

    def resume_writing(self) -> None:
        getattr(self._inner, "resume_writing", _do_nothing)()
        self._update_deadline()

    def _update_deadline(self) -> None:
        self._when = None if self._over else self._inner.next_deadline(self._loop.time())
        if self._when is not None and (self._timer is None or self._when < self._timer.when()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._when, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        now = self._loop.time()
        if self._when is not None and self._when <= now and not self._over:
            self._inner.deadline_passed(now)
        self._update_deadline()


class _Transport:
    """asyncio's transport, with netio's extension."""

    def __init__(self, transport: BaseTransport, update: Callable[[], None]) -> None:
        self._transport: Any = transport
        self._update_deadline, self._loop = update, get_running_loop()
        self.calls = ThreadCalls(_executor.submit, self._settle_soon)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def abort(self) -> None:
        """Close at once with a reset, as netio's own transports do: asyncio's end looks like that of a whole answer."""
        with suppress(OSError, AttributeError):  # not TCP, or no socket that it tells of
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self._transport.abort()

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        def call() -> None:
            callback(*args)
            self._update_deadline()

        self._loop.call_soon_threadsafe(call)

    def call_in_turn(self, callback: Callable[..., object], *args: Any) -> None:
        def call() -> None:
            callback(*args)
            self._update_deadline()

        turns = _turns.setdefault(self._loop, deque())
        turns.append(call)
        if len(turns) == 1:
            self._loop.call_soon(_take_turn, self._loop, turns)

    def run_in_thread(self, work: Callable[[], Any], then: Callable[[Any], object],
                      failed: Callable[[BaseException], object] | None = None,
                      drop: Callable[[Any], object] | None = None) -> None:
        self.calls.add(work, then, failed or self._fail, drop)

    def _settle_soon(self, settle: Callable[[], object]) -> None:
        try:
            self.call_soon_threadsafe(self._settle, settle)
        except RuntimeError:  # the loop is closed
            self.calls.abandon()

    def _settle(self, settle: Callable[[], object]) -> None:
        try:
            settle()
        except Exception as error:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """Do what asyncio does when a protocol's own method raises."""
        self._loop.call_exception_handler({"message": "work in a thread failed", "exception": error,
                                           "transport": self._transport})
        self.abort()

    def open_listener(self, address: Any, factory: Callable[[], Any]) -> _Listener:
        listener = listen(address)
        server = self._loop.create_server(for_asyncio(factory), sock=listener)
        return _Listener(self._loop.create_task(server), listener)

    def open_connection(self, address: Any, factory: Callable[[], Any]) -> _Connector:
        return _Connector(self._loop, address, factory)


def _take_turn(loop: AbstractEventLoop, turns: deque[Callable[[], None]]) -> None:
    """Make one of the calls that wait for their turn; the next one when asyncio has looked at the sockets again."""
    try:
        turns[0]()
    finally:
        turns.popleft()
        if turns:
            loop.call_soon(_take_turn, loop, turns)


class _Listener:
    """A listener: its `address`, and `close()`."""

    def __init__(self, task: Task[Any], listener: socket.socket) -> None:
        self.address = listener.getsockname()
        self._task, self._listener = task, listener

    def close(self) -> None:
        """Accept no more."""
        self._task.add_done_callback(self._stop)

    def _stop(self, task: Task[Any]) -> None:
        if task.cancelled():
            return self._listener.close()
        loop = task.get_loop()
        with suppress(NotImplementedError):  # Windows' proactor
            loop.remove_reader(self._listener)
        # A connection accepted just now must find its server open: asyncio would forget it without closing it.
        loop.call_soon(loop.call_soon, task.result().close)


class _Connector:
    """A connection that is being made: its `address`, and `close()` to give up."""

    def __init__(self, loop: AbstractEventLoop, address: Any, factory: Callable[[], Any]) -> None:
        self.address, self._factory = address, for_asyncio(factory)
        self._connected = False
        self._task = loop.create_task(self._connect(loop))

    async def _connect(self, loop: AbstractEventLoop) -> None:
        try:
            await loop.create_connection(self._make, *self.address[:2])
        except OSError as error:
            self._factory().connection_lost(error)

    def _make(self) -> Any:
        self._connected = True
        return self._factory()

    def close(self) -> None:
        """Give up, if it is not connected yet; the protocol is never made then."""
        if not self._connected:
            self._task.cancel()


def for_asyncio(factory: Callable[[], Any]) -> Callable[[], Any]:
    """Return a factory for `loop.create_server` whose protocols have their deadlines honoured.

    >>> import asyncio
    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> async def talk():
    ...     server = await asyncio.get_running_loop().create_server(for_asyncio(EchoProtocol), "127.0.0.1", 0)
    ...     reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    ...     writer.write(b"hello")
    ...     print(await reader.readexactly(5))
    ...     writer.close(); await writer.wait_closed()
    ...     server.close(); await server.wait_closed()
    >>> asyncio.run(talk())
    b'hello'

    A protocol without `next_deadline` is returned as it is, and pays nothing.
    Raises: what the factory raises. Source: Python's documentation, "Transports and Protocols".
    """

    def make() -> Any:
        protocol = factory()
        return _Timed(protocol) if hasattr(protocol, "next_deadline") else protocol

    return make


def _fill_buffers(protocol: Any, data: bytes) -> None:
    """Hand `data` to a protocol that reads into its own buffers."""
    rest = memoryview(data)
    while rest:
        buffer = protocol.get_buffer(len(rest))
        count = min(len(buffer), len(rest))
        buffer[:count] = rest[:count]
        protocol.buffer_updated(count)
        rest = rest[count:]


def _do_nothing() -> None:
    pass
