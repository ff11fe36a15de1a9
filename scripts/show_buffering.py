"""Show when written bytes reach the file: buffer full, flush, close, newline.

    python3 scripts/show_buffering.py
    python3 scripts/show_buffering.py --buffering 16     with a buffer of 16 bytes (binary)

For each step: what was done, how many bytes were given to write(), how many another program would see in the file.
"""
from __future__ import annotations

import io
import os
import tempfile

import _prelude

from netio import files


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--buffering", type=_prelude.count, metavar="BYTES", help="show this size of buffer instead")
    chosen = options.parse_args(argv)
    if chosen.buffering in (0, 1):
        options.error("0 is no buffer and 1 goes by lines, both shown without --buffering: give 2 bytes or more")
    size = chosen.buffering or io.DEFAULT_BUFFER_SIZE
    pieces: list[str | bytes | None] = [b"." * (size // 2), b"." * (size // 2), b".", None, b"."]
    cases: list[tuple[str, list[str | bytes | None], bool, int]] = [
        (f"binary, a buffer of {size} bytes: written when full, at flush, at close", pieces, True, size),
    ]
    if chosen.buffering is None:
        cases += [
            ("text, buffering=1: written with each newline", ["no newline", " yet\n", "中文", "\n"], False, 1),
            ("binary, buffering=0: written at once", [b"abc", b"def"], True, 0),
            ("text, the usual buffer: newlines change nothing", ["one line\n", "another\n", None, "last\n"], False, -1),
        ]
    with tempfile.TemporaryDirectory() as folder:
        for title, given, binary, buffering in cases:
            print(f"\n{title}\n{'step':<14} {'given':>8} {'in file':>8}")
            for step in files.watch_buffering(os.path.join(folder, "file"), given, binary=binary, buffering=buffering):
                print(f"{step.action:<14} {step.given:>8} {step.stored:>8}")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
