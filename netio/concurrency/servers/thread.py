"""Model `thread`: a thread for each client.

The handler blocks in its own thread and the others go on, since a thread that waits for a socket gives up the GIL. All
threads share the memory. A thread costs about 50 us to start and a few dozen KiB to keep; the system switches between
them whenever it likes, so that shared data needs locks.

Notes: multi-threaded network concurrency, 多线程并发.
"""
from __future__ import annotations

import socket
import threading
from typing import Any

from .blocking import BlockingModel


class ThreadModel(BlockingModel):
    """A thread for each client."""

    name = "thread"

    def serve(self, sock: socket.socket, address: Any) -> None:
        job = self.add_job(sock, address)
        threading.Thread(target=self.run_job, args=(job,), daemon=True).start()
