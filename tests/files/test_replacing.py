"""A crash, a full disk or a read-only folder costs nothing that was stored."""
from __future__ import annotations

import contextlib
import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from netio.files import (ChangedError, DurableLog, Replacement, UnsyncedError, append_line, copy_file, folders,
                         open_replacement, replace_file, sync)
from netio.files.locking import Part, Unchanged
from netio.files.replacing import discard_file, rename_over
from netio.files.replacing import commit_all

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

    monkeypatch.setattr(folders.os, "replace", refuse)
    with monkeypatch.context() as windows:
        windows.setattr(folders, "_OPEN_TARGETS_REFUSE", True)
        windows.setattr(folders, "HAS_OPENAT", False)
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


def test_a_line_with_zeros_from_a_power_failure_is_told(sample):
    path = sample(b"whole\n\0\0\0 line\n")
    with DurableLog(path) as log:
        assert log.mended == b"\0\0\0 line" and log.append("new") == 15
    with DurableLog(path) as log:
        assert log.mended == b""


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


# What may be replaced is decided at the commit.

@pytest.fixture(params=["openat", "paths", "no hard links"])
def system(request, monkeypatch):
    """A system with calls relative to a folder, one without, and a file system without hard links."""
    if request.param == "openat" and not folders.HAS_OPENAT:
        pytest.skip("no openat here")
    if request.param == "paths":
        monkeypatch.setattr(folders, "HAS_OPENAT", False)
    if request.param == "no hard links":
        def refuse(*arguments, **options):
            raise PermissionError(errno.EPERM, "no hard links here")
        monkeypatch.setattr(os, "link", refuse)
    return request.param


def left_over(folder):
    return sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("."))


def test_two_that_may_not_overwrite_the_second_is_refused(tmp_path, system):
    first, second = (Replacement(tmp_path / "f", overwrite=False) for _ in range(2))
    with first, second:
        first.write(b"first"), second.write(b"second")
        assert second.commit() is True
        with pytest.raises(FileExistsError):
            first.commit()
        assert first.commit("other") is True  # nothing of it was lost
    assert (tmp_path / "f").read_bytes() == b"second" and (tmp_path / "other").read_bytes() == b"first"
    assert not left_over(tmp_path)


def test_what_exists_at_the_start_is_refused_at_once(sample):
    with pytest.raises(FileExistsError):
        Replacement(sample(b"old"), overwrite=False)
    assert not left_over(sample(b"old").parent)


@on_unix
def test_a_link_that_leads_nowhere_is_in_the_way_too(tmp_path, system):
    with Replacement(tmp_path / "f", overwrite=False) as new:
        (tmp_path / "f").symlink_to("nowhere")
        with pytest.raises(FileExistsError):
            new.commit()
    assert (tmp_path / "f").is_symlink() and not left_over(tmp_path)


def test_only_the_version_that_was_seen_is_replaced(sample, system):
    path = sample(b"old")
    seen = Unchanged(os.stat(path))
    with Replacement(path, only_if=seen) as one, Replacement(path, only_if=seen) as two:
        one.write(b"one"), two.write(b"two")
        assert one.commit() is False
        with pytest.raises(ChangedError):
            two.commit()
    assert path.read_bytes() == b"one"
    only(path)


def test_what_has_gone_is_not_the_version_that_was_seen(sample):
    path = sample(b"old")
    with Replacement(path, only_if=Unchanged(os.stat(path))) as new:
        path.unlink()
        with pytest.raises(ChangedError):
            new.commit()
    assert not list(path.parent.iterdir())


def test_many_that_may_not_overwrite_exactly_one_wins(tmp_path, system):
    news = [Replacement(tmp_path / "f", overwrite=False) for _ in range(8)]
    won, begin = [], threading.Barrier(len(news))

    def commit(number, new):
        new.write(b"%d" % number)
        begin.wait(20)
        try:
            new.commit()
            won.append(number)
        except FileExistsError:
            new.discard()

    threads = [threading.Thread(target=commit, args=pair) for pair in enumerate(news)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and (tmp_path / "f").read_bytes() == b"%d" % won[0]
    only(tmp_path / "f")


def test_all_of_them_or_none(tmp_path, system):
    news = [Replacement(tmp_path / name, overwrite=False) for name in "abc"]
    (tmp_path / "c").write_bytes(b"someone was faster")
    with pytest.raises(FileExistsError):
        commit_all(news)
    only(tmp_path / "c")
    commit_all([Replacement(tmp_path / name, overwrite=False) for name in "ab"])
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "c"]


@on_unix
@pytest.mark.parametrize("write", [lambda path: replace_file(path, b"new"), lambda path: copy_file(__file__, path)])
def test_a_link_that_the_system_refuses_to_follow_is_not_followed(tmp_path, write, monkeypatch):
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "link").symlink_to("victim")
    real = os.stat

    def refuse(path, *, follow_symlinks=True, **options):  # as Linux does a stranger's in /tmp
        if follow_symlinks and str(path).endswith("link"):
            raise PermissionError(errno.EACCES, "refused", path)
        return real(path, follow_symlinks=follow_symlinks, **options)

    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(PermissionError):
        write(tmp_path / "link")
    assert (tmp_path / "victim").read_bytes() == b"precious"


