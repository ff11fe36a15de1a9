"""Write a numbered line with the time to a file every second; the numbers go on where the file ends.

    python3 scripts/log_time.py log.txt                      until Ctrl-C
    python3 scripts/log_time.py log.txt --count 3 --interval 0.5
    python3 scripts/log_time.py log.txt --follow             show what another one writes, as it comes
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("file")
    options.add_argument("--interval", type=_prelude.seconds, default=1.0, metavar="SECONDS",
                         help="(default: %(default)s)")
    options.add_argument("--count", type=_prelude.count, metavar="N", help="end after N lines (default: never)")
    options.add_argument("--follow", action="store_true", help="do not write: show lines that are added to the file")
    options.add_argument("--timeout", type=_prelude.seconds, metavar="SECONDS",
                         help="with --follow: end when none came")
    chosen = options.parse_args(argv)
    if chosen.follow:
        lines = files.follow_lines(chosen.file, timeout=chosen.timeout)
    else:
        lines = files.timelog.log_time(chosen.file, interval=chosen.interval, count=chosen.count)
    for line in lines:
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
