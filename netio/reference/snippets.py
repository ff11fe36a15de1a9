"""Copy public names out of netio as one snippet that stands alone.

The source is read, never the running objects. Each module is cut into its top-level statements; starting from the names asked
for, every statement whose names are used (in code, annotations or the examples of a docstring) is taken along, from
whichever module of netio defines it. Standard library imports are gathered at the top; imports from netio vanish,
because what they named now stands in the snippet. Where two modules use one private name for different things, the
second is renamed.
"""
from __future__ import annotations

import ast
import doctest
import io
import tokenize
from functools import lru_cache
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple, Union

PACKAGE = Path(__file__).resolve().parent.parent
_Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]


class Import(NamedTuple):
    """One imported name: `from module import name as bound`, or `import module as bound` where name is ''."""

    module: str
    name: str
    bound: str

    def __str__(self) -> str:
        what = self.name or self.module
        as_bound = "" if self.bound in (what, what.split(".")[0]) else f" as {self.bound}"
        return f"from {self.module} import {self.name}{as_bound}" if self.name else f"import {self.module}{as_bound}"


class Statement(NamedTuple):
    """A top-level statement of a module of netio that binds names, with the comment above it."""

    module: str
    line: int
    binds: tuple[str, ...]
    source: str
    uses: frozenset[str]


class Module:
    """The top-level statements and imports of one source file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = _path_of(name)
        self.lines = self.path.read_text(encoding="utf-8").splitlines()
        self.statements: dict[str, Statement] = {}
        self.imports: dict[str, Import] = {}
        for node in ast.parse("\n".join(self.lines)).body:
            self._read(node)

    def _read(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.imports.update((entry.bound, entry) for entry in _imports(node, self))
        elif isinstance(node, ast.If) and ast.dump(node.test) == ast.dump(ast.parse("TYPE_CHECKING", mode="eval").body):
            for inner in node.body:
                self._read(inner)
        else:
            binds = tuple(dict.fromkeys(_bound_names(node)))
            if binds and binds != ("TYPE_CHECKING",):
                statement = Statement(self.name, node.lineno, binds, self._source(node), frozenset(_used_names(node)))
                self.statements.update((name, statement) for name in binds)

    def _source(self, node: ast.stmt) -> str:
        decorators = node.decorator_list if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else []
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        while first and self.lines[first - 1].startswith("#"):
            first -= 1
        return "\n".join(self.lines[first:node.end_lineno])


def copy(names: Iterable[str]) -> str:
    """Return one snippet that holds the named objects ('tcp.recv_exactly', or 'tcp' for a whole chapter) and all they need.

    The snippet imports nothing but the standard library, keeps the examples, and carries netio's version and licence.

    >>> print(copy(["tcp.recv_exactly"]).splitlines()[0])
    # From netio ...: tcp.recv_exactly. MIT licence, Copyright (c) ... The netio authors.

    Raises: LookupError where netio has no such public name.
    """
    asked = [name for entry in names for name in _expand(entry)]
    found = _Collector()
    for name in asked:
        found.take(*resolve(name))
    return found.snippet(asked)


def resolve(name: str) -> tuple[str, str]:
    """Return (module, name) of the place that defines a public name such as 'tcp.recv_exactly'.

    >>> resolve("reference.copy")
    ('netio.reference.snippets', 'copy')

    Raises: LookupError where there is no such name.
    """
    chapter, _, last = name.removeprefix("netio.").rpartition(".")
    module = f"netio.{chapter}" if chapter else "netio"
    try:
        return _origin(module, last)
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
    """Return the public names of a chapter, read from the `__all__` in its source.

    >>> "copy" in public_names("reference")
    True

    Raises: LookupError where there is no such chapter.
    """
    try:
        statement = load(f"netio.{chapter}").statements["__all__"]
    except (KeyError, OSError):
        raise LookupError(f"netio has no chapter {chapter!r}") from None
    assign = ast.parse(statement.source).body[0]
    assert isinstance(assign, ast.Assign)
    return [str(name) for name in ast.literal_eval(assign.value)]


@lru_cache(maxsize=None)
def load(module: str) -> Module:
    """Return the parsed source of a module of netio.

    >>> load("netio.reference.snippets").name
    'netio.reference.snippets'

    Raises: OSError where it has none.
    """
    return Module(module)


class _Collector:
    """Gathers statements and imports until nothing that they use is missing."""

    def __init__(self) -> None:
        self.statements: dict[tuple[str, int], Statement] = {}
        self.imports: dict[str, Import] = {}
        self.needs: dict[str, set[str]] = {}  # module -> modules whose statements must come first

    def take(self, module: str, name: str) -> None:
        statement = load(module).statements[name]
        key = (module, statement.line)
        if key in self.statements:
            return
        self.statements[key] = statement
        self.needs.setdefault(module, set())
        for used in sorted(statement.uses):
            self._follow(load(module), used)
        for target in sorted(_aliased_modules(load(module), statement.source)):
            self._depend(module, *_origin(*target))

    def _follow(self, module: Module, used: str) -> None:
        if used in module.statements:
            self.take(module.name, used)
        elif used in module.imports:
            entry = module.imports[used]
            if not _is_ours(entry.module):
                self.imports[used] = entry
            elif entry.name and not _is_module(f"{entry.module}.{entry.name}"):
                self._depend(module.name, *_origin(entry.module, entry.name))

    def _depend(self, module: str, target: str, name: str) -> None:
        if target != module:
            self.needs.setdefault(module, set()).add(target)
        self.take(target, name)

    def snippet(self, asked: list[str]) -> str:
        version = load("netio").statements["__version__"].source.split('"')[1]
        licence = f"# From netio {version}: {', '.join(asked)}. MIT licence, Copyright (c) 2026 The netio authors."
        body, renames = [], self._renames()
        for module in self._order():
            for (home, _), statement in sorted(self.statements.items()):
                if home == module:
                    body.append(_rewrite(statement, load(home), renames.get(home, {})))
        gap = ["\n\n" if text.lstrip("#").startswith(("def ", "class ", "async ", "@")) or "\ndef " in text else "\n" for text in body]
        head = [licence, "from __future__ import annotations", "", *_import_lines(self.imports.values())]
        return "\n".join(head) + "\n" + "\n".join(space + text for space, text in zip(gap, body)) + "\n"

    def _order(self) -> list[str]:
        done: list[str] = []

        def visit(module: str) -> None:
            for needed in sorted(self.needs.get(module, ())):
                if needed not in done:
                    visit(needed)
            if module not in done:
                done.append(module)

        for module in sorted(self.needs):
            visit(module)
        return done

    def _renames(self) -> dict[str, dict[str, str]]:
        """Find private names that two modules bind differently: {module: {name: new name}}."""
        owner: dict[str, Statement] = {}
        renames: dict[str, dict[str, str]] = {}
        for module in self._order():
            for (home, _), statement in sorted(self.statements.items()):
                for name in statement.binds if home == module else ():
                    if name in self.imports or (name in owner and owner[name].source != statement.source):
                        renames.setdefault(home, {})[name] = f"_{home.rpartition('.')[2]}_{name.lstrip('_')}"
                    owner.setdefault(name, statement)
        return renames


def _expand(name: str) -> list[str]:
    try:
        return [f"{name}.{public}" for public in public_names(name)]
    except LookupError:
        return [name]


def _path_of(module: str) -> Path:
    place = PACKAGE.parent.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _is_ours(module: str) -> bool:
    return module.split(".")[0] == "netio"


def _is_module(name: str) -> bool:
    return _path_of(name).exists()


def _origin(module: str, name: str) -> tuple[str, str]:
    """Follow `from .x import name` until the module that defines the name."""
    source = load(module)
    if name in source.statements:
        return module, name
    entry = source.imports[name]
    if not _is_ours(entry.module):
        raise LookupError(name)
    return _origin(entry.module, entry.name)


def _imports(node: ast.stmt, module: Module) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, "", alias.asname or alias.name.split(".")[0])
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        parts = module.name.split(".")
        package = parts if module.path.name == "__init__.py" else parts[:-1]
        base = package[: len(package) - node.level + 1] if node.level else []
        for alias in node.names:
            yield Import(".".join([*base, *([node.module] if node.module else [])]), alias.name, alias.asname or alias.name)


def _bound_names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0]
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.ExceptHandler)):
                yield from _bound_names(child)  # type: ignore[arg-type]
            elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                yield from (n.id for n in ast.walk(child) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _used_names(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            yield child.id
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _names_in_examples(child)


def _names_in_examples(node: _Definition) -> Iterator[str]:
    for example in doctest.DocTestParser().get_examples(ast.get_docstring(node) or ""):
        yield from (n.id for n in ast.walk(ast.parse(example.source)) if isinstance(n, ast.Name))


def _aliased_modules(module: Module, source: str) -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each `tcp.listen` whose `tcp` is a module of netio imported at the top of this one."""
    ours = _own_modules(module)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ours:
            yield ours[node.value.id], node.attr


