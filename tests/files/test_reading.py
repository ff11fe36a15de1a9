"""Chunks and lines, forwards, backwards and as they come."""
from __future__ import annotations

import os
import random
import threading

import pytest

from netio.files import (LineIndex, count_lines, follow_lines, read_chunks, read_last_lines, read_lines,
                         read_lines_reversed, replace_file)
from netio.files.reading import read_binary_lines

TEXTS = ["", "\n", "\n\n", "a", "a\n", "a\n\n", "\na", "a\nb", "a\nb\n", "中文\n行\n", "a\r\nb\r\n", "\r\n",
         "中" * 100 + "\n" + "文" * 100]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1 << 18])
def test_chunks_are_the_file(sample, size):
    data = bytes(range(256))
    chunks = list(read_chunks(sample(data), size))
    assert b"".join(chunks) == data and max(map(len, chunks)) <= size
    assert list(read_chunks(sample(b""), size)) == []


@pytest.mark.parametrize("size", [0, -1])
def test_chunks_of_nothing_are_refused(sample, size):
    with pytest.raises(ValueError, match="at least 1 byte"):
        next(read_chunks(sample(b"abc"), size))


@pytest.mark.parametrize("text", TEXTS)
def test_lines_have_no_line_end(sample, text):
    path = sample(text.encode())
    lines = text.replace("\r\n", "\n").split("\n")
    expected = lines[:-1] if lines[-1] == "" else lines
    assert list(read_lines(path)) == expected
    assert [line.decode().rstrip("\r") for line in read_binary_lines(path)] == expected
    assert count_lines(path) == len(expected)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("chunk_size", [1, 2, 3, 7, 1 << 16])
def test_reversed_lines_are_the_lines_reversed(sample, text, chunk_size):
    path = sample(text.encode())
    assert list(read_lines_reversed(path, chunk_size=chunk_size)) == list(read_lines(path))[::-1]


def test_reversed_lines_of_random_files(sample):
    choose = random.Random(11)
    for number in range(100):
        text = "".join(choose.choices(["a", "中", "😀", "\n", "\r\n"], k=choose.randint(0, 80)))
        path = sample(text.encode())
        assert list(read_lines_reversed(path, chunk_size=choose.randint(1, 20))) == list(read_lines(path))[::-1]


def test_a_byte_order_mark_is_no_text(sample):
    path = sample(b"\xef\xbb\xbfa\nb\n")
    for encoding in ("utf-8", "utf-8-sig"):
        assert list(read_lines(path, encoding=encoding)) == ["a", "b"]
        assert list(read_lines_reversed(path, encoding=encoding)) == ["b", "a"]


def test_gbk_is_cut_at_newlines_only(sample):
    path = sample("记事本\n第二行\n".encode("gbk"))
    assert list(read_lines_reversed(path, encoding="gbk", chunk_size=1)) == ["第二行", "记事本"]
    assert read_last_lines(path, 1, encoding="gbk") == ["第二行"]


def test_the_end_of_a_huge_file_is_read_alone(tmp_path):
    path = tmp_path / "huge"
    with open(path, "wb") as file:
        file.seek(5 << 30 if os.name != "nt" else 5 << 20)
        file.write(b"\nlast but one\nlast\n")
    assert read_last_lines(path, 2) == ["last but one", "last"]
    with pytest.raises(ValueError, match="longer than 1048576 bytes"):
        read_last_lines(path, 3)


def test_last_lines(sample):
    path = sample(b"1\n2\n3")
    expected = [[], ["3"], ["2", "3"], ["1", "2", "3"], ["1", "2", "3"]]
    assert [read_last_lines(path, count) for count in range(5)] == expected


@pytest.mark.parametrize("piece", ["中", "\r\n", "x\r", "😀\n"])
@pytest.mark.parametrize("shift", range(4))
def test_what_lies_across_a_chunk_is_whole(sample, piece, shift):
    text = "." * (65536 - shift) + piece + "end" + piece * 3
    *expected, last = text.split("\n")
    expected = [*(line.removesuffix("\r") for line in expected), last]
    assert list(read_lines(sample(text.encode()))) == (expected if expected[-1] else expected[:-1])


