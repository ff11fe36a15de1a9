"""The short pause in which messages gather, and when it pays."""
from __future__ import annotations

import os
import time

FLOW_READS = 16  # reads in a row that each found several messages, but few bytes: then a receiver lets more gather
FLOW_BYTES = 1 << 15  # bytes


def wait_to_batch(timeout: float | None) -> None:
    """Sleep for as short a time as the system can (Linux: the timer slack of prctl(2)), while the other side goes on.

    >>> wait_to_batch(None)

    A receiver that is faster than its sender would look for each message as it comes, and every look takes the memory
    out of the sender's cache, or the pipe's lock from it: both are faster where it looks less often. Not on Windows,
    whose sleeps are long, and not where the caller waits for less than a few milliseconds.
    """
    if os.name != "nt" and (timeout is None or timeout > 0.005):
        time.sleep(1e-6)


class Flow:
    """Knows whether messages come faster than they are read, a few at a time, so that waiting for more pays.

    >>> flow = Flow()
    >>> for _ in range(FLOW_READS + 1): flow.count(messages=2, size=100)
    >>> flow.steady
    True
    >>> flow.count(messages=1, size=50); flow.steady
    False
    """

    def __init__(self, few: int = FLOW_BYTES) -> None:
        self._few, self._reads = few, 0

    def count(self, messages: int, size: int) -> None:
        """Note what one read found: so many messages in `size` bytes."""
        self._reads = self._reads + 1 if messages > 1 and size < self._few else 0

    def stop(self) -> None:
        """Note that nothing came."""
        self._reads = 0

    @property
    def steady(self) -> bool:
        """Whether reads in a row found several messages each, but few bytes."""
        return self._reads > FLOW_READS
