"""How a child process tells its parent what came out: a result, or an exception with the child's traceback.

The outcome is pickled in the child and sent through a pipe in chunks; the parent collects chunks whenever they come.
So a result may have any size: nobody waits for a child to end while the child waits for somebody to read. An
outcome that does not come whole means that the child died, and the parent is told how.
"""
from __future__ import annotations

import contextlib
import os
import pickle
import struct
import traceback
from multiprocessing import connection
from typing import Any, Callable

from ..._deadline import deadline_after, time_left
from .status import describe_exit
from .watching import ChildWatch

CHUNK_BYTES = 64 * 1024  # read at a time
HEAD = struct.Struct("!i")  # what multiprocessing's Connection sends before each message on POSIX: its length


class ChildDied(RuntimeError):
    """A child process ended before it had told its result.

    >>> print(ChildDied("worker", 4711, -15))
    worker (pid 4711) died: killed by SIGTERM (15) before it returned a result

    `pid` and `exitcode` (negative for a signal, None when unknown) are attributes, and `reason`, if more is known.
    """

    def __init__(self, name: str, pid: int | None, exitcode: int | None, reason: str = "") -> None:
        super().__init__(name, pid, exitcode, reason)
        self.name, self.pid, self.exitcode, self.reason = name, pid, exitcode, reason

    def __str__(self) -> str:
        how = "its status is unknown" if self.exitcode is None else describe_exit(self.exitcode)
        return f"{self.name} (pid {self.pid}) died: {self.reason or how} before it returned a result"


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
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        return pack_error(error)
    return pack_value(value)


def pack_value(value: object) -> bytes:
    """Pack a result, or the error that says why it cannot be sent.

    >>> unpack_outcome(pack_value([1, 2]))
    [1, 2]
    """
    try:
        return b"+" + pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pack_error(MemoryError(f"no memory to send the result, a {type(value).__name__}"))
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        kind = type(value).__name__
        text = f"the result, a {kind}, cannot be sent to another process: {_describe(error)}"
        return pack_error(TypeError(text))


def pack_error(error: BaseException) -> bytes:
    """Pack an exception, its traceback and a description, which replaces it if it cannot be rebuilt.

    >>> unpack_outcome(pack_error(ValueError("no luck")))
    Traceback (most recent call last):
    ValueError: no luck
    """
    try:
        str(error)
        packed = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
        if type(pickle.loads(packed)) is not type(error):  # classes whose __init__ wants other arguments fail here
            packed = b""
    except BaseException:  # an exception may do anything when it is shown
        packed = b""
    description = f"{type(error).__name__}: {_describe(error)}"
    return b"-" + pickle.dumps((packed, description, _format_traceback(error)), pickle.HIGHEST_PROTOCOL)


def _format_traceback(error: BaseException) -> str:
    frames = error.__traceback__.tb_next if error.__traceback__ else None  # without the call in pack_outcome
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except BaseException:
        return "".join(traceback.format_tb(frames))


