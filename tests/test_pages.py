"""What the README and the pages of docs/ show is true: blocks run, outputs are what is printed, links and names exist.

A ```python block runs in an empty folder; a ```text block right behind it is what it prints. In a ```console block each
line that begins with `$` is a command that runs, and what follows is what it prints. `...` stands for what differs from
time to time. A word behind the language names the systems that have what the block needs: posix, linux.
"""
from __future__ import annotations

import ast
import doctest
import functools
import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from netio.reference import names

CHECKOUT = Path(__file__).resolve().parent.parent
DOCS = CHECKOUT / "docs"
READMES = ["README.md", "README.zh-CN.md"]
CHAPTERS = list(names.CHAPTERS)
LANGUAGES = ["docs", "docs/zh"]
ALL_PAGES = sorted(str(path.relative_to(CHECKOUT).as_posix()) for path in [*CHECKOUT.glob("*.md"), *DOCS.rglob("*.md")])
HERE = {"": True, "posix": os.name == "posix", "linux": sys.platform == "linux"}
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(python|text|console) ?(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read(page):
    return (CHECKOUT / page).read_text(encoding="utf-8")


def blocks(page):
    """Return (language, systems, text) of each block of a page, in order."""
    return BLOCK.findall(read(page))


def programs():
    """Yield (page, number, systems, program, what it prints or None) of the English pages."""
    for page in ["README.md", "docs/windows.md", *(f"docs/{chapter}.md" for chapter in CHAPTERS)]:
        found = blocks(page)
        for number, (language, systems, text) in enumerate(found):
            following = found[number + 1] if number + 1 < len(found) else ("", "", "")
            if language == "python":
                yield page, number, systems, text, following[2] if following[0] == "text" else None


def commands():
    """Yield (page, number, systems, [(command, what it prints), ...]) of the pages."""
    for page in [f"{folder}/{chapter}.md" for folder in LANGUAGES for chapter in CHAPTERS]:
        for number, (language, systems, text) in enumerate(blocks(page)):
            if language == "console":
                yield page, number, systems, re.findall(r"^\$ ([^\n]+)\n((?:(?!\$ )[^\n]*\n)*)", text, re.MULTILINE)


def run(arguments, folder, language="en"):
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUTF8": "1", "NETIO_LANG": language, "COLUMNS": "80"}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True,
                          encoding="utf-8", timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_printed(wanted, printed):
    """Compare, as a doctest does with `...`, but empty lines are as good as none."""
    wanted, printed = (re.sub(r"\n\s*\n", "\n", text.strip("\n") + "\n") for text in (wanted, printed))
    assert doctest.OutputChecker().check_output(wanted, printed, doctest.ELLIPSIS), f"{printed}\nis not\n{wanted}"


@pytest.mark.sample(2)
@pytest.mark.parametrize("page, number, systems, program, wanted", [
    pytest.param(*case, id=f"{case[0]}-{case[1]}") for case in programs()])
def test_every_block_runs_and_prints_what_the_page_says(page, number, systems, program, wanted, tmp_path):
    if not HERE[systems]:
        pytest.skip(f"the page says: {systems}")
    (tmp_path / "block.py").write_text(program, encoding="utf-8")
    printed = run(["block.py"], tmp_path)
    if wanted is not None:
        check_printed(wanted, printed)


@pytest.mark.sample(2)
@pytest.mark.parametrize("page, number, systems, typed", [
    pytest.param(*case, id=f"{case[0]}-{case[1]}") for case in commands()])
def test_every_command_prints_what_the_page_says(page, number, systems, typed, tmp_path):
    assert typed
    if not HERE[systems]:
        pytest.skip(f"the page says: {systems}")
    language = "zh" if page.startswith("docs/zh/") else "en"
    for command, wanted in typed:
        program, *arguments = shlex.split(command, comments=True)
        assert program == "python3"
        check_printed(wanted, run([str(CHECKOUT / argument) if argument.startswith("scripts/") else argument
                                   for argument in arguments], tmp_path, language))


@pytest.mark.parametrize("english, chinese", [
    tuple(READMES), *((f"docs/{page}.md", f"docs/zh/{page}.md") for page in [*CHAPTERS, "windows", "security"])])
def test_both_languages_show_the_same_code_and_output(english, chinese):
    """Only comments differ, and what a script says, so that a block which runs in one language runs in the other."""

    def shown(page):
        return [(language, systems, ast.dump(ast.parse(text)) if language == "python"
                 else re.findall(r"^\$ .*", text, re.MULTILINE) if language == "console" else text)
                for language, systems, text in blocks(page)]

    assert shown(english) == shown(chinese)
    assert CHINESE.search(read(chinese)) and len(CHINESE.findall(read(chinese))) > len(CHINESE.findall(read(english)))


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_page_begins_with_the_raw_program(folder, chapter):
    """Some of a plain program, as it is there, then what goes wrong with the usual one, and only then netio's way."""
    before, _, after = read(f"{folder}/{chapter}.md").partition("\n```py\n")
    block, _, after = after.partition("\n```\n")
    linked = re.findall(r"\]\([./]*/(scripts/plain/\w+\.py)\)", before)
    assert len(linked) == 1 and before.count("\n## ") == 1 and "```" not in before
    lines, program = block.splitlines(), read(linked[0])
    indent = min(line.find(lines[0]) for line in program.splitlines() if line.lstrip() == lines[0])
    assert 15 <= len(lines) <= 30
    assert "\n".join(" " * indent + line if line else "" for line in lines) + "\n" in program
    assert len(re.findall(r"errata\.md#", after.partition("\n## ")[0])) >= 3


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_both_languages_point_to_the_same_errata_and_errors(chapter):
    targets = [re.findall(r"\]\((?:\.\./)?((?:errata|common-errors)\.md#[^)]+)\)", read(f"{folder}/{chapter}.md"))
               for folder in LANGUAGES]
    assert targets[0] == targets[1] and len(targets[0]) > 5
    assert len({read(f"{folder}/{chapter}.md").count("\n## ") for folder in LANGUAGES}) == 1


@pytest.mark.parametrize("folder", LANGUAGES)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_table_of_a_page_has_every_public_name(folder, chapter):
    rows = re.findall(r"^\| [^|]+ \| ((?:`\w+`(?:, )?)+) \|$", read(f"{folder}/{chapter}.md"), re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"\w+", row)]
    assert sorted(listed) == sorted(importlib.import_module(f"netio.{chapter}").__all__)


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_table_of_scripts_has_each_and_what_it_says_of_itself(folder):
    page = read(f"{folder}/README.md")
    rows = dict(re.findall(r"^\| \[`(scripts/\w+\.py)`\]\([^)]+\) \| (.+) \|$", page, re.MULTILINE))
    assert list(rows) == [entry.name for entry in names.scripts()]
    if folder == "docs":
        assert rows == {entry.name: entry.summary for entry in names.scripts()}
    else:
        assert not [name for name, line in rows.items() if not CHINESE.search(line)]


