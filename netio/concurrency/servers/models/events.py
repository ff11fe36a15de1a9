"""What select, poll, epoll and kqueue have in common: all connections in one thread, on the server's own loop."""
from __future__ import annotations

import socket
from typing import Any

from ..connections.executor import Executor
from ..connections.manager import ConnectionManager
from .model import Model


class EventModel(Model):
    """One thread, many sockets; a model of this kind adds only its poller.

    >>> from netio.concurrency.servers.models.select import SelectModel
    >>> sorted(name for name in vars(SelectModel) if not name.startswith("_"))
    ['make_poller', 'max_connections', 'name']
    """

    max_connections = 10_000
    only_protocols = True
    serves_in_loop = True
    takes_workers = True

    def open(self, server: Any) -> None:
        super().open(server)
        limits = self.limits
        self._manager = ConnectionManager(self.loop, self.ended, idle_timeout=limits.idle_timeout,
                                          max_buffer=limits.max_buffer, executor=Executor(limits.max_threads))

    def serve(self, sock: socket.socket, address: Any) -> None:
        assert self.spec.factory is not None
        self._manager.add(sock, address, self.spec.factory)

    def __len__(self) -> int:
        return len(self._manager.transports)

    def drain(self) -> None:
        self._manager.stop()

    def abort(self) -> None:
        self._manager.abort()

    def close(self) -> None:
        self._manager.close()
        self._manager.executor.close()
