"""File transfer: whole, broken off and resumed, refused, spoilt on the way; nothing stored before is ever lost."""
from __future__ import annotations

import errno
import os
import socket
import sys
import threading

import pytest

from netio import files, tcp
from netio.tcp import transfer

CONTENT = bytes(range(256)) * 10_000  # 2.5 MiB: three blocks


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def exchange(send, receive):
    """Run `send(sock)` in a thread and `receive(sock)` here; return both results, where an exception is one, too."""
    left, right = tcp.connect_pair(timeout=60)
    results = {}

    def run(name, work, sock):
        with sock:
            try:
                results[name] = work(sock)
            except Exception as error:
                results[name] = error

    thread = threading.Thread(target=run, args=("sent", send, left))
    thread.start()
    run("received", receive, right)
    thread.join()
    return results["sent"], results["received"]


def transferred(source, inbox, **options):
    return exchange(lambda sock: tcp.send_file(sock, source, timeout=60, **options),
                    lambda sock: tcp.receive_file(sock, inbox, timeout=60))


def names(folder):
    return sorted(os.listdir(folder))


@pytest.mark.parametrize("content", [b"", b"x", CONTENT], ids=len)
def test_a_file_arrives(source, inbox, content):
    source.write_bytes(content)
    seen = []
    sent, path = transferred(source, inbox, progress=lambda done, total: seen.append((done, total)))
    assert sent == len(content) and path == str(inbox / "picture.png")
    assert (inbox / "picture.png").read_bytes() == content
    assert names(inbox) == ["picture.png"]
    assert seen == sorted(seen) and (not content or seen[-1] == (len(content), len(content)))


def test_several_files_on_one_connection(source, inbox):
    def send(sock):
        for name in ("one.txt", "报告.pdf"):
            tcp.send_file(sock, source, name=name)

    def receive(sock):
        return [os.path.basename(path) for path in iter(lambda: tcp.receive_file(sock, inbox), None)]

    assert exchange(send, receive) == (None, ["one.txt", "报告.pdf"])


def test_a_broken_transfer_goes_on_where_it_stopped(source, inbox):
    def cut(done, total):
        raise KeyError("cut")

    sent, received = transferred(source, inbox, progress=cut)
    assert isinstance(sent, KeyError) and isinstance(received, EOFError)
    assert f"got {1 << 20} of {len(CONTENT)} bytes" in str(received)
    (partial,) = names(inbox)
    assert partial.startswith(".picture.png.") and partial.endswith(".part")
    sent, _ = transferred(source, inbox)
    assert sent == len(CONTENT) - (1 << 20)
    assert (inbox / "picture.png").read_bytes() == CONTENT and names(inbox) == ["picture.png"]
    assert transferred(source, inbox)[0] == 0  # it has it all


@pytest.mark.skipif(os.name == "nt", reason="there the part is renamed")
def test_what_a_receiver_left_that_was_killed_after_its_last_step_but_one_is_removed(source, inbox):
    with source.open("rb") as file:
        part = inbox / f".picture.png.{transfer._sha256(file).hexdigest()[:16]}.part"
    (inbox / "picture.png").write_bytes(CONTENT)
    os.link(inbox / "picture.png", part)
    assert transferred(source, inbox)[0] == 0
    assert names(inbox) == ["picture.png"]


def test_a_spoilt_partial_file_is_noticed_and_thrown_away(source, inbox):
    with source.open("rb") as file:
        digest = transfer._sha256(file).hexdigest()
    (inbox / f".picture.png.{digest[:16]}.part").write_bytes(b"something else")
    sent, received = transferred(source, inbox)
    assert isinstance(received, ValueError) and "checksum" in str(received)
    assert isinstance(sent, OSError) and "picture.png does not match its checksum" in str(sent)
    assert names(inbox) == []
    assert transferred(source, inbox)[0] == len(CONTENT)


def test_a_partial_file_that_is_too_long_begins_anew(source, inbox):
    with source.open("rb") as file:
        digest = transfer._sha256(file).hexdigest()
    (inbox / f".picture.png.{digest[:16]}.part").write_bytes(CONTENT + b"more")
    assert transferred(source, inbox)[0] == len(CONTENT)
    assert (inbox / "picture.png").read_bytes() == CONTENT


def test_an_existing_file_is_left_alone_unless_told(source, inbox):
    (inbox / "picture.png").write_bytes(b"mine")
    sent, received = transferred(source, inbox)
    assert isinstance(received, FileExistsError) and "refused the file: picture.png exists already" in str(sent)
    assert (inbox / "picture.png").read_bytes() == b"mine"
    exchange(lambda sock: tcp.send_file(sock, source), lambda sock: tcp.receive_file(sock, inbox, overwrite=True))
    assert (inbox / "picture.png").read_bytes() == CONTENT and names(inbox) == ["picture.png"]


def test_too_large_is_refused_before_a_byte_is_sent(source, inbox):
    sent, received = exchange(lambda sock: tcp.send_file(sock, source),
                              lambda sock: tcp.receive_file(sock, inbox, max_size=1000))
    assert isinstance(received, ValueError) and f"{len(CONTENT)} bytes is longer than the maximum of 1000" in str(sent)
    assert names(inbox) == []


def test_no_folder(source, inbox):
    sent, received = transferred(source, inbox / "missing")
    assert isinstance(received, FileNotFoundError) and isinstance(sent, OSError)
    assert str(inbox) not in str(sent)  # the peer need not know our paths


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not read-only on Windows")
def test_a_read_only_folder(source, inbox):
    (inbox / "old").write_bytes(b"old")
    inbox.chmod(0o500)
    try:
        folder = "/sys" if os.access(inbox, os.W_OK) else inbox  # root may write everywhere but there
        sent, received = transferred(source, folder)
        assert isinstance(received, OSError) and received.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        assert "refused the file" in str(sent)
    finally:
        inbox.chmod(0o700)
    assert names(inbox) == ["old"]


