"""When to accept no more: before the descriptors run out, not when they have.

A server that accepts its last descriptor away can serve nobody: a protocol needs some for files and data connections,
and the program for whatever it does beside. The system gives out the lowest number that is free, so the number of a new
descriptor says how many are taken. That of the accepted socket is not enough where this process closes it again and
keeps others for it, as the forking models do: so now and then one is made only to see its number.
"""
from __future__ import annotations

import errno
import os
import socket
from typing import Any

from ....events.logs import SafeLog
try:
    import resource
except ImportError:  # Windows, whose sockets are not numbered in a row, and have no such limit
    resource = None  # type: ignore[assignment]

log = SafeLog("netio.servers")

RETRY = 1.0  # seconds until it is tried again, if nobody has gone meanwhile
_SPARE = 64  # descriptors that are left for others, or a quarter where there are few
_LOOK_EACH = 8  # accepted sockets, as long as most descriptors are free
_OF_ONE_CLIENT = ("ECONNABORTED", "EPERM", "EPROTO", "ENETDOWN", "ENOPROTOOPT", "EHOSTDOWN", "ENONET", "EHOSTUNREACH",
                  "EOPNOTSUPP", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET", "WSAECONNRESET",
                  "ENOTCONN", "WSAENOTCONN")  # see accept(2); the last ones: reset before it was accepted
_TRANSIENT = {getattr(errno, name) for name in _OF_ONE_CLIENT if hasattr(errno, name)}
_NO_ROOM = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE}


def has_no_room(error: BaseException) -> bool:
    """Return whether the system has no descriptor, memory or process left just now, so that waiting may help.

    >>> has_no_room(BlockingIOError(errno.EAGAIN, "fork")), has_no_room(ConnectionResetError(errno.ECONNRESET, "recv"))
    (True, False)
    """
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def _lowest_free(number: int) -> int:
    """Return the lowest number that is free, or `number` if there is none."""
    try:
        free = os.dup(number)
    except OSError:
        return number
    os.close(free)
    return free


class DescriptorWatch:
    """Judges what accepting at `address` came to: go on, or pause for RETRY seconds or until a connection has ended.

    >>> watch = DescriptorWatch(("127.0.0.1", 8000))
    >>> ours, theirs = socket.socketpair()
    >>> watch.is_short(ours), watch.must_pause(OSError(errno.EPROTO, "a client's own trouble"))
    (False, False)
    >>> ours.close(); theirs.close()

    It logs the first time that a server has to pause, not each time. `highest` is the highest number that the poller
    can watch, if it has one.
    """

    def __init__(self, address: Any, highest: int | None = None) -> None:
        self._address = address
        self._warned = False
        self._count = 0
        self._near = False  # more than half of them were taken when that was last looked at
        limits = [] if highest is None else [highest + 1]
        if resource is not None:
            limits.append(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        limits = [limit for limit in limits if limit > 0]  # -1 is RLIM_INFINITY
        self._limit = min(limits) - min(_SPARE, min(limits) // 4) if limits else None

    def is_short(self, sock: socket.socket) -> bool:
        """Return whether `sock`, which was accepted just now, ought to be the last one for now."""
        if self._limit is None:
            return False
        number = sock.fileno()
        self._count += 1
        if self._near or self._count % _LOOK_EACH == 0:
            number = max(number, _lowest_free(number))
            self._near = 2 * number >= self._limit
        if number < self._limit:
            return False
        self.warn("few descriptors are left")
        return True

    def must_pause(self, error: OSError | MemoryError) -> bool:
        """Return whether to pause after an error of `accept`; those of one client's network are logged and no more."""
        if isinstance(error, OSError) and error.errno in _TRANSIENT:
            log.warning("accepting at %s: %s", self._address, error)
            return False
        self.warn(error if str(error) else type(error).__name__)
        return True

    def warn(self, why: object) -> None:
        """Log why the server pauses."""
        if not self._warned:
            log.error("accepting at %s pauses: %s", self._address, why)
        self._warned = True
