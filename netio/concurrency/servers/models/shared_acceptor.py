"""Accepting in many threads: each that has nothing to do waits for the next client itself.

So nobody hands anything over. A client wakes one thread, which serves it; with a thread that accepts for all, each
client would wake two, and both would fight for the GIL. That several wait for one listener is well-defined: each
connection is accepted once, and who was too slow for it waits on.

One epoll for all threads is not enough for that: as long as a client stands at the door it reports the listener to the
next thread as well, which finds nobody any more. With EPOLLONESHOT the listener is reported once, and then again when
the thread that was woken has accepted and says so.

Two things need care. A listener must not be closed while another thread is about to accept from it, because the number
of its descriptor may be somebody else's by then: so it is closed when all have left. And a thread that waits must hear
of the end: beside the listener it watches a socket whose other end is closed then.

Source: Stevens, UNIX Network Programming, volume 1, 30.10 (TCP prethreaded server, per-thread accept).
"""
from __future__ import annotations

import select
import socket
import threading
from typing import Any, Callable, TypeVar

from ..connections.acceptor import RETRY, report
from ....events.pollers import make_simple_poller
from ....events.loop import DAY, READ, Poller

_ONCE = READ | getattr(select, "EPOLLONESHOT", 0)  # of epoll: report it to one thread, then to none until told
_LAST = 5.0  # seconds that those who wait get to leave
T = TypeVar("T")


class SharedAcceptor:
    """Accepts from one listener in as many threads as are needed, and no more than `most`.

    A thread that has begun or comes back says so (`enter`), then waits (`accept`). It gets a pair: what
    `accepted(sock, address)` returned, and whether it shall start another thread, since nobody waits any more. When the
    acceptor was closed it gets None.

    >>> from netio import tcp
    >>> acceptor = SharedAcceptor(tcp.listen(("127.0.0.1", 0)), most=2)
    >>> acceptor.enter()
    True
    >>> with tcp.connect(acceptor.address) as sock:
    ...     acceptor.accept(lambda sock, address: sock.close())
    (None, True)
    >>> acceptor.leave()  # no, it shall not
    >>> acceptor.close(); acceptor.enter()
    False
    """

    def __init__(self, listener: socket.socket, most: int) -> None:
        self.address = listener.getsockname()
        self._listener, self._most = listener, most
        listener.setblocking(False)  # who was too slow must not be kept
        self._threads = 1  # the first is expected
        self._waiting = 0  # how many of them wait or are about to
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._closed = self._short = self._warned = False
        self._ended, self._end = socket.socketpair()
        self._epoll = self._watch(select.epoll(), _ONCE) if hasattr(select, "epoll") else None

    def _watch(self, poller: Any, events: int) -> Any:
        poller.register(self._listener.fileno(), events)
        poller.register(self._ended.fileno(), READ)
        return poller

    def _watch_again(self) -> None:
        """Have the next client reported, after the one that this thread was woken for."""
        if self._epoll is not None:
            self._epoll.modify(self._listener.fileno(), _ONCE)

    def _get_poller(self) -> Poller:
        """One epoll for all wakes one thread for each client; with poll and select all of them look who it was."""
        return self._epoll or self._watch(make_simple_poller(), READ)  # type: ignore[no-any-return]

    def enter(self, most: int | None = None) -> bool:
        """Say that a thread will wait. It is not wanted (False) if `most` wait already, or the acceptor is closed."""
        with self._lock:
            if self._closed or (most is not None and self._waiting >= most):
                self._threads -= 1
                return False
            self._waiting += 1
            if self._short:  # a client has gone: another may have its descriptor
                self._changed.notify()
            return True

    def leave(self) -> None:
        """Say that a thread that is expected does not come."""
        with self._lock:
            self._threads -= 1
            self._waiting -= 1
            self._changed.notify_all()

    def accept(self, accepted: Callable[[socket.socket, Any], T]) -> tuple[T, bool] | None:
        """Wait for a client, after `enter`."""
        poller = self._get_poller()
        while not self._closed:
            poller.poll(DAY)
            try:
                sock, address = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):  # another thread was faster, or the client gave up
                self._watch_again()
            except OSError as error:
                self._cannot_accept(error)
                self._watch_again()
            else:
                taken = accepted(sock, address)
                self._watch_again()
                return taken, self._go_to_work()
        self.leave()
        return None

    def _go_to_work(self) -> bool:
        with self._lock:
            wanted = self._waiting == 1 and self._threads < self._most
            if wanted:
                self._threads += 1  # it takes this one's place
            else:
                self._waiting -= 1
                if self._closed:
                    self._changed.notify_all()
            return wanted

    def _cannot_accept(self, error: OSError) -> None:
        if report(error, self.address, self._warned):
            with self._lock:
                self._warned = self._short = True
                if not self._closed:
                    self._changed.wait(RETRY)

    def close(self) -> None:
        """Let nobody wait any more, then close the listener."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._end.close()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting, _LAST)
        self._listener.close()
        if self._epoll is not None:
            self._epoll.close()
        self._ended.close()
