"""Model `thread`: a thread for each client.

The handler blocks in its own thread and the others go on, since a thread that waits for a socket gives up the GIL. All
threads share the memory, and the system switches between them whenever it likes, so that shared data needs locks.

To start and end a thread costs more than to serve a short connection, so one that is done waits for another client
(many do; the rest end). `threading.Thread(target=handler, args=(sock, address)).start()` is all that the model needs.

Notes: multi-threaded network concurrency, 多线程并发.
"""
from __future__ import annotations

import queue
import socket
import threading
from collections import deque
from typing import Any

from .blocking import BlockingModel, Job

_KEPT = 128  # threads that may wait for a client
_END = None


class ThreadModel(BlockingModel):
    """A thread for each client."""

    name = "thread"

    def open(self, server: Any) -> None:
        super().open(server)
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting: deque[None] = deque()  # one entry for each thread that waits for a client

    def serve(self, sock: socket.socket, address: Any) -> None:
        job = self.add_job(sock, address)
        try:
            self._waiting.pop()
        except IndexError:  # all are busy
            threading.Thread(target=self._work, args=(job,), daemon=True).start()
        else:
            self._queue.put(job)

    def _work(self, job: Job | None) -> None:
        while job is not _END:
            self.run_job(job)
            if len(self._waiting) >= _KEPT:
                return
            self._waiting.append(None)
            job = self._queue.get()

    def close(self) -> None:
        for _ in range(_KEPT * 2):
            self._queue.put(_END)
