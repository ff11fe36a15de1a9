"""The page about speed, written from a saved run: no figure in it was typed by a person."""
from __future__ import annotations

import statistics
from pathlib import Path
from typing import Iterator

from .chart import short, write_charts
from .harness import BUSY, TOLERANCE, Curve, Row, Run, Subject, aim, figure
from .reasons import REASONS

INTRODUCTION = """\
This page is written by `scripts/bench.py` from a saved run; no figure in it was typed by hand. Ours and theirs were
measured in turn. **Read the ratios, not the figures**: they say how many times better netio is (less time, less CPU,
less memory), pair by pair; the ratio is the median of the pairs, the spread their least and greatest. Absolute figures
swing with the machine, which was shared. Where a server is measured, the figure is the CPU time of its processes for
one operation, because the load generator runs on the same machine. One row is one sitting; subjects may have been
measured on different days, while the machine was busy to different degrees (`--from`)."""

REPEAT = """\
```
python3 scripts/bench.py --peers --json docs/performance.json                         # all subjects; half an hour
python3 scripts/bench.py --peers --from docs/performance.json --json docs/performance.json http  # only one
python3.15 scripts/bench.py --json docs/performance-newest.json echo http http-cold ipc pools  # another Python
python3 scripts/bench.py --from docs/performance.json --also docs/performance-newest.json --report docs/performance.md
```

The third-party peers are installed by the first command, into an environment of their own below the user's cache
folder. What is not installed is skipped and named. `--quick` shows in a minute that it runs; quote nothing of it."""


def write_page(run: Run, path: Path, also: Run | None = None) -> None:
    """Write the page to `path` and its charts beside it: NAME.md, NAME.svg, NAME-growth.svg."""
    charts = write_charts(run, path.with_suffix(".svg"))
    path.write_text(page(run, [chart.name for chart in charts], also), encoding="utf-8")


def page(run: Run, charts: list[str], also: Run | None = None) -> str:
    """Return the page in Markdown; `charts` are the names of pictures to show, `also` is another Python's run."""
    return "\n".join(_lines(run, charts, also)).rstrip() + "\n"


def _lines(run: Run, charts: list[str], also: Run | None) -> Iterator[str]:
    yield from ["# Speed", "", INTRODUCTION, "", "## In short", "", *summary(run), ""]
    for name in charts:
        yield from [f"![{'growth' if name.endswith('-growth.svg') else 'ratios and targets'}]({name})", ""]
    for name, subject in run.subjects.items():
        yield from [f"## {name}", "", *section(subject), ""]
    if also is not None:
        yield from [f"## The same on {also.machine['python']}", "", *beside(run, also), ""]
    yield from ["## Where it was measured", "", *machine(run), "", "## How to repeat it", ""]
    yield REPEAT


def beside(run: Run, also: Run) -> Iterator[str]:
    """Yield the ratios of another Python's run, beside those of the first, and where they were measured."""
    here, there = run.machine["python"], also.machine["python"]
    rows = [(name, row) for name, subject in also.subjects.items() for row in subject.rows if not row.skipped]
    known = {(name, row.what, row.ours, row.theirs): short(row.ratio)
             for name, subject in run.subjects.items() for row in subject.rows if not row.skipped}
    aims = [row for _, row in rows if row.reach is not None]
    yield (f"Server and peers that are Python ran on {there}. Targets reached: **{sum(not row.missed for row in aims)} "
           f"of {len(aims)}**.")
    yield from ["", f"| | what | netio | beside | ratio on {here} | on {there} | spread | target | |",
                "|---|---|---|---|---:|---:|---:|---:|---|"]
    for name, row in rows:
        what, ours, theirs, _, _, *rest = table_cells(row)
        yield _line([name, what, ours, theirs, known.get((name, row.what, row.ours, row.theirs), ""), *rest])
    yield from ["", *machine(also)]


