"""A one-way stream of bytes between processes whose end tells that the other side has ended or died.

POSIX has `os.pipe`: the kernel keeps the bytes and closes a dead process's ends. It is used without blocking and
waited for with `poll`, so that every wait can have a timeout. Windows cannot wait for such a pipe; there a named pipe
with overlapped reads and writes does the same (multiprocessing's connection). The choice is made here and nowhere
else.
"""
from __future__ import annotations

import errno
import os
import select
import sys
import time
import weakref
from multiprocessing import connection, reduction
from typing import Any, Iterable, Optional, Union

if sys.platform == "win32":
    import _winapi  # noqa: F401 (the same lines in streams and in locks, so that a copied snippet holds them once)
    import ctypes  # noqa: F401
else:
    import fcntl

Bytes = Union[bytes, bytearray, memoryview]
READ_SIZE = 1 << 16
PIPE_CAPACITY = 1 << 20  # what is asked for on Linux; a pipe has 64 KiB without asking
FLOWING = 16  # looks that each found several messages, but FEW bytes: then a receiver lets more of them gather
FEW = 1 << 15
POLL_LONGEST = 86400.0  # a poll takes milliseconds as a C int; who waits longer polls again

# Every end that this process holds, for `start` to close those in a forked child that the child was not given.
open_streams: weakref.WeakSet[_StreamEnd] = weakref.WeakSet()


def deadline_after(timeout: float | None) -> float | None:
    """Return the monotonic time that is `timeout` seconds away, or None for never.

    >>> deadline_after(None) is None
    True
    """
    return None if timeout is None else time.monotonic() + timeout


def time_left(deadline: float | None) -> float | None:
    """Return the seconds until `deadline`, at least 0; None where there is no deadline.

    >>> time_left(time.monotonic() - 1)
    0.0
    """
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def wait_to_batch(timeout: float | None) -> None:
    """Sleep for as short a time as the system can (Linux: the timer slack of prctl(2)), while the other side goes on.

    >>> wait_to_batch(None)

    A receiver that is faster than its sender would look for each message as it comes, and every look takes the memory
    out of the sender's cache, or the pipe's lock from it: both are faster where it looks less often. Not on Windows,
    whose sleeps are long, and not where the caller waits for less than a few milliseconds.
    """
    if os.name != "nt" and (timeout is None or timeout > 0.005):
        time.sleep(1e-6)


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
    return bool(poller.poll(None if timeout is None else min(timeout, POLL_LONGEST) * 1000))


if sys.platform == "win32":

    class _StreamEnd:
        """A connection over a named pipe, whose reads and writes overlap."""

        def __init__(self, end: Any) -> None:
            self._connection = end
            open_streams.add(self)

        def read(self, timeout: float | None = None, most: int = READ_SIZE) -> bytes:
            try:
                if not self._connection.poll(timeout):
                    raise TimeoutError(f"nothing to read within {round(timeout or 0, 2):g} s")
                data: bytes = self._connection.recv_bytes()
            except (EOFError, BrokenPipeError, ConnectionResetError):
                return b""
            return data

        def write(self, data: Bytes, timeout: float | None = None) -> int:
            piece = bytes(data[:READ_SIZE])
            if not piece:
                return 0
            operation, error = _winapi.WriteFile(self._connection.fileno(), piece, overlapped=True)
            if error == _winapi.ERROR_IO_PENDING:
                wait = _winapi.INFINITE if timeout is None else int(min(timeout, POLL_LONGEST) * 1000)
                if _winapi.WaitForMultipleObjects([operation.event], False, wait) == _winapi.WAIT_TIMEOUT:
                    operation.cancel()
            written, error = operation.GetOverlappedResult(True)
            if error == _winapi.ERROR_OPERATION_ABORTED:
                raise TimeoutError(f"no room to write within {round(timeout or 0, 2):g} s")
            return int(written)

        def readable(self, timeout: float | None = None) -> bool:
            try:
                return bool(self._connection.poll(timeout))
            except OSError:
                return True

        def fileno(self) -> int:
            return int(self._connection.fileno())

        def close(self) -> None:
            self._connection.close()

        @property
        def closed(self) -> bool:
            return bool(self._connection.closed)

    def _open_ends() -> tuple[Any, Any]:
        return connection.Pipe(duplex=False)[:2]

else:

    class _StreamEnd:
        """A descriptor of a pipe, or of a connected local socket."""

        def __init__(self, descriptor: int) -> None:
            self._descriptor = descriptor
            os.set_blocking(descriptor, False)
            open_streams.add(self)

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
                    raise TimeoutError(f"nothing to read within {round(timeout or 0, 2):g} s")

        def write(self, data: Bytes, timeout: float | None = None) -> int:
            deadline = None
            while True:
                try:
                    return os.write(self._descriptor, data)
                except BlockingIOError:
                    deadline = deadline or deadline_after(timeout)
                if not wait_for(self._descriptor, select.POLLOUT, time_left(deadline)):
                    raise TimeoutError(f"no room to write within {round(timeout or 0, 2):g} s")

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
            self.close()

        def __getstate__(self) -> Any:
            return reduction.DupFd(self._descriptor)

        def __setstate__(self, state: Any) -> None:
            self._descriptor = state.detach()
            open_streams.add(self)

    def _open_ends() -> tuple[Any, Any]:
        reader, writer = os.pipe()
        if hasattr(fcntl, "F_SETPIPE_SZ"):  # Python 3.10+ on Linux
            try:
                fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_CAPACITY)
            except PermissionError:
                pass  # this user's pipes hold too much already: 64 KiB must do
        return reader, writer


class Stream(_StreamEnd):
    """One end of a one-way stream of bytes.

    >>> reader, writer = open_stream()
    >>> writer.write(b"hello"), reader.read()
    (5, b'hello')
    >>> writer.close(); reader.read()
    b''
    >>> reader.close()

    `write` takes what there is room for and returns how much; `read` returns b'' at the end. An end can be given
    to a process as an argument, whichever way it is started.

    Raises: TimeoutError after `timeout` seconds; BrokenPipeError from `write` when no reader is left.
    """


def open_stream() -> tuple[Stream, Stream]:
    """Return the two ends of a new stream, (reader, writer).

    >>> reader, writer = open_stream()
    >>> reader.close(); writer.close()
    """
    reader, writer = _open_ends()
    return Stream(reader), Stream(writer)


def wait_readable(streams: Iterable[Any], timeout: Optional[float] = None) -> list[Any]:
    """Return those of `streams` (anything with `fileno`) that can be read or have ended; [] when `timeout` seconds
    pass.

    >>> reader, writer = open_stream()
    >>> wait_readable([reader], 0)
    []
    >>> writer.close(); wait_readable([reader], 9) == [reader]
    True
    >>> reader.close()

    On Windows give it either streams or sockets. Source: poll(2). The stdlib: `multiprocessing.connection.wait`.
    """
    streams = list(streams)
    if os.name != "nt":
        ends = {stream.fileno(): stream for stream in streams}
    elif streams and hasattr(streams[0], "_connection"):  # a pipe's bare handle says nothing there
        ends = {stream._connection: stream for stream in streams}
    else:  # sockets only
        return list(select.select(streams, [], [], timeout)[0])
    return [ends[ready] for ready in connection.wait(list(ends), timeout)]
