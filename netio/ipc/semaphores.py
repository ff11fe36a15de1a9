"""Semaphores and barriers between processes, and a limit whose killed holders give their place back."""
from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Any

from .._deadline import deadline_after, time_left
from .counters import MOST_UNITS, Numbers
from .locks import Event, Lock

if sys.platform == "linux":
    from .system.semaphores import Counter
else:
    from .counters import Counter

DEATH_CHECK = 0.1  # seconds between two looks for a place whose holder has died: death sets no event


class Semaphore:
    """A number that `release` raises and `acquire` lowers, waiting while it is 0.

    >>> places = Semaphore(2)
    >>> places.acquire(), places.acquire(), places.acquire(timeout=0.01), places.get_value()
    (True, True, False, 0)
    >>> places.release(); places.get_value()
    1
    >>> with places:
    ...     places.get_value()
    0
    >>> places.close()

    `release` never waits, and any process may call it, so a semaphore can also count events. A process killed between
    the two keeps its unit; where that matters, see `CapacityLimiter`. `get_value` works on every platform. `with`
    takes a unit and gives it back; it does not close.

    Raises: ValueError for a negative start or number of units; OverflowError above 2**31 - 1 units.
    Source: sem_overview(7). Notes: 信号量 (semaphores), where "release blocks at zero": acquire does. The stdlib:
    `multiprocessing.Semaphore`.
    """

    def __init__(self, value: int = 1) -> None:
        if not 0 <= value <= MOST_UNITS:
            raise ValueError(f"a semaphore starts at 0 to {MOST_UNITS}, not {value}")
        self.__setstate__(Counter(value))

    def acquire(self, timeout: float | None = None) -> bool:
        """Take one unit; False when there was none for `timeout` seconds."""
        return bool(self._take(timeout))

    def release(self, units: int = 1) -> None:
        """Give units back, or new ones."""
        if units < 0:
            raise ValueError(f"{units} units cannot be given back")
        self._give(units)

    def get_value(self) -> int:
        """Return how many units could be taken."""
        return int(self._counter.get_value())

    def close(self) -> None:
        """Close it in this process; the others go on."""
        self._counter.close()

    def __enter__(self) -> Semaphore:
        self._take(None)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._give(1)

    def __getstate__(self) -> Any:
        return self._counter

    def __setstate__(self, counter: Any) -> None:
        self._counter = counter
        self._take, self._give = counter.acquire, counter.release


class _HeldPlaces(threading.local):
    """The places that this thread holds, by limiter and process. Not in the object: of a limiter that came in two
    messages there are two, and a lock lets its holder in a second time. Not by a thread's number: the next thread
    gets that of one that has ended, whose places the system has freed."""

    def __init__(self) -> None:
        self.by_limiter: dict[tuple[bytes, int], tuple[int, ...]] = {}


_held = _HeldPlaces()


