"""Locks and events between processes that no killed process can break.

A `multiprocessing.Lock` is a semaphore: when its holder is killed it stays taken, and all others wait for ever. These
locks belong to the kernel, which frees them when their holder ends in whatever way: on POSIX a record lock on a file
without a name, on Windows a mutex. An event is a level, not a count: a byte that lies in a pipe, or Windows'
manual-reset event. Taking and freeing a lock also orders memory: what was written before a release is seen after the
next acquire.
"""
from __future__ import annotations

import errno
import os
import select
import sys
import threading
import time
from multiprocessing import reduction
from typing import Any

from .ends import End
from .memory import unnamed_file
from .streams import deadline_after, time_left, wait_for

if sys.platform == "win32":
    import _winapi  # noqa: F401 (the same lines in streams and in locks, so that a copied snippet holds them once)
    import ctypes  # noqa: F401
else:
    import fcntl

WAIT_ABANDONED = 0x80
WAIT_TIMEOUT = 0x102
WAIT_SLICE = 250  # milliseconds: how long a Windows wait may keep Ctrl-C waiting
SHORTEST_NAP, LONGEST_NAP = 0.0005, 0.02
TRIES = 20
MUTEX_ALL_ACCESS = 0x1F0001
EVENT_ALL_ACCESS = 0x1F0003


if sys.platform == "win32":
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateMutexW.restype = _kernel32.CreateEventW.restype = ctypes.c_void_p

    def wait_for_handle(handle: int, timeout: float | None) -> bool:
        """Wait for a Windows mutex or event; False when `timeout` seconds pass first, True also for an abandoned mutex.

        >>> event = Event()
        >>> event.set(); wait_for_handle(event._handle, 1)
        True
        """
        deadline = deadline_after(timeout)
        while True:
            left = time_left(deadline)
            slice_ = WAIT_SLICE if left is None else min(WAIT_SLICE, int(left * 1000 + 0.999))
            result = _kernel32.WaitForSingleObject(ctypes.c_void_p(handle), slice_)
            if result in (0, WAIT_ABANDONED):
                return True
            if result != WAIT_TIMEOUT:
                raise ctypes.WinError(ctypes.get_last_error())
            if left is not None and left <= 0:
                return False

    class _Handle:
        """A kernel object that is handed to another process by duplicating its handle."""

        _access = 0

        def __init__(self, handle: int) -> None:
            if not handle:
                raise ctypes.WinError(ctypes.get_last_error())
            self._handle = handle

        def close(self) -> None:
            handle, self._handle = self._handle, 0
            if handle:
                _kernel32.CloseHandle(ctypes.c_void_p(handle))

        def __del__(self) -> None:
            self.close()

        def __getstate__(self) -> Any:
            return reduction.DupHandle(self._handle, self._access)

        def __setstate__(self, state: Any) -> None:
            self._handle = state.detach()

    class _Mutex(_Handle):
        """A mutex."""

        _access = MUTEX_ALL_ACCESS

        def __init__(self) -> None:
            super().__init__(_kernel32.CreateMutexW(None, False, None))

        def acquire(self, timeout: float | None = None) -> bool:
            return wait_for_handle(self._handle, timeout)

        def release(self) -> None:
            if not _kernel32.ReleaseMutex(ctypes.c_void_p(self._handle)):
                raise RuntimeError("this thread does not hold the lock")

    class _Flag(_Handle):
        """A manual-reset event."""

        _access = EVENT_ALL_ACCESS

        def __init__(self) -> None:
            super().__init__(_kernel32.CreateEventW(None, True, False, None))

        def set(self) -> None:
            _kernel32.SetEvent(ctypes.c_void_p(self._handle))

        def clear(self) -> None:
            _kernel32.ResetEvent(ctypes.c_void_p(self._handle))

        def is_set(self) -> bool:
            return self.wait(0)

        def wait(self, timeout: float | None = None) -> bool:
            return wait_for_handle(self._handle, timeout)

