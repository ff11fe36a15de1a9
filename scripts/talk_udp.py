"""Send each line as a datagram and print what comes back.

    python3 scripts/talk_udp.py 127.0.0.1 9999
    python3 scripts/talk_udp.py ::1 9999 < lines.txt

The end of the input (Ctrl-D; Ctrl-Z on Windows) or an empty line ends it.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import udp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("host", metavar="HOST")
    options.add_argument("port", metavar="PORT", type=_prelude.port_number)
    options.add_argument("--timeout", type=_prelude.seconds, default=2.0,
                         help="seconds for an answer (default: %(default)s)")
    chosen = options.parse_args(argv)
    messages = (line.encode("utf-8") for line in _prelude.typed_lines("> "))
    for _, answer in udp.talk((chosen.host, chosen.port), messages, timeout=chosen.timeout):
        if answer is None:
            _prelude.tell("(no answer within {:g} s)", chosen.timeout)
        else:
            print(_prelude.printable(answer.data.decode("utf-8", "replace"), keep="\n\t"), flush=True)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
