"""The standard streams of a command: there, and able to show every text, wherever it was started."""
from __future__ import annotations

import io
import os
import sys


def prepare_streams() -> None:
    r"""Open streams that are missing, and let a console that cannot show a character show \uXXXX instead.

    `command >&-`, and pythonw.exe, start Python without them: sys.stdout is None.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def abandon_output() -> None:
    """Let what is still to be written go nowhere, because the reader, such as `head`, has left or the disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def typed_text(argument: str) -> str:
    """Return an argument as it was typed, also where the file system's encoding cannot decode it (LC_ALL=C).

    >>> typed_text("粘包".encode().decode("ascii", "surrogateescape"))
    '粘包'
    """
    try:
        return argument.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return argument
