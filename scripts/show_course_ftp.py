"""Show how the usual solution of the course's file server goes wrong, and how framing cures it, side by side.

    python3 scripts/show_course_ftp.py
    python3 scripts/show_course_ftp.py "half files" "../"        only these: any part of a title
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.ftp.course_faults import FAULTS


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("titles", metavar="TITLE", nargs="*", help="part of the title of a fault (default: all)")
    chosen = options.parse_args(argv)
    shown = differ = 0
    for show in FAULTS:
        found = show(say=_prelude.say)
        if chosen.titles and not any(part in found.title + found.zh for part in chosen.titles):
            continue
        shown += 1
        differ += found.usual != found.framed
        print("\n" + _prelude.say("{0} ({1})", found.title, found.zh))
        _prelude.tell("  usual:  {}", found.usual)
        _prelude.tell("  framed: {}", found.framed)
    if not shown:
        wanted = _prelude.say(" or ").join(chosen.titles)
        raise _prelude.Refusal(_prelude.say("no fault has a title with {} in it", wanted))
    print()
    _prelude.conclude("You saw: in {} of {} cases the usual way came out wrong, where a length before each message "
                      "leaves nothing to guess.", differ, shown)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
