"""One picture: its name, its chapter, what it is called and says in both languages, and how it is drawn."""
from __future__ import annotations

import importlib
from typing import NamedTuple

from .canvas import Canvas


class Picture(NamedTuple):
    """A picture of a chapter of netio; titles and summaries are (English, Chinese) pairs.

    `stable` is False where each run draws something else, as its times, its places on the disk or its processors are
    others. `room` is the module here that draws it. `draw` runs what is to be shown, once in a program.

    >>> picture = Picture("tcp-flow", "tcp", ("Calls", "调用"), ("What calls what.", "谁调用谁。"), "tcp")
    >>> picture.title("zh"), picture.summary("en")
    ('调用', 'What calls what.')
    >>> "<title>调用</title>" in picture.draw("zh")
    True
    """

    name: str
    chapter: str
    titles: tuple[str, str]
    summaries: tuple[str, str]
    room: str
    stable: bool = True

    def title(self, lang: str = "en") -> str:
        """Return what it is called, in 'en' or 'zh'."""
        return self.titles[_index(lang)]

    def summary(self, lang: str = "en") -> str:
        """Return what it shows, in a sentence."""
        return self.summaries[_index(lang)]

    def draw(self, lang: str = "en") -> str:
        """Draw it and return the text of an SVG file.

        Raises: ValueError for a language that is neither 'en' nor 'zh'; OSError where the run that it shows fails.
        """
        canvas = Canvas(self.title(lang), self.summary(lang), lang)
        module = importlib.import_module(f"{__package__}.{self.room}")
        getattr(module, "draw_" + self.name.replace("-", "_"))(canvas)
        return canvas.render()


def _index(lang: str) -> int:
    if lang not in ("en", "zh"):
        raise ValueError(f"a picture speaks 'en' or 'zh', not {lang!r}")
    return ("en", "zh").index(lang)
