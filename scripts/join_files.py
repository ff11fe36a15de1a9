"""Join the parts that split_file.py made; the file appears when the checksum of every part was right.

    python3 scripts/join_files.py film.mp4.sha256 film.mp4
    python3 scripts/join_files.py film.mp4.sha256 --check        only say which parts are missing or damaged
"""
from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("list", help="the NAME.sha256 that split_file.py made, beside the parts")
    options.add_argument("target", nargs="?", help="the file to make")
    options.add_argument("--check", action="store_true", help="check the parts, make nothing")
    options.add_argument("--processes", type=_prelude.count, default=0, metavar="N",
                         help="let N processes work at once")
    chosen = options.parse_args(argv)
    if chosen.check == bool(chosen.target):
        options.error(_prelude.say("give either a target or --check"))
    if chosen.check:
        damaged = files.parts.find_damaged(chosen.list)
        for path in damaged:
            _prelude.tell("damaged or missing: {}", path)
        if not damaged:
            _prelude.tell("all parts are well")
        return 1 if damaged else 0
    if chosen.processes > 0:
        with ProcessPoolExecutor(chosen.processes) as executor:
            size = files.join_files(chosen.list, chosen.target, executor=executor)
    else:
        size = files.join_files(chosen.list, chosen.target)
    _prelude.tell("{}: {:,} bytes", chosen.target, size)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
