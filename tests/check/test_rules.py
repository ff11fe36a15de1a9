"""Every rule: its wrong example gives exactly its finding, its right example none, and it is said in both languages."""
from __future__ import annotations

import ast
import contextlib
import re

import pytest

from netio.check import check_source
from netio.check.findings import RULES, SEVERITIES
from netio.reference import public_names

from ..test_errata_page import ERRATA

CHINESE = re.compile(r"[\u4e00-\u9fff]")
check_source("")  # registers the rules
ALL = sorted(RULES.values())


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.kind)
def test_the_wrong_example_is_found_and_the_right_one_is_silent(rule):
    words = rule.words()
    assert {finding.kind for finding in check_source(words.wrong)} == {rule.kind}
    assert check_source(words.right) == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.kind)
def test_both_languages_say_it(rule):
    words = rule.words()
    for english, chinese in ((words.title, words.title_zh), (words.why, words.why_zh)):
        assert english and chinese and len(CHINESE.findall(english)) < len(english) / 10
    assert CHINESE.search(words.title_zh) and words.cure.line and rule.severity in SEVERITIES
    finding, *_ = check_source(words.wrong, chinese=True)
    assert CHINESE.search(finding.message) and not re.search(r"\{\w+\}", finding.message + finding.why)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.kind)
def test_the_cure_is_code_or_said_in_both_languages(rule):
    words = rule.words()
    assert CHINESE.search(words.cure_zh) or is_code(words.cure.line), words.cure.line
    finding, *_ = check_source(words.wrong, chinese=True)
    assert not CHINESE.search(words.cure_zh) or CHINESE.search(finding.cure.line)


def is_code(text):
    """True where Python reads it, with names in its blanks, as a statement, a part of one, or an argument."""
    text = re.sub(r"\{\w+\}", "name", text.replace("{op}=", "="))
    loop = "while True:\n "
    for before, after in (("", ""), ("x", ""), (loop, ""), ("", " pass"), (f"{loop}try: pass\n ", ""),
                          ("try: pass\n", " pass"), ("call(", ")")):
        with contextlib.suppress(SyntaxError):
            ast.parse(before + text + after)
            return True
    return False


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.kind)
def test_what_it_points_to_exists(rule):
    words = rule.words()
    assert rule.erratum is None or rule.erratum in {erratum.number for erratum in ERRATA}
    if words.cure.netio:
        chapter, _, name = words.cure.netio.partition(".")
        assert name in public_names(chapter), words.cure.netio


def test_a_line_can_say_that_it_is_meant():
    text = "import socket\nsock = socket.socket()\nsock.bind('::', 1)  # netio: ignore[bind-arguments]\nsock.close()\n"
    assert check_source(text) == []
    assert check_source(text.replace("bind-arguments", "no-reuse"))
