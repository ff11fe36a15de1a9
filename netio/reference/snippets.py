"""Copy public names out of netio as one snippet that stands alone.

Standard library imports are gathered at the top; imports from netio vanish, because what they named is now in the
snippet. Where two modules use one name for different things, the second is renamed. Examples keep running, also by
`python3 -m doctest`: what only they import, they import themselves.
"""
from __future__ import annotations

import functools
import io
import re
import textwrap
import tokenize
from itertools import accumulate
from typing import Callable, Iterable, Tuple

from .collecting import DEFINITION, Collector, full_name, public_names, resolve, target_of
from .docstrings import complete_examples, strip_docstrings
from .sources import Import, Statement, load

# Before the name of an error in an example's traceback: `netio.packing.record.RecordError: ...`.
_HOME_OF_ERROR = re.compile(r"(?m)^( +)netio\.[a-z_.]+\.(?=[A-Z]\w*(:|$))")
_SPELLED = {"posix": "POSIX (Linux, macOS)", "linux": "Linux", "macos": "macOS", "windows": "Windows"}
_PROMPT = re.compile(r"(?m)^ *(>>>|\.\.\.) .*$")
_BRACES = re.compile(r"\{[^{}]*\}")
_Rename = Callable[[str, str], Tuple[str, bool]]
_WORD = re.compile(r"(?<![\w.'\"])([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?")


def copy(names: Iterable[str], docs: bool = True, platform: str = "") -> str:
    """Return one snippet that holds the named objects and all that they need.

    A name is 'tcp.recv_exactly', 'recv_exactly' where only one chapter has it, or 'tcp' for a whole chapter. The
    snippet imports nothing but the standard library, keeps the docstrings with their examples (not without `docs`),
    and carries netio's version and licence. With a `platform` ('posix', 'linux', 'macos', 'windows') what cannot run
    there is left out, which the first line says.

    >>> print(copy(["tcp.recv_exactly"]).splitlines()[0])
    # From netio ...: tcp.recv_exactly. MIT licence, Copyright (c) ... The netio authors.
    >>> len(copy(["tcp.recv_exactly"], docs=False).splitlines()) < 90
    True
    >>> "sys.platform" in copy(["tcp.listen"]), "sys.platform" in copy(["tcp.listen"], platform="posix")
    (True, False)

    Raises: LookupError if netio has no such public name, or there is no such platform.
    """
    asked = [name for entry in names for name in expand(entry)]
    targets = [resolve(name, platform) for name in asked]
    collector = Collector(docs, platform)
    collector.take(targets)
    final = _final_names(collector, targets)
    lines = [f"# {origin_line(asked, platform)}", "from __future__ import annotations", "",
             *import_lines(collector.imports.values()), *type_lines(collector, final), ""]
    emitted: set[str] = set()
    for statement in collector.in_order():
        text = _rewrite(statement, final)
        if statement.type_only:
            text = textwrap.indent(text, "    ")
            lines += [text] if lines[-1].startswith("    ") else ["if TYPE_CHECKING:", text]
            continue
        text = complete_examples(text, _example_imports(statement, collector)) if docs else strip_docstrings(text)
        if text not in emitted:  # a helper of five lines may be in two modules
            emitted.add(text)
            lines += ["", "", text, "", ""] if DEFINITION.search(text) else [text]
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).rstrip("\n") + "\n"


def origin_line(asked: list[str], platform: str = "") -> str:
    """Return the line that says where copied code is from, and under which licence.

    >>> origin_line(["tcp.listen"])
    'From netio ...: tcp.listen. MIT licence, Copyright (c) 2026 The netio authors.'
    >>> origin_line(["tcp.listen"], "windows").partition(":")[0]
    'From netio ..., pruned for Windows only'
    """
    version = load("netio").statements["__version__"].source.split('"')[1]
    what = ", ".join(asked) if len(asked) < 8 else ", ".join(asked[:7]) + f" and {len(asked) - 7} more"
    pruned = f", pruned for {_SPELLED[platform]} only" if platform else ""
    return f"From netio {version}{pruned}: {what}. MIT licence, Copyright (c) 2026 The netio authors."


def expand(name: str) -> list[str]:
    """Return the names that a chapter offers, or the one name given, in full.

    >>> "tcp.listen" in expand("tcp"), expand("tcp.listen"), expand("listen")
    (True, ['tcp.listen'], ['tcp.listen'])

    Raises: LookupError where several chapters offer it.
    """
    try:
        return [f"{name}.{public}" for public in public_names(name)]
    except LookupError:
        return [full_name(name)]


def _example_imports(statement: Statement, collector: Collector) -> dict[str, str]:
    """Return the import line for each name of the standard library that only the examples use."""
    found = {name: statement.find(name)
             for name in statement.example_uses - collector.imports.keys()}
    return {name: str(entry) for name, entry in found.items() if isinstance(entry, Import) and not entry.ours}


