"""Vendor public names: the modules they need, only the parts of them that they need, as a package of your own.

The package mirrors netio's folders. Each module holds only the statements that the names need, each `__init__` only
what is imported from it. Nothing in it imports netio.
"""
from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from itertools import takewhile
from pathlib import Path
from typing import Iterable

from .collecting import DEFINITION, Collector, resolve
from .docstrings import strip_docstrings
from .licence import LICENCE
from .snippets import expand, import_lines, origin_line
from .sources import Import, Statement, is_package, origin

# How each file begins that `vendor` wrote, and that it may therefore replace.
MARK = '"""Vendored by `python -m netio vendor'
_SUM = re.compile(r"# sha256 of the above: [0-9a-f]+\n\Z")
_NETIO_IN_EXAMPLE = re.compile(r"(?m)^( *(?:>>>|\.\.\.) +)from netio([\w.]*) import ")


def vendor(names: Iterable[str], folder: str | Path, docs: bool = True, platform: str = "") -> list[Path]:
    """Write what the named objects need to `folder`, as a package that offers these names; return its files.

    A folder that an earlier `vendor` wrote is written again, with the names that it offers already; one with a file in
    it that was changed since, or that is of anybody else, is left as it is.

    >>> with tempfile.TemporaryDirectory() as place:
    ...     for path in vendor(["tcp.recv_exactly"], Path(place, "_netio"), docs=False):
    ...         print(path.relative_to(place).as_posix())
    _netio/__init__.py
    _netio/LICENSE
    _netio/_deadline.py
    _netio/tcp/__init__.py
    _netio/tcp/reading.py

    Raises: LookupError if netio has no such public name; FileExistsError if the folder holds what `vendor` did not
    write, or what was changed since, or if it is the current one or around that.
    """
    folder = Path(os.path.abspath(folder))
    _check_replaceable(folder)
    asked = [name for entry in names for name in expand(entry)]
    texts = package_texts([*asked, *(name for name in vendored_names(folder) if name not in asked)], docs, platform)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        fresh = Path(place, "fresh")
        for name, text in texts.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        old = Path(place, "old")
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    return [folder / name for name in texts]


def vendored_names(folder: Path) -> list[str]:
    """Return the names that an earlier `vendor` was asked for, from the first line of the package; none without one.

    >>> vendored_names(Path("no such folder"))
    []
    """
    path = folder / "__init__.py"
    first = path.read_text(encoding="utf-8").partition("\n")[0] if path.exists() else ""
    return first[len(MARK):].partition("`")[0].split() if first.startswith(MARK) else []


def package_texts(names: Iterable[str], docs: bool = True, platform: str = "") -> dict[str, str]:
    """Return {path in the package: text} of all files that `vendor` writes.

    >>> sorted(package_texts(["tcp.recv_exactly"], docs=False))
    ['LICENSE', '__init__.py', '_deadline.py', 'tcp/__init__.py', 'tcp/reading.py']
    """
    asked = [name for entry in names for name in expand(entry)]
    targets = [resolve(name, platform) for name in asked]
    collector = Collector(docs, platform)
    collector.take(targets)
    package = _Package(collector, f"{MARK} {' '.join(asked)}`: the same command renews it.\n\n"
                                  f'{origin_line(asked, platform)} See the file LICENSE.\n"""')
    for module, name in targets:
        package.offer("netio", name, (module, name))
    return package.texts()


def _check_replaceable(folder: Path) -> None:
    """Check that nothing but what `vendor` wrote goes when the folder is replaced."""
    if folder in (here := Path.cwd(), *here.parents):
        raise FileExistsError(errno.EEXIST, "you are in it: go to a folder beside it first", str(folder))
    if folder.is_symlink() or folder.exists() and not folder.is_dir():
        raise FileExistsError(errno.EEXIST, "no folder: move it away first", str(folder))
    found = sorted(folder.rglob("*")) if folder.exists() else []
    for path in [path for path in found if "__pycache__" not in path.parts]:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        if path.is_dir() and not path.is_symlink() and any(path.iterdir()):
            continue
        if path.name == "LICENSE" and text == LICENCE:
            continue
        if not text.startswith(MARK):
            raise FileExistsError(errno.EEXIST, "not written by `vendor`: move it away first", str(path))
        if _sealed(_SUM.sub("", text)) != text:
            raise FileExistsError(errno.EEXIST, "changed since it was vendored: move it away first", str(path))


def _sealed(text: str) -> str:
    """Return the text with a line at its end by which a later change is noticed."""
    return f"{text}# sha256 of the above: {hashlib.sha256(text.encode()).hexdigest()[:16]}\n"


