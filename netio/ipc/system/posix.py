"""What the chapter needs of Linux and macOS: pipes, flags and maps of memory. `windows` has the same names.

The kernel keeps a pipe's bytes and closes a dead process's ends. Pipes are used without blocking and waited for with
`poll`, so that every wait can have a timeout. When the interpreter ends, nothing is closed by `__del__`: the names that
this needs may be gone already, and the system closes all.
"""
from __future__ import annotations

import errno
import mmap
import os
import select
import socket
import sys
import tempfile
from multiprocessing import reduction
from typing import Any, Callable, Union

from ..._deadline import deadline_after, time_left, wait_limit

try:
    import fcntl
except ImportError:  # Windows
    pass

Bytes = Union[bytes, bytearray, memoryview]
READ_SIZE = 1 << 16  # bytes
PIPE_CAPACITY = 1 << 20  # what is asked for on Linux; a pipe has 64 KiB without asking


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
    limit = wait_limit(timeout)
    return bool(poller.poll(None if limit is None else limit * 1000))


class StreamEnd:
    """A descriptor of a pipe, or of a connected local socket.

    >>> if os.name == "posix":
    ...     reader, writer = map(StreamEnd, os.pipe())
    ...     assert writer.write(b"hello") == 5 and reader.read(timeout=1) == b"hello" and not reader.readable(timeout=0)
    ...     writer.close()
    ...     assert reader.read() == b"" and not reader.closed
    ...     reader.close()
    """

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

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "_descriptor") and not is_ending():
            self.close()

    def __getstate__(self) -> Any:
        return reduction.DupFd(self._descriptor)

    def __setstate__(self, state: Any) -> None:
        self.__init__(fetch_descriptor(state))  # type: ignore[misc]


def fetch_descriptor(parcel: Any) -> int:
    """Return the descriptor that `reduction.DupFd` has packed: a message says only where to fetch it.

    >>> if os.name == "posix":
    ...     reader, writer = os.pipe()
    ...     os.close(fetch_descriptor(reduction.DupFd(reader)))
    ...     os.close(reader); os.close(writer)
    ...     from multiprocessing import resource_sharer
    ...     resource_sharer.stop(5)  # the thread that gave it out

    Raises: ConnectionResetError when its sender has ended, or it was fetched before.
    """
    try:
        return int(parcel.detach())
    except (FileNotFoundError, ConnectionError, EOFError) as error:
        raise ConnectionResetError(
            errno.ECONNRESET, "a lock, pipe or memory in a message can be received once, and while its sender runs",
        ) from error


def open_ends() -> tuple[int, int]:
    """Return the reading and the writing descriptor of a new pipe that holds as much as the system lets this user have.

    >>> if os.name == "posix":
    ...     for end in open_ends(): os.close(end)
    """
    reader, writer = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):  # Python 3.10+ on Linux
        try:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_CAPACITY)
        except OSError:
            pass  # this user's pipes hold too much already, or there is no memory: 64 KiB must do
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

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "_writer") and not is_ending():
            self.close()

    def __getstate__(self) -> Any:
        reader = reduction.DupFd(self._reader)
        return reader, reader if self._reader == self._writer else reduction.DupFd(self._writer)

    def __setstate__(self, state: Any) -> None:
        reader = fetch_descriptor(state[0])
        self._open(reader, reader if state[1] is state[0] else fetch_descriptor(state[1]))

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


def unnamed_file(size: int = 0) -> int:
    """Return the descriptor of a new file of `size` zero bytes that has no name (POSIX).

    >>> import os
    >>> if hasattr(os, "fork"):
    ...     descriptor = unnamed_file(10)
    ...     os.fstat(descriptor).st_size, os.fstat(descriptor).st_nlink
    ...     os.close(descriptor)
    ... else:
    ...     (10, 0)
    (10, 0)

    Source: memfd_create(2). The stdlib: `tempfile.TemporaryFile`, which is on a disk.
    """
    try:
        descriptor, make = os.memfd_create("netio", os.MFD_CLOEXEC), os.ftruncate
    except (AttributeError, OSError):  # macOS has none, nor has a kernel before 3.17
        with tempfile.TemporaryFile() as file:
            descriptor, make = os.dup(file.fileno()), reserve
    try:
        make(descriptor, size)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def reserve(descriptor: int, size: int) -> None:
    """Make a new file `size` zero bytes long and take the room now: a full disk is an error here, not SIGBUS later.

    >>> with tempfile.TemporaryFile() as file:
    ...     _ = reserve(file.fileno(), 100_000) if os.name == "posix" else file.truncate(100_000)
    ...     file.seek(0, os.SEEK_END)
    100000

    Raises: OSError (ENOSPC). Source: posix_fallocate(3), which macOS lacks.
    """
    failed: int | None = errno.EOPNOTSUPP
    if hasattr(os, "posix_fallocate"):
        try:
            failed = os.posix_fallocate(descriptor, 0, size) if size else 0  # type: ignore[func-returns-value]
        except OSError as error:
            failed = error.errno
    if failed in (errno.EOPNOTSUPP, errno.EINVAL):
        with open(descriptor, "wb", closefd=False) as file:
            for offset in range(0, size, 1 << 20):
                file.write(bytes(min(1 << 20, size - offset)))
    elif failed:  # PyPy returns the error
        raise OSError(failed, os.strerror(failed))


class Mapping:
    """A file without a name, mapped, whose descriptor finds it.

    >>> if os.name == "posix":
    ...     mapping = Mapping(5); mapping.mapped[:2] = b"hi"; bytes(mapping.view); mapping.close()
    ... else:
    ...     b"hi" + bytes(3)
    b'hi\\x00\\x00\\x00'
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"shared memory needs at least 1 byte, not {size}")
        self._map(size, unnamed_file(size))

    def _map(self, size: int, descriptor: int) -> None:
        try:
            self.mapped = mmap.mmap(descriptor, size)
        except BaseException:
            os.close(descriptor)
            raise
        self.size, self.tag = size, descriptor
        self.view = memoryview(self.mapped)

    @property
    def identity(self) -> Any:
        """What two maps of the same memory have in common, in whichever process."""
        status = os.fstat(self.tag)
        return status.st_dev, status.st_ino

    def close(self) -> None:
        """Close the memory in this process."""
        self.view.release()
        try:
            self.mapped.close()
        except BufferError:
            pass  # views cut from it live on: the map goes with the last of them
        descriptor, self.tag = self.tag, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "view") and not is_ending():
            self.close()

    def __getstate__(self) -> Any:
        return self.size, reduction.DupFd(self.tag)

    def __setstate__(self, state: Any) -> None:
        size, tag = state
        self._map(size, tag if isinstance(tag, int) else fetch_descriptor(tag))


def duplicate_tag(mapping: Mapping) -> int:
    """Return what the same memory is attached by once more: a descriptor, which is that memory's from then on.

    >>> if os.name == "posix":
    ...     mapping = Mapping(5); os.close(duplicate_tag(mapping)); mapping.close()
    """
    return os.dup(mapping.tag)
