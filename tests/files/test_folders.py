"""Below a root no path and no link leads out; in a folder held open, names are this folder's."""
from __future__ import annotations

import errno
import os
import stat
import threading
from contextlib import suppress

import pytest

from netio.files import Replacement, Root, folders
from netio.files import root as root_module
from netio.files.contents import entries_of, names_in
from netio.files.folders import OpenFolder
from netio.files.locking import lock_folder
from netio.files.root import read_straight

on_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no links for everybody")


@pytest.fixture(params=[True, False], ids=["openat", "paths"])
def openat(request, monkeypatch):
    if request.param and not folders.HAS_OPENAT:
        pytest.skip("no openat here")
    for module in (folders, root_module):
        monkeypatch.setattr(module, "HAS_OPENAT", request.param)


@pytest.fixture
def tree(tmp_path, openat):
    """root/docs/a.txt, and a secret outside."""
    (tmp_path / "root" / "docs").mkdir(parents=True)
    (tmp_path / "root" / "docs" / "a.txt").write_bytes(b"hello")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_bytes(b"secret")
    return tmp_path / "root"


def read(root, path):
    with root.open(path) as file:
        return file.read()


def test_what_is_below_the_root(tree):
    root = Root(tree)
    assert read(root, "docs/a.txt") == read(root, "/docs//a.txt") == b"hello"
    assert root.stat("docs/a.txt").st_size == 5 and stat.S_ISDIR(root.stat("").st_mode)
    assert [(name, found.st_size) for name, found in root.entries("docs")] == [("a.txt", 5)]
    root.mkdir("new")
    root.rename("docs/a.txt", "new/b.txt")
    root.set_time("new/b.txt", 1_000_000)
    assert root.stat("new/b.txt").st_mtime == 1_000_000
    with root.parent("new/c.txt") as (folder, name), Replacement(name, folder=folder) as new:
        new.write(b"c")
        new.commit()
    assert read(root, "new/c.txt") == b"c"
    root.unlink("new/b.txt")
    root.unlink("new/c.txt")
    root.rmdir("new")
    assert [name for name, _ in root.entries()] == ["docs"]


@pytest.mark.parametrize("path", ["missing", "docs/missing", "..", "../outside/a.txt", "docs/../docs/a.txt", "./docs",
                                  "docs/\0", "docs/a.txt/x", "n" * 300])
def test_what_is_not_there(tree, path):
    root = Root(tree)
    for attempt in (root.open, root.stat, root.unlink, root.open_folder, root.rmdir, lambda p: list(root.entries(p))):
        with pytest.raises(OSError) as caught:
            attempt(path)
        assert caught.value.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL)
        assert str(tree.parent) not in str(caught.value), "no real path is told"


@on_unix
def test_links_lead_to_what_is_inside_only(tree):
    (tree / "inside").symlink_to("docs")
    (tree / "absolute").symlink_to(tree / "docs")
    (tree / "here").symlink_to(".")
    (tree / "up").symlink_to("../root/docs/a.txt")
    (tree / "out").symlink_to(tree.parent / "outside")
    (tree / "file out").symlink_to("../outside/a.txt")
    (tree / "nowhere").symlink_to("missing")
    (tree / "loop").symlink_to("loop")
    root = Root(tree)
    assert {read(root, path) for path in ("inside/a.txt", "absolute/a.txt", "up", "here/inside/a.txt")} == {b"hello"}
    assert stat.S_ISDIR(root.stat("here").st_mode)
    for path in ("out/a.txt", "file out", "nowhere", "loop", "out", "here/out/a.txt"):
        with pytest.raises(FileNotFoundError):
            root.open(path)
        with pytest.raises(FileNotFoundError):
            root.stat(path)
    for attempt in (root.mkdir, lambda path: root.rename("docs/a.txt", path)):
        with pytest.raises(FileNotFoundError):
            attempt("out/new")
    assert sorted(name for name, _ in root.entries()) == ["absolute", "docs", "here", "inside", "up"]
    root.unlink("file out")
    assert (tree.parent / "outside" / "a.txt").exists() and not (tree / "file out").is_symlink()
    assert stat.S_ISLNK(root.stat("out", follow=False).st_mode)


@on_unix
def test_hidden_names_are_not_there_by_any_way(tree):
    (tree / ".git").mkdir()
    (tree / ".git" / "config").write_bytes(b"password")
    (tree / "link").symlink_to(".git")
    root = Root(tree, hide=lambda name: name.startswith("."))
    for path in (".git", ".git/config", "link/config", "link"):
        with pytest.raises(FileNotFoundError):
            root.stat(path)
    assert [name for name, _ in root.entries()] == ["docs"]


@on_unix
def test_only_regular_files_are_opened_and_none_blocks(tree):
    os.mkfifo(tree / "pipe")
    root = Root(tree)
    with pytest.raises(FileNotFoundError):
        root.open("pipe")
    with pytest.raises(IsADirectoryError):
        root.open("docs")
    with pytest.raises(IsADirectoryError):
        root.open("")


def test_a_root_that_is_no_folder(tree):
    for path in (tree / "missing", tree / "docs" / "a.txt"):
        with pytest.raises(NotADirectoryError):
            Root(path)


