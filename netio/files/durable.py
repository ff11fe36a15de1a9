"""Add whole lines to a file so that each is on the disk when the call returns, and a torn one never spoils the next.

A line is added with one `write`; what a failed write left of it is cut off again, and what a crash left of one is
closed with a newline, so that the next line is whole.
"""
from __future__ import annotations

import os
import re
import threading
from contextlib import suppress

from .syncing import sync, sync_folder


# What a reader could take for the end of a line or a terminal for a command, and what turns the direction of a text
# round so that it shows something else: C0 and C1 without the tab, line and paragraph separators, bidi controls.
_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORBIDDEN_BYTES = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class DurableLog:
    """A text file to which whole lines are added, each on the disk before `append` returns; for `with` and for threads.

    What a crash left of a line is closed with a newline on opening: `mended` is that piece (bytes), b"" mostly. A power
    failure can leave zeros in it, or in a last line that ends: that is in `mended`, too. A line that cannot be stored
    whole (full disk) leaves nothing. `durable=False` saves the wait for the disk: a crash of the system may cost the
    last lines, one of the program does not. One process at a time writes.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "students.txt")
    >>> _ = path.write_bytes(b"1,Li\\n2,Ha")
    >>> with DurableLog(path) as log:
    ...     log.mended, log.append("3,韩梅梅")
    (b'2,Ha', 10)
    >>> path.read_text(encoding="utf-8").splitlines()
    ['1,Li', '2,Ha', '3,韩梅梅']
    >>> folder.cleanup()

    Raises: OSError where the file cannot be opened or written (ENOSPC, EFBIG, EACCES); ValueError from `append` for
    a line that holds a newline or another control character (a tab may be there). Stdlib: `open(path, "a", 1)` tears
    lines when the disk is full and does not wait for it.
    """

    def __init__(self, path: str | os.PathLike[str], *, encoding: str = "utf-8", durable: bool = True) -> None:
        self._encoding = encoding
        self._durable = durable
        self._turn = threading.Lock()
        self._file = open(path, "ab+", buffering=0)
        try:
            self.mended = self._mend()
            if durable:  # also where the file is there: one that was killed may have made it, and not come to this
                sync_folder(os.path.dirname(os.path.abspath(path)))
        except BaseException:
            self._file.close()
            raise

    def append(self, line: str | bytes) -> int:
        """Add one line, given without its newline, and return its offset.

        >>> import os, tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> with DurableLog(os.path.join(folder.name, "log")) as log:
        ...     log.append("one"), log.append(b"two")
        (0, 4)
        >>> folder.cleanup()

        Raises: ValueError for a line that would look like two, or like another one: with a newline, a \\r or any other
        control character but the tab, also one that turns the direction of the text round; OSError where it cannot be
        stored: then nothing of it is.
        """
        check_line(line, self._encoding)
        data = line.encode(self._encoding) if isinstance(line, str) else line
        with self._turn:
            return self._write(data + b"\n")

    def close(self) -> None:
        """Close the file. Closing twice is all right. Raises: OSError with `durable=False`, where lines are lost."""
        try:
            self._file.close()
        except OSError:
            if not self._durable:  # else each line is on the disk, whatever this says
                raise

    def __enter__(self) -> DurableLog:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _write(self, data: bytes) -> int:
        start = self._file.seek(0, os.SEEK_END)
        try:
            done = 0
            while done < len(data):  # a disk with room for a part takes that part; the next call says why
                done += self._file.write(data[done:])
            if self._durable:
                sync(self._file)
        except BaseException:
            with suppress(OSError):  # a device such as /dev/full cannot be cut; the first error is the one to report
                self._file.truncate(start)
            raise
        return start

    def _mend(self) -> bytes:
        """Close a last line that has no newline; return it, or a last one with zeros (no more than its last 64 KiB)."""
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, end - (1 << 16)))
        tail, left = b"", min(end, 1 << 16)
        while left and (piece := self._file.read(left)):  # which may come in pieces
            tail, left = tail + piece, left - len(piece)
        before, _, torn = tail.rpartition(b"\n")
        if torn:
            self._write(b"\n")
            return torn
        last = before.rpartition(b"\n")[2]
        return last if b"\0" in last else b""


def check_line(line: str | bytes, encoding: str = "utf-8") -> None:
    """Raise ValueError for a text that does not show as the one line that it is.

    >>> check_line("1,韩梅梅\\t90")
    >>> check_line("1,Li\\r2,Eve")
    Traceback (most recent call last):
    ValueError: one line at a time: '\\r' at character 4 of 10
    >>> check_line("safe\\u202egnp.exe")
    Traceback (most recent call last):
    ValueError: one line at a time: '\\u202e' at character 4 of 12

    Bytes are looked at as text, where they are text in `encoding`. Source: Unicode Standard Annex 9 (bidi controls).
    """
    if isinstance(line, str):
        _refuse(_FORBIDDEN.search(line), "character", len(line))
        return
    try:
        check_line(line.decode(encoding))
    except UnicodeDecodeError:
        _refuse(_FORBIDDEN_BYTES.search(line), "byte", len(line))


def _refuse(found: re.Match[str] | re.Match[bytes] | None, unit: str, size: int) -> None:
    if found is not None:
        raise ValueError(f"one line at a time: {found[0]!r} at {unit} {found.start()} of {size}")


def append_line(path: str | os.PathLike[str], line: str | bytes, *, encoding: str = "utf-8") -> int:
    """Add one line to a file, made if it is missing, and return its offset when it is on the disk.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "log.txt")
    >>> append_line(path, "one"), append_line(path, "two"), path.read_bytes()
    (0, 4, b'one\\ntwo\\n')
    >>> folder.cleanup()

    For many lines keep a `DurableLog` open. Raises: as DurableLog.
    """
    with DurableLog(path, encoding=encoding) as log:
        return log.append(line)
