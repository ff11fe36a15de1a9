"""Every TCP server against a hostile peer: one contract, and after each bad client a good one is served."""
from __future__ import annotations

import contextlib
import hashlib
import itertools
import multiprocessing
import os
import select
import socket
import struct
import subprocess
import sys
import time

import pytest

from ..streams import receive_all
from ..waiting import wait_until
from .running import FOLDER, HOST, is_missing, serving, start_method

PAGE = "<p>你好</p>\n".encode("utf-8")
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
numbers = itertools.count()


def frame(data):
    return struct.pack("!I", len(data)) + data


def picture():
    """A file under a new name each time."""
    data = PAGE * 20
    return frame(f"FILE {len(data)} {hashlib.sha256(data).hexdigest()} cat{next(numbers)}.png".encode()) + data


MODELS = [f"{model}_server" for model in ("thread", "fork", "process", "select", "poll", "epoll")]
# program: (further arguments, a request or what makes one, the answer or its beginning, bytes that are nonsense to it)
SERVERS = {
    "tcp_server_many": ((), b"hello\n", b"Thanks\n", b"\xff\xfe\n"),
    "frame_server": ((), frame("粘包".encode()), frame("粘包".encode()), b"\xff\xff\xff\xff"),
    "student_server": ((), struct.pack("!I24sBf", 1, "李莉".encode(), 16, 170.1), b"saved\n",
                       struct.pack("!I24sBf", 1, b"\xff\nx", 16, float("nan"))),
    "picture_receiver": ((), picture, frame(b"FROM 0") + frame(b"SAVED "), frame(b"FILE 9 \xff")),
    "ftp_server": ((), frame(b"G page.html"), frame(b"OK") + frame(PAGE) + frame(b""), b"\xff\xff\xff\xff"),
    "http_print_request": ((), GET, b"HTTP/1.1 200 OK\r\n", b"GET /\xff\xfe HTTP/1.1\r\n\r\n"),
    "http_hello": ((), GET, b"HTTP/1.1 200 OK\r\n", b"\xff\xfe\r\n\r\n"),
    "http_page": (("page.html",), GET, b"HTTP/1.1 200 OK\r\n", b"\xff\xfe\r\n\r\n"),
    "http_folder": ((), GET, b"HTTP/1.1 200 OK\r\n", b"\xff\xfe\r\n\r\n"),
    **{model: ((), b"hello\xff", b"hello\xff", b"\xff\xfe") for model in MODELS},
}
CASES = [(name, None) for name in SERVERS] + [("process_server", "spawn")]


def connect(port):
    return socket.create_connection((HOST, port), timeout=60)


def read(sock, wanted):
    """Read as many bytes as the answer has; fewer at an early end."""
    data = b""
    while len(data) < len(wanted) and (piece := sock.recv(len(wanted) - len(data))):
        data += piece
    return data


def served(port, request, wanted, by_bytes=False):
    data = request() if callable(request) else request
    with connect(port) as sock:
        if by_bytes:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in data:
                sock.sendall(bytes([byte]))
        else:
            sock.sendall(data)
        return read(sock, wanted) == wanted


def be_rude(port, data, reset):
    """Send something and vanish, with an end or with a reset."""
    with connect(port) as sock:
        if data:
            sock.sendall(data)
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))


def have_many(port, request, wanted, count):
    """Let many connect and ask before one of them is read."""
    socks = [connect(port) for _ in range(count)]
    try:
        for sock in socks:
            sock.sendall(request() if callable(request) else request)
        for sock in socks:
            assert read(sock, wanted) == wanted
            sock.close()
    finally:
        for sock in socks:
            sock.close()


@pytest.mark.sample(3)
@pytest.mark.parametrize("program, method", CASES)
def test_a_hostile_peer_harms_itself_only(program, method, tmp_path):
    if is_missing(program):
        pytest.skip("not on this platform")
    arguments, request, wanted, nonsense = SERVERS[program]
    for name in ("page.html", "index.html"):
        (tmp_path / name).write_bytes(PAGE)
    env = start_method(method, tmp_path) if method else None
    with serving(program, *arguments, folder=tmp_path, env=env) as (port, process):
        assert served(port, request, wanted)
        assert served(port, request, wanted, by_bytes=True)
        for data, reset in itertools.product((b"", GET[:7], nonsense), (False, True)):
            be_rude(port, data, reset)
            assert served(port, request, wanted)
        spawns = method == "spawn" or program == "process_server" and os.name == "nt"
        have_many(port, request, wanted, 8 if spawns else 200)
        assert served(port, request, wanted) and process.poll() is None


@pytest.mark.parametrize("program", ["thread_server", "ftp_server"])
def test_threads_that_print_do_not_break_the_end(program, tmp_path):
    """A daemon thread stopped in the middle of a print is a fatal error of Python."""
    with serving(program, folder=tmp_path) as (port, _):
        for sock in [connect(port) for _ in range(100)]:
            sock.sendall(b"\0\0")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
            sock.close()


