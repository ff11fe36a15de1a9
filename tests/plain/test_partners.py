"""Both sides of a talk: each plain server with its plain client, and each of them with its counterpart of netio."""
from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from functools import partial

import pytest

from netio import tcp
from netio.concurrency import Server
from netio.ftp.course import CourseClient, serve_course

from ..waiting import wait_until
from .running import CHECKOUT, HOST, kill, port_of, run, serving, start

SCRIPTS = CHECKOUT / "scripts"
DICTIONARY = SCRIPTS / "dictionary.txt"


def run_script(name, *arguments, folder, stdin="", status=0):
    return run(SCRIPTS / f"{name}.py", *arguments, folder=folder, stdin=stdin, status=status)


def netio_server(name, *arguments, folder):
    """Start a server of scripts/; the caller kills it."""
    return start(SCRIPTS / f"{name}.py", *arguments, "--port", 0, folder=folder)


@pytest.fixture
def strong(tmp_path):
    """Return a function that starts a server of scripts/ and returns its port; the test's end kills it."""
    started = []

    def begin(name, *arguments):
        started.append(netio_server(name, *arguments, folder=tmp_path))
        return port_of(started[-1])

    yield begin
    for process in started:
        kill(process)


@pytest.mark.parametrize("server", ["tcp_server_once", "tcp_server_loop", "tcp_server_many"])
def test_one_line(server, tmp_path):
    process = start(server, HOST, 0, folder=tmp_path)
    try:
        assert run("tcp_client_once", HOST, port_of(process), "你好", folder=tmp_path) == "recv>> Thanks\n"
        if server != "tcp_server_many":  # it ends by itself
            out, err = process.communicate(timeout=20)
            assert process.returncode == 0 and r"'\u4f60\u597d'" in out and not err
    finally:
        kill(process)


@pytest.mark.parametrize("server", ["tcp_server_loop", "tcp_server_many"])
def test_many_lines(server, tmp_path):
    process = start(server, HOST, 0, folder=tmp_path)
    try:
        out = run("tcp_client_loop", HOST, port_of(process), folder=tmp_path, stdin="one\n\n  \ntwo\nquit\n")
        assert out.count("recv>> Thanks") == 2
    finally:
        kill(process)


@pytest.mark.parametrize("client", [["tcp_client_once"], ["tcp_client_loop"]])
def test_the_line_clients_and_netio_echo(client, strong, tmp_path):
    out = run(*client, HOST, strong("serve_echo"), folder=tmp_path, stdin="thinks\nquit\n")
    assert "recv>> thinks" in out


@pytest.mark.sample(3)
@pytest.mark.parametrize("client", ["tcp_client_once", "tcp_client_loop", "frame_client", "picture_sender",
                                    "student_client", "ftp_client"])
@pytest.mark.parametrize("answer", [None, b"", b"\xff\xfe", b"\xff\xff\xff\xff"], ids=["none", "end", "text", "length"])
def test_a_client_says_what_is_wrong_with_its_server(client, answer, tmp_path):
    """No server, one that leaves at once, one that talks nonsense and leaves: a line and a status, and no traceback."""
    (tmp_path / "cat.png").write_bytes(b"cat")
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        if answer is None:
            listener.close()
        else:
            threading.Thread(target=answer_once, args=(listener, answer), daemon=True).start()
        arguments = ["cat.png"] if client == "picture_sender" else []
        stdin = {"student_client": "1 lily 16 170.1\n", "ftp_client": "list\n"}.get(client, "hello\n")
        assert run(client, *arguments, HOST, port, folder=tmp_path, stdin=stdin, status=1).count("\n") == 1


def answer_once(listener, answer):
    sock, _ = listener.accept()
    with sock:
        sock.recv(1000)
        sock.sendall(answer)


def test_frames(tmp_path):
    with serving("frame_server", folder=tmp_path) as (port, _):
        assert run("frame_client", HOST, port, folder=tmp_path) == "received account\nreceived password\n"
        with tcp.connect((HOST, port)) as sock:
            for message in (b"", b"x" * 100_000):
                tcp.send_frame(sock, message)
                assert tcp.recv_frame(sock) == message


