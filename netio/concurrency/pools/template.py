"""A copy of the program, forked when the pool is made, that forks the pool's workers (POSIX).

A worker that replaces another must see what the first ones saw: the program's memory as it was then. And a fork beside
running threads copies their locks in whatever state they are, so it should not happen while the pool's own threads run.
Both hold when workers are forked by a process that was forked before, has no threads, and does nothing else.
"""
from __future__ import annotations

import contextlib
import errno
import itertools
import multiprocessing
import os
import signal
import socket
import threading
from multiprocessing import connection
from typing import Any, Iterator

from ..processes.fork import closing_failed_fork, hush_second_warning
from ..processes.outcome import ChildDied
from ..processes.watching import ChildWatch, open_pidfd
from .worker import START_SECONDS, STOP_SECONDS, is_end_of_pipe, start_unlisted, work


class Template:
    """The process that forks the workers; `setup` is their initializer and what that takes.

    >>> if hasattr(os, "fork"):
    ...     template = Template(int)
    ...     ours, theirs = multiprocessing.Pipe()
    ...     watch = template.start_worker(theirs)
    ...     theirs.close(); ours.send_bytes(b"")
    ...     assert watch.wait(timeout=60) == [] and watch.exitcode == 0
    ...     ours.close(); template.stop()

    Raises: OSError when the system has no room for another process.
    """

    def __init__(self, *setup: Any) -> None:
        self._lock, self._questions = threading.Lock(), itertools.count()
        self._channel, theirs = multiprocessing.Pipe()
        arguments = (theirs, self._channel, os.getpid(), setup)
        process = multiprocessing.get_context("fork").Process(target=_fork_workers, args=arguments, daemon=False)
        try:
            with theirs, hush_second_warning():
                self._watch = start_unlisted(process)
        except BaseException:
            self._channel.close()
            raise

    def start_worker(self, pipe: connection.Connection) -> ChildWatch:
        """Fork a worker with this end of its pipe. Raises: OSError; ChildDied when the template itself is gone."""
        pid = self._ask("start", pipe)
        return ChildWatch(pid, lambda: self._poll(pid), lambda: os.kill(pid, signal.SIGKILL))

    def stop(self) -> None:
        """End the template; its workers should have ended before."""
        with self._lock, contextlib.suppress(OSError):
            self._channel.send((0, None))
        self._watch.wait(STOP_SECONDS)
        self._watch.kill()
        self._watch.wait(STOP_SECONDS)
        self._channel.close()

    def _poll(self, pid: int) -> int | None:
        try:
            code: int | None = self._ask(pid)
        except (ChildDied, OSError):  # then nobody knows
            return None
        return code

    def _ask(self, question: object, pipe: connection.Connection | None = None) -> Any:
        with self._lock:
            number, answered, answer = next(self._questions), -1, None
            try:
                self._channel.send((number, question))
                if pipe is not None:
                    self._send_pipe(pipe)
                while answered != number:  # an answer to an earlier question may have come too late
                    if not self._channel.poll(START_SECONDS):
                        raise TimeoutError(f"the process that forks the workers is silent for {START_SECONDS} s")
                    answered, answer = self._channel.recv()
            except (EOFError, OSError) as error:
                if not is_end_of_pipe(error):
                    raise
                self._watch.wait(STOP_SECONDS)
                exitcode = self._watch.exitcode
                raise ChildDied("the process that forks the workers", self._watch.pid, exitcode) from None
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _send_pipe(self, pipe: connection.Connection) -> None:
        try:
            with _as_socket(self._channel) as sock:
                socket.send_fds(sock, [b"+"], [pipe.fileno()])
        except OSError:
            os.write(self._channel.fileno(), b"-")  # instead: the template waits for it, and says that none came


def _fork_workers(
    channel: connection.Connection, parents_end: connection.Connection, owner: int, setup: tuple[Any, ...],
) -> None:
    """What the template does: fork workers, and say how they have ended, until the pool or its process ends."""
    parents_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    former: dict[int, Any] = {signal.SIGTERM: signal.signal(signal.SIGTERM, signal.SIG_IGN)}
    former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    children: dict[int, Any] = {}
    pidfd = open_pidfd(owner)
    sources: list[Any] = [channel] if pidfd is None else [channel, pidfd]
    with contextlib.suppress(EOFError, OSError):
        while channel in connection.wait(sources):
            number, question = channel.recv()
            if question is None:
                break
            elif question == "start":
                channel.send((number, _fork_worker(channel, children, former, (owner, *setup))))
            else:
                channel.send((number, _status(children, question)))
    os._exit(0)


def _fork_worker(
    channel: connection.Connection, children: dict[int, Any], former: dict[int, Any], setup: tuple[Any, ...],
) -> int | OSError:
    context = multiprocessing.get_context("fork")
    with _as_socket(channel) as sock:
        _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
    if not descriptors:  # a byte alone: there was no descriptor left, here or there
        return OSError(errno.EMFILE, "a new worker's pipe could not be handed over")
    with connection.Connection(descriptors[0]) as pipe:
        child = context.Process(target=_start_work, args=(channel, former, pipe, *setup), daemon=False)
        try:
            with closing_failed_fork():
                child.start()
        except OSError as error:
            return error.with_traceback(None)
    assert child.pid is not None
    children[child.pid] = child
    return child.pid


@contextlib.contextmanager
def _as_socket(channel: connection.Connection) -> Iterator[socket.socket]:
    """The channel as what it is. `multiprocessing`'s own way takes one more descriptor, and from 3.14 on a reply."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=channel.fileno())
    try:
        yield sock
    finally:
        sock.detach()


def _start_work(channel: connection.Connection, former: dict[int, Any], *arguments: Any) -> None:
    channel.close()
    for number, handler in former.items():
        signal.signal(number, signal.SIG_DFL if handler is None else handler)
    work(*arguments)


def _status(children: dict[int, Any], pid: int) -> int | None:
    if pid not in children:
        return None
    code: int | None = children[pid].exitcode
    if code is not None:
        children.pop(pid).close()
    return code
