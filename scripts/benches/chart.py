"""Charts of a run as SVG, self-contained: ratios beside their targets, and the growth of costs, on log scales.

A filled dot has reached its target, a hollow one has not, so that the chart can be read without its colours.
"""
from __future__ import annotations

import math
from pathlib import Path
from typing import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from .harness import Curve, Row, Run, aim, figure

INK, FAINT, GRID = "#1f2933", "#66727f", "#e3e8ee"
REACHED, MISSED, FREE = "#0b7a75", "#c2410c", "#5b6b8c"
LINES = ["#0b7a75", "#c2410c", "#5b6b8c", "#a16207"]
FONT = "font-family='DejaVu Sans, Verdana, Helvetica, Arial, sans-serif'"
WIDTH, LEFT, RIGHT = 1000, 370, 830  # of the picture, and from where to where its scale goes
STEP, HEAD = 30, 34  # the height of a row, and of a subject's name


def write_charts(run: Run, path: Path) -> list[Path]:
    """Draw the ratios to `path`, and the growth to NAME-growth.svg beside it, or to `path` if there are no ratios."""
    written = []
    if any(True for _ in measured_rows(run)):
        path.write_text(draw_ratios(run), encoding="utf-8")
        written.append(path)
    if any(True for _ in measured_curves(run)):
        target = path.with_name(f"{path.stem}-growth{path.suffix}") if written else path
        target.write_text(draw_growth(run), encoding="utf-8")
        written.append(target)
    return written


def measured_rows(run: Run) -> Iterator[tuple[str, list[Row]]]:
    """Yield each subject's name and the rows that were measured, if any were."""
    for name, subject in run.subjects.items():
        if rows := [row for row in subject.rows if not row.skipped]:
            yield name, rows


def measured_curves(run: Run) -> Iterator[tuple[str, list[Curve]]]:
    """Yield what was measured, and the curves of each way of doing it, if there are any."""
    groups: dict[str, list[Curve]] = {}
    for subject in run.subjects.values():
        for curve in subject.curves:
            if not curve.skipped:
                groups.setdefault(curve.what, []).append(curve)
    yield from groups.items()


def draw_ratios(run: Run) -> str:
    """Return the chart of all ratios: the median, the spread over the rounds, and the target."""
    subjects = list(measured_rows(run))
    rows = [row for _, rows in subjects for row in rows]
    low = min(1.0, *(min(row.ratios) for row in rows), *(row.reach for row in rows if row.reach))
    high = max(1.0, *(max(row.ratios) for row in rows), *(row.reach for row in rows if row.reach))
    place = log_scale(low / 1.15, high * 1.15, LEFT, RIGHT)
    top, bottom = 108, 108 + len(subjects) * HEAD + len(rows) * STEP
    parts = [text(24, 34, "netio beside its peers: how many times better", size=18, weight="bold"),
             text(24, 54, f"{about(run)}; medians of ratios, log scale", size=11, fill=FAINT), legend(24, 76)]
    for tick in ticks(low / 1.15, high * 1.15):
        parts.append(line(place(tick), top, place(tick), bottom, GRID if tick != 1 else FAINT, 1 if tick != 1 else 1.4))
        parts += [text(place(tick), y, f"{tick:,g}×", size=10, fill=FAINT, anchor="middle")
                  for y in (top - 5, bottom + 16)]
    y = top
    for name, group in subjects:
        parts.append(text(24, y + 23, name, size=14, weight="bold"))
        y += HEAD
        for row in group:
            parts.append(draw_row(row, place, y + STEP / 2))
            y += STEP
    return picture(WIDTH, bottom + 32, parts, "netio beside its peers")


def draw_row(row: Row, place: Callable[[float], float], y: float) -> str:
    colour = FREE if row.reach is None else MISSED if row.missed else REACHED
    value = f"{short(row.ratio)}×" + ("" if row.reach is None else f"  of {aim(row)}")
    parts = [text(24, y - 1, row.what, size=12),
             text(24, y + 11, f"{row.ours} beside {row.theirs}", size=9.5, fill=FAINT),
             line(place(min(row.ratios)), y, place(max(row.ratios)), y, colour, 4, opacity=0.35)]
    if row.reach is not None:
        parts.append(line(place(row.reach), y - 9, place(row.reach), y + 9, INK, 2))
    parts.append(dot(place(row.ratio), y, colour, hollow=row.missed))
    return "".join([*parts, text(RIGHT + 22, y + 4, value, size=12, fill=colour, weight="bold")])


def legend(x: float, y: float) -> str:
    marks = [(REACHED, False, "target reached"), (MISSED, True, "target missed"), (FREE, False, "no target")]
    parts = [dot(x + 5 + 140 * number, y - 4, colour, hollow) + text(x + 16 + 140 * number, y, words, size=11)
             for number, (colour, hollow, words) in enumerate(marks)]
    parts += [line(x + 425, y - 12, x + 425, y + 4, INK, 2), text(x + 434, y, "target", size=11),
              line(x + 510, y - 4, x + 540, y - 4, FREE, 4, opacity=0.35),
              text(x + 548, y, "spread of the rounds", size=11)]
    return "".join(parts)


