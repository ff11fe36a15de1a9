"""Which statements of netio a name needs: found by name, followed from statement to statement.

Starting from the names asked for, every statement whose names are used is taken along, from whichever module of netio
defines it: by its code and, if wanted, the examples of its docstrings. What a module does when it is imported, such as
`os.register_at_fork(...)`, goes along with the variables that it looks after. A class that nothing but annotations
names is not taken along: those are never evaluated, and a whole server may be behind one.
"""
from __future__ import annotations

import ast
import re
from typing import Iterable, Iterator

from .. import __all__ as CHAPTERS
from .platforms import check_platform
from .sources import Import, NotFound, Statement, load, modules_of, origin

# A statement that defines a function or a class.
DEFINITION = re.compile(r"(?m)^(@|def |class |async def )")


def resolve(name: str, platform: str = "") -> tuple[str, str]:
    """Return (module, name) of the place that defines a public name such as 'tcp.recv_exactly'.

    >>> resolve("reference.copy")
    ('netio.reference.snippets', 'copy')

    A name without its chapter will do where only one chapter offers it:

    >>> resolve("recv_exactly")
    ('netio.tcp.reading', 'recv_exactly')

    Of a choice between platforms the `platform` says which one; else it is that at hand.

    Raises: LookupError if there is no such name, or more than one, or no such platform.
    """
    if platform:
        check_platform(platform)
    chapter, _, last = full_name(name).rpartition(".")
    try:
        return origin(f"netio.{chapter}", last, platform)
    except (LookupError, OSError):
        raise NotFound("netio has no public name {!r}; `python -m netio list` shows them all", name) from None


def full_name(name: str) -> str:
    """Return a name with the chapter, or the module in a chapter, that alone offers it; without `netio.`.

    >>> full_name("recv_exactly"), full_name("netio.tcp.listen"), full_name("no_such_name")
    ('tcp.recv_exactly', 'tcp.listen', 'no_such_name')

    Raises: LookupError where several offer it.
    """
    name = name.removeprefix("netio.")
    if "." in name:
        return name
    offering = [chapter for chapter in CHAPTERS if name in public_names(chapter)]
    offering = offering or [f"{chapter}.{full.rpartition('.')[0]}" for chapter in CHAPTERS
                            for full in module_names(chapter) if full.rpartition(".")[2] == name]
    if len(offering) > 1:
        raise NotFound("more than one {!r}: {}", name, ", ".join(f"{chapter}.{name}" for chapter in offering))
    return f"{offering[0]}.{name}" if offering else name


def definition(name: str) -> str:
    """Return the source of a public name as netio has it.

    >>> definition("reference.resolve").startswith("def resolve")
    True

    Raises: LookupError if netio has no such name.
    """
    module, last = resolve(name)
    return load(module).statements[last].source


