"""Prune source for one platform: what cannot run there is left out, and nothing else changes.

Conditions on `sys.platform`, `os.name`, `hasattr(os, "fork")` and its kin, and on an import that fails elsewhere are
decided where their value is certain on the platform; what stays undecided stays as it is. Text is cut, not written
anew, so comments and line breaks remain.
"""
from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Callable, Iterator, NamedTuple, Optional

# Name of a platform -> the values that `sys.platform` may have there.
PLATFORMS = {"posix": ("linux", "darwin", "freebsd"), "linux": ("linux",), "macos": ("darwin",), "windows": ("win32",)}
# Attributes that code asks for by `hasattr` -> the systems that surely have them. What is in _MAYBE depends on the
# version of the system or of Python, too.
_ATTRIBUTES = {
    "darwin freebsd linux": "fork WNOHANG O_DIRECTORY geteuid pread sendfile sendmsg register_at_fork poll st_blocks "
                            "SO_REUSEPORT AF_UNIX fchmod",
    "freebsd linux": "posix_fallocate posix_fadvise sigtimedwait",
    "darwin freebsd": "kqueue",
    "linux": "epoll O_PATH SO_PEERCRED TCP_DEFER_ACCEPT",
}
_MAYBE = {
    "darwin freebsd linux": "SEEK_HOLE",
    "freebsd linux": "copy_file_range memfd_create sigtimedwait posix_fallocate posix_fadvise",
    "freebsd": "TCP_DEFER_ACCEPT O_PATH",
    "linux": "pidfd_open F_SETPIPE_SZ",
    "win32": "fchmod",  # since Python 3.13
}
_MODULES = {**dict.fromkeys("fcntl termios tty resource pwd grp".split(), "darwin freebsd linux"),
            **dict.fromkeys("msvcrt winreg _winapi".split(), "win32")}
_TAKE_DESCRIPTORS = ("linux", "freebsd")  # all that os has for that; older macOS lacks some
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PURE_CALLS = {"hasattr", "isinstance", "len", "map", "sum"}
_ATOM = re.compile(r'[\w.]+(\(\w*\))?|"[^"]*"|\'[^\']*\'')
_IMPORTS_CONSTANT = re.compile(r"import (\([^)]*|.*)\b[A-Z][A-Z_]{2,}\b")
_MENTIONS = re.compile(r"sys\.platform|os\.name|hasattr\(|os\.supports_dir_fd|except ImportError")

Known = Optional[bool]
Imported = Callable[[str, int, str], Known]


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def prune(source: str, platform: str, imported: Imported = lambda module, level, name: None) -> str:
    """Return a module's source without what cannot run on a platform of PLATFORMS.

    `imported` tells of `from ..module import NAME`, given (module, level, name), whether NAME is surely true or false.

    >>> print(prune('size = 1 if os.name == "nt" else 2', "posix"))
    size = 2
    >>> print(prune('if hasattr(os, "fork"):\\n    work()  # here\\nelse:\\n    give_up()', "linux"))
    work()  # here

    Raises: LookupError if there is no such platform.
    """
    check_platform(platform)
    from_elsewhere = dict(_imported_constants(source, imported)) if _IMPORTS_CONSTANT.search(source) else {}
    if not from_elsewhere and not _MENTIONS.search(source):
        return source
    first = last = _Pruner(source, PLATFORMS[platform], from_elsewhere)
    while edits := last.edits():
        last = _Pruner(_apply(edits, last.source), PLATFORMS[platform], from_elsewhere)
    return source if last is first else _drop_methods(last, _mentioned(first.tree) - _mentioned(last.tree))


def check_platform(platform: str) -> None:
    """Check the name of a platform.

    >>> check_platform("linux")

    Raises: LookupError if there is no such platform.
    """
    if platform not in PLATFORMS:
        raise LookupError(f"no platform {platform!r}; there are {', '.join(PLATFORMS)}")


def _apply(edits: list[_Edit], source: str) -> str:
    for edit in sorted(edits, reverse=True):
        source = source[:edit.start] + edit.text + source[edit.end:]
    return source


