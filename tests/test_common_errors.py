"""docs/common-errors.md: each error is produced for real on the system at hand and compared with the page's text."""
from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import queue
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from netio import tcp
from netio.reference import pages, resolve
from netio.reference.errors import ERRORS

from .conftest import CHECKOUT, WINE

PAGE = (CHECKOUT / "docs" / "common-errors.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")[1:]}
SYSTEM = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}.get(sys.platform, "")
posix = pytest.mark.skipif(os.name == "nt", reason="an error of Linux and macOS")
windows = pytest.mark.skipif(os.name != "nt", reason="an error of Windows")
linux = pytest.mark.skipif(sys.platform != "linux", reason="produced by a limit that only Linux keeps")
asserts = pytest.mark.skipif("group argument must be None for now" not in threading.Thread.__init__.__code__.co_consts,
                             reason="this Python's library was compiled without its assertions (-O)")
PRODUCERS = {}


def produces(title, *marks):
    """Note down the function that produces the error of that title."""

    def note(function):
        PRODUCERS[title] = pytest.param(title, function, marks=marks, id=title)
        return function

    return note


def udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def dead_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()


def run(code, tmp_path):
    """Run a program of its own and return what it wrote to stderr."""
    program = tmp_path / "program.py"
    program.write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60)
    return done.stderr


@produces("Address already in use")
def bind_twice(tmp_path):
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        first.listen()
        second.bind(first.getsockname())


@produces("A port that is kept for another program", windows)
def bind_exclusive(tmp_path):
    with tcp.listen(("127.0.0.1", 0)) as first, socket.socket() as second:
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        second.bind(first.getsockname())


@produces("Permission denied on a port below 1024", linux)
def bind_low(tmp_path):
    first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if first < 2:
        pytest.skip("everyone may have any port on this machine")
    receiver, sender = multiprocessing.get_context("fork").Pipe(False)
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            with socket.socket() as sock:
                sock.bind(("127.0.0.1", first - 1))
        except OSError as error:
            sender.send(error)
        os._exit(0)
    sender.close()
    os.waitpid(child, 0)
    with receiver:
        raise receiver.recv()


@produces("Permission denied when broadcasting", pytest.mark.skipif(WINE, reason="Wine lets it pass"))
def broadcast_unasked(tmp_path):
    with udp() as sock:
        try:
            sock.sendto(b"hello", ("255.255.255.255", 9))
        except OSError as error:
            if not isinstance(error, PermissionError):
                pytest.skip(f"this machine has no network to broadcast to: {error}")
            raise


@produces("Connection refused")
def connect_nowhere(tmp_path):
    socket.create_connection(dead_port(), 10)


@produces("UDP: nobody listens at that port", pytest.mark.skipif(WINE, reason="Wine waits for ever"))
def send_nowhere(tmp_path):
    with udp() as sock:
        sock.settimeout(5)
        sock.connect(dead_port(socket.SOCK_DGRAM))
        sock.send(b"anybody?")
        sock.recv(100)


@produces("Broken pipe", posix)
def write_to_closed(tmp_path):
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        ours.send(b"hello")


@produces("Connection reset by peer", pytest.mark.skipif(WINE, reason="Wine reads b''"))
def read_from_reset(tmp_path):
    ours, theirs = tcp.connect_pair()
    with ours:
        tcp.abort(theirs)
        ours.settimeout(5)
        ours.recv(1)


@produces("Resource temporarily unavailable")
def read_nothing(tmp_path):
    with udp() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        sock.recv(1)


@produces("timed out")
def read_in_vain(tmp_path):
    ours, theirs = tcp.connect_pair()
    with ours, theirs:
        ours.settimeout(0.001)
        ours.recv(1)


@produces("Message too long")
def send_too_much(tmp_path):
    with udp() as sock:
        sock.sendto(bytes(70000), ("127.0.0.1", 9))


@produces("Not a socket")
def use_a_file(tmp_path):
    if os.name == "nt":  # where a file's small number may happen to be a socket's handle, too
        select.select([0x7FFFFF0], [], [], 0)
    with open(tmp_path / "file", "wb") as file:
        socket.socket(fileno=file.fileno())


@produces("Too many open files", posix)
def open_too_many(tmp_path):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.dup(2)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 5, hard))
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        raise OSError(error.errno, error.strerror) from None  # without the file's name
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for fd in taken:
            os.close(fd)


@produces("select has its limit")
def select_high(tmp_path):
    with udp() as sock:
        select.select([sock] * 513 if os.name == "nt" else [5000], [], [], 0)


