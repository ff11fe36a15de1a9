"""What netio has: every public name with its first sentence, every script, and a search over these and more.

All of it is read from the sources, so listing a chapter runs none of it and works for what this platform lacks, too.
"""
from __future__ import annotations

import ast
import difflib
import errno
import re
from typing import Iterator, NamedTuple

from . import collecting, sources
from .collecting import CHAPTERS
from .errors import ERRORS, Error
from .headings import HEADINGS
from .matching import fit_error
from .terms import TERMS


_CHINESE = re.compile("[\u3400-\u9fff]")
SCRIPTS = sources.PACKAGE.parent / "scripts"


class Entry(NamedTuple):
    """What can be found: a public name, a script, an error or a heading of the notes.

    `summary` is its first sentence, `text` all that is said of it, and `see` what an error or a heading points to.
    """

    name: str
    summary: str
    text: str
    see: tuple[str, ...] = ()


def entries(chapter: str = "", modules: bool = False) -> Iterator[Entry]:
    """Yield the names that one chapter offers, or all chapters; with `modules` the further ones of their modules, too.

    >>> next(entries("reference")).name
    'reference.copy'
    >>> [entry.name for entry in entries("reference", modules=True) if entry.name.endswith(".load")]
    ['reference.sources.load']

    Raises: LookupError if netio has no such chapter.
    """
    for part in [chapter] if chapter else CHAPTERS:
        for name in collecting.public_names(part) + (collecting.module_names(part) if modules else []):
            full = f"{part}.{name}"
            text = documentation(full)
            yield Entry(full, _first_sentence(text), text)


def starters(chapter: str) -> list[str]:
    """Return the names of a chapter to begin with: those after `Start here:` in its docstring.

    >>> starters("reference")
    []
    """
    text = ast.get_docstring(ast.parse(sources.load(f"netio.{chapter}").path.read_text(encoding="utf-8"))) or ""
    listed = re.search(r"^Start here: ([^.]*)\.", text, re.MULTILINE)
    return listed[1].replace(",", " ").split() if listed else []


def scripts() -> Iterator[Entry]:
    """Yield the scripts of the checkout; none where netio was installed without them.

    >>> all(entry.name.startswith("scripts/") for entry in scripts())
    True
    """
    for path in sorted(SCRIPTS.glob("[!_]*.py")):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        yield Entry(f"scripts/{path.name}", _first_sentence(text), text)


def documentation(name: str) -> str:
    """Return the docstring of a public name or a chapter, or the comment above a constant.

    >>> documentation("reference.documentation").split()[0]
    'Return'

    Raises: LookupError where netio has no such name.
    """
    if name in CHAPTERS:
        return ast.get_docstring(ast.parse(sources.load(f"netio.{name}").path.read_text(encoding="utf-8"))) or ""
    source = collecting.definition(name)
    node = ast.parse(source).body[0]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return ast.get_docstring(node) or ""
    return " ".join(line.lstrip("# ") for line in source.splitlines() if line.startswith("#")) or source.splitlines()[0]


def errors(lang: str = "en") -> Iterator[tuple[Error, Entry]]:
    """Yield the common errors, each with its entry, which tells why and the cure in English, or in Chinese for 'zh'."""
    for error in ERRORS:
        told = f"{error.why_zh}{error.cure_zh}" if lang == "zh" else f"{error.why} {error.cure}"
        everything = " ".join([error.texts, error.why, error.cure, error.why_zh, error.cure_zh])
        page = f"docs/common-errors.md#{anchor(error.title)}"
        yield error, Entry(f"error: {error.title}", told, everything, _see(error.names, error.scripts, page))


def headings() -> Iterator[Entry]:
    """Yield the headings, exercises and homework of the notes, then further Chinese terms, with what mirrors each.

    >>> next(headings()).summary
    'IO and strings'
    """
    for heading, english, names, files in HEADINGS:
        yield Entry(f"notes: {heading}", english, "", _see(names, files, "docs/chapters.md"))
    for terms, english, names, files in TERMS:
        yield Entry(f"term: {terms}", english, "", _see(names, files))


