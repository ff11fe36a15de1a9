"""Each exercise of docs/teach has a task that its solution passes, as a process of its own, and its starter fails."""
from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import os
import re
import socket
import struct
import sys
import threading

import pytest

from netio.__main__ import main
from netio.tcp import recv_exactly
from tests.plain.running import CHECKOUT, HOST, kill, run, serving, start

FOLDER = CHECKOUT / "docs" / "teach"
TASKS = {}
SECONDS = 10  # to wait for an answer


def task(function):
    TASKS[function.__name__] = function
    return function


def fails(path, *arguments, folder, stdin=""):
    """Run a program that ends with status 1 and one line on stderr."""
    errors = run(path, *arguments, folder=folder, stdin=stdin, status=1)
    assert len(errors.splitlines()) == 1
    return errors


@contextlib.contextmanager
def client_of(port):
    with socket.create_connection((HOST, port), timeout=SECONDS) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield sock


def read_line(sock):
    line = b""
    while not line.endswith(b"\n"):
        data = sock.recv(1)
        assert data, line
        line += data
    return line


def read_to_end(sock):
    with contextlib.suppress(ConnectionError):
        return b"".join(iter(functools.partial(sock.recv, 65536), b""))
    return b""


def send_bytes(sock, data):
    for number in range(len(data)):
        sock.sendall(data[number:number + 1])


