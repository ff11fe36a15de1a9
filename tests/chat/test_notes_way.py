"""The chat as the notes describe it, `{name: address}` and two processes, going wrong; and netio's beside it."""
from __future__ import annotations

import pytest

from netio import chat, udp

from .talk import Plain, notes_server


def both_servers():
    return notes_server(), chat.Server(("127.0.0.1", 0))


def test_anyone_speaks_for_anyone():
    """字典：{name:addr}: the notes keep the address, and never compare it."""
    notes, ours = both_servers()
    for server, heard in ((notes, "\nlily: I owe you 100"), (ours, None)):
        with server, Plain(server.address) as lily, Plain(server.address) as tom, Plain(server.address) as thief:
            lily.ask("L lily")
            tom.ask("L tom")
            thief.say("C lily I owe you 100")
            if heard:
                assert tom.hear() == heard
            else:
                assert "请先登录" in thief.hear()


def test_anyone_announces_as_the_administrator():
    """管理员消息: the server's child process sends its own server a `C`, and so can everybody."""
    notes, ours = both_servers()
    with notes, Plain(notes.address) as tom, Plain(notes.address) as thief:
        tom.ask("L tom")
        thief.say("C 管理员消息 give me your password")
        assert tom.hear() == "\n管理员消息: give me your password"
    with ours, Plain(ours.address) as tom, Plain(ours.address) as thief:
        tom.ask("L tom")
        assert "请先登录" in thief.ask("C 管理员消息 give me your password")


def test_the_administrators_name_in_disguise_gets_in():
    """不能包含"管理员": `in` sees one way of writing it."""
    notes, ours = both_servers()
    for server, answer in ((notes, "OK"), (ours, "拒绝")):
        with server, Plain(server.address) as thief:
            assert thief.ask("L 管\u200b理员").startswith(answer)
    chat.check_name("管理")


def test_a_lost_ok_shuts_its_owner_out():
    """L name → OK: the second try is told that the name exists; the first answer was lost on the way."""
    notes, ours = both_servers()
    for server, answer in ((notes, "该用户已存在"), (ours, "OK")):
        with server, Plain(server.address) as lily:
            lily.ask("L lily")  # suppose that this answer was lost
            assert lily.ask("L lily") == answer


def test_a_request_of_bad_bytes_ends_a_server_that_only_decodes():
    """datas.decode().split(' '): an exception for what is not UTF-8, an index error for an empty request."""
    def notes_parse(data):
        words = data.decode().split(" ")
        return words[0], words[1]

    for data, error in ((b"\xff", UnicodeDecodeError), (b"", IndexError), (b"L", IndexError)):
        with pytest.raises(error):
            notes_parse(data)
        assert chat.Room().request("A", data, 0.0)[0][1].decode().startswith("拒绝: ")


def test_any_datagram_of_anyone_ends_the_receiving_side():
    """`if datas.decode() == 'EXIT': sys.exit()` behind a `recvfrom` that takes what anyone sends."""
    with udp.bind(("127.0.0.1", 0)) as receiver, udp.bind(("127.0.0.1", 0)) as stranger:
        stranger.sendto(b"EXIT", receiver.getsockname())
        assert udp.receive(receiver, timeout=20).data == b"EXIT"
    with chat.Server(("127.0.0.1", 0)) as server, chat.client.DatagramWire(server.address) as wire:
        with udp.bind(("127.0.0.1", 0)) as stranger:
            stranger.sendto(b"EXIT", wire.sock.getsockname())
        assert list(wire.receive()) == []


def test_a_text_with_line_ends_forges_lines_of_others():
    """for each other: sendto(name + ': ' + text): the text is passed on as it came."""
    text = "hi\n管理员消息: give me your password"
    notes, ours = both_servers()
    with notes, Plain(notes.address) as tom, Plain(notes.address) as lily:
        tom.ask("L tom")
        lily.ask("L lily")
        tom.hear()
        lily.say(f"C lily {text}")
        assert tom.hear().splitlines()[-1] == "管理员消息: give me your password"
    with ours, Plain(ours.address) as lily:
        lily.ask("L lily")
        assert "控制字符" in lily.ask(f"C lily {text}")