def test_a_replacement_commits_once(tmp_path):
    with Replacement(tmp_path / "f") as new:
        new.commit()
        with pytest.raises(ValueError, match="committed already"):
            new.commit()


# Permission bits, from the first byte.

@on_unix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_nobody_else_reads_it_while_it_is_written_and_then_the_bits_are_the_old_ones(sample, mode, system):
    path = sample(b"old")
    path.chmod(mode)
    with Replacement(path) as new:
        assert stat.S_IMODE(os.stat(new.temporary).st_mode) == 0o600
        new.write(b"new")
        new.sync()
        assert stat.S_IMODE(os.stat(new.temporary).st_mode) == mode  # before the fsync, not after it
        new.commit()
    assert stat.S_IMODE(path.stat().st_mode) == mode


@on_unix
def test_a_new_file_gets_the_bits_that_new_files_get(tmp_path):
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "f", "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o640
    only(tmp_path / "f")


@on_unix
@pytest.mark.parametrize("make", [os.mkfifo if hasattr(os, "mkfifo") else None, os.mkdir])
def test_what_is_no_file_is_refused_at_the_start_and_at_the_end(tmp_path, make, system):
    with Replacement(tmp_path / "f") as new:
        make(tmp_path / "f")
        for attempt in (new.commit, lambda: replace_file(tmp_path / "f", "x")):
            with pytest.raises((FileExistsError, IsADirectoryError)):
                attempt()
    assert not stat.S_ISREG(os.stat(tmp_path / "f").st_mode)
    only(tmp_path / "f")


# Said to be done when it is done, and failed when it has failed.

