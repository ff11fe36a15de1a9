"""Threads that hand over what came out.

A plain `threading.Thread` drops its target's result, prints its exception and forgets it, and its `sys.exit()` ends
that thread alone, silently. The thread here keeps all three for `join`.
"""
from __future__ import annotations

import threading
from typing import Any, Callable, Iterable, Mapping, Sequence

from ..._deadline import deadline_after, time_left
from ..processes.signals import wait_interruptibly


class ResultThread(threading.Thread):
    """A thread whose `join` returns the target's result or raises its exception.

    >>> thread = ResultThread(divmod, (7, 2))
    >>> thread.start()
    >>> thread.join()
    (3, 1)

    `sys.exit()` in a thread ends only that thread; here `join` raises the SystemExit, so that it is not lost.

    The notes' exercise `MyThread`: takes `target, args, kwargs` and runs it. A subclass with an `__init__` of its own
    must call `super().__init__()`, else `start` raises RuntimeError; one that overrides `run` returns the result from
    it and need not do anything else.

    Notes: threads, 自定义线程类 (own thread class). The stdlib: `concurrent.futures.ThreadPoolExecutor().submit`.
    """

    def __init__(
        self, target: Callable[..., Any] | None = None, args: Sequence[object] = (),
        kwargs: Mapping[str, Any] | None = None, *, name: str | None = None, daemon: bool | None = None,
    ) -> None:
        super().__init__(name=name, daemon=daemon)
        self._call = (target, tuple(args), dict(kwargs or {}))
        self._value: Any = None
        self._error: BaseException | None = None
        self._done = threading.Event()

    def __init_subclass__(cls, **options: Any) -> None:
        """Let a subclass's `run` return the result."""
        super().__init_subclass__(**options)
        if "run" in vars(cls):
            own_run = vars(cls)["run"]

            def run(self: ResultThread) -> None:
                self._keep(own_run, self)

            setattr(cls, "run", run)

    def run(self) -> None:
        """What the thread does: call the target."""
        target, args, kwargs = self._call
        self._keep(target or _do_nothing, *args, **kwargs)

    def _keep(self, function: Callable[..., Any], *args: object, **kwargs: Any) -> None:
        try:
            self._value = function(*args, **kwargs)
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until `join` has something to return or raise, and return whether it has; Ctrl-C comes through.

        Raises: RuntimeError before `start`.
        """
        if self.ident is None:
            raise RuntimeError(f"{self.name} has not been started")
        return wait_interruptibly(self._done.wait, timeout)

    def join(self, timeout: float | None = None) -> Any:
        """Wait for the thread; return its result or raise its exception.

        Raises: TimeoutError when it still runs after `timeout` seconds; RuntimeError before `start`.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"{self.name} still runs after {timeout} s")
        super().join()
        if self._error is not None:
            raise self._error
        return self._value


def run_in_threads(calls: Iterable[Callable[[], Any]], timeout: float | None = None) -> list[Any]:
    """Call every function at the same time, one thread each; return their results in order.

    >>> run_in_threads([lambda: 1, lambda: 2])
    [1, 2]

    All threads have ended when it returns or raises; the first call (in order) that failed decides what is raised.

    Raises: what a call raises; TimeoutError when one still runs after `timeout` seconds (None: no limit).
    The stdlib: `concurrent.futures.ThreadPoolExecutor.map`, with a fixed number of threads.
    """
    threads = [ResultThread(call, daemon=timeout is not None) for call in calls]
    for thread in threads:
        thread.start()
    deadline = deadline_after(timeout)
    for thread in threads:
        thread.wait(time_left(deadline))
    return [thread.join(0) for thread in threads]


def _do_nothing() -> None:
    pass
