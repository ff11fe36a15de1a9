"""The lock of Linux and macOS between processes: a robust mutex, or a record lock where the C library has none."""
from __future__ import annotations

import errno
import os
import sys
import threading
import time
from multiprocessing import context, reduction
from typing import Any, Callable

from ..._deadline import deadline_after, time_left
from .posix import unnamed_file
from .pthreads import PTHREADS, RobustMutex

try:
    import fcntl
except ImportError:  # Windows
    pass

SHORTEST_NAP, LONGEST_NAP = 0.0005, 0.02
TRIES = 20  # without a pause, before a wait for a record lock sleeps between two


def new_mutex() -> Any:
    """Return a mutex between processes that is free again when its holder is killed.

    >>> if os.name == "posix":
    ...     mutex = new_mutex(); mutex.acquire(timeout=1); mutex.release(); mutex.close()
    ... else:
    ...     True
    True
    """
    return RobustMutex() if PTHREADS else RecordLock()


class RecordLock:
    """A record lock on a file without a name, for systems without robust mutexes.

    >>> if os.name == "posix":
    ...     lock = RecordLock(); lock.acquire(timeout=1); lock.release(); lock.close()
    ... else:
    ...     True
    True

    Closing any descriptor of its file drops it, so it must not travel in messages.
    Source: fcntl(2), advisory record locking.
    """

    owner_died = False

    def __init__(self) -> None:
        self._renew(unnamed_file())

    def _renew(self, descriptor: int) -> None:
        """Start as held by nobody in this process: record locks and threads are not inherited through a fork."""
        self._descriptor, self._owner, self._depth, self._pid = descriptor, 0, 0, os.getpid()
        self._threads = threading.RLock()  # a record lock keeps out other processes only

    def acquire(self, timeout: float | None = None) -> bool:
        if self._pid != os.getpid():
            self._renew(self._descriptor)
        deadline = deadline_after(timeout)
        if not self._threads.acquire(timeout=-1 if deadline is None else time_left(deadline) or 0):
            return False
        locked = self._depth > 0
        try:
            locked = locked or lock_file(self._descriptor, deadline)
        finally:
            if not locked:
                self._threads.release()
        if locked:
            self._owner, self._depth = threading.get_ident(), self._depth + 1
        return locked

    def release(self) -> None:
        if self._owner != threading.get_ident() or self._pid != os.getpid():
            raise RuntimeError("this thread does not hold the lock")
        self._depth -= 1
        if not self._depth:
            self._owner = 0
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "_descriptor") and not is_ending():
            self.close()

    def __getstate__(self) -> Any:
        context.assert_spawning(self)
        return reduction.DupFd(self._descriptor)

    def __setstate__(self, state: Any) -> None:
        self._renew(state.detach())


def lock_file(descriptor: int, deadline: float | None) -> bool:
    """Take the record lock on a file by the monotonic time `deadline`; False when it cannot be had by then.

    >>> if os.name == "posix":
    ...     descriptor = unnamed_file()
    ...     lock_file(descriptor, None); os.close(descriptor)
    ... else:
    ...     True
    True

    Record locks know no timed wait, so with a deadline this tries again after naps.
    """
    nap, tries = SHORTEST_NAP, 0
    while True:
        block = deadline is None and tries > TRIES
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | (0 if block else fcntl.LOCK_NB))
            return True
        except OSError as error:
            # The kernel takes a process for one thread, so it may see a deadlock (EDEADLK) where there is none.
            if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                raise
        if deadline is not None and time.monotonic() >= deadline:
            return False
        tries += 1
        if tries < TRIES:
            time.sleep(0)  # give way: whoever holds it will mostly be done in microseconds
        elif deadline is not None or block:
            time.sleep(nap)
            nap = min(2 * nap, LONGEST_NAP)
