"""How much of a peer's input may wait: one that asks faster than it is answered is not read from meanwhile."""
from __future__ import annotations

from typing import Any

BACKLOG = 1 << 16  # bytes that may wait


def limit_backlog(transport: Any, waiting: int, paused: bool) -> bool:
    """Pause reading while more than BACKLOG bytes of input wait to be handled; return whether it is paused now.

    `paused` is what the call before has returned, False at first.

    >>> class Transport:
    ...     pause_reading, resume_reading = staticmethod(lambda: print("pause")), staticmethod(lambda: print("resume"))
    >>> paused = limit_backlog(Transport(), waiting=100_000, paused=False)
    pause
    >>> paused = limit_backlog(Transport(), waiting=90_000, paused=paused)
    >>> limit_backlog(Transport(), waiting=100, paused=paused)
    resume
    False

    Without it the memory of a server is at the disposal of a client that never reads its answers.
    """
    full = waiting > BACKLOG
    if full and not paused:
        transport.pause_reading()
    elif paused and not full:
        transport.resume_reading()
    return full
