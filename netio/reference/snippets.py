"""Copy public names out of netio as one snippet that stands alone.

Starting from the names asked for, every statement whose names are used (in code, annotations or the examples of a
docstring) is taken along, from whichever module of netio defines it. Standard library imports are gathered at the top;
imports from netio vanish, because what they named now stands in the snippet. Where two modules use one name for
different things, the second is renamed.
"""
from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import Iterable, Iterator, Optional

from .sources import Import, Statement, load, origin, path_of

# Before the name of an error in an example's traceback: `netio.packing.record.RecordError: ...`.
_HOME_OF_ERROR = re.compile(r"(?m)^( +)netio\.[a-z_.]+\.(?=[A-Z]\w*(:|$))")
_PROMPT = re.compile(r"(?m)^ *(>>>|\.\.\.) .*$")
_BRACES = re.compile(r"\{[^{}]*\}")
_WORD = re.compile(r"(?<![\w.'\"])([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?")
_DEFINITION = re.compile(r"(?m)^(@|def |class |async def )")


def copy(names: Iterable[str]) -> str:
    """Return one snippet that holds the named objects and all that they need.

    A name is 'tcp.recv_exactly', or 'tcp' for a whole chapter. The snippet imports nothing but the standard library,
    keeps the examples, and carries netio's version and licence.

    >>> print(copy(["tcp.recv_exactly"]).splitlines()[0])
    # From netio ...: tcp.recv_exactly. MIT licence, Copyright (c) ... The netio authors.

    Raises: LookupError where netio has no such public name.
    """
    asked = [name for entry in names for name in _expand(entry)]
    collector = _Collector()
    for name in asked:
        collector.take(*resolve(name))
    return collector.snippet(asked)


def resolve(name: str) -> tuple[str, str]:
    """Return (module, name) of the place that defines a public name such as 'tcp.recv_exactly'.

    >>> resolve("reference.copy")
    ('netio.reference.snippets', 'copy')

    Raises: LookupError where there is no such name.
    """
    chapter, _, last = name.removeprefix("netio.").rpartition(".")
    try:
        return origin(f"netio.{chapter}" if chapter else "netio", last)
    except (LookupError, OSError):
        raise LookupError(f"netio has no public name {name!r}; `python -m netio list` shows them all") from None


def definition(name: str) -> str:
    """Return the source of a public name as it stands in netio.

    >>> definition("reference.resolve").startswith("def resolve")
    True

    Raises: LookupError where netio has no such name.
    """
    module, last = resolve(name)
    return load(module).statements[last].source


def public_names(chapter: str) -> list[str]:
    """Return the names that a chapter offers, read from the `__all__` in its source.

    >>> "copy" in public_names("reference")
    True

    Raises: LookupError where there is no such chapter.
    """
    try:
        statement = load(f"netio.{chapter}").statements["__all__"]
    except (KeyError, OSError):
        raise LookupError(f"netio has no chapter {chapter!r}") from None
    assign = ast.parse(statement.source).body[0]
    assert isinstance(assign, (ast.Assign, ast.AnnAssign)) and assign.value is not None
    if isinstance(assign.value, ast.Call):  # load_later(__name__, {module: names})
        homes = ast.literal_eval(assign.value.args[1])
        return [name for names in homes.values() for name in names.split()]
    return [str(name) for name in ast.literal_eval(assign.value)]


def module_names(chapter: str) -> list[str]:
    """Return the further public names of a chapter, each with its module in it: functions, classes and constants.

    >>> "sources.load" in module_names("reference"), "snippets.copy" in module_names("reference")
    (True, False)

    Raises: LookupError where there is no such chapter.
    """
    offered = {resolve(f"{chapter}.{name}") for name in public_names(chapter)}
    package = f"netio.{chapter}"
    folder = path_of(package).parent
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if path.name != "__init__.py" and not any(part.startswith("_") for part in parts):
            module = ".".join([package, *parts])
            found += [f"{'.'.join(parts)}.{name}" for name, statement in load(module).statements.items()
                      if _is_public(name, statement) and (module, name) not in offered]
    return found


def _is_public(name: str, statement: Statement) -> bool:
    defines = _DEFINITION.search(statement.source) is not None
    return not name.startswith("_") and (defines or name.isupper()) and statement.binds == (name,)


