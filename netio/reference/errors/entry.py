"""What is told of one error."""
from __future__ import annotations

from typing import NamedTuple


class Error(NamedTuple):
    """One error: a title, `texts` as lines `SYSTEMS: TEXT`, why and the cure in two languages, names and scripts.

    >>> Error("Broken pipe", "Linux: [Errno 32] Broken pipe", "It is gone.", "Stop.", "对方已离开。", "停下。", "").lines()
    [('Linux', '[Errno 32] Broken pipe')]
    """

    title: str
    texts: str
    why: str
    cure: str
    why_zh: str
    cure_zh: str
    names: str
    scripts: str = ""

    def lines(self) -> list[tuple[str, str]]:
        """Return (systems, text) of each line: the systems are some of Linux, macOS, Windows, 中文 Windows, or any."""
        return [(systems, text) for line in self.texts.splitlines() for systems, _, text in [line.partition(": ")]]
