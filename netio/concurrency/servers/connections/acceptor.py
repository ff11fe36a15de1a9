"""Accepting, by the rules that every model keeps.

A full server accepts no more: the system's queue holds whoever comes next. One that is short of descriptors does the
same, and tries again when a connection has ended or a second is over; asking on and on would only burn the processor,
since the listener stays readable. One for which the system had no process left has been accepted by then: it is kept,
and is the first to be served.
"""
from __future__ import annotations

import socket
from typing import Any, Callable

from ....events.loop import READ, Loop
from .descriptors import RETRY, DescriptorWatch

_BATCH = 64  # connections accepted in a row before those that are open get their turn


class Acceptor:
    """Accepts the connections of one listener in a loop and hands them to `accepted(sock, address)`.

    >>> from netio import tcp
    >>> from netio.events.select import SelectPoller
    >>> def accepted(sock, address):
    ...     print(sock.getpeername() == address)
    ...     sock.close()
    ...     loop.stop()
    >>> loop = Loop(SelectPoller())
    >>> acceptor = Acceptor(loop, tcp.listen(("127.0.0.1", 0)), accepted)
    >>> acceptor.resume()
    >>> with tcp.connect(acceptor.address):
    ...     loop.run()
    True
    >>> acceptor.close(); loop.close()

    `full()` is asked before each connection; whoever ends one calls `resume_or_wait`.
    """

    def __init__(self, loop: Loop, listener: socket.socket, accepted: Callable[[socket.socket, Any], object],
                 full: Callable[[], bool] = lambda: False, batch: int = _BATCH) -> None:
        self.address = listener.getsockname()
        self.paused = True
        self._loop, self._listener, self._accepted, self._full, self._batch = loop, listener, accepted, full, batch
        self._descriptors = DescriptorWatch(self.address, loop.highest)
        self._kept: list[tuple[socket.socket, Any]] = []  # one at most: after it nobody is accepted
        listener.setblocking(False)
        self._accept = quick_accept(listener)

    @property
    def closed(self) -> bool:
        return self._listener.fileno() < 0

    def resume(self) -> None:
        """Accept (again), unless the server is full still or the acceptor closed. Raises: OSError."""
        if self.paused and not self.closed and not self._full():
            self._loop.watch(self._listener.fileno(), READ, self._accept_waiting)
            self.paused = False
            if self._kept:
                self._loop.call_soon(self._accept_waiting, READ)

    def resume_or_wait(self) -> None:
        """Accept again; while the system has no memory to watch the listener, later."""
        try:
            self.resume()
        except OSError as error:
            self._descriptors.warn(error)
            self._wait()

    def pause(self) -> None:
        """Accept no more until `resume`."""
        if not self.paused:
            self.paused = True
            self._loop.unwatch(self._listener.fileno())

    def keep(self, sock: socket.socket, address: Any, why: object) -> None:
        """There is no room for a connection that was accepted: have it wait, as those do in the system's queue."""
        self._kept.append((sock, address))
        self._descriptors.warn(why)
        self._wait()

    def close(self) -> None:
        """Close the listener: new clients are refused from now on."""
        if not self.closed:
            self.pause()
            self._listener.close()
            for sock, _ in self._kept:
                sock.close()

    def _accept_waiting(self, events: int) -> None:
        for _ in range(self._batch):
            if self.paused:
                return
            if self._full():
                self.pause()
                return self.resume_or_wait()  # another thread may have ended a connection just now
            try:
                sock, address = self._kept.pop() if self._kept else self._accept()
            except BlockingIOError:  # nobody waits, or another process was faster
                return
            except ConnectionAbortedError:  # the client gave up while it waited
                continue
            except (OSError, MemoryError) as error:
                return self._wait() if self._descriptors.must_pause(error) else None
            if self._descriptors.is_short(sock):
                self._wait()
            self._accepted(sock, address)

    def _wait(self) -> None:
        self.pause()
        self._loop.call_at(self._loop.now + RETRY, lambda now: self.resume_or_wait())


def quick_accept(listener: socket.socket) -> Callable[[], tuple[socket.socket, Any]]:
    """Return what does the same as `accept` of a listener that does not block, in half of the time.

    >>> with socket.create_server(("127.0.0.1", 0)) as listener:
    ...     with socket.create_connection(listener.getsockname()) as ours:
    ...         theirs, address = quick_accept(listener)()
    ...         address == ours.getsockname(), theirs.close()
    (True, None)

    `accept` itself makes enums of the family and the kind, anew each time: more than what the system needs for a short
    answer. Where the listener is of a class of its own, as one of TLS, it is left as it is.
    """
    accept = getattr(listener, "_accept", None)
    if type(listener) is not socket.socket or accept is None:
        return listener.accept
    family, kind, proto = int(listener.family), int(listener.type), listener.proto

    def accept_quickly() -> tuple[socket.socket, Any]:
        descriptor, address = accept()
        return socket.socket(family, kind, proto, descriptor), address

    return accept_quickly
