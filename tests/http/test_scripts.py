"""The ladder of scripts, as a reader runs them."""

from __future__ import annotations

import signal
import sys

import pytest

from .serving import fetch
from netio.tcp import connect


def address_of(process):
    host, _, port = process.stdout.readline().removeprefix("listening on ").strip().rpartition(":")
    return host, int(port)


def stop(process):
    if sys.platform == "win32":
        process.terminate()
        process.wait(20)
    else:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    return process.stdout.read()


def test_print_request(start_script):
    process = start_script("print_request.py", "--port", "0")
    host, port = address_of(process)
    response = fetch(f"http://{host}:{port}/a%20b?q=1", "POST", [("X-Tea", "green")], "茶".encode())
    assert response.status == 200 and response.body.startswith(b"POST /a%20b?q=1 HTTP/1.1\n")
    seen = [process.stdout.readline().rstrip("\n") for _ in range(8)]
    assert (
        seen[0].startswith("-- from ")
        and seen[1] == "POST /a%20b?q=1 HTTP/1.1"
        and "x-tea: green" in seen
        and "茶" in seen
    )
    stop(process)


def test_a_request_that_is_printed_commands_no_terminal(start_script):
    process = start_script("print_request.py", "--port", "0")
    with connect(address_of(process)) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nX: \x9b2J\r\nContent-Length: 11\r\n\r\na\r\nb\rc\x1b]0;x")
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
    seen = [process.stdout.readline().rstrip("\n") for _ in range(8)]
    assert [line.lower() for line in seen[3:]] == [r"x: \x9b2j", "content-length: 11", "", "a", r"b\rc\x1b]0;x"]
    stop(process)


def test_serve_hello(start_script):
    process = start_script("serve_hello.py", "--port", "0", "--text", "你好 <b>")
    host, port = address_of(process)
    with connect((host, port)):  # a browser's spare connection, which says nothing
        response = fetch(f"http://{host}:{port}/")
    assert (
        response.header("content-type") == "text/html; charset=utf-8"
        and "<h1>你好 &lt;b&gt;</h1>" in response.body.decode()
    )
    assert fetch(f"http://{host}:{port}/", "HEAD").body == b""
    stop(process)


def test_serve_page(start_script, tmp_path, run_script):
    (tmp_path / "index.html").write_text("<h1>主页</h1>", encoding="utf-8")
    process = start_script("serve_page.py", "index.html", "--port", "0")
    host, port = address_of(process)
    assert fetch(f"http://{host}:{port}/").body.decode() == "<h1>主页</h1>"
    assert fetch(f"http://{host}:{port}/other").status == 404
    (tmp_path / "index.html").write_text("changed", encoding="utf-8")
    assert fetch(f"http://{host}:{port}/").body == b"changed"
    with connect((host, port)) as sock:
        sock.sendall(b"what?\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    stop(process)
    missing = run_script("serve_page.py", "missing.html")
    assert missing.returncode == 2 and len(missing.stderr.splitlines()) == 1 and "missing.html" in missing.stderr


@pytest.mark.parametrize("name", ["print_request.py", "serve_hello.py"])
def test_a_port_in_use_is_told_in_one_line(name, run_script, start_script):
    process = start_script("serve_hello.py", "--port", "0")
    _, port = address_of(process)
    failed = run_script(name, "--port", port)
    assert failed.returncode == 2 and len(failed.stderr.splitlines()) == 1
    stop(process)
