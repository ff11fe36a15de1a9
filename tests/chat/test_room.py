"""Every rule of the room, without a network: who asks, what comes back, what the others see."""
from __future__ import annotations

import random

import pytest

from netio.chat import Room, parse_request
from netio.chat.room import EXIT, OK
from netio.chat.rules import MAX_NAME, MAX_TEXT


def ask(room, peer, text, now=0.0):
    """Return ({peer: lines} of what is sent) with text for bytes."""
    sent = {}
    data = text if isinstance(text, bytes) else text.encode()
    for recipient, line in room.request(peer, data, now):
        sent.setdefault(recipient, []).append(line.decode())
    return sent


def full_room(*names, **options):
    room = Room(**options)
    for name in names:
        assert (name, OK) in room.request(name, b"L " + name.encode(), 0.0)
    return room


def test_entry_speech_and_exit_are_told_to_the_others():
    room = full_room("lily")
    assert ask(room, "tom", "L tom") == {"tom": ["OK"], "lily": ["tom 进入聊天室 (has entered)"]}
    assert ask(room, "tom", "C tom 你好  all") == {"lily": ["tom: 你好  all"]}
    assert ask(room, "tom", "Q tom") == {"tom": ["EXIT"], "lily": ["tom 离开聊天室 (has left)"]}
    assert room.names == ["lily"]


def test_a_log_in_or_log_out_sent_again_is_answered_again_and_told_once():
    room = full_room("lily", "tom")
    assert ask(room, "tom", "L tom") == {"tom": ["OK"]}
    ask(room, "tom", "Q tom")
    assert ask(room, "tom", "Q tom") == {"tom": ["EXIT"]}


@pytest.mark.parametrize("name", ["lily", "ｌｉｌｙ", "l\u2170ly"])
def test_no_two_names_alike(name):
    sent = ask(full_room("lily"), "other", f"L {name}")
    assert list(sent) == ["other"] and sent["other"][0].startswith("拒绝: 这个名字已有人用了")


def test_one_place_one_name():
    sent = ask(full_room("lily"), "lily", "L tom")
    assert list(sent) == ["lily"] and "您已是 lily" in sent["lily"][0]


def test_a_name_speaks_and_leaves_only_where_it_logged_in():
    room = full_room("lily", "tom")
    for request in ("C lily I am lily", "Q lily"):
        for peer, reason in (("stranger", "请先登录"), ("tom", "您是 tom")):
            sent = ask(room, peer, request)
            assert list(sent) == [peer] and sent[peer][0].startswith("拒绝: " + reason)
    assert room.names == ["lily", "tom"]


@pytest.mark.parametrize("request_", ["C 管理员消息 hi", "C 管理员 hi", "管理员消息: hi", "L 管理员", "L 管理员消息", "A hi"])
def test_nobody_speaks_as_the_administrator(request_):
    room = full_room("lily", "tom")
    for peer in ("tom", "stranger"):
        sent = ask(room, peer, request_)
        assert list(sent) == [peer] and sent[peer][0].startswith("拒绝: ")


def test_announcements_go_to_all_and_come_from_the_keyboard_only():
    room = full_room("lily", "tom")
    assert room.announce("开饭") == [("lily", "管理员消息: 开饭".encode()), ("tom", "管理员消息: 开饭".encode())]
    with pytest.raises(ValueError, match="控制字符"):
        room.announce("two\nlines")