def _describe(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as second:
        return f"its text cannot be shown: {type(second).__name__} in __str__"


def unpack_outcome(data: bytes | bytearray) -> Any:
    """Return the result that `pack_outcome` packed, or raise its exception, caused by the other process's traceback.

    >>> try:
    ...     unpack_outcome(pack_outcome(divmod, 7, 0))
    ... except ZeroDivisionError as error:
    ...     print(type(error.__cause__).__name__, "Traceback" not in str(error))
    RemoteTraceback True

    It unpickles, so give it only what a child of this program has sent.

    Raises: what the function raised, or a RuntimeError that describes it where it cannot be rebuilt; TypeError when the
    result cannot be rebuilt.
    """
    packed = memoryview(data)[1:]
    if data[:1] != b"+":
        error, trace = _unpack_error(*pickle.loads(packed))
        raise error from RemoteTraceback(trace)
    try:
        return pickle.loads(packed)
    except MemoryError:
        raise
    except Exception as error:
        raise TypeError(f"the result came, but cannot be rebuilt here: {_describe(error)}") from error


def _unpack_error(packed: bytes, description: str, trace: str) -> tuple[BaseException, str]:
    with contextlib.suppress(Exception):
        error = pickle.loads(packed) if packed else None
        if isinstance(error, BaseException):
            return error, trace
    return RuntimeError(description), trace


def send_chunks(pipe: connection.Connection, data: bytes) -> None:
    """Send bytes of any length in chunks, and an empty chunk as the end.

    >>> import multiprocessing
    >>> reader, writer = multiprocessing.Pipe(duplex=False)
    >>> send_chunks(writer, b"all of it")
    >>> inbox = Inbox(reader)
    >>> inbox.collect(timeout=10), inbox.data
    (True, bytearray(b'all of it'))
    >>> reader.close(); writer.close()
    """
    if data and len(data) < CHUNK_BYTES and os.name == "posix":  # mostly one call, and the reader wakes once
        rest = HEAD.pack(len(data)) + data + HEAD.pack(0)
        while rest:
            rest = rest[os.write(pipe.fileno(), rest):]
        return
    for begin in range(0, len(data), CHUNK_BYTES):
        pipe.send_bytes(data[begin:begin + CHUNK_BYTES])
    pipe.send_bytes(b"")


class Inbox:
    """Collects one message of `send_chunks`, as far as it has come, and stops when its sender has died.

    `watch` tells when the sender ends (None: only the pipe does). After `collect` has returned True, `data` is the
    whole message, or None when the sender ended, or closed its end, before the end of the message.

    >>> import multiprocessing
    >>> reader, writer = multiprocessing.Pipe(duplex=False)
    >>> writer.send_bytes(b"half"); writer.close()
    >>> inbox = Inbox(reader)
    >>> inbox.collect(timeout=10), inbox.data
    (True, None)
    >>> reader.close()
    """

    def __init__(self, pipe: connection.Connection, watch: ChildWatch | None = None) -> None:
        self.data: bytearray | None = None
        self._pipe, self._watch = pipe, watch
        self._message = bytearray()
        self._wanted = HEAD.size  # bytes: the rest of a chunk, and the head of the next one
        self._ended = False

    def collect(self, timeout: float | None = None) -> bool:
        """Take in what comes until the message or its sender has ended; return False when `timeout` seconds are over.

        The next call goes on where this one stopped.
        """
        deadline = deadline_after(timeout)
        while not self._ended:
            ready = self._wait(time_left(deadline))
            if not ready and not (self._watch and self._watch.ended):
                return False
            try:
                if ready or self._pipe.poll():  # the sender's last words come before its end
                    self._read()
                else:
                    self._ended = True
            except (EOFError, OSError):  # the other end is closed
                self._ended = True
        return True

    def _wait(self, seconds: float | None) -> list[Any]:
        if self._watch is not None:
            ready: list[Any] = self._watch.wait(seconds, self._pipe)
            return ready
        return connection.wait([self._pipe], seconds)

    def _read(self) -> None:
        """Read what is there, and no more than this message: a sender may be stopped, or die, in the midst of a chunk.

        `recv_bytes` would wait for the rest of the chunk. On Windows chunks come whole.
        """
        if os.name == "nt":
            chunk = self._pipe.recv_bytes()
            self._message += chunk
            length = len(chunk)
        else:
            part = os.read(self._pipe.fileno(), self._wanted)
            if not part:
                raise EOFError("the sender has closed its end")
            self._message += part
            self._wanted -= len(part)
            if self._wanted:
                return
            length, = HEAD.unpack_from(self._message, len(self._message) - HEAD.size)
            if length < 0:
                raise EOFError("no message of send_chunks")
            del self._message[-HEAD.size:]
            self._wanted = length + HEAD.size
        if not length:
            self.data, self._ended = self._message, True
