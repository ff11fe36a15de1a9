"""Look words up in a sorted dictionary file and print their explanations.

    python3 scripts/lookup_word.py socket bank               in the dictionary beside this script
    python3 scripts/lookup_word.py --prefix sock             all words that begin so
    python3 scripts/lookup_word.py                           one word a line from the terminal, until an empty line
    python3 scripts/lookup_word.py --file my.txt --check     check whether a file is sorted as it must be
    python3 scripts/lookup_word.py --file my.txt --unsorted WORD    a file that is not, read from end to end

The status is 1 where a word was not found.
"""
from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("word", nargs="*")
    own = Path(__file__).with_name("dictionary.txt")
    options.add_argument("--file", type=Path, default=own, help="another dictionary")
    options.add_argument("--prefix", action="store_true", help="find all words that begin with WORD")
    options.add_argument("--encoding", default="utf-8", help="of the file (default: %(default)s)")
    options.add_argument("--check", action="store_true", help="only check that the file is sorted by bytes")
    options.add_argument("--unsorted", action="store_true", help="read the whole file instead of halving it")
    chosen = options.parse_args(argv)
    if chosen.check:
        _prelude.tell("{}: {} entries, sorted", chosen.file, files.lookup.check_sorted(chosen.file))
        return 0
    look_up = files.lookup.look_up_unsorted if chosen.unsorted else files.look_up
    missing = 0
    for word in chosen.word or _prelude.typed_lines(_prelude.say("word> ")):
        for spelling in dict.fromkeys((word.strip(), word.strip().lower())):
            if found := look_up(chosen.file, spelling, prefix=chosen.prefix, encoding=chosen.encoding):
                break
        missing += not found
        for entry in found:
            print(f"{entry.word}  {entry.explanation}")
        if not found:
            _prelude.tell("{}: not found", word)
    return 1 if missing else 0


if __name__ == "__main__":
    _prelude.run(main)
