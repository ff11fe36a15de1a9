"""Show how TCP glues messages together and tears them apart, and how framing cures both (粘包).

    python3 scripts/show_sticky.py
    python3 scripts/show_sticky.py account password 猫 --size 5
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tcp


def show(title: str, pieces: list[bytes]) -> list[bytes]:
    print(f"\n{title}")
    for number, piece in enumerate(pieces, 1):
        print(f"  {number}: {piece!r}  {piece.decode(errors='replace')}")
    return pieces


def conclude(messages: list[bytes], glued: list[bytes], torn: list[bytes], framed: list[bytes]) -> None:
    """Say what was to be seen, as far as it was."""
    print()
    if len(glued) < len(messages):
        _prelude.conclude("You saw: {} messages were sent, {} received: TCP keeps the bytes in order, but no "
                          "borders between them.", len(messages), len(glued))
    elif len(messages) > 1:
        _prelude.conclude("Nothing was glued this time: each recv was early. It may happen in the next run.")
    if torn != messages:
        _prelude.conclude("One recv(...) may also bring half a message.")
    if framed == messages:
        _prelude.conclude("With framing, each message came out as it went in: {} of {}.", len(framed), len(messages))


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("messages", metavar="MESSAGE", nargs="*", default=["account", "password", "message 3"])
    options.add_argument("--size", type=int, default=5, help="what recv asks for in the torn case (%(default)s)")
    chosen = options.parse_args(argv)
    if chosen.size < 1:
        raise _prelude.Refusal(_prelude.say("recv takes at least 1 byte, not {}", chosen.size))
    messages = [text.encode() for text in chosen.messages]
    say = _prelude.say
    show(say("sent, each with its own sendall:"), messages)
    glued = show(say("glued: recv(65536) takes what is there"), tcp.send_then_recv(messages, size=65536))
    torn = show(say("torn: recv({}) takes no more than that", chosen.size),
                tcp.send_then_recv(messages, size=chosen.size))
    framed = show(say("framed: each after its length in 4 bytes"),
                  tcp.send_then_recv(messages, framing=tcp.LengthPrefix()))
    if not any("\n" in text for text in chosen.messages):
        show(say("framed: each followed by a newline"), tcp.send_then_recv(messages, framing=tcp.Delimiter(b"\n")))
    conclude(messages, glued, torn, framed)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
