"""Learning that a child has ended, and how, whoever collects it.

The sentinel of a `multiprocessing` process is a pipe that its own children hold, too, so it says nothing while one of
them lives, and that closes early when the child runs another program (exec). A pidfd (Linux) and a process handle
(Windows) are about the process alone. Where there is neither, the child is looked at some 20 times a second.

The status of a child may be lost: the system throws it away while SIGCHLD is ignored, and any `os.waitpid(-1)` of the
program takes it. That the child has ended can still be seen; its exit code is None then, for unknown.
"""
from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import sys
import threading
import time
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from typing import Any, Callable

from ..._deadline import deadline_after, time_left

LONGEST_PAUSE = 0.05  # seconds between two looks at a child


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
    except OSError:  # an older kernel, no descriptor left, or the process is gone
        return None


class ChildWatch:
    """Tells when one child has ended, and its exit code, also when somebody else has collected it.

    `poll()` returns the exit code, or None when there is none yet, or none any more. `kill()` kills the child.
    `sentinel` becomes ready when the child ends, but perhaps at other times, too.

    >>> import subprocess, sys
    >>> child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    >>> watch = ChildWatch(child.pid, child.poll, child.kill)
    >>> watch.wait(timeout=60), watch.ended, watch.exitcode
    ([], True, 3)

    `exitcode` is None before the end, and also after it when the status is lost. `sources` is what
    `multiprocessing.connection.wait` can wait for; where `exact` is False it does not always say so.
    """

    def __init__(
        self, pid: int, poll: Callable[[], int | None], kill: Callable[[], object], sentinel: int | None = None,
    ) -> None:
        self.pid, self.ended = pid, False
        self.exitcode: int | None = None
        self._poll, self._kill = poll, kill
        self._lock = threading.Lock()
        self._pidfd = open_pidfd(pid)
        self.exact = self._pidfd is not None or (os.name == "nt" and sentinel is not None)
        source = sentinel if self._pidfd is None else self._pidfd
        self.sources: list[Any] = [] if source is None else [source]

    def has_ended(self) -> bool:
        """Return whether the child has ended; `exitcode` is set then, if it can be known."""
        with self._lock:
            if not self.ended and (self._pidfd is None or _can_read([self._pidfd], 0)):
                code = self._poll()
                if code is not None or self._is_gone():
                    self._set_ended(self._poll_again() if code is None else code)
            return self.ended

    def wait(self, timeout: float | None = None, *others: Any) -> list[Any]:
        """Wait until the child has ended, or one of `others` can be read, at most `timeout` seconds (None: no limit).

        Returns those of `others` that are ready; `ended` says whether the child has ended.
        """
        deadline = deadline_after(timeout)
        pause = 0.001
        while True:
            if self.ended:
                return connection.wait(others, 0) if others else []
            left = time_left(deadline)
            ready = self._wait_once(left if self.exact else min(pause, LONGEST_PAUSE if left is None else left), others)
            found = [source for source in ready if source in others]
            if (len(found) < len(ready) or not self.exact) and self.has_ended():
                continue
            if found or left == 0:
                return found
            pause = min(pause * 2, LONGEST_PAUSE)

    def kill(self) -> None:
        """Kill the child, unless it has ended."""
        if not self.has_ended():
            with contextlib.suppress(ProcessLookupError):
                self._kill()

    def _wait_once(self, seconds: float | None, others: tuple[Any, ...]) -> list[Any]:
        sources = [*others, *self.sources]
        if self._pidfd is not None:
            return _can_read(sources, seconds)
        if not sources:
            time.sleep(seconds or 0)
            return []
        ready = connection.wait(sources, seconds)
        if not self.exact and any(source in ready for source in self.sources):
            self.sources = []  # it stays ready: from now on only time helps
        return ready

    def _is_gone(self) -> bool:
        """True when there is no such process any more; a child that nobody has collected is still there."""
        return self._pidfd is not None or (os.name == "posix" and not _exists(self.pid))

    def _poll_again(self) -> int | None:
        """Ask for the status of a child that has ended: it may come a moment later, through a fork server."""
        for _ in range(20):
            code = self._poll()
            if code is not None:
                return code
            time.sleep(0.005)
        return None

    def _set_ended(self, code: int | None) -> None:
        self.ended, self.exitcode, self.sources = True, code, []
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def __del__(self, is_ending: Callable[[], bool] = sys.is_finalizing) -> None:
        if getattr(self, "_pidfd", None) is not None and not is_ending():
            os.close(self._pidfd or 0)
            self._pidfd = None


def _can_read(sources: list[Any], seconds: float | None) -> list[Any]:
    """Return the sources that can be read; as `connection.wait`, at a fifth of its time (POSIX)."""
    poller = select.poll()
    numbers = {}
    for source in sources:
        number = source if isinstance(source, int) else source.fileno()
        numbers[number] = source
        poller.register(number, select.POLLIN)
    ready = poller.poll(None if seconds is None else math.ceil(seconds * 1000))
    return [numbers[number] for number, _ in ready]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def watch_child(child: BaseProcess, close: bool = False) -> ChildWatch:
    """Watch a `multiprocessing` process that has been started; `close` it at its end, if nobody needs it then.

    >>> import multiprocessing
    >>> child = multiprocessing.Process(target=divmod, args=(7, 2))
    >>> child.start()
    >>> watch = watch_child(child)
    >>> watch.wait(timeout=60), watch.exitcode
    ([], 0)

    When it has ended `multiprocessing` has forgotten it, too, and `child.close()` works.
    """
    assert child.pid is not None
    return _MultiprocessingWatch(child, close)


class _MultiprocessingWatch(ChildWatch):
    def __init__(self, child: BaseProcess, close: bool) -> None:
        self._child, self._close = child, close
        super().__init__(child.pid or 0, lambda: child.exitcode, child.kill, child.sentinel)

    def _set_ended(self, code: int | None) -> None:
        if code is None:  # lost: multiprocessing itself would believe for ever that the child runs
            getattr(self._child, "_popen").returncode = 255
        self._child.join()  # it has ended: this only takes it off multiprocessing's list
        if self._close:
            self._child.close()
        super()._set_ended(code)


def watch_forked(pid: int) -> ChildWatch:
    """Watch a child that was made by `os.fork`; it is collected when its end is seen.

    >>> if hasattr(os, "fork"):
    ...     watch = watch_forked(os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", "exit 3"))
    ...     assert watch.wait(timeout=60) == [] and watch.exitcode == 3
    """

    def poll() -> int | None:
        try:
            done, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:  # not ours any more
            return None
        return os.waitstatus_to_exitcode(status) if done else None

    return ChildWatch(pid, poll, lambda: os.kill(pid, signal.SIGKILL))
