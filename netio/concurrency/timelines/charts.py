"""A bar chart for figures, in the terminal and as SVG."""
from __future__ import annotations

from html import escape
from typing import Sequence

from .timeline import wrap_svg


def draw_bars(bars: Sequence[tuple[str, float]], unit: str = "s", width: int = 40) -> str:
    """Draw a line for each (label, figure): the label, a bar as long as the figure, and the figure with its unit.

    >>> print(draw_bars([("one", 1), ("two", 2.5)], width=10))
    one  ####       1.000 s
    two  ########## 2.500 s

    The longest bar has `width` characters. No bar at all gives an empty text.
    """
    pad = max((len(label) + _wide(label) for label, _ in bars), default=0)
    most = max((figure for _, figure in bars), default=0) or 1
    rows = [(label, "#" * round(figure / most * width), figure) for label, figure in bars]
    return "\n".join(f"{label:{pad - _wide(label)}}  {bar:{width}} {figure:.3f} {unit}" for label, bar, figure in rows)


def _wide(text: str) -> int:
    return sum(character > "\u2e7f" for character in text)  # Chinese characters take two columns


def draw_bars_svg(bars: Sequence[tuple[str, float]], title: str = "", unit: str = "s", width: int = 720) -> str:
    """Draw the same as an SVG picture.

    >>> draw_bars_svg([("one", 1), ("two", 2.5)]).count("<rect")
    3
    """
    left, row = 220, 22
    most = max((figure for _, figure in bars), default=0) or 1
    parts = [f'<text x="10" y="20" font-size="15">{escape(title)}</text>']
    for number, (label, figure) in enumerate(bars):
        top, wide = 34 + number * row, figure / most * (width - left - 90)
        parts.append(f'<text x="10" y="{top + 13}">{escape(label)}</text>')
        parts.append(f'<rect x="{left}" y="{top}" width="{wide:.1f}" height="{row - 6}" rx="2" fill="#1f5fa8"/>')
        parts.append(f'<text x="{left + wide + 6:.1f}" y="{top + 13}">{figure:.3f} {escape(unit)}</text>')
    return wrap_svg(parts, width, 34 + len(bars) * row + 10)