@pytest.mark.parametrize("data, reason", [
    (b"", "不认识的请求"), (b"X lily", "不认识的请求"), (b"l lily", "不认识的请求"), (b"\xff\xfe", "不是 UTF-8"),
    (b"L", "名字不能为空"), (b"L ", "名字不能为空"), (b"L li ly", "空格"), (b"L a\x07b", "看不见"), (b"C", "您是"),
    (b"C lily", "没有内容"), (b"C lily \x1b[2J", "控制字符"), (b"C lily " + b"x" * (MAX_TEXT + 1), "900"),
    (b"C lily " + b"x" * 3000, "请求太长"), (b"C lily \xed\xa0\x80", "不是 UTF-8"), (b"\0\0\0", "不认识的请求"),
])
def test_nonsense_is_answered_and_harms_nobody(data, reason):
    room = full_room("lily", "tom")
    peer = "lily" if data[:1] == b"C" else "stranger"
    sent = ask(room, peer, data)
    assert list(sent) == [peer] and sent[peer][0].startswith("拒绝: ") and reason in sent[peer][0]
    assert ask(room, "lily", "C lily hi") == {"tom": ["lily: hi"]}


def test_a_refusal_is_not_answered_or_two_servers_would_talk_for_ever():
    room = Room()
    (_, refusal), = room.request("other server", b"?", 0.0)
    assert room.request("other server", refusal, 0.0) == []


def test_what_is_no_request_is_answered_a_few_times_only_or_a_service_that_answers_it_would_go_on_for_ever():
    room = Room(burst=3, rate=1.0)
    room.request("logged in by somebody else", b"L dictionary", 0.0)
    for peer in ("dictionary", "logged in by somebody else"):
        assert [len(room.request(peer, b"not found: OK", 0.0)) for _ in range(5)] == [1, 1, 1, 0, 0]
        assert len(room.request(peer, b"not found: OK", 1.0)) == 1
    assert ask(room, "stranger", b"L dictionary", now=1.0)["stranger"][0].startswith("拒绝: ")  # a request


def test_a_stranger_gets_one_short_answer_so_that_a_forged_address_gains_little():
    room = full_room("lily", "tom")
    for data in (b"", b"L", b"L ", b"L lily", b"C lily hi", b"Q lily", b"\xff" * 9, b"x" * 3000, b"L " + b"y" * 900):
        answers = room.request("stranger", data, 1.0)
        assert [peer for peer, _ in answers] == ["stranger"] and len(answers[0][1]) <= 200, data


def test_the_room_can_be_full():
    room = full_room("a", "b", max_members=2)
    assert "已满" in ask(room, "c", "L c")["c"][0]
    ask(room, "a", "Q a")
    assert ask(room, "c", "L c")["c"] == ["OK"]


def test_a_flood_is_stemmed_and_ebbs():
    room = full_room("lily", "tom", burst=3, rate=2.0)
    sent = [ask(room, "lily", f"C lily {number}", now=1.0) for number in range(5)]
    assert [list(one) for one in sent] == [["tom"]] * 3 + [["lily"]] * 2 and "太快" in sent[4]["lily"][0]
    assert list(ask(room, "lily", "C lily again", now=1.5)) == ["tom"]
    assert list(ask(room, "lily", "C lily again", now=1.5)) == ["lily"]
    assert list(ask(room, "tom", "C tom me too", now=1.5)) == ["lily"], "the others may go on"


def test_a_flood_is_stemmed_though_its_sender_leaves_and_comes_again():
    room, heard = full_room("lily", "tom"), []
    for _ in range(3):
        for request in ["Q tom", "L tom", *["C tom spam"] * 20]:
            heard += ask(room, "tom", request).get("lily", [])
    assert heard.count("tom: spam") == 20
    ask(room, "tom", "Q tom", now=9.0)
    assert not room._left  # tom may say as much as anybody again
    for number in range(1100):
        for request in ("L tom", "C tom hi", "Q tom"):
            ask(room, number, request, now=9.0)
    assert len(room._left) == 1024


def test_who_comes_and_goes_without_end_is_told_to_so_many_only():
    room, heard = full_room(*(f"member{number}" for number in range(150))), []  # who were told 11175 times
    for number in range(50):
        heard += ask(room, number, "L tom").get("member0", []) + ask(room, number, "Q tom").get("member0", [])
    assert len(heard) == 58 and len(room.names) == 150  # 8825 times more
    assert ask(room, "member1", "C member1 hi")["member0"] == ["member1: hi"]
    assert ask(room, "tom", "L tom", now=0.125)["member0"] == ["tom 进入聊天室 (has entered)"]


