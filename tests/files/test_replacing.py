"""A crash, a full disk or a read-only folder costs nothing that was stored."""
from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from netio.files import DurableLog, append_line, discard_file, open_replacement, rename_over, replace_file, sync
from netio.files import replacing

CHECKOUT = Path(__file__).resolve().parents[2]
on_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions or links for everybody")


def only(path):
    """Assert that the file is alone in its folder: no temporary file is left."""
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("data, stored", [("中\n", "中\n".encode()), (b"\0\r\n", b"\0\r\n"), ("", b""),
                                          ("a\r\n", b"a\r\n")])
def test_replace_stores_exactly_what_is_given(sample, data, stored):
    path = sample(b"old contents, longer than the new")
    replace_file(path, data)
    assert path.read_bytes() == stored
    only(path)


def test_replace_makes_a_missing_file(tmp_path):
    replace_file(tmp_path / "new", "语言", encoding="gbk")
    assert (tmp_path / "new").read_text("gbk") == "语言"


def test_a_long_name_and_a_relative_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    replace_file("n" * 200, b"1")
    assert (tmp_path / ("n" * 200)).read_bytes() == b"1"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_in_the_block_keeps_the_old(sample, error):
    path = sample(b"old")
    with pytest.raises(error):
        with open_replacement(path) as file:
            file.write(b"new" * 10_000)
            raise error
    assert path.read_bytes() == b"old"
    only(path)


def test_readers_see_the_old_until_the_end(sample):
    path = sample(b"old")
    with open_replacement(path, "w+") as file:
        file.write("新\n")
        file.flush()
        assert path.read_bytes() == b"old"
        file.seek(0)
        assert file.read() == "新\n"
    assert path.read_bytes() == "新\n".encode()


@pytest.mark.parametrize("mode", ["r", "a", "r+", "x", "rb"])
def test_other_modes_are_refused(sample, mode):
    path = sample(b"old")
    with pytest.raises(ValueError, match="written from its start"):
        with open_replacement(path, mode):
            pass
    only(path)


