"""The lock of a folder: one at a time looks whether a socket's path there is a dead server's, and takes it over."""
from __future__ import annotations

import contextlib
import os
import time

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

FOLDER_TIMEOUT = 10.0  # seconds: a listener holds the folder's lock for a moment only


@contextlib.contextmanager
def folder_locked(path: str) -> Iterator[None]:
    """Hold the lock of the folder that `path` is in, where the system has such (POSIX) and lets this user."""
    descriptor = -1
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
        wait_for_lock(descriptor)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def wait_for_lock(descriptor: int) -> None:
    """Take the lock, or go on without it after a while."""
    deadline = time.monotonic() + FOLDER_TIMEOUT
    while time.monotonic() < deadline:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.005)
