"""What the models have in common that serve each client in a thread or a process: they may block.

A blocking handler is simply called. A protocol runs there, too: on a private loop of one connection, with the transport
that the event models use. So there is one transport, and every protocol runs under every model.
"""
from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
from typing import Any, Callable

from ....events.logs import SafeLog
from ....events.loop import Loop, is_ctrl_c
from ....events.pollers import make_simple_poller
from ..connections.executor import Executor
from ..connections.manager import ConnectionManager
from ..connections.transport import Transport
from .model import HandlerSpec, Limits, Model, ModelInfo

log = SafeLog("netio.servers")


def serve_socket(sock: socket.socket, address: Any, factory: Callable[[], Any], *, idle_timeout: float | None = None,
                 max_buffer: int = 1 << 20, executor: Executor | None = None, loop: Loop | None = None,
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
    runs in threads has ended when this returns, unless that is left to an `executor`. A thread that serves one
    connection after the other can lend its `loop`.
    Raises: nothing for a peer or a protocol that fails; that is logged.
    """
    with contextlib.ExitStack() as stack:
        if loop is None:
            loop = Loop(make_simple_poller())
            stack.callback(loop.close)
        loop.reset()
        if executor is None:
            executor = Executor()
            stack.callback(executor.close)
        transport: Transport | None = None

        def on_end() -> None:
            if transport not in manager.transports:
                loop.stop()

        manager = ConnectionManager(loop, on_end, idle_timeout=idle_timeout, max_buffer=max_buffer, executor=executor)
        stack.callback(manager.close)
        if on_start is not None:
            on_start(manager)
        transport = manager.add(sock, address, factory)
        loop.run()


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

    def run(self, loop: Loop | None = None) -> None:
        """Serve the connection to its end and close the socket; what the handler raises is logged, not raised."""
        try:
            if self._spec.factory is not None:
                limits = self._limits
                serve_socket(self._sock, self._address, self._spec.factory, idle_timeout=limits.idle_timeout,
                             max_buffer=limits.max_buffer, executor=self._executor, loop=loop, on_start=self._on_start)
            else:
                self._sock.settimeout(self._limits.idle_timeout)
                self._spec.handler(self._sock, self._address)  # type: ignore[misc]
        except BaseException as error:
            self._report(error)
        finally:
            try:
                self._sock.close()
            except OSError:  # it is closed all the same
                pass

    def _report(self, error: BaseException) -> None:
        """Log why the handler has ended: the client has left, or we have ended the connection, or it is a mistake."""
        if is_ctrl_c(error):
            raise error
        if self._aborted or isinstance(error, (ConnectionError, TimeoutError, socket.timeout)):
            log.info("connection from %s: %s", self._address, error)
        else:
            name = getattr(self._spec.handler or self._spec.factory, "__name__", "handler")
            log.error("connection from %s: %s failed", self._address, name, error=error)

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
    >>> info = ModelInfo(BlockingModel, max_connections=1)
    >>> model = BlockingModel(info, HandlerSpec(handler=echo), Limits(), None)
    >>> model.ended = lambda: print("one has ended")
    >>> ours, theirs = socket.socketpair()
    >>> theirs.shutdown(socket.SHUT_WR)
    >>> job = model.add_job(ours, "somebody")
    >>> len(model), model.run_job(job), len(model)
    one has ended
    (1, None, 0)
    >>> theirs.close()
    """

    def __init__(self, info: ModelInfo, spec: HandlerSpec, limits: Limits, workers: int | None) -> None:
        super().__init__(info, spec, limits, workers)
        self._jobs: set[Job] = set()
        self._executor = Executor(limits.max_threads)
        self._turns = threading.Lock()  # so that many clients who ask for much at once get no more of the GIL than one

    def make_loop(self) -> Loop | None:
        """Return the loop in which a thread runs protocols, one after the other; handlers need none.

        It is made before a connection is accepted, which then cannot fail for want of a descriptor.
        """
        return None if self.spec.factory is None else Loop(make_simple_poller(), self._turns)

    def start_thread(self, work: Callable[[Loop | None], object]) -> None:
        """Start a thread that does `work(loop)`. Raises: OSError when there is no room for it."""
        loop = self.make_loop()
        try:
            threading.Thread(target=self._run_thread, args=(work, loop), daemon=True).start()
        except BaseException as error:
            if loop is not None:
                loop.close()
            if isinstance(error, RuntimeError):
                raise OSError(errno.EAGAIN, str(error)) from None
            raise

    def _run_thread(self, work: Callable[[Loop | None], object], loop: Loop | None) -> None:
        try:
            work(loop)
        finally:
            if loop is not None:
                loop.close()

    def add_job(self, sock: socket.socket, address: Any) -> Job:
        job = Job(self.spec, self.limits, sock, address, self._executor)
        self._jobs.add(job)
        return job

    def run_job(self, job: Job, loop: Loop | None = None) -> None:
        try:
            job.run(loop)
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
