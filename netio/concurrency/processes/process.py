"""A process as an object: what `multiprocessing.Process` offers, and its result.

It holds a `multiprocessing` process of the wanted start method and a pipe. Everything that waits also reads the pipe,
so a child with a large result can always deliver it and end; joining first and reading later is the classic deadlock.
"""
from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing import connection, process
from typing import Any, Callable, Iterable, Mapping, Sequence

from ..._deadline import deadline_after, time_left
from .fork import closing_failed_fork, die_of_interrupt, holding_signals, hush_second_warning, warn_if_threads
from .main_module import check_main
from .outcome import ChildDied, Inbox, pack_outcome, send_chunks, unpack_outcome
from .signals import delaying_ctrl_c, wait_interruptibly
from .watching import LONGEST_PAUSE, ChildWatch, watch_child

_PARENT_ONLY = ("_inner", "_reader", "_inbox", "_watch", "_joining")


class Process:
    """A child process whose result can be asked for; else it behaves as `multiprocessing.Process` does.

    >>> child = Process(divmod, args=(7, 2), name="divider")
    >>> child.name, child.pid, child.is_alive()
    ('divider', None, False)

    After `start()`, `result()` returns what the target returned or raises what it raised. `method` is "fork", "spawn"
    or "forkserver" (None: this platform's default). As with `multiprocessing`, a subclass may override `run`, children
    that are not daemons are waited for when the program ends, and daemons are killed then; neither happens when this
    process is killed itself. As a context manager it starts at once, and at the end of the block it is joined, or
    killed if the block was left by an exception (Ctrl-C).

    An exception does not appear on stderr: `exitcode` is 1 and `result()` raises it.

    Raises: ValueError for a start method that the platform lacks.
    Notes: multiprocessing, Process 类. `Process(f, args=...)` works here; in `multiprocessing` the first argument
    is `group`, and the function must be given as `target=`.
    """

    def __init__(
        self, target: Callable[..., Any] | None = None, name: str | None = None, args: Sequence[object] = (),
        kwargs: Mapping[str, Any] | None = None, *, daemon: bool | None = None, method: str | None = None,
    ) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a process's name is a str, not {name!r}: give its arguments as args=")
        context: Any = multiprocessing.get_context(method)
        self._method = context.get_start_method()
        self._target, self._args, self._kwargs = target, tuple(args), dict(kwargs or {})
        self._inner: process.BaseProcess = context.Process(target=self._work, name=name, daemon=daemon)
        self._inbox: Inbox | None = None
        self._watch: ChildWatch | None = None
        self._joining = threading.RLock()  # one thread at a time reads what the child sends

    def run(self) -> Any:
        """What the child does: call the target. Override it in a subclass; what it returns is the result."""
        return self._target(*self._args, **self._kwargs) if self._target else None

    def start(self) -> None:
        """Start the child.

        Raises: RuntimeError the second time, and when spawn could not find the program again (a function typed into a
        session); what pickling raises, when spawned; OSError when the system has no room for another process.
        """
        if self._inbox is not None:
            raise RuntimeError(f"{self.name} was started already: a process starts once")
        if self._method != "fork":
            check_main(self._target)
        self._reader, self._writer = multiprocessing.Pipe(duplex=False)
        try:
            self._start_inner()
            self._watch = watch_child(self._inner)
            self._inbox = Inbox(self._reader, self._watch)
        except BaseException:
            self._reader.close()
            if self._inner.pid is not None:  # Ctrl-C came while it was started
                self._inner.kill()
                self._inner.join()
            raise
        finally:
            self._writer.close()

    def _start_inner(self) -> None:
        if self._method != "fork":
            with delaying_ctrl_c():  # else a child that has all it needs may run on, and nobody knows
                self._inner.start()
            return
        warn_if_threads()
        with holding_signals() as self._mask, closing_failed_fork(), hush_second_warning():
            self._inner.start()

    def _work(self) -> None:
        """In the child: run, send what came out, and end with a status that says how it went."""
        try:
            self._inner, pid = process.current_process(), os.getpid()
            if hasattr(self, "_reader"):  # forked: the parent's end has come along
                self._reader.close()
                signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            outcome = pack_outcome(self.run)
            if os.getpid() != pid:  # forked by the target: the result is its parent's
                return
            with self._writer:
                send_chunks(self._writer, outcome)
        except KeyboardInterrupt:
            die_of_interrupt()
            sys.exit(130)
        if outcome[:1] == b"-":
            sys.exit(1)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name not in _PARENT_ONLY}

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the child to end and return its result.

        Raises: what the child raised, caused by a RemoteTraceback; ChildDied when it ended without a result (a signal,
        `os._exit`, `sys.exit`); TimeoutError when it still runs after `timeout` seconds (it goes on running).
        """
        self.join(timeout)
        inbox, watch = self._started()
        if not watch.ended:
            raise TimeoutError(f"{self.name} (pid {self.pid}) still runs after {timeout} s")
        if inbox.data is None:
            raise ChildDied(self.name, self.pid, self.exitcode)
        return unpack_outcome(inbox.data)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the child has ended, at most `timeout` seconds; ask `is_alive()` or `exitcode` which it was."""
        deadline = deadline_after(timeout)
        inbox, watch = self._started()
        if not wait_interruptibly(self._take_turn, timeout):  # another thread joins, and looks for both
            return
        try:
            if inbox.collect(time_left(deadline)):
                self._reader.close()
                watch.wait(time_left(deadline))
        finally:
            self._joining.release()

    def _take_turn(self, seconds: float | None) -> bool:
        return self._joining.acquire(timeout=-1 if seconds is None else seconds)

    def is_alive(self) -> bool:
        """True while the child runs."""
        if self._watch is None:
            return False
        self.join(0)
        return not self._watch.ended

    def terminate(self) -> None:
        """End the child by SIGTERM, which it may handle (Windows: TerminateProcess, which it may not)."""
        self._inner.terminate()

    def kill(self) -> None:
        """End the child by SIGKILL, which it cannot handle."""
        self._inner.kill()

    def close(self) -> None:
        """Free what the object holds. Raises: ValueError while the child runs."""
        self._inner.close()
        if self._inbox is not None:
            self._reader.close()

    def _started(self) -> tuple[Inbox, ChildWatch]:
        if self._inbox is None or self._watch is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._inbox, self._watch

    def __enter__(self) -> Process:
        self.start()
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        try:
            if kind is not None:
                self.kill()
            self.join()
        except BaseException:  # Ctrl-C while it waits
            self.kill()
            self.join()
            raise

    def __repr__(self) -> str:
        return f"<Process {self._inner!r}>"

    @property
    def name(self) -> str:
        """The name, for people; not necessarily unique."""
        return self._inner.name

    @name.setter
    def name(self, name: str) -> None:
        self._inner.name = name

    @property
    def daemon(self) -> bool:
        """True when the child is killed at the normal end of this program; settable before `start`."""
        return self._inner.daemon

    @daemon.setter
    def daemon(self, daemon: bool) -> None:
        self._inner.daemon = daemon

    @property
    def pid(self) -> int | None:
        """The process id, None before `start`."""
        return self._inner.pid

    @property
    def exitcode(self) -> int | None:
        """None while it runs, else 0, 1 after an exception, the code of `sys.exit`, or -N for signal N.

        None after its end means unknown: SIGCHLD was ignored, or somebody else has collected the child.
        """
        return None if self._watch is None or self.is_alive() else self._watch.exitcode

    @property
    def sources(self) -> list[Any]:
        """What `multiprocessing.connection.wait` can wait for: ready when the child has ended or wants to be read."""
        _, watch = self._started()
        return watch.sources if self._reader.closed else [self._reader, *watch.sources]


