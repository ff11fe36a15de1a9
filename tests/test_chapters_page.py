"""docs/chapters.md: no heading of the notes without its entry, no target that is not there."""
from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from netio.pictures import PICTURES
from netio.reference import resolve

from .notes_headings import HEADINGS

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.append(str(CHECKOUT / "scripts"))

import _errata  # noqa: E402

PAGE = CHECKOUT / "docs" / "chapters.md"
ENTRIES = re.findall(r"^(##+) ([^\n]+) · ([^\n]+)\n\n((?:- [^\n]+\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
HEADED = [(heading, lines) for marks, heading, _, lines in ENTRIES if marks == "##"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_heading_has_its_entry_in_the_notes_order():
    assert [heading for heading, _ in HEADED] == [text for _, text in HEADINGS]
    assert PAGE.read_text(encoding="utf-8").count("\n##") == len(ENTRIES), "an entry is not of the usual form"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[2])
def test_every_target_is_there(entry):
    _, _, english, lines = entry
    assert not CHINESE.search(english)
    names = re.findall(r"`(\w+(?:\.\w+)+)`[,\n]", lines.partition("\n")[0] + "\n")
    assert names
    for name in names:
        assert resolve(name)
    targets = re.findall(r"\]\(\.\./([^)]+)\)", lines)
    assert any(target.startswith("tests/") for target in targets)
    for target in targets:
        assert (CHECKOUT / target).is_file(), target


def anchor(heading):
    """What GitHub makes of a heading: small letters, no punctuation, a hyphen for each space."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_erratum_stands_at_its_heading():
    theirs = {}
    for erratum in _errata.read_page():
        title = f"{erratum.number}. {erratum.title} · {erratum.title_zh}"
        theirs.setdefault(erratum.heading, []).append((str(erratum.number), anchor(title)))
    ours, seen = {}, []
    for heading, lines in HEADED:
        if found := re.findall(r"\[(\d+)\]\(errata\.md#([^)]+)\)", lines):
            ours[heading if heading not in seen else f"udp › {heading}"] = found
        seen.append(heading)
    assert ours == theirs


def test_every_picture_stands_at_a_heading():
    shown = re.findall(r"\[([\w-]+)\]\(pictures\.md#([^)]+)\)", "".join(lines for _, _, _, lines in ENTRIES))
    assert set(shown) == {(picture.name, anchor(f"{picture.title('en')} · {picture.title('zh')}"))
                          for picture in PICTURES.values()}
