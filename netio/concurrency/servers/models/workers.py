"""Several processes that accept from one listener, each running a model of its own: `prefork`, and `workers=N`.

All of them wait for the same listening socket, and the system gives each connection to one. The server itself accepts
nothing; it starts the workers, replaces one that dies, and passes a shutdown on. Each worker has one end of a socket
pair whose other end is here: what is written there stops it, and so does the end of the file, if this process dies.
"""
from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import struct
from multiprocessing.process import BaseProcess
from typing import Any

from ....events.pollers import make_simple_poller
from .handover import SocketParcel
from ....events.loop import Poller
from .model import Limits, Model, HandlerSpec
from .watching import call_when_ended

log = logging.getLogger("netio.servers")

_MIN_LIFETIME = 1.0  # seconds: a worker that dies sooner than this after its start is replaced only then
_KILL_AFTER = 0.2  # seconds that a worker gets to end by itself when its connections were cut
_GRACE = struct.Struct("!d")


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

    accepts = False
    takes_workers = True
    forks = hasattr(os, "fork")
    inner = "iterative"

    def __init__(self, spec: HandlerSpec, limits: Limits, workers: int | None, inner: str = "") -> None:
        super().__init__(spec, limits, workers)
        self.inner = inner or self.inner
        self.forks = hasattr(os, "fork")
        self._context: Any = multiprocessing.get_context("fork" if self.forks else "spawn")
        self._workers: dict[BaseProcess, socket.socket] = {}
        self._draining = False

    def make_poller(self) -> Poller:
        return make_simple_poller()

    def open(self, server: Any) -> None:
        super().open(server)
        self._server = server
        for _ in range(self.workers or os.cpu_count() or 1):
            self._start_worker(self.loop.now)

    def _start_worker(self, now: float) -> None:
        if self._draining:
            return
        control, ours = socket.socketpair()
        others = [*self._workers.values(), ours] if self.forks else []
        process = self._context.Process(target=_run_worker, daemon=True, args=(
            type(self._server), self.inner, self.spec, self.limits,
            SocketParcel(self._server.listener), SocketParcel(control), others))
        process.start()
        control.close()
        self._workers[process] = ours
        call_when_ended(self.loop, process, lambda process: self._on_end(process, now))

    def _on_end(self, process: Any, started: float) -> None:
        self._workers.pop(process).close()
        if not self._draining:
            log.error("worker %d ended with status %s: another one is started", process.pid, process.exitcode)
            self.loop.call_at(max(self.loop.now, started + _MIN_LIFETIME), self._start_worker)
        process.close()
        self.ended()

    def __len__(self) -> int:
        return len(self._workers)

    def drain(self) -> None:
        self._draining = True
        self._send_grace(self.limits.grace)

    def abort(self) -> None:
        self._send_grace(0)
        self.loop.call_at(self.loop.now + _KILL_AFTER, lambda now: self._kill())  # those that are busy and cannot hear

    def _send_grace(self, grace: float) -> None:
        for control in self._workers.values():
            try:
                control.send(_GRACE.pack(grace))
            except OSError:
                continue  # it is ending by itself

    def _kill(self) -> None:
        for process in self._workers:
            process.kill()

    def close(self) -> None:
        for process, control in self._workers.items():
            process.kill()
            process.join()
            process.close()
            control.close()


def _run_worker(server_type: Any, model: str, spec: HandlerSpec, limits: Limits,
                listener: SocketParcel, control: SocketParcel, others: list[socket.socket]) -> None:
    """A worker's whole life. `others` are the parent's ends, which a forked child must not keep open."""
    for sock in others:
        sock.close()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with server_type.for_worker(listener.open(), spec, model, limits, control.open()) as server:
        server.serve_forever()
