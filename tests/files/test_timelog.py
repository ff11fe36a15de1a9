"""One numbered line an interval, whatever happened before."""
from __future__ import annotations

import re
import threading

import pytest

from netio.files import read_lines
from netio.files.timelog import log_time, next_number

LINE = re.compile(r"\d+, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
GOOD = b"%d, 2026-01-31 08:00:00\n"


@pytest.mark.parametrize("before, number", [
    (b"", 1), (GOOD % 7, 8), (GOOD % 7 + GOOD % 8, 9), (GOOD % 7 + b"8, 2026-0", 8), (b"8", 1),
    (b"not a log\n", 1), (GOOD % 9 + b"\n\n", 10), ((GOOD % 7)[:-1], 8), (GOOD % 3 + b"\xff\xfe\n", 4),
    ((GOOD % 5).replace(b"\n", b"\r\n"), 6),
])
def test_the_number_after_what_is_there(sample, before, number):
    path = sample(before)
    assert next_number(path) == number
    lines = list(log_time(path, count=2, interval=0))
    assert [line.split(",")[0] for line in lines] == [str(number), str(number + 1)]
    kept = before + (b"\n" if before and not before.endswith(b"\n") else b"")
    assert path.read_bytes().startswith(kept) and path.read_bytes()[len(kept):].decode().splitlines() == lines


def test_lines_are_visible_at_once(tmp_path):
    path = tmp_path / "log"
    lines = log_time(path, interval=0.001)
    for number in range(1, 4):
        line = next(lines)
        assert LINE.fullmatch(line) and list(read_lines(path))[-1] == line and line.startswith(f"{number}, ")
    lines.close()


def test_the_log_stops_when_told(tmp_path):
    stop = threading.Event()
    lines = []
    for line in log_time(tmp_path / "log", interval=60, stop=stop):
        lines.append(line)
        threading.Timer(0.02, stop.set).start()
    assert len(lines) == 1


def test_a_full_disk_keeps_whole_lines(tmp_path, full_disk):
    path = tmp_path / "log"
    with full_disk(60), pytest.raises(OSError):
        list(log_time(path, interval=0))
    assert [line.split(",")[0] for line in read_lines(path)] == ["1", "2"] and path.read_bytes().endswith(b"\n")


def test_a_negative_interval(tmp_path):
    with pytest.raises(ValueError, match="0 seconds or more"):
        next(log_time(tmp_path / "log", interval=-1))


def test_no_line_at_all(tmp_path):
    assert list(log_time(tmp_path / "log", count=0)) == []
    assert (tmp_path / "log").read_bytes() == b""
