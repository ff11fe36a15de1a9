"""The room over TCP: one class of tests over every server model that can have one, and asyncio."""
from __future__ import annotations

import contextlib
import functools
import selectors
import socket
import threading
import time

import pytest

from netio import tcp
from netio.chat import Room, TCPServer, room_models
from netio.chat.hub import Hub
from netio.concurrency import available_models

from ..asyncio_server import AsyncioServer
from ..attacking import needs_descriptors
from ..streams import is_ended, receive_all
from .talk import Typist

pytestmark = pytest.mark.usefixtures("nothing_left")
MODELS = [name for name in ("thread", "pool", "select", "poll", "epoll", "kqueue") if name in available_models()]


@contextlib.contextmanager
def serving(model, room=None):
    listener = tcp.listen(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # so that a slow member is slow soon
    if model == "asyncio":
        hub = Hub(room)
        with AsyncioServer(hub.member, listener=listener) as server:
            server.announce = functools.partial(server.loop.call_soon_threadsafe, hub.announce)
            yield server
    else:
        with TCPServer(listener, room, model) as server:
            server.start()
            yield server


class Caller:
    """A client as `nc` is one."""

    def __init__(self, address, name="", slow=False):
        self.sock = socket.socket()
        if slow:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.settimeout(20)
        self.sock.connect(address)
        self._reader = tcp.Reader(self.sock, timeout=20)
        if name:
            assert self.ask(f"L {name}") == "OK"

    def say(self, text):
        self.sock.sendall(text.encode() + b"\n")

    def hear(self):
        return self._reader.read_line().decode().rstrip("\n")

    def ask(self, text):
        self.say(text)
        return self.hear()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.sock.close()


@pytest.mark.parametrize("model", [*MODELS, "asyncio"])
class TestEveryModel:
    def test_members_meet(self, model):
        with serving(model) as server, Caller(server.address, "lily") as lily, Caller(server.address) as tom:
            assert tom.ask("L lily").startswith("拒绝: 这个名字") and tom.ask("L tom") == "OK"
            assert lily.hear() == "tom 进入聊天室 (has entered)"
            tom.say("C tom 你好  lily")
            assert lily.hear() == "tom: 你好  lily"
            server.announce("开饭")
            assert lily.hear() == tom.hear() == "管理员消息: 开饭"
            assert tom.ask("Q tom") == "EXIT" and tom.sock.recv(100) == b""
            assert lily.hear() == "tom 离开聊天室 (has left)"

    def test_bytes_may_come_one_by_one_and_lines_together(self, model):
        with serving(model) as server, Caller(server.address, "lily") as lily, Caller(server.address) as tom:
            tom.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in "L tom\r\nC tom 你好\n".encode():
                tom.sock.send(bytes([byte]))
            tom.sock.sendall(b"C tom one\nC tom two\nQ tom\nC tom three\n")
            heard = [lily.hear() for _ in range(5)]
            assert heard[1:] == ["tom: 你好", "tom: one", "tom: two", "tom 离开聊天室 (has left)"]

    def test_many_lines_at_once_are_all_heard_though_their_sender_has_ended(self, model):
        with serving(model, Room(burst=100)) as server, Caller(server.address, "lily") as lily:
            with Caller(server.address) as tom:
                tom.sock.sendall(b"L tom\n" + b"".join(b"C tom %d\n" % number for number in range(60)))
                tom.sock.shutdown(socket.SHUT_WR)
                heard = [lily.hear() for _ in range(62)]
            assert heard[1:61] == [f"tom: {number}" for number in range(60)] and "connection lost" in heard[61]

    def test_who_breaks_off_is_missed(self, model):
        with serving(model) as server, Caller(server.address, "lily") as lily:
            with Caller(server.address, "tom"):
                assert lily.hear() == "tom 进入聊天室 (has entered)"
            assert lily.hear() == "tom 离开聊天室 (connection lost)"
            with Caller(server.address, "tom") as tom:
                tcp.abort(tom.sock)
            assert [lily.hear(), lily.hear()][1] == "tom 离开聊天室 (connection lost)"

    def test_too_long_a_line_and_nonsense(self, model):
        with serving(model) as server, Caller(server.address, "lily") as lily, Caller(server.address) as vandal:
            assert "不认识" in vandal.ask("GET / HTTP/1.1") and "不认识" in vandal.ask("")
            vandal.sock.sendall(b"\xff\n")
            assert "不是 UTF-8" in vandal.hear()
            assert "message of 2502 bytes is longer than" in vandal.ask("L " + "x" * 2500)
            assert vandal.sock.recv(100) == b""
            assert lily.ask("C lily ").startswith("拒绝: 没有内容")

    def test_a_slow_member_holds_nobody_up(self, model):
        told = []
        room = Room(burst=100_000, record=told.append)
        with serving(model, room) as server, Caller(server.address, slow=True) as slow, \
                Caller(server.address, "lily") as lily, Caller(server.address, "tom") as tom:
            lily.hear()
            assert slow.ask("L slow") == "OK" and lily.hear() == tom.hear() == "slow 进入聊天室 (has entered)"
            said, heard = 0, []
            while not any("slow 离开" in line for line in heard):
                for _ in range(50):
                    lily.say(f"C lily {said:5} " + "x" * 800)
                    said += 1
                while not heard or not heard[-1].startswith(f"lily: {said - 1:5} "):
                    heard.append(tom.hear())
                assert said < 20_000, "the queue is not bounded"
            spoken = [int(line.split()[1]) for line in heard if line.startswith("lily: ")]
            assert spoken == list(range(said)), "nothing was lost on the way to who reads"
            assert "slow 离开聊天室 (reads too slowly)" in told


def test_what_the_slow_one_hears_last_is_why():
    with serving("thread", Room(burst=100_000)) as server, Caller(server.address, "slow", slow=True) as slow, \
            Caller(server.address, "lily") as lily:
        gone = threading.Event()
        server.hub.room.record = lambda line: gone.set() if "离开" in line else None
        while not gone.is_set():
            lily.say("C lily " + "x" * 800)
        data = receive_all(slow.sock, 1 << 20)
        assert data.decode().endswith("您读得太慢 (you read too slowly for this room)\n")


def test_who_does_not_log_in_is_sent_away(monkeypatch):
    monkeypatch.setattr("netio.chat.hub._LOG_IN_SECONDS", 0.05)
    with serving("select") as server, Caller(server.address, "lily") as lily, Caller(server.address) as silent:
        assert "请先登录" in silent.hear() and silent.sock.recv(100) == b""
        server.announce("开饭")
        assert lily.hear() == "管理员消息: 开饭"


def test_who_does_not_read_the_reason_is_cut_off(monkeypatch):
    monkeypatch.setattr("netio.chat.hub._FAREWELL_SECONDS", 0.05)
    with serving("select", Room(burst=100_000)) as server, Caller(server.address, "slow", slow=True) as slow, \
            Caller(server.address, "lily") as lily:
        gone = threading.Event()
        server.hub.room.record = lambda line: gone.set() if "离开" in line else None
        while not gone.is_set():
            lily.say("C lily " + "x" * 800)
        deadline = time.monotonic() + 60
        while len(server._model) > 1 and time.monotonic() < deadline:
            lily.ask("nonsense")
        assert len(server._model) == 1
        slow.sock.close()


@pytest.mark.parametrize("model, workers", [("fork", None), ("process", None), ("prefork", 2), ("select", 2)])
def test_models_whose_members_would_never_meet_are_refused(model, workers):
    with pytest.raises(ValueError, match="separate processes, where they would never meet; use one of .*thread"):
        TCPServer(("127.0.0.1", 0), model=model, workers=workers)
    assert model not in room_models() or workers


def test_a_hub_that_finds_itself_in_another_process_says_so(monkeypatch):
    hub = Hub()
    hub.check_process()
    monkeypatch.setattr("netio.chat.hub.os.getpid", lambda: -1)
    with pytest.raises(RuntimeError, match="a chat room lives in one process"):
        hub.check_process()


def test_our_client_over_tcp():
    with serving("thread") as server, Caller(server.address, "tom") as tom:
        lily = Typist(server.address, "lily", over_tcp=True)
        lily.wait()
        assert tom.hear() == "lily 进入聊天室 (has entered)"
        lily.type("你好")
        assert tom.hear() == "lily: 你好"
        tom.say("C tom hi")
        assert lily.wait(1) == ["tom: hi"] and lily.leave() == ("left", "EXIT")
        assert Typist(server.address, "tom", over_tcp=True).leave().kind == "refused"


class Turns:
    """A connection whose member has its turns when the test says so."""

    def __init__(self, protocol):
        self.sent, self.calls, self.closed, self.protocol = b"", [], False, protocol
        self.call_in_turn, self.pause_reading = self.calls.append, lambda: None
        self.resume_reading = self.pause_reading
        self.get_extra_info = lambda name: self
        self.setsockopt = self.set_write_buffer_limits = lambda *values: None
        protocol.connection_made(self)

    def write(self, data):
        self.sent += data

    def close(self):
        self.closed = True


def test_short_lines_are_cut_only_when_they_are_wanted():
    member = Turns(Hub(Room(), clock=lambda: 0.0).member())
    member.protocol.data_received(b"L tom\n" + b"\n" * 100_000)
    assert member.sent.startswith(b"OK\n") and 0 < len(member.protocol._lines) <= 2048 and not member.closed


def test_who_is_refused_without_end_is_sent_away():
    now = 0.0
    lily, tom, vandal = (Turns(hub.member()) for hub in [Hub(clock=lambda: now)] * 3)
    lily.protocol.data_received(b"L lily\n")
    tom.protocol.data_received(b"L tom\n" + b"\n" * 900)
    vandal.protocol.data_received(b"\n" * 2000)
    for other in (tom, vandal):
        while other.calls:
            other.calls.pop()()
    assert vandal.closed and not tom.closed and "太快了".encode() in vandal.sent
    now = 9.0
    tom.protocol.data_received(b"C tom hi\n" + b"\n" * 900)
    while tom.calls:
        tom.calls.pop()()
    assert not tom.closed and b"tom: hi\n" in lily.sent
    tom.protocol.data_received(b"\n" * 200)
    while tom.calls:
        tom.calls.pop()()
    assert tom.closed and b"tom \xe7\xa6\xbb" in lily.sent  # 离开


def test_our_client_when_the_server_goes():
    with serving("thread") as server:
        lily = Typist(server.address, "lily", over_tcp=True)
        lily.wait()
    assert lily.leave() == ("lost", "the server has closed the connection")


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_many_members_at_once(count):
    needs_descriptors(50 + 2 * count)
    model = "epoll" if "epoll" in MODELS else "select"
    count = min(count, 200) if model == "select" else count
    heard = dict.fromkeys(range(count), b"")
    with serving(model) as server, selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
        members = [stack.enter_context(Caller(server.address, f"member{number}")) for number in range(count)]
        for number, member in enumerate(members):
            selector.register(member.sock, selectors.EVENT_READ, number)
        members[0].say("C member0 你好")
        server.announce("开饭")
        wanted = ["member0: 你好\n".encode(), "管理员消息: 开饭\n".encode()]
        while not all(wanted[1] in data and (wanted[0] in data or not number) for number, data in heard.items()):
            ready = selector.select(60)
            assert ready, "nothing more came"
            for key, _ in ready:
                heard[key.data] += key.fileobj.recv(1 << 20)
        members[-1].say(f"Q member{count - 1}")
    assert all(data.count(line) == 1 for number, data in heard.items() if number for line in wanted)


@pytest.mark.parametrize("model", MODELS)
def test_a_mistake_in_the_room_is_logged_and_not_told_as_the_members_fault(model, nothing_left, caplog):
    class Broken(Room):
        def request(self, member, line, now):
            raise ValueError("a mistake in the room itself")

    with TCPServer(("127.0.0.1", 0), Broken(), model) as server:
        server.start()
        with tcp.connect(server.address, timeout=30) as sock:
            sock.sendall(b"L lily\n")
            assert is_ended(sock)
    assert [str(record.exc_info[1]) for record in caplog.records] == ["a mistake in the room itself"]
