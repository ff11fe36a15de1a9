"""Numbers under a lock, with events that say when they change; and a semaphore made of them."""
from __future__ import annotations

from typing import Any

from .._deadline import deadline_after, time_left
from .ends import End
from .locks import Event, Lock
from .system.pieces import Piece

MOST_UNITS = (1 << 31) - 1  # what sem_t holds


class Numbers(End):
    """A few numbers under a lock, and events that are set when they change.

    >>> numbers = Numbers(2, events=1)
    >>> numbers.close()
    """

    def __init__(self, numbers: int, events: int) -> None:
        self.__setstate__((Piece(8 * numbers), Lock(), [Event() for _ in range(events)]))

    def close(self) -> None:
        """Close it in this process."""
        self._numbers.release()
        for part in (self._lock, *self._events):
            part.close()
        del self._piece

    def __getstate__(self) -> tuple[Any, ...]:
        return self._piece, self._lock, self._events

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._piece, self._lock, self._events = state
        self._numbers: memoryview = memoryview(self._piece.mapped)[self._piece.start:self._piece.stop].cast("q")


class Counter(Numbers):
    """A semaphore under a lock, for systems whose own does not lie in memory.

    >>> units = Counter(1)
    >>> units.acquire(), units.acquire(timeout=0), units.get_value()
    (True, False, 0)
    >>> units.release(); units.close()
    """

    def __init__(self, value: int) -> None:
        super().__init__(2, 1)
        self._numbers[0] = value  # the other number is 1 once somebody waits

    def acquire(self, timeout: float | None = None) -> bool:
        deadline = deadline_after(timeout)
        while True:
            with self._lock:
                if self._numbers[0] > 0:
                    self._numbers[0] -= 1
                    return True
                self._events[0].clear()
                self._numbers[1] = 1
            if not self._events[0].wait(time_left(deadline)):
                return False

    def release(self, units: int = 1) -> None:
        with self._lock:
            if self._numbers[0] + units > MOST_UNITS:
                raise OverflowError(f"a semaphore has at most {MOST_UNITS} units")
            if self._numbers[1]:  # first of all: a process killed after this leaves nobody asleep
                self._events[0].set()
                self._numbers[1] = 0
            self._numbers[0] += units

    def get_value(self) -> int:
        with self._lock:
            return int(self._numbers[0])
