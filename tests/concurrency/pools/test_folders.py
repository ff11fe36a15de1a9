import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from netio.concurrency import ProcessPool, copy_folder
from netio.concurrency.pools.folders import copy_one


@pytest.fixture
def folder(tmp_path):
    """A folder with an inner one, an empty one, an empty file, a name in Chinese and 100 kB."""
    source = tmp_path / "source"
    (source / "inner" / "empty").mkdir(parents=True)
    (source / "照片.bin").write_bytes(os.urandom(100_000))
    (source / "nothing").write_bytes(b"")
    (source / "inner" / "small").write_bytes(b"text")
    os.utime(source / "inner" / "small", (1_000_000_000, 1_000_000_000))
    return source


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_by_processes_with_percent(folder, tmp_path, start_method, nothing_left):
    percents = []
    with ProcessPool(2, method=start_method) as pool:
        assert copy_folder(folder, tmp_path / "copy", pool, percents.append) == (3, 100_004)
    assert tree(tmp_path / "copy") == tree(folder)
    assert percents == sorted(percents) and len(percents) == 3 and percents[-1] == 100
    assert (tmp_path / "copy" / "inner" / "small").stat().st_mtime == 1_000_000_000


def test_by_threads_over_what_is_there(folder, tmp_path):
    target = tmp_path / "copy"
    target.mkdir()
    (target / "nothing").write_text("old")
    (target / "mine").write_text("stays")
    copy_folder(folder, target)
    assert (target / "nothing").read_bytes() == b"" and (target / "mine").read_text() == "stays"
    assert not [name for name in os.listdir(target) if name.endswith((".part", ".tmp"))]


def test_links_stay_links(folder, tmp_path):
    try:
        (folder / "link").symlink_to("inner", target_is_directory=True)
        (folder / "broken").symlink_to("nowhere")
        (folder / "circle").symlink_to(folder)
    except OSError:
        pytest.skip("no right to make links here")
    if not (folder / "broken").is_symlink():
        pytest.skip("links are not made here, though nothing is said (Wine)")
    copy_folder(folder, tmp_path / "copy")
    for name in ("link", "broken", "circle"):
        assert os.readlink(tmp_path / "copy" / name) == os.readlink(folder / name)


def test_empty_folder(tmp_path):
    (tmp_path / "source").mkdir()
    assert copy_folder(tmp_path / "source", tmp_path / "copy") == (0, 0)
    assert (tmp_path / "copy").is_dir()


def test_what_cannot_be_done(folder, tmp_path):
    with pytest.raises(NotADirectoryError, match="nowhere is no folder"):
        copy_folder(tmp_path / "nowhere", tmp_path / "copy")
    for inside in (folder, folder / "inner" / "copy"):
        with pytest.raises(ValueError, match="lies inside"):
            copy_folder(folder, inside)
    copy_folder(folder, tmp_path / "source-too")  # beside it, though the name begins alike


def test_a_folder_that_cannot_be_listed_is_not_left_out(folder, tmp_path, monkeypatch):
    scan = os.scandir

    def refuse(path="."):
        if str(path).endswith("inner"):
            raise PermissionError(errno.EACCES, "refused", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError):
        copy_folder(folder, tmp_path / "copy")


def test_a_failure_leaves_no_half_file(folder, tmp_path):
    with pytest.raises(FileNotFoundError):
        copy_one((str(folder / "gone"), str(tmp_path / "gone")))
    (tmp_path / "copy" / "nothing" / "in the way").mkdir(parents=True)
    with ThreadPoolExecutor(1) as threads, pytest.raises(OSError):
        copy_folder(folder, tmp_path / "copy", threads)
    assert not list((tmp_path / "copy").rglob("*.tmp"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_pipes_are_neither_copied_nor_replaced(folder, tmp_path):
    target = tmp_path / "copy"
    target.mkdir()
    os.mkfifo(target / "nothing")
    with pytest.raises(FileExistsError, match="not replaced"):
        copy_one((str(folder / "nothing"), str(target / "nothing")))
    with pytest.raises(OSError, match="device or a pipe"):
        copy_one((str(target / "nothing"), str(target / "other")))
    assert os.listdir(target) == ["nothing"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no links for everybody")
def test_a_link_in_the_target_is_replaced_and_not_followed(folder, tmp_path):
    target = tmp_path / "copy"
    target.mkdir()
    (tmp_path / "victim").write_bytes(b"precious")
    (target / "nothing").symlink_to(tmp_path / "victim")
    copy_folder(folder, target)
    assert (tmp_path / "victim").read_bytes() == b"precious" and not (target / "nothing").is_symlink()