def _own_modules(module: Module) -> dict[str, str]:
    """Return {name in this module: module of netio} for imports such as `from .. import tcp`."""
    named = {bound: f"{entry.module}.{entry.name}" for bound, entry in module.imports.items() if entry.name and _is_ours(entry.module)}
    return {bound: target for bound, target in named.items() if _is_module(target)}


def _rewrite(statement: Statement, module: Module, renames: dict[str, str]) -> str:
    """Return the statement's source with names renamed and the prefix of netio's own modules taken off."""
    aliases = _own_modules(module)
    imported = {bound: entry.name for bound, entry in module.imports.items() if _is_ours(entry.module) and bound != entry.name}
    renames = {**imported, **renames}
    tokens = list(tokenize.generate_tokens(io.StringIO(statement.source + "\n").readline))
    edits: list[tuple[int, int, int, str]] = []
    for index, token in enumerate(tokens):
        if token.type != tokenize.NAME or (index and tokens[index - 1].string == "."):
            continue
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.string in aliases and following is not None and following.string == ".":
            edits.append((token.start[0], token.start[1], following.end[1], ""))
        elif token.string in renames and not (following is not None and following.string == "=" and _in_call(tokens, index)):
            edits.append((token.start[0], token.start[1], token.end[1], renames[token.string]))
    lines = statement.source.split("\n")
    for row, start, end, text in reversed(edits):
        lines[row - 1] = lines[row - 1][:start] + text + lines[row - 1][end:]
    return "\n".join(lines)


def _in_call(tokens: list[tokenize.TokenInfo], index: int) -> bool:
    """True where `name =` is a keyword argument, not an assignment: some bracket is open."""
    depth = 0
    for token in tokens[:index]:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0)
    return depth > 0


def _import_lines(imports: Iterable[Import]) -> list[str]:
    whole = sorted({str(entry) for entry in imports if not entry.name})
    parts: dict[str, set[str]] = {}
    for entry in imports:
        if entry.name:
            parts.setdefault(entry.module, set()).add(str(entry).split(" import ")[1])
    return whole + [f"from {module} import {', '.join(sorted(parts[module]))}" for module in sorted(parts)]