def summary(run: Run) -> Iterator[str]:
    """Yield how many targets were reached, which were missed and by how much, and what was not measured."""
    rows = [(name, row) for name, subject in run.subjects.items() for row in subject.rows]
    aims = [row for _, row in rows if row.reach is not None and not row.skipped]
    missed = [(name, row) for name, row in rows if row.missed]
    yield f"- Targets reached: **{len(aims) - len(missed)} of {len(aims)}**."
    for name, row in missed:
        share = row.ratio / (row.reach or 1)
        yield (f"- Missed, {name}: {row.what}, {row.ours} beside {row.theirs}: {short(row.ratio)} of "
               f"{aim(row)} ({share:.0%} of the target; best pair {short(max(row.ratios))}). "
               + REASONS.get((name, row.what, row.theirs), "The reason is not known yet."))
    curves = [curve for subject in run.subjects.values() for curve in subject.curves if not curve.skipped]
    steep = [curve for curve in curves if curve.missed]
    if curves:
        yield f"- Costs that grow no faster than they must: **{len(curves) - len(steep)} of {len(curves)}**."
    for curve in steep:
        yield f"- Steeper than it should be: {curve.what}, {curve.who}: size^{curve.exponent:.2f}, not {curve.limit:g}."
    for name, row in rows:
        if row.skipped:
            yield f"- Not measured, {name}: {row.what} ({row.theirs}): {row.skipped}."


def section(subject: Subject) -> Iterator[str]:
    yield from [subject.about, ""]
    yield from [subject.measured, ""] if subject.measured else []
    if rows := [row for row in subject.rows if not row.skipped]:
        yield "| what | netio | beside | netio's figure | theirs | ratio | spread | target | |"
        yield "|---|---|---|---:|---:|---:|---:|---:|---|"
        yield from map(table_row, rows)
        yield from ["", *load_note(rows)]
    for what in dict.fromkeys(curve.what for curve in subject.curves if not curve.skipped):
        yield from curve_table([curve for curve in subject.curves if curve.what == what and not curve.skipped])
    if subject.curves:
        yield f"The exponents are those of the last two steps; {TOLERANCE:g} more is left to caches and chance."
    if subject.notes:
        yield subject.notes


def table_row(row: Row) -> str:
    return _line(table_cells(row))


def table_cells(row: Row) -> list[str]:
    ours, theirs = statistics.median(row.our_figures), statistics.median(row.their_figures)
    verdict = "" if row.reach is None else "missed" if row.missed else "reached"
    return [row.what, row.ours, row.theirs, figure(ours, row.unit), figure(theirs, row.unit),
            f"**{short(row.ratio)}**", f"{short(min(row.ratios))}–{short(max(row.ratios))}", aim(row), verdict]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def load_note(rows: list[Row]) -> Iterator[str]:
    """Yield whether the load generator may have been the bottleneck, where there was one."""
    shares = [row.load_share for row in rows if row.load_share is not None]
    if not shares:
        return
    busy = [row.what for row in rows if (row.load_share or 0) > BUSY]
    yield (f"The load generator used {min(shares):.0%} to {max(shares):.0%} of a core. " + (
        f"It was never the bottleneck (more than {BUSY:.0%})." if not busy else
        f"It may have been the bottleneck (more than {BUSY:.0%}), so that only CPU counts, in: {'; '.join(busy)}."))
    yield ""


def curve_table(curves: list[Curve]) -> Iterator[str]:
    sizes = sorted({size for curve in curves for size in curve.sizes})
    yield f"**{curves[0].what}**, against {curves[0].axis}:"
    yield ""
    yield f"| | {' | '.join(f'{size:,.0f}' for size in sizes)} | grows as | allowed | |"
    yield "|---|" + "---:|" * (len(sizes) + 2) + "---|"
    for curve in curves:
        known = dict(zip(curve.sizes, curve.figures))
        cells = [figure(known[size], curve.unit) if size in known else "" for size in sizes]
        verdict = "too steep" if curve.missed else "as it should"
        yield f"| {curve.who} | {' | '.join(cells)} | size^{curve.exponent:.2f} | size^{curve.limit:g} | {verdict} |"
    yield ""


def rounds(run: Run) -> list[int]:
    """Return how many pairs there are of each comparison, in order."""
    return sorted(len(row.ratios) for subject in run.subjects.values() for row in subject.rows if not row.skipped)


def _between(counts: list[int]) -> str:
    return " to ".join(map(str, sorted({counts[0], counts[-1]}))) if counts else "none"


def machine(run: Run) -> Iterator[str]:
    """Yield the machine, what was asked for, and the versions of all others."""
    yield "| | |"
    yield "|---|---|"
    for name, value in {**run.machine, "rounds": _between(rounds(run)), **run.versions}.items():
        yield f"| {name} | {value} |"
