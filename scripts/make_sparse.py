"""Make a file with a hole, as a downloader reserves one, and show how long it is and what it takes on the disk.

    python3 scripts/make_sparse.py big.bin 10G                   a hole of 10 GiB, taking (next to) no room
    python3 scripts/make_sparse.py big.bin 100M --write 50M      some bytes in the middle of it
    python3 scripts/make_sparse.py big.bin 100M --reserve        no hole: the room is taken at once, or refused at once
    python3 scripts/make_sparse.py big.bin --show                map a file that is there
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def byte_count(text: str) -> int:
    """Convert an argument such as 4096, 64K or 10G to bytes."""
    unit = UNITS.get(text[-1:].upper(), 0)
    return (unit or 1) * _prelude.count(text[:-1] if unit else text)


def show(path: str) -> None:
    facts = files.describe_file(path)
    _prelude.tell("length     {:>20,} bytes", facts.size)
    _prelude.tell("on disk    {:>20,} bytes", facts.allocated)
    try:
        for extent in files.map_extents(path):
            kind = _prelude.pad(_prelude.say(extent.kind), 6)
            _prelude.tell("{} {:>24,} bytes at {:,}", kind, extent.length, extent.offset)
    except NotImplementedError as error:
        print(_prelude.explain(error))


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("file")
    options.add_argument("size", nargs="?", type=byte_count, help="bytes, with K, M, G or T for a multiple of 1024")
    options.add_argument("--write", type=byte_count, metavar="OFFSET", help="store a few bytes there")
    options.add_argument("--reserve", action="store_true", help="allocate the space at once instead of leaving a hole")
    options.add_argument("--show", action="store_true", help="make nothing, only show the file")
    chosen = options.parse_args(argv)
    if chosen.show == (chosen.size is not None):
        options.error(_prelude.say("give either a size or --show"))
    if chosen.size is not None:
        files.make_sparse(chosen.file, chosen.size)
        if chosen.reserve:
            files.sparse.preallocate(chosen.file, chosen.size)
    if chosen.write is not None:
        with open(chosen.file, "rb+") as file:
            file.seek(chosen.write)
            file.write(b"not a hole")
            files.sync(file)
    show(chosen.file)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
