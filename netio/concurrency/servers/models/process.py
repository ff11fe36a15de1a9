"""Model `process`: a new process for each client, started by spawn (everywhere).

A spawned process is a fresh interpreter: it copies nothing, imports the handler's module by name, and gets the accepted
socket sent over. So it works on Windows and in a program with threads, and takes 50 ms and more to start: right where
each client is served for long, or must not bring the others down.

The handler must be importable: a function or class of a module, and a script needs `if __name__ == "__main__":`.
"""
from __future__ import annotations

import multiprocessing
import signal
import socket
from multiprocessing.context import SpawnProcess
from typing import Any

from ....events.pollers import make_simple_poller
from .blocking import Job
from .handover import SocketParcel
from ....events.loop import Poller
from .model import Limits, Model, HandlerSpec
from .watching import call_when_ended


class ProcessModel(Model):
    """A spawned process for each client.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, echo
    >>> with Server(("127.0.0.1", 0), echo, "process") as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'
    """

    name = "process"
    max_connections = 64

    def open(self, server: Any) -> None:
        super().open(server)
        self._processes: set[SpawnProcess] = set()

    def make_poller(self) -> Poller:
        return make_simple_poller()

    def serve(self, sock: socket.socket, address: Any) -> None:
        process = multiprocessing.get_context("spawn").Process(
            target=_serve_in_process, args=(self.spec, self.limits, SocketParcel(sock), address), daemon=True)
        process.start()
        sock.close()
        self._processes.add(process)
        call_when_ended(self.loop, process, self._on_end)

    def _on_end(self, process: Any) -> None:
        self._processes.discard(process)
        process.close()
        self.ended()

    def __len__(self) -> int:
        return len(self._processes)

    def abort(self) -> None:
        for process in self._processes:
            process.terminate()

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()
            process.close()


def _serve_in_process(spec: HandlerSpec, limits: Limits, parcel: SocketParcel, address: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    Job(spec, limits, parcel.open(), address).run()
