"""A copy is whole or not there."""
from __future__ import annotations

import errno
import hashlib
import os
import stat

import pytest

from netio.files import ChangedError, checksum, copy_file
from netio.files.copying import copy_bytes
from netio.files.sparse import allocated_bytes
from netio.files import copying

DATA = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture(params=["by the system", "by a buffer"])
def way(request, monkeypatch):
    """Both ways of moving the bytes; the system's only where there is one."""
    if request.param == "by a buffer":
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    elif not hasattr(os, "copy_file_range"):
        pytest.skip("no copy_file_range here")


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("data", [b"", b"x", DATA, b"\r\n\0\xff"], ids=["empty", "one", "large", "odd"])
def test_a_copy_is_the_same(sample, tmp_path, way, data):
    source = sample(data)
    assert copy_file(source, tmp_path / "copy", verify=True) == len(data)
    assert (tmp_path / "copy").read_bytes() == data and names(tmp_path) == ["copy", "sample"]


def test_progress_begins_at_nothing_and_ends_with_all(sample, tmp_path, way):
    steps = []
    copy_file(sample(DATA), tmp_path / "copy", progress=lambda done, total: steps.append((done, total)))
    assert steps[0] == (0, len(DATA)) and steps[-1] == (len(DATA), len(DATA)) and steps == sorted(steps)


def test_a_target_is_replaced_and_permissions_are_copied(sample, tmp_path):
    source, target = sample(b"new"), sample(b"old", "copy")
    source.chmod(0o444)
    copy_file(source, target)
    assert target.read_bytes() == b"new" and stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(source.stat().st_mode)
    for path in (source, target):
        path.chmod(0o644)  # Windows does not remove read-only files


def test_one_file_twice_and_a_folder(sample, tmp_path):
    source = sample(b"precious")
    for same in (source, tmp_path / "." / "sample"):
        with pytest.raises(ValueError, match="same file"):
            copy_file(source, same)
    with pytest.raises(IsADirectoryError):
        copy_file(source, tmp_path)
    with pytest.raises(FileNotFoundError):
        copy_file(tmp_path / "missing", tmp_path / "copy")
    assert source.read_bytes() == b"precious" and names(tmp_path) == ["sample"]


def stop_after(count):
    """Return a progress function that raises, as Ctrl-C would, once `count` bytes are done."""
    def stop(done, total):
        if done >= count:
            raise KeyboardInterrupt

    return stop


def test_a_broken_copy_leaves_nothing(sample, tmp_path, way, monkeypatch):
    source, target = sample(DATA), sample(b"old", "copy")
    with pytest.raises(KeyboardInterrupt):
        copy_file(source, target, progress=stop_after(1))
    assert target.read_bytes() == b"old" and names(tmp_path) == ["copy", "sample"]


def test_a_broken_copy_is_taken_up_where_it_ended(sample, tmp_path, way, monkeypatch):
    source, target, step = sample(DATA), tmp_path / "copy", copying.copy_bytes
    monkeypatch.setattr(copying, "copy_bytes", lambda reading, writing, count: step(reading, writing, 100_000))
    with pytest.raises(KeyboardInterrupt):
        copy_file(source, target, resume=True, progress=stop_after(300_000))
    assert names(tmp_path) == ["copy.part", "sample"]
    steps, had = [], (tmp_path / "copy.part").stat().st_size
    assert copy_file(source, target, resume=True, progress=lambda done, total: steps.append(done)) == len(DATA)
    assert steps[0] == had >= 300_000 and had < steps[1] <= had + 100_000
    assert target.read_bytes() == DATA and names(tmp_path) == ["copy", "sample"]


@pytest.mark.parametrize("part", [b"something else", DATA + b"longer", DATA[:1000] + b"?", b""],
                         ids=["other", "longer", "spoilt", "empty"])
def test_a_part_of_something_else_is_begun_again(sample, tmp_path, part):
    source, steps = sample(DATA), []
    sample(part, "copy.part")
    copy_file(source, tmp_path / "copy", resume=True, progress=lambda done, total: steps.append(done))
    assert steps[0] == 0 and (tmp_path / "copy").read_bytes() == DATA


