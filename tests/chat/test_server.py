"""The room at a UDP address: the notes' clients, ours, bad networks, and each with the other's server."""
from __future__ import annotations

import sys
import threading

import pytest

from netio import chat, udp
from netio.chat import ReliableLink, Room, Server
from netio.chat.link import parse_frame

from .talk import Plain, Typist, notes_server

pytestmark = pytest.mark.usefixtures("nothing_left")


def test_notes_clients_talk_as_the_notes_say():
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as lily, Plain(server.address) as tom:
        assert lily.ask("L lily") == "OK" and tom.ask("L lily").startswith("拒绝: 这个名字")
        assert tom.ask("L tom") == "OK" and lily.hear() == "tom 进入聊天室 (has entered)"
        tom.say("C tom 你好  lily")
        assert lily.hear() == "tom: 你好  lily"
        server.announce("开饭")
        assert lily.hear() == tom.hear() == "管理员消息: 开饭"
        assert tom.ask("Q tom") == "EXIT" and lily.hear() == "tom 离开聊天室 (has left)"


def test_a_name_speaks_from_its_own_address_only():
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as lily, Plain(server.address) as thief:
        lily.ask("L lily")
        assert "请先登录" in thief.ask("C lily I am lily") and "请先登录" in thief.ask("Q lily")
        assert "不认识" in thief.ask("管理员消息: x") and "管理员" in thief.ask("L 管理员")
        assert lily.ask("Q lily") == "EXIT"


def test_garbage_is_answered_and_harms_nobody():
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as lily, Plain(server.address) as vandal:
        lily.ask("L lily")
        for data in (b"", b"\xff" * 100, b"L " + b"x" * 9_000, b"N 5f1d0c9a7be24136 7 7 L x", b"N"):
            vandal.sock.sendto(data, server.address)
            assert vandal.hear().startswith("拒绝: "), data
        assert lily.ask("L lily") == "OK"


def test_who_is_silent_is_put_out():
    with Server(("127.0.0.1", 0), Room(silence=0.05)) as server, Plain(server.address) as lily:
        lily.ask("L lily")
        assert "太久没有动静" in lily.hear() and lily.ask("L lily") == "OK"


def test_an_announcement_that_nobody_may_say_is_refused_where_it_is_typed():
    with Server(("127.0.0.1", 0)) as server, pytest.raises(ValueError, match="没有内容"):
        server.announce("")


def test_a_server_begun_anew_says_so_to_the_links_of_the_old_one():
    with Server(("127.0.0.1", 0)) as server, udp.connect(server.address) as sock:
        sock.send(b"N 5f1d0c9a7be24136 5 3 C lily hello")
        assert "没有这个会话" in udp.receive(sock, timeout=20).data.decode()
        sock.send(b"N 5f1d0c9a7be24136 0 3")  # an acknowledgement gets no answer
        sock.send(b"Q nobody")
        assert udp.receive(sock, timeout=20).data == b"EXIT"


def test_another_session_from_the_same_address_replaces_the_first():
    told = []
    with Server(("127.0.0.1", 0), Room(record=told.append)) as server, udp.connect(server.address) as sock:
        for session, name in (("5f1d0c9a7be24136", b"lily"), ("0000000000000001", b"lily2")):
            sock.send(f"N {session} 1 0 L ".encode() + name)
            frame = parse_frame(udp.receive(sock, timeout=20).data)
            assert (frame.session, frame.text) == (session, b"OK")
    assert told == ["lily 进入聊天室 (has entered)", "lily 离开聊天室 (has started again)", "lily2 进入聊天室 (has entered)"]


def test_a_refused_log_in_that_comes_again_later_is_refused_again():
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as lily, udp.connect(server.address) as late:
        lily.ask("L lily")
        for _ in range(2):
            late.send(b"N 5f1d0c9a7be24136 1 0 L lily")
            assert "这个名字" in udp.receive(late, timeout=20).data.decode()
            lily.ask("Q lily")
        assert server.room.names == []