@produces("Network is unreachable")
def go_nowhere(tmp_path):
    for family, host in [(socket.AF_INET6, "2001:db8::1"), (socket.AF_INET, "192.0.2.1")]:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.connect((host, 9))
        except OSError as error:
            if error.errno in (101, 51, 10051):
                raise
    pytest.skip("this machine has a way to everywhere")


@produces("Cannot assign requested address", pytest.mark.skipif(WINE, reason="Wine binds to any address"))
def bind_elsewhere(tmp_path):
    with udp() as sock:
        sock.bind(("192.0.2.1", 0))


@produces("Transport endpoint is not connected")
def peer_of_nobody(tmp_path):
    with socket.socket() as sock:
        sock.getpeername()


@produces("Already connected")
def connect_twice(tmp_path):
    with tcp.listen(("127.0.0.1", 0)) as listener, socket.socket() as sock:
        sock.connect(listener.getsockname())
        sock.connect(listener.getsockname())


@produces("Invalid argument from accept")
def accept_without_listen(tmp_path):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.accept()


@produces("Bad file descriptor")
def use_closed(tmp_path):
    sock = socket.socket()
    sock.close()
    sock.recv(1)


@produces("getaddrinfo failed")
def look_up_nobody(tmp_path):
    socket.getaddrinfo("no number", 80, flags=socket.AI_NUMERICHOST)  # asks no name server


@produces("A pair is wanted as the address")
def bind_two(tmp_path):
    with socket.socket() as sock:
        sock.bind("127.0.0.1", 8888)


@produces("The port is out of range")
def bind_high(tmp_path):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 65536))


@produces("str where bytes are wanted")
def send_text(tmp_path):
    with udp() as sock:
        sock.sendto("Thanks", ("127.0.0.1", 9))


@produces("bytes and str do not add up")
def add_text(tmp_path):
    return b"recv: " + "text"


@produces("'gbk' codec can't decode")
def read_as_gbk(tmp_path):
    (tmp_path / "utf-8.txt").write_text("中文", encoding="utf-8")
    return (tmp_path / "utf-8.txt").read_text(encoding="gbk") + b"\xad\xe6\x96".decode("gbk")


@produces("'utf-8' codec can't decode")
def decode_half(tmp_path):
    return "中文".encode()[:4].decode("utf-8")


@produces("'gbk' codec can't encode")
def write_as_gbk(tmp_path):
    (tmp_path / "gbk.txt").write_text("é😀", encoding="gbk")


@produces("surrogates not allowed")
def encode_half(tmp_path):
    return "\udce4".encode("utf-8")


@produces("I/O operation on closed file")
def read_closed(tmp_path):
    with open(tmp_path / "file", "w+") as file:
        pass
    file.read()


@produces("seek in a text file")
def seek_text(tmp_path):
    with open(tmp_path / "file", "w+") as file:
        file.seek(1, 1)


@produces("Not readable, not writable")
def write_to_read(tmp_path):
    (tmp_path / "file").touch()
    with open(tmp_path / "file") as file:
        file.write("text")


@produces("No such file or directory")
def open_missing(tmp_path):
    open(tmp_path / "missing")


@produces("The file is used by another process", windows)
def remove_open(tmp_path):
    with open(tmp_path / "file", "w"):
        os.remove(tmp_path / "file")


@produces("bootstrapping phase, freeze_support")
def spawn_unguarded(tmp_path):
    return run("import multiprocessing\nchild = multiprocessing.get_context('spawn').Process(target=print)\n"
               "child.start()\nchild.join()\n", tmp_path)


@produces("Can't pickle a function")
def pickle_lambda(tmp_path):
    pickle.dumps(lambda: None)


@produces("cannot pickle an object")
def pickle_lock(tmp_path):
    pickle.dumps(threading.Lock())


@produces("can't start new thread", linux)
def start_big_thread(tmp_path):
    return run("import resource, threading\nresource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
               "threading.stack_size(1 << 30)\nthreading.Thread(target=print).start()\n", tmp_path)


@produces("threads can only be started once")
def start_twice(tmp_path):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    thread.start()


@produces("thread.__init__() not called")
def start_uninitialised(tmp_path):
    class Forgetful(threading.Thread):
        def __init__(self):
            pass

    Forgetful().start()


@produces("The first argument is not the target", asserts)
def target_as_group(tmp_path):
    threading.Thread(print)


@produces("release unlocked lock")
def release_twice(tmp_path):
    threading.Lock().release()


def start_a_child(sender):
    try:
        multiprocessing.Process(target=int).start()
    except AssertionError as error:
        sender.send(error)


