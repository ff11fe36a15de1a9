"""The time log: one numbered line an interval, visible at once, its numbers going on from where the file ends.

The next number comes from the last whole line, found from the end of the file, not from counting lines: a line torn
by a crash has no number to trust, and a log of a year need not be read to add a line to it.
"""
from __future__ import annotations

import os
import re
import threading
import time
from typing import Iterator

from .reading import read_lines_reversed
from .durable import DurableLog

_LINE = re.compile(r"(\d{1,18}), \d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_SLICE = 0.5  # seconds: Ctrl-C just before a wait, and on Windows within one, is heard only when that wait is over


def next_number(path: str | os.PathLike[str]) -> int:
    """Return the number that the next line of a time log gets: one more than its last whole line has, 1 in a new log.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "log.txt")
    >>> next_number(path)
    1
    >>> _ = path.write_text("7, 2026-01-31 08:00:00\\n8, 2026-01-31 08:0")
    >>> next_number(path)
    8
    >>> folder.cleanup()

    Raises: OSError where the file is there and cannot be read.
    """
    try:
        for line in read_lines_reversed(path, encoding="latin-1"):  # takes every byte that a crash may have left
            if whole := _LINE.fullmatch(line):
                return int(whole[1]) + 1
    except FileNotFoundError:
        pass
    return 1


def log_time(path: str | os.PathLike[str], *, interval: float = 1.0, count: int | None = None,
             stop: threading.Event | None = None) -> Iterator[str]:
    """Add a line `N, YYYY-MM-DD HH:MM:SS` to a file every `interval` seconds, and yield each when it is on the disk.

    Ends after `count` lines (None: never) or when `stop`, an Event, is set. The n-th line is due n intervals after
    the first, however long the writing takes; the clock that is waited for is not the one that is written, which
    may be set back.

    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "log.txt")
    >>> [line.split(",")[0] for line in log_time(path, interval=0.001, count=2)]
    ['1', '2']
    >>> [line.split(",")[0] for line in log_time(path, interval=0.001, count=1)]
    ['3']
    >>> folder.cleanup()

    Raises: ValueError where `interval` is negative; OSError where the file cannot be written: whole lines stay whole.
    Notes: IO, 每秒向文件写入当前时间 (write the time to a file each second). A service would use `logging`.
    """
    if not interval >= 0:  # nor can it be nan
        raise ValueError(f"a time is 0 seconds or more, not {interval}")
    stop = stop or threading.Event()
    with DurableLog(path) as log:
        first, begin, written = next_number(path), time.monotonic(), 0
        while not stop.is_set() and (count is None or written < count):
            line = f"{first + written}, {time.strftime('%Y-%m-%d %H:%M:%S')}"
            log.append(line)
            yield line
            written += 1
            due = begin + written * interval if written != count else begin
            while (left := due - time.monotonic()) > 0 and not stop.wait(min(left, _SLICE)):
                pass
