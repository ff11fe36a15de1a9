"""The reader mends what does not compile and goes on: one broken place hides nothing after it."""
from __future__ import annotations

import ast
import random
import sys

import pytest

from netio.check import check_source
from netio.check.reading import read_program

BROKEN = [
    ("while True：\n    break\n", "full-width-sign"),
    ("print（“中文：你好”）\n", "full-width-sign"),
    ("print('127.0.0.1’)\n", "full-width-sign"),
    ("for i in (1, 2)\n    print(i)\n", "missing-colon"),
    ("class A\n    x = 1\n", "missing-colon"),
    ("form os import getpid\n", "misspelt-word"),
    ("print 'a', 1\n", "python2-print"),
    ("print 'a'; print 'b'\n", "python2-print"),
    ("try:\n    x = 1\nexcept OSError, e:\n    x = 2\n", "python2-except"),
    ("x = 1\nif x = 1:\n    print(x)\n", "assignment-for-comparison"),
    ("x = (1,\ny = 2\n", "unclosed-bracket"),
    ("try:\n    x = 1\ny = 2\n", "try-alone"),
    ("if 1:\n\tx = 1\n        y = 2\n", "mixed-tabs"),
]


@pytest.mark.parametrize("text, kind", BROKEN)
def test_it_is_mended_and_what_follows_is_read(text, kind):
    reading = read_program(text + "last = size + 1\n")
    assert kind in {repair.kind for repair in reading.repairs}
    assert ast.unparse(reading.tree).endswith("last = size + 1")


@pytest.mark.parametrize("first, kind", [pair for pair in BROKEN if pair[1] != "try-alone"])
def test_one_mend_does_not_hide_the_next(first, kind):
    for second, other in BROKEN:
        assert {kind, other} <= {repair.kind for repair in read_program(first + second).repairs}


@pytest.mark.parametrize("line", ["x = [1, 2", "def f(:", "for i in range(3:", "print('a'", 'x = "abc', "y = (1 + 2))",
                                  'x = {"a": 1, "b": [1, 2}', "if x == 1 and:"])
def test_a_broken_statement_is_one_finding_at_its_line(line):
    body = "    print(1)\n" if line.endswith(":") else ""
    found = check_source(f"print(0)\n{line}\n{body}print(2)\n", ignore=("misspelt-name", "unknown-name"))
    assert [(finding.line, finding.kind) for finding in found] == [(2, "broken-statement")]


@pytest.mark.skipif(sys.version_info < (3, 10), reason="3.9 does not say where a bracket was opened")
def test_an_open_bracket_is_said_once_of_the_line_where_it_opens():
    repairs = read_program("def f(x):\n    return max(x,\n               2\n\nprint(f(1))\n").repairs
    assert [(repair.line, repair.kind) for repair in repairs] == [(2, "unclosed-bracket")]


def test_a_name_bound_by_a_broken_statement_is_known():
    assert [finding.line for finding in check_source('word = "abc\nprint(word)\n')] == [1]


def test_strings_and_comments_keep_their_signs():
    text = "x = '：（，'  # ：\ny = '''\n“”：\n'''\n"
    assert read_program(text).repairs == [] and read_program(text + "z：\n").text.startswith(text)


def test_one_sign_hides_nothing():
    text = ("import socket\nsock = socket.socket()\nsock.bind('127.0.0.1', 80)\nwhile True：\n    print 'x'\n    break\n"
            "sock.close\n")
    assert {"bind-arguments", "not-called", "python2-print"} <= {finding.kind for finding in check_source(text)}


def test_any_text_is_read():
    seeded = random.Random(16)
    pieces = ["if", "while", "x", " ", "    ", "\n", "：", "“", "'", '"""', "(", ")", "=", "def f", ":", "\t", "try:",
              "else"]
    for _ in range(60):
        check_source("".join(seeded.choice(pieces) for _ in range(seeded.randrange(40))))
