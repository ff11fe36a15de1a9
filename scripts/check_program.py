"""Read a program without running it, and name the mistakes of these chapters in it.

    python3 scripts/check_program.py server.py              each mistake at its line, with why and the cure
    python3 scripts/check_program.py --diff server.py       what can be mended safely
    python3 scripts/check_program.py --explain send-not-all    a page about one kind
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.check import command, options


def main(argv: list[str] | None = None) -> int:
    parser = _prelude.parser(__doc__)
    options.add_options(parser)
    return command.run(parser.parse_args(argv), _prelude.say, _prelude.language() == "zh")


if __name__ == "__main__":
    _prelude.run(main)
