"""Holes: made, mapped, kept by a copy, and not on Windows."""
from __future__ import annotations

import os

import pytest

from netio.files import checksum, copy_sparse, describe_file, make_sparse, map_extents
from netio.files.sparse import Extent, allocated_bytes, preallocate

holes = pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="no SEEK_HOLE on Windows")
MIB = 1 << 20


def with_data(path, *places):
    with open(path, "rb+") as file:
        for place in places:
            file.seek(place)
            file.write(b"data")
        file.flush()
        os.fsync(file.fileno())
    return path


def keeps_holes(path):
    make_sparse(path, MIB)
    return allocated_bytes(path) < MIB


@pytest.mark.parametrize("size", [0, 1, 4096, 10 * MIB + 1])
def test_a_hole_has_its_length(tmp_path, size):
    make_sparse(tmp_path / "hole", size)
    assert (tmp_path / "hole").stat().st_size == size
    with open(tmp_path / "hole", "rb") as file:
        assert not any(file.read(5000))


def test_nothing_is_overwritten(sample):
    path = sample(b"precious")
    with pytest.raises(FileExistsError):
        make_sparse(path, 10)
    preallocate(path, 4)
    assert path.read_bytes() == b"precious"
    preallocate(path, 10)
    assert path.read_bytes() == b"precious\0\0"


def test_what_cannot_be_made_leaves_nothing(tmp_path):
    with pytest.raises((OSError, OverflowError)):
        make_sparse(tmp_path / "file", 1 << 63)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("make", [make_sparse, preallocate])
def test_a_negative_size(tmp_path, make):
    with pytest.raises(ValueError, match="cannot have -1 bytes"):
        make(tmp_path / "file", -1)
    assert not (tmp_path / "file").exists()


@holes
def test_the_map_covers_the_file(tmp_path):
    if not keeps_holes(tmp_path / "probe"):
        pytest.skip("this file system keeps no holes")
    path = tmp_path / "file"
    make_sparse(path, 10 * MIB)
    assert map_extents(path) == [Extent("hole", 0, 10 * MIB)]
    with_data(path, 5 * MIB)
    kinds = [extent.kind for extent in map_extents(path)]
    assert kinds == ["hole", "data", "hole"]
    with_data(path, 0, 10 * MIB - 4)
    extents = map_extents(path)
    assert [extent.kind for extent in extents] == ["data", "hole", "data", "hole", "data"]
    assert extents[0].offset == 0 and sum(extent.length for extent in extents) == 10 * MIB
    assert all(a.offset + a.length == b.offset for a, b in zip(extents, extents[1:]))
    assert describe_file(path).allocated < MIB < describe_file(path).size


@holes
def test_the_map_of_small_files(sample):
    assert map_extents(sample(b"")) == []
    assert map_extents(sample(b"x")) == [Extent("data", 0, 1)]


def test_without_seek_hole_the_map_says_so(sample, monkeypatch):
    monkeypatch.delattr(os, "SEEK_HOLE", raising=False)
    with pytest.raises(NotImplementedError, match="no SEEK_HOLE"):
        map_extents(sample(b"x"))


@pytest.mark.parametrize("mapped", [True, False], ids=["mapped", "unmapped"])
@pytest.mark.parametrize("places", [(), (0,), (3 * MIB,), (0, MIB + 5, 4 * MIB - 4), (65534,)])
def test_a_copy_is_the_same_and_keeps_holes(tmp_path, monkeypatch, mapped, places):
    if mapped and not hasattr(os, "SEEK_HOLE"):
        pytest.skip("no SEEK_HOLE on Windows")
    if not mapped:
        monkeypatch.delattr(os, "SEEK_HOLE", raising=False)
    source, target = tmp_path / "source", tmp_path / "target"
    make_sparse(source, 4 * MIB)
    with_data(source, *places)
    written = copy_sparse(source, target)
    assert checksum(source) == checksum(target)
    assert written <= 3 * 65536
    if keeps_holes(tmp_path / "probe"):
        assert allocated_bytes(target) <= 3 * 65536


def test_an_empty_sparse_copy(sample, tmp_path):
    assert copy_sparse(sample(b""), tmp_path / "target") == 0
    assert (tmp_path / "target").read_bytes() == b""


def test_a_failed_sparse_copy_keeps_the_old_target(sample, tmp_path, full_disk):
    source, target = sample(b"x" * 300_000), sample(b"old", "target")
    with full_disk(100_000), pytest.raises(OSError):
        copy_sparse(source, target)
    assert target.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 2


def test_reserving_more_than_there_is_fails_at_once(tiny_disk):
    make_sparse(tiny_disk / "hole", 10 * MIB)  # promises nothing
    with pytest.raises(OSError):
        preallocate(tiny_disk / "room", 10 * MIB)


def test_without_posix_fallocate_zeros_are_written(sample, monkeypatch):
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    path = sample(b"abc")
    preallocate(path, 3 * MIB)
    assert path.stat().st_size == 3 * MIB and path.read_bytes()[:4] == b"abc\0"
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
    assert allocated_bytes(path) >= 3 * MIB - 4096