class _Collector:
    """Gathers statements and imports until nothing that they use is missing."""

    def __init__(self) -> None:
        self.statements: dict[tuple[str, int], Statement] = {}
        self.imports: dict[str, Import] = {}
        self.needs: dict[str, set[str]] = {}  # module -> modules whose statements must come first

    def take(self, module: str, name: str) -> None:
        statement = load(module).statements[name]
        if (module, statement.line) in self.statements:
            return
        self.statements[module, statement.line] = statement
        self.needs.setdefault(module, set())
        for used in sorted(statement.uses):
            target = _target(statement, used)
            if target is not None:
                self._depend(module, target, first=used in statement.code)
            else:
                entry = load(module).find(used, statement)
                if isinstance(entry, Import) and not entry.ours:
                    self.imports[used] = entry
        for base, attribute in sorted(statement.attributes):
            target = _target(statement, base, attribute)
            if target is not None:
                self._depend(module, target, first=base in statement.code)

    def _depend(self, module: str, target: tuple[str, str], first: bool) -> None:
        if first and target[0] != module:  # what only the examples use may come later
            self.needs.setdefault(module, set()).add(target[0])
        self.take(*target)

    def snippet(self, asked: list[str]) -> str:
        version = load("netio").statements["__version__"].source.split('"')[1]
        what = ", ".join(asked) if len(asked) < 8 else ", ".join(asked[:7]) + f" and {len(asked) - 7} more"
        lines = [f"# From netio {version}: {what}. MIT licence, Copyright (c) 2026 The netio authors.",
                 "from __future__ import annotations", "", *_import_lines(self.imports.values())]
        names = self._final_names([resolve(name) for name in asked])
        emitted: set[str] = set()
        for statement in self._in_order():
            text = _rewrite(statement, names)
            if text not in emitted:  # a helper of five lines may stand in two modules
                emitted.add(text)
                lines += ["", "", text, ""] if _DEFINITION.search(text) else [text]
        return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).rstrip("\n") + "\n"

    def _in_order(self) -> Iterator[Statement]:
        done: list[str] = []

        def visit(module: str) -> None:
            for needed in sorted(self.needs[module] - set(done)):
                visit(needed)
            if module not in done:
                done.append(module)

        for module in sorted(self.needs):
            visit(module)
        for module in done:
            yield from (self.statements[key] for key in sorted(self.statements) if key[0] == module)

    def _final_names(self, asked: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Give each (module, name) its name in the snippet: its own, unless that is taken for something else."""
        taken: dict[str, str] = dict.fromkeys(self.imports, "")
        final: dict[tuple[str, str], str] = {}
        bound = [(statement, name) for statement in self._in_order() for name in statement.binds]
        for statement, name in sorted(bound, key=lambda pair: (pair[0].module, pair[1]) not in asked):
            own = name
            if taken.get(name, statement.source) != statement.source:
                place = statement.module.split(".")[-1]
                own = f"_{place}_{name.lstrip('_')}" if name.startswith("_") else f"{place}_{name}"
            taken[own] = statement.source
            final[statement.module, name] = own
        return final


def _expand(name: str) -> list[str]:
    try:
        return [f"{name}.{public}" for public in public_names(name)]
    except LookupError:
        return [name]


def _target(statement: Statement, name: str, attribute: str = "") -> Optional[tuple[str, str]]:
    """Return where netio defines a name in a statement, or `name.attribute` where name is a module; else None."""
    found = load(statement.module).find(name, statement)
    if isinstance(found, Statement):
        return None if attribute else (statement.module, name)
    if found is None or not found.ours:
        return None
    if found.our_module:
        return origin(found.our_module, attribute) if attribute else None
    return None if attribute else origin(found.module, found.name)


def _rewrite(statement: Statement, names: dict[tuple[str, str], str]) -> str:
    """Return the statement's source with each name as the snippet has it: in code, in examples, in format strings."""
    lines = statement.source.split("\n")
    tokens = list(tokenize.generate_tokens(io.StringIO(statement.source + "\n").readline))
    for index in reversed(range(len(tokens))):
        token = tokens[index]
        if token.type == tokenize.STRING:
            _put(lines, token.start, token.end, _rewrite_string(token.string, statement, names))
        elif token.type == tokenize.NAME and tokens[index - 1].string != ".":
            dot, attribute = tokens[index + 1], tokens[index + 2] if index + 2 < len(tokens) else token
            if dot.string == "=" and _in_brackets(tokens[:index]):
                continue  # a keyword argument
            new, whole = _rename(statement, token.string, attribute.string if dot.string == "." else "", names)
            _put(lines, token.start, attribute.end if whole else token.end, new)
    return _HOME_OF_ERROR.sub(r"\1", "\n".join(lines))


def _rewrite_string(text: str, statement: Statement, names: dict[tuple[str, str], str]) -> str:
    def rename(match: re.Match[str]) -> str:
        new, whole = _rename(statement, match[1], match[2] or "", names)
        return new if whole or not match[2] else f"{new}.{match[2]}"

    def rename_all(match: re.Match[str]) -> str:
        return _WORD.sub(rename, match.group())

    if ">>>" in text:
        text = _PROMPT.sub(rename_all, text)
    if "f" in text[:2].lower():  # from Python 3.12 on, its braces are tokens of their own
        text = _BRACES.sub(rename_all, text)
    return text


def _rename(statement: Statement, name: str, attribute: str, names: dict[tuple[str, str], str]) -> tuple[str, bool]:
    """Return the snippet's word for `name`, or for all of `name.attribute` if name is a module, and which of both."""
    target = _target(statement, name)
    if target is not None:
        return names.get(target, name), False
    target = _target(statement, name, attribute) if attribute else None
    return (names.get(target, attribute), True) if target is not None else (name, False)


def _put(lines: list[str], start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    """Replace what stands from `start` to `end`, both (row from 1, column)."""
    after = lines[end[0] - 1][end[1]:]
    before = lines[start[0] - 1][:start[1]]
    lines[start[0] - 1:end[0]] = (before + text + after).split("\n")


def _in_brackets(tokens: list[tokenize.TokenInfo]) -> bool:
    opened = sum(token.string in ("(", "[", "{") for token in tokens)
    return opened > sum(token.string in (")", "]", "}") for token in tokens)


def _import_lines(imports: Iterable[Import]) -> list[str]:
    whole = sorted({str(entry) for entry in imports if not entry.name})
    parts: dict[str, set[str]] = {}
    for entry in imports:
        if entry.name:
            parts.setdefault(entry.module, set()).add(str(entry).split(" import ")[1])
    return whole + [f"from {module} import {', '.join(sorted(parts[module]))}" for module in sorted(parts)]
