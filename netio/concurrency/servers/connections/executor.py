"""The one way out of the loop: what may block is called in a thread, and its outcome comes back as a call in the loop.

A loop serves everybody in turn, so nobody may keep it for long: a slow hash, an fsync or a listing of 50,000 names runs
in a thread meanwhile. An `Executor` has a bounded number of threads for all connections of a server; they are started
when there is work and end when there is none, so that none is idle, leaks or is in the way of a fork. `ThreadCalls` are
those of one connection: they run in order, one at a time, so that no connection keeps the threads from the others, and
what they share needs no lock.
"""
from __future__ import annotations

import threading
from collections import deque
from typing import Any, Callable

from ...._deadline import wait_limit
from ....events.logs import LogLimit, SafeLog

log = SafeLog("netio.servers")
_limit = LogLimit()

MAX_THREADS = 8  # of one event loop
MAX_CALLS = 64  # of one connection that wait or run; a protocol reads no more long before
JOIN_TIMEOUT = 10.0  # seconds that a server waits at its end for calls that must not be left half done


class Executor:
    """Makes calls in at most `max_threads` threads, first come, first served.

    >>> words, executor = [], Executor(max_threads=2)
    >>> executor.submit(lambda: words.append("hello"))
    >>> executor.close(), words
    (True, ['hello'])

    What a call raises is logged. Where the system has no room for a thread, and none is there to wait for, the call is
    made at once. With `daemon=False` the interpreter does not exit before all calls have ended.
    Stdlib: `concurrent.futures.ThreadPoolExecutor`, whose threads stay.
    """

    def __init__(self, max_threads: int = MAX_THREADS, daemon: bool = True) -> None:
        self._max_threads, self._daemon = max_threads, daemon
        self._changed = threading.Condition()
        self._queue: deque[Callable[[], object]] = deque()
        self._threads = 0

    def submit(self, call: Callable[[], object]) -> None:
        """Have `call()` made in a thread; any thread may ask for that."""
        with self._changed:
            self._queue.append(call)
            if self._threads >= self._max_threads:
                return
            self._threads += 1
        try:
            threading.Thread(target=self._work, name="netio-executor", daemon=self._daemon).start()
        except RuntimeError as error:
            if _limit.admit() is not None:
                log.error("no thread for what may block: %s", error)
            self._work()

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._queue:
                    self._threads -= 1
                    self._changed.notify_all()
                    return
                call = self._queue.popleft()
            try:
                call()
            except BaseException as error:
                log.error("a call in a thread failed", error=error)

    def close(self, timeout: float = JOIN_TIMEOUT) -> bool:
        """Wait until all calls have been made, `timeout` seconds at most; return whether they have."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._threads, wait_limit(timeout))


class _Call:
    """Work for a thread, and where its outcome goes: to exactly one of `then`, `failed` and `drop`."""

    __slots__ = ("work", "then", "failed", "drop", "result", "error")

    def __init__(self, work: Callable[[], Any], then: Callable[[Any], object],
                 failed: Callable[[BaseException], object], drop: Callable[[Any], object] | None) -> None:
        self.work, self.then, self.failed, self.drop = work, then, failed, drop
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.work()
        except BaseException as error:
            self.error = error

    def settle(self) -> None:
        """Give the outcome to the protocol."""
        if self.error is not None:
            self.failed(self.error)
        else:
            self.then(self.result)

    def discard(self) -> None:
        """Put the result away: the connection that it was for is gone."""
        if self.error is not None:
            log.warning("work for a connection that has ended failed: %s", self.error, error=self.error)
        elif self.drop is not None:
            self.drop(self.result)


class ThreadCalls:
    """The calls in threads of one connection, whose outcomes `call_soon` brings back to its loop.

    >>> executor = Executor()
    >>> outcomes, executor = [], Executor()
    >>> calls = ThreadCalls(executor.submit, lambda settle: settle())  # no loop: the outcome comes in the thread
    >>> calls.add(lambda: 6 * 7, then=outcomes.append, failed=print)
    >>> executor.close(), outcomes
    (True, [42])
    >>> calls.abandon()
    >>> calls.add(lambda: "a file", then=print, failed=print, drop=outcomes.append)
    >>> executor.close(), outcomes
    (True, [42, 'a file'])
    """

    __slots__ = ("_submit", "_call_soon", "_lock", "_waiting", "_done", "_abandoned")

    def __init__(self, submit: Callable[[Callable[[], object]], object],
                 call_soon: Callable[[Callable[[], object]], object]) -> None:
        self._submit, self._call_soon = submit, call_soon
        self._lock = threading.Lock()
        self._waiting: deque[_Call] = deque()  # the first of them runs
        self._done: deque[_Call] = deque()
        self._abandoned = False

    def __len__(self) -> int:
        """How many outcomes are to come."""
        return len(self._waiting) + len(self._done)

    def add(self, work: Callable[[], Any], then: Callable[[Any], object], failed: Callable[[BaseException], object],
            drop: Callable[[Any], object] | None = None) -> None:
        """Call `work()` in a thread, after those that were added before. Raises: RuntimeError beyond MAX_CALLS."""
        with self._lock:
            if len(self._waiting) >= MAX_CALLS:
                raise RuntimeError(f"{MAX_CALLS} calls of this connection wait for a thread: read no more meanwhile")
            self._waiting.append(_Call(work, then, failed, drop))
            if len(self._waiting) > 1:
                return
        self._submit(self._run_first)

    def _run_first(self) -> None:
        call = self._waiting[0]
        call.run()
        with self._lock:
            self._waiting.popleft()
            more, abandoned = bool(self._waiting), self._abandoned
            if not abandoned:
                self._done.append(call)
        if more:
            self._submit(self._run_first)
        if abandoned:
            call.discard()
        else:
            self._call_soon(self._settle_first)

    def _settle_first(self) -> None:
        with self._lock:
            call = self._done.popleft() if self._done else None  # none: abandoned meanwhile
        if call is not None:
            call.settle()

    def abandon(self) -> None:
        """The connection is gone: what has been asked for is still done, and its results are dropped in a thread."""
        with self._lock:
            self._abandoned = True
            done, self._done = self._done, deque()
        for call in done:
            self._submit(call.discard)
