"""Model `pool`: a fixed number of threads, which are started once and take one client after the other.

No thread is started while clients wait, and no more than `workers` run at a time: when all are busy the server
accepts no more, and the system's queue holds whoever comes. A client that stays for long keeps its thread for as long.

The queue is all there is to it: `put` by the thread that accepts, `get` by whichever worker is free first.
"""
from __future__ import annotations

import queue
import socket
from typing import Any

from ....events.loop import Loop
from .blocking import BlockingModel, Job
from .model import HandlerSpec, Limits, ModelInfo

_END = None


class PoolModel(BlockingModel):
    """A fixed number of threads.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, echo
    >>> with Server(("127.0.0.1", 0), echo, "pool", workers=2) as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'
    """

    def __init__(self, info: ModelInfo, spec: HandlerSpec, limits: Limits, workers: int | None) -> None:
        super().__init__(info, spec, limits, workers)
        self.max_connections = workers or info.max_connections
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = 0

    def open(self, server: Any) -> None:
        super().open(server)
        for _ in range(self.max_connections):
            self.start_thread(self._work)
            self._threads += 1

    def serve(self, sock: socket.socket, address: Any) -> None:
        self._queue.put(self.add_job(sock, address))

    def _work(self, loop: Loop | None) -> None:
        for job in iter(self._queue.get, _END):
            self.run_job(job, loop)

    def close(self) -> None:
        for _ in range(self._threads):
            self._queue.put(_END)
        super().close()
