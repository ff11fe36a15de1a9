"""Any bytes may stand in a file: what reads it gives an answer or a documented error, and answers agree."""
from __future__ import annotations

import random

import pytest

from netio.files import (LineIndex, count_lines, follow_lines, guess_file_encoding, join_files, look_up, read_lines,
                         read_lines_reversed)
from netio.files.lookup import check_sorted, look_up_unsorted
from netio.files.offsets import index_lines
from netio.files.reading import read_binary_lines
from netio.files.timelog import next_number


def contents(seed):
    choose = random.Random(seed)
    return bytes(choose.choices(b"ab \t\r\n\n\xe4\xb8\xad\xff\x00\xef\xbb\xbf", k=choose.randint(0, 150)))


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_only_documented_errors(sample, tmp_path, seed):
    for number in range(seed, seed + 20):
        path = sample(contents(number))
        for read in (read_lines, lambda path: read_lines_reversed(path, chunk_size=3), guess_file_encoding,
                     check_sorted, lambda path: look_up(path, "a"), lambda path: look_up_unsorted(path, "a"),
                     next_number, lambda path: follow_lines(path, from_start=True, timeout=0)):
            try:
                result = read(path)
                list(result) if hasattr(result, "__iter__") else result
            except ValueError:  # UnicodeDecodeError is one
                pass
        with pytest.raises(ValueError):
            join_files(path, tmp_path / "target")
        assert count_lines(path) == len(list(read_binary_lines(path))) == len(index_lines(path)) - 1


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_the_ways_of_reading_agree(sample, seed):
    for number in range(seed, seed + 20):
        text = contents(number).decode("utf-8", "replace").replace("\r", "")
        path = sample(text.encode())
        lines = list(read_lines(path))
        assert list(read_lines_reversed(path, chunk_size=5)) == lines[::-1]
        with LineIndex(path) as index:
            assert list(index) == lines


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_both_look_ups_agree_where_the_file_is_sorted(sample, seed):
    for number in range(seed, seed + 20):
        lines = contents(number).decode("utf-8", "replace").replace("\0", "").split("\n")
        words = {line.split()[0] for line in lines if line[:1].strip()}
        lines.sort(key=lambda line: line.split()[0].encode() if line[:1].strip() else b"")
        path = sample("\n".join(lines).encode())
        check_sorted(path)
        for word in words:
            assert look_up(path, word) == look_up_unsorted(path, word) != []
