"""The scripts of the chapter, run as a user runs them."""
from __future__ import annotations

import re
import signal
import sys

import pytest

from netio import tcp


def address_of(server):
    host, port = re.fullmatch(r"listening on (.*):(\d+)\n", server.stdout.readline()).groups()
    return host, int(port)


def test_files_from_one_script_to_the_other(start_script, run_script, tmp_path):
    (tmp_path / "猫.txt").write_text("猫" * 100_000, encoding="utf-8")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "inbox").mkdir()
    server = start_script("receive_file.py", "--port", 0, "--folder", "inbox", "--once")
    _, port = address_of(server)
    sent = run_script("send_file.py", "猫.txt", "empty", "--port", port)
    assert sent.returncode == 0, sent.stderr
    assert "sent 300000 of 300000 bytes: 猫.txt" in sent.stdout and "100%" in sent.stderr
    out, err = server.communicate(timeout=20)
    assert server.returncode == 0 and out.count("saved") == 2 and not err
    assert (tmp_path / "inbox" / "猫.txt").read_bytes() == (tmp_path / "猫.txt").read_bytes()


def test_a_refused_file_is_one_line_on_both_sides(start_script, run_script, tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    server = start_script("receive_file.py", "--port", 0, "--max-size", 10, "--folder", tmp_path, "--once")
    sent = run_script("send_file.py", "a", "--port", address_of(server)[1])
    assert sent.returncode == 2 and sent.stderr.count("\n") == 1 and "maximum of 10" in sent.stderr
    assert "maximum of 10" in server.communicate(timeout=20)[1] and server.returncode == 2


def test_no_file_and_no_server(run_script):
    missing = run_script("send_file.py", "missing", "--port", 1)
    assert missing.returncode == 2 and missing.stderr.count("\n") == 1


def test_talk_through_the_slicing_proxy(start_script, run_script):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        proxy = start_script("slice_stream.py", "127.0.0.1", listener.getsockname()[1], "--port", 0)
        host, port = address_of(proxy)
        client = start_script("talk_tcp.py", host, port)
        client.stdin.write("你好\n")
        client.stdin.close()
        client.stdin = None
        server, _ = listener.accept()
        with server:
            heard = tcp.Reader(server, timeout=20).read_to_end()
            server.sendall(heard.upper() + "再见\n".encode())
        out, err = client.communicate(timeout=20)
    assert heard.decode().split() == ["你好"] and out.split() == ["你好", "再见"], err
    assert client.returncode == 0 and "closed after" in err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals to other processes on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [["receive_file.py", "--port", 0],
                                     ["slice_stream.py", "127.0.0.1", 1, "--port", 0]])
def test_servers_end_cleanly(start_script, command, number):
    server = start_script(*command)
    address_of(server)
    server.send_signal(number)
    assert server.wait(20) == 0 and not server.stderr.read()


def test_show_sticky(run_script):
    shown = run_script("show_sticky.py", "account", "password", "--size", 4)
    assert shown.returncode == 0 and "b'accountpassword'" in shown.stdout and "b'acco'" in shown.stdout
    bad = run_script("show_sticky.py", "--size", 0)
    assert bad.returncode == 2 and bad.stderr.count("\n") == 1


def test_show_socket(run_script):
    shown = run_script("show_socket.py")
    assert shown.returncode == 0 and "SOCK_STREAM" in shown.stdout and "half-close" in shown.stdout
    with tcp.listen(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        shown = run_script("show_socket.py", *address)
        assert shown.returncode == 0 and f"connected to {address[0]}:{address[1]}" in shown.stdout
    assert run_script("show_socket.py", "127.0.0.1").returncode == 2
    assert "nothing" in run_script("show_socket.py", "--buffers").stdout


def test_the_tour_of_the_chapter(run_script):
    toured = run_script("tour.py", "--chapter", "tcp")
    assert toured.returncode == 0, toured.stdout + toured.stderr
    assert "[b'accountpassword']" in toured.stdout and "sent 2097152 bytes" in toured.stdout
