"""What the chapter needs of Windows: pipes, mutexes, events and maps of memory. `posix` and `posix_locks` have the same
names.

Windows cannot wait for a plain pipe; a named pipe with overlapped operations can be waited for (multiprocessing's
connection). Mutexes and events are kernel objects that go with the last process that has a handle.
"""
from __future__ import annotations

import ctypes
import errno
import mmap
import os
import secrets
import select
import socket
import sys
from multiprocessing import connection, context, reduction
from typing import Any, Callable, Union

from ..._deadline import deadline_after, time_left, wait_limit

_windll: Any = ctypes  # its WinDLL and WinError are there on Windows only
if sys.platform == "win32":
    import _winapi
    _kernel32 = _windll.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateMutexW.restype = _kernel32.CreateEventW.restype = ctypes.c_void_p
else:  # read here, run there
    _winapi: Any = None
    _kernel32: Any = None

Bytes = Union[bytes, bytearray, memoryview]
READ_SIZE = 1 << 16  # bytes
WAIT_ABANDONED = 0x80  # of WaitForSingleObject: a mutex whose holder has died
WAIT_TIMEOUT = 0x102  # of WaitForSingleObject: the time is over
WAIT_SLICE = 250  # milliseconds: how long a wait may keep Ctrl-C waiting
MUTEX_ALL_ACCESS = 0x1F0001  # for a duplicate of a mutex's handle
EVENT_ALL_ACCESS = 0x1F0003  # for a duplicate of an event's handle
MADE = b"netio"  # behind the memory: a tag that is no longer there would give new memory without it


class StreamEnd:
    """A connection over a named pipe, whose reads and writes overlap, or a connected socket.

    >>> if sys.platform == "win32":
    ...     reader, writer = map(StreamEnd, open_ends())
    ...     assert writer.write(b"hello") == 5 and reader.read(timeout=1) == b"hello" and not reader.readable(0)
    ...     writer.close(); reader.close()
    """

    def __init__(self, end: Any) -> None:
        self._connection = end

    def read(self, timeout: float | None = None, most: int = READ_SIZE) -> bytes:
        try:
            if not self._connection.poll(wait_limit(timeout)):
                raise TimeoutError(f"nothing to read within {timeout:g} s")
            data: bytes = self._connection.recv_bytes()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return b""
        return data

    def write(self, data: Bytes, timeout: float | None = None) -> int:
        if isinstance(self._connection, SocketEnd):
            return self._connection.write(data, timeout)
        piece = bytes(data[:READ_SIZE])
        if not piece:
            return 0
        operation, error = _winapi.WriteFile(self._connection.fileno(), piece, overlapped=True)
        if error == _winapi.ERROR_IO_PENDING:
            limit = wait_limit(timeout)
            wait = _winapi.INFINITE if limit is None else int(limit * 1000)
            if _winapi.WaitForMultipleObjects([operation.event], False, wait) == _winapi.WAIT_TIMEOUT:
                operation.cancel()
        written, error = operation.GetOverlappedResult(True)
        if error == _winapi.ERROR_OPERATION_ABORTED:
            raise TimeoutError(f"no room to write within {timeout:g} s")
        return int(written)

    def readable(self, timeout: float | None = None) -> bool:
        try:
            return bool(self._connection.poll(wait_limit(timeout)))
        except OSError:
            return True

    def fileno(self) -> int:
        return int(self._connection.fileno())

    def close(self) -> None:
        self._connection.close()

    @property
    def closed(self) -> bool:
        return bool(self._connection.closed)


