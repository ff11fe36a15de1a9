"""How a child process tells its parent what came out: a result, or an exception with the child's traceback.

The outcome is pickled in the child and sent through a pipe in chunks; the parent collects chunks whenever they come.
So a result may have any size: nobody waits for a child to end while the child waits for somebody to read. An
outcome that does not come whole means that the child died, and the parent is told how.
"""
from __future__ import annotations

import os
import pickle
import time
import traceback
from multiprocessing import connection
from typing import Any, Callable

from .status import describe_exit

CHUNK_BYTES = 64 * 1024


class ChildDied(RuntimeError):
    """A child process ended before it had told its result.

    >>> print(ChildDied("worker", 4711, -15))
    worker (pid 4711) died: killed by SIGTERM (15) before it returned a result

    `pid` and `exitcode` (negative for a signal, None when unknown) are attributes.
    """

    def __init__(self, name: str, pid: int | None, exitcode: int | None) -> None:
        super().__init__(name, pid, exitcode)
        self.name, self.pid, self.exitcode = name, pid, exitcode

    def __str__(self) -> str:
        how = "its status is unknown" if self.exitcode is None else describe_exit(self.exitcode)
        return f"{self.name} (pid {self.pid}) died: {how} before it returned a result"


class RemoteTraceback(Exception):
    """The traceback of an exception in another process, shown as the cause of that exception here.

    >>> str(RemoteTraceback("Traceback ..."))
    '\\nTraceback ...'
    """

    def __str__(self) -> str:
        return "\n" + str(self.args[0])


def pack_outcome(function: Callable[..., object], *args: object, **kwargs: object) -> bytes:
    """Call `function(*args, **kwargs)` and return what came out as bytes, for `unpack_outcome` in another process.

    >>> unpack_outcome(pack_outcome(divmod, 7, 2))
    (3, 1)

    An exception travels, too. A result that does not pickle becomes a TypeError that says so:

    >>> unpack_outcome(pack_outcome(lambda: (lambda: 0)))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    TypeError: the result, a function, cannot be sent to another process: ...

    SystemExit and KeyboardInterrupt are not caught: they end the process.
    """
    try:
        value = function(*args, **kwargs)
    except Exception as error:
        return _pack_error(error)
    try:
        return b"+" + pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        kind = type(value).__name__
        return _pack_error(TypeError(f"the result, a {kind}, cannot be sent to another process: {error}"))


def _pack_error(error: BaseException) -> bytes:
    """Pack an exception, or, where it does not survive pickling, a RuntimeError that says what it was."""
    frames = error.__traceback__.tb_next if error.__traceback__ else None  # without the call in pack_outcome
    trace = "".join(traceback.format_exception(type(error), error, frames))
    try:
        packed = pickle.dumps((error, trace), pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)  # classes whose __init__ wants other arguments fail only here
    except Exception:
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        packed = pickle.dumps((plain, trace), pickle.HIGHEST_PROTOCOL)
    return b"-" + packed


def unpack_outcome(data: bytes) -> Any:
    """Return the result that `pack_outcome` packed, or raise its exception, caused by the other process's traceback.

    >>> try:
    ...     unpack_outcome(pack_outcome(divmod, 7, 0))
    ... except ZeroDivisionError as error:
    ...     print(type(error.__cause__).__name__, "divmod" not in str(error))
    RemoteTraceback True

    It unpickles, so give it only what a child of this program has sent.
    """
    value = pickle.loads(memoryview(data)[1:])
    if data[:1] == b"+":
        return value
    error, trace = value
    raise error from RemoteTraceback(trace)


def send_chunks(pipe: connection.Connection, data: bytes) -> None:
    """Send bytes of any length in chunks, and an empty chunk as the end.

    >>> import multiprocessing
    >>> reader, writer = multiprocessing.Pipe(duplex=False)
    >>> send_chunks(writer, b"all of it")
    >>> inbox = Inbox(reader)
    >>> inbox.collect(timeout=10), inbox.data
    (True, b'all of it')
    >>> reader.close(); writer.close()
    """
    for begin in range(0, len(data), CHUNK_BYTES):
        pipe.send_bytes(data[begin:begin + CHUNK_BYTES])
    pipe.send_bytes(b"")


class Inbox:
    """Collects one message of `send_chunks`, as far as it has come, and stops when its sender has died.

    `sentinel` is something that becomes ready when the sender ends (a pidfd, `Process.sentinel`), or None. After
    `collect` has returned True, `data` is the whole message, or None when the sender ended before its end.

    >>> import multiprocessing
    >>> reader, writer = multiprocessing.Pipe(duplex=False)
    >>> writer.send_bytes(b"half"); writer.close()
    >>> inbox = Inbox(reader)
    >>> inbox.collect(timeout=10), inbox.data
    (True, None)
    >>> reader.close()
    """

    def __init__(self, pipe: connection.Connection, sentinel: int | None = None) -> None:
        self.data: bytes | None = None
        self._pipe, self._sentinel = pipe, sentinel
        self._chunks: list[bytes] = []
        self._ended = False

    def collect(self, timeout: float | None = None) -> bool:
        """Take in what comes until the message or its sender has ended; return False when `timeout` seconds are over.

        The next call goes on where this one stopped.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        sources: list[Any] = [self._pipe] if self._sentinel is None else [self._pipe, self._sentinel]
        while not self._ended:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready = connection.wait(sources, left)
            if not ready:
                return False
            try:
                if self._pipe in ready or self._pipe.poll():  # the sender's last words come before its end
                    self._take(self._pipe.recv_bytes(CHUNK_BYTES))
                else:
                    self._ended = True
            except (EOFError, OSError):  # the other end is closed
                self._ended = True
        return True

    def _take(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        if not chunk:
            self.data, self._ended = b"".join(self._chunks), True
            self._chunks.clear()


def open_pidfd(pid: int) -> int | None:
    """Return a descriptor that becomes readable when the process ends (Linux), or None where there is no such thing.

    Close it with `os.close`.

    >>> descriptor = open_pidfd(os.getpid())
    >>> if descriptor is not None:
    ...     os.close(descriptor)

    Source: pidfd_open(2).
    """
    try:
        return os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    except OSError:  # an older kernel
        return None
