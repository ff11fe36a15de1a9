"""python -m netio: what there is, what it does, and how to copy it out.

    python -m netio                         the chapters, and where to start
    python -m netio list tcp                all public names of a chapter, or of all chapters
    python -m netio find 粘包               names, scripts, pages, the notes' headings, errors by their text: best first
    python -m netio show tcp.recv_exactly   documentation and source
    python -m netio copy tcp.recv_exactly   a snippet that stands alone, for your own program (--to FILE)
    python -m netio tour                    a walk through every chapter
"""
from __future__ import annotations

import argparse
import io
import os
import sys
import textwrap
from pathlib import Path
from typing import Optional

from . import reference, tour
from .reference.names import CHAPTERS, pages_of


def main(argv: Optional[list[str]] = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a GBK or ASCII console shows \uXXXX instead of dying
    options = _parser().parse_args(argv)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of our output, such as `head`, has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LookupError as error:
        print(f"netio: {error.args[0]}", file=sys.stderr)
        for name in reference.suggest(getattr(options, "names", [""])[0]):
            print(f"  did you mean {name}?", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"netio: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    description, usage = (__doc__ or "").split("\n\n")
    parser = argparse.ArgumentParser(prog="python -m netio", description=description, epilog=usage,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.set_defaults(run=_map)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    command = commands.add_parser("list", help="all public names with their first sentence")
    command.add_argument("chapter", nargs="?", default="", choices=["", *CHAPTERS], metavar="CHAPTER")
    command.set_defaults(run=_list)
    command = commands.add_parser("find", help="search names, scripts, Chinese terms, and errors by their text")
    command.add_argument("words", nargs="+", metavar="WORD")
    command.set_defaults(run=_find)
    command = commands.add_parser("show", help="documentation and source of a name")
    command.add_argument("names", nargs=1, metavar="NAME")
    command.set_defaults(run=_show)
    command = commands.add_parser("copy", help="print a snippet that stands alone")
    command.add_argument("names", nargs="+", metavar="NAME", help="such as tcp.recv_exactly, or tcp for all of it")
    command.add_argument("--to", type=Path, metavar="FILE", help="write it to FILE, which must not exist")
    command.set_defaults(run=_copy)
    command = commands.add_parser("tour", help="walk through every chapter on real files and sockets")
    command.add_argument("chapters", nargs="*", metavar="CHAPTER", type=_chapter)
    command.set_defaults(run=_tour)
    return parser


def _chapter(name: str) -> str:
    if name not in tour.CHAPTERS:
        raise argparse.ArgumentTypeError(f"no chapter {name!r}; there are {', '.join(tour.CHAPTERS)}")
    return name


def _map(options: argparse.Namespace) -> int:
    print("netio: network and concurrent programming with nothing but Python's standard library\n")
    for chapter in CHAPTERS:
        print(f"  netio.{chapter:<12} {reference.documentation(chapter).splitlines()[0]}")
    print("\n" + (__doc__ or "").split("\n\n")[1])
    return 0


def _list(options: argparse.Namespace) -> int:
    return _print_entries(list(reference.entries(options.chapter)))


def _find(options: argparse.Namespace) -> int:
    words = " ".join(options.words)
    found = reference.find(words, lang=tour.language())
    if not found:
        print(f"nothing in netio speaks of {words!r}", file=sys.stderr)
        return 1
    _print_entries(found)
    pages = pages_of(found, lang=tour.language() if words.isascii() else "zh")
    if pages:
        print(f"read {', '.join(pages)}")
    return 0


def _show(options: argparse.Namespace) -> int:
    name = options.names[0]
    print(reference.documentation(name) if name in CHAPTERS else reference.definition(name))
    return 0


def _copy(options: argparse.Namespace) -> int:
    snippet = reference.copy(options.names)
    if options.to is None:
        print(snippet, end="")
    else:
        with options.to.open("x", encoding="utf-8", newline="\n") as file:
            file.write(snippet)
    return 0


def _tour(options: argparse.Namespace) -> int:
    return 1 if tour.run(tuple(options.chapters or tour.CHAPTERS)) else 0


def _print_entries(found: list[reference.names.Entry]) -> int:
    width = min(40, max((len(entry.name) for entry in found if not entry.see), default=0))
    for entry in found:
        if entry.see:  # an error or a heading: what it says, and where to go on
            print("\n    ".join([entry.name, *textwrap.wrap(entry.summary, 100), f"see {', '.join(entry.see)}"]))
        else:
            print(f"{entry.name:<{width}}  {entry.summary}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
