"""Make index.json, which `find` and `list` read, from the sources and the pages.

    python -m netio.reference.indexing

in a checkout, after any of these changed; a test compares.
"""
from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Iterator, Mapping

from .. import __all__ as CHAPTERS
from . import names
from .answers import Answer, read_answers
from .chinese import SUMMARIES
from .errors import ALL_ERRORS, ERRORS
from .errors.titles import TITLES_ZH
from .index import Item, load_index
from .pages import DOCS
from .plain import programs
from .recognising import weigh_evidence
from .words import features_of, words_of

FILE = Path(__file__).with_name("index.json")
# How much a word counts by where it is.
_IN_NAME, _IN_SUMMARY, _IN_TEXT = 40, 25, 10
_IN_ASKED, _IN_ANSWER = 0.5, 0.4  # in groups of words, and in the answer itself; in an example question 1
_ERRATUM = re.compile(r"^### (\d+)\. (.+) · (.+)$", re.MULTILINE)


def index_text() -> str:
    """Return the text of index.json, made from the sources and the pages."""
    found = list(_things())
    words: dict[str, dict[int, float]] = {}
    for number, (item, text) in enumerate(found):
        for word, weight in _weights(item, text).items():
            words.setdefault(word, {})[number] = weight
    comma = ",\n"
    rows = [json.dumps(list(item), ensure_ascii=False) for item, _ in found]
    start = json.dumps({chapter: names.starters(chapter) for chapter in CHAPTERS})
    answers = read_answers()
    numbers = {(item.kind == "answer", item.name): number for number, (item, _) in enumerate(found)}
    asked = [json.dumps([numbers[True, answer.title], answer.asked], ensure_ascii=False)
             for answer in answers if answer.asked]
    evidence = weigh_evidence({numbers[bool(answer.title), answer.title or answer.name]: _said_of(answer)
                               for answer in answers})
    return (f'{{"items": [\n{comma.join(rows)}\n],\n"start": {start},\n"asked": [\n{comma.join(asked)}\n],\n'
            f'"evidence": {{\n{_by_word(evidence)}\n}},\n"words": {{\n{_by_word(words)}\n}}}}\n')


def _by_word(table: Mapping[str, Mapping[int, float]]) -> str:
    """Return {word: [number, value, number, value ...]} as JSON without braces, a line a word."""
    return ",\n".join(f"{json.dumps(word, ensure_ascii=False)}: "
                      f"{json.dumps([round(value, 1) for pair in sorted(numbers.items()) for value in pair])}"
                      for word, numbers in sorted(table.items())).replace(", ", ",")


def _said_of(answer: Answer) -> dict[str, float]:
    """Return what is said of an answer: {word: how much}. The answer's own text counts less than how it is asked."""
    words: dict[str, float] = defaultdict(float)
    for question in filter(None, (answer.title, answer.title_zh, *answer.questions)):
        for word, count in features_of(question).items():
            words[word] += count
    for word in {*words_of(re.sub("[|&!]", " ", answer.asked))}:
        words[word] += _IN_ASKED
    for word in words_of(f"{answer.answer} {answer.answer_zh}"):
        words[word] += _IN_ANSWER
    return words


def _weights(item: Item, text: str) -> dict[str, int]:
    weights: Counter[str] = Counter()
    called = words_of(item.name)
    for word in set(called):
        weights[word] += _IN_NAME
    for word in {*words_of(item.summary), *words_of(item.summary_zh)}:
        weights[word] += _IN_SUMMARY
    body = Counter(words_of(text))
    size = sum(body.values())
    for word, count in body.items():
        weights[word] += round(_IN_TEXT * 2 * count / (count + 0.5 + size / 100))
    return {word: weight for word, weight in weights.items() if weight}