def test_of_refused_log_ins_only_the_last_are_remembered(monkeypatch):
    monkeypatch.setattr(chat.server, "_REMEMBERED", 2)
    with Server(("127.0.0.1", 0)) as server, udp.connect(server.address) as sock:
        for number in (1, 2, 3):
            sock.send(b"N 000000000000000%d 1 0 L " % number)
            udp.receive(sock, timeout=20)
        sock.send(b"Q nobody")
        udp.receive(sock, timeout=20)
        assert [session[-1] for _, session in server._refused] == ["2", "3"]


def test_a_linked_member_that_vanishes_is_put_out(monkeypatch):
    monkeypatch.setattr("netio.chat.server.ReliableLink",
                        lambda session, now, **options: ReliableLink(session, now, give_up=0.05))
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as tom, udp.connect(server.address) as gone:
        tom.ask("L tom")
        gone.send(b"N 5f1d0c9a7be24136 1 0 L lily")
        assert tom.hear() == "lily 进入聊天室 (has entered)"
        assert tom.hear() == "lily 离开聊天室 (no answer for 0.05 s)"


def test_links_are_looked_after_though_that_failed_once(monkeypatch):
    calls = []

    def look_after(addresses, now):
        calls.append(now)
        if len(calls) == 2:
            raise MemoryError
        look_after_all(addresses, now)

    monkeypatch.setattr("netio.chat.server.ReliableLink",
                        lambda session, now, **options: ReliableLink(session, now, give_up=0.05))
    monkeypatch.setattr(chat.server, "_RETRY", 0.01)
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as tom, udp.connect(server.address) as gone:
        look_after_all = server._look_after
        monkeypatch.setattr(server, "_look_after", look_after)
        tom.ask("L tom")
        gone.send(b"N 5f1d0c9a7be24136 1 0 L lily")
        assert tom.hear() == "lily 进入聊天室 (has entered)"
        assert tom.hear() == "lily 离开聊天室 (no answer for 0.05 s)"


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_or_doubled_when_three_datagrams_of_ten_are(seed):
    count, names = 25, ("lily", "tom", "bob")
    with Server(("127.0.0.1", 0), Room(burst=1000), initial_rto=0.02) as server, udp.LossyProxy(
            server.address, drop=0.3, duplicate=0.2, reorder=0.2, seed=seed) as proxy:
        members = {name: Typist(proxy.address, name, patience=60, initial_rto=0.02) for name in names}
        for member in members.values():
            member.wait()
        for name, member in members.items():
            member.type(*(f"{name} says {number}" for number in range(count)))
        for number in range(count):
            server.announce(f"number {number}")
        said = {name: [f"{name}: {name} says {number}" for number in range(count)] for name in names}
        announced = [f"管理员消息: number {number}" for number in range(count)]
        told = {name: [line for line in member.wait_for_all(3 * count) if "聊天室" not in line]
                for name, member in members.items()}
        ends = [member.leave() for member in members.values()]
    for name in names:
        for other in names:
            heard = [line for line in told[name] if line.startswith(f"{other}: ")]
            assert heard == ([] if other == name else said[other])
        assert [line for line in told[name] if line.startswith("管理员消息: ")] == announced
    assert [end.kind for end in ends] == ["left"] * 3 and proxy.counts.dropped > 100


def test_log_out_is_heard_though_datagrams_are_lost():
    told = []
    with Server(("127.0.0.1", 0), Room(record=told.append)) as server:
        with udp.LossyProxy(server.address, drop=0.3, seed=5) as proxy:
            assert Typist(proxy.address, "lily", patience=60, initial_rto=0.02).leave().text == "EXIT"
    assert told == ["lily 进入聊天室 (has entered)", "lily 离开聊天室 (has left)"]


@pytest.mark.parametrize("answer_unknown", [None, "请求格式错误".encode()])
def test_our_client_with_a_server_of_the_notes(answer_unknown):
    with notes_server(answer_unknown) as server, Plain(server.address) as tom:
        assert tom.ask("L tom") == "OK"
        lily = Typist(server.address, "lily", patience=0.05)
        lily.wait()
        assert tom.hear() == "\n欢迎 lily"
        lily.type("你好")
        assert tom.hear() == "\nlily: 你好"
        tom.say("C tom hello lily")
        assert lily.wait(1) == ["tom: hello lily"]
        assert lily.leave() == ("left", "EXIT") and tom.hear() == "\nlily 走了"


