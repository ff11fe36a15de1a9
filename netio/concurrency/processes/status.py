"""What an exit status says.

`os.wait` hands out 16 bits: the exit code in the high byte, the signal that killed the process in the low seven and a
bit for "left a core dump". `subprocess` and `multiprocessing` hand out an exit code instead, negative for a signal.
Here both become one readable answer.
"""
from __future__ import annotations

import os
import signal
from typing import NamedTuple


class ExitStatus(NamedTuple):
    """How a process ended: its exit code, or the signal that killed it, and whether it left a core dump.

    Exactly one of `code` and `signal` is an int, the other is None. `str()` puts it in words.

    >>> str(ExitStatus(code=2, signal=None, core=False))
    'exited with status 2'
    """

    code: int | None
    signal: int | None
    core: bool

    def __str__(self) -> str:
        if self.signal is None:
            return f"exited with status {self.code}"
        return f"killed by {name_signal(self.signal)}" + (" (core dumped)" if self.core else "")


def decode_status(status: int) -> ExitStatus:
    """Decode the status that `os.wait` and `os.waitpid` return.

    >>> decode_status(2 * 256)
    ExitStatus(code=2, signal=None, core=False)

    `status == code * 256` holds for a normal exit only; 15 here is no code but SIGTERM:

    >>> decode_status(15).signal if hasattr(os, "WIFSIGNALED") else 15
    15

    Raises: ValueError for a process that has not ended but is stopped or continued (WUNTRACED, WCONTINUED).
    Source: wait(2). Notes: processes, 收尸函数 (wait). The stdlib: `os.waitstatus_to_exitcode`, which drops the core bit.
    """
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return ExitStatus(None, -code, bool(status & 0x80))
    return ExitStatus(code, None, False)


def describe_exit(exitcode: int | None) -> str:
    """Put the exit code of `subprocess` or `multiprocessing` in words; a negative one is a signal.

    >>> describe_exit(0), describe_exit(-15)
    ('exited with status 0', 'killed by SIGTERM (15)')

    None is a process that still runs. Windows reports a crash as a large code, which reads better in hexadecimal:

    >>> describe_exit(None), describe_exit(0xC0000005)
    ('still runs', 'crashed with 0xC0000005')
    """
    if exitcode is None:
        return "still runs"
    if exitcode < 0:
        return f"killed by {name_signal(-exitcode)}"
    if exitcode > 0x80000000:
        return f"crashed with 0x{exitcode:08X}"
    return f"exited with status {exitcode}"


def name_signal(number: int) -> str:
    """Return a signal's name and number.

    >>> name_signal(15)
    'SIGTERM (15)'

    A number without a name (a real-time signal) is shown as it is:

    >>> name_signal(250)
    'signal 250'
    """
    try:
        return f"{signal.Signals(number).name} ({number})"
    except ValueError:
        return f"signal {number}"