else:

    class _Mutex:
        """A record lock on a file without a name."""

        def __init__(self) -> None:
            self._renew(unnamed_file())

        def _renew(self, descriptor: int) -> None:
            """Start as held by nobody in this process: record locks and threads are not inherited through a fork."""
            self._descriptor = descriptor
            self._threads = threading.Lock()  # a record lock keeps out other processes only
            self._owner, self._depth, self._pid = 0, 0, os.getpid()

        def acquire(self, timeout: float | None = None) -> bool:
            if self._pid != os.getpid():
                self._renew(self._descriptor)
            me = threading.get_ident()
            if self._owner == me:
                self._depth += 1
                return True
            deadline = deadline_after(timeout)
            if not self._threads.acquire(False):
                if not self._threads.acquire(timeout=-1 if timeout is None else max(0.0, timeout)):
                    return False
            locked = False
            try:
                locked = lock_file(self._descriptor, deadline)
            finally:
                if not locked:
                    self._threads.release()
            self._owner, self._depth = (me, 1) if locked else (0, 0)
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

        def __del__(self) -> None:
            self.close()

        def __getstate__(self) -> Any:
            return reduction.DupFd(self._descriptor)

        def __setstate__(self, state: Any) -> None:
            self._renew(state.detach())

    def lock_file(descriptor: int, deadline: float | None) -> bool:
        """Take the record lock on a file by the monotonic time `deadline`; False when it cannot be had by then.

        >>> descriptor = unnamed_file()
        >>> lock_file(descriptor, None)
        True
        >>> os.close(descriptor)

        Record locks know no timed wait, so with a deadline this tries again after naps.
        """
        nap, tries = SHORTEST_NAP, 0
        while True:
            patient = deadline is None and tries > TRIES
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
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
            elif deadline is not None or patient:
                time.sleep(nap)
                nap = min(2 * nap, LONGEST_NAP)

    class _Flag:
        """A byte that lies in a pipe."""

        def __init__(self) -> None:
            self._reader, self._writer = os.pipe()
            os.set_blocking(self._reader, False)
            os.set_blocking(self._writer, False)

        def set(self) -> None:
            try:
                os.write(self._writer, b"!")
            except BlockingIOError:
                pass  # set 65536 times already

        def clear(self) -> None:
            try:
                while len(os.read(self._reader, 4096)) == 4096:
                    pass
            except BlockingIOError:
                pass  # it was clear

        def is_set(self) -> bool:
            return self.wait(0)

        def wait(self, timeout: float | None = None) -> bool:
            return wait_for(self._reader, select.POLLIN, timeout)

        def fileno(self) -> int:
            return self._reader

        def close(self) -> None:
            for name in ("_reader", "_writer"):
                descriptor = getattr(self, name, -1)
                if descriptor >= 0:
                    setattr(self, name, -1)
                    os.close(descriptor)

        def __del__(self) -> None:
            self.close()

        def __getstate__(self) -> Any:
            return reduction.DupFd(self._reader), reduction.DupFd(self._writer)

        def __setstate__(self, state: Any) -> None:
            self._reader, self._writer = (end.detach() for end in state)


class Lock(_Mutex):
    """A lock between processes and threads which the system frees when its holder is killed.

    >>> lock = Lock()
    >>> with lock:
    ...     with lock:  # the holder may take it again
    ...         print("held")
    held
    >>> lock.acquire(timeout=1)
    True
    >>> lock.release(); lock.close()

    Any number of processes may hold this object; give it to them as an argument. `acquire` says whether it got
    the lock within `timeout` seconds. What the killed holder left half done under the lock is yours to find.

    Raises: RuntimeError from `release` in a thread that does not hold it.
    Source: fcntl(2), advisory record locking. The stdlib: `multiprocessing.RLock`, which a killed holder keeps
    for ever.
    """

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()


class Event(_Flag, End):
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
