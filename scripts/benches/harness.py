"""Measure two things in turn and say how much better ours is, pair by pair; or one thing as its load grows."""
from __future__ import annotations

import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Union

import _prelude

from .system import take_last_core

COLUMNS = {"what": 44, "ours": -12, "theirs": -12, "ratio": -8, "spread": -15, "reach": -7, "load": -5}  # and widths
BUSY = 0.97  # of a core: a load generator that uses more may itself have been what was measured
TOLERANCE = 0.25  # what caches and chance may add to an exponent
_shares: list[float] = []  # of each load that run_load has seen since the last comparison


class Settings(NamedTuple):
    """What the command line asked for: rounds a pair, smaller amounts of work, and third-party peers."""

    rounds: int = 5
    quick: bool = False
    peers: bool = False


@dataclass
class Row:
    """One comparison: what was done, by whom, the figures of each round (smaller is better) and the ratio to reach.

    `reach` is how many times better than `theirs` the project wants `ours` to be; None where there is no target.
    `load_share` is the part of a core that the load generator used at most; None where there was no such program.
    A row with `skipped` says why nothing was measured.
    """

    what: str
    ours: str
    theirs: str
    unit: str = "s"
    our_figures: list[float] = field(default_factory=list)
    their_figures: list[float] = field(default_factory=list)
    reach: float | None = None
    skipped: str = ""
    load_share: float | None = None

    @property
    def ratios(self) -> list[float]:
        """How many times better ours was, for each pair."""
        return [theirs / ours for ours, theirs in zip(self.our_figures, self.their_figures)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def missed(self) -> bool:
        return not self.skipped and self.reach is not None and self.ratio < self.reach


@dataclass
class Curve:
    """The cost of one operation against the size of something, for one way of doing it.

    `limit` is the exponent k at which cost may grow as size ** k: 0 where an operation should cost the same at any
    size (or its logarithm), 1 where it has to touch each byte.
    """

    what: str
    axis: str
    who: str
    limit: float
    sizes: list[float] = field(default_factory=list)
    figures: list[float] = field(default_factory=list)
    unit: str = "s"
    skipped: str = ""

    @property
    def exponent(self) -> float:
        """How the cost grows at the far end: over the last two steps, as a power of the size."""
        back = max(-3, -len(self.sizes))
        return (math.log(self.figures[-1] / self.figures[back])
                / math.log(self.sizes[-1] / self.sizes[back])) if len(self.sizes) > 1 else 0.0

    @property
    def missed(self) -> bool:
        return not self.skipped and self.exponent > self.limit + TOLERANCE


Measured = Union[Row, Curve]


def compare(what: str, ours: Callable[[], float], theirs: Callable[[], float], settings: Settings, *,
            names: tuple[str, str], reach: float | None = None, unit: str = "s") -> Row:
    """Call `ours` and `theirs` in turn, after one warm-up each; both return a figure of which smaller is better."""
    row = Row(what, *names, unit=unit, reach=reach)
    ours(), theirs()
    _shares.clear()
    for _ in range(1 if settings.quick else settings.rounds):
        row.our_figures.append(ours())
        row.their_figures.append(theirs())
    row.load_share = max(_shares, default=None)
    return row


def grow(curve: Curve, measure: Callable[[int], float], sizes: Iterable[int], settings: Settings) -> Curve:
    """Measure the cost at each size, and keep the least of the rounds: what else runs only ever adds to it."""
    for size in sizes:
        curve.sizes.append(size)
        curve.figures.append(min(measure(size) for _ in range(1 if settings.quick else min(2, settings.rounds))))
    return curve


def run_load(command: list[str], **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run a load generator on the last core to its end, as subprocess.run, and remember which part of it it used."""
    import resource

    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    if os.name == "posix":
        options["preexec_fn"] = take_last_core
    done = subprocess.run(command, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    _shares.append(used / (time.perf_counter() - begin))
    return done


def seconds(work: Callable[[], object]) -> Callable[[], float]:
    """Turn `work` into a function that returns the seconds it took."""

    def timed() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return timed


def machine() -> dict[str, str]:
    """Say where the figures were measured, and how busy it was before."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {"python": f"{platform.python_implementation()} {platform.python_version()}", "system": platform.platform(),
            "processor": _processor(), "cores": str(os.cpu_count()), "load before": load,
            "date": time.strftime("%Y-%m-%d")}


def _processor() -> str:
    """Return the processor's name: Linux has it in a file only."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


@dataclass
class Subject:
    """All that was measured of one subject, and what its module says about itself: of what, and how.

    `measured` says when, and how busy the machine was then.
    """

    about: str = ""
    notes: str = ""
    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    measured: str = ""

    def keep(self, measured: Iterable[Measured]) -> Iterator[Measured]:
        """Pass on what is measured as it comes, and keep it."""
        for one in measured:
            if isinstance(one, Row):
                self.rows.append(one)
            else:
                self.curves.append(one)
            yield one


@dataclass
class Run:
    """All that one run has measured, and where: what --json saves, and what charts and page are made of."""

    machine: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)


def to_json(run: Run) -> str:
    """Return a run as JSON; read_json is its inverse."""
    return json.dumps(asdict(run), indent=1, ensure_ascii=False) + "\n"


def read_json(text: str) -> Run:
    """Return the run that to_json has written. Raises: ValueError if the text is no such run."""
    try:
        saved = json.loads(text)
        for name, subject in saved["subjects"].items():
            subject["rows"] = [Row(**row) for row in subject["rows"]]
            subject["curves"] = [Curve(**curve) for curve in subject["curves"]]
            saved["subjects"][name] = Subject(**subject)
        return Run(**saved)
    except (TypeError, KeyError, AttributeError) as error:
        raise _prelude.Refusal(_prelude.say("not a saved run of the bench: {!r}", error)) from None


def print_all(measured: Iterable[Measured]) -> None:
    """Print each row as it comes: the medians of both, the ratio with its spread, and the target beside it.

    Of a curve, print the cost at each size and the exponent with which it grows at the far end.
    """
    head = ""
    for one in measured:
        head, before = _head(one), head
        if head != before:
            print(head)
        if one.skipped:
            print(_prelude.say("{:<44} skipped: {}", one.what, one.skipped), flush=True)
        else:
            print(_row_line(one) if isinstance(one, Row) else _curve_line(one), flush=True)


def _head(one: Measured) -> str:
    if isinstance(one, Row):
        return " ".join(_prelude.pad(_prelude.say(title), width) for title, width in COLUMNS.items())
    return _prelude.say("{}, against {}", one.what, one.axis)


def _row_line(row: Row) -> str:
    ours, theirs = statistics.median(row.our_figures), statistics.median(row.their_figures)
    spread = f"{min(row.ratios):.2f}-{max(row.ratios):.2f}"
    verdict = "" if row.reach is None else aim(row) + (" !" if row.missed else "")
    figures = f"{figure(ours, row.unit):>12} {figure(theirs, row.unit):>12} {row.ratio:>8.2f} {spread:>15}"
    share = "" if row.load_share is None else f"{row.load_share:.0%}"
    return f"{row.what:<44} {figures} {verdict:>7} {share:>5}  ({row.ours} : {row.theirs})"


def _curve_line(curve: Curve) -> str:
    points = "  ".join(f"{size:,.0f}: {figure(value, curve.unit)}" for size, value in zip(curve.sizes, curve.figures))
    verdict = _prelude.say(" ! more than {:g}", curve.limit) if curve.missed else ""
    grown = _prelude.say("grows as size^{:.2f}", curve.exponent)
    return f"  {curve.who:<20} {points}  {grown}{verdict}"


def aim(row: Row) -> str:
    """Return the ratio to reach as people write it: 1,500 or 0.67; "" where there is none."""
    return "" if row.reach is None else f"{round(row.reach, 2):,g}"


def figure(value: float, unit: str) -> str:
    """Return a figure with its unit, seconds in the unit that suits them: 0.0000123, "s" is "12.3 us"."""
    if unit != "s":
        return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if value * factor >= 0.9995:
            return f"{value * factor:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def warn(text: str) -> None:
    print(_prelude.say("{}: {}", "bench", text), file=sys.stderr, flush=True)
