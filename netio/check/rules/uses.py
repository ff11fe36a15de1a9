"""Where a thing itself is used as a value: printed, calculated with, compared."""

from __future__ import annotations

import ast
from typing import Iterator

from ..program import Program


def used_as_values(program: Program) -> Iterator[ast.AST]:
    """Yield what is printed, formatted, calculated with, compared by size or looped over."""
    for node in program.nodes:
        if isinstance(node, ast.Call):
            yield from node.args if program.source(node.func) in ("print", "sum", "len", "str") else ()
        elif isinstance(node, ast.FormattedValue):
            yield node.value
        elif isinstance(node, ast.BinOp):
            yield from (node.left, node.right)
        elif isinstance(node, ast.Compare) and not isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn)):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.For):
            yield node.iter