def test_who_is_silent_is_put_out_and_may_come_again():
    room = full_room("lily", "tom", silence=10.0)
    assert room.next_deadline(0.0) == 10.0
    ask(room, "tom", "C tom hi", now=6.0)
    assert room.deadline_passed(9.9) == []
    sent = {peer: line.decode() for peer, line in room.deadline_passed(10.0)}
    assert sent["lily"].startswith("拒绝: 太久没有动静") and sent["tom"] == "lily 离开聊天室 (has been silent)"
    assert room.next_deadline(10.0) == 16.0 and room.names == ["tom"]
    assert ask(room, "lily", "L lily", now=11.0)["lily"] == ["OK"]
    room.deadline_passed(100.0)
    assert room.next_deadline(100.0) is None and room.names == []


def test_a_refused_request_is_a_sign_of_life_too():
    room = full_room("lily", silence=10.0)
    ask(room, "lily", "nonsense", now=8.0)
    room.heard("lily", 9.0)
    assert room.next_deadline(9.0) == 19.0


def test_all_that_is_told_is_recorded_once():
    told = []
    room = full_room("lily", "tom", "bob", record=told.append)
    ask(room, "tom", "C tom hi")
    room.announce("开饭")
    room.leave("bob", "connection lost")
    assert told[3:] == ["tom: hi", "管理员消息: 开饭", "bob 离开聊天室 (connection lost)"]


def test_what_is_told_fits_a_notes_clients_buffer():
    name = "𠮷" * MAX_NAME
    room = full_room("lily", name)
    (_, line), = room.request(name, f"C {name} ".encode() + b"x" * MAX_TEXT, 0.0)
    assert len(line) <= 1024


@pytest.mark.parametrize("seed", range(20))
def test_fuzz(seed):
    chance = random.Random(seed)
    room = full_room("lily", max_members=5)
    pieces = [b"L", b"C", b"Q", b" ", b" ", b"lily", b"tom", b"\n", b"\xff", "管理员".encode(), b"x" * 500, b"\0", b""]
    for number in range(300):
        data = b"".join(chance.choices(pieces, k=chance.randrange(6)))
        peer = chance.choice(["lily", "tom", "bob", 7, ("127.0.0.1", 9)])
        for _, text in room.request(peer, data, number / 10):
            text.decode()
        room.deadline_passed(number / 10)
        assert len(room.names) == len(set(room.names)) <= 5 and not any("管理员" in name for name in room.names)


@pytest.mark.parametrize("data, request_", [
    (b"L lily\r\n", ("L", "lily", "")), (b"C lily a b\n", ("C", "lily", "a b")), (b"Q lily ", ("Q", "lily", "")),
    (b"C lily  a ", ("C", "lily", " a ")),
])
def test_requests_are_taken_apart(data, request_):
    assert parse_request(data) == request_


def test_a_request_has_2048_bytes_at_most():
    assert parse_request(b"C lily " + b"x" * 2041).text == "x" * 2041
    with pytest.raises(ValueError, match="2049 bytes"):
        parse_request(b"C lily " + b"x" * 2042)


def test_exit_and_ok_are_no_lines_that_a_member_can_make():
    room = full_room("OK", "EXIT")
    assert EXIT.decode() not in ask(room, "OK", "C OK EXIT")["EXIT"]


def test_what_cannot_be_recorded_is_said_all_the_same_and_logged_once(caplog):
    def record(line):
        raise OSError(28, "No space left on device")

    room = full_room("lily", record=record)
    assert ask(room, "tom", "L tom")["lily"] == ["tom 进入聊天室 (has entered)"]
    assert ask(room, "tom", "C tom hello")["lily"] == ["tom: hello"] and "lily" in ask(room, "tom", "Q tom")
    assert len(caplog.records) == 1 and "No space left" in caplog.text
