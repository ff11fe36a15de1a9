"""The other way round: a protocol with deadlines of its own, under asyncio (or uvloop), which knows nothing of them.

Everything else of a netio protocol runs under asyncio as it is: `await loop.create_server(for_asyncio(Factory), host,
port)`.
"""
from __future__ import annotations

from asyncio import BaseTransport, Protocol, TimerHandle, get_running_loop
from typing import Any, Callable


class _Timed(Protocol):
    """Passes each event on, then asks when the protocol wants to be told, and keeps at most one timer for that."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._timer: TimerHandle | None = None
        self._over = False

    def connection_made(self, transport: BaseTransport) -> None:
        self._loop = get_running_loop()
        self._inner.connection_made(transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        if hasattr(self._inner, "data_received"):
            self._inner.data_received(data)
        else:
            _fill_buffers(self._inner, data)
        self._ask()

    def eof_received(self) -> bool | None:
        keep: bool | None = self._inner.eof_received()
        self._ask()
        return keep

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        getattr(self._inner, "pause_writing", _nothing)()
        self._ask()

    def resume_writing(self) -> None:
        getattr(self._inner, "resume_writing", _nothing)()
        self._ask()

    def _ask(self) -> None:
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
        self._ask()


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
    """Hand `data` to a protocol that reads into buffers of its own."""
    rest = memoryview(data)
    while rest:
        buffer = protocol.get_buffer(len(rest))
        count = min(len(buffer), len(rest))
        buffer[:count] = rest[:count]
        protocol.buffer_updated(count)
        rest = rest[count:]


def _nothing() -> None:
    pass
