"""Model `process`: a new process for each client, started by spawn (everywhere).

A spawned process is a fresh interpreter: it copies nothing, imports the handler's module by name, and gets the accepted
socket sent over. So it works on Windows and in a program with threads, and takes 50 ms and more to start: right where
each client is served for long, or must not bring the others down.

The handler must be importable: a function or class of a module, and a script needs `if __name__ == "__main__":`.
"""
from __future__ import annotations

import multiprocessing
import socket
from typing import Any

from ...processes.signals import spawning_unheard
from .blocking import Job
from .children import Children, become_child
from .handover import SocketParcel
from .model import HandlerSpec, Limits, Model


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

    _children: Children | None = None

    def open(self, server: Any) -> None:
        self.spec.check_spawnable()
        super().open(server)
        self._children = Children(self.loop)

    def serve(self, sock: socket.socket, address: Any) -> None:
        process = multiprocessing.get_context("spawn").Process(
            target=_serve_in_process, args=(self.spec, self.limits, SocketParcel(sock), address), daemon=True)
        with spawning_unheard():
            process.start()
        sock.close()
        self._children.add(process, lambda child: self.ended())  # type: ignore[union-attr]

    def __len__(self) -> int:
        return 0 if self._children is None else len(self._children)

    def abort(self) -> None:
        self._children.terminate()  # type: ignore[union-attr]

    def close(self) -> None:
        if self._children is not None:
            self._children.close()


def _serve_in_process(spec: HandlerSpec, limits: Limits, parcel: SocketParcel, address: Any) -> None:
    become_child()
    Job(spec, limits, parcel.open(), address).run()
