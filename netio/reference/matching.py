"""How well a text that somebody typed or pasted fits an error.

Both texts are compared in lower case, without quotes and with single blanks, because a shell takes the quotes away.
What differs from time to time (`...` in the table) may be anything in a pasted line.
"""
from __future__ import annotations

import re
from functools import lru_cache

from .errors import Error

# An error's kind and number before its message: `OSError: [Errno 98] `, which a pasted text need not have. A kind has a
# capital or a dot: that `curl: ` comes before `(7)` matters.
_KIND = re.compile(r"(?:_?(?P<kind>[\w.]*[A-Z.][\w.]*)(?:: |$))+(\[(?P<whose>Errno|WinError) (?P<number>-?\d+)\] ?)?")
_NUMBER = re.compile(r"(?P<whose>errno|winerror)[ :=]*(?P<number>-?\d+)|^(?P<bare>\d{2,5})$|"
                     r"(?<!\d)(?P<socket>1[01]0\d\d)(?!\d)")  # a Windows socket error in a sentence: 报错10053


def fit_error(words: str, error: Error) -> int:
    """Return how well a typed or pasted text fits an error: 100 and more, 60, or 0.

    100 where it holds the whole message (plus the message's length, so that the longest of several wins); 60 where it
    is two words or more of it, holds its beginning, or names its number; else 0.

    >>> from .errors import ERRORS
    >>> in_use = ERRORS[0]
    >>> [fit_error(words, in_use) for words in ("OSError: [Errno 98] Address already in use", "10048", "in use", "use")]
    [122, 60, 60, 0]
    """
    words = plain(words)
    return max(_fit_text(words, text) for _, text in error.lines())


@lru_cache(maxsize=4096)  # the texts of the table are compared with each question
def plain(text: str) -> str:
    """Return a text in lower case, without quotes, with single blanks.

    >>> plain("'gbk' codec  can't")
    'gbk codec cant'
    """
    return " ".join(re.sub(r"[\"'`‘’“”]", "", text.lower()).split())


def _fit_text(words: str, text: str) -> int:
    kind, message, pieces = _take_apart(text)
    number = kind and _names_number(words, kind)
    if not pieces:  # a number says it all: [WinError 10060]
        return 110 if number else 0
    if all(piece in words for piece in pieces):
        if whole := re.search(".*?".join(rf"\b{re.escape(piece)}\b" if piece.isdigit() else re.escape(piece)
                                         for piece in pieces), words):  # a reply's number is no part of another
            alone = " " in message or not message.isascii() or len(words) <= 2 * len(message)
            return 100 + len(whole[0]) if alone else 60  # `killed` may be a word of any sentence
    long = " " in words or "_" in words or len(words) >= 5 and not words.isascii()  # Chinese has no blanks
    part = long and words in plain(text) or " " in pieces[0] and pieces[0] in words
    runs = [] if words.isascii() else re.findall("[\u3400-\u9fff]+", words)
    part = part or any(len(run) >= 7 and run in text for run in runs)
    return 60 if part or number else 0


@lru_cache(maxsize=None)
def _take_apart(text: str) -> tuple[re.Match[str] | None, str, list[str]]:
    """Return what stands before an error's message, the message, and the pieces of it that are always the same."""
    kind = _KIND.match(text)
    message = text[kind.end():] if kind else text
    if kind and not message and not kind["number"]:
        message = kind["kind"]
    return kind, message, [plain(piece) for piece in message.split("...") if plain(piece)]


def _names_number(words: str, kind: re.Match[str]) -> bool:
    """Tell whether the words name the number of an error; [Errno 32] is not [WinError 32]."""
    asked = _NUMBER.search(words) if kind["number"] else None
    if not asked or kind["number"] != (asked["number"] or asked["bare"] or asked["socket"]):
        return False
    return not asked["whose"] or asked["whose"] == kind["whose"].lower()
