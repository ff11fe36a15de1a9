"""Names and lines: what passes, and what is refused with which words."""
from __future__ import annotations

import pytest

from netio import chat


@pytest.mark.parametrize("name", ["lily", "Lily_2", "张三", "José", "管理", "理员", "ok", "♥️", "a" * 20, "𝓁"])
def test_good_names(name):
    chat.check_name(name)


@pytest.mark.parametrize("name, reason", [
    ("", "名字不能为空"), ("\u200b", "名字不能为空"), ("\u3164", "名字不能为空"), ("a" * 21, "最多 20"),
    ("li ly", "空格"), ("li\u3000ly", "空格"), ("li\tly", "空格"), ("li\nly", "空格"), ("li\u200bly", "看不见"),
    ("li\u3164ly", "看不见"), ("\u202eylil", "看不见"), ("tom:hi", "冒号"), ("tom：hi", "冒号"), ("a\u0000b", "看不见"),
])
def test_bad_names(name, reason):
    with pytest.raises(ValueError, match=reason):
        chat.check_name(name)


@pytest.mark.parametrize("name", [
    "管理员", "x管理员x", "管理員", "管-理-员", "管\u0301理员", "管\ufe0f理员", "⽤管理员", "管・理・员", "(管)理员", "管理员2",
])
def test_the_administrators_name_in_disguise(name):
    assert chat.rules.looks_like_admin(name)
    with pytest.raises(ValueError, match="管理员"):
        chat.check_name(name)


@pytest.mark.parametrize("one, other", [
    ("lily", "ｌｉｌｙ"), ("ﬁona", "fiona"), ("José", "Jose\u0301"), ("♥️", "♥"), ("⼈", "人"), ("li\u00adly", "lily"),
    ("葛\ufe00", "葛"), ("葛\U000e0100", "葛"), ("葛\U000e01ef", "葛"),
])
def test_names_that_look_alike_are_one(one, other):
    assert chat.rules.name_skeleton(one) == chat.rules.name_skeleton(other)


def test_names_that_look_different_are_two():
    assert len({chat.rules.name_skeleton(name) for name in ("lily", "Lily", "lily1", "丽丽")}) == 4


@pytest.mark.parametrize("text", ["hi", "  two  spaces ", "👩\u200d🚀", "C tom: x", "שלום", "a" * 900, "词" * 300])
def test_good_lines(text):
    chat.rules.check_text(text)


@pytest.mark.parametrize("text, reason", [
    ("", "没有内容"), ("  ", "没有内容"), ("a\nb", "控制字符"), ("a\x1b[2J", "控制字符"), ("a\u2028b", "控制字符"),
    ("\u202eolleh", "控制字符"), ("a\x00", "控制字符"), ("a" * 901, "900"), ("词" * 301, "900"), ("\ud800", "控制字符"),
])
def test_bad_lines(text, reason):
    with pytest.raises(ValueError, match=reason):
        chat.rules.check_text(text)


def test_what_a_careless_server_sends_cannot_move_the_cursor():
    assert chat.rules.clean_text("\n\x1b[2Jtom:\u202e hi\r\n") == "\ufffd[2Jtom:\ufffd hi"


@pytest.mark.parametrize("name", ["拒绝", "拒絕", "拒\u200b绝", "某某拒绝"])
def test_no_member_speaks_like_a_refusal(name):
    with pytest.raises(ValueError):
        chat.check_name(name)


@pytest.mark.parametrize("mark", ["\x1b", "\x9b", "\x85", "\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\ufff9"])
def test_what_changes_how_others_see_a_line_is_neither_said_nor_shown(mark):
    with pytest.raises(ValueError):
        chat.rules.check_text(f"a{mark}b")
    assert chat.rules.clean_text(f"a{mark}b") == "a\ufffdb"
