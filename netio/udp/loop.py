"""The waiting that servers and a proxy have in common: several sockets, one thread, stopped at once from anywhere.

A loop waits for its sockets and for one more, the end of a socket pair; to stop it, a byte is written to the other end.
So a stop takes no longer than the handler that is running.
"""
from __future__ import annotations

import selectors
import socket
import threading
from typing import Any, Callable, Optional, TypeVar, Union

from .datagrams import MAX_DATAGRAM, Address, Datagram, bind, receive_nowait
from .datagrams import connect  # noqa: F401 (the example uses it)

# A Ctrl-C just before a `select`, or on Windows also within it, interrupts nothing, and would
# be heard only with the next datagram.
_LONGEST_WAIT_SECONDS = 0.5
_MOST_AT_ONCE = 64  # datagrams of one socket that are handled before the others have their turn
AnyLoop = TypeVar("AnyLoop", bound="Loop")


class Loop:
    """Calls a function for each socket that has something to read, until it is told to stop.

    >>> one, two = socket.socketpair()
    >>> loop = Loop()
    >>> loop.watch(one, lambda: (print(one.recv(10)), loop.shutdown()))
    >>> two.send(b"hello")
    5
    >>> loop.serve_forever()
    b'hello'
    >>> loop.close(); one.close(); two.close()

    `with` runs it in a thread until the block ends.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._sleeper, self._waker = socket.socketpair()
        self._sleeper.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._sleeper, selectors.EVENT_READ, lambda: None)
        self._stopping = False
        self._running_in: Optional[int] = None
        self._idle = threading.Event()
        self._idle.set()
        self._thread: Optional[threading.Thread] = None

    def __enter__(self: AnyLoop) -> AnyLoop:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def watch(self, sock: socket.socket, on_readable: Callable[[], Any]) -> None:
        """Call `on_readable()` in the loop whenever `sock` can be read; it must not wait."""
        sock.setblocking(False)
        self._selector.register(sock, selectors.EVENT_READ, on_readable)

    def forget(self, sock: socket.socket) -> None:
        """Watch `sock` no longer."""
        self._selector.unregister(sock)

    def serve_forever(self) -> None:
        """Run in this thread until `shutdown`."""
        try:  # around all of it: a Ctrl-C that came before it would leave `close` waiting for ever
            self._running_in = threading.get_ident()
            self._idle.clear()
            while not self._stopping:
                for key, _ in self._selector.select(self._longest_wait()):
                    if not self._stopping:
                        key.data()
                self._after_events()
        finally:
            self._running_in = None
            self._idle.set()

    def start(self) -> None:
        """Run in a thread of its own, which ends with `shutdown`."""
        self._thread = threading.Thread(target=self.serve_forever, name=type(self).__name__, daemon=True)
        self._thread.start()

    def shutdown(self) -> None:
        """End `serve_forever`, from any thread or a handler; from another thread, also wait until it has ended."""
        self._stopping = True
        try:
            self._waker.send(b"\0")
        except OSError:  # it is woken already, or closed
            pass
        if self._running_in != threading.get_ident():
            self._idle.wait()
            if self._thread is not None:
                self._thread.join()

    def close(self) -> None:
        """Shut down and close what the loop opened. Closing twice does nothing."""
        self.shutdown()
        if self._sleeper.fileno() >= 0:
            self._selector.close()
            self._sleeper.close()
            self._waker.close()

    def _longest_wait(self) -> float:
        return _LONGEST_WAIT_SECONDS

    def _after_events(self) -> None:
        """Do what is due between two waits; a subclass may have something."""


class Endpoint(Loop):
    """A loop with a socket at an address that hands each datagram to `datagram_received`: what UDP servers are made of.

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

    Instead of an address a bound socket may be given, which `close` closes. What is longer than `max_size` bytes comes
    cut, and says so. ECONNREFUSED and Windows' 10054, which tell that an earlier answer found nobody, end nothing.

    Raises: OSError as `bind` does. Stdlib: `asyncio.DatagramProtocol`, under asyncio.
    """

    def __init__(self, address: Union[Address, socket.socket], *, max_size: int = MAX_DATAGRAM) -> None:
        if not isinstance(address, socket.socket):
            address = bind(address)
        self.sock = address
        super().__init__()
        self.address: Address = self.sock.getsockname()
        self.max_size = max_size
        self.watch(self.sock, self._receive_all)

    def datagram_received(self, datagram: Datagram) -> None:
        """Deal with a datagram, without waiting: for a subclass to say."""
        raise NotImplementedError

    def error_received(self, error: OSError) -> None:
        """Receiving has failed, for now; a subclass may report it."""

    def close(self) -> None:
        """Stop and close the socket."""
        super().close()
        self.sock.close()

    def _receive_all(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                datagram = receive_nowait(self.sock, self.max_size)
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:
                continue  # an earlier answer found nobody; the socket is as good as before
            except OSError as error:
                return self.error_received(error)
            self.datagram_received(datagram)
            if self._stopping:
                return