def test_every_script_is_named_on_some_chapters_page():
    pages = "".join(read(f"docs/{chapter}.md") for chapter in [*CHAPTERS, "check"])
    general = {f"scripts/{name}.py" for name in ("bench", "draw_pictures", "prove_errata", "run_tests", "tour")}
    assert {entry.name for entry in names.scripts() if entry.name not in pages} <= general


@functools.lru_cache(maxsize=None)
def anchors(page):
    """Return the anchors of a page: GitHub numbers those of headings that come again."""
    found, seen = set(), {}
    for title in re.findall(r"^#+ (.+)$", FENCED.sub("", read(page)), re.MULTILINE):
        name = names.anchor(title)
        seen[name] = seen.get(name, -1) + 1
        found.add(name if not seen[name] else f"{name}-{seen[name]}")
    return found


@pytest.mark.parametrize("page", ALL_PAGES)
def test_every_link_leads_somewhere(page):
    text = re.sub(r"`[^`\n]*`", "", FENCED.sub("", read(page)))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (CHECKOUT / page).parent / path if path else CHECKOUT / page
        assert aim.exists(), target
        assert not anchor or anchor in anchors(os.path.relpath(aim, CHECKOUT)), target


@pytest.mark.parametrize("page", [
    *READMES, *(f"{folder}/{chapter}.md" for folder in LANGUAGES for chapter in CHAPTERS)])
def test_every_path_that_is_named_exists(page):
    for path in re.findall(r"\b(?:scripts|docs|netio|tests)/[\w./-]+\w", read(page)):
        assert (CHECKOUT / path).exists(), path
