"""A small SVG drawing board: boxes, arrows, bytes in cells, text, and one palette that reads on light and dark pages.

What is drawn is checked as it is drawn: a text that would leave its box or the page is an error. No picture has a
width in pixels, so that it fills the page that shows it, a phone's too; it is 560 units wide and its smallest text 12.
Fonts are the system's. Names of classes begin with `n-`, and no ids are used, so that many pictures can stand in one
HTML page.
"""
from __future__ import annotations

import math
import unicodedata
from html import escape
from typing import Sequence

WIDTH = 560
MARGIN = 16
SIZE, SMALL, LARGE = 15, 12.5, 18  # of text

# Each kind of thing has a fill and a stroke, on a light page and on a dark one.
KINDS = {
    "plain": (("#eef1f4", "#7d8894"), ("#262d35", "#8793a0")),
    "blue": (("#dbe9fd", "#2563c9"), ("#16305a", "#74abff")),
    "green": (("#d8f2e2", "#137a41"), ("#10382a", "#52c98f")),
    "amber": (("#fdefc5", "#a85b08"), ("#43310d", "#f0b840")),
    "red": (("#fde1df", "#bd352b"), ("#4a2020", "#f38d85")),
    "violet": (("#ebe3fb", "#6f3fc8"), ("#32255a", "#b99af8")),
    "page": (("#ffffff", "#d5dbe1"), ("#14181d", "#39424c")),
}
_INKS = (("#1c2630", "#586470"), ("#e7eaee", "#a7b1bc"))  # text, and what is said in passing
_SANS = ("system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',"
         "sans-serif")
_MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace"
_NARROW, _BROAD = set("iljtfrI.,:;'|!()[]{}/\\ -`\""), set("mwMW@%")


def text_width(words: str, size: float = SIZE, mono: bool = False) -> float:
    """Return about how wide a line of text gets in the usual fonts, rather too much than too little.

    >>> text_width("ab", 10, mono=True), text_width("粘包", 10), text_width("iiii", 10) < text_width("mmmm", 10)
    (12.4, 20.0, True)
    """
    return round(sum(_em(char, mono) for char in words) * size, 2)


def _em(char: str, mono: bool) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if mono:
        return 0.62
    return 0.36 if char in _NARROW else 0.95 if char in _BROAD else 0.72 if char.isupper() else 0.6


