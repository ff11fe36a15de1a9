"""A log that cannot do harm: where a failure is reported, a report that fails must not become the next failure."""
from __future__ import annotations

import contextlib
import logging


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
