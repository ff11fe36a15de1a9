"""Show how the usual solution of the course's file server goes wrong, and how framing cures it, side by side.

    python3 scripts/show_course_ftp.py
    python3 scripts/show_course_ftp.py "half files" "../"        only these: any part of a title
"""
from __future__ import annotations

import _prelude

from netio.ftp.course_faults import FAULTS


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("titles", metavar="TITLE", nargs="*", help="part of the title of a fault (default: all)")
    chosen = options.parse_args(argv)
    shown = 0
    for show in FAULTS:
        found = show()
        if chosen.titles and not any(part in found.title for part in chosen.titles):
            continue
        shown += 1
        print(f"\n{found.title} ({found.zh})\n  usual:  {found.usual}\n  framed: {found.framed}", flush=True)
    if not shown:
        raise LookupError(f"no fault has a title with {' or '.join(chosen.titles)} in it")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