def _things() -> Iterator[tuple[Item, str]]:
    """Yield every item with all the text that speaks of it."""
    for entry in names.entries(modules=True):
        yield Item("name", entry.name, entry.summary, SUMMARIES.get(entry.name, "")), entry.text
    translations = dict(_translations())
    for entry in names.scripts():
        yield Item("script", entry.name, entry.summary, translations.get(entry.summary, "")), entry.text
    for program in programs():
        yield Item("plain", program.name, program.summary, program.summary_zh,
                   (f"scripts/plain/{program.name}.py",)), program.text
    for error in ALL_ERRORS:
        page = [f"docs/common-errors.md#{names.anchor(error.title)}"] if error in ERRORS else []
        see = names.see(error.names, error.scripts, *page)
        text = " ".join([error.texts, error.why, error.cure, error.why_zh, error.cure_zh])
        yield Item("error", error.title, f"{error.why} {error.cure}", f"{error.why_zh}{error.cure_zh}", see,
                   TITLES_ZH.get(error.title, "")), text
    titles = {f"{kind}:{title.replace(' ', '_')}": title for kind, title in
              [("error", error.title) for error in ALL_ERRORS] +
              [tuple(entry.name.split(": ")) for entry in names.headings()]}
    for answer in read_answers():
        if answer.name:
            continue
        see = tuple(titles.get(target, target).removeprefix("plain:") for target in answer.see.split())
        item = Item("answer", answer.title, answer.answer, answer.answer_zh, see, answer.title_zh)
        yield item, f"{answer.title_zh} {answer.asked}"
    for entry in names.headings():
        kind, _, called = entry.name.partition(": ")
        yield Item(kind, called, entry.summary, called, entry.see), ""
    yield from _errata()
    yield from _pages()


def _translations() -> Iterator[tuple[str, str]]:
    """Yield (English, Chinese) of what the scripts say."""
    for path in sorted(names.SCRIPTS.glob("chinese/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                yield from ((str(key.value), str(value.value)) for key, value in zip(node.keys, node.values)
                            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant))


def _errata() -> Iterator[tuple[Item, str]]:
    page = (DOCS / "errata.md").read_text(encoding="utf-8")
    for section in re.split(r"^(?=### )", page, flags=re.MULTILINE)[1:]:
        if found := _ERRATUM.match(section):
            number, title, title_zh = found.groups()
            text = re.split(r"^Source 依据", section, flags=re.MULTILINE)[0]
            see = ("docs/errata.md", f"scripts/prove_errata.py {number}")
            yield Item("erratum", number, title, title_zh, see), text


def _pages() -> Iterator[tuple[Item, str]]:
    """Yield the sections of the pages that are written by hand; tables of other items are searched as such."""
    folders = ("", "zh/", "teach/", "zh/teach/")
    for page in sorted([page for folder in folders for page in DOCS.glob(f"{folder}*.md")], key=Path.as_posix):
        if page.name in ("errata.md", "common-errors.md", "chapters.md", "plain.md", "performance.md", "check.md"):
            continue
        text = page.read_text(encoding="utf-8")
        title = text.partition("\n")[0].lstrip("# ")
        path = page.relative_to(DOCS.parent).as_posix()
        a_lesson = page.parent.name == "teach"  # found as a whole: the sections of all have the same names
        for section in [text] if a_lesson else re.split(r"^(?=###? )", text, flags=re.MULTILINE):
            heading = section.partition("\n")[0].lstrip("# ")
            place = f"{path}#{names.anchor(heading)}" if section.startswith("##") else path
            summary = title if heading == title else f"{title}: {heading}"
            chinese = path.startswith("docs/zh/")
            yield Item("page", place, "" if chinese else summary, summary if chinese else ""), section


def main() -> int:
    """Write index.json."""
    with open(FILE, "w", encoding="utf-8", newline="\n") as file:
        file.write(index_text())
    load_index.cache_clear()
    index = load_index()
    print(f"{len(index.items)} items, {len(index.words)} words, {FILE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
