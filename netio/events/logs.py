"""A log that cannot do harm: where a failure is reported, a report that fails must not become the next failure."""
from __future__ import annotations

import contextlib
import logging
import threading
import time
from typing import Callable


class SafeLog:
    """A logger of the stdlib, but what its handlers and filters raise is dropped, as is what they cannot write.

    >>> import sys
    >>> class Broken(logging.Handler):
    ...     def emit(self, record):
    ...         raise OSError("no space left on the disk")
    >>> logger = logging.getLogger("netio.doctest")
    >>> logger.propagate = False; logger.addHandler(Broken())
    >>> SafeLog("netio.doctest").error("%s failed", "a handler")  # as if nothing had happened

    Handlers of the stdlib print what they cannot write to stderr (`logging.raiseExceptions`); others may do anything.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def log(self, level: int, message: str, *args: object, error: BaseException | None = None) -> None:
        """Log a message, with the traceback of `error` if there is one."""
        with contextlib.suppress(Exception):
            self._logger.log(level, message, *args, exc_info=error, stacklevel=3)

    def error(self, message: str, *args: object, error: BaseException | None = None) -> None:
        self.log(logging.ERROR, message, *args, error=error)

    def warning(self, message: str, *args: object, error: BaseException | None = None) -> None:
        self.log(logging.WARNING, message, *args, error=error)

    def info(self, message: str, *args: object) -> None:
        self.log(logging.INFO, message, *args)

    def debug(self, message: str, *args: object) -> None:
        self.log(logging.DEBUG, message, *args)


class LogLimit:
    """Lets `most` lines a second into a log: where a datagram makes a line, a flood must not become a flood of lines.

    >>> now = [5.0]
    >>> limit = LogLimit(most=2, clock=lambda: now[0])
    >>> [limit.admit() for _ in range(4)]
    [0, 0, None, None]
    >>> now[0] = 6.0; limit.admit()
    2
    """

    def __init__(self, most: int = 20, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self._clock = most, clock
        self._lock = threading.Lock()
        self._second, self._lines, self._left_out = clock(), 0, 0

    def admit(self) -> int | None:
        """Return how many lines were left out since the last one, or None if this one is to be left out, too."""
        with self._lock:
            now = self._clock()
            if now - self._second >= 1:
                self._second, self._lines = now, 0
            if self._lines >= self.most:
                self._left_out += 1
                return None
            left_out, self._left_out = self._left_out, 0
            self._lines += 1
            return left_out
