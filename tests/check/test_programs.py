"""Programs as students write them: each mistake is found at its line, and what is right is left alone.

They were written without a look at the rules, then labelled: `#! kind` at each line where something is wrong, and
`#? kind` where something is wrong that `check` does not find.
"""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from netio.check import check_source

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.txt"))
_LABEL = re.compile(r"[ ]*#([!?]) ([a-z0-9 -]+)(?=$|  #)")


def read(path):
    """Return (the program without its labels, {line: kinds to be found}, how many are known to be missed)."""
    lines, found, missed = [], {}, 0
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        for sign, kinds in _LABEL.findall(line):
            if sign == "!":
                found[number] = sorted(kinds.split())
            else:
                missed += len(kinds.split())
        lines.append(_LABEL.sub("", line))
    return "\n".join(lines), found, missed


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_mistakes_and_nothing_else(path):
    text, wanted, _ = read(path)
    found = {}
    for finding in check_source(text):
        if finding.severity != "hint":
            found.setdefault(finding.line, set()).add(finding.kind)
    assert {line: sorted(kinds) for line, kinds in found.items()} == wanted
    assert bool(wanted) is path.stem.startswith("wrong_")


def test_most_mistakes_are_found():
    labelled = [read(path)[1:] for path in PROGRAMS]
    found = sum(len(kinds) for lines, _ in labelled for kinds in lines.values())
    missed = sum(missed for _, missed in labelled)
    assert len(PROGRAMS) >= 60 and missed / (found + missed) < 0.05