def test_rename_asks_whether_it_may_replace(tree):
    root = Root(tree)
    (tree / "b.txt").write_bytes(b"b")
    (tree / "docs" / "b.txt").write_bytes(b"other")
    for target in ("docs/a.txt", "docs/b.txt"):
        with pytest.raises(FileExistsError):
            root.rename("b.txt", target, overwrite=False)
    with pytest.raises(FileExistsError):
        root.rename("docs/a.txt", "docs/b.txt", overwrite=False)
    root.rename("b.txt", "c.txt", overwrite=False)
    root.rename("c.txt", "docs/a.txt")
    (tree / "c.txt").write_bytes(b"c")
    with pytest.raises(FileExistsError):
        root.rename("docs", "c.txt", overwrite=False)
    root.mkdir("taken")
    with pytest.raises(FileExistsError):
        root.rename("docs", "taken", overwrite=False)
    root.rename("docs", "moved", overwrite=False)
    root.rename("moved/b.txt", "taken/d.txt", overwrite=False)
    assert read(root, "taken/d.txt") == b"other" and [name for name, _ in root.entries("moved")] == ["a.txt"]
    assert read(root, "moved/a.txt") == b"b"


@pytest.mark.skipif(not folders.HAS_OPENAT, reason="by path only")
def test_a_folder_held_open_is_the_same_wherever_its_path_leads(tmp_path):
    (tmp_path / "a").mkdir()
    with OpenFolder(tmp_path / "a") as folder, Replacement("f", folder=folder) as new:
        new.write(b"x")
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path / "a").symlink_to("/etc")
        new.commit()
    assert (tmp_path / "b" / "f").read_bytes() == b"x" and not os.path.exists("/etc/f")
    with pytest.raises(OSError):
        folder.stat("f")  # closed


@pytest.mark.skipif(not Root.race_free, reason="links made between two calls are followed here")
def test_a_folder_swapped_for_a_link_leads_nowhere_out(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_bytes(b"secret")
    (tmp_path / "root" / "docs").mkdir(parents=True)
    (tmp_path / "root" / "docs" / "a.txt").write_bytes(b"hello")
    (tmp_path / "root" / "link").symlink_to("../outside")
    root, stop = Root(tmp_path / "root"), threading.Event()
    docs, link, spare = (tmp_path / "root" / name for name in ("docs", "link", "spare"))

    def swap():
        while not stop.is_set():
            for source, target in ((docs, spare), (link, docs), (docs, link), (spare, docs)):
                os.rename(source, target)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(2000):
            with suppress(OSError):
                assert read(root, "docs/a.txt") == b"hello"
            with suppress(OSError):
                with root.parent("docs/new") as (folder, name), Replacement(name, folder=folder) as new:
                    new.state = "synced"  # the wait for the disk is not what is tried here
                    new.commit()
    finally:
        stop.set()
        swapping.join()
    assert os.listdir(tmp_path / "outside") == ["a.txt"]


def test_a_lock_keeps_others_out_for_its_time(tmp_path, openat):
    with OpenFolder(tmp_path) as one, OpenFolder(tmp_path) as two:
        with lock_folder(one):
            with pytest.raises(TimeoutError, match="for 0.01 s"):
                with lock_folder(two, 0.01):
                    pass
        with lock_folder(two, 0.01):
            pass


@pytest.mark.skipif(not Root.race_free, reason="this system cannot open a file relative to an open folder")
def test_a_file_read_straight_is_of_one_version_and_no_link_or_device_is_opened(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a").write_bytes(b"hello")
    os.mkfifo(tmp_path / "pipe")
    os.symlink("docs/a", tmp_path / "link")
    os.symlink("docs", tmp_path / "folder")
    root, original, before = str(tmp_path), os.open, len(os.listdir("/dev/fd"))
    stat, content = read_straight(root, "docs/a", 5)
    assert content == b"hello" and stat == os.stat(tmp_path / "docs" / "a")
    with pytest.raises(OSError):
        read_straight(root, "folder/a", 5)
    monkeypatch.setattr(os, "open", None)
    assert [read_straight(root, name, 5) for name in ("pipe", "link", "docs")] == [None, None, None]

    def change(path, flags, **where):  # between the look at the name and the reading
        (tmp_path / "docs" / "a").write_bytes(b"other")
        os.utime(tmp_path / "docs" / "a", ns=(0, next(times)))
        return original(path, flags, **where)

    def replace(path, flags, **where):
        if path == "a":
            (tmp_path / "new").write_bytes(b"hello")
            os.utime(tmp_path / "new", ns=(0, 1))
            os.replace(tmp_path / "new", tmp_path / "docs" / "a")
        return original(path, flags, **where)

    times = iter(range(5, 99))
    for interfere in (change, change, replace):
        monkeypatch.setattr(os, "open", original)
        os.utime(tmp_path / "docs" / "a", ns=(0, 1))
        monkeypatch.setattr(os, "open", interfere)
        assert read_straight(root, "docs/a", 5) is None
    monkeypatch.undo()
    assert len(os.listdir("/dev/fd")) == before


def test_two_who_list_a_folder_do_not_disturb_each_other_and_see_what_came_since_it_was_opened(tmp_path, openat):
    with OpenFolder(tmp_path) as folder:
        assert names_in(folder) == []
        for name in "abc":
            folder.create(name).close()
        entries = entries_of(folder)
        first = next(entries)[0]
        assert sorted(names_in(folder)) == ["a", "b", "c"]
        assert sorted([first, *(name for name, _ in entries)]) == ["a", "b", "c"]


@pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="no O_PATH here")
def test_a_folder_that_was_opened_without_the_right_to_read_it_is_listed_if_it_has_it_now(tmp_path):
    with OpenFolder(tmp_path, os.open(tmp_path, os.O_PATH)) as folder:
        folder.create("a").close()
        assert names_in(folder) == ["a"]
