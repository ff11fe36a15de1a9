"""Walk through every chapter on real files and sockets, and say what was seen.

    python3 scripts/tour.py                    all chapters
    python3 scripts/tour.py --chapter tcp      one of them
    python3 scripts/tour.py --html tour.html   and as a page for a browser or a phone
    NETIO_LANG=zh python3 scripts/tour.py      in Chinese (中文)
    $env:NETIO_LANG="zh"; py scripts/tour.py   the same in PowerShell
    set NETIO_LANG=zh&& py scripts/tour.py     the same in cmd
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tour


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--chapter", choices=tour.CHAPTERS, action="append", help="only this one (may be repeated)")
    options.add_argument("--html", metavar="FILE", help="write all that is shown to FILE, too, as one HTML page")
    chosen = options.parse_args(argv)
    return 1 if tour.run(chosen.chapter or tour.CHAPTERS, html=chosen.html) else 0


if __name__ == "__main__":
    _prelude.run(main)