@pytest.mark.parametrize("limit", [1 << 20, 2_000_000])
def test_a_full_disk_keeps_what_came_and_all_that_was_there(source, inbox, limit, monkeypatch):
    (inbox / "old").write_bytes(b"old")
    real_write = files.Replacement.write

    def write(new, data):
        """Write to a disk with `limit` bytes left."""
        room = limit - new.file.tell()
        real_write(new, data[:room])
        if room < len(data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.Replacement, "write", write)
    sent, received = transferred(source, inbox)
    assert isinstance(received, OSError) and received.errno == 28
    assert isinstance(sent, OSError)
    monkeypatch.undo()
    assert (inbox / "old").read_bytes() == b"old" and len(names(inbox)) == 2
    assert transferred(source, inbox)[0] == len(CONTENT) - limit
    assert (inbox / "picture.png").read_bytes() == CONTENT


def test_two_at_once_do_not_mix(source, inbox):
    held, refused = [], []

    def watch(done, total):
        if not held:
            held.append(done)
            refused.append(transferred(source, inbox))

    sent, path = exchange(lambda sock: tcp.send_file(sock, source),
                          lambda sock: tcp.receive_file(sock, inbox, progress=watch))
    assert isinstance(refused[0][1], BlockingIOError) and "another connection" in str(refused[0][0])
    assert sent == len(CONTENT) and (inbox / "picture.png").read_bytes() == CONTENT


def test_two_of_one_name_the_second_is_refused_at_the_end(source, inbox, tmp_path):
    """Both began when the name was free; what came first to its end stays, and nothing is left over."""
    other, results = tmp_path / "other" / "picture.png", []
    other.parent.mkdir()
    other.write_bytes(b"other" * 1000)

    def watch(done, total):
        if not results:
            results.append(transferred(other, inbox))

    sent, received = exchange(lambda sock: tcp.send_file(sock, source),
                              lambda sock: tcp.receive_file(sock, inbox, progress=watch))
    assert results[0] == (5000, str(inbox / "picture.png"))
    assert isinstance(received, FileExistsError) and "picture.png exists already" in str(sent)
    assert (inbox / "picture.png").read_bytes() == other.read_bytes() and names(inbox) == ["picture.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_is_replaced_keeps_its_permission_bits(source, inbox):
    path = inbox / "picture.png"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen = []

    def watch(done, total):
        seen.extend(os.stat(inbox / name).st_mode & 0o777 for name in names(inbox))

    exchange(lambda sock: tcp.send_file(sock, source),
             lambda sock: tcp.receive_file(sock, inbox, overwrite=True, progress=watch))
    assert set(seen) == {0o600} and os.stat(path).st_mode & 0o777 == 0o600 and path.read_bytes() == CONTENT


@pytest.mark.skipif(os.name == "nt", reason="Windows has no links for everybody")
def test_a_link_or_a_pipe_at_either_name_is_not_followed(source, inbox, tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    digest = files.checksum(source)[:16]
    (inbox / f".picture.png.{digest}.part").symlink_to(victim)
    assert isinstance(transferred(source, inbox)[1], PermissionError)
    os.unlink(inbox / f".picture.png.{digest}.part")
    os.mkfifo(inbox / "picture.png")
    sent, received = exchange(lambda sock: tcp.send_file(sock, source),
                              lambda sock: tcp.receive_file(sock, inbox, overwrite=True))
    assert isinstance(received, FileExistsError) and victim.read_bytes() == b"precious"


@pytest.mark.parametrize("reply", [b"FROM 99999999999", b"FROM -1", b"FROM x", b"FROM 1_0", b"FROM \xd9\xa1", b"FROM ",
                                   b"FROM " + b"9" * 400, b"FROM 2000001 "])
def test_a_receiver_that_asks_for_what_is_not_there(source, reply):
    def ask(sock):
        tcp.recv_frame(sock)
        tcp.send_frame(sock, reply)

    sent, _ = exchange(lambda sock: tcp.send_file(sock, source), ask)
    assert isinstance(sent, ValueError) and "the receiver wants the file from byte" in str(sent)


@pytest.mark.parametrize("offer", [b"", b"FILE", b"FILE x " + b"0" * 64 + b" n", b"FILE 1 short n", b"GET / HTTP/1.1",
                                   b"FILE 99999999999999999999 " + b"0" * 64 + b" n", b"\xff" * 100])
def test_what_is_no_offer(inbox, offer):
    def send(sock):
        tcp.send_frame(sock, offer)
        return tcp.recv_frame(sock)

    answer, received = exchange(send, lambda sock: tcp.receive_file(sock, inbox))
    assert answer.startswith(b"NO ") and isinstance(received, ValueError)
    assert names(inbox) == []


def test_a_file_that_shrinks_meanwhile(source, inbox):
    def shrink(done, total):
        os.truncate(source, done)

    if sys.platform == "win32":
        pytest.skip("an open file does not shrink on Windows")
    sent, received = transferred(source, inbox, progress=shrink)
    assert isinstance(sent, EOFError) and "shorter" in str(sent) and isinstance(received, EOFError)


def test_a_receiver_that_vanishes(source):
    sent, _ = exchange(lambda sock: tcp.send_file(sock, source), lambda sock: tcp.recv_frame(sock))
    assert isinstance(sent, (EOFError, ConnectionError))


def test_without_os_sendfile(source, inbox, monkeypatch):
    monkeypatch.setattr(socket.socket, "sendfile", socket.socket._sendfile_use_send)  # as on Windows
    assert transferred(source, inbox) == (len(CONTENT), str(inbox / "picture.png"))