class CapacityLimiter:
    """At most `places` holders at once, among any number of processes; a killed holder's place is free again.

    >>> limit = CapacityLimiter(1)
    >>> with limit:
    ...     limit.available()
    0
    >>> limit.available()
    1
    >>> limit.close()

    Each place is a lock that the system frees when its holder ends (a process; on Linux with glibc and on Windows also
    a thread), and is to be left by the thread that took it.
    Waiters look for the places of the dead ten times a second. `with` takes a place and leaves it; it does not close.

    Raises: ValueError for less than one place; RuntimeError from `release` in a thread that holds none.
    Notes: 信号量, "最多同时允许三个任务执行" (at most three at once). The stdlib has nothing that survives a killed holder.
    """

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError(f"a limit needs at least one place, not {places}")
        self.__setstate__(([Lock() for _ in range(places)], Event(), os.urandom(8)))

    def acquire(self, timeout: float | None = None) -> bool:
        """Take a place; False when none was free for `timeout` seconds."""
        deadline = deadline_after(timeout)
        while True:
            self._left.clear()
            if self._try_all():
                return True
            left = time_left(deadline)
            if left == 0:
                return False
            self._left.wait(DEATH_CHECK if left is None else min(left, DEATH_CHECK))

    def _try_all(self) -> bool:
        mine = self._mine()
        for number, lock in enumerate(self._locks):
            if number not in mine and lock.acquire(0):
                self._note((*mine, number))
                try:
                    self._wake()  # pass it on: two may have left, and one waiter cleared the event for both
                except BaseException:
                    self._note(mine)
                    lock.release()
                    raise
                return True
        return False

    def _mine(self) -> tuple[int, ...]:
        """Return the places that this thread holds; a forked child holds none of its parent's."""
        return _held.by_limiter.get((self._name, os.getpid()), ())

    def _note(self, places: tuple[int, ...]) -> None:
        """This thread holds these places now."""
        me = self._name, os.getpid()
        if places:
            _held.by_limiter[me] = places
        else:
            _held.by_limiter.pop(me, None)

    def release(self) -> None:
        """Leave the place that this thread took last."""
        mine = self._mine()
        if not mine:
            raise RuntimeError("this thread holds no place")
        self._note(mine[:-1])
        self._locks[mine[-1]].release()
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # no memory: the others look for themselves, too, if later
            self._left.set()

    def available(self) -> int:
        """Return how many places were free."""
        mine, free = self._mine(), 0
        for number, lock in enumerate(self._locks):
            if number not in mine and lock.acquire(0):
                lock.release()
                free += 1
        return free

    def close(self) -> None:
        """Close it in this process."""
        self._note(())
        self._left.close()
        for lock in self._locks:
            lock.close()

    def __enter__(self) -> CapacityLimiter:
        self.acquire()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def __getstate__(self) -> tuple[list[Lock], Event, bytes]:
        return self._locks, self._left, self._name

    def __setstate__(self, state: tuple[list[Lock], Event, bytes]) -> None:
        self._locks, self._left, self._name = state


class Barrier(Numbers):
    """A point where `parties` processes wait until all have come; then all go on, and it is ready again.

    >>> alone = Barrier(1)
    >>> alone.wait(), alone.wait()
    (0, 0)
    >>> pair = Barrier(2)
    >>> pair.wait(timeout=0.01)
    Traceback (most recent call last):
    threading.BrokenBarrierError: 1 of 2 came within 0.01 s
    >>> alone.close(); pair.close()

    `wait` returns which one came, 0 for the first. When one waits in vain, as when another was killed, the barrier is
    broken for all.

    Raises: threading.BrokenBarrierError; ValueError for less than one party. The stdlib: `multiprocessing.Barrier`.
    """

    def __init__(self, parties: int) -> None:
        if parties < 1:
            raise ValueError(f"a barrier needs at least one party, not {parties}")
        super().__init__(4, 2)  # parties, how many have come, round, broken; an event for even and one for odd rounds
        self._numbers[0] = parties

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the others; return how many had come before."""
        with self._lock:
            parties, come, turn, broken = self._numbers
            if broken:
                raise threading.BrokenBarrierError("the barrier is broken")
            if come + 1 == parties:
                self._events[1 - turn % 2].clear()
                self._events[turn % 2].set()
                self._numbers[1], self._numbers[2] = 0, turn + 1
                return int(come)
            self._numbers[1] = come + 1
        try:
            in_time = self._events[turn % 2].wait(timeout)
        except BaseException:  # from a signal's handler, such as Ctrl-C: this one no longer waits
            with self._lock:
                if self._numbers[2] == turn and not self._numbers[3]:
                    self._numbers[1] -= 1
            raise
        with self._lock:
            if self._numbers[2] == turn and not in_time and not self._numbers[3]:
                self._numbers[3] = 1
                self._events[turn % 2].set()
                raise threading.BrokenBarrierError(f"{self._numbers[1]} of {parties} came within {timeout:g} s")
            if self._numbers[2] == turn:
                raise threading.BrokenBarrierError("the barrier is broken")
        return int(come)
