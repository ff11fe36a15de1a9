"""The two contracts of every server here, as types: a blocking handler, and asyncio's protocol with its transport.

**Contract 1**, a handler: `handler(sock, address) -> None`, a module-level function that talks to one client and
returns. The server closes the socket afterwards. It runs under the models that may block: iterative, fork, process,
thread, pool and prefork. `sock` has the server's `idle_timeout` as its timeout.

**Contract 2**, a protocol: a class with asyncio's four methods. The server makes one for each connection and calls
them, one at a time; the protocol answers through its transport and never waits. It runs under every model and under
asyncio.

A netio transport does more than asyncio's; a protocol that wants to run everywhere asks with `getattr(transport,
name, None)`:

| extra                                     | what it does                                                         |
|-------------------------------------------|----------------------------------------------------------------------|
| `send_file(file, offset, count)`          | send a part of a file, in order with what was written                |
| `write_and_close(data)`                   | as `write` and `close`, in one packet where that can be              |
| `open_listener(address, factory)`         | accept more connections in the same loop; has `.address`, `.close()` |
| `open_connection(address, factory)`       | connect out in the same loop; has `.close()`                         |
| `run_in_thread(work, then, failed, drop)` | do what may block in a thread; its outcome is a call in the loop     |
| `call_soon_threadsafe(callback, *args)`   | the one method for other threads: runs `callback` in the loop        |
| `call_in_turn(callback, *args)`           | for a peer that asks for much: go on when others have been served    |

A netio server calls more methods, where a protocol has them:

| method                                | when                                                                     |
|---------------------------------------|--------------------------------------------------------------------------|
| `next_deadline(now)`                  | after each batch of events: returns the time of the next call, or None   |
| `deadline_passed(now)`                | at that time; then `next_deadline` is called again                       |
| `respond(data)`                       | in place of `data_received(data)`, while nothing is queued: see below    |
| `server_stopping()`                   | the server drains: end when what is under way is done, at once if idle   |
| `pause_writing()`, `resume_writing()` | more than the high-water mark is queued; no more than the low-water mark |

**Whole answers.** `respond(data) -> bytes | None` returns the whole answer to `data`, if that is whole requests which
can be answered at once, and leaves the protocol as it was; with None the same data goes to `data_received`. The server
reads, asks and sends in one function, and does not ask for the deadline, which can only have moved away: this is what
makes small requests fast. It is an offer and no more: `data_received` must do the same for the same data, because
asyncio, and a server with something queued, call only that. It is not taken from a base class where a subclass has
overridden `data_received`.

**One answer and the end.** What makes the protocols, the factory, may have a method, too: `answer_at_once(data,
address) -> bytes | None`. It is called with what a connection begins with, if that is here already when it is accepted,
and returns the whole answer to the only request of that connection. The server sends it and closes: no protocol is
made, no transport and no deadline, and nothing is watched, which for a short connection is most of the work. With None
a protocol is made, and `data_received` gets the same data after `connection_made`, even if that pauses reading. HTTP
answers so what it has in memory, if the client wants the connection to end.
"""
from __future__ import annotations

import socket
from typing import IO, Any, Callable, Iterable, Protocol, Union

Buffer = Union[bytes, bytearray, memoryview]
Handler = Callable[[socket.socket, Any], None]


class Handle(Protocol):
    """What `open_listener` and `open_connection` return: the address, and a way to stop.

    >>> class Nothing:
    ...     address = None
    ...     def close(self):
    ...         print("closed")
    >>> handle: Handle = Nothing()
    >>> handle.close()
    closed
    """

    @property
    def address(self) -> Any: ...

    def close(self) -> None: ...


class ConnectionProtocol(Protocol):
    """Contract 2 as a type: the methods that a server calls, in this order, never two at a time.

    `connection_made` once; then `data_received` with each piece that arrives, cut anywhere (TCP is a byte stream);
    `eof_received` once if the peer ends its side (a true result keeps the connection open for writing); in the end
    `connection_lost` once, with None after a clean end and with the error otherwise.

    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> protocol: ConnectionProtocol = EchoProtocol()

    Source: PEP 3156; Python's documentation, "Transports and Protocols".
    """

    def connection_made(self, transport: Any) -> None: ...

    def data_received(self, data: bytes) -> None: ...

    def eof_received(self) -> bool | None: ...

    def connection_lost(self, error: Exception | None) -> None: ...


class ConnectionTransport(Protocol):
    """What a protocol may call: asyncio's methods, which every model and asyncio itself offer.

    Beware that `close` sends first what waits to be sent, and `abort` throws it away. Both return at once:
    `connection_lost` is called later.

    >>> from netio.concurrency.servers.connections.transport import Transport
    >>> all(hasattr(Transport, name) for name in vars(ConnectionTransport) if not name.startswith("_"))
    True

    Source: Python's documentation, "Transports and Protocols".
    """

    def write(self, data: Buffer) -> None: ...

    def writelines(self, pieces: Iterable[Buffer]) -> None: ...

    def write_eof(self) -> None: ...

    def can_write_eof(self) -> bool: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...

    def is_closing(self) -> bool: ...

    def get_extra_info(self, name: str, default: Any = None) -> Any: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def is_reading(self) -> bool: ...

    def get_write_buffer_size(self) -> int: ...

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_write_buffer_limits(self) -> tuple[int, int]: ...


class NetioTransport(ConnectionTransport, Protocol):
    """What netio's own transports offer beyond asyncio's: files, further sockets in the same loop, calls from threads.

    >>> callable(getattr(NetioTransport, "send_file"))
    True
    """

    def send_file(self, file: IO[bytes] | Buffer, offset: int = 0, count: int | None = None,
                  close: bool = False) -> None: ...

    def write_and_close(self, data: Buffer) -> None: ...

    def open_listener(self, address: Any, factory: Callable[[], ConnectionProtocol]) -> Handle: ...

    def open_connection(self, address: Any, factory: Callable[[], ConnectionProtocol]) -> Handle: ...

    def run_in_thread(self, work: Callable[[], Any], then: Callable[[Any], object],
                      failed: Callable[[BaseException], object] | None = None,
                      drop: Callable[[Any], object] | None = None) -> None: ...

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None: ...

    def call_in_turn(self, callback: Callable[..., object], *args: Any) -> None: ...
