"""Walk through every chapter on real files and sockets, and say what was seen.

    python3 scripts/tour.py                    all chapters
    python3 scripts/tour.py --chapter tcp      one of them
    NETIO_LANG=zh python3 scripts/tour.py      in Chinese (中文)
"""
from __future__ import annotations

import _prelude

from netio import tour


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--chapter", choices=tour.CHAPTERS, action="append", help="only this one (may be repeated)")
    chosen = options.parse_args(argv).chapter
    return 1 if tour.run(tuple(chosen or tour.CHAPTERS)) else 0


if __name__ == "__main__":
    _prelude.run(main)