def public_names(chapter: str) -> list[str]:
    """Return the names that a chapter offers, read from the `__all__` in its source.

    >>> "copy" in public_names("reference")
    True

    Raises: LookupError if there is no such chapter.
    """
    try:
        statement = load(f"netio.{chapter}").statements["__all__"]
    except (KeyError, OSError):
        raise NotFound("netio has no chapter {!r}", chapter) from None
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

    Raises: LookupError if there is no such chapter.
    """
    offered = {resolve(f"{chapter}.{name}") for name in public_names(chapter)}
    package = f"netio.{chapter}"
    found = []
    for module in modules_of(package):
        found += [f"{module[len(package) + 1:]}.{name}" for name, statement in load(module).statements.items()
                  if _is_public(name, statement) and (module, name) not in offered]
    return found


def _is_public(name: str, statement: Statement) -> bool:
    defines = DEFINITION.search(statement.source) is not None
    return not name.startswith("_") and (defines or name.isupper()) and statement.binds == (name,)


class Collector:
    """Gathers statements and standard imports until nothing that they use is missing.

    Without `docs` what only examples use is left out; with a `platform` what cannot run there.

    >>> collector = Collector(docs=False)
    >>> collector.take([("netio.tcp.reading", "recv_exactly")])
    >>> "recv_exactly" in [name for statement in collector.in_order() for name in statement.binds]
    True
    """

    def __init__(self, docs: bool = True, platform: str = "") -> None:
        self.docs, self.platform = docs, platform
        self.statements: dict[tuple[str, int], Statement] = {}
        self.imports: dict[str, Import] = {}  # what the code uses of the standard library
        self.type_imports: dict[str, Import] = {}  # what only type checkers import of it
        self.types: set[tuple[str, str]] = set()  # (module, name) of the classes that only annotations name
        self._needs: dict[str, set[str]] = {}  # module -> modules whose statements must come first

    def take(self, targets: Iterable[tuple[str, str]]) -> None:
        """Add the statements that define names, given as (module, name), and all that they need."""
        for target in targets:
            self._take(self._statement(*target))
        for effect in [effect for home in list(self._needs) for effect in load(home, self.platform).effects]:
            if not self._has(effect) and any(map(self._has, _variables_of(effect))):
                self._take(effect)
        self._take_short_names_of_types()

    def _statement(self, module: str, name: str) -> Statement:
        return load(module, self.platform).statements[name]

    def _take_short_names_of_types(self) -> None:
        """Take what annotations need and is no class, such as `Address = Union[...]`; keep the classes in `types`."""
        seen: list[tuple[str, str]] = sorted(self.types)
        for target in seen:
            statement = self._statement(*target)
            if not DEFINITION.search(statement.source) and not self._has(statement):
                self.statements[statement.module, statement.line] = statement._replace(type_only=True)
                self._needs.setdefault(statement.module, set())
                for used, attribute in sorted(statement.types | {(name, "") for name in statement.uses}):
                    self._import(statement, used)
                    if named := target_of(statement, used, attribute):
                        self._needs[statement.module] |= {named[0]} - {statement.module}
                        seen += [named] if named not in seen else []
        self.types = {target for target in seen if not self._has(self._statement(*target))}
        if self.types:
            self.type_imports["Any"] = Import("typing", "Any", "Any")
        for name in self.imports:
            self.type_imports.pop(name, None)
        if self.types or self.type_imports or any(statement.type_only for statement in self.statements.values()):
            self.imports["TYPE_CHECKING"] = Import("typing", "TYPE_CHECKING", "TYPE_CHECKING")
        for needs in self._needs.values():
            needs.intersection_update(self._needs)

    def _has(self, statement: Statement) -> bool:
        return (statement.module, statement.line) in self.statements

    def _take(self, statement: Statement) -> None:
        if self._has(statement):
            return
        module = statement.module
        self.statements[module, statement.line] = statement
        self._needs.setdefault(module, set())
        for used in sorted(statement.uses):
            self._follow(statement, used)
            self._import(statement, used)
        for base, attribute in sorted(statement.attributes):
            self._follow(statement, base, attribute)
        if self.docs:
            for used in sorted(statement.example_uses):
                self._follow(statement, used)
            for base, attribute in sorted(statement.example_attributes):
                self._follow(statement, base, attribute)

        for used, attribute in statement.types:
            self._import(statement, used)
            if target := target_of(statement, used, attribute):
                self.types.add(target)

    def _import(self, statement: Statement, name: str) -> None:
        entry = statement.find(name)
        if isinstance(entry, Import) and not entry.ours:
            (self.type_imports if entry.type_only else self.imports)[name] = entry

    def in_order(self) -> Iterator[Statement]:
        """Yield the statements so that each comes after those that its module's code needs."""
        done: list[str] = []

        def visit(module: str) -> None:
            for needed in sorted(self._needs[module] - set(done)):
                visit(needed)
            if module not in done:
                done.append(module)

        for module in sorted(self._needs):
            visit(module)
        place = {module: index for index, module in enumerate(done)}
        for module, line in sorted(self.statements, key=lambda key: (place[key[0]], key[1])):
            yield self.statements[module, line]

    def _follow(self, statement: Statement, name: str, attribute: str = "") -> None:
        target = target_of(statement, name, attribute)
        if target is None:
            return
        if name in statement.uses - statement.inner.keys() and target[0] != statement.module:
            self._needs[statement.module].add(target[0])  # what only the examples or a call use may come later
        self._take(self._statement(*target))


def _variables_of(effect: Statement) -> list[Statement]:
    """Return the assignments of a module that a statement works on, by itself or by the functions that it names."""
    statements, seen = load(effect.module, effect.platform).statements, [effect]
    for statement in seen:
        seen += [found for used in sorted(statement.uses) if (found := statements.get(used)) and found not in seen]
    return [statement for statement in seen if statement.binds and not DEFINITION.search(statement.source)]


def target_of(statement: Statement, name: str, attribute: str = "") -> tuple[str, str] | None:
    """Return where netio defines a name in a statement, or `name.attribute` where name is a module; else None.

    >>> statement = load("netio.tcp.reading").statements["recv_exactly"]
    >>> target_of(statement, "recv_exactly"), target_of(statement, "len")
    (('netio.tcp.reading', 'recv_exactly'), None)
    """
    found = statement.find(name)
    if isinstance(found, Statement):
        return None if attribute else (statement.module, name)
    if found is None or not found.ours:
        return None
    if found.our_module:
        return origin(found.our_module, attribute, statement.platform) if attribute else None
    return None if attribute else origin(found.module, found.name, statement.platform)
