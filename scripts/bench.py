"""Measure netio beside its peers, in one run, as ratios.

    python3 scripts/bench.py files framing import      some subjects
    python3 scripts/bench.py --quick                   all of them, one short round each
    python3 scripts/bench.py http --peers              beside third-party servers as well, where a subject has any

`ours` and `theirs` are medians, smaller is better; `ratio` says how many times better ours is, `reach` what it ought
to be, and `!` marks a target that was missed.
"""
from __future__ import annotations

import importlib
from pathlib import Path

import _prelude

from benches import harness


def subjects() -> list[str]:
    """Return the names of the modules in scripts/benches that measure something."""
    found = (path.stem for path in (Path(__file__).parent / "benches").glob("*.py"))
    return sorted(name.rstrip("_") for name in found if name not in ("__init__", "harness"))


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("subject", nargs="*", metavar="SUBJECT", help=f"any of {', '.join(subjects())} (default: all)")
    options.add_argument("--rounds", type=int, default=5, help="pairs to measure (default: %(default)s)")
    options.add_argument("--quick", action="store_true", help="one round of less work: to see it run, not to quote")
    options.add_argument("--peers", action="store_true", help="install third-party peers, in their own environment")
    options.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    chosen = options.parse_args(argv)
    if unknown := set(chosen.subject) - set(subjects()):
        options.error(f"no such subject: {', '.join(sorted(unknown))}; there are {', '.join(subjects())}")
    measured: dict[str, list[harness.Row]] = {}
    for name in chosen.subject or subjects():
        print(f"\n{name}", flush=True)
        rows = measured.setdefault(name, [])
        settings = harness.Settings(max(1, chosen.rounds), chosen.quick, chosen.peers)
        measure = importlib.import_module(f"benches.{'import_' if name == 'import' else name}").rows
        harness.print_table(harness.keep(measure(settings), rows))
    if chosen.json:
        chosen.json.write_text(harness.to_json(measured), encoding="utf-8")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