@on_unix
def test_an_error_after_the_rename_says_that_it_is_done(sample, monkeypatch):
    path, fsync = sample(b"old"), os.fsync

    def fail_for_folders(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "the disk fails")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    with pytest.raises(UnsyncedError, match="new contents are in place, but the disk fails"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(UnsyncedError, match="it is renamed, but"):
        rename_over(path, path.with_name("other"))
    only(path.with_name("other"))


@on_unix
@pytest.mark.parametrize("refusal, asked", [(None, "full"), (errno.ENOTSUP, "full fsync"), (errno.ENOTTY, "full fsync"),
                                            (errno.EIO, "full")])
def test_macos_syncs_in_full_where_the_file_system_can(sample, monkeypatch, refusal, asked):
    fcntl, calls = pytest.importorskip("fcntl"), []

    def full_sync(descriptor, command):
        calls.append("full")
        if refusal:
            raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", full_sync)
    monkeypatch.setattr(os, "fsync", lambda descriptor: calls.append("fsync"))
    with open(sample(b"")) as file, pytest.raises(OSError) if refusal == errno.EIO else contextlib.nullcontext():
        sync(file)
    assert calls == asked.split()


@on_unix
def test_a_folder_that_cannot_be_opened_fails_before_the_rename(sample, monkeypatch):
    path, opened = sample(b"old"), os.open

    def fail_for_folders(name, *arguments, **options):
        if os.path.isdir(name):
            raise OSError(errno.EMFILE, "too many open files")
        return opened(name, *arguments, **options)

    monkeypatch.setattr(os, "open", fail_for_folders)
    with pytest.raises(OSError, match="too many"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    only(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="becomes another user")
def test_a_folder_that_may_be_written_but_not_read():
    code = ("import os, tempfile; from netio import files\n"
            "with tempfile.TemporaryDirectory() as folder:\n"
            "    os.chmod(folder, 0o711); os.mkdir('dropbox', dir_fd=os.open(folder, os.O_RDONLY))\n"
            "    path = os.path.join(folder, 'dropbox'); os.chown(path, 65534, 65534); os.chmod(path, 0o300)\n"
            "    os.seteuid(65534); files.replace_file(os.path.join(path, 'f'), 'new')\n"
            "    print(open(os.path.join(path, 'f')).read()); os.seteuid(0)")
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("new\n", 0), done.stderr


def test_a_leftover_that_cannot_be_removed_is_no_failure(tmp_path, monkeypatch):
    def refuse(self, name):
        raise PermissionError(errno.EPERM, "append-only")

    with Replacement(tmp_path / "f", overwrite=False) as new:
        new.write(b"new")
        monkeypatch.setattr(folders.OpenFolder, "unlink", refuse)
        assert new.commit() is True
    monkeypatch.undo()
    assert (tmp_path / "f").read_bytes() == b"new"


# Parts that are kept, to go on with.

def test_a_part_is_kept_and_found_again(tmp_path):
    with Replacement(tmp_path / "f", part=Part(".f.part")) as new:
        new.write(b"first half, ")
    assert os.listdir(tmp_path) == [".f.part"]
    with Replacement(tmp_path / "f", part=Part(".f.part")) as new:
        assert new.file.read() == b"first half, "
        new.write(b"second")
        new.commit()
    assert (tmp_path / "f").read_bytes() == b"first half, second"
    only(tmp_path / "f")


def test_a_part_from_before_the_system_was_started_is_kept_only_where_it_is_checked(tmp_path):
    for checked, found in ((True, b"zeros?"), (False, b"")):
        (tmp_path / ".f.part").write_bytes(b"zeros?")
        os.utime(tmp_path / ".f.part", (1e9, 1e9))
        with Replacement(tmp_path / "f", part=Part(".f.part", checked=checked)) as new:
            assert new.file.read() == found
            new.discard()


@on_unix
def test_a_system_that_forgets_the_umask_for_files_without_names_opens_nothing_to_all(tmp_path, monkeypatch):
    os_open = folders.OpenFolder.open

    def forget(folder, name, flags, mode=0o600):
        descriptor = os_open(folder, name, flags, mode)
        if name == ".":
            os.fchmod(descriptor, mode)
        return descriptor

    monkeypatch.setattr(folders.OpenFolder, "open", forget)
    replace_file(tmp_path / "f", b"x")
    mask = os.umask(0o022)
    os.umask(mask)
    assert os.stat(tmp_path / "f").st_mode & 0o777 == 0o666 & ~mask
    only(tmp_path / "f")


def test_an_empty_part_is_not_kept_and_a_discarded_one_neither(tmp_path):
    with Replacement(tmp_path / "f", part=Part(".f.part")):
        pass
    with Replacement(tmp_path / "f", part=Part(".f.part")) as new:
        new.write(b"x")
        new.discard()
    assert not list(tmp_path.iterdir())


def test_a_part_has_one_writer(tmp_path):
    with Replacement(tmp_path / "f", part=Part(".f.part")) as new:
        new.write(b"x")
        with pytest.raises(BlockingIOError):
            Replacement(tmp_path / "f", part=Part(".f.part"))
        new.commit()
    with Replacement(tmp_path / "f", part=Part(".f.part")) as new:  # the next one is another file
        assert new.file.read() == b""
    assert (tmp_path / "f").read_bytes() == b"x"


@on_unix
def test_a_part_that_is_not_ours_is_refused(sample, tmp_path):
    victim = sample(b"precious")
    for make in (os.symlink, os.link):
        make(victim, tmp_path / ".f.part")
        with pytest.raises(PermissionError):
            Replacement(tmp_path / "f", part=Part(".f.part"))
        os.unlink(tmp_path / ".f.part")
    assert victim.read_bytes() == b"precious"


# Lines that show as the one line that they are.

@pytest.mark.parametrize("line", ["a\nb", "a\rb", "a\x0bb", "a\x1b[2Jb", "a\x85b", "a\x9bb", "a\u2028b", "a\u2029b",
                                  "a\u202egnp.exe", "a\u2066b", "a\0b", "a\x7fb"])
def test_a_line_that_shows_as_something_else_is_refused(tmp_path, line):
    path = tmp_path / "log"
    with DurableLog(path) as log:
        for given in (line, line.encode()):
            with pytest.raises(ValueError, match="one line at a time: .* at character 1 of"):
                log.append(given)
        for given in ("a\tb", "猫 😀", "\u200d", b"\xff\xfe raw", "".join(map(chr, range(0xA0, 0x180)))):
            log.append(given)
    assert len(path.read_bytes().splitlines()) == 5


def test_bytes_that_are_no_text_are_looked_at_as_bytes(tmp_path):
    with DurableLog(tmp_path / "log") as log:
        with pytest.raises(ValueError, match="at byte 1 of 3"):
            log.append(b"\xff\r\xff")


@on_unix
def test_a_log_that_a_killed_program_has_made_is_synced_with_its_folder(sample, monkeypatch):
    path, synced, fsync = sample(b""), [], os.fsync

    def watch(descriptor):
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    DurableLog(path).close()
    assert synced == [True]
    DurableLog(path, durable=False).close()
    assert synced == [True]


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no open file")
def test_a_sweep_between_making_and_locking_costs_no_upload(tmp_path, monkeypatch):
    import fcntl
    create, swept = folders.OpenFolder.create, []

    def create_and_be_swept(folder, name):
        file = create(folder, name)
        if not swept:  # another has opened and locked it, and will remove it in a moment
            swept.append(open(folder.path_of(name), "rb"))
            fcntl.flock(swept[0], fcntl.LOCK_EX)
        return file

    monkeypatch.setattr(folders.OpenFolder, "create", create_and_be_swept)
    with Replacement(tmp_path / "a") as new:
        with swept[0]:
            assert os.path.basename(new.temporary) not in swept[0].name and not os.path.exists(swept[0].name)
        new.write(b"whole")
        new.commit()
    assert (tmp_path / "a").read_bytes() == b"whole"
    only(tmp_path / "a")
