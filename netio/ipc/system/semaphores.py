"""Linux's semaphores in shared memory: a number that the processor changes in one step, no descriptor.

`ctypes` calls the C library. Trying and giving back never block, so they keep the GIL, which is faster; waiting
releases it, in slices, so that Ctrl-C comes through. Source: sem_init(3), sem_overview(7).
"""
from __future__ import annotations

import errno
import sys
import time
from functools import partial
from typing import Any

from ..._deadline import deadline_after, time_left
from .pieces import Piece

SEMAPHORE_SIZE = 64  # bytes: more than any platform's sem_t (32)
SHARED = 1  # between processes
SLICE = 0.25  # seconds: how long one wait may last, so that Python looks for signals, and for a lost wake-up

_libc: Any = None
_waiting: Any = None
if sys.platform == "linux":
    try:
        import ctypes
        _libc = getattr(ctypes, "PyDLL", ctypes.CDLL)(None)  # keeps the GIL; PyPy has no PyDLL
        _waiting = ctypes.CDLL(None)  # releases it
    except (ImportError, OSError):  # a Python built without libffi
        pass


def _wait(semaphore: Any, left: float | None) -> bool:
    """Wait for a unit for a slice of the time that is left; return whether it was taken."""
    seconds = SLICE if left is None else min(SLICE, left)
    if hasattr(_waiting, "sem_clockwait"):
        return not _waiting.sem_clockwait(semaphore, time.CLOCK_MONOTONIC, _timespec(time.monotonic() + seconds))
    return not _waiting.sem_timedwait(semaphore, _timespec(time.time() + seconds))  # musl, and glibc before 2.30


def _timespec(seconds: float) -> Any:
    return ctypes.byref((ctypes.c_long * 2)(int(seconds), int(seconds % 1 * 1e9)))


def _closed() -> int:
    raise OSError(errno.EBADF, "this end is closed")


class Counter:
    """A counter in shared memory: `release` adds to it, `acquire` takes 1, or waits.

    >>> if sys.platform == "linux":
    ...     units = Counter(1)
    ...     print(units.acquire(), units.acquire(timeout=0), units.get_value())
    ...     units.close()
    ... else:
    ...     print(True, False, 0)
    True False 0

    Both are one step of the processor, so a killed process leaves it whole; a waiter that a killed one has not woken
    looks again within a slice.
    Raises: OverflowError above 2**31 - 1 units; OSError once it is closed; NotImplementedError where Python has no
    ctypes.
    """

    _piece: Any
    _semaphore: Any

    def __init__(self, value: int) -> None:
        if _libc is None:
            raise NotImplementedError("a semaphore needs ctypes, which this Python was built without")
        self.__setstate__(Piece(SEMAPHORE_SIZE))
        _libc.sem_init(self._semaphore, SHARED, value)

    def acquire(self, timeout: float | None = None) -> bool:
        """Take one unit; False when there was none for `timeout` seconds."""
        if not self._try():
            return True
        deadline = deadline_after(timeout)
        while time_left(deadline) != 0:
            if _wait(self._semaphore, time_left(deadline)):
                return True
        return False

    def release(self, units: int = 1) -> None:
        """Give units back, or new ones."""
        for _ in range(units):
            if self._post():
                raise OverflowError("a semaphore has at most 2**31 - 1 units")

    def get_value(self) -> int:
        """Return how many units could be taken."""
        value = ctypes.c_int()
        _libc.sem_getvalue(self._semaphore, ctypes.byref(value))
        return value.value

    def close(self) -> None:
        """Drop it in this process."""
        self._try = self._post = _closed
        self._piece = self._semaphore = None

    def __getstate__(self) -> Any:
        return self._piece

    def __setstate__(self, piece: Piece) -> None:
        self._piece = piece
        self._semaphore = (ctypes.c_char * SEMAPHORE_SIZE).from_buffer(piece.mapped, piece.start)
        where = ctypes.byref(self._semaphore)
        self._try = partial(_libc.sem_trywait, where)
        self._post = partial(_libc.sem_post, where)
