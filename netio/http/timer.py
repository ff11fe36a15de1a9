"""When a client has taken too long for what it is doing: one deadline, restarted by each phase and each progress.

A slow reader differs from one that has gone: not in our own queue, which does not change while megabytes leave the
system's send buffer, but in both together.
"""
from __future__ import annotations

import sys
from typing import Any

from ..tcp.facts import queued_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .state import Timeouts

_LOOKS = 4  # in the time for which a client may take nothing of an answer: no event tells when it last took something
TELLS_UNSENT = sys.platform == "linux"  # whether the system says how much of its send buffer is unacknowledged


class PhaseTimer:
    """The deadline of one connection. A phase is named as its time in Timeouts: head, body, idle, send, linger.

    >>> from netio.http.state import Timeouts
    >>> timer = PhaseTimer(Timeouts(head=10, body=20, rate=100))
    >>> timer.enter("head", now=0), timer.enter("head", now=5)  # more bytes of a head do not buy more time
    (10, 10)
    >>> timer.enter("body", now=5)
    25
    >>> timer.progressed = True
    >>> timer.enter("body", now=20, got=1000)  # but no later than 20 s, and 1 s for each 100 bytes, after its begin
    35.0
    """

    __slots__ = ("deadline", "phase", "progressed", "_timeouts", "_since", "_unsent", "_quiet")

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self.phase, self.deadline, self.progressed = "", 0.0, False
        self._since, self._unsent, self._quiet = 0.0, 0, 0

    def enter(self, phase: str, now: float, *, got: int = 0, transport: Any = None) -> float:
        """Return the deadline of a phase, counted from `now` if it has just begun or there was progress; `got` is how
        many bytes of a body have come, `transport` what is to be sent by."""
        if phase != self.phase:
            self._since = now
        if phase != self.phase or self.progressed:
            self.phase, self.progressed = phase, False
            self.deadline = now + getattr(self._timeouts, phase)
            if phase == "send":
                self._unsent, self._quiet = count_unsent(transport), 0
                self.deadline = now + self._timeouts.send / _LOOKS
            elif phase == "body":
                self.deadline = min(self.deadline, self._since + self._timeouts.body + got / self._timeouts.rate)
        return self.deadline

    def may_go_on(self, transport: Any, now: float) -> bool:
        """Look at what is unsent: False once it is as much as before in so many looks as the time has."""
        unsent = count_unsent(transport)
        self._quiet = 0 if unsent < self._unsent else self._quiet + 1
        self._unsent, self.deadline = unsent, now + self._timeouts.send / _LOOKS
        return self._quiet < _LOOKS


def count_unsent(transport: Any) -> int:
    """Return how many bytes a client has still to take: those in the transport's queue and in the system's buffer.

    >>> class Transport:
    ...     get_write_buffer_size = staticmethod(lambda: 1000)
    ...     get_extra_info = staticmethod(lambda name: None)
    >>> count_unsent(Transport())
    1000

    Where the system does not tell its part (beside Linux), a server keeps that buffer small instead. See tcp(7),
    SIOCOUTQ.
    """
    sock = transport.get_extra_info("socket")
    queued = queued_bytes(sock)[1] if sock is not None else None
    return int(transport.get_write_buffer_size()) + (queued or 0)
