"""Measure two things in turn and say how much better ours is, pair by pair."""
from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Callable, Iterable, Iterator, NamedTuple, Optional


class Settings(NamedTuple):
    """What the command line asked for: rounds a pair, smaller amounts of work, and third-party peers."""

    rounds: int = 5
    quick: bool = False
    peers: bool = False


@dataclass
class Row:
    """One comparison: what was done, by whom, the figures of each round (smaller is better) and the ratio to reach.

    `reach` is how many times better than `theirs` the project wants `ours` to be; None where there is no target.
    A row with `skipped` says why nothing was measured.
    """

    what: str
    ours: str
    theirs: str
    unit: str = "s"
    our_figures: list[float] = field(default_factory=list)
    their_figures: list[float] = field(default_factory=list)
    reach: Optional[float] = None
    skipped: str = ""

    @property
    def ratios(self) -> list[float]:
        """How many times better ours was, for each pair."""
        return [theirs / ours for ours, theirs in zip(self.our_figures, self.their_figures)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def compare(what: str, ours: Callable[[], float], theirs: Callable[[], float], settings: Settings, *,
            names: tuple[str, str], reach: Optional[float] = None, unit: str = "s") -> Row:
    """Call `ours` and `theirs` in turn, after one warm-up each; both return a figure of which smaller is better."""
    row = Row(what, *names, unit=unit, reach=reach)
    ours(), theirs()
    for _ in range(1 if settings.quick else settings.rounds):
        row.our_figures.append(ours())
        row.their_figures.append(theirs())
    return row


def seconds(work: Callable[[], object]) -> Callable[[], float]:
    """Turn `work` into a function that returns the seconds it took."""

    def timed() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return timed


def cpu_seconds(pid: int) -> float:
    """Return the user and system seconds that process `pid` has used (Linux: /proc/PID/stat, fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, str]:
    """Say where the figures were measured."""
    return {"python": f"{platform.python_implementation()} {platform.python_version()}", "system": platform.platform(),
            "cores": str(os.cpu_count()), "date": time.strftime("%Y-%m-%d")}


def keep(rows: Iterable[Row], kept: list[Row]) -> Iterator[Row]:
    """Pass rows on as they come, and keep them."""
    for row in rows:
        kept.append(row)
        yield row


def print_table(rows: Iterable[Row]) -> None:
    """Print each row as it comes: the medians of both, the ratio with its spread, and the target beside it."""
    print(f"{'what':<44} {'ours':>12} {'theirs':>12} {'ratio':>8} {'spread':>15} {'reach':>7}")
    for row in rows:
        if row.skipped:
            print(f"{row.what:<44} skipped: {row.skipped}", flush=True)
            continue
        ours, theirs = statistics.median(row.our_figures), statistics.median(row.their_figures)
        spread = f"{min(row.ratios):.2f}-{max(row.ratios):.2f}"
        verdict = "" if row.reach is None else f"{row.reach:g}" + ("" if row.ratio >= row.reach else " !")
        figures = f"{_figure(ours, row.unit):>12} {_figure(theirs, row.unit):>12} {row.ratio:>8.2f} {spread:>15}"
        print(f"{row.what:<44} {figures} {verdict:>7}  ({row.ours} : {row.theirs})", flush=True)


def to_json(subjects: dict[str, list[Row]]) -> str:
    """Return all rows as JSON, with the machine they were measured on."""
    figures = {name: [asdict(row) for row in rows] for name, rows in subjects.items()}
    return json.dumps({"machine": machine(), "subjects": figures}, indent=1, ensure_ascii=False)


def _figure(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:.3g} {unit}"
    for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def warn(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)
