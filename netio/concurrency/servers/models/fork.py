"""Model `fork`: a process for each client, made by `fork` (POSIX).

The child is a copy of the server at this moment, with the accepted connection open: it serves it and ends. The parent
closes its own copy of that connection, else the client would never see the end; the child closes its copy of the
listener, else the port would stay taken after the server.

Each child must be collected, or it stays a zombie (children.py). No signal handler is needed for that.

Notes: multi-process network concurrency, 多进程并发 (where SIGCHLD is ignored instead, which breaks `subprocess`).
"""
from __future__ import annotations

import socket
from typing import Any

from .blocking import Job
from .children import Children, ForkedChild, become_child
from .model import Model

_KILL_AFTER = 0.5  # seconds that a child gets to end by SIGTERM


class ForkModel(Model):
    """A forked process for each client.

    >>> import os
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

    _children: Children | None = None

    def open(self, server: Any) -> None:
        super().open(server)
        self._server = server
        self._children = Children(self.loop)

    def serve(self, sock: socket.socket, address: Any) -> None:
        child = ForkedChild(self._serve_in_child, sock, address)
        sock.close()
        self._children.add(child, lambda child: self.ended())  # type: ignore[union-attr]

    def _serve_in_child(self, sock: socket.socket, address: Any) -> None:
        become_child()
        self._server.close_in_child()
        Job(self.spec, self.limits, sock, address).run()

    def __len__(self) -> int:
        return 0 if self._children is None else len(self._children)

    def abort(self) -> None:
        children = self._children
        assert children is not None
        children.terminate()
        self.loop.call_at(self.loop.now + _KILL_AFTER, lambda now: children.kill())

    def close(self) -> None:
        if self._children is not None:
            self._children.close()
