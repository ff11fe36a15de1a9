"""The folder: nothing outside it is ever reached, uploads are whole, their beginnings kept as long as asked."""
from __future__ import annotations

import os
import stat
import subprocess
import sys
import time

import pytest

from netio.ftp.folder import Folder
from netio.ftp.commands import join_path

SECRET = b"not for clients"


@pytest.fixture
def place(tmp_path):
    """A root with a few files, beside a file and a folder that nobody may reach."""
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_bytes(b"hello")
    (root / "sub" / "b.txt").write_bytes(b"b")
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "root-of-another").mkdir()
    (tmp_path / "root-of-another" / "c.txt").write_bytes(SECRET)
    return root


def link(target, at):
    try:
        os.symlink(target, at, target_is_directory=os.path.isdir(target))
    except (OSError, NotImplementedError, AttributeError):
        pytest.skip("no symbolic links here")
    if os.path.realpath(at) == os.path.join(os.path.realpath(os.path.dirname(at)), os.path.basename(at)):
        pytest.skip("links are made here, but cannot be followed (Wine)")


ESCAPES = [
    "../secret.txt", "/../secret.txt", "sub/../../secret.txt", "../root-of-another/c.txt", "/..", "..", "../..",
    "....//secret.txt", "..\\secret.txt", "sub\\..\\..\\secret.txt", "/etc/passwd", "//etc/passwd", "~/secret.txt",
    "C:\\Windows\\win.ini", "C:secret.txt", "\\\\host\\share\\x", "file:///etc/passwd", "%2e%2e/secret.txt",
    "a.txt/../../secret.txt", "sub/./.././../secret.txt", "a.txt\0/../../secret.txt", "..\0", "a.txt::$DATA", "NUL",
    "CON.txt", "/proc/self/root/etc/passwd", "sub/..;/..;/secret.txt", "。。/secret.txt", "..%c0%afsecret.txt"]


@pytest.mark.parametrize("text", ESCAPES)
@pytest.mark.parametrize("cwd", ["/", "/sub"])
def test_no_path_leads_out(place, text, cwd):
    folder = Folder(place)
    path = join_path(cwd, text)
    for attempt in (folder.open, folder.delete, folder.remove_folder, folder.size, folder.entry):
        try:
            result = attempt(path)
        except OSError:
            continue
        if attempt == folder.entry:  # ".." in the root is the root
            assert result.is_folder and path == "/"
        else:
            result.close()
            pytest.fail(f"{attempt.__name__} {path!r} reached something")
    assert (place.parent / "secret.txt").read_bytes() == SECRET and place.exists()


def test_links_that_lead_out_are_as_if_they_were_not_there(place):
    link(place.parent / "secret.txt", place / "file")
    link(place.parent, place / "up")
    link(place.parent / "root-of-another", place / "sibling")
    link(place / "nowhere", place / "dangling")
    link("up", place / "chain")
    folder = Folder(place)
    assert [entry.name for entry in folder.entries("/")] == ["a.txt", "sub"]
    for path in ("/file", "/up", "/up/secret.txt", "/sibling/c.txt", "/chain/secret.txt"):
        for attempt in (folder.open, folder.size, folder.entry, folder.upload, folder.make_folder):
            with pytest.raises(OSError):
                attempt(path)
        assert not folder.exists(path)
    for path in ("/up/new", "/sibling/new", "/chain/new"):
        with pytest.raises(OSError):
            folder.rename("/a.txt", path)
        with pytest.raises(OSError):
            folder.rename(path.replace("new", "secret.txt"), "/stolen")
    folder.delete("/file")  # the link, not what it leads to
    assert (place.parent / "secret.txt").read_bytes() == SECRET
    assert sorted(os.listdir(place.parent)) == ["root", "root-of-another", "secret.txt"]


def test_links_inside_are_followed(place):
    link(place / "sub", place / "inside")
    folder = Folder(place)
    assert folder.entry("/inside").is_folder and folder.size("/inside/b.txt") == 1
    with pytest.raises(OSError):
        folder.remove_folder("/inside")  # a link is no folder: rmdir says so
    upload = folder.upload("/inside/b.txt")
    upload.write(b"new")
    upload.sync()
    upload.commit()
    assert (place / "sub" / "b.txt").read_bytes() == b"new"


