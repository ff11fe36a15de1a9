"""The sources of netio, cut into top-level statements: what each binds, what it uses, and where a name comes from.

Sources are read, never run: so this works for what the platform at hand lacks, too. Imports from netio that stand
inside a function or in the examples of a docstring count like those at the top: they are taken out and noted. Of a
choice between two modules by `sys.platform` the one for the platform asked for is followed, or for that at hand.
"""
from __future__ import annotations

import ast
import doctest
import sys
import textwrap
import zipfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Iterator, NamedTuple, cast

from .platforms import constants, prune


def _find_package() -> Path:
    """Return the folder of netio, which may be inside a zip archive."""
    place = Path(__file__).resolve().parent.parent
    if place.is_dir():
        return place
    archive = next(parent for parent in place.parents if parent.is_file())
    inside = zipfile.Path(str(archive), f"{place.relative_to(archive).as_posix()}/")
    return cast(Path, inside)  # it has the few methods of Path that are used here


PACKAGE = _find_package()
_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TYPE_CHECKING = ast.dump(ast.parse("TYPE_CHECKING", mode="eval").body)


class Import(NamedTuple):
    """One imported name: `from module import name as bound`, or `import module as bound` where name is ''.

    >>> str(Import("netio.tcp", "listen", "open_port")), Import("os", "", "os").ours
    ('from netio.tcp import listen as open_port', False)
    """

    module: str
    name: str
    bound: str
    type_only: bool = False  # under `if TYPE_CHECKING:`

    def __str__(self) -> str:
        what = self.name or self.module
        as_bound = "" if self.bound in (what, what.split(".")[0]) else f" as {self.bound}"
        return f"from {self.module} import {self.name}{as_bound}" if self.name else f"import {self.module}{as_bound}"

    @property
    def ours(self) -> bool:
        """True for an import from netio."""
        return self.module.split(".")[0] == "netio"

    @property
    def our_module(self) -> str:
        """The module of netio that is bound, as by `from .. import tcp`, or ''."""
        module = f"{self.module}.{self.name}"
        return module if self.ours and self.name and _is_module(module) else ""


class Statement(NamedTuple):
    """A top-level statement, with the comment above it; what it `binds` are names, or nothing.

    >>> load("netio.tcp.reading").statements["recv_exactly"].binds
    ('recv_exactly',)

    `platform` is what its module was pruned for. `uses` are the names and `attributes` the (name, attribute) pairs in
    its code, `example_uses` and `example_attributes` those in its examples, `types` such pairs, or (name, ""), in the
    annotations of functions and variables, which nothing evaluates. `inner` are the imports from netio that were taken
    out of `source`; `whole` still has them. A `type_only` one is under `if TYPE_CHECKING:`, and is never run.
    """

    module: str
    platform: str
    line: int
    binds: tuple[str, ...]
    source: str
    whole: str
    uses: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    example_uses: frozenset[str]
    example_attributes: frozenset[tuple[str, str]]
    types: frozenset[tuple[str, str]]
    inner: dict[str, Import]
    type_only: bool

    def find(self, name: str) -> Statement | Import | None:
        """Return what a name stands for in this statement."""
        home = load(self.module, self.platform)
        return self.inner.get(name) or home.statements.get(name) or home.imports.get(name)


