"""docs/check.md and its Chinese twin are what the rules say."""
from __future__ import annotations

import pytest

from netio.check import check_source

from .write_pages import CHAPTERS, DOCS, write_page
from netio.check.findings import RULES


@pytest.mark.parametrize("page, chinese", [("check.md", False), ("zh/check.md", True)])
def test_the_page_is_written_from_the_rules(page, chinese):
    check_source("")
    assert {rule.chapter for rule in RULES.values()} == set(CHAPTERS)
    assert (DOCS / page).read_text(encoding="utf-8") == write_page(chinese), "python3 -m tests.check.write_pages"