def _mentioned(tree: ast.AST) -> set[str]:
    nodes = list(ast.walk(tree))
    return ({node.attr for node in nodes if isinstance(node, ast.Attribute)}
            | {node.id for node in nodes if isinstance(node, ast.Name)}
            | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)})


def _drop_methods(pruned: _Pruner, names: set[str]) -> str:
    """Leave out the private methods of these names, which nothing in the module calls any more."""
    lines = pruned.source.split("\n")
    methods = [method for node in ast.walk(pruned.tree) if isinstance(node, ast.ClassDef) and len(node.body) > 1
               for method in node.body if isinstance(method, _FUNCTIONS) and method.name in names]
    for method in sorted(methods, key=lambda method: -method.lineno):
        if method.name.startswith("_") and not method.name.startswith("__"):
            first = min(part.lineno for part in (method, *method.decorator_list)) - 1
            while lines[first - 1].lstrip().startswith("#") or not lines[first - 1]:
                first -= 1
            del lines[first:method.end_lineno]
    return "\n".join(lines)


def _imported_constants(source: str, imported: Imported) -> Iterator[tuple[str, bool]]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                known = imported(node.module or "", node.level, alias.name) if alias.name.isupper() else None
                if known is not None:
                    yield alias.asname or alias.name, known


def constants(source: str) -> dict[str, bool]:
    """Return the names that a module sets to nothing but True, or to nothing but False.

    >>> constants("A = True\\ntry:\\n    B = False\\nexcept OSError:\\n    B = True")
    {'A': True}
    """
    return _constants_of(ast.parse(source))


def _constants_of(tree: ast.Module) -> dict[str, bool]:
    found: dict[str, set[str]] = {}
    for node in _top_level(tree.body):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            found.setdefault(node.targets[0].id, set()).add(repr(value))
    return {name: values == {"True"} for name, values in found.items()
            if values in ({"True"}, {"False"}) and name != "TYPE_CHECKING"}


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for inner in ("body", "orelse", "handlers", "finalbody"):
            if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                yield from _top_level(getattr(node, inner, []))


@lru_cache(maxsize=None)
def has_attribute(name: str, system: str) -> Known:
    """Tell whether a system surely has, or surely lacks, what code asks for by `hasattr`; None if that depends.

    >>> has_attribute("fork", "linux"), has_attribute("fork", "win32"), has_attribute("pidfd_open", "linux")
    (True, False, None)
    """
    sure = [systems for systems, names in _ATTRIBUTES.items() if name in names.split()]
    maybe = [systems for systems, names in _MAYBE.items() if name in names.split()]
    if any(system in systems.split() for systems in sure):
        return True
    return None if not sure + maybe or any(system in systems.split() for systems in maybe) else False