class Module:
    """The top-level statements and imports of one source file, pruned for a platform unless that is ''.

    >>> "recv_exactly" in Module("netio.tcp.reading").statements
    True
    """

    def __init__(self, name: str, platform: str = "") -> None:
        self.name, self.path, self.platform = name, path_of(name), platform
        text = self.path.read_text(encoding="utf-8")
        pruned = prune(text, platform, self._constant_of) if platform else text
        self.lines = pruned.splitlines()
        self.statements: dict[str, Statement] = {}
        self.imports: dict[str, Import] = {}
        self._type_only = False
        self.effects: list[Statement] = []  # what binds no name, such as `os.register_at_fork(...)`
        if platform and pruned == text:
            self._take_over(load(name))
            return
        for node in ast.parse("\n".join(self.lines)).body:
            self._read(node)

    def _take_over(self, unpruned: Module) -> None:
        self.imports = unpruned.imports
        self.statements = {name: statement._replace(platform=self.platform)
                           for name, statement in unpruned.statements.items()}
        self.effects = [statement._replace(platform=self.platform) for statement in unpruned.effects]

    def _constant_of(self, module: str, level: int, name: str) -> bool | None:
        """Return the value of an imported name, if it is surely True or False on this platform."""
        home = self._home(module, level)
        if not level or not path_of(home).exists():
            return None
        return load(home, self.platform).constants.get(name)

    @cached_property
    def constants(self) -> dict[str, bool]:
        """The names that are surely True, or surely False."""
        return constants("\n".join(self.lines))

    def _read(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imports.update((entry.bound, entry) for entry in self._imports(node))
        elif isinstance(node, ast.If) and ast.dump(node.test) == _TYPE_CHECKING:
            for self._type_only, body in ((True, node.body), (False, node.orelse)):
                for child in body:
                    self._read(child)
        elif isinstance(node, ast.If) and _is_platform_choice(node):
            for child in node.body if _is_chosen(node.test) else node.orelse:
                self._read(child)
        else:
            binds = tuple(dict.fromkeys(_bound_names(node)))
            if binds and binds != ("TYPE_CHECKING",):
                statement = self._cut(node, binds)
                self.statements.update((name, statement) for name in binds)
            elif not binds and _has_effect(node):
                self.effects.append(self._cut(node, binds))

    def _cut(self, node: ast.stmt, binds: tuple[str, ...]) -> Statement:
        decorators = node.decorator_list if isinstance(node, _Definition) else []
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        while first and self.lines[first - 1].lstrip().startswith("#"):
            first -= 1
        nodes, annotations = _nodes_in(node)
        inner, removed = self._inner_imports(node, nodes)
        end = node.end_lineno or node.lineno
        source = "\n".join(self.lines[row] for row in range(first, end) if row + 1 not in removed)
        whole = "\n".join(self.lines[first:end])
        used, shown = _names_used(nodes), _names_used(_nodes_of_examples(nodes))
        types, qualified = _names_used([child for annotation in annotations for child in ast.walk(annotation)])
        return Statement(self.name, self.platform, node.lineno, binds, textwrap.dedent(source), textwrap.dedent(whole),
                         *used, *shown, qualified | {(name, "") for name in types}, inner, self._type_only)

    def _inner_imports(self, node: ast.stmt, nodes: list[ast.AST]) -> tuple[dict[str, Import], set[int]]:
        """Find the imports from netio inside a statement and its examples, and the lines that hold them."""
        found: dict[str, Import] = {}
        removed: set[int] = set()
        for child in nodes:
            if isinstance(child, ast.ImportFrom) and child is not node:
                entries = [entry for entry in self._imports(child) if entry.ours]
                found.update((entry.bound, entry) for entry in entries)
                removed.update(range(child.lineno, (child.end_lineno or child.lineno) + 1) if entries else ())
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            text = self.lines[number - 1].strip()
            if text.startswith((">>> from netio", "... from netio", ">>> from .")):
                imported = ast.parse(text[4:]).body[0]
                found.update((entry.bound, entry) for entry in self._imports(imported))
                removed.add(number)
        return found, removed

    def _imports(self, node: ast.stmt) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", alias.asname or alias.name.split(".")[0], self._type_only)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            home = self._home(node.module or "", node.level)
            for alias in node.names:
                yield Import(home, alias.name, alias.asname or alias.name, self._type_only)

    def _home(self, module: str, level: int) -> str:
        """Return the full name of the module in `from ..module import`."""
        parts = self.name.split(".")
        package = parts if is_package(self.name) else parts[:-1]
        base = package[: len(package) - level + 1] if level else []
        return ".".join([*base, *([module] if module else [])])


@lru_cache(maxsize=None)
def load(module: str, platform: str = "") -> Module:
    """Return the parsed source of a module of netio, pruned for a platform of PLATFORMS unless that is ''.

    >>> load("netio.tcp") is load("netio.tcp")
    True

    Raises: OSError where it has none; LookupError if there is no such platform.
    """
    return Module(module, platform)


def path_of(module: str) -> Path:
    """Return the file that holds the source of a module of netio, whether it exists or not.

    >>> path_of("netio.tcp").name, path_of("netio.tcp.reading").name
    ('__init__.py', 'reading.py')
    """
    *folders, last = module.split(".")[1:] or ["netio"]
    place = PACKAGE if module != "netio" else PACKAGE.parent
    for folder in folders:
        place = place / folder
    inside = place / last
    return inside / "__init__.py" if inside.is_dir() else place / f"{last}.py"


def is_package(module: str) -> bool:
    """Tell whether a module of netio is a package.

    >>> is_package("netio.tcp"), is_package("netio.tcp.reading")
    (True, False)
    """
    return path_of(module).name == "__init__.py"


def modules_of(package: str) -> Iterator[str]:
    """Yield the names of all modules in a package and its packages, sorted; not of those that begin with _.

    >>> "netio.tcp.reading" in list(modules_of("netio.tcp"))
    True
    """
    for name in sorted(_names_in(path_of(package).parent)):
        module = f"{package}.{name[:-3] if name.endswith('.py') else name}"
        if name.startswith("_"):
            continue
        if name.endswith(".py"):
            yield module
        elif "__init__.py" in _names_in(path_of(module).parent):
            yield from modules_of(module)


@lru_cache(maxsize=None)
def _is_module(module: str) -> bool:
    """Tell `servers.server` from `servers.Server`, also where the file system does not (Windows, macOS)."""
    package, _, last = module.rpartition(".")
    if not package:
        return True
    return is_package(package) and not {last, f"{last}.py"}.isdisjoint(_names_in(path_of(package).parent))


@lru_cache(maxsize=None)
def _names_in(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()


class NotFound(LookupError):
    """There is no such thing: a text with blanks, and what goes in them.

    >>> str(NotFound("no {}", "tea"))
    'no tea'
    """

    def __init__(self, text: str, *values: object) -> None:
        super().__init__(text.format(*values))
        self.text, self.values = text, values


def origin(module: str, name: str, platform: str = "") -> tuple[str, str]:
    """Follow `from .x import name` to the module of netio that defines it.

    >>> origin("netio.tcp", "recv_exactly")
    ('netio.tcp.reading', 'recv_exactly')

    Raises: LookupError where none does.
    """
    source = load(module, platform)
    if name in source.statements:
        return module, name
    entry = source.imports[name]
    if not entry.ours:
        raise LookupError(name)
    return origin(entry.module, entry.name, platform)


def _is_platform_choice(node: ast.If) -> bool:
    """Tell `if sys.platform == "...": from .windows import x; else: from .posix import x`, which copies follow."""
    return (ast.unparse(node.test).startswith("sys.platform == ") and bool(node.orelse)
            and all(isinstance(child, ast.ImportFrom) for child in (*node.body, *node.orelse)))


def _has_effect(node: ast.stmt) -> bool:
    """Tell whether a statement that binds no name does something when its module is imported."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.If) and "'__main__'" not in ast.dump(node.test)


def _is_chosen(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and ast.literal_eval(test.comparators[0]) == sys.platform


def _bound_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, _Definition):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        stored = (child for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store))
        yield from (child.id for child in stored)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.ExceptHandler)):
                yield from _bound_names(child)


def _nodes_in(tree: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """Return the nodes of a tree (not those that say how a name is used, half of all), and the annotations.

    The annotations in a class are among the former: Record and NamedTuple evaluate them.
    """
    found: list[ast.AST] = [tree]
    annotations: list[ast.AST] = []
    fields: set[ast.AST] = set()
    for node in found:
        if isinstance(node, ast.ClassDef):
            fields.update(child for child in node.body if isinstance(child, ast.AnnAssign))
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                found += [child for child in value if isinstance(child, ast.AST)]
            elif isinstance(value, ast.AST) and field != "ctx":
                only_type = field in ("annotation", "returns") and node not in fields
                (annotations if only_type else found).append(value)
    return found, annotations


def _names_used(nodes: list[ast.AST]) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return the names in the code, and the (name, attribute) pairs."""
    return (frozenset(child.id for child in nodes if isinstance(child, ast.Name)),
            frozenset((child.value.id, child.attr) for child in nodes
                      if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name)))


def _nodes_of_examples(nodes: list[ast.AST]) -> list[ast.AST]:
    """Return the nodes of the examples in the docstrings of definitions."""
    texts = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, _Definition)]
    return [node for text in texts if ">>>" in text for node in _nodes_of_docstring(text)]


@lru_cache(maxsize=None)  # most docstrings are the same for every platform
def _nodes_of_docstring(text: str) -> list[ast.AST]:
    return [node for example in doctest.DocTestParser().get_examples(text)
            for node in ast.walk(ast.parse(example.source))]
