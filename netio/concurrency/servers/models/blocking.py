"""What the models have in common that give each client a thread or a process of its own: they may block.

A blocking handler is simply called. A protocol runs there, too: on a private loop of one connection, with the transport
that the event models use. So there is one transport, and every protocol runs under every model.
"""
from __future__ import annotations

import contextlib
import logging
import socket
import sys
import threading
from typing import Any, Callable

from ..connections.manager import ConnectionManager
from ....events.loop import Loop, Poller
from ....events.pollers import make_simple_poller
from ..connections.executor import Executor
from .model import Limits, Model, HandlerSpec
from ..connections.transport import Transport

log = logging.getLogger("netio.servers")


def serve_socket(sock: socket.socket, address: Any, factory: Callable[[], Any], *, idle_timeout: float | None = None,
                 max_buffer: int = 1 << 20, executor: Executor | None = None,
                 on_start: Callable[[ConnectionManager], object] | None = None) -> None:
    """Run a protocol over one connected socket until the connection ends, and close the socket.

    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> ours, theirs = socket.socketpair()
    >>> theirs.send(b"hello"); theirs.shutdown(socket.SHUT_WR)
    5
    >>> serve_socket(ours, "somebody", EchoProtocol)
    >>> theirs.recv(100), theirs.recv(100)
    (b'hello', b'')
    >>> theirs.close()

    `on_start(manager)` is called once, so that another thread can stop the connection through `manager.loop`. What
    the protocol opens beside (`open_listener`, `open_connection`) is served too, and ends with this connection. What it
    runs in threads has ended when this returns, unless that is left to an `executor`.
    Raises: nothing for a peer or a protocol that fails; that is logged.
    """
    loop = Loop(make_simple_poller())
    transport: Transport | None = None  # none, if the protocol leaves by SystemExit before it has one

    def on_end() -> None:
        if transport not in manager.transports:
            loop.stop()

    manager = ConnectionManager(loop, on_end, idle_timeout=idle_timeout, max_buffer=max_buffer, executor=executor)
    try:
        if on_start is not None:
            on_start(manager)
        transport = manager.add(sock, address, factory)
        loop.run()
    finally:
        manager.close()
        if executor is None:
            manager.executor.close()
        loop.close()


class Job:
    """One accepted connection, to be served by its own thread or process: `run` there, `drain` and `abort` from here.

    >>> from netio.concurrency.servers.echo import echo
    >>> ours, theirs = socket.socketpair()
    >>> theirs.send(b"hello"); theirs.shutdown(socket.SHUT_WR)
    5
    >>> Job(HandlerSpec(handler=echo), Limits(), ours, "somebody").run()
    >>> theirs.recv(100)
    b'hello'
    >>> theirs.close()
    """

    def __init__(self, spec: HandlerSpec, limits: Limits, sock: socket.socket, address: Any,
                 executor: Executor | None = None) -> None:
        self._spec, self._limits = spec, limits
        self._sock, self._address, self._executor = sock, address, executor
        self._manager: ConnectionManager | None = None
        self._aborted = False

    def run(self) -> None:
        """Serve the connection to its end and close the socket; what the handler raises is logged, not raised."""
        factory, limits = self._spec.factory, self._limits
        try:
            if factory is not None:
                serve_socket(self._sock, self._address, factory, idle_timeout=limits.idle_timeout,
                             max_buffer=limits.max_buffer, executor=self._executor, on_start=self._on_start)
            else:
                self._call_handler()
        except OSError as error:  # no descriptors for a loop
            log.error("connection from %s: cannot be served: %s", self._address, error)
        finally:
            self._sock.close()

    def _call_handler(self) -> None:
        assert self._spec.handler is not None
        try:
            self._sock.settimeout(self._limits.idle_timeout)
            self._spec.handler(self._sock, self._address)
        except (ConnectionError, TimeoutError, socket.timeout) as error:  # a client that leaves is no fault of ours
            log.info("connection from %s: %s", self._address, error)
        except Exception as error:
            if self._aborted:  # it was we who ended the connection
                return log.info("connection from %s: %s", self._address, error)
            name = getattr(self._spec.handler, "__name__", "handler")
            log.exception("connection from %s: %s failed", self._address, name)

    def _on_start(self, manager: ConnectionManager) -> None:
        self._manager = manager
        if self._aborted:
            manager.loop.call_soon(manager.abort)

    def drain(self) -> None:
        """Let the protocol know that the server stops; a blocking handler is left alone."""
        if self._manager is not None:
            self._manager.loop.call_soon_threadsafe(self._manager.stop)

    def abort(self) -> None:
        """End the connection now: a handler that waits for the peer reads b""."""
        self._aborted = True
        if self._manager is not None:
            self._manager.loop.call_soon_threadsafe(self._manager.abort)
        elif self._spec.handler is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._sock.shutdown(socket.SHUT_RDWR)
            if sys.platform == "win32":  # where a shutdown does not wake a thread that waits in recv
                self._sock.close()


class BlockingModel(Model):
    """The base of the models that serve connections in threads of this process: it keeps their jobs.

    >>> from netio.concurrency.servers.echo import echo
    >>> model = BlockingModel(HandlerSpec(handler=echo), Limits(), None)
    >>> model.ended = lambda: print("one has ended")
    >>> ours, theirs = socket.socketpair()
    >>> theirs.shutdown(socket.SHUT_WR)
    >>> job = model.add_job(ours, "somebody")
    >>> len(model), model.run_job(job), len(model)
    one has ended
    (1, None, 0)
    >>> theirs.close()
    """

    def __init__(self, spec: HandlerSpec, limits: Limits, workers: int | None) -> None:
        super().__init__(spec, limits, workers)
        self._jobs: set[Job] = set()
        self._executor = Executor(limits.max_threads)

    def make_poller(self) -> Poller:
        return make_simple_poller()

    def add_job(self, sock: socket.socket, address: Any) -> Job:
        job = Job(self.spec, self.limits, sock, address, self._executor)
        self._jobs.add(job)
        return job

    def run_job(self, job: Job) -> None:
        try:
            job.run()
        except SystemExit:  # a handler that calls sys.exit ends its own work, not the thread that serves others, too
            log.info("%s: a handler has called sys.exit", threading.current_thread().name)
        finally:
            self._jobs.discard(job)
            self.ended()

    def __len__(self) -> int:
        return len(self._jobs)

    def drain(self) -> None:
        for job in self._jobs.copy():
            job.drain()

    def abort(self) -> None:
        for job in self._jobs.copy():
            job.abort()

    def close(self) -> None:
        self._executor.close()