@on_unix
def test_permissions_stay_and_a_new_file_gets_the_usual(sample, tmp_path):
    path = sample(b"#!/bin/sh\n")
    path.chmod(0o750)
    replace_file(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    replace_file(tmp_path / "new", b"")
    open(tmp_path / "usual", "w").close()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@on_unix
def test_a_link_stays_a_link(sample, tmp_path):
    path = sample(b"old", "real")
    (tmp_path / "link").symlink_to(path)
    replace_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and path.read_bytes() == b"new"


@on_unix
def test_readers_never_see_a_mixture(sample):
    path = sample(b"a" * 10_000)
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for letter in (b"b", b"c", b"d", b"e"):
        replace_file(path, letter * 10_000)
    stop.set()
    reader.join()
    assert all(len(set(data)) == 1 and len(data) == 10_000 for data in seen)


def test_a_full_disk_keeps_the_old_file(sample, full_disk):
    path = sample(b"old")
    with full_disk(1000), pytest.raises(OSError) as caught:
        replace_file(path, b"x" * 5000)
    assert caught.value.errno == errno.EFBIG and path.read_bytes() == b"old"
    only(path)


def test_a_disk_that_is_really_full(tiny_disk):
    replace_file(tiny_disk / "file", b"old" * 20_000)
    with pytest.raises(OSError) as caught:
        replace_file(tiny_disk / "file", b"x" * 300_000)
    assert caught.value.errno == errno.ENOSPC
    assert (tiny_disk / "file").read_bytes() == b"old" * 20_000
    only(tiny_disk / "file")
    with DurableLog(tiny_disk / "log") as log:
        with pytest.raises(OSError) as caught:
            for _ in range(1000):
                log.append("x" * 1001)
        whole = (tiny_disk / "log").read_bytes()
        assert caught.value.errno == errno.ENOSPC and whole and set(whole.splitlines()) == {b"x" * 1001}
        assert whole.endswith(b"\n")


def test_a_read_only_folder_keeps_the_old_file(read_only_folder):
    with pytest.raises(PermissionError):
        replace_file(read_only_folder / "old", b"new")
    with pytest.raises(PermissionError):
        append_line(read_only_folder / "new", "line")
    assert (read_only_folder / "old").read_bytes() == b"old"
    assert len(list(read_only_folder.iterdir())) == 1


@pytest.mark.skipif(os.name != "nt", reason="only Windows refuses to replace an open file")
def test_windows_refuses_an_open_target_and_keeps_it(sample):
    path = sample(b"old")
    with open(path, "rb"):
        with pytest.raises(PermissionError):
            replace_file(path, b"new", timeout=0.1)
    assert path.read_bytes() == b"old"
    only(path)


def test_a_target_that_is_let_go_is_replaced(sample, tmp_path, monkeypatch):
    """As on Windows while a virus scanner looks at the file: the first tries fail, a later one does not."""
    path, refusals, replace = sample(b"old"), [1, 2, 3], os.replace

    def refuse(source, target):
        if refusals:
            refusals.pop()
            raise PermissionError(13, "open in another program", str(target))
        replace(source, target)

    monkeypatch.setattr(replacing.os, "replace", refuse)
    monkeypatch.setattr(replacing, "_sync_folder", lambda folder: None)
    with monkeypatch.context() as windows:
        windows.setattr(replacing, "_refuses_open_targets", lambda: True)
        replace_file(path, b"new")
    assert path.read_bytes() == b"new" and not refusals


def test_rename_over_a_folder_is_refused(sample, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        rename_over(sample(b"x"), tmp_path / "folder", timeout=0)
    assert (tmp_path / "sample").read_bytes() == b"x"


def test_discard_a_read_only_file_and_a_missing_one(sample):
    path = sample(b"x")
    path.chmod(0o444)
    discard_file(path)
    discard_file(path)
    assert not path.exists()


def test_sync_of_a_full_disk_tells(sample):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    file = open("/dev/full", "wb")
    file.write(b"x")
    with pytest.raises(OSError) as caught:
        sync(file)
    assert caught.value.errno == errno.ENOSPC
    with pytest.raises(OSError):
        file.close()


def test_append_adds_whole_lines(tmp_path):
    path = tmp_path / "log"
    assert [append_line(path, line) for line in ("一", b"\xff", "")] == [0, 4, 6]
    assert path.read_bytes() == "一\n".encode() + b"\xff\n\n"


@pytest.mark.parametrize("line", ["a\nb", b"\n", "end\n"])
def test_two_lines_are_not_one(tmp_path, line):
    with DurableLog(tmp_path / "log") as log, pytest.raises(ValueError, match="one line at a time"):
        log.append(line)
    assert (tmp_path / "log").read_bytes() == b""


@pytest.mark.parametrize("before, torn", [(b"", b""), (b"whole\n", b""), (b"whole\nto", b"to"), (b"t", b"t"),
                                          (b"x" * 100_000, b"x" * 65536), (b"\n\n", b"")],
                         ids=["empty", "whole", "torn", "one", "long", "blank"])
def test_a_torn_line_is_closed_not_lost(sample, before, torn):
    path = sample(before)
    with DurableLog(path) as log:
        assert log.mended == torn
        assert log.append("new") == len(before) + bool(torn)
    assert path.read_bytes() == before + b"\n" * bool(torn) + b"new\n"


def test_a_line_that_does_not_fit_leaves_nothing(sample, full_disk):
    path = sample(b"")
    with DurableLog(path) as log:
        log.append("stored")
        with full_disk(10):
            with pytest.raises(OSError) as caught:
                log.append("too long for the disk")
            log.append("ok")
        log.append("again")
    assert caught.value.errno == errno.EFBIG and path.read_bytes() == b"stored\nok\nagain\n"


def test_a_device_that_is_always_full():
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with DurableLog("/dev/full", durable=False) as log, pytest.raises(OSError) as caught:
        log.append("line")
    assert caught.value.errno == errno.ENOSPC


def test_threads_share_a_log(tmp_path):
    with DurableLog(tmp_path / "log", durable=False) as log:
        def write(name):
            for _ in range(100):
                log.append(name * 50)

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lines = (tmp_path / "log").read_text().splitlines()
    assert sorted(lines) == sorted(name * 50 for name in "abcd" for _ in range(100))


@pytest.mark.skipif(not hasattr(os, "kill") or os.name == "nt", reason="POSIX: kill -9")
def test_a_killed_writer_leaves_whole_lines(tmp_path):
    code = ("import sys; from netio.files import DurableLog; log = DurableLog(sys.argv[1], durable=False)\n"
            "n = 0\nwhile True:\n    n += 1; log.append('%d %s' % (n, 'x' * 100))\n    if n == 50: print(flush=True)")
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "log")], stdout=subprocess.PIPE,
                               env={**os.environ, "PYTHONPATH": str(CHECKOUT)})
    process.stdout.readline()
    process.kill()
    process.communicate()
    with DurableLog(tmp_path / "log") as log:
        log.append("end")
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[-1] == "end" and len(lines) > 50
    assert [int(line.split()[0]) for line in lines[:50]] == list(range(1, 51))