@produces("daemonic processes are not allowed to have children", asserts)
def child_of_daemon(tmp_path):
    context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    receiver, sender = context.Pipe(False)
    with receiver, sender:
        child = context.Process(target=start_a_child, args=(sender,), daemon=True)
        child.start()
        child.join(60)
        assert receiver.poll(0)
        raise receiver.recv()


@produces("No child processes", posix)
def wait_for_nobody(tmp_path):
    os.waitpid(os.getpid(), 0)  # one is no child of oneself


@produces("There is no fork", windows)
def fork(tmp_path):
    os.fork()


@produces("There is no AF_UNIX", windows)
def unix_socket(tmp_path):
    socket.socket(socket.AF_UNIX)


@produces("fork in a program with threads", posix,
          pytest.mark.skipif(sys.version_info < (3, 12), reason="Python warns since 3.12"))
def fork_with_thread(tmp_path):
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait)
    thread.start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    go_on.set()
    thread.join()
    raise caught[0].message


@produces("A worker of the pool died")
def kill_worker(tmp_path):
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(os._exit, 1).result(60)


@produces("EOFError from a pipe")
def read_ended(tmp_path):
    receiver, sender = multiprocessing.Pipe(False)
    sender.close()
    with receiver:
        receiver.recv()


@produces("EOF when reading a line")
def ask_nobody(tmp_path):
    saved, sys.stdin = sys.stdin, io.StringIO("")
    try:
        input()
    finally:
        sys.stdin = saved


@produces("queue.Empty")
def get_nothing(tmp_path):
    queue.Queue().get(block=False)


@produces("Leaked shared memory", posix)
def leak_memory(tmp_path):
    return run("from multiprocessing.shared_memory import SharedMemory\nSharedMemory(create=True, size=10).close()\n",
               tmp_path)


@produces("unpack requires a buffer of")
def unpack_half(tmp_path):
    struct.unpack("!i12s", b"half a record")


@produces("argument for 's' must be a bytes object")
def pack_text(tmp_path):
    struct.pack("12s", "lily")


@produces("A number does not fit its format")
def pack_large(tmp_path):
    struct.pack("!i", 1 << 40)


def name_of(error):
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    name = f"{module}{kind.__qualname__}".replace("socket.timeout", "TimeoutError")  # so named before Python 3.10
    return f"{name}: {error}" if str(error) else name


def texts_of(title):
    """Return the page's texts of an error for the system at hand."""
    rows = re.findall(r"^\| ([^|]+) \| `(.+)` \|$", SECTIONS[title], re.MULTILINE)
    return [text for systems, text in rows if systems == "any" or SYSTEM in systems.split(", ")]


def fits(text, said):
    if os.name == "nt" and "WinError" in text:  # Windows translates its messages, Wine has words of its own
        text = text[:text.index("]") + 1] + "..."
    pattern = ".*?".join(map(re.escape, text.split("...")))
    return re.search(rf"{pattern}\Z" if not text.endswith("...") else pattern, " ".join(said.split()))


def test_the_page_is_written_from_the_table():
    assert PAGE == pages.errors_page(), "python -m netio.reference.pages writes it anew"


def test_the_headings_are_those_of_the_chapters_page():
    page = (CHECKOUT / "docs" / "chapters.md").read_text(encoding="utf-8")
    written = pages.HEADINGS_FILE.read_text(encoding="utf-8")
    assert written == pages.headings_module(page), "python -m netio.reference.pages writes it anew"


def test_every_error_has_its_producer():
    assert list(PRODUCERS) == list(SECTIONS) == [error.title for error in ERRORS]


@pytest.mark.parametrize("title, produce", PRODUCERS.values())
def test_the_error_says_what_the_page_says(title, produce, tmp_path):
    try:
        said = produce(tmp_path)
    except Exception as error:
        said = name_of(error)
    assert isinstance(said, str), "no error came"
    texts = texts_of(title)
    assert texts and any(fits(text, said) for text in texts), f"{said!r} is none of {texts}"


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.title)
def test_every_target_is_there(error):
    names = re.findall(r"`(\w+(?:\.\w+)+)`(?=[,\n ])", SECTIONS[error.title].rpartition("\nnetio: ")[2])
    assert names[:len(error.names.split())] == error.names.split()
    for name in error.names.split():
        assert resolve(name)
    for script in re.findall(r"\]\(\.\./([^)]+)\)", SECTIONS[error.title]):
        assert (CHECKOUT / script).is_file()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.title)
def test_both_languages_are_complete(error):
    chinese = re.compile("[\u4e00-\u9fff]")
    assert chinese.search(error.why_zh) and chinese.search(error.cure_zh)
    assert not chinese.search(error.title + error.why + error.cure)
