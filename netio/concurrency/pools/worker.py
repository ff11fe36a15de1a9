"""One worker process of a pool: its own loop, and how the thread that manages it sees it.

A task goes over as one message, its outcome comes back as one. A long task is sent by a helper thread, so that the
manager can wait for the outcome, the worker's end and the timeout from the start: a worker that is stopped, or dies,
while it should read would otherwise hold the manager up for ever.
"""
from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import socket
import sys
import threading
from concurrent.futures import Future
from multiprocessing import connection, process
from multiprocessing.process import BaseProcess
from typing import Any, Callable, NamedTuple, Sequence

from ..processes.fork import closing_failed_fork, flush_output
from ..processes.outcome import ChildDied, Inbox, pack_error, pack_outcome, send_chunks, unpack_outcome
from ..processes.signals import ignore_ctrl_c, spawning_unheard
from ..processes.watching import ChildWatch, open_pidfd, watch_child
from .chunks import Chunk

START_SECONDS = 60.0  # how long a worker may take until it is ready for its first task
STOP_SECONDS = 5.0  # that a worker has to end before it is killed
RESEND = b"resend"  # instead of a call (a pickle begins otherwise): the last chunk again, each result for itself
SHORT_BYTES = 4096  # fits into the buffer of an idle pipe on every system, so sending it never blocks
FORK_SECONDS = 10.0  # that a fork waits for a thread that starts a worker


class Task(NamedTuple):
    """One call on its way to a worker: where its outcome goes, its name, the pickled call, its timeout in seconds.

    >>> Task(Future(), "abs", b"", None).name
    'abs'
    """

    future: Future[Any]
    name: str
    call: bytes
    timeout: float | None


class Worker:
    """A worker process, seen from the thread that manages it.

    `start(pipe)` starts the process with that end of a pipe, and returns its watch.

    >>> context = multiprocessing.get_context("spawn")
    >>> worker = Worker(lambda pipe: start_process(context, pipe, int))
    >>> unpack_outcome(worker.do(Task(Future(), "divmod", pickle.dumps((divmod, (7, 2), {})), 60)))
    (3, 1)
    >>> worker.stop()
    """

    def __init__(self, start: Callable[[connection.Connection], ChildWatch]) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self.served, self.broken = 0, False
        try:
            with theirs:
                self.watch = start(theirs)
        except BaseException:
            self.pipe.close()
            raise

    def do(self, task: Task) -> bytearray:
        """Have one task done; return its packed outcome. Raises: ChildDied, TimeoutError, the initializer's error."""
        if not self.served:
            outcome = self._receive("a worker, before its first task", START_SECONDS)
            self.broken = True
            unpack_outcome(outcome)
        self.served += 1
        if len(task.call) <= SHORT_BYTES:
            self._send(task.call)
            return self._receive(task.name, task.timeout)
        sender = threading.Thread(target=self._send, args=(task.call,), daemon=True)
        sender.start()
        try:
            return self._receive(task.name, task.timeout)
        finally:
            sender.join()

    def _send(self, call: bytes) -> None:
        with contextlib.suppress(OSError):  # it has died: receiving says so, and how
            self.pipe.send_bytes(call)

    def _receive(self, name: str, timeout: float | None) -> bytearray:
        self.broken = True  # until the whole message is here
        inbox = Inbox(self.pipe, self.watch)
        try:
            ended = inbox.collect(timeout)
        except MemoryError:
            self.kill()
            raise MemoryError(f"no memory for the result of {name}") from None
        if inbox.data is not None:
            self.broken = False
            return inbox.data
        if ended:
            self.watch.wait(STOP_SECONDS)  # its pipe closes a moment before its end
        closed = ended and not self.watch.has_ended()
        self.kill()
        if not ended:
            raise TimeoutError(f"{name} (pid {self.watch.pid}) was killed, because it still ran after {timeout} s")
        reason = "it closed its pipe (did it run another program?) and was killed" if closed else ""
        raise ChildDied(name, self.watch.pid, self.watch.exitcode, reason)

    def kill(self) -> None:
        """Kill the process, wait for its end, and free a thread that sends to it."""
        self.watch.kill()
        self.watch.wait(STOP_SECONDS)
        if os.name == "posix":  # else a child of the worker would keep the pipe open
            with contextlib.suppress(OSError):
                copy = os.dup(self.pipe.fileno())
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=copy) as end:
                    end.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Ask the worker to end, and kill it if it does not."""
        if not self.broken:
            self._send(b"")
            self.watch.wait(STOP_SECONDS)
        self.kill()
        self.pipe.close()


def start_process(context: Any, pipe: connection.Connection, *setup: Any) -> ChildWatch:
    """Start a worker process; `setup` is its initializer and what that takes.

    >>> start_process.__name__
    'start_process'
    """
    child = context.Process(target=work, args=(pipe, os.getpid(), *setup), daemon=False)
    with spawning_unheard() if context.get_start_method() == "spawn" else contextlib.nullcontext():
        return start_unlisted(child)


def start_unlisted(child: BaseProcess) -> ChildWatch:
    """Start a process that the pool alone ends and waits for, and watch it.

    `multiprocessing` would terminate or join it at the end of any child that the program forks by itself.

    >>> child = multiprocessing.Process(target=int)
    >>> start_unlisted(child).wait(timeout=60)
    []
    >>> child in multiprocessing.active_children()
    False
    """
    with _starting.lock:
        with closing_failed_fork():
            child.start()
        getattr(process, "_children").discard(child)
    return watch_child(child, close=True)


class _Starting:
    """One start of a child at a time, and no fork by another thread meanwhile.

    `multiprocessing`'s list of children is not made for several threads. And it holds locks of its own while it starts
    one (of its modules, of its resource tracker), which a process that the program forks then would inherit locked.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()  # `child.start()` itself may fork
        self._own = threading.local()

    def before_fork(self) -> None:
        self._own.held = self.lock.acquire(timeout=FORK_SECONDS)

    def after_fork_in_parent(self) -> None:
        if self._own.held:
            self.lock.release()

    def after_fork_in_child(self) -> None:
        self.lock = threading.RLock()
        if "multiprocessing.forkserver" in sys.modules:  # the parent's server takes no orders from here
            getattr(sys.modules["multiprocessing.forkserver"], "_forkserver")._forkserver_pid = None


