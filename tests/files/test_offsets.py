"""Offsets and lines by number."""
from __future__ import annotations

import random

import pytest

from netio.files import LineIndex, read_lines, walk_offsets
from netio.files.offsets import index_lines


def test_offsets_of_bytes_add_up(sample):
    walked = list(walk_offsets(sample("a中文\n".encode()), 3, binary=True))
    assert [offset for offset, _ in walked] == [0, 3, 6, 8]
    assert b"".join(piece for _, piece in walked) == "a中文\n".encode()


def test_offsets_of_text_lead_back(sample):
    path = sample("a中\r\n文z".encode())
    for offset, piece in walk_offsets(path, 1):
        with open(path, encoding="utf-8", newline="") as file:
            file.seek(offset)
            assert file.read(1) == piece


def test_offsets_of_an_empty_file(sample):
    assert list(walk_offsets(sample(b""), 5)) == [(0, "")]
    with pytest.raises(ValueError):
        next(walk_offsets(sample(b""), 0))


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "甲\n乙\r\n\n丁", "\n\n"])
def test_every_line_by_its_number(sample, text):
    path = sample(text.encode())
    expected = list(read_lines(path))
    with LineIndex(path) as lines:
        assert len(lines) == len(expected) and list(lines) == expected
        assert [lines[-number] for number in range(1, len(expected) + 1)] == expected[::-1]
        for wrong in (len(expected), -len(expected) - 1):
            with pytest.raises(IndexError, match=f"no line {wrong}"):
                lines[wrong]
    assert index_lines(path)[-1] == len(text.encode())


def test_random_access_to_many_lines(sample):
    choose = random.Random(5)
    expected = ["行" * choose.randint(0, 30) + str(number) for number in range(5000)]
    with LineIndex(sample("\n".join(expected).encode("gbk")), encoding="gbk") as lines:
        for number in choose.sample(range(5000), 200):
            assert lines[number] == expected[number]


def test_a_byte_order_mark_is_no_text(sample):
    with LineIndex(sample(b"\xef\xbb\xbfone\ntwo\n")) as lines:
        assert list(lines) == ["one", "two"]


def test_a_file_that_became_shorter(sample):
    path = sample(b"one\ntwo\n")
    with LineIndex(path) as lines:
        with open(path, "rb+") as file:
            file.truncate(5)
        with pytest.raises(EOFError, match="got 1 of 4 bytes of line 1"):
            lines[1]


def test_an_index_of_utf_16_is_refused(sample):
    with pytest.raises(ValueError, match="utf-16"):
        LineIndex(sample(b""), encoding="utf-16")