def wrap_text(words: str, width: float, size: float = SIZE) -> list[str]:
    """Break a text into lines that fit: English between words, Chinese between characters, no line begins with a stop.

    >>> wrap_text("one two three", 70, 15)
    ['one two', 'three']
    >>> wrap_text("一二三四，五", 60, 15)
    ['一二三', '四，五']
    """
    lines, line = [], ""
    for piece in _pieces(words):
        if line and text_width((line + piece).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for char in words:
        wide = unicodedata.east_asian_width(char) in "WF"
        stop = char in "，。；：、）？！”》"
        opened = bool(pieces) and pieces[-1][-1] in "（“《"
        starts = not pieces or pieces[-1].endswith(" ") or (wide or _ends_wide(pieces[-1])) and not opened
        if starts and not stop and char != " " or not pieces:
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces


def _ends_wide(piece: str) -> bool:
    return unicodedata.east_asian_width(piece[-1]) in "WF"


class Canvas:
    """One picture in one language: what is put on it, and the height that this needs.

    >>> canvas = Canvas("A box", "It is a box.")
    >>> canvas.box(16, 60, 100, 30, "box", "blue")
    >>> svg = canvas.render()
    >>> svg.splitlines()[0]
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 106" role="img" lang="en">'

    `lang` is 'en' or 'zh'. All of it checks that texts fit. Raises: ValueError where one does not.
    """

    def __init__(self, title: str, summary: str, lang: str = "en") -> None:
        self.title, self.summary, self.lang = title, summary, lang
        self.bottom = 0.0  # of all that was drawn
        self._behind: list[str] = []
        self._parts: list[str] = []
        self.text(MARGIN, 32, title, size=LARGE, look="bold")

    def say(self, english: str, chinese: str) -> str:
        """Return the text in the picture's language.

        >>> Canvas("", "", "zh").say("server", "服务器")
        '服务器'
        """
        return chinese if self.lang == "zh" else english

    def text(self, x: float, y: float, words: str, *, size: float = SIZE, anchor: str = "start", look: str = "",
             room: float = 0) -> None:
        """Write one line, its base line at `y`. `look` is any of: bold faint mono and a kind's name; `room` its limit.

        Raises: ValueError where it is wider than its room, or leaves the page.
        """
        if not words:
            return
        mono = "mono" in look.split()
        width = text_width(words, size, mono) * (1.12 if "bold" in look.split() and not mono else 1)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if room and width > room or left < 0 or left + width > WIDTH:
            where = f"{width:.0f} units at {left:.0f}, of {room or WIDTH}"
            raise ValueError(f"{self.title}: no room for {words!r}: {where}")
        classes = " ".join(f"n-{word}" for word in ("text", *look.split()))
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        space = ' xml:space="preserve"' if mono else ""
        self._add(f'<text class="{classes}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{where}{space}>'
                  f'{escape(words, quote=False)}</text>', y + size * 0.3)

    def paragraph(self, x: float, y: float, words: str, width: float, *, size: float = SIZE, look: str = "",
                  anchor: str = "start") -> float:
        """Write a text in as many lines as it needs; return the base line that the next one would have."""
        for line in wrap_text(words, width, size):
            self.text(x, y, line, size=size, look=look, anchor=anchor, room=width)
            y += round(size * 1.4)
        return y

    def remark(self, y: float, english: str, chinese: str, look: str = "faint") -> float:
        """Write a small text over the whole width; return the base line that the next one would have."""
        words = self.say(english, chinese)
        return self.paragraph(MARGIN, y, words, WIDTH - 2 * MARGIN, size=SMALL, look=look)

    def box(self, x: float, y: float, width: float, height: float, words: str = "", kind: str = "plain", *,
            size: float = SIZE, look: str = "", round_by: float = 6, dashed: bool = False) -> None:
        """Draw a box, its text in the middle, a line of it for each line of `words`."""
        if x < 0 or x + width > WIDTH:
            raise ValueError(f"{self.title}: a box from {x:.0f} to {x + width:.0f} leaves the page")
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._add(f'<rect class="n-{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
                  f'rx="{_n(round_by)}"{dash}/>', y + height)
        lines = words.split("\n") if words else []
        step = round(size * 1.3)
        first = y + height / 2 + size * 0.35 - step * (len(lines) - 1) / 2
        for number, line in enumerate(lines):
            self.text(x + width / 2, first + number * step, line, size=size, anchor="middle", look=look, room=width)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "plain", *, dashed: bool = False,
             behind: bool = False, width: float = 1.6) -> None:
        """Draw a straight line, `behind` what else is there if asked."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._add(f'<path class="n-{kind} n-line" d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" '
                  f'stroke-width="{_n(width)}"{dash}/>', max(y1, y2), behind)

    def arrow(self, points: Sequence[tuple[float, float]], kind: str = "plain", *, dashed: bool = False,
              bend: tuple[float, float] | None = None, width: float = 1.8) -> None:
        """Draw an arrow along two or more points, or, with `bend`, a curve pulled towards that point."""
        before, end = bend or points[-2], points[-1]
        angle = math.atan2(end[1] - before[1], end[0] - before[0])
        stop = end[0] - 7 * math.cos(angle), end[1] - 7 * math.sin(angle)
        path = "M" + _point(points[0]) + (f"Q{_point(bend)} {_point(stop)}" if bend else
                                          "".join("L" + _point(point) for point in [*points[1:-1], stop]))
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        turned = angle + 0.42, angle - 0.42
        corners = [(end[0] - 10 * math.cos(turn), end[1] - 10 * math.sin(turn)) for turn in turned]
        self._add(f'<path class="n-{kind} n-line" d="{path}" stroke-width="{_n(width)}"{dash}/>'
                  f'<path class="n-{kind} n-head" d="M{_point(end)}L{_point(corners[0])}L{_point(corners[1])}Z"/>',
                  max(y for _, y in points))

    def cells(self, x: float, y: float, width: float, marks: Sequence[tuple[str, str]], *, height: float = 26,
              size: float = SMALL) -> float:
        """Draw a row of (text, kind) cells, one for each byte; return where the row ends."""
        for number, (mark, kind) in enumerate(marks):
            self.box(x + number * width, y, width, height, mark, kind, size=size, look="mono", round_by=2)
        return x + len(marks) * width

    def render(self) -> str:
        """Return the picture as SVG."""
        height = math.ceil(self.bottom + MARGIN)
        page = f'<rect class="n-page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10"/>'
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
                f'lang="{"zh-CN" if self.lang == "zh" else "en"}">')
        said = [f"<{tag}>{escape(words, quote=False)}</{tag}>"
                for tag, words in (("title", self.title), ("desc", self.summary))]
        return "\n".join([head, *said, f"<style>{_STYLE}</style>", page, *self._behind, *self._parts, "</svg>", ""])

    def _add(self, part: str, bottom: float, behind: bool = False) -> None:
        (self._behind if behind else self._parts).append(part)
        self.bottom = max(self.bottom, bottom)


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


def _point(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _colours(dark: int) -> str:
    """The palette as style rules, for a light page (0) or a dark one (1)."""
    ink, faint = _INKS[dark]
    rules = [f".n-text{{fill:{ink};stroke:none}}", f".n-faint{{fill:{faint}}}"]
    for kind, shades in KINDS.items():
        fill, stroke = shades[dark]
        rules += [f".n-{kind}{{fill:{fill};stroke:{stroke}}}", f".n-{kind}.n-head{{fill:{stroke}}}",
                  f".n-text.n-{kind}{{fill:{stroke};stroke:none}}"]
    return "".join(rules)


_STYLE = (f".n-text{{font-family:{_SANS}}}.n-mono{{font-family:{_MONO}}}.n-bold{{font-weight:600}}"
          f"{_colours(0)}.n-line,.n-line.n-line{{fill:none;stroke-linejoin:round}}.n-head{{stroke:none}}"
          f"@media (prefers-color-scheme:dark){{{_colours(1)}.n-line.n-line{{fill:none}}}}")
