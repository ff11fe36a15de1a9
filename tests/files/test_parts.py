"""Parts of a file, by one worker or several, of any kind."""
from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from netio.files import copy_in_parts, join_files, split_file
from netio.files.parts import Part, copy_part, cut_ranges, find_damaged, read_checksums
from netio.files import parts as parts_module

DATA = os.urandom(300_001)


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture(scope="module", params=["map", "threads", "fork", "spawn", "pool"])
def executor(request):
    """Everything that may do the work: nobody, threads, processes, a multiprocessing pool."""
    if request.param == "map":
        yield map
    elif request.param == "threads":
        with ThreadPoolExecutor(3) as executor:
            yield executor
    elif request.param == "pool":
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            yield pool
            pool.close()
            pool.join()
    elif request.param in multiprocessing.get_all_start_methods():
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(request.param)) as executor:
            yield executor
    else:
        pytest.skip(f"no {request.param} here")


@pytest.mark.parametrize("size", [0, 1, 2, 10, 1000])
@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_ranges_cover_everything_evenly(size, parts):
    ranges = cut_ranges(size, parts)
    assert len(ranges) == parts and ranges[0][0] == 0 and sum(count for _, count in ranges) == size
    assert all(a + n == b for (a, n), (b, _) in zip(ranges, ranges[1:]))
    assert max(count for _, count in ranges) - min(count for _, count in ranges) <= 1


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_halves_and_other_parts_make_the_whole(sample, tmp_path, executor, parts):
    assert copy_in_parts(sample(DATA), tmp_path / "copy", parts, executor=executor) == len(DATA)
    assert (tmp_path / "copy").read_bytes() == DATA and names(tmp_path) == ["copy", "sample"]


@pytest.mark.parametrize("data", [DATA, b"", b"ab"], ids=["data", "empty", "tiny"])
def test_split_and_joined_again(sample, tmp_path, executor, data):
    path = sample(data)
    made = split_file(path, 3, executor=executor)
    assert names(tmp_path) == ["sample", "sample.001", "sample.002", "sample.003", "sample.sha256"]
    assert b"".join(path.with_name(f"sample.00{number}").read_bytes() for number in (1, 2, 3)) == data
    assert join_files(made, tmp_path / "joined", executor=executor) == len(data)
    assert (tmp_path / "joined").read_bytes() == data and find_damaged(made) == []


def test_another_folder_a_thousand_parts_and_chinese_names(sample, tmp_path):
    path = sample(DATA, "电影.mp4")
    (tmp_path / "parts").mkdir()
    made = split_file(path, 1000, tmp_path / "parts")
    assert len(names(tmp_path / "parts")) == 1001 and names(tmp_path / "parts")[0] == "电影.mp4.0001"
    join_files(made, tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == DATA


def test_split_again_with_fewer_bytes_leaves_no_old_ones(sample):
    path = sample(b"long contents")
    split_file(path, 2)
    path.write_bytes(b"new")
    join_files(split_file(path, 2), path)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("damage", [b"", b"short", DATA[100_000:200_000] + b"more"], ids=["empty", "short", "long"])
def test_damaged_parts_are_named_and_the_target_is_kept(sample, tmp_path, damage):
    made = split_file(sample(DATA), 3)
    target = sample(b"old", "target")
    (tmp_path / "sample.002").write_bytes(damage)
    with pytest.raises(ValueError, match="damaged parts: sample.002$"):
        join_files(made, target)
    assert target.read_bytes() == b"old" and find_damaged(made) == [str(tmp_path / "sample.002")]
    (tmp_path / "sample.002").unlink()
    with pytest.raises(FileNotFoundError):
        join_files(made, target)
    assert target.read_bytes() == b"old" and [os.path.basename(path) for path in find_damaged(made)] == ["sample.002"]


@pytest.mark.parametrize("text", ["", "no list\n", "00  short\n", "0" * 64 + "  ../../etc/passwd\n",
                                  "0" * 64 + "  c:\\x\n"])
def test_a_list_that_is_none(sample, tmp_path, text):
    path = sample(text.encode(), "x.sha256")
    with pytest.raises(ValueError, match="names no parts|is no `SHA256  NAME`"):
        read_checksums(path)
    with pytest.raises(ValueError):
        join_files(path, tmp_path / "target")
    assert names(tmp_path) == ["x.sha256"]


def test_sha256sum_checks_the_list(sample, tmp_path, tool):
    made = split_file(sample(DATA), 3)
    command = [tool("sha256sum"), "--check", os.path.basename(made)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "sample.003").write_bytes(b"")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1


@pytest.mark.parametrize("parts", [0, -1])
def test_no_parts(sample, tmp_path, parts):
    path = sample(DATA)
    for work in (lambda: split_file(path, parts), lambda: copy_in_parts(path, tmp_path / "copy", parts)):
        with pytest.raises(ValueError, match="at least 1 part"):
            work()
    assert names(tmp_path) == ["sample"]


def test_a_full_disk_leaves_no_parts_and_no_half_copy(sample, tmp_path, full_disk):
    path, target = sample(DATA), sample(b"old", "target")
    with full_disk(50_000):
        for work in (lambda: split_file(path, 2), lambda: copy_in_parts(path, target)):
            with pytest.raises(OSError):
                work()
    assert names(tmp_path) == ["sample", "target"] and target.read_bytes() == b"old"


def test_a_source_that_shrinks(sample, tmp_path):
    source, target = sample(b"abc"), sample(b"......", "target")
    with pytest.raises(EOFError, match="got 3 of 6 bytes"):
        copy_part(Part(str(source), 0, str(target), 0, 6))


def test_the_work_can_be_sent(sample):
    part = Part("a", 0, "b", 0, 1)
    assert pickle.loads(pickle.dumps(part)) == part and pickle.loads(pickle.dumps(copy_part)) is copy_part


def test_an_earlier_split_stays_until_the_new_one_is_whole(sample, tmp_path, monkeypatch):
    path = sample(b"0" * 3000)
    made = split_file(path, 3)
    before = {entry.name: entry.read_bytes() for entry in tmp_path.iterdir() if entry != path}
    path.write_bytes(b"1" * 3000)
    done = []

    def fail_at_the_second(job):
        done.append(job)
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        return copy_part(job)

    monkeypatch.setattr(parts_module, "copy_part", fail_at_the_second)
    with pytest.raises(OSError, match="No space"):
        split_file(path, 3)
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir() if entry != path} == before
    assert not find_damaged(made)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_parts_are_private_while_they_are_written(sample, tmp_path, monkeypatch):
    seen = []

    def look(job):
        seen.append(os.stat(job.target).st_mode & 0o777)
        return copy_part(job)

    monkeypatch.setattr(parts_module, "copy_part", look)
    split_file(sample(b"secret"), 2)
    assert seen == [0o600, 0o600]