@pytest.mark.parametrize("data", [b"10%\r20%\r30%\ndone\n", b"a\rb", b"\r", b"\r\r\n\n", b"a\r\nb\r\n", b"x\n\ry"])
def test_all_that_read_lines_see_the_same_lines(sample, data):
    """A \\r ends a line only with the \\n after it."""
    path = sample(data)
    lines = list(read_lines(path))
    assert lines == list(read_lines_reversed(path))[::-1] == read_last_lines(path, 99)
    with LineIndex(path) as index:
        assert lines == [index[number] for number in range(len(index))]
    assert count_lines(path) == len(lines) == len(list(read_binary_lines(path)))
    ends = data.count(b"\n")
    assert lines[:ends] == [line.removesuffix(b"\r").decode() for line in read_binary_lines(path)][:ends]
    followed = list(follow_lines(path, from_start=True, timeout=0))
    assert followed == lines[:ends]


def test_lines_without_end_are_refused(sample):
    path = sample(b"ok\n" + b"x" * 500_000)
    for read in (read_lines, read_binary_lines, read_lines_reversed):
        with pytest.raises(ValueError, match="longer than 1000"):
            list(read(path, max_line=1000))
    with pytest.raises(ValueError, match="longer than 1000"):
        list(follow_lines(path, max_line=1000, from_start=True, timeout=0))


def test_wrong_bytes_are_told(sample):
    path = sample(b"good\n\xff\n")
    for lines in (read_lines(path), read_lines_reversed(path), follow_lines(path, from_start=True, timeout=0)):
        with pytest.raises(UnicodeDecodeError):
            list(lines)


@pytest.mark.parametrize("read", [read_lines_reversed, follow_lines])
def test_utf_16_cannot_be_cut_at_bytes(sample, read):
    path = sample("上\n下\n".encode("utf-16"))
    assert list(read_lines(path, encoding="utf-16")) == ["上", "下"]
    with pytest.raises(ValueError, match="utf-16 does not write a newline as one byte"):
        next(read(path, encoding="utf-16"))


def test_a_file_that_shrinks_under_the_reader(sample):
    path = sample(b"".join(b"%d\n" % number for number in range(100_000)))
    lines = read_lines_reversed(path, chunk_size=1 << 10)
    assert next(lines) == "99999"
    with open(path, "rb+") as file:
        file.truncate(10)
    with pytest.raises(EOFError, match="the file became shorter"):
        list(lines)


def test_follow_yields_whole_lines_as_they_come(sample):
    path = sample(b"old\n")
    with open(path, "ab", buffering=0) as log:
        lines = follow_lines(path, timeout=20, interval=0.001)
        threading.Timer(0.05, log.write, [b"half"]).start()
        threading.Timer(0.1, log.write, [" 一半\nnext\n".encode()]).start()
        assert next(lines) == "half 一半"
        assert next(lines) == "next"
        lines.close()


def test_follow_ends_in_time_or_when_told(sample):
    path = sample(b"a\n")
    assert list(follow_lines(path, timeout=0.01, interval=0.001)) == []
    stop = threading.Event()
    stop.set()
    assert list(follow_lines(path, from_start=True, stop=stop)) == []
    stop.clear()
    threading.Timer(0.05, stop.set).start()
    assert list(follow_lines(path, from_start=True, stop=stop, interval=20)) == ["a"]


def test_follow_goes_on_after_the_file_was_emptied(sample):
    path = sample(b"first\nsecond\nhal")
    lines = follow_lines(path, from_start=True, timeout=20, interval=0.001)
    assert [next(lines), next(lines)] == ["first", "second"]
    with open(path, "wb") as log:
        log.write(b"new\n")
    assert next(lines) == "new"
    lines.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not rename an open file")
def test_follow_goes_on_after_the_log_was_rotated(sample, tmp_path, nothing_left):
    path = sample(b"1\n")
    lines = follow_lines(path, from_start=True, timeout=20, interval=0.001)
    assert next(lines) == "1"
    with open(path, "ab") as log:
        log.write(b"2\n3 torn")
    path.rename(tmp_path / "old")
    assert next(lines) == "2"  # read though the name is gone
    replace_file(path, "4\n5\n")
    assert [next(lines), next(lines), next(lines)] == ["3 torn", "4", "5"]
    lines.close()


def test_follow_of_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        follow_lines(tmp_path / "missing")


def test_wc_counts_newlines(sample, tool):
    import subprocess

    path = sample(b"one\ntwo")
    assert subprocess.run([tool("wc"), "-l", str(path)], capture_output=True).stdout.split()[0] == b"1"
    assert count_lines(path) == 2
