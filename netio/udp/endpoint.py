"""What UDP servers are made of: a bound socket on an event loop, which runs in this thread or in its own.

The loop is the one that the TCP servers have (netio.events): `endpoint.loop` takes further sockets, timers, and calls
from other threads.
"""
from __future__ import annotations

import errno
import os
import socket
import threading
from typing import Any, TypeVar

from ..events.logs import LogLimit, SafeLog
from ..events.loop import READ, Loop, is_ctrl_c
from ..events.pollers import make_best_poller
from .datagrams import MAX_DATAGRAM, Address, Datagram, bind, receive_nowait
from .datagrams import connect  # noqa: F401 (the example uses it)

_log = SafeLog("netio.udp")
_limit = LogLimit()
_MOST_AT_ONCE = 64  # datagrams of one socket that are handled before the others have their turn
AnyEndpoint = TypeVar("AnyEndpoint", bound="Endpoint")


class Endpoint:
    """A socket at an address whose loop hands each datagram to `datagram_received(datagram)`.

    >>> class Printer(Endpoint):
    ...     def datagram_received(self, datagram):
    ...         print(datagram.data)
    ...         self.shutdown()
    >>> printer = Printer(("127.0.0.1", 0))
    >>> with connect(printer.address) as client:
    ...     client.send(b"hello")
    5
    >>> printer.serve_forever(); printer.close()
    b'hello'

    `with` serves in a thread until the block ends. Instead of an address a bound socket may be given, which `close`
    closes. What is longer than `max_size` bytes comes truncated. ECONNREFUSED and Windows' 10054, which tell
    that an earlier answer found nobody, end nothing; nor does what `datagram_received` raises, which is logged.

    Raises: OSError as `bind` does. Stdlib: `asyncio.DatagramProtocol`, under asyncio.
    """

    def __init__(self, address: Address | socket.socket, *, max_size: int = MAX_DATAGRAM) -> None:
        self.sock = address if isinstance(address, socket.socket) else bind(address)
        try:
            self.address: Address = self.sock.getsockname()
            self.sock.setblocking(False)
            self.loop = self._make_loop()
        except BaseException:
            if self.sock is not address:
                self.sock.close()
            raise
        self.max_size = max_size
        self._stopping = self._closed = False
        self._running_in: int | None = None
        self._ended = threading.Event()
        self._ended.set()
        self._thread: threading.Thread | None = None

    def _make_loop(self) -> Loop:
        loop = Loop(make_best_poller())
        try:
            loop.watch(self.sock.fileno(), READ, self._receive_all)
        except BaseException:
            loop.close()
            raise
        return loop

    def __enter__(self: AnyEndpoint) -> AnyEndpoint:
        try:
            self.start()
        except BaseException:  # no room for a thread
            self.close()
            raise
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def datagram_received(self, datagram: Datagram) -> None:
        """Deal with a datagram, without waiting: for a subclass to say."""
        raise NotImplementedError

    def error_received(self, error: OSError) -> None:
        """Receiving has failed, for now; a subclass may report it."""

    def serve_forever(self) -> None:
        """Run in this thread until `shutdown`. Raises: KeyboardInterrupt on Ctrl-C."""
        try:  # around all of it: a Ctrl-C that came before it would leave `close` waiting for ever
            self._running_in = threading.get_ident()
            self._ended.clear()
            self.loop.run()
        finally:
            self._running_in = None
            self._ended.set()

    def start(self) -> None:
        """Run in a new thread, which ends with `shutdown`."""
        thread = threading.Thread(target=self.serve_forever, name=type(self).__name__, daemon=True)
        thread.start()
        self._thread = thread

    def shutdown(self) -> None:
        """End `serve_forever`, from any thread or a handler; from another thread, also wait until it has ended."""
        self._stopping = True
        self.loop.stop()
        if self._running_in != threading.get_ident():
            self._ended.wait()
            if self._thread is not None:
                self._thread.join()

    def close(self) -> None:
        """Shut down and close the socket and the loop. Closing twice does nothing."""
        self.shutdown()
        if not self._closed:
            self._closed = True
            self.loop.close()
            self.sock.close()

    def _receive_all(self, events: int) -> None:
        for _ in range(_MOST_AT_ONCE):
            if self._stopping:
                return
            try:
                datagram = receive_nowait(self.sock, self.max_size)
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:
                continue  # an earlier answer found nobody; the socket is as good as before
            except OSError as error:
                return self.error_received(error)
            except MemoryError:
                return self.error_received(OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)))
            try:
                self.datagram_received(datagram)
            except BaseException as error:
                if is_ctrl_c(error):
                    raise
                if _limit.admit() is not None:
                    _log.error("a datagram from %s: %s failed", datagram.address, type(self).__name__, error=error)
