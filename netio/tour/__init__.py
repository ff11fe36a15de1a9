"""A walk through every chapter on real files and real sockets: what was done, what came back, why it surprises.

Each chapter has a module of its own name here with one function, `visit(guide)`. A visit makes what it needs (temporary
folders, port 0), takes a second or two, leaves nothing behind and runs on every platform.
"""
from __future__ import annotations

import importlib
import os
import sys
import time
from pathlib import Path
from types import CodeType
from typing import Sequence, TextIO
from urllib.parse import quote

from .._chinese import WORDS
from .._language import fold_line, language
from ..files.replacing import replace_file
from .lines import lines_run
from .page import make_page

__all__ = ["CHAPTERS", "Guide", "language", "run"]

CHAPTERS = ("files", "packing", "tcp", "udp", "http", "concurrency", "ipc", "chat", "ftp")

_DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
_WIDTH = 80  # columns of a terminal
_LABELS = {"en": {"did": "did", "ran": "ran", "saw": "saw", "surprise": "learn", "end": "did"},
           "zh": {"did": "做", "ran": "码", "saw": "见", "surprise": "悟", "end": "做"}}


class Guide:
    """Prints what a visit tells it, in English or in Chinese, and remembers it.

    Every text is given in both languages, as one sentence each; `saw` also takes several lines. The lines that the
    visit has run since its last word are shown before what came back.
    """

    def __init__(self, out: TextIO | None = None, lang: str | None = None) -> None:
        self._out = out or sys.stdout
        self._lang = lang or language()
        self.told: list[tuple[str, str]] = []
        self._said: tuple[CodeType | None, int] = None, 0  # where the visit was when it last told something

    def say(self, text: str) -> str:
        """Return one of the words that netio's tables have, in the reader's language."""
        return WORDS.get(text, text) if self._lang == "zh" else text

    def chapter(self, name: str, title: str, zh: str) -> None:
        """Open a chapter: its name in netio and what it is about."""
        self._tell("chapter", f"netio.{name}: {zh if self._lang == 'zh' else title}")

    def did(self, text: str, zh: str) -> None:
        """Say what is done next."""
        self._tell("did", zh if self._lang == "zh" else text)

    def saw(self, text: str, zh: str = "") -> None:
        """Say what came back. One text serves both languages when it is data, not prose."""
        self._show_lines()
        self._tell("saw", zh if zh and self._lang == "zh" else text)

    def surprise(self, text: str, zh: str) -> None:
        """Say what is worth remembering."""
        self._mark()
        self._tell("surprise", zh if self._lang == "zh" else text)

    def picture(self, svg: str, text: str) -> None:
        """Show what came back as a picture: the text in the terminal, the SVG on the page."""
        self._show_lines()
        self.told.append(("picture", svg))
        self._print("saw", text)

    def end(self, text: str, zh: str) -> None:
        """Say what became of the whole tour."""
        self._tell("end", zh if self._lang == "zh" else text)

    def page(self, beside: str | os.PathLike[str] = ".") -> str:
        """Return what was told so far as one HTML page, to be stored beside the files of a folder."""
        return make_page(self.told, self._lang, _link_to_docs(Path(beside), self._lang))

    def _mark(self) -> tuple[CodeType | None, int]:
        """Remember where the visit is; return where it was before."""
        frame = sys._getframe(2)
        while frame.f_code.co_filename == __file__ and frame.f_back:
            frame = frame.f_back
        before, self._said = self._said, (frame.f_code, frame.f_lineno)
        return before

    def _show_lines(self) -> None:
        (code, line), (here, now) = self._mark(), self._said
        if here is not None and (shown := lines_run(here, line if code is here else None, now)):
            self._tell("ran", "\n".join(shown))

    def _tell(self, kind: str, text: str) -> None:
        self.told.append((kind, text))
        self._print(kind, text)

    def _print(self, kind: str, text: str) -> None:
        if kind == "chapter":
            lines = ["", text, "-" * len(text)]
        else:
            label = _LABELS[self._lang][kind]
            pad = " " * (8 - len(label) * (2 if self._lang == "zh" else 1))
            further = "    " if kind == "ran" else ""
            first, *rest = [part for line in text.splitlines() or [""]
                            for part in fold_line(line, _WIDTH - 10, further)]
            lines = [f"  {label}{pad}{first}", *(f"          {line}" for line in rest)]
        print("\n".join(lines), file=self._out, flush=True)


def _link_to_docs(folder: Path, lang: str) -> str:
    """Return the way from a folder to the pages of the chapters; "" where there is no checkout."""
    docs = _DOCS / "zh" if lang == "zh" else _DOCS
    if not docs.is_dir():
        return ""
    try:
        return quote(Path(os.path.relpath(docs, folder.resolve())).as_posix())
    except ValueError:  # on another drive
        return docs.as_uri()


def run(chapters: Sequence[str] = CHAPTERS, guide: Guide | None = None,
        html: str | os.PathLike[str] | None = None) -> list[str]:
    """Visit the named chapters in order; return the names of those that failed, whose error has been told.

    `html` names a file that becomes a page of what was told, whole or not at all.

    Raises: FileNotFoundError, before anything is visited, where the folder of that file does not exist.
    """
    guide = guide or Guide()
    if html is not None and not Path(html).resolve().parent.is_dir():
        raise FileNotFoundError(f"no such folder: {Path(html).parent}")
    failed = []
    begin = time.monotonic()
    for name in chapters:
        try:
            importlib.import_module(f"{__name__}.{name}").visit(guide)
        except Exception as error:  # one chapter that fails must not hide the others
            guide.saw(f"FAILED: {type(error).__name__}: {error}", f"失败。原因：{type(error).__name__}: {error}")
            failed.append(name)
    seconds = time.monotonic() - begin
    done = len(chapters) - len(failed)
    guide.end(f"Visited {done} of {len(chapters)} chapters in {seconds:.1f} s.",
              f"{seconds:.1f} 秒走完 {done}/{len(chapters)} 章。")
    if html is not None:
        replace_file(html, guide.page(Path(html).resolve().parent).encode("utf-8", "backslashreplace"))
    return failed
