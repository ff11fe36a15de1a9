"""A lesson has its parts, the same in both languages; its commands and the ladder's run and print what is said."""
from __future__ import annotations

import io
import os
import re
import shlex

import pytest

from netio.reference.searching import search
from tests.commands import run_together, terminals
from tests.test_pages import CHAPTERS, CHECKOUT, check_printed, read, run

FOLDERS = ["docs/teach", "docs/zh/teach"]
BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def sections(page):
    return {part.partition("\n")[0]: part for part in re.split(r"^## ", read(page), flags=re.MULTILINE)[1:]}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_lesson_has_its_parts(folder, chapter):
    plan, commands, picture, questions, mistakes, exercises = sections(f"{folder}/{chapter}.md").values()
    minutes = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+)-(\d+) \|", plan, re.MULTILINE)]
    assert minutes[0][0] == 0 and minutes[-1][1] == 45
    assert all(before[1] == after[0] for before, after in zip(minutes, minutes[1:]))
    assert BLOCK.search(commands) and "![" in picture and questions.count("\n- **") >= 4
    assert mistakes.count("errata.md#") >= 5
    given = sorted(path.stem for path in (CHECKOUT / "docs/teach/exercises").glob(f"{chapter}_*.py"))
    assert re.findall(r"^\| \S+ \| \[`(\w+)\.py`\]", exercises, re.MULTILINE) == given and 2 <= len(given) <= 4


@pytest.mark.parametrize("chapter", [*CHAPTERS, "README"])
def test_both_languages_have_the_same_lesson(chapter):
    english, chinese = (read(f"{folder}/{chapter}.md") for folder in FOLDERS)
    for shown in (r"python3 (?!scripts/prove|-m netio check)[^`\n]+", r"errata\.md#[^)]+", r"scripts/[\w/]+\.py",
                  r"^\| \d+(?:-\d+)? \|", r"exercises/\w+", r"solutions/\w+", r"^## "):
        assert re.findall(shown, english, re.MULTILINE) == re.findall(shown, chinese, re.MULTILINE)
    assert len(re.findall("[\u4e00-\u9fff]", chinese)) > 3 * len(re.findall("[\u4e00-\u9fff]", english))


@pytest.mark.sample(3)
@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_commands_of_a_lesson_run(folder, chapter, tmp_path):
    if chapter == "files" and io.DEFAULT_BUFFER_SIZE != 8192:
        pytest.skip("the page shows the usual buffer, which is larger from Python 3.15 on")
    for kind, text in BLOCK.findall(read(f"{folder}/{chapter}.md")):
        if kind == "sh":
            if folder == "docs/teach":  # they are the same in both languages
                run_together([command for part in terminals(text) for command in part], tmp_path)
            continue
        command, _, wanted = text.partition("\n")
        _, script, *arguments = shlex.split(command[2:])
        printed = run([str(CHECKOUT / script), *arguments], tmp_path, "zh" if "zh" in folder else "en")
        check_printed(wanted, f"{printed}\nthe end\n" if wanted.endswith("...\n") else printed)


@pytest.mark.parametrize("question, page", [
    ("lesson", "docs/teach/README.md"), ("教案", "docs/zh/teach/README.md"), ("lesson tcp", "docs/teach/tcp.md")])
def test_find_leads_to_the_lessons(question, page):
    assert page in [hit.item.name.partition("#")[0] for hit in search(question).hits[:3]]


def ladder(page):
    """Return the commands of each row of the ladder."""
    rows = re.findall(r"^\| \d* \| [^|]*`python3 .*$", read(page), re.MULTILINE)
    return [re.findall(r"`(python3 [^`]+)`", row) for row in rows]


def test_both_languages_have_the_same_ladder():
    english, chinese = (ladder(page) for page in ("README.md", "README.zh-CN.md"))
    assert english == chinese and len(english) > 20


@pytest.mark.sample(3)
@pytest.mark.parametrize("commands", ladder("README.md"), ids=lambda commands: commands[0].split("/")[1])
def test_every_step_of_the_ladder_runs(commands, tmp_path):
    if os.name == "nt" and "compare_models" in commands[0]:
        pytest.skip("a process for each client: a minute under Wine")
    assert run_together(commands, tmp_path) or os.name == "nt"
