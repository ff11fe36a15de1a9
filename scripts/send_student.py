"""Send student records to serve_students.py: one from the command line, or one a line from the keyboard or a pipe.

    python3 scripts/send_student.py 1 lily 16 170.1
    python3 scripts/send_student.py --udp < students.txt     ID NAME AGE SCORE on each line, an empty line ends it
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from _students import parse_student
from netio import tcp, udp


def show(answer: bytes) -> None:
    """Print an answer: `saved`, `refused: REASON`, or what another server says."""
    text = _prelude.printable(answer.decode("utf-8").rstrip(), keep="\n")
    if text.startswith("refused: "):
        _prelude.tell("refused: {}", _prelude.say(text.partition(": ")[2]))
    else:
        print(_prelude.say("saved") if text == "saved" else text, flush=True)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8888)
    options.add_argument("--udp", action="store_true", help="datagrams, sent again until answered")
    options.add_argument("student", nargs="*", help="ID NAME AGE SCORE; none: read lines")
    chosen = options.parse_args(argv)
    lines = [" ".join(chosen.student)] if chosen.student else _prelude.typed_lines("ID NAME AGE SCORE> ")
    if chosen.udp:
        with udp.Client((chosen.host, chosen.port)) as client:
            for line in lines:
                show(client.request(parse_student(line).pack()))
    else:
        with tcp.connect((chosen.host, chosen.port), timeout=10) as sock, sock.makefile("rb") as answers:
            for line in lines:
                sock.sendall(parse_student(line).pack())
                answer = answers.readline(1000)
                if not answer.endswith(b"\n"):
                    raise _prelude.Refusal(_prelude.say("the server has gone without an answer to {!r}", line))
                show(answer)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
