"""Mends that change nothing else: spelt names, full-width signs, `sendall`, `encode`, the option before `bind`."""

from __future__ import annotations

import ast
import difflib
import re
from typing import Any, Callable, Iterator

from .checking import check_source
from .findings import Finding
from .reading import read_program

_MOST = 200
_SIMPLE = (ast.Name, ast.JoinedStr, ast.Call, ast.Attribute, ast.Subscript)  # what needs no brackets before a dot


def fix_source(text: str) -> str:
    r"""Return a program with what can be mended safely mended; all else stays as it is.

    >>> fix_source("while True：\n    break\n")
    'while True:\n    break\n'
    """
    ends = [*re.findall(r"\r\n|\r|\n", text), ""]  # no mend makes lines more or fewer: each keeps its own
    mark = text[:1] if text[:1] == "\ufeff" else ""
    text = re.sub(r"\r\n|\r", "\n", text[len(mark):])
    for _ in range(_MOST):
        mended = _fix_one(text)
        if mended is None:
            break
        text = mended
    return mark + "".join(line + end for line, end in zip(text.split("\n"), ends))


def show_changes(before: str, after: str, path: str = "a.py") -> str:
    r"""Return the difference of two texts as a patch.

    >>> print(show_changes("a\n", "b\n").splitlines()[-1])
    +b
    """
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), path, path)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _fix_one(text: str) -> str | None:
    """Return the text with the first mend that helps, or None."""
    reading = read_program(text)
    plain = {repair.line for repair in reading.repairs if repair.kind in _PLAIN}
    plain -= {repair.line for repair in reading.repairs if repair.kind not in _PLAIN}
    if plain:
        return _take_mended_lines(text, reading.text, plain)
    if reading.repairs:
        return None
    for finding in check_source(text, select=_FIXERS):
        lines = text.split("\n")
        done = _FIXERS[finding.kind](lines, finding)
        if done is not None and done != text and not read_program(done).repairs:
            return done
    return None


_PLAIN = {"full-width-sign", "missing-colon", "python2-print", "python2-except", "misspelt-word",
          "assignment-for-comparison"}


def _take_mended_lines(text: str, mended: str, numbers: set[int]) -> str | None:
    """Return the text with these lines as the reader mended them, but for their indentation."""
    old, new = text.split("\n"), mended.split("\n")
    for number in numbers:
        if number <= len(new):
            line = old[number - 1]
            old[number - 1] = line[:len(line) - len(line.lstrip())] + new[number - 1].lstrip()
    done = "\n".join(old)
    return done if done != text else None


def _nodes_at(lines: list[str], finding: Finding, *kinds: type[ast.AST]) -> Iterator[Any]:
    """Yield the nodes of these kinds that begin where the finding is."""
    for node in ast.walk(read_program("\n".join(lines)).tree):
        if isinstance(node, kinds) and _is_at(node, finding):
            yield node


def _is_at(node: Any, finding: Finding) -> bool:
    return (node.lineno, node.col_offset + 1) == (finding.line, finding.column)


def _replace(lines: list[str], node: ast.expr, new: Callable[[str], str]) -> str | None:
    """Return the text with a node that is on one line replaced."""
    if node.lineno != node.end_lineno or node.end_col_offset is None:
        return None
    line = lines[node.lineno - 1].encode()
    old = line[node.col_offset : node.end_col_offset].decode()
    changed = line[: node.col_offset].decode() + new(old) + line[node.end_col_offset :].decode()
    return "\n".join([*lines[: node.lineno - 1], changed, *lines[node.lineno :]])


def _fix_send(lines: list[str], finding: Finding) -> str | None:
    """Make `send` a `sendall`, where nobody takes its count."""
    for statement in _nodes_at(lines, finding, ast.Expr):
        call = statement.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "send":
            return _replace(lines, call.func, lambda old: re.sub(r"\bsend$", "sendall", old))
    return None


def _fix_str(lines: list[str], finding: Finding) -> str | None:
    """Encode what is text for sure."""
    for call in _nodes_at(lines, finding, ast.Call):
        text = call.args[0] if call.args else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str) or isinstance(text, _SIMPLE):
            return _replace(lines, text, lambda old: f"{old}.encode()")
        if isinstance(text, (ast.BinOp, ast.IfExp, ast.BoolOp, ast.NamedExpr)):
            return _replace(lines, text, lambda old: f"({old}).encode()")
    return None


def _fix_name(lines: list[str], finding: Finding) -> str | None:
    right = finding.cure.line.rpartition(".")[2]
    for node in _nodes_at(lines, finding, ast.Name, ast.Attribute):
        if isinstance(node, ast.Name) and f"`{node.id}`" in finding.message:
            return _replace(lines, node, lambda old: finding.cure.line)
        if isinstance(node, ast.Attribute) and f"{node.attr}`" in finding.message:
            return _replace(lines, node, lambda old: f"{old.rpartition('.')[0]}.{right}")
    for node in _nodes_at(lines, finding, ast.ImportFrom):
        for alias in node.names:
            if f"`{alias.name}`" in finding.message:
                wrong = re.compile(rf"(\bimport\b.*?)\b{alias.name}\b")
                return _replace(lines, node, lambda old: wrong.sub(rf"\1{right}", old))
    return None


def _fix_constant(lines: list[str], finding: Finding) -> str | None:
    for node in _nodes_at(lines, finding, ast.Name):
        return _replace(lines, node, lambda old: finding.cure.line)
    return None


def _fix_brackets(lines: list[str], finding: Finding) -> str | None:
    for node in _nodes_at(lines, finding, ast.Attribute):
        return _replace(lines, node, lambda old: f"{old}()")
    return None


def _fix_order(lines: list[str], finding: Finding) -> str | None:
    """Move the option to the line before `bind`, where only calls whose values nobody takes are between the two."""
    for block in _blocks(read_program("\n".join(lines)).tree):
        for last, option in enumerate(block):
            if not _is_at(option, finding) or not _is_alone(block, last):
                continue
            name = lines[option.lineno - 1].strip().partition(".")[0]
            for first in range(last - 1, -1, -1):
                if not isinstance(block[first], ast.Expr):
                    break
                begin, at, end = block[first].lineno - 1, option.lineno - 1, option.end_lineno
                if lines[begin].lstrip().startswith(f"{name}.bind(") and _is_alone(block, first):
                    return "\n".join([*lines[:begin], *lines[at:end], *lines[begin:at], *lines[end:]])
    return None


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for part in ("body", "orelse", "finalbody"):
            block = getattr(node, part, None)
            if isinstance(block, list):
                yield block


def _is_alone(block: list[ast.stmt], place: int) -> bool:
    """True for a statement that shares its lines with none before or after it."""
    before = block[place - 1].end_lineno if place else None
    after = block[place + 1].lineno if place + 1 < len(block) else None
    return before != block[place].lineno and after != block[place].end_lineno


_FIXERS: dict[str, Callable[[list[str], Finding], str | None]] = {
    "send-not-all": _fix_send,
    "send-str": _fix_str,
    "misspelt-name": _fix_name,
    "lower-true": _fix_constant,
    "not-called": _fix_brackets,
    "reuse-after-bind": _fix_order,
}
