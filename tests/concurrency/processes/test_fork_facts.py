import os

import pytest

from netio.concurrency.processes.fork_facts import memory_after_fork, offset_after_fork, output_after_fork

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def test_memory_is_copied(nothing_left):
    assert memory_after_fork() == (["first", "second"], ["first"])


def test_the_offset_is_shared_the_descriptor_is_not(nothing_left):
    assert offset_after_fork() == (b"012", b"345", b"012")


def test_unflushed_output_is_doubled(nothing_left, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # which would hide it
    assert output_after_fork(flush=False) == "hello hello"
    assert output_after_fork(flush=True) == "hello"


@pytest.mark.parametrize("call", [memory_after_fork, offset_after_fork, lambda: output_after_fork(True)])
def test_without_fork_there_is_one_clear_error(call, monkeypatch):
    monkeypatch.delattr(os, "fork")
    with pytest.raises(OSError, match="no fork on"):
        call()
