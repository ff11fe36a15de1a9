"""Keys into lines, and a prompt that stays in one row."""
from __future__ import annotations

import io
import os
import shutil

import pytest

from netio.chat import client, keyboard
from netio.chat.client import Screen
from netio.chat.prompt import LineEditor, draw_prompt, text_width


@pytest.mark.parametrize("keys, lines, text", [
    ("hello\r", ["hello"], ""), ("a\nb\rc", ["a", "b"], "c"), ("你好\x7f", [], "你"), ("ab\x15c", [], "c"),
    ("one two\x17", [], "one"), ("a\x1b[Ab\x1b[1;5Cc\x1bOPd", [], "abcd"), ("a\tb", [], "a b"), ("\x7f\x7fa", [], "a"),
    ("a\x01\x02b", [], "ab"), ("a\x1bxb", [], "ab"), ("", [], ""), ("a\x04b", [], "ab"),
])
def test_keys_whole_and_byte_by_byte(keys, lines, text):
    whole, crumbs = LineEditor(), LineEditor()
    assert whole.feed(keys.encode()) == lines
    assert [line for byte in keys.encode() for line in crumbs.feed(bytes([byte]))] == lines
    assert whole.text == crumbs.text == text and not whole.ended


def test_keys_of_another_encoding():
    editor = LineEditor("gbk")
    assert [line for byte in "你好\x7f们\r".encode("gbk") for line in editor.feed(bytes([byte]))] == ["你们"]


@pytest.mark.parametrize("keys", [b"\x04", b"\x1a", b"\x03", b"abc\x03", b"a\x7f\x04"])
def test_the_end_of_the_input(keys):
    editor = LineEditor()
    editor.feed(keys)
    assert editor.ended


def test_bad_bytes_are_shown_as_such():
    editor = LineEditor()
    assert editor.feed(b"\xff\r") == ["\ufffd"]


@pytest.mark.parametrize("columns", [3, 4, 5, 10, 40])
@pytest.mark.parametrize("text", ["", "hello", "你好吗你好吗你好吗", "a你b好c" * 9, "👩\u200d🚀" * 9])
def test_the_prompt_never_leaves_its_row(columns, text):
    assert text_width(draw_prompt("> ", text, columns)[1:]) < columns


def test_what_is_typed_survives_what_comes_in():
    out = io.StringIO()
    screen = Screen(out, "> ")
    assert screen.type(b"hel") == []
    screen.show("tom: hi\x1b[2J")
    assert screen.type(b"lo\r") == ["hello"]
    screen.end()
    rows = [row.rpartition("\r")[2] for row in out.getvalue().split("\n")]
    assert rows == ["tom: hi\ufffd[2J", "> hello", ""] and "\r> hel" in out.getvalue()


def test_without_a_terminal_lines_are_plain():
    out = io.StringIO()
    screen = Screen(out)
    screen.show("\ntom: hi")
    assert screen.type(b"hello\n") == ["hello"]
    screen.end()
    assert out.getvalue() == "tom: hi\n"


@pytest.mark.parametrize("known, columns", [(100, 100), (0, 80)])
def test_the_prompt_is_as_wide_as_the_terminal(known, columns, monkeypatch):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((known, 24)))
    assert client._columns() == columns


@pytest.mark.parametrize("keys, text", [
    ("a", "a"), ("你", "你"), ("\0;", "\x1b[A"), ("\xe0H", "\x1b[A"), ("\ud83d\ude00", "😀"),
    ("\ud800\udc00", "\U00010000"), ("\udbff\udfff", "\U0010ffff"), ("\udc00", "\ufffd"), ("\ue000", "\ue000"),
])
def test_keys_of_a_windows_console(keys, text, monkeypatch):
    """It hands over UTF-16 units: a special key and a character beyond the first 65536 are two."""
    typed = iter(keys)
    monkeypatch.setattr(keyboard, "msvcrt", type("msvcrt", (), {"getwch": staticmethod(lambda: next(typed))}))
    monkeypatch.setattr(os, "isatty", lambda descriptor: True)
    assert keyboard._read_keys(0) == text.encode() and not list(typed)
