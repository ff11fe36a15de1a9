"""Show how TCP glues messages together and tears them apart, and how framing cures both (粘包).

    python3 scripts/show_sticky.py
    python3 scripts/show_sticky.py account password 猫 --size 5
"""
from __future__ import annotations

import _prelude

from netio import tcp


def show(title: str, pieces: list[bytes]) -> None:
    print(f"\n{title}")
    for number, piece in enumerate(pieces, 1):
        print(f"  {number}: {piece!r}  {piece.decode(errors='replace')}")


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("messages", metavar="MESSAGE", nargs="*", default=["account", "password", "message 3"])
    options.add_argument("--size", type=int, default=5, help="what recv asks for in the torn case (%(default)s)")
    chosen = options.parse_args(argv)
    if chosen.size < 1:
        raise ValueError(f"recv takes at least 1 byte, not {chosen.size}")
    messages = [text.encode() for text in chosen.messages]
    show("sent, each with its own sendall:", messages)
    show("glued: recv(65536) takes what is there", tcp.send_then_recv(messages, size=65536))
    show(f"torn: recv({chosen.size}) takes no more than that", tcp.send_then_recv(messages, size=chosen.size))
    show("framed: each after its length in 4 bytes", tcp.send_then_recv(messages, framing=tcp.LengthPrefix()))
    if not any("\n" in text for text in chosen.messages):
        show("framed: each followed by a newline", tcp.send_then_recv(messages, framing=tcp.Delimiter(b"\n")))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