def wait_any_process(processes: Iterable[Process], timeout: float | None = None) -> list[Process]:
    """Wait until at least one of the started processes has ended; return all that have.

    >>> wait_any_process([])
    []

    The list is empty when `timeout` seconds are over (None: no limit), and at once when no process was given.
    The stdlib: `multiprocessing.connection.wait` on sentinels, which knows nothing of results.
    """
    processes = list(processes)
    deadline = deadline_after(timeout)
    while True:
        ended = [child for child in processes if not child.is_alive()]
        left = time_left(deadline)
        if ended or not processes or left == 0:
            return ended
        sources = [source for child in processes for source in child.sources]
        if not all(child._started()[1].exact for child in processes):
            left = LONGEST_PAUSE if left is None else min(left, LONGEST_PAUSE)
        try:
            connection.wait(sources, left) if sources else time.sleep(left or 0)
        except OSError:  # another thread has joined one of them meanwhile, which closes its pipe
            if not any(child._reader.closed for child in processes):
                raise


def run_in_child(
    function: Callable[..., Any], args: Sequence[object] = (), kwargs: Mapping[str, Any] | None = None, *,
    timeout: float | None = None, method: str | None = None,
) -> Any:
    """Call a function in a child process of any start method; return its result or raise its exception.

    >>> import multiprocessing
    >>> run_in_child(divmod, (7, 2), method=multiprocessing.get_all_start_methods()[0])
    (3, 1)

    Whatever happens here (a timeout, Ctrl-C), the child is ended and collected.

    Raises: what the function raises; TypeError when the result does not pickle; ChildDied when the child ended before
    it told a result; TimeoutError when it was killed after `timeout` seconds (None: no limit).
    """
    child = Process(function, args=args, kwargs=kwargs, method=method)
    child.start()
    try:
        return child.result(timeout)
    finally:
        child.kill()
        child.join()
        child.close()
