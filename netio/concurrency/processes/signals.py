"""Signals turned into something that a program can wait for.

A signal handler interrupts the program anywhere, so it should do next to nothing. `signal.set_wakeup_fd` lets the
interpreter write each signal's number to a socket instead (a self-pipe); the program reads it where it is ready to,
alone or in its `select`. This works on Windows, too, where Ctrl-C is such a signal.
"""
from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any, Callable, Iterator

from ..._deadline import deadline_after, time_left, wait_limit

_MANY = 64  # unread signals; Linux takes 278
SLICE_SECONDS = 0.5  # of a wait, between which Ctrl-C is looked for


class SignalReceiver:
    """Collects the given signals while its `with` block runs; they are read by `wait`, and nothing is interrupted.

    >>> with SignalReceiver(signal.SIGINT) as inbox:
    ...     signal.raise_signal(signal.SIGINT)
    ...     inbox.wait(timeout=10) == [signal.SIGINT]
    True

    It has a `fileno`, so that `select` waits for signals and sockets at once. A signal that arrives again before it is
    read may be reported once only: a signal says that something happened, not how often. After the block the former
    handlers are back.

    Raises: ValueError outside the main thread (the system's rule for handlers).
    Source: signal(7), the self-pipe trick. Notes: processes, 信号 (signals). The stdlib: `signal.sigtimedwait` (POSIX).
    """

    def __init__(self, *numbers: int) -> None:
        self._numbers = numbers
        self._former: dict[int, Any] = {}
        self._came: set[int] = set()  # since the last wait

    def __enter__(self) -> SignalReceiver:
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("signals reach the main thread only: make the inbox there")
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        try:
            self._former_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        except BaseException:
            self._close()
            raise
        try:
            for number in self._numbers:
                self._former[number] = signal.signal(number, self._note)
        except BaseException:  # a number that is no signal's, or cannot be caught: SIGKILL
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._former.clear()
        signal.set_wakeup_fd(self._former_fd)
        self._close()

    def _close(self) -> None:
        self._reader.close()
        self._writer.close()

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when a signal has come."""
        return self._reader.fileno()

    def wait(self, timeout: float | None = None) -> list[int]:
        """Return the signals that came, in order; an empty list when none came in `timeout` seconds (None: for ever).

        Signals that others have handlers for wake it, too, but are not reported.
        """
        self._reader.settimeout(wait_limit(timeout))
        try:
            numbers = self._reader.recv(4096)
        except (socket.timeout, BlockingIOError):  # what a read raises for no time at all
            return []
        found = [number for number in numbers if number in self._numbers]
        came, self._came = self._came, set()
        return found + sorted(came.difference(found)) if len(numbers) >= _MANY else found

    def _note(self, number: int, frame: FrameType | None) -> None:
        """The wake-up descriptor does the work, but that it has no room left for, behind many others."""
        self._came.add(number)


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


@contextlib.contextmanager
def delaying_ctrl_c() -> Iterator[None]:
    """Hear Ctrl-C only after the block, where something is begun that must be known before it can be ended.

    >>> try:
    ...     with delaying_ctrl_c():
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("all of it")
    ... except KeyboardInterrupt:
    ...     print("and then the end")
    all of it
    and then the end

    A program that is started meanwhile hears it as ever; of a mask (`pthread_sigmask`) it would get a copy.
    """
    former = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(former):  # it is ignored, say
        yield
        return
    came: list[Any] = []
    signal.signal(signal.SIGINT, lambda *arguments: came.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
        if came:
            former(*came[0])


@contextlib.contextmanager
def spawning_unheard() -> Iterator[None]:
    """Keep Ctrl-C from a program that is started in the block until it calls `ignore_ctrl_c` (POSIX).

    >>> import multiprocessing
    >>> with spawning_unheard():
    ...     multiprocessing.get_context("spawn").Process(target=ignore_ctrl_c).start()

    A terminal sends Ctrl-C to all that it started. An interpreter that is not ready would end with a long traceback.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # else started with the program, and it may unblock the signal at once
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_ctrl_c() -> None:
    """In a child that its parent ends: leave Ctrl-C to the parent, also one that was held back so far.

    >>> with ignoring(signal.SIGINT):
    ...     ignore_ctrl_c(); signal.raise_signal(signal.SIGINT)
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def wait_interruptibly(wait: Callable[[float | None], object], timeout: float | None = None) -> bool:
    """Call `wait(seconds)` until it returns something true, and let Ctrl-C through meanwhile.

    >>> event = threading.Event()
    >>> wait_interruptibly(event.wait, timeout=0.01)
    False
    >>> event.set(); wait_interruptibly(event.wait)
    True

    False when `timeout` seconds are over (None: no limit). The main thread runs Python's signal handlers between two
    steps of the program. A wait for a lock is one step: on Windows no signal ends it, and elsewhere none that came a
    moment before it, or to another thread. So the main thread waits in slices of half a second; others receive
    no signals and wait at once. Do not give it `thread.join`: before Python 3.13 one that a handler's exception ends
    takes the thread for ended, though it runs. An Event that the thread sets is safe.

    Raises: what a signal handler raises, KeyboardInterrupt above all; what `wait` raises.
    """
    if threading.current_thread() is not threading.main_thread():
        return bool(wait(wait_limit(timeout)))
    deadline = deadline_after(timeout)
    while True:
        left = time_left(deadline)
        if wait(SLICE_SECONDS if left is None else min(left, SLICE_SECONDS)):
            return True
        if left is not None and left <= SLICE_SECONDS:
            return False