def draw_growth(run: Run) -> str:
    """Return the chart of all curves, one panel for each operation; a dashed line shows what linear growth would be."""
    groups = list(measured_curves(run))
    across, wide, high = 2, 500, 330
    parts = [text(24, 34, "What one operation costs as things grow", size=18, weight="bold"),
             text(24, 54, f"{about(run)}; log scales; dashed: in proportion to the size", size=11, fill=FAINT)]
    for number, (what, curves) in enumerate(groups):
        x, y = number % across * wide, 70 + number // across * high
        parts.append(draw_panel(what, curves, x, y, wide, high))
    return picture(across * wide, 70 + math.ceil(len(groups) / across) * high, parts, "growth")


def draw_panel(what: str, curves: list[Curve], x: float, y: float, wide: float, high: float) -> str:
    sizes = [size for curve in curves for size in curve.sizes]
    values = [value for curve in curves for value in curve.figures]
    left, right, top, bottom = x + 72, x + wide - 112, y + 34, y + high - 50
    across = log_scale(min(sizes), max(sizes), left, right)
    low, high_value = min(values) / 1.4, max(values) * 1.4
    up = log_scale(low, high_value, bottom, top)
    parts = [text(x + 24, y + 20, what, size=13, weight="bold"),
             text((left + right) / 2, bottom + 34, curves[0].axis, size=11, fill=FAINT, anchor="middle")]
    for tick in ticks(low, high_value):
        parts += [line(left, up(tick), right, up(tick), GRID, 1),
                  text(left - 8, up(tick) + 4, figure(tick, curves[0].unit), size=10, fill=FAINT, anchor="end")]
    for size in ticks(min(sizes), max(sizes), most=6):
        parts += [line(across(size), bottom, across(size), bottom + 4, FAINT, 1),
                  text(across(size), bottom + 17, f"{size:,.0f}", size=10, fill=FAINT, anchor="middle")]
    parts.append(linear_hint(min(sizes), max(sizes), low, high_value, across, up))
    ends = spread_out([up(curve.figures[-1]) for curve in curves], 14)
    for curve, colour, end in zip(curves, LINES, ends):
        points = [(across(size), up(value)) for size, value in zip(curve.sizes, curve.figures)]
        parts.append(f"<polyline fill='none' stroke='{colour}' stroke-width='2' points='"
                     + " ".join(f"{px:.1f},{py:.1f}" for px, py in points) + "'/>")
        parts += [dot(px, py, colour, hollow=curve.missed, size=3) for px, py in points]
        parts.append(text(right + 8, end + 4, f"{curve.who}", size=10.5, fill=colour, weight="bold"))
    return "".join(parts)


def linear_hint(least: float, most: float, low: float, high: float, across: Callable[[float], float],
                up: Callable[[float], float]) -> str:
    """Return a dashed line of slope one that ends in the right upper corner, as long as the panel lets it be."""
    start = max(least, most * low / high)
    return (f"<line x1='{across(start):.1f}' y1='{up(high * start / most):.1f}' x2='{across(most):.1f}' "
            f"y2='{up(high):.1f}' stroke='{FAINT}' stroke-dasharray='3 4' opacity='0.7'/>")


def spread_out(places: list[float], apart: float) -> list[float]:
    """Move labels that would overlap, and keep their order.

    >>> spread_out([10, 50, 12], 14)
    [10, 50, 24]
    """
    moved, last = list(places), -math.inf
    for number in sorted(range(len(places)), key=places.__getitem__):
        last = moved[number] = max(places[number], last + apart)
    return moved


def log_scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return a function that places values from low to high between start and end, by their logarithms."""
    span = math.log(high / low) or 1.0
    return lambda value: start + (end - start) * math.log(value / low) / span


def ticks(low: float, high: float, most: int = 9) -> list[float]:
    """Return round values within low and high: 1, 2 and 5 of each power of ten, or the powers, or every other one.

    >>> ticks(0.3, 40), ticks(1, 10_000)
    ([0.5, 1.0, 2.0, 5.0, 10.0, 20.0], [1.0, 10.0, 100.0, 1000.0, 10000.0])
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits, step in (((1, 2, 5), 1), ((1,), 1), ((1,), 2), ((1,), 3)):
        found = [float(f"{digit}e{power}") for power in range(first, last + 1) if power % step == 0 for digit in digits]
        if len(found := [value for value in found if low <= value * 1.000001 and value <= high * 1.000001]) <= most:
            break
    return found


def short(value: float) -> str:
    """Return a ratio with as many digits as can be meant: 0.87, 3.4, 12, 5,210."""
    return f"{value:.2f}" if value < 2 else f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def about(run: Run) -> str:
    return ", ".join(run.machine[key] for key in ("python", "date")) + f", {run.machine['cores']} cores"


def text(x: float, y: float, words: str, *, size: float, fill: str = INK, weight: str = "normal",
         anchor: str = "start") -> str:
    return (f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{fill}' font-weight='{weight}' "
            f"text-anchor='{anchor}'>{escape(words)}</text>")


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, opacity: float = 1) -> str:
    return (f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='{width}' "
            f"opacity='{opacity}' stroke-linecap='round'/>")


def dot(x: float, y: float, colour: str, hollow: bool = False, size: float = 5) -> str:
    fill = "#ffffff" if hollow else colour
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{size}' fill='{fill}' stroke='{colour}' stroke-width='2'/>"


def picture(width: float, height: float, parts: Iterable[str], title: str) -> str:
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:g} {height:g}' width='{width:g}' "
            f"height='{height:g}' {FONT} role='img'><title>{escape(title)}</title>"
            f"<rect width='100%' height='100%' fill='#ffffff'/>\n" + "\n".join(parts) + "\n</svg>\n")