def soon_served(port, request, wanted):
    """Ask until one is served: a process more may not be to be had until those before have ended."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if served(port, request, wanted):
                return True
    return False


@pytest.mark.skipif(os.name != "posix", reason="a limit of descriptors")
@pytest.mark.parametrize("program", ["ftp_server", "student_server", "http_folder", *MODELS])
def test_without_descriptors_it_rests_and_goes_on(program, tmp_path):
    if is_missing(program):
        pytest.skip("not on this platform")
    if program == "process_server" and multiprocessing.get_all_start_methods()[0] == "forkserver":
        pytest.skip("multiprocessing's own fork server ends with a traceback where it gets no descriptor")
    if program == "process_server" and sys.implementation.name == "pypy":
        pytest.skip("PyPy closes multiprocessing's pipes when it next collects garbage")
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "page.html").write_bytes(PAGE)
    _, request, wanted, _ = SERVERS[program]
    (tmp_path / "few.py").write_text(
        "import resource, runpy\nresource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))\n"
        f"runpy.run_path({str(FOLDER / program) + '.py'!r}, run_name='__main__')\n", encoding="utf-8")
    with serving(tmp_path / "few.py", folder=tmp_path) as (port, process):
        with contextlib.ExitStack() as stack:
            for _ in range(60):
                stack.enter_context(connect(port))
        assert soon_served(port, request, wanted) and process.poll() is None


@pytest.mark.parametrize("program", ["tcp_server_many", "frame_server", "student_server", *MODELS])
def test_requests_that_stick_together_are_answered_each(program, tmp_path):
    if is_missing(program):
        pytest.skip("not on this platform")
    _, request, wanted, _ = SERVERS[program]
    with serving(program, folder=tmp_path) as (port, _):
        assert served(port, request * 50, wanted * 50)


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C by a signal")
@pytest.mark.parametrize("program", MODELS)
@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "parent only"])
def test_ctrl_c_leaves_no_process_with_clients_connected(program, whole_group, tmp_path):
    if is_missing(program):
        pytest.skip("not on this platform")
    with contextlib.ExitStack() as stack, serving(program, folder=tmp_path, whole_group=whole_group) as (port, _):
        for _ in range(3):
            sock = stack.enter_context(connect(port))
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"


@pytest.mark.skipif(os.name != "posix", reason="states of processes by ps")
@pytest.mark.parametrize("program", ["fork_server", "process_server"])
def test_no_zombie_stays(program, tmp_path):
    with serving(program, folder=tmp_path) as (port, process):
        for _ in range(3):
            assert served(port, b"x", b"x")
        wait_until(lambda: not zombies_of(process.pid))


def zombies_of(pid):
    shown = subprocess.run(["ps", "-A", "-o", "ppid=,stat="], capture_output=True, text=True, check=True)
    return [line for line in shown.stdout.splitlines() if int(line.split()[0]) == pid and "Z" in line.split()[1]]


@pytest.mark.parametrize("program", MODELS)
def test_a_large_message_comes_back_whole(program, tmp_path):
    if is_missing(program):
        pytest.skip("not on this platform")
    data = bytes(range(256)) * 8000
    with serving(program, folder=tmp_path) as (port, _), connect(port) as sock:
        sock.setblocking(False)
        sent, got = 0, b""
        while len(got) < len(data):
            readable, writable, _ = select.select([sock], [sock] if sent < len(data) else [], [], 20)
            sent += sock.send(data[sent:sent + 65536]) if writable else 0
            got += sock.recv(65536) if readable else b""
        assert got == data


@pytest.mark.parametrize("program", ["http_hello", "http_folder"])
def test_who_drips_bytes_holds_nobody_up_for_long(program, tmp_path):
    """A client that never ends its request, and one that never stops sending, are given up."""
    arguments, request, wanted, _ = SERVERS[program]
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "page.html").write_bytes(PAGE)
    with serving(program, *arguments, folder=tmp_path) as (port, _), connect(port) as endless:
        endless.sendall(GET + b"x" * 100_000)
        assert read(endless, wanted) == wanted
        with connect(port) as dripping:
            dripping.sendall(b"G")
            endless.close()
            assert served(port, request, wanted)


@pytest.mark.parametrize("target, status", [
    ("/", 200), ("/page.html?x=1", 200), ("/film.bin", 200), ("/sub", 301), ("/sub/", 404), ("/none", 404),
    ("/../secret", 404), ("/%2e%2e/secret", 404), ("/link", 404), ("/%00", 404), ("/..%5csecret", 404),
    ("/fifo", 404), ("secret", 404), ("//etc/passwd", 404)])
def test_the_folder_server_stays_in_its_folder(target, status, folder_server):
    port, film = folder_server
    with connect(port) as sock:
        sock.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        response = receive_all(sock)
    assert int(response.split()[1]) == status
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(body) in head + b"\r\n"
    assert target != "/film.bin" or body == film


@pytest.fixture(scope="module")
def folder_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("www")
    (folder / "secret").write_text("secret")
    root = folder / "root"
    (root / "sub").mkdir(parents=True)
    film = os.urandom(3_000_000)
    (root / "film.bin").write_bytes(film)
    for name in ("page.html", "index.html"):
        (root / name).write_bytes(PAGE)
    if os.name == "posix":
        (root / "link").symlink_to(folder / "secret")
        os.mkfifo(root / "fifo")
    with serving("http_folder", root, folder=folder) as (port, _):
        yield port, film
