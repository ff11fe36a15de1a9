"""When bytes reach the file."""
from __future__ import annotations

import warnings

import pytest

from netio.files import watch_buffering


def stored(path, pieces, **how):
    return [step.stored for step in watch_buffering(path, pieces, **how)]


def test_a_full_buffer_is_written(tmp_path):
    assert stored(tmp_path / "f", [b"." * 10, b"." * 10], binary=True, buffering=16) == [0, 10, 20]
    assert stored(tmp_path / "f", [b"." * 40], binary=True, buffering=16) == [40, 40]


def test_flush_and_close_write(tmp_path):
    assert stored(tmp_path / "f", ["a", None, "b"]) == [0, 1, 1, 2]
    assert stored(tmp_path / "f", []) == [0]


def test_a_newline_writes_only_line_buffered_text(tmp_path):
    assert stored(tmp_path / "f", ["a\n", "中\n"], buffering=1) == [2, 6, 6]
    assert stored(tmp_path / "f", ["a\n", "中\n"]) == [0, 0, 6]


def test_no_buffer(tmp_path):
    assert stored(tmp_path / "f", [b"a", b"b"], binary=True, buffering=0) == [1, 2, 2]
    with pytest.raises(ValueError, match="unbuffered"):
        watch_buffering(tmp_path / "f", ["a"], buffering=0)


def test_given_counts_bytes_in_the_encoding(tmp_path):
    assert [step.given for step in watch_buffering(tmp_path / "f", ["中", "文"], encoding="gbk")] == [2, 4, 4]


def test_the_wrong_kind_of_data(tmp_path):
    with pytest.raises(TypeError):
        watch_buffering(tmp_path / "f", [b"bytes"])
    with pytest.raises(TypeError):
        watch_buffering(tmp_path / "f", ["str"], binary=True)


def test_line_buffering_of_bytes_is_ignored_with_a_warning(tmp_path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert stored(tmp_path / "f", [b"a\n"], binary=True, buffering=1) == [0, 2]
    assert [warning.category for warning in caught] == [RuntimeWarning]
