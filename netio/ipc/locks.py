"""Locks and events between processes that no killed process can break.

A `multiprocessing.Lock` is a semaphore: when its holder is killed it stays taken, and all others wait for ever. These
locks are free again when their holder ends in whatever way: on Linux a robust mutex in shared memory
(`system.pthreads`), elsewhere on POSIX a record lock on a file without a name, on Windows a kernel mutex. An event is a
level, not a count: a byte in a pipe, or Windows' manual-reset event. Taking and freeing a lock also orders memory: what
was written before a release is seen after the next acquire.
"""
from __future__ import annotations

import sys
from typing import Any

from .ends import End

if sys.platform == "win32":
    from .system.windows import Flag, new_mutex
else:
    from .system.posix import Flag
    from .system.posix_locks import new_mutex


class Lock:
    """A lock between processes and threads which the system frees when its holder is killed.

    >>> lock = Lock()
    >>> with lock:
    ...     with lock:  # the holder may take it again
    ...         print("held")
    held
    >>> lock.acquire(timeout=1)
    True
    >>> lock.release(); lock.close()

    Any number of processes may hold this object; give it to them as an argument. On Linux with glibc it may also travel
    in messages. `acquire` says whether it got the lock within `timeout` seconds. What the killed holder left half done
    under the lock is yours to find: `owner_died` says that there was one.

    Raises: RuntimeError from `release` in a thread that does not hold it, and where it is pickled for anything but a
    process's start (macOS, Windows, musl). The stdlib: `multiprocessing.RLock`, which a killed holder keeps for ever.
    """

    def __init__(self) -> None:
        self.__setstate__(new_mutex())

    @property
    def owner_died(self) -> bool:
        """Whether this process has ever found the lock's holder dead; always False on macOS, which cannot know."""
        return bool(self._mutex.owner_died)

    def close(self) -> None:
        """Close it in this process; the others go on."""
        self._mutex.close()

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def __getstate__(self) -> Any:
        return self._mutex

    def __setstate__(self, mutex: Any) -> None:
        self._mutex = mutex
        self.acquire, self.release = mutex.acquire, mutex.release  # bound once: a call less for each turn


class Event(Flag, End):
    """A flag between processes that any of them sets, clears and waits for.

    >>> event = Event()
    >>> event.wait(timeout=0)
    False
    >>> event.set(); event.set(); event.wait(), event.is_set()
    (True, True)
    >>> event.clear(); event.is_set()
    False
    >>> event.close()

    `wait` says whether the flag was set within `timeout` seconds. No lock is held at any time, so a killed
    process harms nobody. On POSIX `fileno` can be polled together with sockets.

    The stdlib: `multiprocessing.Event`, a condition with semaphores, which a waiter killed at the wrong time can
    block.
    """
