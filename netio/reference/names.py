"""What netio has, read from the sources: every public name with its first sentence, scripts, headings of the notes.

Nothing of a chapter is run, so this works for what this platform lacks, too.
"""
from __future__ import annotations

import ast
import difflib
import re
from typing import Iterator, NamedTuple

from .. import __all__ as CHAPTERS
from . import collecting, sources
from .headings import HEADINGS
from .index import load_index
from .terms import TERMS

SCRIPTS = sources.PACKAGE.parent / "scripts"


class Entry(NamedTuple):
    """A public name, a script or a heading: its first sentence, all that is said of it, what a heading points to.

    >>> Entry("tcp.listen", "Listen at an address.", "Listen at an address. ...").see
    ()
    """

    name: str
    summary: str
    text: str
    see: tuple[str, ...] = ()


def entries(chapter: str = "", modules: bool = False) -> Iterator[Entry]:
    """Yield the names that one chapter offers, or all chapters; with `modules` the further ones of their modules, too.

    >>> next(entries("reference")).name
    'reference.definition'
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
    for path in sorted(SCRIPTS.glob("[!_]*.py"), key=lambda path: path.name):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        yield Entry(f"scripts/{path.name}", _first_sentence(text), text)


def documentation(name: str) -> str:
    """Return the docstring of a public name or a chapter, or the comment above or beside a constant.

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
    above = [line.lstrip("# ") for line in source.splitlines() if line.startswith("#")]
    return " ".join(above) or source.splitlines()[0].partition("  # ")[2] or source.splitlines()[0]


def headings() -> Iterator[Entry]:
    """Yield the headings, exercises and homework of the notes, then further Chinese terms, with what mirrors each.

    >>> next(headings()).summary
    'IO and strings'
    """
    for heading, english, names, files in HEADINGS:
        yield Entry(f"notes: {heading}", english, "", see(names, files, "docs/chapters.md"))
    for terms, english, names, files in TERMS:
        yield Entry(f"term: {terms}", english, "", see(names, files))


def anchor(title: str) -> str:
    """Return the name by which a heading of a Markdown page is linked to.

    >>> anchor("'gbk' codec can't decode")
    'gbk-codec-cant-decode'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def suggest(name: str) -> list[str]:
    """Return the public names and chapters closest to a mistyped one, best first; those of another chapter, too.

    >>> suggest("tpc")[0], suggest("tcp.recv_exactely")[0], suggest("udp.recv_exactly")
    ('tcp', 'tcp.recv_exactly', ['tcp.recv_exactly'])
    >>> suggest("no.such.thing.at.all")
    []
    """
    if chapters := difflib.get_close_matches(name, CHAPTERS):
        return chapters
    known = [item.name for item in load_index().items if item.kind == "name"]
    last = name.rpartition(".")[2]
    if same := [entry for entry in known if entry.rpartition(".")[2] == last]:
        return same
    short = {entry.rpartition(".")[2]: entry for entry in known}
    close = difflib.get_close_matches(name, known, cutoff=0.75)
    close = close or difflib.get_close_matches(last, short, cutoff=0.75)
    return [short.get(match, match) for match in close]


def see(names: str, files: str, *pages: str) -> tuple[str, ...]:
    """Return names, scripts and a page; the last two only in a checkout, since they are not installed.

    >>> see("tcp.listen", "")[0]
    'tcp.listen'
    """
    checkout = [*(f"scripts/{file}" for file in files.split()), *pages] if SCRIPTS.exists() else []
    return (*names.split(), *checkout)


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.split("\n\n")[0].split())
    head, dot, _ = paragraph.partition(". ")
    return head + dot.strip()
