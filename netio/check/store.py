"""What a walk through a program remembers: its things, and what each name, attribute and element may be."""

from __future__ import annotations

import ast
from typing import Any, Iterator

from .values import EMPTY, Call, Scope, Thing, Value

_MOST = 16  # things that one name may be


class Store:
    """All things of one program; `changed` says whether anything was new since it was last set to False.

    >>> store = Store()
    >>> pair = store.make("tuple", None)
    >>> (thing,) = pair
    >>> store.add(thing, 0, store.make("bytes", None))
    >>> store.element(pair, 0), store.element(pair, 1)
    (frozenset({<bytes >}), frozenset())
    """

    def __init__(self) -> None:
        Thing.begin()
        self._things: dict[tuple[Any, ...], Thing] = {}
        self.changed = False

    def make(self, kind: str, node: ast.AST | None, bases: Value = EMPTY, tag: Any = None, **facts: Any) -> Value:
        """Return the thing of this kind that this node makes: the same one each time."""
        key = (kind, id(node), tag)
        thing = self._things.get(key)
        if thing is None:
            thing = self._things[key] = Thing(kind, node, bases, **facts)
            self.changed = True
        else:
            thing.facts.update(facts)
            if bases - thing.bases and len(thing.bases) < _MOST:
                thing.bases |= bases
                self.changed = True
        return frozenset((thing,))

    def things(self) -> Iterator[Thing]:
        """Yield all things, the oldest first."""
        yield from self._things.values()

    def extern(self, name: str) -> Value:
        """Return what another module calls by this name."""
        return self.make("extern", None, tag=name, name=name)

    def add(self, thing: Thing, key: Any, value: Value) -> None:
        """Remember what an element or an attribute of a thing may be."""
        old = thing.elements.get(key, EMPTY)
        if value - old:
            thing.elements[key] = old | value if len(old) < _MOST else old
            self.changed = self.changed or len(old) < _MOST

    def bind(self, scope: Scope, name: str, value: Value) -> None:
        """Remember what a name of a scope may be."""
        scope.bound.add(name)
        old = scope.names.get(name, EMPTY)
        if value - old and len(old) < _MOST:
            scope.names[name] = old | value
            self.changed = True

    def collection(self, kind: str, node: ast.AST | None, elements: dict[Any, Value], tag: Any = None) -> Value:
        """Return a list, dict or tuple with what its elements may be; key `*` is any of them, `keys` a dict's keys."""
        value = self.make(kind, node, tag=tag)
        (thing,) = value
        if kind == "tuple":
            thing.facts["size"] = len(elements)
        for key, element in elements.items():
            self.add(thing, key, element)
        return value

    def element(self, value: Value, place: Any) -> Value:
        """Return what an element of a value may be; place None is any of them."""
        found: set[Thing] = set()
        for thing in value:
            if thing.kind in ("tuple", "list") and isinstance(place, int) and place in thing.elements:
                found |= thing.elements[place]
            elif thing.kind == "tuple" and isinstance(place, int):
                found |= thing.elements.get("*", EMPTY)
            elif thing.kind == "tuple" and place is None:
                found |= frozenset().union(*thing.elements.values()) if thing.elements else EMPTY
            elif thing.kind in ("list", "dict"):
                found |= thing.elements.get(place if place in thing.elements and place is not None else "*", EMPTY)
        return frozenset(found)

    def unpacked(self, value: Value) -> list[Value]:
        """Return what each element of a tuple may be, in order."""
        return [self.element(value, place) for place in range(max((t.facts.get("size", 0) for t in value), default=0))]

    def items(self, value: Value, node: ast.AST) -> Value:
        """Return what a loop over a value yields."""
        found = self.element(value, None)
        for thing in value:
            if thing.kind == "file":
                found |= self.read(thing, node, "line")
            elif thing.kind == "dict":
                found = thing.elements.get("keys", EMPTY) | (found - thing.elements.get("*", EMPTY))
            elif thing.kind == "str":
                found |= frozenset((thing,))
        return found

    def read(self, file: Thing, node: ast.AST, how: str) -> Value:
        """Return what is read from a file: `how` is size, line or all."""
        return self.make("bytes" if file.facts.get("binary") else "str", node, tag="read", read=how, file=file)

    def test(self, value: Value, test: ast.AST) -> None:
        """Remember that a value, and what it was made from, is tested for being empty."""
        for thing in value:
            if thing.kind in ("tuple", "list"):
                for inner in thing.elements.values():
                    for element in inner:
                        element.tests[test] = None
            for origin in thing.origins():
                origin.tests[test] = None

    def escape(self, call: Call) -> None:
        """Remember that the arguments go where this walk does not follow them."""
        for value in [*call.args, *call.keywords.values()]:
            for thing in value:
                thing.facts["escapes"] = True
                if thing.kind in ("tuple", "list", "dict"):
                    for inner in thing.elements.values():
                        for element in inner:
                            element.facts["escapes"] = True
                if thing.kind == "func":
                    thing.facts["scope"].runs_in.add("outside")

    def enter(self, scope: Scope, args: list[Value], keywords: dict[str, Value], call: Call, method: bool) -> None:
        """Give a function the arguments of one call."""
        scope.callers[id(call.node)] = call
        arguments = scope.node.args  # type: ignore[attr-defined]
        names = [argument.arg for argument in arguments.posonlyargs + arguments.args]
        if method and names:
            names = names[1:]
        if any(isinstance(argument, ast.Starred) for argument in call.node.args):
            args = []
        for name, value in zip(names, args):
            self.bind(scope, name, value)
        if arguments.vararg and len(args) > len(names):
            rest = self.make("tuple", arguments.vararg)
            for value in args[len(names):]:
                self.add(next(iter(rest)), "*", value)
            self.bind(scope, arguments.vararg.arg, rest)
        for key, value in keywords.items():
            if key in scope.bound:
                self.bind(scope, key, value)

    def start(self, target: Value, kind: str, call: Call) -> None:
        """Give the target of a thread or process its arguments."""
        keywords = {key: value for thing in call.arg(9, "kwargs") for key, value in thing.elements.items()
                    if isinstance(key, str) and key not in ("*", "keys")}
        self.hand_over(target, self.unpacked(call.arg(9, "args")), keywords, kind, call)

    def hand_over(self, target: Value, given: list[Value], keywords: dict[str, Value], kind: str, call: Call) -> None:
        """Remember that a function is called by something else: a thread, a process, a pool, a signal."""
        for thing in target:
            if thing.kind == "func":
                scope: Scope = thing.facts["scope"]
                if kind not in scope.runs_in:
                    scope.runs_in.add(kind)
                    self.changed = True
                self.enter(scope, given, keywords, call, bool(scope.owner))
