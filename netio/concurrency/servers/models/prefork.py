"""Model `prefork`: a fixed number of processes, started before the first client comes; each serves one client at a
time.

No process is started while a client waits, and a handler that crashes brings down one worker, which is replaced. When
all are busy, the system's queue holds whoever comes. By fork where there is fork, else by spawn.

All the work is done in workers.py, which runs any model in several processes: here it is the iterative one.
"""
from __future__ import annotations

from .workers import WorkersModel


class PreforkModel(WorkersModel):
    """A fixed number of processes (`workers`, as many as processors if not given), one client at a time each.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import Server, echo
    >>> with Server(("127.0.0.1", 0), echo, "prefork", workers=1) as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'
    """

    name = "prefork"
    inner = "iterative"
