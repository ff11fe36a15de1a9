"""What a server model is: the way in which accepted connections are served. All that does not vary is in server.py.

A model's file shows only what the model adds: what it does with an accepted socket (`serve`), how many it has in hand
(`len`), and how it ends them: `drain` asks, `abort` does not ask, `close` releases what the model itself made. What can
be said of a model without code is its row of the table (table.py).
"""
from __future__ import annotations

import socket
from typing import Any, Callable, NamedTuple

from ....events.loop import Loop, Poller
from ....events.pollers import make_simple_poller
from ...processes.main_module import check_main
from ...processes.spawn import check_picklable


class Limits(NamedTuple):
    """What a server allows; every limit has a default and is an argument of `serve` and `Server`.

    `max_connections`: how many are served at once (None: what suits the model); whoever comes next waits in the
    system's queue. `idle_timeout`: seconds after which a connection on which nothing moves is closed (None: never).
    `max_buffer`: unsent bytes of one connection beyond which a peer that does not read is no longer read.
    `grace`: seconds that a stopping server gives to those it serves. `backlog`: the length of the system's queue.
    `max_threads`: how many threads do what may block for protocols (`transport.run_in_thread`).

    >>> Limits(idle_timeout=10).idle_timeout, Limits().max_buffer
    (10, 1048576)
    """

    max_connections: int | None = None
    idle_timeout: float | None = 300.0
    max_buffer: int = 1 << 20
    grace: float = 2.0
    backlog: int = 1024
    max_threads: int = 8


class HandlerSpec(NamedTuple):
    """What a server serves: a blocking handler (contract 1) or protocols from a factory (contract 2).

    >>> from netio.concurrency.servers.echo import echo
    >>> HandlerSpec(handler=echo).factory is None
    True
    """

    handler: Callable[[socket.socket, Any], None] | None = None
    factory: Callable[[], Any] | None = None

    def check_spawnable(self) -> None:
        """Raise one clear error when a spawned process could not serve it: RuntimeError or TypeError that says why."""
        service = self.handler or self.factory
        assert service is not None
        check_main(service)
        check_picklable(service)


class ModelInfo(NamedTuple):
    """A row of the table of models: what can be said of a model without code.

    >>> ModelInfo(Model, max_connections=0).only_protocols
    False
    """

    kind: Any  # its class
    max_connections: int
    poller: Callable[[], Poller] = make_simple_poller
    only_protocols: bool = False  # handlers would block it
    takes_workers: bool = False
    accepts: bool = True  # False: its processes or threads accept, not the server itself
    serves_in_loop: bool = False  # handlers or protocols run in the server's own thread
    forks: bool = False  # it must not run in a program that has threads
    batch: int = 64  # connections accepted in a row before anything else is looked at


class Model:
    """The base of all models.

    `ended` is to be called, from any thread, when a connection has ended.

    >>> from netio.concurrency.servers.models.table import find_model
    >>> issubclass(find_model("thread").kind, Model), find_model("select").only_protocols
    (True, True)
    """

    def __init__(self, info: ModelInfo, spec: HandlerSpec, limits: Limits, workers: int | None) -> None:
        self.info, self.spec, self.limits, self.workers = info, spec, limits, workers
        self.max_connections = info.max_connections if limits.max_connections is None else limits.max_connections
        self.loop: Loop
        self.ended: Callable[[], object]

    def open(self, server: Any) -> None:
        """Get ready, in the process and the thread that will serve."""
        self.loop, self.ended = server.loop, server.connection_ended

    def serve(self, sock: socket.socket, address: Any) -> None:
        """Serve a connection, which is the model's from now on."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many connections are being served."""
        raise NotImplementedError

    def on_shutdown(self, grace: float) -> None:
        """`Server.shutdown` has been called: in the caller's thread, not the server's."""

    def drain(self) -> None:
        """No more connections will come: ask those that are open to end."""

    def abort(self) -> None:
        """Their time is over: end them."""

    def close(self) -> None:
        """Release what this model made, also if `open` has failed half-way; nothing is served any more."""
