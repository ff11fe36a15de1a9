"""Signals as messages between processes, and what stands in for them on Windows.

A signal carries its number and, where one asks for it, who sent it: nothing else. Two of the same number that wait
are one, except the real-time signals, which queue. `netio.concurrency.SignalReceiver` turns them into something to
select on, everywhere; `SignalWaiter` here waits for them with the kernel's own call, so that no handler runs at all.

Windows has no signals between processes: `os.kill` ends the other at once whatever the number. To ask a process to
stop, or to tell it anything, set an `Event` that it waits for; a console process of its own group also understands
CTRL_BREAK_EVENT.
"""
from __future__ import annotations

import os
import signal
import sys
from typing import Any, NamedTuple

from .._deadline import wait_limit
from .ends import End


class SignalMessage(NamedTuple):
    """A signal that came: its number, the process that sent it, and that process's user.

    >>> SignalMessage(2, 4711, 1000).name
    'SIGINT'
    """

    number: int
    sender: int
    user: int

    @property
    def name(self) -> str:
        try:
            return signal.Signals(self.number).name
        except ValueError:
            return f"SIGRTMIN+{self.number - getattr(signal, 'SIGRTMIN', 0)}"


class SignalWaiter(End):
    """Holds back the given signals in this thread, to be received as messages instead.

    >>> if hasattr(signal, "sigtimedwait"):
    ...     with SignalWaiter(signal.SIGUSR1) as inbox:
    ...         send_signal(os.getpid(), signal.SIGUSR1)
    ...         message = inbox.recv(timeout=10)
    ...     message.name, message.sender == os.getpid()
    ... else:
    ...     ("SIGUSR1", True)
    ('SIGUSR1', True)

    Make it before you start threads or processes: they inherit the holding back. Behind `close` the former state is
    back; what was not received by then is delivered as usual.

    Raises: TimeoutError from `recv`; NotImplementedError where there is no sigtimedwait (macOS, Windows).
    Source: sigtimedwait(2), signal(7). Notes: 信号 (signals). The stdlib: `signal.sigwait`, without a timeout.
    """

    def __init__(self, *numbers: int) -> None:
        if not hasattr(signal, "sigtimedwait"):
            raise NotImplementedError(f"{sys.platform} has no sigtimedwait: use concurrency.SignalReceiver")
        self._numbers = set(numbers)
        self._former = signal.pthread_sigmask(signal.SIG_BLOCK, self._numbers)

    def recv(self, timeout: float | None = None) -> SignalMessage:
        """Return the next signal; the lowest number first where several wait."""
        limit = wait_limit(timeout)
        info: Any = (signal.sigwaitinfo(self._numbers) if limit is None else signal.sigtimedwait(self._numbers, limit))
        if info is None:
            raise TimeoutError(f"no signal came within {timeout:g} s")
        return SignalMessage(info.si_signo, info.si_pid, info.si_uid)

    def pending(self) -> set[int]:
        """Return the numbers of the signals that wait to be received."""
        return {int(number) for number in signal.sigpending() & self._numbers}

    def close(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._former)


def send_signal(pid: int, number: int) -> None:
    """Send a signal to a process of yours.

    >>> send_signal(os.getpid(), -1)
    Traceback (most recent call last):
    ValueError: -1 is no signal

    Raises: ProcessLookupError where there is no such process; ValueError for a number that is no signal, and for
    process ids that stand for groups; NotImplementedError on Windows, except CTRL_C_EVENT and CTRL_BREAK_EVENT, which
    go to a group.
    Source: kill(2). Notes: 信号.
    """
    if number <= 0 and number not in _console_events():
        raise ValueError(f"{number} is no signal")
    if pid <= 0:
        raise ValueError(f"{pid} is no process id: 0 and below mean whole groups")
    if sys.platform == "win32" and number not in _console_events():
        raise NotImplementedError("Windows ends the process, whatever the signal: set an Event that it waits for")
    os.kill(pid, number)


def _console_events() -> set[int]:
    return {int(getattr(signal, name)) for name in ("CTRL_C_EVENT", "CTRL_BREAK_EVENT") if hasattr(signal, name)}
