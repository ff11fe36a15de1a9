"""Docstrings of copied code: left out, or with examples that run by themselves."""
from __future__ import annotations

import ast
import doctest
import functools
import re
from typing import Iterator, Union

_Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@functools.lru_cache(maxsize=None)  # who copies one name after the other meets most sources again
def strip_docstrings(source: str) -> str:
    """Return the source without its docstrings; comments stay.

    >>> print(strip_docstrings('def f():\\n    "Do nothing."'))
    def f():
        pass
    """
    lines = source.split("\n")
    for node in sorted(_with_docstrings(ast.parse(source).body), key=lambda node: -node.lineno):
        first, last = node.body[0], node.body[0].end_lineno or 0
        if len(node.body) == 1:
            lines[first.lineno - 1:last] = [" " * first.col_offset + "pass"]
        else:
            after = last + 1 if lines[last:last + 1] == [""] else last
            lines[first.lineno - 1:after] = []
    return "\n".join(lines)


def _with_docstrings(body: list[ast.stmt]) -> Iterator[_Definition]:
    for node in body:
        if isinstance(node, _DEFINITIONS) and ast.get_docstring(node):
            yield node
        for inner in ("body", "orelse", "handlers", "cases", "finalbody"):
            yield from _with_docstrings(getattr(node, inner, []))


def complete_examples(source: str, imports: dict[str, str]) -> str:
    """Return the source with examples that `python3 -m doctest` runs: the imports they need, the options they rely on.

    `imports` are {name: the line that imports it}.

    >>> quotes = '"' * 3
    >>> source = f"def f():\\n    {quotes}Say so.\\n\\n    >>> os.name\\n    'p...'\\n    {quotes}"
    >>> complete_examples(source, {"os": "import os"}).splitlines()[3:5]
    ['    >>> import os', '    >>> os.name  # doctest: +ELLIPSIS']
    """
    if ">>>" not in source:
        return source
    lines = source.split("\n")
    for begin, end in _docstrings_with_examples(source):
        lines[begin:end] = _complete("\n".join(lines[begin:end]), imports)
    return "\n".join(lines)


@functools.lru_cache(maxsize=None)
def _docstrings_with_examples(source: str) -> list[tuple[int, int]]:
    """Return the lines of each, the last one first, as slices."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, _DEFINITIONS) and ">>>" in _text(node)]
    docstrings = [node.body[0] for node in sorted(nodes, key=lambda node: -node.lineno)]
    return [(docstring.lineno - 1, docstring.end_lineno or docstring.lineno) for docstring in docstrings]


def _text(node: ast.AST) -> str:
    return (ast.get_docstring(node) or "") if isinstance(node, _DEFINITIONS) else ""


def _complete(text: str, imports: dict[str, str]) -> list[str]:
    lines = text.split("\n")
    examples, used, imported = _read_examples(text)
    for example in reversed(examples):
        options = [name for name, needed in (("ELLIPSIS", "..." in example.want and not example.exc_msg),
                                             ("IGNORE_EXCEPTION_DETAIL", example.exc_msg)) if needed]
        if options and not example.options:
            lines[example.lineno] += f"  # doctest: {', '.join('+' + option for option in options)}"
    needed = sorted({line for name, line in imports.items() if name in used - imported})
    if needed:
        row = examples[0].lineno
        indent = re.match(" *", lines[row])
        lines[row:row] = [f"{indent.group() if indent else ''}>>> {line}" for line in needed]
    return lines


@functools.lru_cache(maxsize=None)
def _read_examples(text: str) -> tuple[list[doctest.Example], set[str], set[str]]:
    """Return the examples of a docstring, the names that they use, and those that they import themselves."""
    examples = doctest.DocTestParser().get_examples(text)
    nodes = [node for example in examples for node in ast.walk(ast.parse(example.source))]
    aliases = [alias for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names]
    return (examples, {node.id for node in nodes if isinstance(node, ast.Name)},
            {alias.asname or alias.name.partition(".")[0] for alias in aliases})
