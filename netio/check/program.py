"""A program as the rules see it: its tree, what each expression may be, its calls, and what surrounds a node."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Iterator

from .interpret import Interpreter
from .reading import Reading
from .values import EMPTY, Call, Scope, Thing, Value

LOOPS = (ast.While, ast.For, ast.AsyncFor)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_STANDARD_PACKAGES = set(
    "os multiprocessing concurrent urllib http xml logging json email importlib collections unittest asyncio ctypes "
    "tkinter encodings wsgiref curses dbm html sqlite3 distutils xmlrpc".split()
)
BROAD = {"Exception", "BaseException", "OSError", "IOError", "socket.error", "EnvironmentError"}


class Program:
    """One file, read and walked once; every rule asks it.

    >>> from netio.check.reading import read_program
    >>> program = Program(read_program("import os\\nif os.fork() == 0:\\n    os._exit(0)\\n"))
    >>> [call.node.lineno for call in program.calls("os.fork", "os._exit")]
    [2, 3]
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.tree = reading.tree
        self.lines = reading.text.split("\n")
        self.flow = Interpreter(reading.tree)
        self.flow.run()
        self.nodes: list[ast.AST] = []
        self.parents: dict[int, ast.AST] = {}
        todo: list[ast.AST] = [self.tree]
        while todo:
            node = todo.pop()
            self.nodes.append(node)
            for child in ast.iter_child_nodes(node):
                self.parents[id(child)] = node
                todo.append(child)
        self.nodes.sort(key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
        self._calls: dict[str, dict[int, Call]] = {}
        for call in self.flow.calls:  # one for each thing that it may be a method of: the rules see all
            same = self._calls.setdefault(call.name, {})
            same[id(call.node)] = call._replace(on=call.on | same.get(id(call.node), call).on)

    def calls(self, *names: str) -> Iterator[Call]:
        """Yield the calls of these names: `os.fork`, or `tcp.send` for a method of a known thing."""
        seen: set[int] = set()
        for name in names:
            for node, call in self._calls.get(name, {}).items():
                if node not in seen:
                    seen.add(node)
                    yield call

    def socket_calls(self, *methods: str) -> Iterator[Call]:
        """Yield the calls of these methods on stream sockets."""
        return self.calls(*(f"{kind}.{method}" for method in methods for kind in ("tcp", "socket")))

    def calls_on(self, thing: Thing, *methods: str) -> Iterator[Call]:
        """Yield the calls of these methods (all, if none are named) on this very thing."""
        for call in self._by_thing.get(thing, ()):
            if not methods or call.name.rpartition(".")[2] in methods:
                yield call

    @cached_property
    def _by_thing(self) -> dict[Thing, list[Call]]:
        found: dict[Thing, list[Call]] = {}
        for call in self.flow.calls:
            for thing in call.on:
                found.setdefault(thing, []).append(call)
        return found

    @cached_property
    def things(self) -> dict[str, list[Thing]]:
        """All things by their kind, in the order of the text."""
        found: dict[str, list[Thing]] = {}
        for thing in self.flow.store.things():
            found.setdefault(thing.kind, []).append(thing)
        return found

    def of_kind(self, *kinds: str) -> Iterator[Thing]:
        """Yield the things of these kinds."""
        for kind in kinds:
            yield from self.things.get(kind, ())

    def value(self, node: ast.AST | None) -> Value:
        """Return what an expression may be; nothing where it is not known."""
        return self.flow.values.get(id(node), EMPTY)

    def all(self, *types: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield the nodes of these types in the order of the text."""
        return (node for node in self.nodes if isinstance(node, types))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return what a node is a part of."""
        return self.parents.get(id(node))

    def ancestors(self, node: ast.AST | None) -> Iterator[ast.AST]:
        """Yield what surrounds a node, from within to without, up to its function or the module."""
        while node is not None and (node := self.parents.get(id(node))) is not None:
            yield node
            if isinstance(node, FUNCTIONS):
                return

    def function(self, node: ast.AST | None) -> ast.AST:
        """Return the function that a node is in, or the module."""
        return next((outer for outer in self.ancestors(node) if isinstance(outer, FUNCTIONS)), self.tree)

    def scope(self, node: ast.AST | None) -> Scope:
        """Return the scope that a node is in."""
        return self.flow.scopes.get(id(self.function(node)), self.flow.module)

    def loops(self, node: ast.AST | None) -> list[ast.AST]:
        """Return the loops of its function that a node is repeated by, from within to without."""
        found: list[ast.AST] = []
        child = node
        for outer in self.ancestors(node):
            if (
                isinstance(outer, LOOPS)
                and child not in outer.orelse
                and not (isinstance(outer, (ast.For, ast.AsyncFor)) and child is outer.iter)
            ):
                found.append(outer)
            child = outer
        return found

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """Return the statement that a node is a part of."""
        while not isinstance(node, ast.stmt):
            above = self.parents.get(id(node))
            if above is None:
                return None
            node = above
        return node

    def is_statement(self, node: ast.AST) -> bool:
        """True for a call whose result nobody takes."""
        return isinstance(self.parent(node), ast.Expr)

    def inside(self, node: ast.AST | None, outer: ast.AST) -> bool:
        """True where a node is a part of another one."""
        while node is not None:
            if node is outer:
                return True
            node = self.parents.get(id(node))
        return False

    def tries(self, node: ast.AST, within: ast.AST | None = None) -> Iterator[ast.Try]:
        """Yield the try statements whose body a node is in, up to `within`."""
        child: ast.AST = node
        for outer in self.ancestors(node):
            if outer is within:
                return
            if isinstance(outer, ast.Try) and any(child is part for part in outer.body):
                yield outer
            child = outer

    def caught(self, handler: ast.ExceptHandler) -> set[str]:
        """Return the names of what an `except` catches."""
        if handler.type is None:
            return {"BaseException"}
        parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {ast.unparse(part) for part in parts}
        return names | {str(t.facts.get("name")) for part in parts for t in self.value(part) if t.kind == "extern"}

    def protected(self, node: ast.AST, within: ast.AST | None = None, also: frozenset[str] = frozenset()) -> bool:
        """True where an error of the network is caught around a node, inside of `within`."""
        wanted = BROAD | also
        for block in self.tries(node, within):
            for handler in block.handlers:
                caught = self.caught(handler)
                if caught & wanted or any("Connection" in name or name.endswith(".error") for name in caught):
                    return True
        return any(ast.unparse(name) in wanted for name in self.suppressed(node, within))

    def suppressed(self, node: ast.AST, within: ast.AST | None = None) -> Iterator[ast.expr]:
        """Yield what `with contextlib.suppress(...)` catches around a node, inside of `within`."""
        for outer in self.ancestors(node):
            if outer is within:
                return
            for item in outer.items if isinstance(outer, ast.With) else []:
                call = item.context_expr
                if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "suppress":
                    yield from call.args

    def source(self, node: ast.AST | None) -> str:
        """Return a node as text."""
        return ast.unparse(node) if node is not None else ""

    def imported(self, *names: str) -> bool:
        """True where the program imports one of these modules, or star-imports it."""
        modules = {name.partition(".")[0] for name in self.flow.imports.values()}
        modules |= set(self.flow.imports.values()) | set(self.flow.stars)
        return bool(modules & set(names))

    def following(self, node: ast.AST) -> Iterator[ast.stmt]:
        """Yield the statements that run after one, up to the end of its function; and each loop that goes on."""
        child: ast.AST | None = self.statement(node)
        for outer in [*self.ancestors(child), self.tree]:
            for field in ("body", "orelse", "finalbody"):
                block = getattr(outer, field, None)
                if isinstance(block, list) and child in block:
                    yield from block[block.index(child) + 1 :]
                    if isinstance(outer, ast.Try) and field != "finalbody":
                        yield from outer.finalbody
            if isinstance(outer, LOOPS):
                yield outer
            if isinstance(outer, FUNCTIONS):
                return
            child = outer

    @cached_property
    def is_library(self) -> bool:
        """True for a module that others call with what this file does not show: a part of a package, or a large one."""
        parts = any(isinstance(node, ast.ImportFrom) and node.level for node in self.nodes)
        dotted = {name.partition(".")[0] for name in self.flow.imports.values() if "." in name} - _STANDARD_PACKAGES
        return parts or bool(dotted) or "__all__" in self.flow.module.bound or len(self.lines) > 1000

    @cached_property
    def _stored(self) -> set[str]:
        places = (node for node in self.nodes if isinstance(node, (ast.Attribute, ast.Subscript)))
        return {self.source(node) for node in places if isinstance(node.ctx, ast.Store)}

    def is_rebound(self, node: ast.AST) -> bool:
        """True for an element or attribute that is assigned somewhere: what it is here is not known for sure."""
        return isinstance(node, (ast.Attribute, ast.Subscript)) and self.source(node) in self._stored

    def in_child(self, node: ast.AST) -> bool:
        """True for a node in the branch that a forked child runs."""
        child = node
        for outer in self.ancestors(node):
            if isinstance(outer, ast.If):
                branch = self.flow.child_branch(outer.test)
                if branch and any(child is part for part in getattr(outer, branch)):
                    return True
            child = outer
        return False

    def runs_alone(self, scope: Scope) -> bool:
        """True for a function that only a thread, a process, a pool or an unknown caller runs."""
        return bool(scope.runs_in)