def reset(sock):
    """End a connection so that the peer gets an error, not an end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    sock.close()


@task
def files_1_number_lines(path, folder):
    (folder / "source").write_bytes("猫\r\ndog\n\nlast".encode())
    run(path, "source", "target", folder=folder)
    assert (folder / "target").read_bytes() == "1\t猫\r\n2\tdog\n3\t\n4\tlast".encode()


@task
def files_2_set_score(path, folder):
    scores = folder / "scores"
    scores.write_bytes(b"00001  59\n00002  60\n00003  61\n")
    run(path, "scores", 2, 100, folder=folder)
    wanted = b"00001  59\n00002 100\n00003  61\n"
    assert scores.read_bytes() == wanted
    for arguments in [(4, 1), (0, 1), (1, 101)]:
        fails(path, "scores", *arguments, folder=folder)
    assert scores.read_bytes() == wanted


@task
def files_3_last_lines(path, folder):
    lines = [f"{number} {'猫' * (number * 700 % 3000)}" for number in range(20)]
    (folder / "text").write_bytes("\n".join(lines).encode() + b"\n")
    (folder / "short").write_bytes(b"one\ntwo")
    for count in (1, 3, 19, 20, 30):
        assert run(path, "text", count, folder=folder).split("\n") == [*lines[-count:], ""]
    assert run(path, "short", folder=folder) == "one\ntwo\n"
    with open(folder / "large", "wb") as file:
        if sys.platform == "linux":
            file.seek(1 << 40)  # a hole: nobody reads all of it
        file.write(b"\nlast\n")
    assert run(path, "large", 1, folder=folder) == "last\n"


STUDENTS = [(1, "lily", 16, 170.5), (2, "李莉", 17, 160.25), (3, "欧阳娜", 18, 1.5)]
RECORD = struct.Struct("!I12sBf")


@task
def packing_1_save_students(path, folder):
    typed = "1 lily 16 170.5\n2 李莉 17\n2 李莉 17 160.25\n3 a欧阳娜娜 18 1.5\n4 tom 256 1\n5 tom old 1\n"
    run(path, "students", folder=folder, stdin=typed)
    names = ["lily", "李莉", "a欧阳娜"]
    assert (folder / "students").read_bytes() == b"".join(
        RECORD.pack(number, name.encode(), age, height) for (number, _, age, height), name in zip(STUDENTS, names))


@task
def packing_2_list_students(path, folder):
    data = b"".join(RECORD.pack(number, name.encode(), *rest) for number, name, *rest in [*STUDENTS, (4, "a", 1, 1.7)])
    (folder / "students").write_bytes(data)
    assert run(path, "students", folder=folder) == "1 lily 16 170.5\n2 李莉 17 160.2\n3 欧阳娜 18 1.5\n4 a 1 1.7\n"
    (folder / "students").write_bytes(data[:-3])
    assert "incomplete record" in fails(path, "students", folder=folder)


@task
def tcp_1_reverse_lines(path, folder):
    with serving(path, folder=folder) as (port, _):
        with client_of(port) as sock:
            reset(sock)
        with client_of(port) as sock:
            send_bytes(sock, "abc猫\n".encode())
            assert read_line(sock) == "猫cba\n".encode()
            sock.sendall(b"12\n34\n\xff\nhalf")
            assert [read_line(sock) for _ in range(3)] == [b"21\n", b"43\n", b"not UTF-8\n"]
        with client_of(port) as sock:
            sock.sendall(b"ok\n")
            assert read_line(sock) == b"ko\n"


@task
def tcp_2_sum_frames(path, folder):
    frame = struct.pack("!I3i", 12, 1, -2, 2 ** 31 - 1)
    with serving(path, folder=folder) as (port, _):
        for bad in (struct.pack("!I", 3) + b"abc", struct.pack("!I", 1 << 31), frame[:6]):
            with client_of(port) as sock:
                sock.sendall(bad)
                with contextlib.suppress(OSError):  # the server may have closed already
                    sock.shutdown(socket.SHUT_WR)
                assert read_to_end(sock) == b""
        with client_of(port) as sock:
            send_bytes(sock, frame)
            sock.sendall(frame + bytes(4))
            assert recv_exactly(sock, 36) == struct.pack("!Iq", 8, 2 ** 31 - 2) * 2 + struct.pack("!Iq", 8, 0)


@task
def tcp_3_fetch_file(path, folder):
    data = bytes(range(256)) * 400
    whole = struct.pack("!Q", len(data)) + hashlib.sha256(data).digest() + data
    wrong = whole[:-1] + b"?"
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(30)

        def serve():
            for answer in (whole, whole[:-1], wrong, whole[:20]):
                with contextlib.suppress(OSError):  # a client that failed has left, and the listener may be closed
                    with listener.accept()[0] as sock:
                        sock.sendall(answer[:30])
                        sock.sendall(answer[30:])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        run(path, HOST, port, "target", folder=folder)
        assert (folder / "target").read_bytes() == data
        (folder / "target").write_bytes(b"as it was")
        for _ in range(3):
            fails(path, HOST, port, "target", folder=folder)
            assert (folder / "target").read_bytes() == b"as it was"
        thread.join()
    assert [entry.name for entry in folder.iterdir()] == ["target"]
    fails(path, HOST, port, "target", folder=folder)  # nobody listens


@contextlib.contextmanager
def datagrams():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        sock.settimeout(SECONDS)
        yield sock


def ask(sock, port, data):
    sock.sendto(data, (HOST, port))
    return sock.recv(2048)


@task
def udp_1_calculate(path, folder):
    bad = [b"\xff", b"", b"2 ** 9", b"__import__('os').getpid()", b"1 / 0",
           b"1" * 10 + b" + 1", "１ + 1".encode(), b"3 + "]
    with serving(path, folder=folder) as (port, _), datagrams() as sock:
        for question in bad:
            assert ask(sock, port, question) == b"error"
        assert ask(sock, port, b"3 + 4") == b"7"
        assert ask(sock, port, b"-3 - 4") == b"-7"
        assert ask(sock, port, b"12 * 12") == b"144"


@task
def udp_2_ask_again(path, folder):
    with datagrams() as server, datagrams() as stranger:
        process = start(path, HOST, server.getsockname()[1], "cat", folder=folder)
        try:
            asked = [server.recvfrom(100)]
            with contextlib.suppress(socket.timeout):
                asked.append(server.recvfrom(100))
            number, _, question = asked[0][0].partition(b" ")
            assert question == b"cat"
            stranger.sendto(number + b" wrong", asked[0][1])
            server.sendto(b"x" + number + b" late", asked[0][1])
            server.sendto(number + " 猫".encode(), asked[0][1])
            out, err = process.communicate(timeout=30)
        finally:
            kill(process)
    assert (process.returncode, out) == (0, "猫\n"), err
    with datagrams() as server:
        assert fails(path, HOST, server.getsockname()[1], "cat", folder=folder) == "no answer\n"


@task
def http_1_read_request(path, folder):
    end = "\n" if os.name == "nt" else "\r\n"  # what is written to a pipe there as \r\n
    head = f"GET /a%20%E7%8C%AB?q=tea&r=%3F+x HTTP/1.1{end}Accept: */*{end}hOST:  x:80{end}{end}"
    assert run(path, folder=folder, stdin=head) == "GET\n/a 猫\nq=tea\nr=? x\nhost: x:80\n"
    for bad in (head[:-len(end)], "", f"GET{end}{end}", end * 2):
        fails(path, folder=folder, stdin=bad)


def get(port, target, *, slowly=False):
    """Return the status, the headers and the body of an answer, read strictly."""
    with client_of(port) as sock:
        request = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        send_bytes(sock, request) if slowly else sock.sendall(request)
        answer = read_to_end(sock)
    head, blank, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert blank and "\n" not in head.decode().replace("\r\n", "") and int(headers["content-length"]) == len(body)
    return int(first.split()[1]), headers["content-type"], body.decode()


@task
def http_2_count_visits(path, folder):
    with serving(path, folder=folder) as (port, _), client_of(port) as silent:
        with client_of(port) as sock:
            reset(sock)
        for number in (1, 2):
            status, kind, page = get(port, "/", slowly=number == 2)
            assert (status, kind) == (200, "text/html; charset=utf-8") and str(number) in page
        status, kind, text = get(port, "/count")
        assert (status, kind.partition(";")[0], text) == (200, "text/plain", "2")
        assert get(port, "/favicon.ico")[0] == 404
        silent.sendall(b"\xff\xff\r\n\r\n")
        assert b" 404 " in read_to_end(silent)


@task
def concurrency_1_sell_seats(path, folder):
    sold = run(path, 4, 50, folder=folder).splitlines()
    matches = [re.fullmatch(r"window ([1-4]): seat (\d+)", line) for line in sold]
    assert sorted(int(match[2]) for match in matches) == list(range(1, 51))


@task
def concurrency_2_running_total(path, folder):
    with serving(path, folder=folder) as (port, _), client_of(port) as silent:
        with client_of(port) as sock:
            reset(sock)
        with client_of(port) as sock, client_of(port) as other:
            for line, total in [(b"3\n", b"3\n"), (b"four\n", b"error\n"), (b"-5\n", b"-2\n")]:
                send_bytes(sock, line)
                assert read_line(sock) == total
            other.sendall(b"1\n2\n")
            assert read_line(other) + read_line(other) == b"1\n3\n"
        silent.sendall(b"7\n")
        assert read_line(silent) == b"7\n"


@task
def concurrency_3_count_primes(path, folder):
    process = start(path, 1000, 10, 2, 5, folder=folder)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    rows = [list(map(int, line.split())) for line in out.splitlines()]
    assert [row[:2] for row in rows] == [[1000, 168], [10, 4], [2, 0], [5, 2]]
    assert process.pid not in {pid for _, _, pid in rows}


@task
def ipc_1_sum_halves(path, folder):
    for n, total in [(1, "1\n"), (100001, "5000150001\n")]:
        assert run(path, n, folder=folder) == total


@task
def ipc_2_count_visitors(path, folder):
    assert run(path, 4, 25, folder=folder) == "100\n"


@task
def ipc_3_count_words(path, folder):
    text = "cat  dog\tcat\n\n猫 cat\nlast" + "\nrow" * 100
    assert run(path, folder=folder, stdin=text) == "cat 3\ndog 1\nlast 1\nrow 100\n猫 1\n"
    assert run(path, folder=folder) == ""


@task
def chat_1_read_requests(path, folder):
    requests = {"L lily": "login lily", "C lily two  spaces ": "say lily: two  spaces ", "Q 小明": "quit 小明",
                "C lily": "refused", "C lily  ": "refused", "L": "refused", "L ": "refused", "": "refused",
                "L a b": "refused", "L " + "x" * 21: "refused", "X lily": "refused", "C a:b hi": "refused"}
    printed = run(path, folder=folder, stdin="".join(f"{request}\n" for request in requests))
    assert printed.splitlines() == list(requests.values())


@task
def chat_2_whisper(path, folder):
    with serving(path, folder=folder) as (port, _), datagrams() as lily, datagrams() as tom, datagrams() as ann:
        for sock, name in [(lily, b"lily"), (tom, b"tom"), (ann, b"ann"), (ann, b"ann")]:
            assert ask(sock, port, b"L " + name) == b"OK"
        assert ask(ann, port, b"L lily") == b"taken"
        assert ask(ann, port, b"W lily tom it is me") == b"refused"
        assert ask(lily, port, b"W lily tom two  spaces") == b"OK"
        assert tom.recv(100) == b"lily whispers: two  spaces"
        assert ask(lily, port, b"W lily bob hi") == b"no such member"
        for bad in (b"", b"W", b"\xff", b"Q tom", b"W lily tom"):
            assert ask(ann, port, bad) == b"refused"  # the next that ann hears: nothing was whispered to her
        assert ask(tom, port, b"Q tom") == b"EXIT"
        assert ask(lily, port, b"W lily tom hi") == b"no such member"


@task
def ftp_1_check_names(path, folder):
    good = ["cat.png", "猫.txt", "two words", "console.txt", "a..b", "x" * 60]
    bad = ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", "C:x", ".hidden", "x" * 61, "end ", "end.", "nul",
           "NUL.txt", "Com1", "lpt9.log", "a\tb", "a\x1bb", "what?", "a:b"]
    printed = run(path, folder=folder, stdin="".join(f"{name}\n" for name in [*good, *bad]))
    assert printed.split("\n") == [*(f"ok {name}" for name in good), *(f"no {name}" for name in bad), ""]


@task
def ftp_2_resume(path, folder):
    data = b"a##b" * 50_000
    (folder / "open").mkdir()
    (folder / "open" / "cat.png").write_bytes(data)
    (folder / "secret").write_bytes(b"secret")
    with serving(path, "open", folder=folder) as (port, _):
        with client_of(port) as sock:
            sock.sendall(b"G 0 cat.png\n")
            reset(sock)
        with client_of(port) as sock:
            for offset in (0, 3, len(data)):
                send_bytes(sock, b"G %d cat.png\n" % offset)
                assert read_line(sock) == b"%d\n" % (len(data) - offset)
                assert recv_exactly(sock, len(data) - offset) == data[offset:]
            sock.sendall(b"G 999999999 cat.png\nG 0 ../secret\nG -1 cat.png\nG x\n\xff\nG 0 no\nG 199998 cat.png\n")
            assert read_line(sock) == b"0\n"
            assert {read_line(sock) for _ in range(5)} == {b"no such file\n"}
            assert read_line(sock) + recv_exactly(sock, 2) == b"2\n#b"


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", TASKS)
def test_the_solution_does_the_task(name, tmp_path):
    TASKS[name](FOLDER / "solutions" / f"{name}.py", tmp_path)


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", TASKS)
def test_the_starter_runs_and_does_not_do_it_yet(name, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "SECONDS", 1)
    with pytest.raises((AssertionError, TimeoutError, socket.timeout, ConnectionError)) as caught:
        TASKS[name](FOLDER / "exercises" / f"{name}.py", tmp_path)
    assert "Traceback" not in str(caught.value)


def test_every_exercise_has_a_task_a_starter_and_a_solution():
    for folder in ("exercises", "solutions"):
        assert sorted(path.stem for path in (FOLDER / folder).glob("*.py")) == sorted(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_both_files_state_the_same_task_in_both_languages(name):
    starter, solution = (ast.parse((FOLDER / folder / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 9))
                         for folder in ("exercises", "solutions"))
    text = ast.get_docstring(solution)
    assert text == ast.get_docstring(starter) and f"python3 {name}.py" in text and re.search("[\u4e00-\u9fff]", text)
    modules = {alias.name for node in ast.walk(solution) if isinstance(node, ast.Import) for alias in node.names}
    assert not {"netio"} & modules and not [node for node in ast.walk(solution) if isinstance(node, ast.ImportFrom)]


def test_check_finds_nothing_in_the_solutions(capsys):
    assert main(["check", str(FOLDER / "solutions")]) == 0
    capsys.readouterr()
