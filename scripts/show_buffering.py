"""Show when written bytes reach the file: buffer full, flush, close, newline.

    python3 scripts/show_buffering.py
    python3 scripts/show_buffering.py --buffering 16     with a buffer of 16 bytes (binary)

For each step: what was done, how many bytes were given to write(), how many another program would see in the file.
"""
from __future__ import annotations

import io
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files

COLUMNS = {"step": 14, "given": -8, "in file": -8}


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--buffering", type=_prelude.count, metavar="BYTES", help="show this size of buffer instead")
    chosen = options.parse_args(argv)
    if chosen.buffering in (0, 1):
        options.error(_prelude.say("0 is no buffer and 1 goes by lines: give 2 bytes or more"))
    size = chosen.buffering or io.DEFAULT_BUFFER_SIZE
    pieces: list[str | bytes | None] = [b"." * (size // 2), b"." * (size // 2), b".", None, b"."]
    cases: list[tuple[str, list[str | bytes | None], bool, int]] = [
        (_prelude.say("binary, a buffer of {} bytes: written when full, at flush, at close", size),
         pieces, True, size),
    ]
    if chosen.buffering is None:
        cases += [
            (_prelude.say("text, buffering=1: written with each newline"),
             ["no newline", " yet\n", "中文", "\n"], False, 1),
            (_prelude.say("binary, buffering=0: written at once"), [b"abc", b"def"], True, 0),
            (_prelude.say("text, the usual buffer: newlines change nothing"),
             ["one line\n", "another\n", None, "last\n"], False, -1),
        ]
    waited = 0
    with tempfile.TemporaryDirectory() as folder:
        for title, given, binary, buffering in cases:
            heads = [_prelude.pad(_prelude.say(head), width) for head, width in COLUMNS.items()]
            print(f"\n{title}\n{' '.join(heads)}")
            path = os.path.join(folder, "file")
            for step in files.watch_buffering(path, given, binary=binary, buffering=buffering):
                print(f"{step.action:<14} {step.given:>8} {step.stored:>8}")
                waited = max(waited, step.given - step.stored)
    print()
    _prelude.conclude("You saw: up to {} bytes had been given to write() and were not in the file yet; flush() or "
                      "close() brings them there.", waited)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
