"""A stand-in for `select.kqueue`, after its manual page, so that the model runs where the system has none."""
from __future__ import annotations

import errno
import os
import select
import time
from collections import namedtuple

READ_FILTER, WRITE_FILTER, ADD, DELETE = -1, -2, 1, 2  # the values of macOS
Event = namedtuple("Event", "ident filter flags", defaults=(READ_FILTER, ADD))


class FakeKqueue:
    """Level-triggered, a filter at a time; what select says is reported, an end of file among it."""

    def __init__(self):
        self.filters = set()
        self.closed = False

    def control(self, changes, most, timeout=None):
        assert not self.closed
        for event in changes or []:
            self._change(event)
        return self._wait(most, timeout) if most else []

    def _change(self, event):
        check_open(event.ident)
        key = event.ident, event.filter
        if event.flags == ADD:
            self.filters.add(key)
        elif key in self.filters:
            self.filters.remove(key)
        else:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))

    def _wait(self, most, timeout):
        assert timeout is None or timeout >= 0
        for key in list(self.filters):  # to close a descriptor deletes its filters
            try:
                check_open(key[0])
            except OSError:
                self.filters.remove(key)
        readers = [fd for fd, kind in self.filters if kind == READ_FILTER]
        writers = [fd for fd, kind in self.filters if kind == WRITE_FILTER]
        if not readers and not writers:
            time.sleep(timeout)
            return []
        readable, writable, _ = select.select(readers, writers, [], timeout)
        events = [Event(fd, READ_FILTER) for fd in readable] + [Event(fd, WRITE_FILTER) for fd in writable]
        return events[:most]

    def close(self):
        self.closed = True


def check_open(fd):
    """Raises: OSError (EBADF) for a descriptor that is closed."""
    if os.name == "nt":
        select.select([fd], [], [], 0)  # a socket there is no descriptor
    else:
        os.fstat(fd)


def install(monkeypatch):
    """Let `select` have a kqueue."""
    for name, value in [("kqueue", FakeKqueue), ("kevent", Event), ("KQ_FILTER_READ", READ_FILTER),
                        ("KQ_FILTER_WRITE", WRITE_FILTER), ("KQ_EV_ADD", ADD), ("KQ_EV_DELETE", DELETE)]:
        monkeypatch.setattr(select, name, value, raising=False)