class _Pruner:
    """One pass over a source, which finds edits that do not overlap."""

    def __init__(self, source: str, systems: tuple[str, ...], from_elsewhere: dict[str, bool]) -> None:
        self.source, self._systems = source, systems
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.tree = ast.parse(source)
        self._constants = {**from_elsewhere, **_constants_of(self.tree)}
        self._function: ast.AST = self.tree
        self._edits: list[_Edit] = []

    def edits(self) -> list[_Edit]:
        self._block(self.tree.body)
        return self._edits

    # Statements

    def _block(self, body: list[ast.stmt]) -> None:
        for index, node in enumerate(body):
            if node is not body[-1] and _never_goes_on(node) and self._stays_generator(body[index + 1:]):
                self._edits.append(_Edit(self._end_of(node), self._end_of(body[-1]), ""))
                return
            before = len(self._edits)
            if self._statement(node, alone=len(body) == 1):
                if len(self._edits) > before and not self._edits[-1].text:
                    return  # one statement less in a pass: the next pass sees whether the block has become empty
                continue
            self._expressions(node)
            for field in ("body", "orelse", "finalbody"):
                inner = getattr(node, field, None)
                if isinstance(inner, list):
                    outer, self._function = self._function, node if isinstance(node, _FUNCTIONS) else self._function
                    self._block(inner)
                    self._function = outer
            for handler in getattr(node, "handlers", []):
                self._block(handler.body)

    def _stays_generator(self, dead: list[ast.stmt]) -> bool:
        """Tell whether the function around still has a `yield` without these statements, or has none with them."""
        lost = sum(map(_count_yields, dead))
        return not lost or lost < _count_yields(self._function)

    def _statement(self, node: ast.stmt, alone: bool) -> bool:
        """Decide a statement as a whole, if that can be done."""
        if isinstance(node, ast.If):
            known = self._known(node.test)
            if known is None:
                return False
            self._take_branch(node, known, alone)
            return True
        does_nothing = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is None
        if does_nothing or isinstance(node, ast.Assert) and self._known(node.test):
            self._replace_lines(node.lineno, node.end_lineno, " " * node.col_offset + "pass" if alone else None)
            return True
        return isinstance(node, ast.Try) and (self._take_import(node) or self._take_harmless(node))

    def _take_branch(self, node: ast.If, known: bool, alone: bool) -> None:
        indent = " " * node.col_offset
        chained = self._lines[node.lineno - 1].lstrip().startswith("elif")
        header = node.test.end_lineno or node.lineno
        other = node.orelse[0] if node.orelse else None
        other_is_elif = (isinstance(other, ast.If) and len(node.orelse) == 1
                         and self._lines[other.lineno - 1].lstrip().startswith("elif"))
        if known and chained:
            colon = self._lines[header - 1].index(":", _column(self._lines, header, node.test.end_col_offset))
            self._edits.append(_Edit(self._offset(node), self._starts[header - 1] + colon, "else"))
            self._cut_after(node.body[-1], node)
        elif known:
            self._replace_lines(node.lineno, node.end_lineno, *self._dedented(node.body, header, indent))
        elif other is not None and other_is_elif:
            word = "elif" if chained else "if"
            self._edits.append(_Edit(self._offset(node), self._offset(other) + len("elif"), word))
        elif other is not None:
            row = self._else_before(other)
            if chained:
                self._edits.append(_Edit(self._starts[node.lineno - 1], self._starts[row - 1], ""))
            else:
                self._replace_lines(node.lineno, node.end_lineno, *self._dedented(node.orelse, row, indent))
        else:
            first = node.lineno
            while not chained and self._lines[first - 2].startswith(f"{indent}#"):
                first -= 1  # a comment above speaks of what goes
            self._replace_lines(first, node.end_lineno, f"{indent}pass" if alone and not chained else None)

    def _take_import(self, node: ast.Try) -> bool:
        """Replace `try: import fcntl; except ImportError: fcntl = None`."""
        if not all(isinstance(child, ast.Import) for child in node.body) or node.finalbody or len(node.handlers) != 1:
            return False
        handler, indent = node.handlers[0], " " * node.col_offset
        modules = [alias.name for child in node.body if isinstance(child, ast.Import) for alias in child.names]
        if not isinstance(handler.type, ast.Name) or handler.type.id != "ImportError" or node.orelse:
            return False
        known = {name in _MODULES and system in _MODULES[name].split() for name in modules for system in self._systems}
        if not all(name in _MODULES for name in modules) or len(known) != 1:
            return False
        chosen, header = (node.body, node.lineno) if True in known else (handler.body, handler.lineno)
        lines = (line for line in self._dedented(chosen, header, indent) if not line.lstrip().startswith("#"))
        self._replace_lines(node.lineno, node.end_lineno, *lines)
        return True

    def _take_harmless(self, node: ast.Try) -> bool:
        """Replace a `try` that does nothing any more but return a constant."""
        only = node.body[0]
        value = only.value if isinstance(only, ast.Return) else None
        if not isinstance(value, ast.Constant) or node.finalbody:
            return False
        self._replace_lines(node.lineno, node.end_lineno, *self._dedented([only], node.lineno, " " * node.col_offset))
        return True

    def _cut_after(self, last: ast.stmt, node: ast.stmt) -> None:
        self._edits.append(_Edit(self._end_of(last), self._end_of(node), ""))

    def _replace_lines(self, first: int, last: int | None, *lines: str | None) -> None:
        text = "".join(f"{line}\n" for line in lines if line is not None)
        end = min(self._starts[last or first], len(self.source))
        self._edits.append(_Edit(self._starts[first - 1], end, text if end == self._starts[last or first]
                                 else text.rstrip("\n")))

    def _dedented(self, body: list[ast.stmt], header: int, indent: str) -> list[str]:
        """Return the lines of a block, with the comment of its header, moved to the left."""
        last = body[-1].end_lineno or body[-1].lineno
        if body[0].lineno == header:  # after the colon
            return [indent + self.source[self._offset(body[0]):self._end_of(body[-1])]]
        less = body[0].col_offset - len(indent)
        rows = range(header + 1, last + 1)
        in_strings = {row for part in body for node in ast.walk(part) if isinstance(node, (ast.Constant, ast.JoinedStr))
                      for row in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)}
        lines = [self._lines[row - 1] if row in in_strings else
                 self._lines[row - 1][less:] if self._lines[row - 1][:less].isspace() else self._lines[row - 1].lstrip()
                 for row in rows]
        comment = re.search(r":  (#.*)$", self._lines[header - 1])
        return [indent + comment[1], *lines] if comment and not comment[1].startswith(("# type:", "# else")) else lines

    def _else_before(self, node: ast.stmt) -> int:
        row = node.lineno
        while not self._lines[row - 1].lstrip().startswith("else:"):
            row -= 1
        return row

    # Expressions

    def _expressions(self, node: ast.stmt) -> None:
        for field, child in ast.iter_fields(node):
            for part in child if isinstance(child, list) else [child]:
                if isinstance(part, (ast.expr, ast.arguments, ast.keyword, ast.withitem, ast.comprehension)):
                    self._expression(part, field == "test")

    def _expression(self, node: ast.AST, as_test: bool) -> None:
        if isinstance(node, ast.IfExp) and (known := self._known(node.test)) is not None:
            self._put(node, self._text(node.body if known else node.orelse, node))
        elif isinstance(node, (ast.Compare, ast.Call, ast.UnaryOp)) and (known := self._known(node)) is not None:
            self._put(node, str(known))
        elif not (isinstance(node, ast.BoolOp) and self._shorten(node, as_test)):
            if isinstance(node, (ast.BoolOp, ast.UnaryOp)):
                inner = as_test or isinstance(node, ast.UnaryOp)
                for child in ast.iter_child_nodes(node):
                    self._expression(child, inner)
            else:
                for field, value in ast.iter_fields(node):
                    for child in value if isinstance(value, list) else [value]:
                        if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                            self._expression(child, field in ("test", "ifs"))

    def _shorten(self, node: ast.BoolOp, as_test: bool) -> bool:
        """Leave out of `a and b` what is known; the value of the whole stays the same, as a test at least."""
        ends = isinstance(node.op, ast.Or)  # the value that decides
        values = [self._known(value) for value in node.values]
        kept = [value for value, known in zip(node.values, values)
                if known is None or known is ends]
        if not as_test and values[-1] is (not ends) and not all(map(_is_bool, kept)):
            kept.append(node.values[-1])  # the value of the whole is more than a test's
        if ends in values:
            first = values.index(ends)
            kept = [value for value in kept if node.values.index(value) <= first]
            if len(kept) == 1 or as_test and all(map(_is_pure, kept)):
                return self._put(node, str(ends))
        if len(kept) == len(node.values):
            return False
        word = " or " if ends else " and "
        return self._put(node, word.join(self._text(value, node) for value in kept) or str(not ends))

    def _known(self, node: ast.expr) -> Known:
        values = {_evaluate(node, system, self._constants) for system in self._systems}
        return values.pop() if len(values) == 1 else None

    # Text

    def _put(self, node: ast.AST, text: str) -> bool:
        start, end = self._offset(node), self._end_of(node)
        before, after = self.source[:start], self.source[end:]
        if re.search(r"(?<![\w\])])\($", before) and after.startswith(")") and _ATOM.fullmatch(text):
            start, end = start - 1, end + 1  # brackets around a single word
        self._edits.append(_Edit(start, end, text))
        return True

    def _text(self, node: ast.AST, whole: ast.AST) -> str:
        """Return the text of a part of an expression, with the brackets around it."""
        start, end = self._offset(node), self._end_of(node)
        low, high = self._offset(whole), self._end_of(whole)
        while True:
            left = len(self.source[low:start].rstrip()) + low
            right = end + len(self.source[end:high]) - len(self.source[end:high].lstrip())
            if left <= low or self.source[left - 1] != "(" or self.source[right:right + 1] != ")":
                return self.source[start:end]
            start, end = left - 1, right + 1

    def _offset(self, node: ast.AST) -> int:
        row: int = min(part.lineno for part in (node, *getattr(node, "decorator_list", [])))
        return self._starts[row - 1] + _column(self._lines, row, getattr(node, "col_offset"))

    def _end_of(self, node: ast.AST) -> int:
        row: int = getattr(node, "end_lineno")
        return self._starts[row - 1] + _column(self._lines, row, getattr(node, "end_col_offset"))