_starting = _Starting()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_starting.before_fork, after_in_parent=_starting.after_fork_in_parent,
                        after_in_child=_starting.after_fork_in_child)


def work(
    pipe: connection.Connection, owner: int, initializer: Callable[..., object] = int, *initargs: object,
) -> None:
    """What a worker does: set up, then one task after the other, until it is asked to end or `owner` has ended.

    >>> work.__name__
    'work'
    """
    ignore_ctrl_c()
    watcher = threading.Thread(target=_end_with, args=(owner,), daemon=True)
    setattr(watcher, "holds_no_lock", True)  # a task may fork beside it
    watcher.start()
    try:
        with pipe:
            _send_outcome(pipe, initializer, *initargs)
            while call := pipe.recv_bytes():
                _send_outcome(pipe, _call, call)
    except (EOFError, OSError) as error:
        if not is_end_of_pipe(error):
            raise


def is_end_of_pipe(error: EOFError | OSError) -> bool:
    """Return whether an error of a pipe says that its other end was closed, be it within a message.

    >>> is_end_of_pipe(OSError("got end of file during message")), is_end_of_pipe(TimeoutError("too late"))
    (True, False)
    """
    torn = type(error) is OSError and error.errno is None
    return torn or isinstance(error, (EOFError, BrokenPipeError, ConnectionResetError))


def _end_with(owner: int) -> None:
    """Wait until the pool's process has ended, however that happens, and end this one: nobody wants its results.

    The sentinel is a pipe whose other end any process has, too, which was forked later; a pidfd (Linux) knows the
    process itself.
    """
    parent = multiprocessing.parent_process()
    sources: list[Any] = [parent.sentinel] if parent is not None else []
    pidfd = open_pidfd(owner)
    if pidfd is not None:
        sources.append(pidfd)
    if sources:
        connection.wait(sources)
        os._exit(1)


def _send_outcome(pipe: connection.Connection, function: Callable[..., object], *args: object) -> None:
    pid = os.getpid()
    outcome = _pack_any(function, *args)
    if os.getpid() != pid:  # forked by the task: its outcome would be taken for that of the next task
        flush_output()
        os._exit(0)
    send_chunks(pipe, outcome)


def _pack_any(function: Callable[..., object], *args: object) -> bytes:
    """Pack what came out, sys.exit included: it ends the task, not the worker. (SIGINT is ignored here.)"""
    try:
        return pack_outcome(function, *args)
    except (SystemExit, KeyboardInterrupt) as error:
        return pack_error(error)


def _call(call: bytes) -> Any:
    if call == RESEND:
        chunk = _last_chunk.pop()
        chunk.apart = True
        return chunk
    _last_chunk.clear()
    function, args, kwargs = pickle.loads(call)
    value = function(*args, **kwargs)
    if isinstance(value, Chunk):
        _last_chunk.append(value)
    return value


_last_chunk: list[Chunk] = []  # of this worker, until its next task: the pool may be unable to rebuild it


def pack_call(name: str, function: Callable[..., object], args: Sequence[object], kwargs: dict[str, Any]) -> bytes:
    """Pickle a call for a worker.

    >>> len(pack_call("abs", abs, [-1], {})) > 0
    True

    Raises: TypeError when it cannot be pickled; MemoryError.
    """
    try:
        return pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise MemoryError(f"no memory to send the arguments of {name}") from None
    except Exception as error:
        raise TypeError(f"{name} or its arguments cannot be sent to another process: {error}") from error