def test_permissions(place):
    reader, dropper = Folder(place, ["read"]), Folder(place, ["write"])
    for attempt in (reader.upload, reader.make_folder, reader.delete, reader.remove_folder):
        with pytest.raises(PermissionError):
            attempt("/new")
    with pytest.raises(PermissionError):
        reader.rename("/a.txt", "/b.txt")
    for attempt in (dropper.open, dropper.entry, dropper.delete, dropper.upload):
        with pytest.raises(PermissionError):
            attempt("/a.txt")
    with pytest.raises(PermissionError):
        list(dropper.entries("/"))
    dropper.upload("/new").discard()
    assert reader.entry("/a.txt").perm == "r" and Folder(place).entry("/a.txt").perm == "adfwr"
    with pytest.raises(ValueError, match="shout"):
        Folder(place, ["shout"])
    with pytest.raises(NotADirectoryError):
        Folder(place / "a.txt")


def test_the_root_itself_stays(place):
    folder = Folder(place)
    for attempt in (folder.delete, folder.remove_folder, folder.upload):
        with pytest.raises(OSError):
            attempt("/")
    with pytest.raises(OSError):
        folder.rename("/", "/sub/x")
    assert place.is_dir()


def store(folder, path, data, **options):
    upload = folder.upload(path, **options)
    upload.write(data)
    upload.sync()
    upload.commit()


def test_an_upload_replaces_whole_and_keeps_the_mode(place):
    os.chmod(place / "a.txt", 0o640)
    folder = Folder(place)
    upload = folder.upload("/a.txt")
    upload.write(b"new")
    assert (place / "a.txt").read_bytes() == b"hello"
    assert [entry.name for entry in folder.entries("/")] == ["a.txt", "sub"]
    upload.sync()
    upload.commit()
    assert (place / "a.txt").read_bytes() == b"new" and sorted(os.listdir(place)) == ["a.txt", "sub"]
    if os.name != "nt":
        assert stat.S_IMODE(os.stat(place / "a.txt").st_mode) == 0o640


def test_what_is_replaced_can_be_let_go_later(place):
    folder, old = Folder(place), os.stat(place / "a.txt").st_ino
    for path in ("/a.txt", "/new.txt"):
        upload = folder.upload(path)
        upload.write(b"new")
        upload.sync()
        release = upload.hold_replaced()
        upload.commit()
        assert (place / path[1:]).read_bytes() == b"new"
        if os.name != "nt":  # the old one is still somewhere, or its number would be free
            (place / "next").write_bytes(b"")
            assert os.stat(place / "next").st_ino != old
            os.remove(place / "next")
        release()
        old = 0


def test_a_broken_off_replacement_leaves_the_old_file_and_nothing_else(place):
    upload = Folder(place).upload("/a.txt")
    upload.write(b"new")
    upload.discard()
    assert sorted(os.listdir(place)) == ["a.txt", "sub"] and (place / "a.txt").read_bytes() == b"hello"


def test_the_beginning_of_a_new_file_can_be_gone_on_from(place):
    folder, other = Folder(place, owner="ming"), Folder(place, owner="hong")
    upload = folder.upload("/new.bin")
    upload.write(b"0123456789")
    upload.discard()
    assert folder.size("/new.bin") == 10 and not folder.exists("/new.bin")
    assert [entry.name for entry in folder.entries("/")] == ["a.txt", "sub"]
    with pytest.raises(FileNotFoundError):
        other.size("/new.bin")
    with pytest.raises(FileNotFoundError):
        folder.upload("/new.bin", 11)
    with pytest.raises(FileNotFoundError):
        other.upload("/new.bin", 10)
    with pytest.raises(FileNotFoundError):
        folder.open("/new.bin")
    hidden = next(name for name in os.listdir(place) if name.startswith("."))
    for attempt in (folder.open, folder.size, folder.delete, folder.upload):
        with pytest.raises(FileNotFoundError):
            attempt(f"/{hidden}")
    upload = folder.upload("/new.bin", append=True, known=folder.size("/new.bin"))
    upload.write(b"abc")
    upload.discard()  # broke off again
    store(folder, "/new.bin", b"XYZ", offset=12)
    assert (place / "new.bin").read_bytes() == b"0123456789abXYZ"
    assert sorted(os.listdir(place)) == ["a.txt", "new.bin", "sub"]


@pytest.mark.parametrize("known", [None, 9])
def test_an_end_is_not_put_after_a_beginning_that_the_client_does_not_know_of(place, known):
    folder = Folder(place)
    upload = folder.upload("/log.txt")
    upload.write(b"OLD-BROKEN-")
    upload.discard()
    store(folder, "/log.txt", b"new line", append=True, known=known)
    assert (place / "log.txt").read_bytes() == b"new line" and sorted(os.listdir(place)) == ["a.txt", "log.txt", "sub"]