def _column(lines: list[str], row: int, byte: int | None) -> int:
    return len(lines[row - 1].encode()[:byte].decode())


def _never_goes_on(node: ast.stmt) -> bool:
    """Tell whether the statement after this one is never reached."""
    if isinstance(node, ast.If):
        return bool(node.orelse) and _never_goes_on(node.body[-1]) and _never_goes_on(node.orelse[-1])
    if isinstance(node, ast.Try) and not node.orelse and not node.finalbody:
        return all(_never_goes_on(body[-1]) for body in (node.body, *(handler.body for handler in node.handlers)))
    return isinstance(node, (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _count_yields(node: ast.AST) -> int:
    return sum(isinstance(child, (ast.Yield, ast.YieldFrom)) for child in ast.walk(node))


def _is_bool(node: ast.expr) -> bool:
    return (isinstance(node, ast.Compare) or isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
            or isinstance(node, ast.Call) and _dotted(node.func) in ("hasattr", "isinstance"))


def _is_pure(node: ast.AST) -> bool:
    calls = (child.func for child in ast.walk(node) if isinstance(child, ast.Call))
    return all(isinstance(function, ast.Name) and function.id in _PURE_CALLS for function in calls)


def _evaluate(node: ast.expr, system: str, constants: dict[str, bool]) -> Known:
    """Return the value of a condition on a system, None where it is not certain."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        value = _evaluate(node.operand, system, constants)
        return None if value is None else not value
    if isinstance(node, ast.BoolOp):
        ends = isinstance(node.op, ast.Or)
        for index, part in enumerate(node.values):
            value = _evaluate(part, system, constants)
            if value is ends and all(map(_is_pure, node.values[:index])):
                return ends
        return not ends if all(_evaluate(part, system, constants) is not ends
                               and _evaluate(part, system, constants) is not None for part in node.values) else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compare(_dotted(node.left), node.ops[0], node.comparators[0], system)
    if isinstance(node, ast.Call) and node.args and isinstance(last := node.args[-1], ast.Constant):
        if _dotted(node.func) == "sys.platform.startswith":
            return system.startswith(str(last.value))
        if _dotted(node.func) == "hasattr":
            return has_attribute(str(last.value), system)
    return None


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _compare(left: str, operator: ast.cmpop, right: ast.expr, system: str) -> Known:
    values = {"sys.platform": system, "os.name": "nt" if system == "win32" else "posix"}
    if _dotted(right) == "os.supports_dir_fd" and isinstance(operator, ast.LtE):
        return True if system in _TAKE_DESCRIPTORS else None
    if left not in values or not isinstance(right, (ast.Constant, ast.Tuple)):
        return None
    asked = ast.literal_eval(right)
    equal = values[left] in (asked if isinstance(operator, (ast.In, ast.NotIn)) else (asked,))
    return equal if isinstance(operator, (ast.Eq, ast.In)) else not equal
