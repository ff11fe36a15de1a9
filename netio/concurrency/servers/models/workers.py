"""Several processes that accept from one listener, each running a model of its own: `prefork`, and `workers=N`.

Model `prefork` is a fixed number of processes, started before the first client comes, of which each serves one client
at a time; an event model with `workers=N` runs its loop in N processes. No process is started while a client waits, and
a handler that crashes brings down one worker, which is replaced. When all are busy, the system's queue holds whoever
comes. By fork where there is fork, else by spawn.

All of them wait for the same listening socket, and the system gives each connection to one. The server itself accepts
nothing; it starts the workers, replaces one that dies, and passes a shutdown on. Each worker has one end of a socket
pair whose other end is here: what is written there stops it, and so does the end of the file, if this process dies.
"""
from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import threading
import time
from typing import Any

from ....events.logs import SafeLog
from ...processes.fork import closing_failed_fork
from ..control import MOST_READ, pack_grace, unpack_grace
from .children import Children, become_child
from .handover import SocketParcel
from .model import HandlerSpec, Limits, Model, ModelInfo

log = SafeLog("netio.servers")

_MIN_LIFETIME = 1.0  # seconds: a worker that dies sooner than this after its start is replaced only then
_KILL_AFTER = 0.2  # seconds that a worker gets to end by itself when its connections were aborted
_LAST_GRACE = 2.0  # seconds, the same for one whose parent was killed


class WorkersModel(Model):
    """Processes that each run the model `inner` on the same listener (`workers`, as many as processors if not
    given).

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, EchoProtocol
    >>> with Server(("127.0.0.1", 0), EchoProtocol, "select", workers=2) as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'
    """

    _children: Children | None = None

    def __init__(self, info: ModelInfo, spec: HandlerSpec, limits: Limits, workers: int | None,
                 inner: str = "iterative") -> None:
        self._forks = hasattr(os, "fork")
        super().__init__(info._replace(forks=self._forks), spec, limits, workers)
        self._inner = inner
        self._context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._controls: dict[Any, socket.socket] = {}  # of each worker
        self._draining = False

    def open(self, server: Any) -> None:
        if not self._forks:
            self.spec.check_spawnable()
        super().open(server)
        self._server = server
        self._children = Children(self.loop)
        for _ in range(self.workers or os.cpu_count() or 1):
            self._start_worker(self.loop.now)

    def _start_worker(self, now: float) -> None:
        if self._draining:
            return
        control, ours = socket.socketpair()
        others = [*self._controls.values(), ours] if self._forks else []
        process = self._context.Process(target=_run_worker, daemon=True, args=(
            self._server.for_worker, self._inner, self.spec, self.limits,
            SocketParcel(self._server.listener), SocketParcel(control), others))
        try:
            with closing_failed_fork():
                process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            control.close()
        self._controls[process] = ours
        self._children.add(process, lambda child: self._on_end(child, now))  # type: ignore[union-attr]

    def _on_end(self, process: Any, started: float) -> None:
        self._controls.pop(process).close()
        if not self._draining:
            log.error("worker %d ended with status %s: another one is started", process.pid, process.exitcode)
            self.loop.call_at(max(self.loop.now, started + _MIN_LIFETIME), self._start_again)
        self.ended()

    def _start_again(self, now: float) -> None:
        try:
            self._start_worker(now)
        except OSError as error:  # no room for another process
            log.error("no worker can be started: %s", error)
            self.loop.call_at(now + _MIN_LIFETIME, self._start_again)

    def __len__(self) -> int:
        return len(self._controls)

    def drain(self) -> None:
        self._draining = True
        self._send_grace(self.limits.grace)

    def abort(self) -> None:
        children = self._children
        assert children is not None
        self._send_grace(0)
        self.loop.call_at(self.loop.now + _KILL_AFTER, lambda now: children.kill())  # those that are busy

    def _send_grace(self, grace: float) -> None:
        for control in self._controls.values():
            try:
                control.send(pack_grace(grace))
            except OSError:
                continue  # it is ending by itself

    def close(self) -> None:
        if self._children is not None:
            self._children.close()
        for control in self._controls.values():
            control.close()
        self._controls.clear()


def _run_worker(for_worker: Any, model: str, spec: HandlerSpec, limits: Limits,
                listener: SocketParcel, control: SocketParcel, others: list[socket.socket]) -> None:
    """A worker's whole life. `others` are the parent's ends, which a forked child must not keep open."""
    for sock in others:
        sock.close()
    become_child()
    with for_worker(listener.open(), spec, model, limits) as server:
        listening = threading.Thread(target=_obey, args=(control.open(), server), daemon=True)
        setattr(listening, "holds_no_lock", True)  # a handler may fork beside it
        listening.start()
        server.serve_forever()


def _obey(control: socket.socket, server: Any) -> None:
    """Stop when the parent says so, and without a parent; in a thread, for a handler may keep the other one busy."""
    with contextlib.suppress(OSError):  # Windows: a parent that was killed resets the connection
        while data := control.recv(MOST_READ):
            server.shutdown(unpack_grace(data))
    server.shutdown()
    time.sleep(server.limits.grace + _LAST_GRACE)
    os._exit(1)  # a handler that does not end, and nobody else to end it