class SocketEnd:
    """A connected socket with the few methods of a pipe's connection that a stream uses.

    >>> here, there = map(SocketEnd, socket.socketpair())
    >>> here.write(b"!", 1), there.poll(9), there.recv_bytes()
    (1, True, b'!')
    >>> here.close(); there.close(); here.closed
    True
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock, self.fileno, self.close = sock, sock.fileno, sock.close

    def __reduce__(self) -> Any:
        return SocketEnd, (self._sock,)

    @property
    def closed(self) -> bool:
        return self._sock.fileno() < 0

    def poll(self, timeout: float | None) -> bool:
        return bool(select.select([self._sock], [], [], wait_limit(timeout))[0])

    def recv_bytes(self) -> bytes:
        return self._sock.recv(READ_SIZE)

    def write(self, data: Bytes, timeout: float | None) -> int:
        if not select.select([], [self._sock], [], wait_limit(timeout))[1]:
            raise TimeoutError(f"no room to write within {timeout:g} s")
        try:
            return self._sock.send(data)
        except ConnectionError as error:
            raise BrokenPipeError(errno.EPIPE, "the other side has ended") from error


def open_ends() -> tuple[Any, Any]:
    """Return the reading and the writing connection of a new pipe.

    >>> for end in open_ends(): end.close()
    """
    return connection.Pipe(duplex=False)[:2]


def end_of_socket(sock: socket.socket) -> Any:
    """Return a connected socket as what a stream's end is here.

    >>> here, there = map(end_of_socket, socket.socketpair())
    >>> here.write(b"!", 1), there.poll(9), there.recv_bytes()
    (1, True, b'!')
    >>> here.close(); there.close()
    """
    return SocketEnd(sock)


def wait_for_handle(handle: int, timeout: float | None) -> int:
    """Wait for a mutex or an event; return 0, WAIT_ABANDONED for a mutex whose holder died, or WAIT_TIMEOUT.

    >>> if sys.platform == "win32":
    ...     flag = Flag(); flag.set(); wait_for_handle(flag._handle, 1)
    ... else:
    ...     0
    0
    """
    deadline = deadline_after(timeout)
    while True:
        left = time_left(deadline)
        slice_ = WAIT_SLICE if left is None else min(WAIT_SLICE, int(left * 1000 + 0.999))
        result = int(_kernel32.WaitForSingleObject(ctypes.c_void_p(handle), slice_))
        if result in (0, WAIT_ABANDONED):
            return result
        if result != WAIT_TIMEOUT:
            raise _windll.WinError(_windll.get_last_error())
        if left is not None and left <= 0:
            return WAIT_TIMEOUT


class KernelHandle:
    """A kernel object that another process gets by a duplicate of its handle, when it is started.

    >>> if sys.platform == "win32":
    ...     handle = KernelHandle(_kernel32.CreateEventW(None, True, False, None))
    ...     handle.close()
    """

    _access = 0

    def __init__(self, handle: int) -> None:
        if not handle:
            raise _windll.WinError(_windll.get_last_error())
        self._handle = handle

    def close(self) -> None:
        handle, self._handle = self._handle, 0
        if handle:
            _kernel32.CloseHandle(ctypes.c_void_p(handle))

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "_handle") and not is_ending():
            self.close()

    def __getstate__(self) -> Any:
        context.assert_spawning(self)
        return reduction.DupHandle(self._handle, self._access)  # type: ignore[attr-defined]

    def __setstate__(self, state: Any) -> None:
        self._handle = state.detach()


class Mutex(KernelHandle):
    """A kernel mutex, which is free again when its holder ends.

    >>> if sys.platform == "win32":
    ...     mutex = Mutex()
    ...     assert mutex.acquire(timeout=1) and not mutex.owner_died
    ...     mutex.release()
    """

    _access = MUTEX_ALL_ACCESS
    owner_died = False

    def __init__(self) -> None:
        super().__init__(_kernel32.CreateMutexW(None, False, None))

    def acquire(self, timeout: float | None = None) -> bool:
        result = wait_for_handle(self._handle, timeout)
        self.owner_died |= result == WAIT_ABANDONED
        return result != WAIT_TIMEOUT

    def release(self) -> None:
        if not _kernel32.ReleaseMutex(ctypes.c_void_p(self._handle)):
            raise RuntimeError("this thread does not hold the lock")


def new_mutex() -> Any:
    """Return a mutex between processes that is free again when its holder is killed.

    >>> mutex = new_mutex() if sys.platform == "win32" else None
    """
    return Mutex()


class Flag(KernelHandle):
    """A manual-reset event.

    >>> if sys.platform == "win32":
    ...     flag = Flag()
    ...     flag.set()
    ...     assert flag.is_set() and flag.wait(timeout=1)
    """

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
        return wait_for_handle(self._handle, timeout) != WAIT_TIMEOUT


class Mapping:
    """A section of the page file, found by a random tag while some process has it mapped.

    >>> if sys.platform == "win32":
    ...     mapping = Mapping(5); mapping.mapped[:2] = b"hi"; bytes(mapping.view); mapping.close()
    ... else:
    ...     b"hi" + bytes(3)
    b'hi\\x00\\x00\\x00'
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"shared memory needs at least 1 byte, not {size}")
        self._map(size, f"netio-{os.getpid()}-{secrets.token_hex(8)}")
        self.mapped[size:] = MADE

    def _map(self, size: int, tag: str) -> None:
        self.mapped = mmap.mmap(-1, size + len(MADE), tagname=tag)  # type: ignore[call-arg,unused-ignore]
        self.size = size
        self.tag = self.identity = tag
        self.view = memoryview(self.mapped)[:size]

    def close(self) -> None:
        """Close the memory in this process."""
        self.view.release()
        try:
            self.mapped.close()
        except BufferError:
            pass  # views cut from it live on: the map goes with the last of them

    def __getstate__(self) -> Any:
        return self.size, self.tag

    def __setstate__(self, state: Any) -> None:
        self._map(*state)
        if self.mapped[self.size:] != MADE:
            raise FileNotFoundError("the process that made this shared memory has closed it")


def duplicate_tag(mapping: Mapping) -> str:
    """Return what the same memory is attached by once more: its tag.

    >>> if sys.platform == "win32":
    ...     mapping = Mapping(5); assert duplicate_tag(mapping) == mapping.tag; mapping.close()
    """
    return mapping.tag
