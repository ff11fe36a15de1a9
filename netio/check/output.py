"""Findings as text, JSON, SARIF 2.1.0 or the commands that GitHub's log understands."""

from __future__ import annotations

import json
from typing import Any, Callable, Sequence

from .._language import printable
from .findings import RULES, Finding

_LEVELS = {"error": "error", "warning": "warning", "hint": "note"}


def as_text(found: Sequence[Finding], words: Callable[[str], str] = str) -> str:
    """Return the findings for people: place, what, why, and the cure in two sizes.

    >>> from .checking import check_source
    >>> print(as_text(check_source("print 'a'", "a.py")).partition(chr(10))[0])
    a.py:1:1: error [python2-print] This is a statement of Python 2; print is a function now.
    """
    lines = []
    for item in found:
        lines.append(f"{item.path}:{item.line}:{item.column}: {words(item.severity)} [{item.kind}] {item.message}")
        lines.append(f"    {item.why}" + (words(" (erratum {})").format(item.erratum) if item.erratum else ""))
        netio = f"    netio: {item.cure.netio}" if item.cure.netio else ""
        if item.cure.line:
            lines.append(f"    {words('cure: ')}{item.cure.line}{netio}")
    return printable("\n".join(lines), keep="\n\t")


def as_json(found: Sequence[Finding]) -> str:
    """Return the findings as a list of objects.

    >>> as_json([])
    '[]'
    """
    objects = [
        {
            "path": item.path,
            "line": item.line,
            "column": item.column,
            "kind": item.kind,
            "severity": item.severity,
            "message": item.message,
            "why": item.why,
            "erratum": item.erratum,
            "cure": {"line": item.cure.line, "netio": item.cure.netio},
        }
        for item in found
    ]
    return json.dumps(objects, ensure_ascii=False, indent=2)


def as_github(found: Sequence[Finding]) -> str:
    """Return the findings as workflow commands, which GitHub shows beside the lines.

    >>> as_github([])
    ''
    """
    names = {"error": "error", "warning": "warning", "hint": "notice"}
    return "\n".join(f"::{names[item.severity]} file={_escape(item.path, ',:')},line={item.line},col={item.column},"
                     f"title={item.kind}::{_escape(item.message)} {_escape(item.cure.line)}" for item in found)


def _escape(text: str, more: str = "") -> str:
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return printable(text)


def as_sarif(found: Sequence[Finding]) -> str:
    """Return the findings as SARIF 2.1.0, which code hosts show.

    >>> '"version": "2.1.0"' in as_sarif([])
    True
    """
    kinds = sorted({item.kind for item in found})
    rules = [
        {
            "id": kind,
            "shortDescription": {"text": RULES[kind].words().title},
            "help": {"text": RULES[kind].words().why},
            "defaultConfiguration": {"level": _LEVELS[RULES[kind].severity]},
        }
        for kind in kinds
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "netio check", "rules": rules}},
                "results": [_result(item, kinds) for item in found],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _result(item: Finding, kinds: list[str]) -> dict[str, Any]:
    region = {"startLine": item.line, "startColumn": item.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": item.path.replace("\\", "/")}, "region": region}}
    return {
        "ruleId": item.kind,
        "ruleIndex": kinds.index(item.kind),
        "level": _LEVELS[item.severity],
        "message": {"text": f"{item.message} {item.cure.line}"},
        "locations": [place],
    }


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