def test_a_finished_part_is_only_renamed(sample, tmp_path):
    source, steps = sample(DATA), []
    sample(DATA, "copy.part")
    copy_file(source, tmp_path / "copy", resume=True, progress=lambda done, total: steps.append(done))
    assert steps == [len(DATA)] and (tmp_path / "copy").read_bytes() == DATA


def test_a_full_disk_keeps_the_old_target_and_the_part(sample, tmp_path, full_disk, way):
    source, target = sample(DATA), sample(b"old", "copy")
    with full_disk(500_000):
        for resume in (False, True):
            with pytest.raises(OSError) as caught:
                copy_file(source, target, resume=resume)
            assert caught.value.errno == errno.EFBIG and target.read_bytes() == b"old"
    assert names(tmp_path) == ["copy", "copy.part", "sample"]
    steps = []
    copy_file(source, target, resume=True, verify=True, progress=lambda done, total: steps.append(done))
    assert steps[0] == 500_000 and target.read_bytes() == DATA


def test_a_disk_that_is_really_full(sample, tiny_disk, way):
    with pytest.raises(OSError) as caught:
        copy_file(sample(DATA), tiny_disk / "copy")
    assert caught.value.errno == errno.ENOSPC and names(tiny_disk) == []


def test_a_read_only_folder(sample, read_only_folder):
    with pytest.raises(PermissionError):
        copy_file(read_only_folder / "old", read_only_folder / "new")
    assert names(read_only_folder) == ["old"]


def test_a_copy_that_differs_is_thrown_away(sample, tmp_path, monkeypatch):
    source = sample(DATA)

    def spoil(done, total):
        if done == total:
            with open(source, "rb+") as file:
                file.write(b"changed meanwhile")

    with pytest.raises(ValueError, match="differs"):
        copy_file(source, tmp_path / "copy", verify=True, progress=spoil)
    assert names(tmp_path) == ["sample"]


