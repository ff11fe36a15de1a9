"""The options of `check`, apart from the rules, so that a help page does not load them."""

from __future__ import annotations

import argparse

FORMATS = ("text", "json", "sarif", "github")


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `check` to a parser.

    >>> parser = argparse.ArgumentParser()
    >>> add_options(parser)
    >>> parser.parse_args(["server.py", "--format", "json"]).format
    'json'
    """
    command.add_argument("paths", nargs="*", metavar="FILE", help="programs, or folders of them; - is standard input")
    command.add_argument("--format", choices=FORMATS, default="text", help="how to report (default: %(default)s)")
    command.add_argument("--select", metavar="KIND", default="", help="only these kinds, separated by commas")
    command.add_argument("--ignore", metavar="KIND", default="", help="all kinds but these")
    command.add_argument("--explain", metavar="KIND", help="a page about one kind; `all` lists them")
    command.add_argument("--fix", action="store_true", help="mend the files where that is safe")
    command.add_argument("--diff", action="store_true", help="show what --fix would do")
