"""The processes that a server starts: each is watched by the loop, collected when it has ended, and reported once.

A child made by `os.fork` and one of `multiprocessing` look alike here: `sentinel` becomes readable when it ends,
`exitcode` is None until it has been collected, `terminate`, `kill`, `join` and `close` do what they say. On Windows a
sentinel is a handle, for which select cannot wait, so a thread does.
"""
from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from multiprocessing.process import BaseProcess
from typing import Any, Callable

from ....events.loop import READ, Loop
from ...processes.fork import fork_child
from ...processes.reaping import reap_children
from ...processes.signals import ignore_ctrl_c

_AGAIN = 0.01  # seconds: one that has closed its end of the sentinel has not quite ended


class ForkedChild:
    """A child made by `os.fork`, at the price of `os.fork`, in the shape of a `multiprocessing.Process`.

    >>> if hasattr(os, "fork"):
    ...     child = ForkedChild(sys.exit, 3)
    ...     child.join()
    ...     assert child.exitcode == 3
    ...     child.close()

    The child holds the only writing end of a pipe, which the system closes when the child ends, however it ends.
    """

    def __init__(self, function: Callable[..., object], *args: object) -> None:
        self._exitcode: int | None = None
        self.sentinel, held_by_child = os.pipe()
        try:
            self.pid = fork_child(self._run, function, args, warn_threads=False)
        except BaseException:
            os.close(self.sentinel)
            raise
        finally:
            os.close(held_by_child)

    def _run(self, function: Callable[..., object], args: tuple[object, ...]) -> None:
        os.close(self.sentinel)
        function(*args)

    @property
    def exitcode(self) -> int | None:
        if self._exitcode is None:
            for _, status in reap_children([self.pid]):
                self._exitcode = 0 if status is None else os.waitstatus_to_exitcode(status)
        return self._exitcode

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.exitcode is None:
            os.kill(self.pid, number)

    def join(self) -> None:
        if self._exitcode is None:
            with contextlib.suppress(ChildProcessError):  # somebody else has collected it
                self._exitcode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def close(self) -> None:
        os.close(self.sentinel)


class Children:
    """The children of a server; for each that has ended its `on_end(child)` is called in the loop.

    >>> import multiprocessing
    >>> from netio.events.select import SelectPoller
    >>> loop = Loop(SelectPoller())
    >>> children = Children(loop)
    >>> process = multiprocessing.get_context("spawn").Process(target=sys.exit, args=(3,))
    >>> process.start()
    >>> children.add(process, lambda child: print("status", child.exitcode) or loop.stop())
    >>> loop.run(); loop.close(); len(children)
    status 3
    0
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._on_end: dict[Any, Callable[[Any], object]] = {}

    def __len__(self) -> int:
        return len(self._on_end)

    def __iter__(self) -> Any:
        return iter(list(self._on_end))

    def add(self, child: ForkedChild | BaseProcess, on_end: Callable[[Any], object]) -> None:
        """Watch a child that has been started."""
        self._on_end[child] = on_end
        if sys.platform == "win32":
            threading.Thread(target=self._wait_in_thread, args=(child,), daemon=True).start()
        else:
            self._loop.watch(child.sentinel, READ, lambda events: self._on_sentinel(child))

    def _wait_in_thread(self, child: Any) -> None:
        with contextlib.suppress(ValueError):  # closed by `close`
            child.join()
        self._loop.call_soon_threadsafe(self._collect, child)

    def _on_sentinel(self, child: Any) -> None:
        self._loop.unwatch(child.sentinel)
        self._collect(child)

    def _collect(self, child: Any) -> None:
        if child not in self._on_end:
            return
        if child.exitcode is None and not _is_gone(child.pid):
            self._loop.call_at(self._loop.now + _AGAIN, lambda now: self._collect(child))
            return
        try:
            self._on_end.pop(child)(child)
        finally:
            _release(child)

    def terminate(self) -> None:
        """Ask all to end: SIGTERM."""
        for child in self:
            child.terminate()

    def kill(self) -> None:
        """End all."""
        for child in self:
            child.kill()

    def close(self) -> None:
        """End all and wait for them; `on_end` is not called."""
        self.kill()
        for child in self:
            del self._on_end[child]
            if sys.platform != "win32":
                self._loop.unwatch(child.sentinel)
            child.join()
            _release(child)


def _is_gone(pid: int) -> bool:
    """Whether somebody else has collected the child, as a program does that ignores SIGCHLD."""
    try:
        os.kill(pid, 0) if sys.platform != "win32" else None
    except ProcessLookupError:
        return True
    return False


def _release(child: Any) -> None:
    with contextlib.suppress(ValueError):  # multiprocessing takes one that somebody else has collected for running
        child.close()


def become_child() -> None:
    """Undo in a child what the server has arranged for signals: Ctrl-C is the parent's, SIGTERM ends.

    >>> former = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    >>> become_child(); signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    True
    >>> for number, handler in zip((signal.SIGINT, signal.SIGTERM), former):
    ...     _ = signal.signal(number, handler)
    """
    signal.set_wakeup_fd(-1)
    ignore_ctrl_c()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
