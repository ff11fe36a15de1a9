"""Model `iterative`: one client at a time, in the thread that accepts.

The simplest server: accept, serve to the end, accept the next. Another client waits in the system's queue.
Right where each client is served in a moment; one that stays keeps all others waiting.

Notes: TCP server, 循环模型 (iterative server).
"""
from __future__ import annotations

import socket
import threading
from typing import Any

from ....events.loop import Loop
from .blocking import BlockingModel


class IterativeModel(BlockingModel):
    """One client at a time.

    >>> import contextlib
    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, echo
    >>> with Server(("127.0.0.1", 0), echo, "iterative") as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as first, tcp.connect(server.address, timeout=0.05) as second:
    ...         second.sendall(b"hello")
    ...         with contextlib.suppress(socket.timeout):
    ...             print("served before its turn:", second.recv(100))
    ...         first.close()
    ...         second.settimeout(30)
    ...         second.recv(100)
    b'hello'
    """

    _private_loop: Loop | None = None
    _timer: threading.Timer | None = None

    def open(self, server: Any) -> None:
        super().open(server)
        self._private_loop = self.make_loop()

    def serve(self, sock: socket.socket, address: Any) -> None:
        self.run_job(self.add_job(sock, address), self._private_loop)

    def on_shutdown(self, grace: float) -> None:
        """The server's thread may be busy with a client, or about to be: notify the client's job from here."""
        self.drain()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = timer = threading.Timer(grace, self.abort)  # another thread may do the same just now
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().close()
        if self._private_loop is not None:
            self._private_loop.close()