def test_of_two_uploads_of_a_new_file_at_once_one_can_be_gone_on_with(place):
    folder = Folder(place)
    first, second = folder.upload("/new.bin"), folder.upload("/new.bin")
    first.write(b"first")
    second.write(b"second")
    with pytest.raises((BlockingIOError, PermissionError)):
        folder.upload("/new.bin", 5)
    second.discard()
    first.discard()
    assert len(os.listdir(place)) == 3 and folder.size("/new.bin") == 5
    first, second = folder.upload("/new.bin", 5), folder.upload("/new.bin")
    second.write(b"second")
    for upload in (second, first):
        upload.sync()
        upload.commit()
        assert (place / "new.bin").read_bytes() == (b"second" if upload is second else b"first")
    assert sorted(os.listdir(place)) == ["a.txt", "new.bin", "sub"]


def test_going_on_from_a_file_and_appending(place):
    folder = Folder(place)
    store(folder, "/a.txt", b"y!", offset=4)
    store(folder, "/a.txt", b"?", append=True)
    store(folder, "/made.txt", b"new", append=True)
    assert (place / "a.txt").read_bytes() == b"helly!?" and (place / "made.txt").read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        folder.upload("/a.txt", 8)
    assert sorted(os.listdir(place)) == ["a.txt", "made.txt", "sub"]


def test_nothing_is_kept_where_nothing_is_to_be_kept(place):
    upload = Folder(place, keep_partials=0).upload("/new.bin")
    upload.write(b"0123456789")
    upload.discard()
    empty = Folder(place).upload("/empty.bin")
    empty.discard()
    assert sorted(os.listdir(place)) == ["a.txt", "sub"]


def test_what_was_kept_goes_with_time_with_dele_and_with_the_folder(place):
    folder = Folder(place, keep_partials=7200)
    for name in ("/one", "/two", "/sub/three"):
        upload = folder.upload(name)
        upload.write(b"x")
        upload.discard()
    folder.delete("/one")
    assert len(os.listdir(place)) == 3
    old = time.time() - 7300
    for name in os.listdir(place):
        os.utime(place / name, (old, old))
    folder.upload("/four").discard()
    assert sorted(os.listdir(place)) == ["a.txt", "sub"]
    with pytest.raises(OSError):
        folder.remove_folder("/sub")
    folder.delete("/sub/b.txt")
    folder.remove_folder("/sub")
    assert os.listdir(place) == ["a.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_is_neither_shown_nor_opened(place):
    os.mkfifo(place / "pipe")
    folder = Folder(place)
    assert "pipe" not in [entry.name for entry in folder.entries("/")]
    for attempt in (folder.open, folder.upload, folder.size):
        with pytest.raises(OSError):
            attempt("/pipe")


def test_renaming(place):
    folder = Folder(place)
    folder.rename("/a.txt", "/sub/b.txt")
    assert (place / "sub" / "b.txt").read_bytes() == b"hello"
    (place / "more").mkdir()
    for old, new in (("/missing", "/x"), ("/sub/b.txt", "/more"), ("/sub/b.txt", "/nowhere/x")):
        with pytest.raises(OSError):
            folder.rename(old, new)
    assert (place / "sub" / "b.txt").exists()


@pytest.mark.skipif(os.name == "nt", reason="NTFS keeps text, not bytes")
@pytest.mark.skipif(sys.platform == "darwin", reason="this file system refuses such names")
def test_names_that_are_no_text_are_listed_like_others(place):
    (place / os.fsdecode(b"caf\xe9")).write_bytes(b"1")
    (place / "line\nend").write_bytes(b"2")
    assert len(list(Folder(place).entries("/"))) == 4


KILLED = """
import sys
from netio.ftp.folder import Folder
folder = Folder(sys.argv[1])
upload = folder.upload("/a.txt")
upload.write(b"new" * 100000)
if sys.argv[2] == "synced":
    upload.sync()
if sys.argv[2] == "committed":
    upload.sync(); upload.commit()
print("now", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("when", ["written", "synced", "committed"])
def test_a_killed_server_leaves_the_old_file_or_the_new_one(place, when):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(place), when], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, cwd=root)
    with process:
        assert process.stdout.readline().strip() == b"now"
        process.kill()
    assert (place / "a.txt").read_bytes() == (b"new" * 100000 if when == "committed" else b"hello")
    assert [entry.name for entry in Folder(place).entries("/")] == ["a.txt", "sub"]
