"""Locks that name a deadlock instead of hanging in it, and the two ways that avoid one.

All checked locks share one small graph: which thread holds which lock, and which thread waits for which. A thread that
is about to wait follows it (lock -> holder -> the lock that it waits for -> ...); when it comes back to itself, nobody
in that circle could ever go on, so this thread gets an error that names it. It releases its own, and the others go on.
"""
from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Any, Iterator

from ..._deadline import deadline_after, time_left
from ..processes.signals import SLICE_SECONDS

_GRAPH = threading.Lock()  # guards what follows, and every checked lock's own fields
_WAITING: dict[threading.Thread, tuple["CheckedLock", str]] = {}  # who waits for what, and where


class DeadlockError(RuntimeError):
    """Waiting now would wait for ever: the threads in `cycle` wait for each other.

    `cycle` is a list of (thread name, lock it waits for, where, lock it holds, where it was taken).

    >>> print(DeadlockError([("T1", "B", "a.py:9", "A", "a.py:8"), ("T2", "A", "a.py:5", "B", "a.py:4")]))
    deadlock of 2 threads:
      T1 holds A (taken at a.py:8) and waits for B at a.py:9
      T2 holds B (taken at a.py:4) and waits for A at a.py:5
    """

    def __init__(self, cycle: list[tuple[str, str, str, str, str]]) -> None:
        super().__init__(cycle)
        self.cycle = cycle

    def __str__(self) -> str:
        lines = [f"  {thread} holds {held} (taken at {taken}) and waits for {wanted} at {where}"
                 for thread, wanted, where, held, taken in self.cycle]
        return "\n".join([f"deadlock of {len(self.cycle)} thread{'s' * (len(lines) > 1)}:", *lines])


class CheckedLock:
    """A lock as `threading.Lock`, that raises DeadlockError where that would hang for ever.

    >>> lock = CheckedLock("account")
    >>> with lock:
    ...     lock.locked()
    True

    Taking it twice in one thread is the shortest deadlock; `reentrant=True` allows it, as `threading.RLock` does:

    >>> twice = CheckedLock("twice", reentrant=True)
    >>> with twice, twice:
    ...     pass

    A wait with a timeout ends by itself and is no deadlock. Only the thread that holds it may release it. It costs
    a few times an ordinary lock (all checked locks share one guard): for learning and debugging.

    Notes: threads, 死锁 (deadlock).
    """

    def __init__(self, name: str | None = None, *, reentrant: bool = False) -> None:
        self.name = name or f"lock-{id(self):x}"
        self._reentrant = reentrant
        self._free = threading.Condition(_GRAPH)
        self._owner: threading.Thread | None = None
        self._taken_at = ""
        self._depth = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock; return False when it could not be had at once (`blocking=False`) or in `timeout` seconds.

        Raises: DeadlockError when the wait would never end.
        """
        me, where = threading.current_thread(), _caller()
        deadline = deadline_after(None if timeout < 0 else timeout)
        with _GRAPH:
            if self._owner is me and self._reentrant:
                self._depth += 1
                return True
            while self._owner is not None:
                left = time_left(deadline)
                if not blocking or left == 0:
                    return False
                self._wait(me, where, left)
            self._owner, self._taken_at, self._depth = me, where, 1
        return True

    def _wait(self, me: threading.Thread, where: str, left: float | None) -> None:
        if left is not None:  # ends by itself, so it is no part of any deadlock
            self._free.wait(left)
            return
        _WAITING[me] = self, where
        try:
            cycle = _find_cycle(me)
            if cycle:
                raise DeadlockError(cycle)
            self._free.wait(SLICE_SECONDS)  # then the caller looks again, and Ctrl-C comes through
        finally:
            del _WAITING[me]

    def release(self) -> None:
        """Give the lock back. Raises: RuntimeError when this thread does not hold it."""
        with _GRAPH:
            if self._owner is not threading.current_thread():
                holder = self._owner.name if self._owner else "nobody"
                raise RuntimeError(f"{threading.current_thread().name} cannot release {self.name}: {holder} holds it")
            self._depth -= 1
            if not self._depth:
                self._owner = None
                self._free.notify_all()  # one alone might be interrupted before it takes the lock

    def locked(self) -> bool:
        """True while a thread holds it."""
        return self._owner is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def __repr__(self) -> str:
        owner = self._owner
        return f"<CheckedLock {self.name}: {f'held by {owner.name}' if owner else 'free'}>"


def _find_cycle(start: threading.Thread) -> list[tuple[str, str, str, str, str]]:
    """Follow waiter -> lock -> holder from `start`; return the circle that leads back to it, or an empty list."""
    steps: list[tuple[threading.Thread, CheckedLock, str]] = []
    thread: threading.Thread | None = start
    while thread is not None and thread in _WAITING:
        lock, where = _WAITING[thread]
        steps.append((thread, lock, where))
        thread = lock._owner
        if thread is start:
            held = [steps[-1][1], *(lock for _, lock, _ in steps[:-1])]  # each holds what the one before it waits for
            return [(thread.name, wanted.name, where, mine.name, mine._taken_at)
                    for (thread, wanted, where), mine in zip(steps, held)]
    return []


def _caller() -> str:
    """Return file:line of the nearest caller outside this module."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


@contextlib.contextmanager
def hold_all(*locks: Any, timeout: float = -1) -> Iterator[None]:
    """Hold several locks during the block, taken in one order that is the same everywhere: no deadlock is possible.

    >>> a, b = threading.Lock(), threading.Lock()
    >>> with hold_all(a, b), contextlib.suppress(TimeoutError), hold_all(b, a, timeout=0.01):
    ...     print("never reached: this thread holds both already")

    Any locks with `acquire(timeout=...)` and `release()`. One given twice is taken once. Either all are held or none.

    Raises: TimeoutError when they cannot all be had in `timeout` seconds (-1: no limit).
    Notes: threads, 死锁 (deadlock): one order of locks for all breaks the circular wait.
    """
    deadline = deadline_after(None if timeout < 0 else timeout)
    with contextlib.ExitStack() as held:
        for lock in sorted({id(lock): lock for lock in locks}.values(), key=id):
            left = time_left(deadline)
            if not lock.acquire(timeout=-1 if left is None else left):
                raise TimeoutError(f"{lock!r} could not be had in {timeout} s")
            held.callback(lock.release)
        yield
