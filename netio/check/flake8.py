"""A plugin for flake8, found by the entry point in setup.cfg; it is used only where flake8 is installed."""

from __future__ import annotations

import ast
from typing import Iterator

from .checking import check_source


class Flake8Checker:
    """What flake8 calls for each file: `NIO1` and the kind.

    >>> [code for _, _, code, _ in Flake8Checker(None, ["print(size)"]).run()]
    ['NIO1 unknown-name Nothing in this program is called `size`.']
    """

    name = "netio-check"
    version = "1"

    def __init__(self, tree: ast.AST | None, lines: list[str]) -> None:
        self.text = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Yield (line, column from 0, text, this class)."""
        for found in check_source(self.text):
            yield found.line, found.column - 1, f"NIO1 {found.kind} {found.message}", type(self)
