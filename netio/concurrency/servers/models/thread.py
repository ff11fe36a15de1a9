"""Model `thread`: a thread for each client.

The handler blocks in its own thread and the others go on, since a thread that waits for a socket gives up the GIL. All
threads share the memory, and the system switches between them whenever it likes, so that shared data needs locks.

To start and end a thread costs more than to serve a short connection. So one that is done waits for another client, and
one that takes a client sees to it that somebody waits still: the threads are as many as the clients at their most, and
one. `threading.Thread(target=handler, args=(sock, address)).start()` behind `accept` is all that the model needs.

Notes: multi-threaded network concurrency, 多线程并发.
"""
from __future__ import annotations

import logging
import select
import threading
from typing import Any

from .blocking import BlockingModel
from .shared_acceptor import SharedAcceptor

log = logging.getLogger("netio.servers")

_KEPT = 128 if hasattr(select, "epoll") else 8  # threads that may wait: without epoll a client wakes all of them


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

    name = "thread"
    accepts = False  # its threads do

    def open(self, server: Any) -> None:
        super().open(server)
        self._acceptor = SharedAcceptor(server.listener, self.max_connections)
        self._acceptor.enter()
        self._start_thread()

    def _start_thread(self) -> None:
        try:
            threading.Thread(target=self._work, daemon=True).start()
        except RuntimeError as error:  # no room for another: those there are go on
            self._acceptor.leave()
            log.error("no thread waits at %s: %s", self._acceptor.address, error)

    def _work(self) -> None:
        while (taken := self._acceptor.accept(self.add_job)) is not None:
            job, wanted = taken
            if wanted:
                self._start_thread()
            self.run_job(job)
            if not self._acceptor.enter(_KEPT):
                return

    def drain(self) -> None:
        self._acceptor.close()
        super().drain()

    def close(self) -> None:
        self._acceptor.close()
        super().close()
