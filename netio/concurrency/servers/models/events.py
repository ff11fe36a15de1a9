"""What select, poll, epoll and kqueue have in common: all connections in one thread, on the server's own loop."""
from __future__ import annotations

import os
import socket
from typing import Any

from ....events.epoll import EpollPoller
from ....events.kqueue import KqueuePoller
from ....events.loop import Poller
from ....events.poll import PollPoller
from ....events.select import SelectPoller
from ..connections.executor import Executor
from ..connections.manager import ConnectionManager
from .model import Model


class EventModel(Model):
    """One thread, many sockets; a model of this kind adds only its poller.

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


class SelectModel(EventModel):
    """One thread, many sockets, `select.select`.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, EchoProtocol
    >>> with Server(("127.0.0.1", 0), EchoProtocol, "select") as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'
    """

    name = "select"
    max_connections = 480 if os.name == "nt" else 960  # and some descriptors for the program itself

    def make_poller(self) -> Poller:
        return SelectPoller()


class PollModel(EventModel):
    """One thread, many sockets, `select.poll`.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, EchoProtocol
    >>> import select
    >>> if hasattr(select, "poll"):
    ...     with Server(("127.0.0.1", 0), EchoProtocol, "poll") as server:
    ...         server.start()
    ...         with tcp.connect(server.address) as sock:
    ...             sock.sendall(b"hello")
    ...             assert sock.recv(100) == b"hello"
    """

    name = "poll"

    def make_poller(self) -> Poller:
        return PollPoller()


class EpollModel(EventModel):
    """One thread, many sockets, `select.epoll`.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, EchoProtocol
    >>> import select
    >>> if hasattr(select, "epoll"):
    ...     with Server(("127.0.0.1", 0), EchoProtocol, "epoll") as server:
    ...         server.start()
    ...         with tcp.connect(server.address) as sock:
    ...             sock.sendall(b"hello")
    ...             assert sock.recv(100) == b"hello"
    """

    name = "epoll"

    def make_poller(self) -> Poller:
        poller: Poller = EpollPoller()
        return poller


class KqueueModel(EventModel):
    """One thread, many sockets, `select.kqueue`.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, EchoProtocol
    >>> import select
    >>> if hasattr(select, "kqueue"):
    ...     with Server(("127.0.0.1", 0), EchoProtocol, "kqueue") as server:
    ...         server.start()
    ...         with tcp.connect(server.address) as sock:
    ...             sock.sendall(b"hello")
    ...             assert sock.recv(100) == b"hello"
    """

    name = "kqueue"

    def make_poller(self) -> Poller:
        return KqueuePoller()
