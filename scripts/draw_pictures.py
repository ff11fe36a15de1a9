"""Run what the documentation's pictures show, and draw it: SVG files in English and in Chinese.

    python3 scripts/draw_pictures.py                                all pictures, into docs/pictures
    python3 scripts/draw_pictures.py tcp-flow gil --to here         these two, into the folder here
    python3 scripts/draw_pictures.py --lang zh deadlock --to here   one of them, in Chinese (中文)
    python3 scripts/draw_pictures.py --list                         which there are
    python3 scripts/draw_pictures.py --page docs/pictures.md        all of them, and the page that shows them
"""
from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files, pictures

DOCS = Path(__file__).resolve().parent.parent / "docs"
ENDS = {"en": ".svg", "zh": ".zh.svg"}


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("names", metavar="NAME", nargs="*", help="a picture (default: all)")
    options.add_argument("--to", metavar="FOLDER", type=Path, default=DOCS / "pictures", help="default: docs/pictures")
    options.add_argument("--lang", choices=list(ENDS), action="append", help="only this language (default: both)")
    options.add_argument("--list", action="store_true", help="print the names and titles, and draw nothing")
    options.add_argument("--page", metavar="FILE", type=Path, help="write the page that shows them all, too")
    given = options.parse_args(argv)
    if given.list:
        for picture in pictures.PICTURES.values():
            print(f"{picture.name:16} {picture.title(_prelude.language())}")
        return 0
    if unknown := set(given.names) - set(pictures.PICTURES):
        raise _prelude.Refusal(_prelude.say("no such picture: {}; --list shows them all", ", ".join(sorted(unknown))))
    given.to.mkdir(parents=True, exist_ok=True)
    for name in given.names or pictures.PICTURES:
        for lang in given.lang or ENDS:
            files.replace_file(given.to / (name + ENDS[lang]), pictures.draw(name, lang))
            print(given.to / (name + ENDS[lang]), flush=True)
    if given.page:
        folder = os.path.relpath(given.to, given.page.parent).replace(os.sep, "/")
        files.replace_file(given.page, pictures.format_page(folder))
        print(given.page)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
