"""Wait for what another thread or process is about to do."""
from __future__ import annotations

import time


def wait_until(condition, seconds=30):
    """Return once `condition()` is true; fail after that many seconds, which only a broken test takes."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