def anchor(title: str) -> str:
    """Return the name by which a heading of a Markdown page is linked to.

    >>> anchor("'gbk' codec can't decode")
    'gbk-codec-cant-decode'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def find(words: str, limit: int = 10, lang: str = "en") -> list[Entry]:
    """Return what speaks of all the words, best first: names, scripts, errors by their text, headings of the notes.

    The words may be English, Chinese (粘包), or an error as it was printed, also a part of it. Points: for each word 8 in
    the name (12 where it is a whole part of it), 4 in the first sentence, 1 elsewhere; for an error's own text 60 and
    more (`matching.fit_error`); for a heading or a term 10 more. These lend half of their points, 30 at most, to the
    names and scripts that they point to. Where nothing speaks of a Chinese phrase, the longest term in it is taken.

    >>> find("[Errno 98] Address already in use")[0].name
    'error: Address already in use'
    >>> find("EADDRINUSE")[0].name
    'error: Address already in use'
    >>> find("names scripts speak words")
    []
    """
    if words.isupper():  # EADDRINUSE and the like: each system has its own number for it
        words = str(getattr(errno, words, words))
    wanted = words.lower().split()
    lang = "zh" if _CHINESE.search(words) else lang
    guides = [(_score(entry, wanted) + fit_error(words, error), entry) for error, entry in errors(lang)]
    guides += [(points + 10, entry) for entry in headings() if (points := _score(entry, wanted))]
    lent = {name: min(30, points // 2) for points, guide in sorted(guides) for name in guide.see}
    known = [*entries(modules=True), *scripts()]
    things = [(_score(entry, wanted) + lent.get(entry.name, 0), entry) for entry in known]
    best = sorted((-points, entry.name, entry) for points, entry in guides + things if points)
    contained = {term for terms, *_ in TERMS for term in terms.split() if term in words}
    if not best and contained - {words}:
        return find(max(contained, key=len), limit, lang)
    return [entry for _, _, entry in best[:limit]]


def pages_of(found: list[Entry], limit: int = 3, lang: str = "en") -> list[str]:
    """Return the pages of docs/ to read about what was found, best first, of one chapter each.

    >>> pages_of(find("sticky"), limit=1), pages_of(find("粘包"), limit=1, lang="zh")
    (['docs/tcp.md'], ['docs/zh/tcp.md'])

    An installed netio has no docs/: there a page is only named.
    """
    folder = "docs/zh" if lang == "zh" else "docs"
    targets = [target for entry in found for target in (entry.name, *entry.see)]
    chapters = [target.partition(".")[0] for target in targets]
    return [f"{folder}/{chapter}.md" for chapter in dict.fromkeys(chapters) if chapter in CHAPTERS][:limit]


def suggest(name: str) -> list[str]:
    """Return the public names and chapters closest to a mistyped one, best first.

    >>> suggest("tpc")[0], suggest("tcp.recv_exactely")[0]
    ('tcp', 'tcp.recv_exactly')
    >>> suggest("no.such.thing.at.all")
    []
    """
    if chapters := difflib.get_close_matches(name, CHAPTERS):
        return chapters
    known = [entry.name for entry in entries(modules=True)]
    short = {entry.rpartition(".")[2]: entry for entry in known}
    close = difflib.get_close_matches(name, known, cutoff=0.75)
    close = close or difflib.get_close_matches(name.rpartition(".")[2], short, cutoff=0.75)
    return [short.get(match, match) for match in close]


def _score(entry: Entry, wanted: list[str]) -> int:
    """Count where each word stands, as `find` says; 0 where a word is missing."""
    name = entry.name.lower()
    parts = re.split(r"[\W_]+", name)
    places = ((name, 8), (entry.summary.lower(), 4), (entry.text.lower(), 1))
    points = [sum(weight for text, weight in places if word in text) + 4 * (word in parts) for word in wanted]
    return sum(points) if all(points) else 0


def _see(names: str, files: str, *pages: str) -> tuple[str, ...]:
    """Return names, scripts and a page; the last two only in a checkout, since they are not installed."""
    checkout = [*(f"scripts/{file}" for file in files.split()), *pages] if SCRIPTS.exists() else []
    return (*names.split(), *checkout)


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.split("\n\n")[0].split())
    head, dot, _ = paragraph.partition(". ")
    return head + dot.strip()
