"""The index that `find` and `list` read: every name, script, error, erratum, page and heading, with its words.

Reading all sources takes seconds, reading index.json hundredths. It is part of the package, so that an installed or
zipped netio has it, too; `indexing` makes it.
"""
from __future__ import annotations

import json
import math
import pkgutil
from functools import lru_cache
from typing import Any, NamedTuple


class Item(NamedTuple):
    """One thing to be found: its kind, what it is called, one line of it in each language, what it points to (names of
    other items, scripts and pages), and its name in Chinese if that is another.

    >>> Item("name", "tcp.listen", "Listen at an address.", "在一个地址上监听。").see
    ()
    """

    kind: str
    name: str
    summary: str
    summary_zh: str
    see: tuple[str, ...] = ()
    name_zh: str = ""


class Index(NamedTuple):
    """All items, and for each word {number of the item: how much the word counts there}.

    >>> index = load_index()
    >>> index.rarity("socket") > 0, index.rarity("xylophone")
    (True, 0.0)
    """

    items: list[Item]
    start: dict[str, list[str]]  # chapter: the names to begin with
    asked: list[tuple[int, str]]  # the number of an answer, and the groups of words that questions are recognised by
    evidence: dict[str, dict[int, float]]  # what a word of a question tells of an answer, for `recognise`
    words: dict[str, dict[int, float]]

    def rarity(self, word: str) -> float:
        """Return how much a word tells: 0 if no item has it, most if only one does."""
        return math.log(1 + len(self.items) / len(self.words[word])) if word in self.words else 0.0

    def named(self, name: str, chinese: bool = False) -> Item:
        """Return the item of that name, or one that has the name only; of a page, the Chinese one where there is one.

        >>> load_index().named("14").kind, load_index().named("docs/windows.md#what-windows-lacks", chinese=True).name
        ('erratum', 'docs/zh/windows.md')
        """
        if chinese and name.startswith("docs/"):
            translated = name.partition("#")[0].replace("docs/", "docs/zh/", 1)
            name = translated if any(item.name == translated for item in self.items) else name
        return next((item for item in self.items if item.name == name), Item("name", name, "", ""))


@lru_cache(maxsize=None)
def load_index() -> Index:
    """Return the index of the package.

    >>> any(item.name == "tcp.recv_exactly" for item in load_index().items)
    True
    """
    return _decode(pkgutil.get_data(__package__, "index.json") or b"")


def _decode(data: bytes) -> Index:
    table: dict[str, Any] = json.loads(data)
    items = [Item(row[0], row[1], row[2], row[3], tuple(row[4]), row[5]) for row in table["items"]]
    asked = [(number, groups) for number, groups in table["asked"]]
    return Index(items, table["start"], asked, _by_word(table["evidence"]), _by_word(table["words"]))


def _by_word(table: dict[str, list[float]]) -> dict[str, dict[int, float]]:
    """Return {word: {number: value}} from {word: [number, value, number, value ...]}."""
    return {word: dict(zip(flat[::2], flat[1::2])) for word, flat in table.items()}  # type: ignore[arg-type]
