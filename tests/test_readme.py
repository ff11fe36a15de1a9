"""What the README shows runs: every Python block of it, in both languages, in an empty folder."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "README.zh-CN.md"]


def blocks(page):
    return re.findall(r"```python\n(.*?)```", (CHECKOUT / page).read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("page, number", [(page, number) for page in PAGES for number in range(len(blocks(page)))])
def test_every_block_runs(page, number, tmp_path):
    block = blocks(page)[number]
    program = tmp_path / "block.py"
    program.write_text(f"import sys\nsys.path.insert(0, {str(CHECKOUT)!r})\n" + block, encoding="utf-8")
    done = subprocess.run([sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True,
                          encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr


def test_both_languages_show_the_same_code():
    def code(page):
        return [re.sub(r"#.*|\"[^\"]*\"", "", block) for block in blocks(page)]

    assert code(PAGES[0]) == code(PAGES[1])


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_exists(page):
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    for path in re.findall(r"\b(?:scripts|docs|netio|tests)/[\w./-]+\w", text):
        assert (CHECKOUT / path).exists(), path
