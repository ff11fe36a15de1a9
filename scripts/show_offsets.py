"""Show the file offset before each read, in text and in binary, and where each line starts.

    python3 scripts/show_offsets.py                      a small file with Chinese text
    python3 scripts/show_offsets.py notes.txt --size 10
    python3 scripts/show_offsets.py --modes              what each mode of open does, and where it starts
"""
from __future__ import annotations

import os
import sys
import tempfile
from itertools import islice

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files

SAMPLE = "Hi\n你好\nend"


def show(path: str, size: int, most: int, encoding: str) -> None:
    for title, binary in (("read({}) characters (text)", False), ("read({}) bytes (binary)", True)):
        reads = list(islice(files.walk_offsets(path, size, binary=binary, encoding=encoding), most + 1))
        _prelude.tell(title, size)
        for offset, piece in reads[:most]:
            _prelude.tell("  tell() = {:<6} read -> {!r}", offset, piece)
        if len(reads) > most:
            print("  ...")
    with files.LineIndex(path, encoding=encoding) as lines:
        _prelude.tell("{} lines", len(lines))
        for number in range(min(len(lines), most)):
            _prelude.tell("  line {} at byte {:<6} {!r}", number, lines.offset(number), lines[number])
    print()
    _prelude.conclude("You saw: a text file's read counts characters, a binary one's bytes; tell() is a place in "
                      "bytes, of which a Chinese character takes several.")


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("file", nargs="?", help="a text file (default: a small sample)")
    options.add_argument("--size", type=int, default=3, help="how much each read asks for (default: %(default)s)")
    options.add_argument("--most", type=_prelude.count, default=20,
                         help="how many reads to show (default: %(default)s)")
    options.add_argument("--encoding", default="utf-8", help="of the file (default: %(default)s)")
    options.add_argument("--modes", action="store_true", help="explain the modes of open instead")
    chosen = options.parse_args(argv)
    if chosen.modes:
        for mode in files.modes.MODES:
            explained = files.explain_mode(mode)
            print(explained.chinese if _prelude.language() == "zh" else explained)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        sample = os.path.join(folder, "sample.txt")
        files.replace_file(sample, SAMPLE, encoding=chosen.encoding)
        show(chosen.file or sample, chosen.size, chosen.most, chosen.encoding)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
