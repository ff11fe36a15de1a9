"""Measure netio beside its peers, in one run, as ratios.

    python3 scripts/bench.py files framing import      some subjects
    python3 scripts/bench.py --quick                   all of them, one short round each
    python3 scripts/bench.py http --peers              beside third-party servers as well, where a subject has any
    python3 scripts/bench.py growth --svg growth.svg   what an operation costs as connections, files, messages grow
    python3 scripts/bench.py --from run.json --report docs/performance.md        the page and charts of a saved run
    python3 scripts/bench.py --from run.json --json run.json http                one subject of it measured again
    python3 scripts/bench.py --from run.json --also new.json --report page.md    with a table of another Python's run

`ours` and `theirs` are medians, smaller is better; `ratio` says how many times better ours is, `reach` what it ought
to be, and `!` marks a target that was missed. `load` is the part of a core that the load generator used at most.
"""
from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from benches.chart import write_charts
from benches.harness import Settings, read_json
from benches.page import write_page
from benches.run import measure, subjects


def parse(argv: list[str] | None) -> argparse.Namespace:
    names = subjects()
    what = _prelude.say("any of {} (default: all)").format(", ".join(names))
    options = _prelude.parser(__doc__)
    options.add_argument("subject", nargs="*", metavar="SUBJECT", help=what)
    options.add_argument("--rounds", type=int, default=5, help="pairs to measure (default: %(default)s)")
    options.add_argument("--quick", action="store_true", help="one round of less work: to see it run, not to quote")
    options.add_argument("--peers", action="store_true", help="install third-party peers, in their own environment")
    options.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    options.add_argument("--from", type=Path, dest="saved", metavar="FILE", help="take all but SUBJECT from FILE")
    options.add_argument("--also", type=Path, metavar="FILE", help="what another Python saved, for --report")
    options.add_argument("--svg", type=Path, metavar="FILE", help="draw ratios and targets (growth: FILE-growth.svg)")
    options.add_argument("--report", type=Path, metavar="FILE", help="write a page (Markdown), its charts beside it")
    chosen = options.parse_args(argv)
    if unknown := set(chosen.subject) - set(names):
        options.error(_prelude.say("no such subject: {}; there are {}", ", ".join(sorted(unknown)), ", ".join(names)))
    return chosen


def main(argv: list[str] | None = None) -> int:
    chosen = parse(argv)
    measured, failed = read_json(chosen.saved.read_text(encoding="utf-8")) if chosen.saved else None, False
    if measured is None or chosen.subject:
        settings = Settings(max(1, chosen.rounds), chosen.quick, chosen.peers)
        measured, failed = measure(chosen.subject or subjects(), settings, chosen.json, measured)
    if chosen.svg:
        write_charts(measured, chosen.svg)
    if chosen.report:
        write_page(measured, chosen.report, read_json(chosen.also.read_text(encoding="utf-8")) if chosen.also else None)
    return int(failed)


if __name__ == "__main__":
    _prelude.run(main)
