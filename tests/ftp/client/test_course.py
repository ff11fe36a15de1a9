"""The course's own protocol: every request, under every model that may block, and what peers may do wrong."""
from __future__ import annotations

import functools
import os
import random
import socket
import threading

import pytest

from netio import ftp, tcp
from netio.concurrency import Server, available_models
from netio.ftp import course
from netio.ftp.course_faults import FAULTS

from .serving import checksums, make_tree

MODELS = ["iterative", "fork", "process", "thread", "pool", "prefork"]


@pytest.fixture
def talk(tmp_path):
    """Return a function that runs one session in a thread and returns the client's socket."""
    (tmp_path / "far").mkdir()
    started = []

    def start(folder=None):
        ours, theirs = tcp.connect_pair(timeout=60)

        def serve():
            with theirs:
                ftp.serve_course(theirs, None, folder or str(tmp_path / "far"), timeout=60)

        thread = threading.Thread(target=serve)
        thread.start()
        started.append((ours, thread))
        return ours

    yield start
    for sock, thread in started:
        sock.close()
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("model", [name if name in ("thread", "fork") else pytest.param(name, marks=pytest.mark.soak)
                                   for name in MODELS])
def test_list_get_put_quit_under_every_blocking_model(tmp_path, model):
    if model not in available_models():
        pytest.skip(f"no {model} here")
    for name in ("far", "near"):
        (tmp_path / name).mkdir()
    make_tree(tmp_path / "near")
    handler = functools.partial(ftp.serve_course, folder=str(tmp_path / "far"))
    with Server(("127.0.0.1", 0), handler, model=model) as server:
        server.start()
        for name in ("图片/大 猫.bin", "empty"):
            with tcp.connect(server.address, timeout=60) as sock:
                client = ftp.CourseClient(sock)
                plain = os.path.basename(name)
                size = client.put(tmp_path / "near" / name, plain)
                assert plain in client.names() and client.get(plain, tmp_path / "copy") == size
                assert (tmp_path / "copy").read_bytes() == (tmp_path / "near" / name).read_bytes()
                client.quit()
    assert len(checksums(tmp_path / "far")) == 2


def test_reasons(talk, tmp_path):
    client = ftp.CourseClient(talk())
    (tmp_path / "mine").write_bytes(b"cat")
    assert client.put(tmp_path / "mine", "a") == 3
    for request, said in [(lambda: client.get("b", tmp_path / "x"), "No such file"),
                          (lambda: client.put(tmp_path / "mine", "a"), "change"),
                          (lambda: client.get("../mine", tmp_path / "x"), "No such file"),
                          (lambda: client.get("", tmp_path / "x"), "not a file"),
                          (lambda: client._ask("HELLO"), "no such request: 'HELLO'")]:
        with pytest.raises(OSError, match=said):
            request()
    assert client.names() == ["a"] and not (tmp_path / "x").exists()
    client.quit()


def test_a_local_failure_in_the_middle_closes(talk, tmp_path):
    client = ftp.CourseClient(talk())
    (tmp_path / "far" / "a").write_bytes(b"x")
    with pytest.raises(OSError):
        client.get("a", tmp_path / "no such folder" / "a")
    with pytest.raises(OSError):
        client.names()


def test_a_read_only_folder(talk, tmp_path):
    client = ftp.CourseClient(talk(ftp.folder.Folder(tmp_path / "far", ["read"])))
    (tmp_path / "mine").write_bytes(b"cat")
    with pytest.raises(OSError, match="permission"):
        client.put(tmp_path / "mine", "a")
    assert client.names() == []


def test_a_full_disk_is_told_after_the_file(talk, tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("netio.ftp.folder.Upload.write", full)
    (tmp_path / "mine").write_bytes(bytes(1_000_000))
    client = ftp.CourseClient(talk())
    with pytest.raises(OSError, match="No space left"):
        client.put(tmp_path / "mine", "a")
    assert client.names() == [] == os.listdir(tmp_path / "far")


@pytest.mark.parametrize("cut", [1, 5, 8, 14, 18, 30])
def test_a_client_that_vanishes_leaves_no_half_file(talk, tmp_path, cut):
    framing = tcp.LengthPrefix()
    session = framing.wrap_all([b"P a b.txt", b"x" * 20, b""])
    sock = talk()
    sock.sendall(session[:cut])
    tcp.half_close(sock)
    tcp.Reader(sock, timeout=60).read_to_end()
    assert os.listdir(tmp_path / "far") == []


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_requests_cut_anywhere_and_glued(talk, tmp_path, step):
    (tmp_path / "far" / "##").write_bytes(b"##")
    sock = talk()
    stream = tcp.LengthPrefix().wrap_all([b"L", b"G ##", b"P b", b"##", b"", b"Q", b"never read"])
    for at in range(0, len(stream), step):
        sock.sendall(stream[at:at + step])
    heard = tcp.LengthPrefix().feed(tcp.Reader(sock, timeout=60).read_exactly(8 * 4 + 2 * 4 + 4))
    assert heard == [b"OK", b"##", b"", b"OK", b"##", b"", b"OK", b"OK"]
    assert (tmp_path / "far" / "b").read_bytes() == b"##"


def test_a_server_that_vanishes(tmp_path):
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(tcp.LengthPrefix().wrap_all([b"OK", b"half a file"]))
        with pytest.raises((EOFError, OSError)):
            ftp.CourseClient(ours).get("a", tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_nonsense_harms_no_one(talk, tmp_path):
    dice = random.Random(5)
    for _ in range(30):
        sock = talk()
        try:
            sock.sendall(dice.randbytes(dice.randrange(60)))
            tcp.half_close(sock)
            tcp.Reader(sock, timeout=60).read_to_end()
        except OSError:
            pass
    assert os.listdir(tmp_path / "far") == [] and course._MAX_REQUEST < 1 << 16


def test_all_faults_are_shown(run_script):
    shown = run_script("show_course_ftp.py")
    assert shown.returncode == 0 and not shown.stderr
    for fault in FAULTS:
        found = fault()
        assert found.title in shown.stdout and found.zh in shown.stdout and found.usual != found.framed
    assert run_script("show_course_ftp.py", "half files").stdout.count("usual:") == 1
    none = run_script("show_course_ftp.py", "no such title")
    assert none.returncode == 2 and none.stderr.count("\n") == 1
