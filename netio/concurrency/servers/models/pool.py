"""Model `pool`: a fixed number of threads, which are started once and take one client after the other.

No thread is started while clients wait, and no more than `workers` run at a time: when all are busy the server
accepts no more, and the system's queue holds whoever comes. A client that stays for long keeps its thread for as long.

The queue is all there is to it: `put` by the thread that accepts, `get` by whichever worker is free first.
"""
from __future__ import annotations

import queue
import socket
import threading
from typing import Any

from .blocking import BlockingModel, Job
from .model import Limits, HandlerSpec

_WORKERS = 16
_END = None


class PoolModel(BlockingModel):
    """A fixed number of threads (`workers`, 16 if not given).

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, echo
    >>> with Server(("127.0.0.1", 0), echo, "pool", workers=2) as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'
    """

    name = "pool"
    takes_workers = True

    def __init__(self, spec: HandlerSpec, limits: Limits, workers: int | None) -> None:
        self.max_connections = workers or _WORKERS
        super().__init__(spec, limits, workers)

    def open(self, server: Any) -> None:
        super().open(server)
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        workers = range(self.workers or _WORKERS)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in workers]
        for thread in self._threads:
            thread.start()

    def serve(self, sock: socket.socket, address: Any) -> None:
        self._queue.put(self.add_job(sock, address))

    def _work(self) -> None:
        for job in iter(self._queue.get, _END):
            self.run_job(job)

    def close(self) -> None:
        for _ in self._threads:
            self._queue.put(_END)
        super().close()
