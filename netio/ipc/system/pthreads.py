"""Mutexes of the C library in shared memory: no system call and no descriptor while nobody waits.

A robust mutex (POSIX) knows its holder. When that thread ends, killed or not, the kernel walks through the mutexes it
held, and the next one to ask gets EOWNERDEAD together with the mutex. So the memory of a mutex must stay mapped while
it is held. Python has neither by name; `ctypes` calls them. Trying and freeing never block, so they keep the GIL, which
is faster; waiting releases it, in slices, so that Ctrl-C comes through.

Only glibc from 2.30 on is used (`pthread_mutex_clocklock`), and a kernel that keeps a list of such mutexes; `PTHREADS`
is False elsewhere. Source: pthread_mutexattr_setrobust(3), get_robust_list(2).
"""
from __future__ import annotations

import errno
import os
import sys
import threading
import time
from functools import partial
from typing import Any, Callable

from ..._deadline import deadline_after, time_left
from .pieces import Piece

# The number of the system call, by processor.
GET_ROBUST_LIST = {"x86_64": 274, "s390x": 305, "ppc64le": 299, "aarch64": 100, "riscv64": 100, "loongarch64": 100}
CALLS = ("pthread_mutexattr_setrobust", "pthread_mutex_consistent", "pthread_mutex_clocklock")  # all: glibc only


def _kernel_has_robust_lists() -> bool:
    """Ask the kernel: QEMU's user emulation, in which containers for another processor run, has none, and glibc does
    not say so. True where the number of the call is not known."""
    number = GET_ROBUST_LIST.get(os.uname().machine) if ctypes.sizeof(ctypes.c_void_p) == 8 else None
    head, size = ctypes.c_void_p(), ctypes.c_size_t()
    return number is None or not ctypes.CDLL(None).syscall(
        ctypes.c_long(number), ctypes.c_long(0), ctypes.byref(head), ctypes.byref(size))


try:
    import ctypes
    PTHREADS = sys.platform == "linux" and hasattr(ctypes, "PyDLL") and all(  # PyPy has no PyDLL
        hasattr(ctypes.CDLL(None), name) for name in CALLS) and _kernel_has_robust_lists()
except (ImportError, OSError):  # a Python built without libffi, or a libc that cannot be loaded
    PTHREADS = False

MUTEX_SIZE = 64  # bytes: more than any platform's pthread_mutex_t (40 or 48)
RECURSIVE, ROBUST, SHARED = 1, 1, 1  # as glibc's pthread.h numbers them
OWNER = (1 << 30) - 1  # the bits of a mutex's first word that hold its holder's thread id
TRIES = 20  # before it sleeps: some 10 us, longer than most hold a lock; a sleep and a wake-up take more than that
SLICE = 0.25  # seconds: how long one wait may last, so that Python looks for signals, and for a lost wake-up

if PTHREADS:
    _holding = ctypes.PyDLL(None)  # keeps the GIL
    _waiting = ctypes.CDLL(None)  # releases it
    _attributes = (ctypes.c_char * 64)()
    _holding.pthread_mutexattr_init(_attributes)
    _holding.pthread_mutexattr_settype(_attributes, RECURSIVE)
    _holding.pthread_mutexattr_setpshared(_attributes, SHARED)
    _holding.pthread_mutexattr_setrobust(_attributes, ROBUST)


def _closed() -> int:
    raise OSError(errno.EBADF, "this end is closed")


def _in_slice(deadline: float | None) -> Any:
    """Return the `struct timespec` of the deadline or of the end of a slice, whichever is first; by CLOCK_MONOTONIC."""
    end = time.monotonic() + SLICE
    seconds = end if deadline is None else min(end, deadline)
    return ctypes.byref((ctypes.c_long * 2)(int(seconds), int(seconds % 1 * 1e9)))


class RobustMutex:
    """A recursive mutex that is free again when its holder is killed.

    >>> if PTHREADS:
    ...     mutex = RobustMutex()
    ...     print(mutex.acquire(), mutex.acquire(timeout=0), mutex.owner_died)
    ...     mutex.release(); mutex.release(); mutex.close()
    ... else:
    ...     print(True, True, False)
    True True False

    `owner_died` is True once an `acquire` found that the holder before it had died.
    Raises: RuntimeError from `release` in a thread that does not hold it; OSError once it is closed.
    """

    owner_died = False
    _piece: Any
    _mutex: Any

    def __init__(self) -> None:
        self.__setstate__(Piece(MUTEX_SIZE))
        _holding.pthread_mutex_init(self._mutex, _attributes)

    def acquire(self, timeout: float | None = None) -> bool:
        """Take it; False where it was not free within `timeout` seconds."""
        error = self._try()
        return not error or self._wait(error, timeout)

    def _wait(self, error: int, timeout: float | None) -> bool:
        deadline = deadline_after(timeout)
        tries = TRIES if timeout != 0 else 0
        try:
            while error == errno.EBUSY and tries:
                error, tries = self._try(), tries - 1
            while error in (errno.EBUSY, errno.ETIMEDOUT):
                if time_left(deadline) == 0:
                    return False
                error = _waiting.pthread_mutex_clocklock(self._mutex, time.CLOCK_MONOTONIC, _in_slice(deadline))
        except BaseException:  # Ctrl-C, maybe in the moment in which it was taken
            if self._holder() == threading.get_native_id():
                self._free()
            raise
        if error == errno.EOWNERDEAD:
            self.owner_died = True
            error = _holding.pthread_mutex_consistent(self._mutex)
        if error:
            raise OSError(error, os.strerror(error))
        return True

    def release(self) -> None:
        """Give it back."""
        if self._free():
            raise RuntimeError("this thread does not hold the lock")

    def _holder(self) -> int:
        return int.from_bytes(self._piece.mapped[self._piece.start:self._piece.start + 4], sys.byteorder) & OWNER

    def close(self) -> None:
        """Drop it in this process. One that a thread here holds stays mapped, for the kernel to find it."""
        if getattr(self, "_piece", None):
            holder = self._holder()
            if not holder or os.path.exists("/proc/self/task") and not os.path.exists(f"/proc/self/task/{holder}"):
                ctypes.pythonapi.Py_DecRef(ctypes.py_object(self._piece))
            self._try = self._free = _closed
            self._piece = self._mutex = None

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if not is_ending():
            self.close()

    def __getstate__(self) -> Any:
        return self._piece

    def __setstate__(self, piece: Piece) -> None:
        self._piece = piece
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(piece))  # mapped until the process ends, unless `close` drops it
        self._mutex = (ctypes.c_char * MUTEX_SIZE).from_buffer(piece.mapped, piece.start)
        where = ctypes.byref(self._mutex)
        self._try = partial(_holding.pthread_mutex_trylock, where)
        self._free = partial(_holding.pthread_mutex_unlock, where)
