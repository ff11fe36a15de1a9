"""Copy a file of any type, showing the progress; the copy appears when it is whole.

    python3 scripts/copy_file.py face.jpg copy.jpg
    python3 scripts/copy_file.py film.mp4 /backup/film.mp4 --verify --resume     go on after a break
    python3 scripts/copy_file.py disk.img copy.img --sparse                      holes stay holes
    python3 scripts/copy_file.py face.jpg copy.jpg --parts 2                     the halves by two processes at once
"""
from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Callable

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files


def progress_line() -> Callable[[int, int], None]:
    """Return a function that rewrites one line on a terminal with the percentage, when it changes; silent elsewhere."""
    last = [-1]

    def show(done: int, total: int) -> None:
        percent = done * 100 // total if total else 100
        if percent != last[0] and sys.stderr.isatty():
            end = "\n" if done == total else ""
            shown = _prelude.say("{:3d} %  {:,} of {:,} bytes", percent, done, total)
            print(f"\r{shown}", end=end, file=sys.stderr, flush=True)
        last[0] = percent

    return show


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("source")
    options.add_argument("target")
    options.add_argument("--verify", action="store_true", help="read both again and compare their checksums")
    options.add_argument("--resume", action="store_true", help="keep an unfinished copy and go on from there")
    way = options.add_mutually_exclusive_group()
    way.add_argument("--sparse", action="store_true", help="keep holes")
    way.add_argument("--parts", type=_prelude.crowd, metavar="N", help="copy N parts, one process each")
    chosen = options.parse_args(argv)
    if chosen.resume and (chosen.sparse or chosen.parts is not None):
        options.error(_prelude.say("only a plain copy can be resumed"))
    if chosen.sparse:
        _prelude.tell("{:,} bytes written, the rest is holes", files.copy_sparse(chosen.source, chosen.target))
    elif chosen.parts is not None:
        with ProcessPoolExecutor(min(max(1, chosen.parts), 16)) as executor:
            size = files.copy_in_parts(chosen.source, chosen.target, chosen.parts, executor=executor)
            _prelude.tell("{:,} bytes copied", size)
    else:
        copied = files.copy_file(chosen.source, chosen.target, resume=chosen.resume, progress=progress_line())
        _prelude.tell("{:,} bytes copied", copied)
    if chosen.verify:
        if files.checksum(chosen.source) != files.checksum(chosen.target):
            raise _prelude.Refusal(_prelude.say("{} differs from {}", chosen.target, chosen.source))
        _prelude.tell("verified")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
