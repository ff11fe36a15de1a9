"""`select`: one thread asks the system which of many sockets are ready, by the oldest call for that.

All sockets of interest are handed over at each call and looked at one by one, by the system and again by us: the time
grows with the number of connections, not with that of the ready ones. It exists everywhere, for at most 1024
descriptors (POSIX, and no descriptor above 1023) or 512 sockets (Windows).

>>> import socket
>>> ours, theirs = socket.socketpair()
>>> select.select([ours], [ours], [], 0) == ([], [ours], [])  # nothing to read, but there is room to write
True
>>> theirs.send(b"hello")
5
>>> select.select([ours], [ours], [], 0) == ([ours], [ours], [])
True
>>> ours.close(); theirs.close()

Source: select(2). Notes: IO multiplexing, select.
"""
from __future__ import annotations

import errno
import os
import select
import time

from .loop import READ, WRITE

_HIGHEST = 1023  # FD_SETSIZE - 1, where descriptors are small integers


class SelectPoller:
    """`select.select` in the shape of `select.poll`: what is watched is kept here, not by the system.

    >>> import socket
    >>> ours, theirs = socket.socketpair()
    >>> poller = SelectPoller()
    >>> poller.register(ours.fileno(), READ | WRITE)
    >>> poller.poll(0) == [(ours.fileno(), WRITE)]
    True
    >>> ours.close(); theirs.close()

    Raises: OSError (EMFILE) for a descriptor that select cannot watch, which is one above `highest`.
    """

    highest = _HIGHEST if os.name == "posix" else None

    def __init__(self) -> None:
        self._readers: set[int] = set()
        self._writers: set[int] = set()

    def register(self, fd: int, eventmask: int) -> None:
        if os.name == "posix" and fd > _HIGHEST:
            raise OSError(errno.EMFILE, f"select cannot watch descriptor {fd}: the highest is {_HIGHEST}")
        self.modify(fd, eventmask)

    def modify(self, fd: int, eventmask: int) -> None:
        for kind, watched in ((READ, self._readers), (WRITE, self._writers)):
            (watched.add if eventmask & kind else watched.discard)(fd)

    def unregister(self, fd: int) -> None:
        self._readers.discard(fd)
        self._writers.discard(fd)

    def poll(self, timeout: float) -> list[tuple[int, int]]:
        if not self._readers and not self._writers:  # Windows refuses to wait for nothing
            time.sleep(timeout)
            return []
        # On Windows a connection attempt that failed is exceptional, not writable.
        readable, writable, failed = select.select(self._readers, self._writers, self._writers, timeout)
        events = dict.fromkeys(readable, READ)
        for fd in {*writable, *failed}:
            events[fd] = events.get(fd, 0) | WRITE
        return list(events.items())

    def close(self) -> None:
        self._readers.clear()
        self._writers.clear()
