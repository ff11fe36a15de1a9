"""Sequence diagrams: who calls or sends what, in time's order from top to bottom, a lane for each side."""
from __future__ import annotations

from typing import Sequence

from .canvas import MARGIN, SMALL, WIDTH, Canvas, text_width


class Lanes:
    """Lanes side by side on a canvas; each step is drawn below the one before.

    >>> canvas = Canvas("Hello", "One greets the other.")
    >>> lanes = Lanes(canvas, [("client", "blue"), ("server", "green")])
    >>> lanes.send(0, 1, "hello")
    >>> lanes.end()
    >>> canvas.render().count("hello")
    1

    `lanes` are (name, kind) pairs; `inset` moves the outer ones that much inwards, or, negative, outwards. Raises:
    ValueError where a text does not fit.
    """

    def __init__(self, canvas: Canvas, lanes: Sequence[tuple[str, str]], top: float = 50, inset: float = 0) -> None:
        step = (WIDTH - 2 * (MARGIN + inset)) / len(lanes)
        self._canvas = canvas
        self.places = [MARGIN + inset + step * (number + 0.5) for number in range(len(lanes))]
        self.kinds = [kind for _, kind in lanes]
        self._width = min(step - 12, 226)
        half = min(60.0, step / 2 - 4, self.places[0] - MARGIN)
        for place, (name, kind) in zip(self.places, lanes):
            canvas.box(place - half, top, 2 * half, 30, name, kind, look="bold")
        self._top = top + 30
        self.y = self._top + 16

    def calls(self, words: Sequence[str], arrow: int = 0) -> None:
        """Draw what each side calls at this moment ('' for nothing); `arrow` 1 points to the right, -1 to the left."""
        height = 18.0 + 17 * max(text.count("\n") + 1 for text in words)
        for place, text, kind in zip(self.places, words, self.kinds):
            if text:
                self._canvas.box(place - self._width / 2, self.y, self._width, height, text, kind, size=13, look="mono")
        if arrow:
            left, right = self.places[0] + self._width / 2, self.places[1] - self._width / 2
            ends = [(left, self.y + height / 2), (right, self.y + height / 2)]
            self._canvas.arrow(ends if arrow > 0 else ends[::-1], self.kinds[0 if arrow > 0 else 1], width=2.4)
        self.y += height + 12

    def send(self, source: int, target: int, words: str, *, kind: str = "", slant: float = 0, mono: bool = True,
             width: float = 1.8) -> None:
        """Draw an arrow from one lane to another with its text above, falling by `slant` on the way."""
        kind = kind or self.kinds[source]
        start, stop = self.places[source], self.places[target]
        room = abs(stop - start) - 14
        self._canvas.text((start + stop) / 2, self.y + 12 + slant / 4, words, size=SMALL, anchor="middle",
                          look="mono" if mono else "", room=room)
        self._canvas.arrow([(start, self.y + 20), (stop, self.y + 20 + slant)], kind, width=width)
        self.y += 32 + slant

    def note(self, words: str, kind: str = "plain", place: float = WIDTH / 2) -> None:
        """Write a remark across the lanes."""
        width = text_width(words, SMALL) + 20
        self._canvas.box(place - width / 2, self.y + 2, width, 24, words, kind, size=SMALL, round_by=12)
        self.y += 36

    def state(self, lane: int, words: str, y: float, side: int) -> None:
        """Write a lane's state beside it, at height `y`: `side` -1 to its left, 1 to its right."""
        self._canvas.text(self.places[lane] + 10 * side, y, words, size=SMALL, anchor="end" if side < 0 else "start",
                          look=f"mono bold {self.kinds[lane]}")

    def end(self) -> None:
        """Draw the lanes' own lines, behind all steps."""
        for place, kind in zip(self.places, self.kinds):
            self._canvas.line(place, self._top, place, self.y, kind, behind=True, dashed=True, width=1.2)
