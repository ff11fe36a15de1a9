"""What the checker says: a finding, and a rule with its words, read from the rule's docstring."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import TYPE_CHECKING, Any, Callable, Iterator, NamedTuple, Union

if TYPE_CHECKING:
    from .program import Program

SEVERITIES = ("error", "warning", "hint")
_KEYS = "(Chinese|Why|Cure|Chinese cure|netio): "
_FIELD = re.compile(rf"^{_KEYS}(.+(?:\n(?!(?:{_KEYS}))(?!\s*$).+)*)", re.MULTILINE)
_EXAMPLE = re.compile(r"^(Wrong|Right)::\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)


class Cure(NamedTuple):
    """The shortest mend with the standard library, and the name in netio that does the same.

    >>> Cure("sock.sendall(data)", "tcp.send_frame").netio
    'tcp.send_frame'
    """

    line: str
    netio: str


class Finding(NamedTuple):
    """One mistake in a program: where it is (lines from 1, columns from 1), what it is, why, and the cure.

    >>> Finding("a.py", 3, 1, "send-not-all", "warning", "what", 12, Cure("sock.sendall(data)", "tcp.send_frame")).line
    3
    """

    path: str
    line: int
    column: int
    kind: str
    severity: str
    message: str
    erratum: int | None
    cure: Cure
    why: str = ""


class Place(NamedTuple):
    """A place in the text where no node of the tree is.

    >>> Place(3, 0).lineno
    3
    """

    lineno: int
    col_offset: int


# What a rule yields: where, and the words for the blanks in its title.
Hit = Union[ast.AST, Place, tuple[Union[ast.AST, Place], dict[str, Any]]]
Check = Callable[["Program"], Iterator[Hit]]


class Words(NamedTuple):
    """What a rule's docstring says in both languages, with its two examples.

    >>> read_words("It is wrong.\\n\\nChinese: 错。因为如此。").why_zh
    '因为如此。'
    """

    title: str
    title_zh: str
    why: str
    why_zh: str
    cure: Cure
    cure_zh: str
    wrong: str
    right: str


class Rule(NamedTuple):
    """One kind of mistake: its stable short name, how bad it is, its erratum, and the function that looks for it.

    >>> def check(program):
    ...     '''Nothing is right.'''
    ...     yield program.tree
    >>> Rule("all-wrong", "hint", None, "tcp", check).words().title
    'Nothing is right.'
    """

    kind: str
    severity: str
    erratum: int | None
    chapter: str
    check: Check

    def words(self) -> Words:
        """Return what the rule's docstring says."""
        return read_words(inspect.getdoc(self.check) or "")


RULES: dict[str, Rule] = {}


def rule(kind: str, severity: str, erratum: int | None = None) -> Callable[[Check], Check]:
    """Make a function a rule; the chapter is the room of `rules` that it is in.

    >>> @rule("all-wrong", "hint")
    ... def check(program):
    ...     yield program.tree
    >>> RULES.pop("all-wrong").severity
    'hint'
    """

    def register(check: Check) -> Check:
        RULES[kind] = Rule(kind, severity, erratum, _chapter_of(check), check)
        return check

    return register


def _chapter_of(check: Check) -> str:
    return check.__module__.rpartition("rules.")[2].partition(".")[0]


def read_words(doc: str) -> Words:
    """Read the parts of a rule's docstring: title, `Why:`, `Chinese:` (both), `Cure:`, and so on.

    >>> read_words("It is wrong.\\n\\nChinese: 错。\\nCure: pass\\n\\nWrong::\\n\\n    a\\n").wrong
    'a\\n'
    """
    fields = {found[1]: _one_line(found[2]) for found in _FIELD.finditer(doc)}
    examples = {name: textwrap.dedent(text).strip("\n").replace("\\t", "\t") + "\n"
                for name, text in _EXAMPLE.findall(doc + "\n")}
    title = doc.partition("\n")[0]
    title_zh, _, why_zh = fields.get("Chinese", title).partition("。")
    return Words(title, f"{title_zh}。", fields.get("Why", ""), why_zh.strip(),
                 Cure(fields.get("Cure", ""), fields.get("netio", "")),
                 fields.get("Chinese cure", fields.get("Cure", "")), examples.get("Wrong", ""),
                 examples.get("Right", ""))


def _one_line(text: str) -> str:
    return re.sub(r"(?<=[，。；：、（）])\s*\n\s*", "", text).replace("\n", " ").strip()
