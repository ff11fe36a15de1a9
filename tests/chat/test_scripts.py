"""The scripts as people use them: at a terminal, behind a pipe, interrupted, killed."""
from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time

import pytest

from netio import chat, udp

from .talk import Plain
from .transcript import CHECKOUT, IN, OUT

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals to other processes are a matter of POSIX")


def port_of(process):
    words = process.stdout.readline().split()
    assert words[:2] == ["listening", "on"], process.stderr.read()
    return int(words[2].rpartition(":")[2])


@pytest.fixture
def server():
    with chat.Server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def tom(server):
    with Plain(server.address) as tom:
        tom.ask("L tom")
        yield tom


def test_lines_from_a_pipe_all_arrive_before_the_end(run_script, server, tom):
    done = run_script("join_chat.py", "lily", "--port", server.address[1], stdin="one\n\n两\nthree")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{IN.format('lily')}\n{OUT}\n", "")
    heard = [tom.hear() for _ in range(5)]
    assert heard[1:] == ["lily: one", "lily: 两", "lily: three", "lily 离开聊天室 (has left)"]


def test_a_pipe_or_terminal_in_gbk(server, tom):
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "scripts" / "join_chat.py"), "lily", "--port", str(server.address[1])],
        input="两\n".encode("gbk"), capture_output=True, timeout=30,
        env={**os.environ, "PYTHONIOENCODING": "gbk"})
    assert done.stdout.decode("gbk").splitlines() == [IN.format("lily"), OUT] and done.returncode == 0
    assert [tom.hear() for _ in range(2)][1] == "lily: 两"


def test_what_may_not_be_said_is_refused_before_it_is_sent(run_script, server, tom):
    done = run_script("join_chat.py", "lily", "--port", server.address[1], stdin="x" * 901 + "\nhello\nquit\nno more\n")
    assert done.stdout.splitlines()[1].startswith("拒绝: 最多 900")
    assert [tom.hear() for _ in range(3)][1:] == ["lily: hello", "lily 离开聊天室 (has left)"]


@pytest.mark.parametrize("name, reason", [("tom", "这个名字已有人用了"), ("li ly", "空格"), ("管理员", "管理员")])
def test_a_refused_name_is_one_line_and_status_2(run_script, server, tom, name, reason):
    done = run_script("join_chat.py", name, "--port", server.address[1])
    assert done.returncode == 2 and reason in done.stderr and done.stderr.count("\n") == 1


def test_a_servers_refusal_commands_no_terminal(run_script):
    with udp.Server(("127.0.0.1", 0), lambda datagram: "拒绝: \x1b[2J\x9b\u202e".encode()) as server:
        done = run_script("join_chat.py", "lily", "--port", server.address[1])
    assert done.returncode == 2 and "\\x1b[2J\\x9b\\u202e" in done.stderr and done.stderr.rstrip("\n").isprintable()


def test_wrong_options_are_refused(run_script):
    assert "--model is for --tcp" in run_script("serve_chat.py", "--model", "select").stderr
    assert run_script("serve_chat.py", "--tcp", "--model", "fork").returncode == 2
    assert run_script("join_chat.py").returncode == 2


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_logs_out(start_script, server, tom, number):
    lily = start_script("join_chat.py", "lily", "--port", server.address[1], start_new_session=True)
    assert tom.hear() == "lily 进入聊天室 (has entered)" and lily.stdout.readline() == IN.format("lily") + "\n"
    os.killpg(lily.pid, number)
    assert tom.hear() == "lily 离开聊天室 (has left)"
    assert lily.wait(30) == 0 and (lily.stdout.read(), lily.stderr.read()) == (OUT + "\n", "")


@posix
def test_the_reader_of_the_keyboard_ends_with_a_killed_client(start_script, server, tom):
    lily = start_script("join_chat.py", "lily", "--port", server.address[1])
    lily.stdout.readline()
    lily.kill()
    assert lily.stdout.read() == "", "the end comes only when nobody holds the other side any more"


@posix
@pytest.mark.parametrize("options", [(), ("--tcp", "--model", "select"), ("--tcp",)])
def test_a_server_is_ended_by_ctrl_c(start_script, options):
    server = start_script("serve_chat.py", "--port", 0, *options)
    port_of(server)
    print("\x07", file=server.stdin, flush=True)
    assert "not announced" in server.stderr.readline()
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0 and not server.stderr.read()


@posix
def test_at_a_terminal_what_is_typed_survives_what_comes_in(server, tom):
    import pty
    import termios

    master, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    command = [sys.executable, str(CHECKOUT / "scripts" / "join_chat.py"), "lily", "--port", str(server.address[1])]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal,
                          env={**os.environ, "PYTHONUTF8": "1"}) as lily:
        shown = read_until(master, "\r> ")
        os.write(master, "你好 wor".encode())
        shown += read_until(master, "\r> 你好 wor")
        tom.say("C tom excuse me")
        shown = read_until(master, "tom: excuse me\r\n\r> 你好 wor")
        os.write(master, b"ld\x7fd\r")
        read_until(master, "> 你好 world\r\n")
        assert [tom.hear(), tom.hear()][1] == "lily: 你好 world"
        os.write(master, b"\x04")
        shown = read_until(master, OUT)
        assert lily.wait(30) == 0
    after = termios.tcgetattr(terminal)
    os.close(terminal)
    os.close(master)
    assert after == before, "the terminal is as it was"


def read_until(descriptor, text):
    data, deadline = b"", time.monotonic() + 30
    while text not in data.decode("utf-8", "replace"):
        assert select.select([descriptor], [], [], max(0, deadline - time.monotonic()))[0], data
        data += os.read(descriptor, 4096)
    return data.decode("utf-8", "replace")
