"""How well a text that somebody typed or pasted fits an error.

Both texts are compared in lower case, without quotes and with single blanks, because a shell takes the quotes away.
What differs from time to time (`...` in the table) may be anything in a pasted line.
"""
from __future__ import annotations

import re

from .errors import Error

# An error's kind and number before its message: `OSError: [Errno 98] `, which a pasted text need not have.
_KIND = re.compile(r"(?:_?(?P<kind>[\w.]+)(?:: |$))+(\[(Errno|WinError) (?P<number>-?\d+)\] )?")
_NUMBER = re.compile(r"(?:errno|winerror) (-?\d+)|^(\d{2,5})$")


def fit_error(words: str, error: Error) -> int:
    """Return how well a typed or pasted text fits an error: 100 and more, 60, or 0.

    100 where it holds the whole message (plus the message's length, so that the longest of several wins); 60 where it
    is two words or more of it, holds its beginning, or names its number; else 0.

    >>> from .errors import ERRORS
    >>> in_use = ERRORS[0]
    >>> [fit_error(words, in_use) for words in ("OSError: [Errno 98] Address already in use", "10048", "in use", "use")]
    [122, 60, 60, 0]
    """
    return max(_fit_text(plain(words), text) for _, text in error.lines())


def plain(text: str) -> str:
    """Return a text in lower case, without quotes, with single blanks.

    >>> plain("'gbk' codec  can't")
    'gbk codec cant'
    """
    return " ".join(re.sub(r"[\"'`‘’“”]", "", text.lower()).split())


def _fit_text(words: str, text: str) -> int:
    kind = _KIND.match(text)
    assert kind, f"no error: {text}"
    message = text[kind.end():] or kind["kind"]
    pieces = [plain(piece) for piece in message.split("...") if plain(piece)]
    if whole := re.search(".*?".join(map(re.escape, pieces)), words):
        return 100 + len(whole[0])
    number = _NUMBER.search(words)
    long = " " in words or len(words) >= 5 and not words.isascii()  # Chinese has no blanks
    part = long and words in plain(text) or " " in pieces[0] and pieces[0] in words
    return 60 if part or number and kind["number"] == (number[1] or number[2]) else 0