@pytest.mark.parametrize("number", [errno.EXDEV, errno.ENOSYS, errno.EINVAL, None])
def test_where_the_system_declines_a_buffer_copies(sample, tmp_path, monkeypatch, number):
    def decline(*arguments):
        if number is None:
            return 0  # as for files of /proc, which say that they are empty
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "copy_file_range", decline, raising=False)
    copy_file(sample(DATA), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == DATA


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
def test_a_file_that_says_it_is_empty_is_copied(tmp_path):
    assert copy_file("/proc/self/status", tmp_path / "copy") > 0
    assert b"Name:" in (tmp_path / "copy").read_bytes()


def test_copy_bytes_goes_on_at_the_offsets(sample, tmp_path, way):
    with open(sample(b"0123456789"), "rb", buffering=0) as source, open(tmp_path / "copy", "wb", buffering=0) as target:
        source.seek(3)
        assert copy_bytes(source, target, 4) == 4
        assert copy_bytes(source, target, 4) == 3
        assert copy_bytes(source, target, 4) == 0
    assert (tmp_path / "copy").read_bytes() == b"3456789"


def test_checksums(sample):
    path = sample(DATA)
    assert checksum(path) == hashlib.sha256(DATA).hexdigest()
    assert checksum(path, offset=10, count=300_000) == hashlib.sha256(DATA[10:300_010]).hexdigest()
    assert checksum(path, algorithm="md5") == hashlib.md5(DATA).hexdigest()
    assert checksum(path, count=0) == checksum(sample(b"", "empty"))
    with pytest.raises(EOFError, match="got 6 of 7 bytes at offset 1048570"):
        checksum(path, offset=len(DATA) - 6, count=7)
    with pytest.raises(ValueError):
        checksum(path, algorithm="none")


@pytest.mark.parametrize("advised", [True, False], ids=["advice", "no advice"])
def test_a_file_of_several_steps_is_copied_whole(tmp_path, monkeypatch, advised):
    if not advised:
        monkeypatch.delattr(copying.os, "posix_fadvise", raising=False)
    monkeypatch.setattr(copying, "_STEP", 1 << 16)
    source, target, seen = tmp_path / "source", tmp_path / "target", []
    source.write_bytes(os.urandom((3 << 16) + 5))
    assert copy_file(source, target, progress=lambda done, total: seen.append(done), verify=True) == (3 << 16) + 5
    assert target.read_bytes() == source.read_bytes()
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == (3 << 16) + 5


# Resuming, and others at the same target.

def test_a_copy_that_another_overtook_leaves_the_other_one_whole(tmp_path):
    one, two, target = (tmp_path / name for name in ("one", "two", "target"))
    one.write_bytes(b"1" * 50_000), two.write_bytes(b"2" * 60_000)
    done = []

    def overtake(copied, total):
        if not done:
            done.append(copy_file(two, target, resume=True, verify=True))

    with pytest.raises(FileExistsError):
        copy_file(one, target, resume=True, progress=overtake)
    assert target.read_bytes() == two.read_bytes()
    assert copy_file(one, target, resume=True) == 50_000 and target.read_bytes() == one.read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["one", "target", "two"]


def test_what_was_changed_meanwhile_is_not_replaced_by_a_resumed_copy(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"new"), target.write_bytes(b"old")
    with pytest.raises(ChangedError):
        copy_file(source, target, resume=True, progress=lambda done, total: target.write_bytes(b"someone else's"))
    assert target.read_bytes() == b"someone else's"


def test_what_appears_meanwhile_is_kept_with_overwrite_false(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"new")
    with pytest.raises(FileExistsError):
        copy_file(source, target, overwrite=False, progress=lambda done, total: target.write_bytes(b"theirs"))
    assert target.read_bytes() == b"theirs" and sorted(os.listdir(tmp_path)) == ["source", "target"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no links for everybody")
@pytest.mark.parametrize("make", [os.symlink, os.link])
def test_a_link_at_the_name_of_the_unfinished_copy_is_left_alone(tmp_path, make):
    (tmp_path / "victim").write_bytes(b"precious")
    make(tmp_path / "victim", tmp_path / "target.part")
    (tmp_path / "source").write_bytes(b"new")
    assert copy_file(tmp_path / "source", tmp_path / "target", resume=True) == 3
    assert (tmp_path / "victim").read_bytes() == b"precious" and not (tmp_path / "target").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("resume", [False, True])
def test_a_private_file_is_private_while_it_is_copied(tmp_path, resume):
    source = tmp_path / "source"
    source.write_bytes(b"secret")
    source.chmod(0o640)
    seen = set()

    def look(done, total):
        seen.update(entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir() if entry != source)

    copy_file(source, tmp_path / "target", resume=resume, progress=look)
    assert seen == {0o600} and (tmp_path / "target").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="holes are not mapped here")
@pytest.mark.parametrize("end", [b"", b"end"])
def test_holes_stay_holes(tmp_path, end):
    source, target = tmp_path / "source", tmp_path / "target"
    with open(source, "wb") as file:
        file.write(b"begin")
        file.truncate(3 << 20)
        file.seek(0, os.SEEK_END)
        file.write(end)
        file.seek(1 << 20)
        file.write(b"middle")
    if allocated_bytes(source) > 1 << 20:
        pytest.skip("this file system makes no holes")
    assert copy_file(source, target, verify=True) == (3 << 20) + len(end)
    assert target.read_bytes() == source.read_bytes() and allocated_bytes(target) <= 1 << 20


@pytest.mark.parametrize("name", ["x" * 255, "猫" * 85, "x" * 251])
def test_the_longest_names_can_be_resumed(tmp_path, name):
    if os.name == "nt":
        pytest.skip("a path of Windows has 260 characters")
    source = tmp_path / "source"
    source.write_bytes(b"x" * 100)

    def stop(done, total):
        if done == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_file(source, tmp_path / name, resume=True, progress=stop)
    assert len(os.listdir(tmp_path)) == 2
    assert copy_file(source, tmp_path / name, resume=True, progress=lambda done, total: None) == 100
    assert sorted(os.listdir(tmp_path)) == sorted(["source", name])
