"""Which locks are held at a place of the program."""

from __future__ import annotations

import ast

from ..program import Program
from ..values import Thing


def held(program: Program, node: ast.AST) -> set[Thing]:
    """Return the locks that are held at a node: by `with`, or acquired before it in the same function."""
    found: set[Thing] = set()
    for outer in program.ancestors(node):
        if isinstance(outer, ast.With):
            for item in outer.items:
                expression = item.context_expr
                value = program.value(expression)
                found |= {thing for thing in value if thing.kind in ("lock", "semaphore")}
                if isinstance(expression, ast.Call) and "lock" in program.source(expression).lower():
                    found |= {thing for thing in program.value(getattr(expression.func, "value", expression))}
                if not value and "lock" in program.source(expression).lower():
                    found.add(Thing("lock", expression))
    scope = program.scope(node)
    for call in program.calls("lock.acquire", "semaphore.acquire", "item.acquire", "?.acquire"):
        if call.scope is scope and call.node.lineno < getattr(node, "lineno"):
            releases = [other for other in program.calls(call.name.replace("acquire", "release"))
                        if other.scope is scope and call.node.lineno < other.node.lineno < getattr(node, "lineno")
                        and _same_block(program, call.node, other.node)]
            if not releases:
                found |= call.on or {Thing("lock", call.node)}
    return found


def _same_block(program: Program, first: ast.AST, second: ast.AST) -> bool:
    one, two = program.statement(first), program.statement(second)
    return one is not None and two is not None and program.parent(one) is program.parent(two)
