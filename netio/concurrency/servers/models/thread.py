"""Model `thread`: a thread for each client.

The handler blocks in its own thread and the others go on, since a thread that waits for a socket gives up the GIL. All
threads share the memory, and the system switches between them whenever it likes, so that shared data needs locks.
`threading.Thread(target=handler, args=(sock, address)).start()` after `accept` is all that the model needs; the rest is
for speed.

To start and end a thread costs more than to serve a short connection. So one that is done waits for another client, and
one that takes a client starts another thread if nobody waits any more: there are as many threads as the most clients so
far, and one. Each waits for the next client itself. With a thread that accepts for all, each client would wake two, and
both would fight for the GIL. That several wait for one listener is well-defined: each connection is accepted once, and
a thread that was too slow for it waits on.

One epoll for all threads is not enough for that: as long as a client waits it reports the listener to the next thread
as well, which finds nobody any more. With EPOLLONESHOT the listener is reported once, and then again when the thread
that was woken has accepted and asks for it.

Two things need care. A listener must not be closed while another thread is about to accept from it, because the number
of its descriptor may be somebody else's by then: so it is closed when all have left. And a thread that waits must see
the end: beside the listener it watches a socket whose other end is closed then.

Notes: multi-threaded network concurrency, 多线程并发. Source: Stevens, UNIX Network Programming, volume 1, 30.10 (TCP
prethreaded server, per-thread accept).
"""
from __future__ import annotations

import select
import socket
import threading
import time
from typing import Any

from ....events.loop import DAY, READ, Loop, Poller
from ....events.pollers import make_simple_poller
from ..connections.acceptor import quick_accept
from ..connections.descriptors import RETRY, DescriptorWatch
from .blocking import BlockingModel

_ONCE = READ | getattr(select, "EPOLLONESHOT", 0)  # of epoll: report it to one thread, then to none until asked
_MAX_IDLE = 128 if hasattr(select, "epoll") else 8  # threads that may wait: without epoll a client wakes all of them
_NO_MEMORY_RETRY = 0.05  # seconds
_LEAVE_TIMEOUT = 5.0  # seconds that those who wait get to leave
ACCEPTING, SHORT, ENDED = "accepting", "short of descriptors", "ended"


class ThreadModel(BlockingModel):
    """A thread for each client.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, echo
    >>> with Server(("127.0.0.1", 0), echo, "thread") as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as first, tcp.connect(server.address) as second:
    ...         second.sendall(b"hello")  # the first, who says nothing, keeps nobody waiting
    ...         second.recv(100)
    b'hello'
    """

    _listener: socket.socket | None = None
    _epoll: Any = None
    _tries_later = False

    def open(self, server: Any) -> None:
        super().open(server)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)  # its own `with` is slower than the lock's
        self._state = ACCEPTING
        self._threads = self._waiting = 0  # how many there are, and how many of them wait or are about to
        self._descriptors = DescriptorWatch(server.address)
        self._ended, self._end = socket.socketpair()
        self._listener = server.listener
        self._listener.setblocking(False)  # a thread that was too slow must not be kept
        self._accept_one = quick_accept(self._listener)
        self._epoll = self._register(select.epoll(), _ONCE) if hasattr(select, "epoll") else None
        self._threads = self._waiting = 1
        self._add_thread()

    def _register(self, poller: Any, events: int) -> Any:
        poller.register(self._listener.fileno(), events)  # type: ignore[union-attr]
        poller.register(self._ended.fileno(), READ)
        return poller

    def _add_thread(self) -> None:
        """Start a thread that waits for the next client; it has been counted already."""
        try:
            self.start_thread(self._work)
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        """A thread that waited, or was expected to, is gone."""
        with self._lock:
            self._threads -= 1
            self._waiting -= 1
            self._changed.notify_all()

    def _work(self, loop: Loop | None) -> None:
        # One epoll for all wakes one thread for each client; with poll and select all of them look who it was.
        poller = self._epoll or self._register(make_simple_poller(), READ)
        while (accepted := self._accept(poller)) is not None:
            job = self.add_job(*accepted)
            self._go_to_work()
            self.run_job(job, loop)
            if not self._come_back():
                return
        self._leave()

    def _accept(self, poller: Poller) -> tuple[socket.socket, Any] | None:
        """Wait for a client; None when the server stops."""
        assert self._listener is not None
        while self._state is not ENDED:
            try:
                poller.poll(DAY)
                if self._state is not ACCEPTING and not self._wait_for_descriptors():
                    break
                accepted = self._accept_one()
                if self._descriptors.is_short(accepted[0]):
                    self._set_short()
                return accepted
            except (BlockingIOError, ConnectionAbortedError):  # another thread was faster, or the client gave up
                pass
            except (OSError, MemoryError) as error:
                if self._descriptors.must_pause(error):
                    self._set_short()
            finally:
                self._report_next()
        return None

    def _report_next(self) -> None:
        """Have the next client reported: while the system has no memory for that, again, or none would be any more."""
        assert self._listener is not None
        while self._epoll is not None and self._state is not ENDED:
            try:
                self._epoll.modify(self._listener.fileno(), _ONCE)
                return
            except OSError as error:
                self._descriptors.must_pause(error)
                time.sleep(_NO_MEMORY_RETRY)

    def _wait_for_descriptors(self) -> bool:
        """Wait until a client has gone, or for a while; return whether to accept."""
        with self._lock:
            if not self._changed.wait_for(lambda: self._state is not SHORT, RETRY):
                self._state = ACCEPTING
            return self._state is ACCEPTING

    def _set_short(self) -> None:
        with self._lock:
            if self._state is ACCEPTING:
                self._state = SHORT

    def _go_to_work(self) -> None:
        """Wait no more, and see to it that somebody does."""
        with self._lock:
            wanted = self._waiting == 1 and self._threads < self.max_connections and self._state is not ENDED
            if wanted:
                self._threads += 1  # it takes this one's place
            else:
                self._waiting -= 1
                if self._state is ENDED:
                    self._changed.notify_all()
        if wanted:
            self._try_to_add()

    def _try_to_add(self) -> None:
        """Add a thread; where there is no room for it those there go on, and it is tried again: they may stay busy."""
        try:
            self._add_thread()
        except OSError as error:
            self._descriptors.warn(error)
            self.loop.call_soon_threadsafe(self._try_later)

    def _try_later(self) -> None:
        if not self._tries_later:
            self._tries_later = True
            self.loop.call_at(self.loop.now + RETRY, self._try_again)

    def _try_again(self, now: float) -> None:
        self._tries_later = False
        with self._lock:
            wanted = not self._waiting and self._threads < self.max_connections and self._state is not ENDED
            self._threads += wanted
            self._waiting += wanted
        if wanted:
            self._try_to_add()

    def _come_back(self) -> bool:
        """Wait again, unless enough do or the server stops."""
        with self._lock:
            if self._state is SHORT:  # the client that has gone had a descriptor
                self._state = ACCEPTING
                self._changed.notify_all()
            if self._state is ENDED or self._waiting >= _MAX_IDLE:
                self._threads -= 1
                return False
            self._waiting += 1
            return True

    def drain(self) -> None:
        self._stop_accepting()
        super().drain()

    def close(self) -> None:
        self._stop_accepting()
        super().close()

    def _stop_accepting(self) -> None:
        """Let nobody wait any more, then close the listener."""
        if self._listener is None:
            return
        with self._lock:
            if self._state is ENDED:
                return
            self._state = ENDED
            self._end.close()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting, _LEAVE_TIMEOUT)
        self._listener.close()
        if self._epoll is not None:
            self._epoll.close()
        self._ended.close()
