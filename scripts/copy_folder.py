"""Copy a folder with a pool of processes, showing the progress in percent.

    python3 scripts/copy_folder.py SOURCE TARGET
    python3 scripts/copy_folder.py photos backup --workers 8

Files that exist in the target are replaced, never left half-written.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("source")
    options.add_argument("target")
    options.add_argument("--workers", type=_prelude.crowd, help="worker processes (default: one for each CPU)")
    given = options.parse_args(argv)
    with concurrency.ProcessPool(given.workers) as pool:
        copied = concurrency.copy_folder(given.source, given.target, pool, show_percent)
    _prelude.tell("{} files, {} bytes", copied.files, copied.size)
    return 0


def show_percent(percent: float) -> None:
    """Keep one line up to date; in a file or pipe, where that is no use, stay silent."""
    if sys.stderr.isatty():
        print(f"\r{percent:5.1f} %", end="\n" if percent >= 100 else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    _prelude.run(main)
