"""Model `fork`: a process for each client, made by `fork` (POSIX).

The child is a copy of the server at this moment, with the accepted connection open: it serves it and ends. The parent
closes its own copy of that connection, else the client would never see the end; the child closes its copy of the
listener, else the port would stay taken after the server.

Each child must be collected, or it stays a zombie. No signal handler is needed for that: the child holds the only
writing end of a pipe, which the system closes when the child ends, however it ends. The loop sees the end of the file
and collects.

Notes: multi-process network concurrency, 多进程并发 (where SIGCHLD is ignored instead, which breaks `subprocess`).
"""
from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import Any

from ...processes.fork import fork_child
from ...processes.reaping import reap_children
from ....events.pollers import make_simple_poller
from .blocking import Job
from ....events.loop import READ, Poller
from .model import Model

_AGAIN = 0.01  # seconds


class ForkModel(Model):
    """A forked process for each client.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server
    >>> def tell_pid(sock, address):
    ...     sock.sendall(b"%d" % os.getpid())
    >>> if hasattr(os, "fork"):
    ...     with Server(("127.0.0.1", 0), tell_pid, "fork") as server:
    ...         server.start()
    ...         with tcp.connect(server.address) as first, tcp.connect(server.address) as second:
    ...             assert len({first.recv(100), second.recv(100), b"%d" % os.getpid()}) == 3
    """

    name = "fork"
    max_connections = 256
    forks = True

    def open(self, server: Any) -> None:
        super().open(server)
        self._server = server
        self._children: set[int] = set()

    def make_poller(self) -> Poller:
        return make_simple_poller()

    def serve(self, sock: socket.socket, address: Any) -> None:
        alive, held_by_child = os.pipe()
        pid = fork_child(self._serve_in_child, sock, address, alive, warn_threads=False)
        os.close(held_by_child)
        sock.close()
        self._children.add(pid)
        self.loop.watch(alive, READ, lambda events: self._on_end(pid, alive))

    def _serve_in_child(self, sock: socket.socket, address: Any, alive: int) -> None:
        os.close(alive)
        _become_child()
        self._server.close_in_child()
        Job(self.spec, self.limits, sock, address).run()

    def _on_end(self, pid: int, alive: int) -> None:
        self.loop.unwatch(alive)
        os.close(alive)
        self._collect(pid)

    def _collect(self, pid: int) -> None:
        if reap_children([pid]):
            self._children.discard(pid)
            self.ended()
        else:  # it has closed its end, but has not quite ended
            self.loop.call_at(self.loop.now + _AGAIN, lambda now: self._collect(pid))

    def __len__(self) -> int:
        return len(self._children)

    def abort(self) -> None:
        self._signal(signal.SIGTERM)
        self.loop.call_at(self.loop.now + 0.5, lambda now: self._signal(signal.SIGKILL))

    def _signal(self, number: int) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def close(self) -> None:
        self._signal(signal.SIGKILL)
        for pid in self._children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _become_child() -> None:
    """Undo in a forked child what the server has arranged for signals: Ctrl-C is the parent's, SIGTERM ends."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
