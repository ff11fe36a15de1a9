"""What select, poll, epoll and kqueue have in common: all connections in one thread, on the server's own loop.

They differ in their poller only, which is in the table; how each of them waits is explained in its file of
`netio.events`.
"""
from __future__ import annotations

import socket
from typing import Any

from ..connections.executor import Executor
from ..connections.manager import ConnectionManager
from .model import Model


class EventModel(Model):
    """One thread, many sockets.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, EchoProtocol, available_models
    >>> for model in {"select", "poll", "epoll", "kqueue"}.intersection(available_models()):
    ...     with Server(("127.0.0.1", 0), EchoProtocol, model) as server:
    ...         server.start()
    ...         with tcp.connect(server.address) as sock:
    ...             sock.sendall(b"hello")
    ...             assert sock.recv(100) == b"hello"
    """

    _manager: ConnectionManager | None = None

    def open(self, server: Any) -> None:
        super().open(server)
        limits = self.limits
        self._manager = ConnectionManager(self.loop, self.ended, idle_timeout=limits.idle_timeout,
                                          max_buffer=limits.max_buffer, executor=Executor(limits.max_threads))

    def serve(self, sock: socket.socket, address: Any) -> None:
        self._manager.add(sock, address, self.spec.factory)  # type: ignore[union-attr,arg-type]

    def __len__(self) -> int:
        return 0 if self._manager is None else len(self._manager.transports)

    def drain(self) -> None:
        self._manager.stop()  # type: ignore[union-attr]

    def abort(self) -> None:
        self._manager.abort()  # type: ignore[union-attr]

    def close(self) -> None:
        if self._manager is not None:
            self._manager.close()
            self._manager.executor.close()
