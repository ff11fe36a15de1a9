"""What a program makes: each Thing is what one place of the program makes, and a value is the set of what it may be."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

SOCKETS = frozenset(("tcp", "udp", "socket"))


class Thing:
    """What one place makes: its kind, the node that makes it, what it was made from, and facts about it.

    Kinds: tcp udp socket file bytes str int none bool tuple list dict func class instance extern process thread lock
    pool queue pipe value event semaphore pid address pending item.

    >>> data = Thing("bytes", None)
    >>> text = Thing("str", None, frozenset([data]))
    >>> data in text.origins()
    True
    """

    __slots__ = ("kind", "node", "bases", "facts", "elements", "tests", "number")
    _made = 0

    def __init__(self, kind: str, node: ast.AST | None, bases: Value = frozenset(), **facts: Any) -> None:
        Thing._made += 1
        self.number = Thing._made
        self.kind = kind
        self.node = node
        self.bases = bases
        self.facts = facts
        self.elements: dict[Any, Value] = {}
        self.tests: dict[ast.AST, None] = {}

    @classmethod
    def begin(cls) -> None:
        """Number the things from the beginning, for another program."""
        cls._made = 0

    def __hash__(self) -> int:
        return self.number  # not the address: sets of things have the same order, and findings, each time

    def origins(self) -> set[Thing]:
        """Return itself and all that it was made from."""
        found: set[Thing] = set()
        todo = [self]
        while todo:
            thing = todo.pop()
            if thing not in found:
                found.add(thing)
                todo.extend(thing.bases)
        return found

    def __repr__(self) -> str:
        return f"<{self.kind} {getattr(self.node, 'lineno', '')}>"


Value = frozenset[Thing]
EMPTY: Value = frozenset()


class Call(NamedTuple):
    """One call that the program makes: `name` is `socket.socket`, or `tcp.send` for a method of a known thing.

    >>> node = ast.parse("sock.send(b'hi', 1)", mode="eval").body
    >>> Call(node, "tcp.send", EMPTY, [EMPTY, EMPTY], {}, Scope(node, "", None), True).has(1, "flags")
    True
    """

    node: ast.Call
    name: str
    on: Value
    args: list[Value]
    keywords: dict[str, Value]
    scope: Scope
    live: bool

    def arg(self, place: int, keyword: str = "") -> Value:
        """Return an argument by its place or its keyword."""
        if keyword in self.keywords:
            return self.keywords[keyword]
        return self.args[place] if place < len(self.args) else EMPTY

    def has(self, place: int, keyword: str) -> bool:
        """True where the argument is given."""
        return keyword in self.keywords or len(self.args) > place


class Scope:
    """The module or one function: what its names may be, what it is called with, and what it returns.

    >>> Scope(ast.parse("def serve(): pass").body[0], "serve", None)
    <Scope serve>
    """

    def __init__(self, node: ast.AST, name: str, parent: Scope | None, owner: Thing | None = None) -> None:
        self.node = node
        self.name = name
        self.parent = parent
        self.owner = owner
        self.names: dict[str, Value] = {}
        self.returns: Value = EMPTY
        self.falls_through = False
        self.has_return = False
        self.global_names: set[str] = set()
        self.bound: set[str] = set()
        self.callers: dict[int, Call] = {}
        self.runs_in: set[str] = set()  # "thread", "process", "pool", "signal", "outside"

    def __repr__(self) -> str:
        return f"<Scope {self.name}>"


def constant(value: Value) -> Any:
    """Return the constant that a value is, or None.

    >>> constant(frozenset([Thing("int", None, const=8888)]))
    8888
    """
    if len(value) == 1:
        thing = next(iter(value))
        return thing.facts.get("const")
    return None


def constants(value: Value) -> list[Any]:
    """Return all constants among what a value may be.

    >>> constants(frozenset([Thing("int", None, const=8888), Thing("str", None)]))
    [8888]
    """
    return [thing.facts["const"] for thing in value if "const" in thing.facts]


def kinds(value: Value) -> set[str]:
    """Return the kinds of what a value may be.

    >>> kinds(frozenset([Thing("int", None, const=8888)]))
    {'int'}
    """
    return {thing.kind for thing in value}


def is_only(value: Value, *wanted: str) -> bool:
    """True where a value is known, and of one of these kinds whatever happens.

    >>> is_only(frozenset([Thing("tcp", None)]), "tcp", "udp"), is_only(EMPTY, "tcp")
    (True, False)
    """
    return bool(value) and all(thing.kind in wanted for thing in value)
