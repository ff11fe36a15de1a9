from __future__ import annotations

import errno
import gc
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from netio.concurrency import run_forked
from netio.ipc import AnonymousMemory, Event, Queue, create_shm, open_shm, start
from netio.ipc.shm import SHM_HEADER, SHM_MARK, shm_path
from tests.ipc import workers

pytestmark = pytest.mark.usefixtures("nothing_left")
NAME = f"test-{os.getpid()}"


def in_the_system(name):
    """Whether the system's own list of shared memory shows the block; on Windows only opening tells."""
    if sys.platform == "win32":
        try:
            open_shm(name, timeout=0).close()
        except FileNotFoundError:
            return False
        return True
    return shm_path(name).name in os.listdir(shm_path(name).parent)


def test_another_process_sees_the_true_length_and_writes(start_method):
    with create_shm(NAME, 5) as block, Queue() as results:
        block.view[:] = b"hello"
        process = start(workers.read_block, NAME, results, method=start_method)
        assert results.get(timeout=60) == (5, b"hello")
        process.join(60)
        assert process.exitcode == 0 and bytes(block.view) == b"Jello"
        assert in_the_system(NAME)
    assert not in_the_system(NAME)


def test_a_reader_that_ends_takes_nothing_away_and_says_nothing():
    code = f"from netio.ipc import open_shm; print(bytes(open_shm({NAME!r}).view))"
    with create_shm(NAME, 3) as block:
        for _ in range(2):
            command = [sys.executable, "-W", "error", "-c", code]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
            assert done.stdout.strip() == r"b'\x00\x00\x00'" and not done.stderr
        assert block.owned and in_the_system(NAME)


def test_a_killed_owner_leaves_nothing(start_method):
    with Event() as ready:
        owner = start(workers.own_block, NAME, ready, method=start_method)
        assert ready.wait(60) and in_the_system(NAME)
        owner.kill()
        owner.join(60)
    deadline = time.monotonic() + 30
    while in_the_system(NAME) and time.monotonic() < deadline:
        os.sched_yield() if hasattr(os, "sched_yield") else None
    assert not in_the_system(NAME)


@pytest.mark.skipif(os.name == "nt", reason="there the memory goes with its last process")
def test_what_a_maker_left_that_was_killed_before_its_guard_ran_gives_way(monkeypatch):
    path = shm_path(NAME)
    path.write_bytes(SHM_HEADER.pack(SHM_MARK, 5) + bytes(5))  # this one is finished
    with pytest.raises(FileExistsError):
        create_shm(NAME, 5)
    path.write_bytes(b"\0" * 99)
    with monkeypatch.context() as another_user, pytest.raises(FileExistsError):
        another_user.setattr(os, "geteuid", lambda: 12345)
        create_shm(NAME, 5)
    assert path.stat().st_size == 99
    with create_shm(NAME, 5) as mine:
        assert bytes(mine.view) == b"\0" * 5
        with pytest.raises(FileExistsError):
            create_shm(NAME, 5)
    assert not path.exists()


def test_views_outlive_the_block_quietly():
    block = create_shm(NAME, 8)
    cut = block.view[2:4]
    block.close()
    if sys.implementation.name == "pypy":  # whose mmap closes under its views
        assert len(cut) == 0
    else:
        cut[:] = b"ok"
        assert bytes(cut) == b"ok"
    cut.release()
    assert not in_the_system(NAME)
    with pytest.raises(ValueError):
        bytes(block.view)


def test_a_forgotten_block_is_closed():
    create_shm(NAME, 8)
    gc.collect()
    assert not in_the_system(NAME)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_not_the_owner(start_method):
    with create_shm(NAME, 1), Event() as ready:
        child = start(ready.wait, 60, method=start_method)
    assert not in_the_system(NAME)
    child.kill()
    child.join(60)
    with create_shm(NAME, 1) as block:
        assert run_forked(lambda: (block.owned, block.close()), warn_threads=False) == (False, None)
        assert block.owned and in_the_system(NAME)


@pytest.mark.skipif(os.name != "posix", reason="there is no file that somebody could put there")
def test_what_a_stranger_has_put_there_is_not_taken(tmp_path, monkeypatch):
    with create_shm(NAME, 8):
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        with pytest.raises(PermissionError, match="another user"):
            open_shm(NAME)
        monkeypatch.undo()
        open_shm(NAME).close()
    for size in (0, 9, 1 << 63):
        shm_path(NAME).write_bytes(SHM_HEADER.pack(SHM_MARK, size) + bytes(8))
        with pytest.raises(ValueError, match=f"says that it has {size} bytes, but has 8"):
            open_shm(NAME)
    (tmp_path / "own").write_bytes(SHM_HEADER.pack(SHM_MARK, 8) + bytes(8))
    shm_path(NAME).unlink()
    shm_path(NAME).symlink_to(tmp_path / "own")
    with pytest.raises(OSError):
        open_shm(NAME)
    shm_path(NAME).unlink()


@pytest.mark.skipif(os.name == "nt", reason="memory there is no file")
@pytest.mark.parametrize("fallocate", ["there", "missing", "unsupported", "full", "full on PyPy"])
def test_memory_in_a_file_is_reserved_at_once_or_refused(monkeypatch, fallocate):
    """As on macOS or an old kernel: no memfd_create. What a full disk cannot hold would else end who writes there."""
    def too_old(*arguments):
        raise OSError(errno.ENOSYS, "as a kernel before 3.17 says")

    def fail(*arguments):
        raise OSError({"full": errno.ENOSPC}.get(fallocate, errno.EOPNOTSUPP), "as it happens")

    monkeypatch.setattr(os, "memfd_create", too_old, raising=False)
    if fallocate == "missing":
        monkeypatch.delattr(os, "memfd_create")
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    elif fallocate != "there":
        monkeypatch.setattr(os, "posix_fallocate", fail if "PyPy" not in fallocate else lambda *arguments: errno.ENOSPC,
                            raising=False)
    if "full" in fallocate:
        for make in (lambda: AnonymousMemory(1 << 20), lambda: create_shm("netio-test-full", 1 << 20)):
            with pytest.raises(OSError) as caught:
                make()
            assert caught.value.errno == errno.ENOSPC
        assert not shm_path("netio-test-full").exists()
    else:
        memory = AnonymousMemory((1 << 20) + 1)
        found = os.fstat(memory.tag)
        assert found.st_size == memory.size and found.st_blocks * 512 >= memory.size and not any(memory.view[::4096])
        memory.close()


@pytest.mark.parametrize("name", ["", "a/b", "..\\x", "空", "x" * 300])
def test_impossible_names(name):
    with pytest.raises(ValueError, match=re.escape(repr(name))[:20]):
        create_shm(name, 1)


def test_where_dev_shm_is_read_only_or_missing_the_block_is_a_temporary_file(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert shm_path(NAME).parent == Path(tempfile.gettempdir())
    with create_shm(NAME, 5) as mine, open_shm(NAME) as found:
        found.view[:] = b"hello"
        assert bytes(mine.view) == b"hello"
