"""One rule for every `timeout`: seconds, None for ever; below 0 the time is over, as what a deadline left may be."""
from __future__ import annotations

import time

LONGEST_WAIT = 2e6  # seconds, 23 days: poll(2) takes milliseconds as a C int; what is longer, `inf` too, is for ever


def wait_limit(timeout: float | None) -> float | None:
    """Return the seconds that a system's call may wait, None for ever. Raises: ValueError for nan.

    >>> wait_limit(5), wait_limit(-1), wait_limit(float("inf"))
    (5, 0.0, None)
    """
    if timeout is None or timeout > LONGEST_WAIT:
        return None
    if timeout != timeout:
        raise ValueError(f"a timeout is a number of seconds, not {timeout}")
    return max(0.0, timeout)


def deadline_after(timeout: float | None) -> float | None:
    """Return the monotonic time that is `timeout` seconds away, or None for never. Raises: ValueError for nan.

    >>> deadline_after(None) is deadline_after(1e300) is None
    True
    """
    limit = wait_limit(timeout)
    return None if limit is None else time.monotonic() + limit


def time_left(deadline: float | None) -> float | None:
    """Return the seconds until `deadline`, at least 0; None where there is no deadline.

    >>> time_left(time.monotonic() - 1)
    0.0
    """
    return None if deadline is None else max(0.0, deadline - time.monotonic())
