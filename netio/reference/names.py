"""What netio has: every public name with its first sentence, every script, and a search over both.

All of it is read from the sources, so listing a chapter runs none of it and works for what this platform lacks, too.
"""
from __future__ import annotations

import ast
import difflib
from typing import Iterator, NamedTuple

from . import snippets, sources

CHAPTERS = ("files", "packing", "tcp", "udp", "http", "concurrency", "ipc")
SCRIPTS = sources.PACKAGE.parent / "scripts"


class Entry(NamedTuple):
    """A public name or a script, with its first sentence and its whole documentation."""

    name: str
    summary: str
    text: str


def entries(chapter: str = "") -> Iterator[Entry]:
    """Yield all public names of one chapter, or of all of them.

    >>> next(entries("reference")).name
    'reference.copy'

    Raises: LookupError where netio has no such chapter.
    """
    for part in [chapter] if chapter else CHAPTERS:
        for name in snippets.public_names(part):
            full = f"{part}.{name}"
            text = documentation(full)
            yield Entry(full, _first_sentence(text), text)


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
    source = snippets.definition(name)
    node = ast.parse(source).body[0]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return ast.get_docstring(node) or ""
    return " ".join(line.lstrip("# ") for line in source.splitlines() if line.startswith("#")) or source.splitlines()[0]


def find(words: str, limit: int = 10) -> list[Entry]:
    """Return the names and scripts that speak of all the words, best first: English, Chinese (粘包), an error's text.

    >>> [entry.name for entry in find("names scripts speak words")]
    []
    """
    wanted = words.lower().split()
    scored = [(_score(entry, wanted), entry) for source in (entries(), scripts()) for entry in source]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].name))
    return [entry for _, entry in best[:limit]]


def suggest(name: str) -> list[str]:
    """Return the public names closest to a mistyped one, best first.

    >>> suggest("no.such.thing.at.all")
    []
    """
    known = [entry.name for entry in entries()]
    short = {entry.rpartition(".")[2]: entry for entry in known}
    close = difflib.get_close_matches(name, known, cutoff=0.75)
    close = close or difflib.get_close_matches(name.rpartition(".")[2], short, cutoff=0.75)
    return [short.get(match, match) for match in close]


def _score(entry: Entry, wanted: list[str]) -> int:
    """Count where each word stands: in the name 8, in the first sentence 4, elsewhere 1; 0 where a word is missing."""
    places = ((entry.name.lower(), 8), (entry.summary.lower(), 4), (entry.text.lower(), 1))
    points = [sum(weight for text, weight in places if word in text) for word in wanted]
    return sum(points) if all(points) else 0


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.split("\n\n")[0].split())
    head, dot, _ = paragraph.partition(". ")
    return head + dot.strip()
