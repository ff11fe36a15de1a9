"""Calls to be made at times to come, kept in a heap, so that the next one is known at once."""
from __future__ import annotations

import heapq
import itertools
from typing import Any, Callable

Timer = list[Any]  # its time, a number, and the callback or, when it was called or cancelled, None
_FEW = 64  # cancelled timers that may stay in the heap, however few others there are


class Timers:
    """Timers in the order of their times: `heap[0][0]` is the time of the next one.

    >>> timers = Timers()
    >>> late, early, never = (timers.add(when, print) for when in (5.0, 3.0, 4.0))
    >>> timers.cancel(never)
    >>> timers.heap[0][0], timers.pop_due(3.5) is print, timers.pop_due(3.5), timers.pop_due(5.0) is print
    (3.0, True, None, True)
    """

    __slots__ = ("heap", "_cancelled", "_sequence")

    def __init__(self) -> None:
        self.heap: list[Timer] = []
        self._cancelled = 0  # how many of them
        self._sequence = itertools.count()  # equal times come in the order in which they were set

    def add(self, when: float, callback: Callable[[float], object]) -> Timer:
        """Set a timer, and return it."""
        timer: Timer = [when, next(self._sequence), callback]
        heapq.heappush(self.heap, timer)
        return timer

    def cancel(self, timer: Timer) -> None:
        """Make it one that never comes.

        A heap gives up only its first entry, so that the timer stays there, empty. When most of the entries are empty
        the heap is made anew: the deadlines of connections that have ended do not pile up until they would be due.
        """
        if timer[2] is not None:
            timer[2] = None
            self._cancelled += 1
            if self._cancelled > _FEW and self._cancelled * 2 > len(self.heap):
                self.heap[:] = [timer for timer in self.heap if timer[2] is not None]
                heapq.heapify(self.heap)
                self._cancelled = 0

    def pop_due(self, now: float) -> Callable[[float], object] | None:
        """Take the next timer that is due at `now`, and return its callback; None if there is no more."""
        while self.heap and self.heap[0][0] <= now:
            timer = heapq.heappop(self.heap)
            callback: Callable[[float], object] | None = timer[2]
            timer[2] = None  # so that cancelling it from now on does nothing
            if callback is not None:
                return callback
            self._cancelled -= 1
        return None

    def clear(self) -> None:
        """Forget all."""
        self.heap.clear()
        self._cancelled = 0