def _final_names(collector: Collector, asked: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Give each (module, name) its name in the snippet: its own, unless that is taken for something else."""
    taken: dict[str, str] = dict.fromkeys(collector.imports, "")
    final: dict[tuple[str, str], str] = {}
    bound = [(statement, name) for statement in collector.in_order() for name in statement.binds]
    types = [(load(module, collector.platform).statements[name], name) for module, name in sorted(collector.types)]
    for statement, name in sorted(bound, key=lambda pair: (pair[0].module, pair[1]) not in asked) + types:
        own = name
        if taken.get(name, statement.source) != statement.source:
            place = statement.module.split(".")[-1]
            own = f"_{place}_{name.lstrip('_')}" if name.startswith("_") else f"{place}_{name}"
        taken[own] = statement.source
        final[statement.module, name] = own
    return final


def _rewrite(statement: Statement, names: dict[tuple[str, str], str]) -> str:
    """Return the statement's source with each name as the snippet has it: in code, in examples, in format strings."""
    renamed = ((word, _rename(statement, names, *word)) for word in _words_in(statement.source))
    text = _replace(statement.source, tuple((word, new) for word, new in renamed if new != (word[0], False)))
    for name in statement.binds:  # a type checker wants the same name within
        text = text.replace(f'TypeVar("{name}"', f'TypeVar("{names.get((statement.module, name), name)}"')
    return text


@functools.lru_cache(maxsize=None)  # who copies one name after the other meets most sources again
def _words_in(source: str) -> list[tuple[str, str]]:
    """Return each (name, attribute or "") that may have to be renamed."""
    words: dict[tuple[str, str], None] = {}

    def note(name: str, attribute: str) -> tuple[str, bool]:
        words[name, attribute] = None
        return name, False

    _rename_all(source, note)
    return list(words)


@functools.lru_cache(maxsize=None)
def _replace(source: str, words: tuple[tuple[tuple[str, str], tuple[str, bool]], ...]) -> str:
    new = dict(words)
    text = _rename_all(source, lambda name, attribute: new.get((name, attribute), (name, False))) if words else source
    return _HOME_OF_ERROR.sub(r"\1", text)


def _rename_all(source: str, rename: _Rename) -> str:
    lines = source.split("\n")
    tokens = _tokens(source)
    depths = _depths(tokens)
    for index in reversed(range(len(tokens))):
        token = tokens[index]
        if token.type == tokenize.STRING:
            new = _rewrite_string(token.string, rename)
            if new != token.string:
                _put(lines, token.start, _end_of(token), new)
        elif token.type == tokenize.NAME and tokens[index - 1].string != ".":
            dot, attribute = tokens[index + 1], tokens[index + 2] if index + 2 < len(tokens) else token
            if dot.string == "=" and depths[index]:
                continue  # a keyword argument
            new, whole = rename(token.string, attribute.string if dot.string == "." else "")
            if whole or new != token.string:
                _put(lines, token.start, attribute.end if whole else token.end, new)
    return "\n".join(lines)


@functools.lru_cache(maxsize=None)
def _tokens(source: str) -> list[tokenize.TokenInfo]:
    """Return the tokens of a statement."""
    return list(tokenize.generate_tokens(io.StringIO(source + "\n").readline))


def _end_of(token: tokenize.TokenInfo) -> tuple[int, int]:
    """Return where a string ends: CPython 3.12.1 counts bytes where a string of several lines is not ASCII."""
    first, *rest = token.string.split("\n")
    return token.start[0] + len(rest), len(rest[-1]) if rest else token.start[1] + len(first)


def _rewrite_string(text: str, rename: _Rename) -> str:
    def rename_one(match: re.Match[str]) -> str:
        new, whole = rename(match[1], match[2] or "")
        return new if whole or not match[2] else f"{new}.{match[2]}"

    def rename_all(match: re.Match[str]) -> str:
        return _WORD.sub(rename_one, match.group())

    if ">>>" in text:
        text = _PROMPT.sub(rename_all, text)
    if "f" in text[:2].lower():  # from Python 3.12 on, its braces are tokens of their own
        text = _BRACES.sub(rename_all, text)
    return text


def _rename(statement: Statement, names: dict[tuple[str, str], str], name: str, attribute: str) -> tuple[str, bool]:
    """Return the snippet's word for `name`, or for all of `name.attribute` if name is a module, and which of both."""
    target = target_of(statement, name)
    if target is not None:
        return names.get(target, name), False
    target = target_of(statement, name, attribute) if attribute else None
    return (names.get(target, attribute), True) if target is not None else (name, False)


def _put(lines: list[str], start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    """Replace what stands from `start` to `end`, both (row from 1, column)."""
    after = lines[end[0] - 1][end[1]:]
    before = lines[start[0] - 1][:start[1]]
    lines[start[0] - 1:end[0]] = (before + text + after).split("\n")


def _depths(tokens: list[tokenize.TokenInfo]) -> list[int]:
    """Return for each token how many brackets it is inside of."""
    changes = ((token.string in ("(", "[", "{")) - (token.string in (")", "]", "}")) for token in tokens)
    return list(accumulate(changes))


def type_lines(collector: Collector, names: dict[tuple[str, str], str]) -> list[str]:
    """Return the first lines that only type checkers read: imports, and the classes left behind.

    >>> collector = Collector(docs=False)
    >>> collector.take([("netio.ftp.actions", "user")])
    >>> type_lines(collector, {})
    ['if TYPE_CHECKING:', '    from typing import Any', '    ControlConnection = Any  # ftp.control.ControlConnection']
    """
    lines = import_lines(collector.type_imports.values())
    lines += [f"{names.get((module, name), name)} = Any  # {module.partition('.')[2]}.{name}"
              for module, name in sorted(collector.types)]
    return ["if TYPE_CHECKING:", *(f"    {line}" for line in lines)] if lines else []


def import_lines(imports: Iterable[Import]) -> list[str]:
    """Return the lines that import, whole modules first.

    >>> import_lines([Import("os", "path", "path"), Import("io", "", "io")])
    ['import io', 'from os import path']
    """
    whole = sorted({str(entry) for entry in imports if not entry.name})
    parts: dict[str, set[str]] = {}
    for entry in imports:
        if entry.name:
            parts.setdefault(entry.module, set()).add(str(entry).split(" import ")[1])
    return whole + [f"from {module} import {', '.join(sorted(parts[module]))}" for module in sorted(parts)]
