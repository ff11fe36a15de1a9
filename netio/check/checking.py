"""From texts to findings: read, walk, ask every rule, translate, leave out what the program says to ignore."""

from __future__ import annotations

import re
from itertools import permutations
from typing import Any, Collection, Iterator, Mapping

from . import rules  # noqa: F401 (registers them)
from .findings import RULES, Cure, Finding, Place, Rule
from .pairs import compare
from .program import Program
from .reading import read_program

_IGNORE = re.compile(r"#\s*netio:\s*ignore(?:\[([\w\s,-]*)\])?")


def check_source(
    text: str, path: str = "<text>", select: Collection[str] = (), ignore: Collection[str] = (), chinese: bool = False
) -> list[Finding]:
    r"""Return the mistakes of one program, in the order of its lines.

    Kinds in `select` are looked for alone, those in `ignore` not. Nothing of the program is run.

    >>> found = check_source("import socket\nsock = socket.socket()\nsock.bind('127.0.0.1', 80)\nsock.close()\n")
    >>> [(finding.line, finding.kind) for finding in found]
    [(3, 'bind-arguments')]
    """
    return _check(Program(read_program(text)), text, path, select, ignore, chinese)


def check_sources(
    texts: Mapping[str, str], select: Collection[str] = (), ignore: Collection[str] = (), chinese: bool = False
) -> list[Finding]:
    r"""Return the mistakes of several programs, by {path: text}; two are also compared, as a server and its client.

    >>> server = "import socket\nlistener = socket.create_server(('', 80))\nlistener.close()\n"
    >>> client = "import socket\nsock = socket.create_connection(('127.0.0.1', 81), 5)\nsock.close()\n"
    >>> [finding.kind for finding in check_sources({"server.py": server, "client.py": client})]
    ['port-differs']
    """
    programs = {path: Program(read_program(text)) for path, text in texts.items()} if len(texts) == 2 else {}
    found: list[Finding] = []
    for path, text in texts.items():
        found += _check(programs.get(path) or Program(read_program(text)), text, path, select, ignore, chinese)
    for first, second in permutations(programs, 2):
        for item in compare(programs[first], programs[second]):
            if item.kind in ("format-differs", "encoding-differs") and any(known.kind == item.kind for known in found):
                continue
            if (not select or item.kind in select) and item.kind not in ignore:
                found.append(
                    Finding(second, getattr(item.node, "lineno", 1), getattr(item.node, "col_offset", 0) + 1, item.kind,
                            "error", item.message_zh if chinese else item.message, None, Cure(item.cure, item.netio))
                )
    return found


def _check(
    program: Program, text: str, path: str, select: Collection[str], ignore: Collection[str], chinese: bool
) -> list[Finding]:
    lines = text.split("\n")
    found = []
    for rule in RULES.values():
        if (not select or rule.kind in select) and rule.kind not in ignore:
            for finding in _apply(rule, program, path, chinese):
                if not _is_ignored(finding, lines):
                    found.append(finding)
    return sorted(dict.fromkeys(found), key=lambda finding: (finding.line, finding.column, finding.kind))


def _apply(rule: Rule, program: Program, path: str, chinese: bool) -> Iterator[Finding]:
    words = None
    for hit in rule.check(program):
        where, blanks = hit if isinstance(hit, tuple) and not isinstance(hit, Place) else (hit, {})
        words = words or rule.words()
        severity = blanks.get("severity", rule.severity)
        fill = _filler(blanks)
        yield Finding(
            path,
            getattr(where, "lineno", 1),
            getattr(where, "col_offset", 0) + 1,
            rule.kind,
            severity,
            fill(words.title_zh if chinese else words.title),
            rule.erratum,
            Cure(fill(words.cure_zh if chinese else words.cure.line), words.cure.netio),
            fill(words.why_zh if chinese else words.why),
        )


def _filler(blanks: dict[str, Any]) -> Any:
    return lambda text: re.sub(r"\{(\w+)\}", lambda found: str(blanks.get(found[1], found[0])), text)


def _is_ignored(finding: Finding, lines: list[str]) -> bool:
    line = lines[finding.line - 1] if finding.line <= len(lines) else ""
    said = _IGNORE.search(line)
    return bool(said) and (not said[1] or finding.kind in re.split(r"[\s,]+", said[1]))  # type: ignore[index]
