"""Split a file into NAME.001, NAME.002, ... and a list of their checksums, NAME.sha256.

    python3 scripts/split_file.py film.mp4 4
    python3 scripts/split_file.py film.mp4 4 --folder /media/usb --processes 4
    python3 scripts/join_files.py film.mp4.sha256 film.mp4          and back again
    sha256sum -c film.mp4.sha256                                    the list is an ordinary one
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
    options.add_argument("file")
    options.add_argument("parts", type=int, help="how many parts")
    options.add_argument("--folder", help="where the parts go (default: beside the file)")
    options.add_argument("--processes", type=_prelude.count, default=0, metavar="N",
                         help="let N processes work at once")
    chosen = options.parse_args(argv)
    if chosen.processes > 0:
        with ProcessPoolExecutor(chosen.processes) as executor:
            made = files.split_file(chosen.file, chosen.parts, chosen.folder, executor=executor)
    else:
        made = files.split_file(chosen.file, chosen.parts, chosen.folder)
    for digest, path in files.parts.read_checksums(made):
        _prelude.tell("{}...  {:>14,} bytes  {}", digest[:16], files.describe_file(path).size, path)
    print(made)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