def test_a_name_that_is_taken_is_refused_with_the_servers_words():
    for server in (notes_server(), Server(("127.0.0.1", 0))):
        with server, Plain(server.address) as tom:
            tom.ask("L tom")
            assert Typist(server.address, "tom", patience=0.05).leave().kind == "refused"


@pytest.mark.skipif(sys.platform == "win32", reason="Wine does not report refused datagrams; Windows does")
def test_nobody_at_the_address_is_soon_known():
    with udp.bind(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    end = Typist(address, "lily", initial_rto=0.01).leave()
    assert end.kind in ("lost", "left") and "no server at 127.0.0.1" in end.text


def test_three_failures_in_a_row_mean_nobody_is_there(monkeypatch):
    def come(sock):
        if isinstance(what := next(coming), BaseException):
            raise what
        return what

    refused, hello = ConnectionRefusedError(), udp.Datagram(b"hello", ("127.0.0.1", 9), False)
    coming = iter([refused, refused, hello, refused, refused, BlockingIOError(), refused])
    monkeypatch.setattr(chat.client, "receive_nowait", come)
    with chat.client.DatagramWire(("127.0.0.1", 9)) as wire:
        assert list(wire.receive()) == [b"hello"]
        with pytest.raises(ConnectionRefusedError, match="no server at 127.0.0.1:9"):
            list(wire.receive())


@pytest.mark.skipif(not udp.addresses.own_addresses(__import__("socket").AF_INET6), reason="no IPv6 here")
def test_over_ipv6():
    with Server(("::1", 0)) as server:
        lily = Typist(server.address, "lily")
        lily.wait()
        server.announce("开饭")
        assert lily.wait(1) == ["管理员消息: 开饭"] and lily.leave().kind == "left"


def test_announcements_from_many_threads_all_arrive():
    with Server(("127.0.0.1", 0)) as server:
        lily = Typist(server.address, "lily")
        lily.wait()
        threads = [threading.Thread(target=server.announce, args=(f"from {number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        assert sorted(lily.wait(20)) == sorted(f"管理员消息: from {number}" for number in range(20))
        lily.leave()


def test_the_links_of_those_who_have_left_are_bounded():
    with Server(("127.0.0.1", 0), Room(max_members=1)) as server:
        for number in range(3):
            with udp.connect(server.address) as sock:
                sock.send(b"N 5f1d0c9a7be24136 1 0 L member%d" % number)
                data = udp.receive(sock, timeout=20).data
                sock.send(b"Q member%d" % number)
                udp.receive(sock, timeout=20)
        assert data.startswith("拒绝: ".encode()) and len(server._links) == 2
    assert chat.room.REFUSED == "拒绝: "


@pytest.mark.parametrize("text", ["x", "C lily hello", "Q lily", "L 管理员", "L tom", ""])
def test_a_link_is_kept_only_of_who_logs_in_or_its_answer_would_be_sent_again_and_again(text):
    with Server(("127.0.0.1", 0)) as server, Plain(server.address) as tom, udp.connect(server.address) as forged:
        tom.ask("L tom")
        for _ in range(2):  # the same again, as if the answer had been lost
            forged.send(f"N 5f1d0c9a7be24136 1 0 {text}".encode())
            frame = parse_frame(udp.receive(forged, timeout=20).data)
            assert (frame.number, frame.received) == (1, 1) and frame.text.startswith((b"EXIT", "拒绝: ".encode()))
            assert tom.ask("L tom") == "OK" and not server._links


def test_a_linked_member_that_acknowledges_nothing_is_dropped(monkeypatch):
    told = []
    monkeypatch.setattr(chat.server, "_MAX_WAITING", 100)
    with Server(("127.0.0.1", 0), Room(record=told.append)) as server, udp.connect(server.address) as slow:
        slow.send(b"N 5f1d0c9a7be24136 1 0 L slow")
        received = 0
        while parse_frame(data := udp.receive(slow, timeout=20).data):
            received = max(received, parse_frame(data).received)
            slow.send(b"N 5f1d0c9a7be24136 %d 0 C nobody hi" % (received + 1))
        assert "没有这个会话" in data.decode() and 90 < received < 110
    assert told == ["slow 进入聊天室 (has entered)", "slow 离开聊天室 (reads too slowly)"]
