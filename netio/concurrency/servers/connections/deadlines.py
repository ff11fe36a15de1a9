"""The deadlines of one connection: when its protocol is to be called if nothing happens.

The protocol is asked after each batch of events, and most answers are later than the one before (silence is counted
anew). So the timer is moved only when it fires, or when an answer is earlier: an event costs a question, not a timer.
An answer that the protocol gave at once (`respond`) leaves it in the state that it was in, so that its deadline can
only have moved away: it costs no question either, only a note of the time, which is looked at when the timer fires.
"""
from __future__ import annotations

from typing import Any, Callable

from ....events.loop import Loop
from ....events.timers import Timer


class Deadlines:
    """Asks `protocol.next_deadline(now)` and calls `protocol.deadline_passed(now)` at that time.

    >>> from netio.events.select import SelectPoller
    >>> class Egg:
    ...     is_raw = True
    ...     def next_deadline(self, now):
    ...         return now + 0.01 if self.is_raw else None
    ...     def deadline_passed(self, now):
    ...         print("time is up")
    ...         self.is_raw = False
    ...         loop.stop()
    >>> loop = Loop(SelectPoller())
    >>> deadlines = Deadlines(loop, Egg(), on_error=print)
    >>> deadlines.update(); loop.run()
    time is up
    >>> deadlines.stop(); loop.close()

    What the protocol raises is given to `on_error`.
    """

    __slots__ = ("_loop", "_protocol", "_on_error", "_when", "_timer", "_noted")

    def __init__(self, loop: Loop, protocol: Any, on_error: Callable[[BaseException], object]) -> None:
        self._loop, self._protocol, self._on_error = loop, protocol, on_error
        self._when: float | None = None
        self._timer: Timer | None = None
        self._noted: float | None = None  # when the protocol last gave an answer at once, since it was asked

    def note(self) -> None:
        """Something has happened that can only have moved the deadline away."""
        self._noted = self._loop.now
        if self._timer is None:
            self.update()

    def update(self) -> None:
        """Ask the protocol again, because something has happened."""
        self._noted = None
        self._ask(self._loop.now)

    def _ask(self, now: float) -> None:
        try:
            self._when = when = self._protocol.next_deadline(now)
        except BaseException as error:
            self._on_error(error)
            return
        timer = self._timer
        if when is not None and (timer is None or when < timer[0]):
            if timer is not None:
                self._loop.cancel(timer)
            self._timer = self._loop.call_at(when, self._on_timer)

    def stop(self) -> None:
        """Tell nothing more: the connection ends."""
        self._protocol = None
        if self._timer is not None:
            self._loop.cancel(self._timer)
            self._timer = None

    def _on_timer(self, now: float) -> None:
        self._timer = None
        if self._noted is not None:
            noted, self._noted = self._noted, None
            self._ask(noted)
            if self._timer is not None or self._protocol is None:
                return
        if self._when is not None and self._when <= now:
            self._when = None
            try:
                self._protocol.deadline_passed(now)
            except BaseException as error:
                self._on_error(error)
        if self._protocol is not None:
            self.update()