@pytest.mark.parametrize("method", ["plain", "netio"])
@pytest.mark.parametrize("to", ["plain", "netio"])
def test_pictures(method, to, strong, tmp_path):
    data = os.urandom(300_001)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (tmp_path / "my cat.png").write_bytes(data)

    def send(port):
        if method == "plain":
            return run("picture_sender", "my cat.png", HOST, port, folder=tmp_path)
        return run_script("send_file", "my cat.png", "--port", port, folder=tmp_path)

    if to == "plain":
        with serving("picture_receiver", inbox, folder=tmp_path) as (port, _):
            assert "sent 300001" in send(port)
            run("picture_sender", "my cat.png", HOST, port, folder=tmp_path, status=1)  # it exists already
    else:
        send(strong("receive_file", "--folder", "inbox"))
    assert [(path.name, path.read_bytes() == data) for path in inbox.iterdir()] == [("my cat.png", True)]


@pytest.mark.parametrize("name", ["../cat", "a/b", "a\\b", ".hidden", "", "C:cat", "a\nb", "x" * 300])
def test_the_picture_receiver_takes_plain_names_only(name, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with serving("picture_receiver", inbox, folder=tmp_path) as (port, _), tcp.connect((HOST, port)) as sock:
        tcp.send_frame(sock, f"FILE 3 {'0' * 64} {name}".encode())
        with pytest.raises((EOFError, ConnectionError)):
            if tcp.recv_frame(sock) is None:
                raise EOFError
    assert not list(inbox.iterdir())


@pytest.mark.parametrize("end", ["half", "wrong checksum"])
def test_no_half_picture_stays(end, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with serving("picture_receiver", inbox, folder=tmp_path) as (port, _):
        with tcp.connect((HOST, port)) as sock:
            tcp.send_frame(sock, f"FILE 300000 {'0' * 64} cat".encode())
            assert tcp.recv_frame(sock) == b"FROM 0"
            sock.sendall(b"x" * (1000 if end == "half" else 300_000))
        wait_until(lambda: not list(inbox.iterdir()))


def test_udp(strong, tmp_path):
    with serving("udp_server", folder=tmp_path, reads=True) as (port, process), udp_socket(port) as sock:
        for data in (b"", b"\xff\xfe", b"x" * 60_000):
            sock.send(data)
            assert " says " in process.stdout.readline()  # a pipe of Windows holds less than this line
            assert sock.recv(100) == b"Thanks"
        assert run("udp_client", HOST, port, folder=tmp_path, stdin="你好\n\n") == "send>> recv>> Thanks\nsend>> "
    assert "recv>> 你好" in run("udp_client", HOST, strong("serve_udp_echo"), folder=tmp_path, stdin="你好\n")
    assert "no answer" in run("udp_client", HOST, free_port(), folder=tmp_path, stdin="x\n")


def udp_socket(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(20)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # for macOS: no datagram is larger
    sock.connect((HOST, port))
    return sock


def free_port():
    """Return a UDP port that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        return sock.getsockname()[1]


def test_dictionary(strong, tmp_path):
    with serving("dictionary_server", DICTIONARY, folder=tmp_path) as (port, _):
        for words in (["socket"], ["nonsense"], ["\u732b"]):
            plain = run("dictionary_client", HOST, port, *words, folder=tmp_path)
            assert run_script("ask_dictionary", "--port", port, *words, folder=tmp_path) == plain
        with udp_socket(port) as sock:
            for data in (b"", b"\xff" * 1000, b"\0ask", b"\0ask12345678socket"):
                sock.send(data)
                assert sock.recv(2000).startswith((b"\0ans", b"not found: "))
    there = strong("serve_dictionary", "--file", DICTIONARY)
    assert "套接字" in run("dictionary_client", HOST, there, folder=tmp_path, stdin="socket\n\n")
    assert run("dictionary_client", HOST, free_port(), "x", folder=tmp_path) == "no answer\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the loopback has a broadcast address on Linux")
def test_broadcast(tmp_path):
    process = start("broadcast_receiver", "", 0, folder=tmp_path)
    try:
        port = port_of(process)
        run("broadcast_sender", "127.255.255.255", port, "开饭", "1", folder=tmp_path)
        assert process.stdout.readline() == "127.0.0.1: '\\u5f00\\u996d'\n"
    finally:
        kill(process)


LINE = "1 lily 16 170.1\n"


def test_students(strong, tmp_path):
    saved = tmp_path / "students.txt"
    with serving("student_server", folder=tmp_path) as (port, _):
        out = run("student_client", HOST, port, folder=tmp_path, stdin=LINE + "1 x 999 1\n2 李莉 300 1\n2 李莉 17 99.5\n"
                  f"3 {'长' * 9} 1 1\n\n")
        assert out.count("saved") == 2 and out.count("not sent") == 3
        assert "saved" in run_script("send_student", "--port", port, "3", "tom", "18", "180", folder=tmp_path)
        with tcp.connect((HOST, port)) as sock:
            sock.sendall(struct.pack("!I24sBf", 1, b"a\nb", 1, 1.0) + struct.pack("!I24sBf", 1, b"\xff", 1, 1.0))
            assert tcp.Reader(sock).read_line().startswith(b"refused")
    assert saved.read_text(encoding="utf-8") == LINE + "2 李莉 17 99.5\n3 tom 18 180.0\n"
    there = strong("serve_students", "--file", "strong.txt")
    assert "saved" in run("student_client", HOST, there, folder=tmp_path, stdin=LINE + "\n")


def test_what_the_student_server_cannot_save_is_said(tmp_path):
    with serving("student_server", "none/students.txt", folder=tmp_path) as (port, _):
        assert "refused: " in run("student_client", HOST, port, folder=tmp_path, stdin=LINE + "\n")


def test_an_http_page_that_cannot_be_read_is_404(tmp_path):
    with serving("http_page", tmp_path, folder=tmp_path) as (port, _), tcp.connect((HOST, port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 404 ")


@pytest.mark.skipif(os.name != "posix", reason="a folder that is somebody's own is not removed on Windows")
def test_the_ftp_client_stays_in_step_where_it_cannot_write(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "cat.txt").write_text("miau")
    with serving("ftp_server", tmp_path, folder=tmp_path) as (port, _):
        process = start("ftp_client", HOST, port, folder=here)
        try:
            assert process.stdout.readline().startswith("list")
            here.rmdir()
            out, err = process.communicate("get cat.txt\nlist\nquit\n", timeout=30)
        finally:
            kill(process)
    assert "not done" in out and "  cat.txt\n" in out and process.returncode == 0, err


def test_ftp(tmp_path):
    folder, here = tmp_path / "library", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    data = os.urandom(200_001)
    (folder / "my cat.png").write_bytes(data)
    (here / "up.bin").write_bytes(data)
    if os.name == "posix":
        (folder / "link").symlink_to("/etc/passwd")
    with serving("ftp_server", folder, folder=tmp_path) as (port, _):
        typed = ["list", "get my cat.png", "get ../here/up.bin", "get none", "get link", "put up.bin", "put up.bin",
                 "put none", "what", "quit", ""]
        out = run("ftp_client", HOST, port, folder=here, stdin="\n".join(typed))
        assert "  my cat.png\n" in out and out.count("not done") == 5 and "link\n" not in out
        assert (here / "my cat.png").read_bytes() == data == (folder / "up.bin").read_bytes()
        client = CourseClient(socket.create_connection((HOST, port), timeout=20))
        assert client.names() == ["my cat.png", "up.bin"]
        assert client.get("up.bin", here / "again") == client.put(here / "again", "third") == len(data)
        for name in ("../x", "/etc/passwd", "a/b", "..", "", ".x", "a\\b", "x\0"):
            for verb in ("G", "P"):
                with pytest.raises(OSError):
                    client._ask(f"{verb} {name}")
        client.quit()
        with tcp.connect((HOST, port)) as sock:  # half an upload
            tcp.send_frame(sock, b"P half")
            assert tcp.recv_frame(sock) == b"OK"
            tcp.send_frame(sock, b"x" * 1000)
        wait_until(lambda: sorted(path.name for path in folder.iterdir() if path.name != "link")
                   == ["my cat.png", "third", "up.bin"])


def test_the_ftp_client_and_netio(tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "cat.txt").write_text("miau")
    with Server((HOST, 0), partial(serve_course, folder=str(tmp_path / "library")), "thread") as server:
        server.start()
        out = run("ftp_client", HOST, server.address[1], folder=tmp_path, stdin="put cat.txt\nlist\nquit\n")
    assert "it is there\n" in out and "  cat.txt\n" in out
    assert (tmp_path / "library" / "cat.txt").read_text() == "miau"
