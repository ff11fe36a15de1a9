"""Explain the words that clients send, one a datagram, from a sorted dictionary file.

    python3 scripts/serve_dictionary.py
    python3 scripts/serve_dictionary.py --drop 0.3           on a network that loses three datagrams of ten

Ask it with ask_dictionary.py, which asks again when a datagram is lost, or with any client that sends plain text.
"""
from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import files, udp

DICTIONARY = str(Path(__file__).with_name("dictionary.txt"))


def explain(words: files.SortedFile, word: str) -> str:
    """Return the explanations of a word, a line each, or `not found`."""
    entries = words.look_up(word.strip()) if word.strip() else []
    return "\n".join(entry.explanation for entry in entries) or _prelude.say("not found: {}", word.strip())


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8889)
    options.add_argument("--file", default=DICTIONARY, help="sorted lines: word, spaces, explanation")
    options.add_argument("--drop", type=float, default=0.0, metavar="CHANCE", help="lose so many datagrams, 0 to 1")
    options.add_argument("--seed", type=int, default=0, help="which datagrams those are (default: %(default)s)")
    chosen = options.parse_args(argv)
    files.lookup.check_sorted(chosen.file)  # says now what would leave each word that is not found without an answer
    with files.SortedFile(chosen.file) as words:
        handler = udp.AtMostOnce(udp.answer_text(lambda word: explain(words, word)))
        if not chosen.drop:
            udp.serve((chosen.host, chosen.port), handler, on_listening=_prelude.announce)
            return 0
        with udp.Server(("127.0.0.1", 0), handler) as server:
            address = chosen.host, chosen.port
            with closing(udp.LossyProxy(server.address, drop=chosen.drop, seed=chosen.seed, address=address)) as proxy:
                _prelude.announce(proxy.address)
                proxy.serve_forever()
    return 0


if __name__ == "__main__":
    _prelude.run(main)
