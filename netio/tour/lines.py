"""Which lines of its own source a visit has just run, to be shown with what they gave."""
from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from types import CodeType
from typing import Iterator


def lines_run(code: CodeType, after: int | None, before: int) -> list[str]:
    """Return the lines of a function between the statements at two line numbers, and what the second one itself calls.

    Without `after` they begin with the function; what only tells something (`guide.did(...)`) is left out. There are
    none where the source is not there.

    >>> def visit():
    ...     pass
    >>> lines_run(visit.__code__, None, visit.__code__.co_firstlineno + 1)
    []
    """
    try:
        lines, start = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):
        return []
    last = _statement_at(tree, before - start + 1)
    if last is None:
        return []
    first = _statement_at(tree, after - start + 1) if after is not None else None
    begin = (first.end_lineno or first.lineno) if first is not None else _end_of_head(tree)
    told = {row for node in ast.walk(tree) if isinstance(node, ast.Expr) and ast.unparse(node).startswith("guide.")
            for row in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    between = [lines[row - 1] for row in range(begin + 1, last.lineno) if row not in told]
    code_lines = textwrap.dedent("".join(between)).splitlines()
    return [*(line for line in code_lines if line.strip() and not line.lstrip().startswith("#")), *_calls_in(last)]


def _statement_at(tree: ast.Module, line: int) -> ast.stmt | None:
    """Return the innermost statement at a line."""
    around = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)
              and node.lineno <= line <= (node.end_lineno or node.lineno)]
    return max(around, key=lambda node: node.lineno, default=None)


def _end_of_head(tree: ast.Module) -> int:
    """Return the last line of a function's head, with its docstring."""
    function = tree.body[0]
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return 0
    if ast.get_docstring(function):
        return function.body[0].end_lineno or 0
    return function.body[0].lineno - 1


def _calls_in(statement: ast.stmt) -> Iterator[str]:
    """Yield the calls in the arguments of a call, outermost first: not those that only format."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    seen: list[ast.AST] = list(call.args[:1]) if isinstance(call, ast.Call) else []
    for node in seen:
        if isinstance(node, ast.Call) and _root(node.func) not in ("", *dir(builtins)):
            yield ast.unparse(node)
        else:
            seen.extend(ast.iter_child_nodes(node))


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
