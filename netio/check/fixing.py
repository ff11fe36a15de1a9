"""Mends that change nothing else: spelt names, full-width signs, `sendall`, `encode`, the option before `bind`."""

from __future__ import annotations

import ast
import difflib
import re
from typing import Callable

from .checking import check_source
from .findings import Finding
from .reading import read_program

_MOST = 200


def fix_source(text: str) -> str:
    r"""Return a program with what can be mended safely mended; all else stays as it is.

    >>> fix_source("while True：\n    break\n")
    'while True:\n    break\n'
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    for _ in range(_MOST):
        mended = _fix_one(text)
        if mended is None:
            break
        text = mended
    return text.replace("\n", ends)


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
    plain = [repair for repair in reading.repairs if repair.kind in _PLAIN]
    if plain:
        return _take_mended_lines(text, reading.text, {repair.line for repair in plain})
    if reading.repairs:
        return None
    for finding in check_source(text, select=_FIXERS):
        lines = text.split("\n")
        done = _FIXERS[finding.kind](lines, finding)
        if done is not None and done != text and _compiles(done):
            return done
    return None


_PLAIN = {"full-width-sign", "missing-colon", "python2-print", "python2-except", "misspelt-word",
          "assignment-for-comparison"}


def _take_mended_lines(text: str, mended: str, numbers: set[int]) -> str | None:
    """Return the text with these lines as the reader mended them."""
    old, new = text.split("\n"), mended.split("\n")
    for number in numbers:
        if number <= len(new):
            old[number - 1] = new[number - 1]
    done = "\n".join(old)
    return done if done != text else None


def _compiles(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _call_at(lines: list[str], finding: Finding) -> ast.Call | None:
    tree = ast.parse("\n".join(lines))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset + 1) == (finding.line, finding.column):
            return node
    return None


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
    line = lines[finding.line - 1]
    call = _call_at(lines, finding)
    if call is None or not isinstance(call.func, ast.Attribute) or not line.strip().startswith(ast.unparse(call.func)):
        return None
    return _replace(lines, call.func, lambda old: re.sub(r"\bsend$", "sendall", old))


def _fix_str(lines: list[str], finding: Finding) -> str | None:
    call = _call_at(lines, finding)
    if call is None or not call.args:
        return None
    simple = isinstance(call.args[0], (ast.Name, ast.Constant, ast.JoinedStr, ast.Call, ast.Attribute, ast.Subscript))
    if isinstance(call.args[0], ast.Constant) and not isinstance(call.args[0].value, str):
        return None
    return _replace(lines, call.args[0], lambda old: f"{old}.encode()" if simple else f"({old}).encode()")


def _fix_name(lines: list[str], finding: Finding) -> str | None:
    right = finding.cure.line.rpartition(".")[2]
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, (ast.Name, ast.Attribute)) and (node.lineno, node.col_offset + 1) == (
            finding.line,
            finding.column,
        ):
            if isinstance(node, ast.Name) and f"`{node.id}`" in finding.message:
                return _replace(lines, node, lambda old: finding.cure.line)
            if isinstance(node, ast.Attribute) and f"{node.attr}`" in finding.message:
                return _replace(lines, node, lambda old: f"{old.rpartition('.')[0]}.{right}")
        if isinstance(node, ast.ImportFrom) and node.lineno == finding.line:
            for alias in node.names:
                if f"`{alias.name}`" in finding.message:
                    changed = re.sub(rf"\b{alias.name}\b", right, lines[finding.line - 1])
                    return "\n".join([*lines[: finding.line - 1], changed, *lines[finding.line :]])
    return None


def _fix_constant(lines: list[str], finding: Finding) -> str | None:
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Name) and (node.lineno, node.col_offset + 1) == (finding.line, finding.column):
            return _replace(lines, node, lambda old: finding.cure.line)
    return None


def _fix_brackets(lines: list[str], finding: Finding) -> str | None:
    line = lines[finding.line - 1]
    code = line.rstrip()
    return None if "#" in code else "\n".join([*lines[: finding.line - 1], f"{code}()", *lines[finding.line :]])


def _fix_order(lines: list[str], finding: Finding) -> str | None:
    """Move the option to the line before `bind`, where both are plain statements of one block."""
    option = lines[finding.line - 1]
    head = option[: len(option) - len(option.lstrip())]
    name = option.strip().partition(".")[0]
    for number in range(finding.line - 2, -1, -1):
        if lines[number].startswith(f"{head}{name}.bind("):
            rest = [*lines[: finding.line - 1], *lines[finding.line :]]
            return "\n".join([*rest[:number], option, *rest[number:]])
        if lines[number].strip() and not lines[number].startswith(head):
            return None
    return None


_FIXERS: dict[str, Callable[[list[str], Finding], str | None]] = {
    "send-not-all": _fix_send,
    "send-str": _fix_str,
    "misspelt-name": _fix_name,
    "lower-true": _fix_constant,
    "not-called": _fix_brackets,
    "reuse-after-bind": _fix_order,
}
