"""Ask serve_dictionary.py what words mean.

    python3 scripts/ask_dictionary.py bank
    python3 scripts/ask_dictionary.py                        prompts for words until an empty line
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import udp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8889)
    options.add_argument("--timeout", type=_prelude.seconds, default=20.0,
                         help="seconds for each answer (default: %(default)s)")
    options.add_argument("words", metavar="WORD", nargs="*")
    chosen = options.parse_args(argv)
    with udp.Client((chosen.host, chosen.port)) as client:
        for word in chosen.words or _prelude.typed_lines(_prelude.say("word> ")):
            answer = client.request(word.encode("utf-8"), timeout=chosen.timeout).decode("utf-8")
            print(_prelude.printable(answer, keep="\n\t"), flush=True)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
