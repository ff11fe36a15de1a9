"""`kqueue`: the system keeps what is watched, and returns only what is ready (macOS and the BSDs).

As epoll, but reading and writing are two *filters*, each added and deleted by itself, and the same queue also reports
processes, signals and files.

>>> import socket
>>> if hasattr(select, "kqueue"):
...     ours, theirs = socket.socketpair()
...     poller = KqueuePoller()
...     poller.register(ours.fileno(), READ)
...     assert poller.poll(0) == []
...     theirs.send(b"hello") and None
...     assert poller.poll(0) == [(ours.fileno(), READ)]
...     ours.close(); theirs.close(); poller.close()

Source: kqueue(2). Notes: IO multiplexing.
"""
from __future__ import annotations

import select

from .loop import READ, WRITE

_BATCH = 1024


class KqueuePoller:
    """`select.kqueue` in the shape of `select.poll`.

    >>> if hasattr(select, "kqueue"):
    ...     poller = KqueuePoller()
    ...     assert poller.poll(0) == []
    ...     poller.close()

    A change that the system refuses (OSError) leaves no trace here: the descriptor's number will be another's soon.
    """

    def __init__(self) -> None:
        self._queue = getattr(select, "kqueue")()
        self._event = getattr(select, "kevent")
        self._filters = {READ: getattr(select, "KQ_FILTER_READ"), WRITE: getattr(select, "KQ_FILTER_WRITE")}
        self._kinds = {number: kind for kind, number in self._filters.items()}
        self._add, self._delete = getattr(select, "KQ_EV_ADD"), getattr(select, "KQ_EV_DELETE")
        self._watched: dict[int, int] = {}

    def register(self, fd: int, eventmask: int) -> None:
        self._change(fd, self._watched.get(fd, 0), eventmask)
        self._watched[fd] = eventmask

    modify = register

    def unregister(self, fd: int) -> None:
        self._change(fd, self._watched.pop(fd), 0)

    def _change(self, fd: int, before: int, after: int) -> None:
        """Add and delete the filters in which `before` and `after` differ; to delete one that is not there fails."""
        changes = [
            self._event(fd, number, self._add if after & kind else self._delete)
            for kind, number in self._filters.items() if (before ^ after) & kind
        ]
        if changes:
            self._queue.control(changes, 0, 0)

    def poll(self, timeout: float) -> list[tuple[int, int]]:
        events: dict[int, int] = {}
        for event in self._queue.control(None, _BATCH, timeout):
            events[event.ident] = events.get(event.ident, 0) | self._kinds[event.filter]
        return list(events.items())

    def close(self) -> None:
        self._queue.close()
