"""Signals turned into something that a program can wait for.

A signal handler interrupts the program anywhere, so it should do next to nothing. `signal.set_wakeup_fd` lets the
interpreter write each signal's number to a socket instead (a self-pipe); the program reads it where it is ready to,
alone or in its `select`. This works on Windows, too, where Ctrl-C is such a signal.
"""
from __future__ import annotations

import contextlib
import signal
import socket
import threading
from types import FrameType
from typing import Any, Iterator


class SignalInbox:
    """Collects the given signals while its `with` block runs; they are read by `wait`, and nothing is interrupted.

    >>> with SignalInbox(signal.SIGINT) as inbox:
    ...     signal.raise_signal(signal.SIGINT)
    ...     inbox.wait(timeout=10) == [signal.SIGINT]
    True

    It has a `fileno`, so that `select` waits for signals and sockets at once. A signal that arrives again before it is
    read may be reported once only: a signal says that something happened, not how often. Behind the block the former
    handlers are back.

    Raises: ValueError outside the main thread (the system's rule for handlers).
    Source: signal(7), the self-pipe trick. Notes: processes, 信号 (signals). The stdlib: `signal.sigtimedwait` (POSIX).
    """

    def __init__(self, *numbers: int) -> None:
        self._numbers = numbers
        self._former: dict[int, Any] = {}

    def __enter__(self) -> SignalInbox:
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("signals reach the main thread only: make the inbox there")
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in self._numbers:
            self._former[number] = signal.signal(number, _do_nothing)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._former.clear()
        signal.set_wakeup_fd(self._former_fd)
        self._reader.close()
        self._writer.close()

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when a signal has come."""
        return self._reader.fileno()

    def wait(self, timeout: float | None = None) -> list[int]:
        """Return the signals that came, in order; an empty list when none came in `timeout` seconds (None: for ever).

        Signals that others have handlers for wake it, too, but are not reported.
        """
        self._reader.settimeout(timeout)
        try:
            return [number for number in self._reader.recv(4096) if number in self._numbers]
        except (socket.timeout, BlockingIOError):  # what a read raises for no time at all
            return []


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """A handler must exist, else the signal would take its default course; the wake-up descriptor does the work."""


@contextlib.contextmanager
def ignoring(number: int) -> Iterator[None]:
    """Ignore one signal while the block runs, and put the former handler back.

    >>> with ignoring(signal.SIGINT):
    ...     signal.raise_signal(signal.SIGINT)

    With SIGCHLD it is the notes' third cure for zombies, and it has a price: the system throws the children's exit
    codes away, so `os.wait` raises ChildProcessError and `subprocess` reports 0 for a program that failed.

    Raises: ValueError outside the main thread.
    Notes: processes, SIGCHLD 与 SIG_IGN (ignoring the signal).
    """
    former = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL if former is None else former)
