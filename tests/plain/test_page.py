"""docs/plain.md: written from the programs, the chapters and the errata, and none of them is missing."""
from __future__ import annotations

import re

import pytest

from netio.reference import plain_pages

from .running import CHECKOUT, PROGRAMS, text_of
from .test_shape import ERRATA

DOCS = CHECKOUT / "docs"
PAGES = {"en": DOCS / "plain.md", "zh": DOCS / "zh" / "plain.md"}


def read(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_what_the_programs_and_errata_say(language):
    assert read(PAGES[language]) == plain_pages.plain_page(
        read(DOCS / "chapters.md"), read(DOCS / "errata.md"), language), "python3 -m netio.reference.pages"


@pytest.mark.parametrize("language", PAGES)
def test_nothing_is_missing(language):
    page = read(PAGES[language])
    shown = re.findall(r"^\[`(\w+)\.py`\]\([^)]+\): ([^\n]+)\n\n```py\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    assert sorted(name for name, _, _ in shown) == PROGRAMS
    assert set(re.findall(r"^- \[(\d+)\]", page, re.MULTILINE)) == ERRATA
    for name, _, block in shown:
        assert all(line.strip() in text_of(name) for line in block.splitlines())


@pytest.mark.parametrize("language", PAGES)
def test_headings_come_in_the_notes_order(language):
    known = [line.rpartition(" · ")[0 if language == "zh" else 2] for line in read(DOCS / "chapters.md").splitlines()
             if line.startswith("##")]
    shown = [line.partition(" · ")[0] for line in read(PAGES[language]).splitlines() if line.startswith("## ")]
    known = [line.lstrip("# ") for line in known]
    at = -1
    for heading in shown:
        at = known.index(heading.lstrip("# "), at + 1)
