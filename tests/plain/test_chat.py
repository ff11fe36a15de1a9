"""The chat room: plain server and client with each other and with netio's, and against what anybody may send."""
from __future__ import annotations

import os
import signal
import socket

import pytest

from netio import chat, udp

from .running import CHECKOUT, FOLDER, HOST, kill, serving, start

JOIN = CHECKOUT / "scripts" / "join_chat.py"
ENTERED = "{} 进入聊天室 (has entered)"


class Member:
    """A member in the notes' words."""

    def __init__(self, port, name, log_in=True):
        self.name, self.sock = name, udp.connect((HOST, port))
        self.sock.settimeout(20)
        if log_in:
            assert self.ask(f"L {name}") == "OK"

    def ask(self, text):
        self.sock.send(text if isinstance(text, bytes) else text.encode("utf-8"))
        return self.hear()

    def hear(self):
        return self.sock.recv(65535).decode("utf-8")


@pytest.fixture
def members():
    """Return a function that makes members, whose sockets the test's end closes."""
    made = []

    def make(*arguments, **options):
        made.append(Member(*arguments, **options))
        return made[-1]

    yield make
    for member in made:
        member.sock.close()


def test_what_one_says_all_others_hear(members, tmp_path):
    with serving("chat_server", folder=tmp_path) as (port, process):
        lily, tom = members(port, "lily"), members(port, "张三")
        assert lily.hear() == ENTERED.format("张三")
        tom.sock.send("C 张三 你好  lily".encode())
        assert lily.hear() == "张三: 你好  lily"
        process.stdin.write("下课了\n")
        process.stdin.flush()
        assert lily.hear() == tom.hear() == "管理员消息: 下课了"
        assert lily.ask("Q lily") == "EXIT" and tom.hear() == "lily 离开聊天室 (has left)"
    assert tom.hear() == "EXIT"  # the server was ended by Ctrl-C


@pytest.mark.parametrize("data", [
    b"", b"\xff\xfe", b"L", b"L ", b"L li ly", "L 管理员".encode(), "L 大管理员".encode(), "L ｌｉｌｙ".encode(), b"L lily",
    b"L a:b", b"L a\nb", b"L " + b"x" * 21, b"C lily hello", b"Q lily", b"X lily", b"x" * 2000,
    b"N 0123456789abcdef 1 0 L x"])
def test_what_is_refused_changes_nothing(data, room, members):
    port, lily, process = room
    stranger = members(port, "stranger", log_in=False)
    assert stranger.ask(data or b"C").startswith("拒绝: ")
    assert lily.ask("L lily") == "OK" and process.poll() is None  # the next that it hears is its own


@pytest.mark.parametrize("said", [
    b"C lily", b"C lily  ", b"C lily a\x1b[2Jb", b"C lily a\nb", b"C lily " + b"x" * 901, b"L other"])
def test_what_a_member_may_not_say(said, room):
    assert room[1].ask(said).startswith("拒绝: ")


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with serving("chat_server", folder=tmp_path_factory.mktemp("room")) as (port, process):
        lily = Member(port, "lily")
        yield port, lily, process
        lily.sock.close()


def test_a_refusal_is_never_answered(room, members):
    stranger = members(room[0], "stranger", log_in=False)
    stranger.sock.send("拒绝: nonsense".encode())
    assert stranger.ask("L lily").startswith("拒绝: 这个名字")  # the first answer is to the second datagram


def talk(client, port, name, folder):
    """Start a client, plain or netio's; return the process, when it is in."""
    if client == "plain":
        process = start("chat_client", name, HOST, port, folder=folder)
    else:
        process = start(JOIN, name, "--port", port, folder=folder)
    line = process.stdout.readline()
    assert line.startswith("已进入聊天室"), line + process.stderr.read()
    return process


def say(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()


@pytest.mark.parametrize("client", ["plain", "netio"])
@pytest.mark.parametrize("server", ["plain", "netio"])
def test_a_client_talks_with_a_server(client, server, members, tmp_path):
    if (client, server) == ("netio", "netio"):
        pytest.skip("tests/chat has it")
    if server == "plain":
        with serving("chat_server", folder=tmp_path) as (port, _):
            check_talk(client, port, members, tmp_path)
    else:
        with chat.Server((HOST, 0)) as strong:
            check_talk(client, strong.address[1], members, tmp_path)


def check_talk(client, port, members, folder):
    lily = members(port, "lily")
    tom = talk(client, port, "tom", folder)
    try:
        assert lily.hear() == ENTERED.format("tom")
        say(tom, "你好, lily")
        assert lily.hear() == "tom: 你好, lily"
        lily.sock.send(b"C lily hi")
        assert tom.stdout.readline() == "lily: hi\n"
        say(tom, "quit")
        assert lily.hear() == "tom 离开聊天室 (has left)"
        out, err = tom.communicate(timeout=30)
        assert tom.returncode == 0 and not err
    finally:
        kill(tom)


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C by a signal")
def test_ctrl_c_leaves_the_room(members, tmp_path):
    with serving("chat_server", folder=tmp_path) as (port, _):
        lily = members(port, "lily")
        tom = talk("plain", port, "tom", tmp_path)
        try:
            assert lily.hear() == ENTERED.format("tom")
            tom.send_signal(signal.SIGINT)
            assert lily.hear() == "tom 离开聊天室 (has left)"
            assert tom.wait(timeout=20) == 0
        finally:
            kill(tom)


@pytest.mark.skipif(os.name != "posix", reason="a shell closes standard input")
def test_the_server_needs_no_keyboard(members, tmp_path):
    (tmp_path / "closed.py").write_text(
        f"import os, sys\nos.close(0)\nos.execv(sys.executable, [sys.executable, {str(FOLDER / 'chat_server.py')!r}, "
        "*sys.argv[1:]])\n", encoding="utf-8")
    with serving(tmp_path / "closed.py", folder=tmp_path) as (port, _):
        lily = members(port, "lily")
        assert all(lily.ask("C lily").startswith("拒绝: 空的") for _ in range(9))


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C by a signal")
def test_the_servers_end_ends_its_clients(tmp_path):
    with serving("chat_server", folder=tmp_path) as (port, _):
        tom = talk("plain", port, "tom", tmp_path)
    try:
        assert tom.wait(timeout=20) == 0
    finally:
        kill(tom)


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "no server"])
def test_who_cannot_enter_hears_why(taken, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        nobody = sock.getsockname()[1]
    with serving("chat_server", folder=tmp_path) as (port, _):
        lily = Member(port, "lily")
        process = start("chat_client", "lily", HOST, port if taken else nobody, folder=tmp_path)
        try:
            out, err = process.communicate(timeout=30)
            assert process.returncode == 1 and "Traceback" not in err and ("拒绝" if taken else str(nobody)) in err
        finally:
            kill(process)
            lily.sock.close()
