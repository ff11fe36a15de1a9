"""One slip in a program that is right: it is named at its line and nowhere else, and mended to what was there."""
from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from netio.check.fixing import fix_source
from netio.check.reading import read_program

PROGRAMS = sorted((Path(__file__).parents[2] / "scripts" / "plain").glob("*.py"))
WORDS = {"import": "improt", "from": "form", "while": "whlie", "return": "retrun", "else": "esle", "elif": "elfi",
         "break": "brake", "continue": "contiune", "def": "dfe", "class": "calss"}
HEADER = re.compile(r"(\s*(?:if|for|while|def|with|try|else|except)\b[^#]*):$")
SLIPS = [  # the lines that can be so, what becomes of them, and the kind
    (HEADER, r"\1", "missing-colon"),
    (HEADER, r"\1：", "full-width-sign"),
    (re.compile(r"(\s*print)\(((?:(?!flush=|file=|end=|sep=|\*).)+)\)$"), r"\1 \2", "python2-print"),
    (re.compile(rf"(\s*)({'|'.join(WORDS)})\b(.+)$"), lambda line: line[1] + WORDS[line[2]] + line[3], "misspelt-word"),
    (re.compile(r"(\s*(?:if|while|elif)\b[^=#]*[^=!<>])==([^=]+:)$"), r"\1=\2", "assignment-for-comparison"),
    (re.compile(r"(\s*[\w.]+(?: = [\w.]+)?\(.*)\)$"), r"\1", "unclosed-bracket"),
]
COMMENTS = ["", "  # 注释", "  # it's \"so\""]


def is_broken(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return True
    return False


def test_one_slip(rng, request):
    tried, wanted = 0, 10_000 if request.config.getoption("--soak") else 60
    while tried < wanted:
        lines = rng.choice(PROGRAMS).read_text(encoding="utf-8").split("\n")
        shape, slip, kind = rng.choice(SLIPS)
        number = rng.choice([number for number, line in enumerate(lines) if shape.match(line)] or [0])
        right = lines[number] + rng.choice(COMMENTS)
        lines[number] = shape.sub(slip, lines[number]) + right[len(lines[number]):]
        text = "\n".join(lines)
        if not is_broken(text):  # `print (x)` and `retrun (x)` are calls, and what is within a text is no slip
            continue
        tried += 1
        found = [(repair.line, repair.kind) for repair in read_program(text).repairs]
        if sys.version_info < (3, 10):  # which does not say where a bracket was opened
            found = found[:1]
        assert found == [(number + 1, kind)], lines[number]
        mended = text if kind == "unclosed-bracket" else "\n".join([*lines[:number], right, *lines[number + 1:]])
        assert fix_source(text) == mended