class _Package:
    """The modules that hold a collector's statements, and what each package offers of them."""

    def __init__(self, collector: Collector, heading: str) -> None:
        self._heading, self._docs, self._platform = heading, collector.docs, collector.platform
        self._statements: dict[str, list[Statement]] = {"netio": []}
        self._offers: dict[str, dict[str, tuple[str, str]]] = {}
        for _, statement in sorted(collector.statements.items()):
            self._statements.setdefault(statement.module, []).append(statement)
        self._taken = {(statement.module, name) for statement in collector.statements.values()
                       for name in statement.binds}
        self._type_only = {(statement.module, name) for statement in collector.statements.values()
                           if statement.type_only for name in statement.binds}
        for module in list(self._statements):
            while module != "netio":
                module = module.rpartition(".")[0]
                self._statements.setdefault(module, [])

    def offer(self, package: str, name: str, target: tuple[str, str]) -> None:
        """Let `from package import name` work, if what it names was collected."""
        if target in self._taken - self._type_only and target[0] != package:
            self._offers.setdefault(package, {})[name] = target

    def texts(self) -> dict[str, str]:
        texts = {module: self._body(module) for module in sorted(self._statements)}  # fills the offers
        files = {_file_of(module): f"{self._module_heading(module)}\n{text}{self._offered(module)}"
                 for module, text in texts.items()}
        files = {name: _sealed(text) for name, text in files.items()}
        return {"__init__.py": files.pop("__init__.py"), "LICENSE": LICENCE, **files}

    def _module_heading(self, module: str) -> str:
        return self._heading if module == "netio" else f"{self._heading.splitlines()[0]}\"\"\""

    def _body(self, module: str) -> str:
        imports: dict[str, Import] = {}
        texts = []
        types: set[str] = set()
        short: list[str] = []  # names of types
        for statement in self._statements[module]:
            imports.update(self._imports_of(statement))
            types |= self._types_of(statement)
            if statement.type_only:
                short += statement.source.splitlines()
                continue
            text = statement.whole if self._docs else strip_docstrings(statement.whole)
            text = _NETIO_IN_EXAMPLE.sub(
                lambda match: f"{match[1]}from {_relative(module, f'netio{match[2]}')} import ", text)
            texts.append(f"\n\n{text}\n\n" if DEFINITION.search(text) else f"{text}\n")
        named = sorted(name for name in types - imports.keys() if not self._binds(module, name))
        only = {name: entry for name, entry in imports.items() if entry.type_only}
        only.update({"Any": Import("typing", "Any", "Any")} if named and "Any" not in imports else {})
        if lines := [*_import_groups(only, module), *(f"{name} = Any" for name in named), *short]:
            imports["TYPE_CHECKING"] = Import("typing", "TYPE_CHECKING", "TYPE_CHECKING")
            lines = ["", "if TYPE_CHECKING:", *(f"    {line}" if line else "" for line in lines)]
        imports = {name: entry for name, entry in imports.items() if name not in only}
        lines = ["from __future__ import annotations", "", *_import_groups(imports, module), *lines, ""]
        return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines) + "\n" + "".join(texts)).rstrip("\n") + "\n"

    def _imports_of(self, statement: Statement) -> dict[str, Import]:
        """Return the imports that a statement needs at the top of its module, by the name that each binds."""
        used = statement.uses | (statement.example_uses if self._docs else frozenset())
        found = {name: statement.find(name) for name in used | {name for name, _ in statement.types}}
        imports = {name: entry for name, entry in found.items() if isinstance(entry, Import)
                   and (name in used or self._is_there(entry))}
        for base, attribute in statement.attributes | statement.example_attributes:
            entry = imports.get(base)
            if entry and entry.our_module:
                self._offer_origin(entry.our_module, attribute)
        for entry in statement.inner.values():  # these stay inside the statement
            if not entry.our_module:
                self._offer_origin(entry.module, entry.name)
        top = {name: entry for name, entry in imports.items() if name not in statement.inner}
        return {name: self._direct(entry) for name, entry in top.items()}

    def _types_of(self, statement: Statement) -> set[str]:
        """Return the names in the annotations of a statement that stand for nothing in the package."""
        found = {name: statement.find(name) for name, _ in statement.types}
        return {name for name, entry in found.items() if isinstance(entry, Statement)
                or isinstance(entry, Import) and not self._is_there(entry)}

    def _is_there(self, entry: Import) -> bool:
        if not entry.ours:
            return True
        return (entry.our_module in self._statements if entry.our_module
                else origin(entry.module, entry.name, self._platform) in self._taken)

    def _binds(self, module: str, name: str) -> bool:
        return (module, name) in self._taken

    def _offer_origin(self, package: str, name: str) -> None:
        if is_package(package):
            try:
                self.offer(package, name, origin(package, name, self._platform))
            except LookupError:
                pass  # an attribute of a module of the package

    def _direct(self, entry: Import) -> Import:
        if not entry.ours or entry.our_module:
            return entry
        module, name = origin(entry.module, entry.name, self._platform)
        return Import(module, name, entry.bound, entry.type_only or (module, name) in self._type_only)

    def _offered(self, module: str) -> str:
        offers = self._offers.get(module, {})
        lines = [f"from {_relative(module, home)} import {name}  # noqa: E402,F401\n" if found == name else
                 f"from {_relative(module, home)} import {found} as {name}  # noqa: E402,F401\n"
                 for name, (home, found) in sorted(offers.items(), key=lambda item: (item[1], item[0]))]
        listed = f"\n__all__ = {sorted(offers)!r}\n" if offers else ""
        return ("\n" + "".join(lines) + listed) if lines else ""


def _file_of(module: str) -> str:
    place = "/".join(module.split(".")[1:])
    return f"{place}/__init__.py".lstrip("/") if is_package(module) else f"{place}.py"


def _relative(module: str, target: str) -> str:
    """Return how a module names another one of the same package: '.reading', '..tcp.sockets'."""
    parts, other = module.split("."), target.split(".")
    package = parts if is_package(module) else parts[:-1]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(package, other)))
    return "." * (len(package) - shared + 1) + ".".join(other[shared:])


def _import_groups(imports: dict[str, Import], module: str) -> list[str]:
    standard = [entry for entry in imports.values() if not entry.ours]
    ours = {f"from {_relative(module, entry.module)} import {str(entry).split(' import ')[1]}"
            for entry in imports.values() if entry.ours}
    return [*import_lines(standard), *([""] if standard and ours else []), *sorted(ours)]
