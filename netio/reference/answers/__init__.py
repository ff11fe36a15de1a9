"""What learners ask that no single error or name answers: the answers in both languages, and how each is asked.

The answers are in text files beside this one, a file a subject, where only `indexing` reads them. An answer is

    # title in English
    # title in Chinese
    en: the answer in English
    zh: the answer in Chinese
    see: names to go on with; plain:program, error:title, notes:title (with _ for blanks), erratum's number, script
    asked: groups of words that a question is recognised by
    ? a question as people ask it, in either language
    ? another

and one that has `for: name` instead of all but the questions gives examples of what a name, a script, a plain program
or an erratum answers. Lines that begin with ## are comments.

`asked`: all groups (with & between) must be there, of each group one way to say it (with | between; {PEER} and the like
are in `ways`). An English way is the beginning of words. The more groups, the surer. After // comes another set of
groups. A group with ! before it must be there even where one of the others may be missing. An answer need not have it.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, NamedTuple

from . import ways

FOLDER = Path(__file__).parent
_FIELDS = {"en", "zh", "see", "asked"}


class Answer(NamedTuple):
    """One answer, or (with `name`) only questions that something else answers.

    >>> answers = list(parse_answers("# Tea\\n# 茶\\nen: Boil water.\\nzh: 烧水。\\nsee: tcp.listen\\n? making tea\\n"))
    >>> answers[0].title_zh, answers[0].see, answers[0].questions
    ('茶', 'tcp.listen', ('making tea',))
    """

    title: str
    title_zh: str
    answer: str
    answer_zh: str
    see: str
    asked: str
    questions: tuple[str, ...]
    name: str = ""


def read_answers() -> list[Answer]:
    """Return the answers of all files.

    >>> any(answer.title == "What accept does" for answer in read_answers())
    True
    """
    return [answer for path in sorted(FOLDER.glob("*.txt"))
            for answer in parse_answers(path.read_text(encoding="utf-8"), path.name)]


def parse_answers(text: str, where: str = "") -> Iterator[Answer]:
    """Yield the answers of a text.

    Raises: ValueError with the place for a line that is none of an answer's.

    >>> list(parse_answers("# Tea\\n", "tea.txt"))
    Traceback (most recent call last):
    ValueError: tea.txt: '# Tea': titles ['Tea'], fields []
    """
    text = re.sub(r"(?m)^##.*\n", "", text)
    for block in re.split(r"\n{2,}", text.strip("\n")):
        yield _parse_answer(block, where)


def _parse_answer(block: str, where: str) -> Answer:
    lines = [line.partition(" ") for line in block.splitlines()]
    titles = [rest.strip() for mark, _, rest in lines if mark == "#"]
    questions = tuple(rest.strip() for mark, _, rest in lines if mark == "?")
    fields = {mark[:-1]: rest.strip() for mark, _, rest in lines if mark.endswith(":")}
    known = len(titles) + len(questions) + len(fields) == len(lines)
    if known and not titles and fields.keys() == {"for"}:
        return Answer("", "", "", "", "", "", questions, fields["for"])
    if not known or len(titles) != 2 or not _FIELDS - {"asked"} <= fields.keys() <= _FIELDS:
        raise ValueError(f"{where}: {block.splitlines()[0]!r}: titles {titles}, fields {sorted(fields)}")
    asked = re.sub(r"\{([A-Z]+)\}", lambda found: getattr(ways, found[1]), fields.get("asked", ""))
    return Answer(titles[0], titles[1], fields["en"], fields["zh"], fields["see"], asked, questions)
