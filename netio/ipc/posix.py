"""What the chapter needs of Linux and macOS: pipes that are waited for, locks, flags. `windows` has the same names.

The kernel keeps a pipe's bytes and closes a dead process's ends. Pipes are used without blocking and waited for with
`poll`, so that every wait can have a timeout.
"""
from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time
from multiprocessing import context, reduction
from typing import Any, Union

from .memory import unnamed_file
from .pthreads import PTHREADS, RobustMutex
from .waiting import deadline_after, time_left

try:
    import fcntl
except ImportError:  # Windows
    pass

Bytes = Union[bytes, bytearray, memoryview]
READ_SIZE = 1 << 16
PIPE_CAPACITY = 1 << 20  # what is asked for on Linux; a pipe has 64 KiB without asking
LONGEST_POLL = 86400.0  # a poll takes milliseconds as a C int; a longer wait polls again
SHORTEST_NAP, LONGEST_NAP = 0.0005, 0.02
TRIES = 20


def wait_for(descriptor: int, event: int, timeout: float | None) -> bool:
    """Wait until `descriptor` has `event` (POLLIN, POLLOUT) or an end; False when `timeout` seconds pass first.

    >>> wait_for(-1, 0, 0)
    Traceback (most recent call last):
    OSError: [Errno 9] this end is closed

    POSIX only. Source: poll(2), which has no limit on the number of a descriptor as select has.
    """
    if descriptor < 0:
        raise OSError(errno.EBADF, "this end is closed")
    poller = select.poll()
    poller.register(descriptor, event)
    return bool(poller.poll(None if timeout is None else min(timeout, LONGEST_POLL) * 1000))


class StreamEnd:
    """A descriptor of a pipe, or of a connected local socket."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def read(self, timeout: float | None = None, most: int = READ_SIZE) -> bytes:
        deadline = None
        while True:
            try:
                return os.read(self._descriptor, most)
            except BlockingIOError:
                deadline = deadline or deadline_after(timeout)
            except ConnectionResetError:
                return b""
            if not wait_for(self._descriptor, select.POLLIN, time_left(deadline)):
                raise TimeoutError(f"nothing to read within {timeout:g} s")

    def write(self, data: Bytes, timeout: float | None = None) -> int:
        deadline = None
        while True:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                deadline = deadline or deadline_after(timeout)
            except ConnectionResetError as error:
                raise BrokenPipeError(errno.EPIPE, "the other side has ended") from error
            if not wait_for(self._descriptor, select.POLLOUT, time_left(deadline)):
                raise TimeoutError(f"no room to write within {timeout:g} s")

    def readable(self, timeout: float | None = None) -> bool:
        return wait_for(self._descriptor, select.POLLIN, timeout)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    @property
    def closed(self) -> bool:
        return self._descriptor < 0

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            self.close()

    def __getstate__(self) -> Any:
        return reduction.DupFd(self._descriptor)

    def __setstate__(self, state: Any) -> None:
        self.__init__(state.detach())  # type: ignore[misc]


def open_ends() -> tuple[int, int]:
    """Return the reading and the writing descriptor of a new pipe that holds as much as the system lets this user have.

    >>> if os.name == "posix":
    ...     for end in open_ends(): os.close(end)
    """
    reader, writer = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):  # Python 3.10+ on Linux
        try:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_CAPACITY)
        except PermissionError:
            pass  # this user's pipes hold too much already: 64 KiB must do
    return reader, writer


def end_of_socket(sock: socket.socket) -> int:
    """Return the descriptor of a connected socket, which is a stream's end here; the socket object is empty after it.

    >>> here, there = socket.socketpair()
    >>> os.close(end_of_socket(here)) if os.name == "posix" else here.close()
    >>> there.recv(1), here.fileno()
    (b'', -1)
    >>> there.close()
    """
    return sock.detach()


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
        if hasattr(self, "_descriptor"):
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


class Flag:
    """A byte in a pipe: the flag is up while there is one.

    >>> if os.name == "posix":
    ...     flag = Flag(); flag.set(); flag.is_set(); flag.close()
    ... else:
    ...     True
    True
    """

    _reader: int
    _writer: int

    def __init__(self) -> None:
        self._open(*open_flag())

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
        ends, self._reader, self._writer = {self._reader, self._writer}, -1, -1
        for descriptor in ends - {-1}:
            os.close(descriptor)

    def __del__(self) -> None:
        if hasattr(self, "_writer"):
            self.close()

    def __getstate__(self) -> Any:
        reader = reduction.DupFd(self._reader)
        return reader, reader if self._reader == self._writer else reduction.DupFd(self._writer)

    def __setstate__(self, state: Any) -> None:
        reader = state[0].detach()
        self._open(reader, reader if state[1] is state[0] else state[1].detach())

    def _open(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)


def open_flag() -> tuple[int, int]:
    """Return the reading and the writing descriptor of a new pipe: one and the same where the system allows that.

    >>> if os.name == "posix":
    ...     for end in set(open_flag()): os.close(end)
    """
    reader, writer = os.pipe()
    try:
        both = os.open(f"/proc/self/fd/{reader}", os.O_RDWR | os.O_CLOEXEC)  # Linux
    except OSError:
        return reader, writer
    os.close(reader)
    os.close(writer)
    return both, both
