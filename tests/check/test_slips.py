"""One slip in a program that is right: it is named at its line and nowhere else, and mended to what was there."""
from __future__ import annotations

import ast
import re
import sys
import warnings
from pathlib import Path

from netio.check import check_source
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
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


def count_lines(text):
    return len(re.findall(r"\r\n|\r|\n", text))


def test_any_text_is_read_and_mended(rng, request):
    """Never an exception; a program stays a program, and keeps its lines."""
    pieces = ["：", "“", "'", '"""', "(", ")", "#", "\\", "\n", "\r", "\t", "\f", "\0", "=", "print ", "if x", "true",
              "sendall", "yield ", "*", ":=", "f'{", "\ufeff", "😀", "return\n", "while True:\n"]
    for _ in range(100_000 if request.config.getoption("--soak") else 40):
        text = rng.choice(PROGRAMS).read_text(encoding="utf-8")
        text = text[rng.randrange(len(text)):][:rng.randrange(50, 1500)]
        for _ in range(rng.choice((1, 2, 5, 20))):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(pieces) + text[at + rng.choice((0, 0, 1, 10)):]
        check_source(text)
        mended = fix_source(text)
        assert count_lines(mended) == count_lines(text), text
        assert is_broken(text) or not is_broken(mended), text
