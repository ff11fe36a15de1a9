"""What select, poll, epoll and kqueue have in common: all connections in one thread, on the server's own loop."""
from __future__ import annotations

import socket
from typing import Any

from ..connections.driver import Driver
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
        self._driver = Driver(self.loop, self.ended, idle_timeout=limits.idle_timeout, max_buffer=limits.max_buffer)

    def serve(self, sock: socket.socket, address: Any) -> None:
        assert self.service.factory is not None
        self._driver.adopt(sock, address, self.service.factory)

    def __len__(self) -> int:
        return len(self._driver.transports)

    def drain(self) -> None:
        self._driver.stop()

    def cut(self) -> None:
        self._driver.abort()

    def close(self) -> None:
        self._driver.close()
