"""Broken text: what the reader had to mend, and names that do not exist."""

from __future__ import annotations

import ast
from typing import Iterator

from .. import known, spelling
from ..findings import Hit, Place, rule
from ..program import Program
from ..reading import BROKEN
from ..values import SOCKETS
from .mixtures import uncalled

# Methods that are called without their object have a rule of their own.
BARE = {"accept", "bind", "listen", "connect", "recv", "send", "sendall", "sendto", "recvfrom", "seek", "tell", "write"}


def _repairs(program: Program, *kinds: str) -> Iterator[tuple[Place, dict[str, str]]]:
    for repair in program.reading.repairs:
        if repair.kind in kinds:
            yield Place(repair.line, repair.column - 1), {"old": repair.old, "new": repair.new}


@rule("full-width-sign", "error", 67)
def full_width_sign(program: Program) -> Iterator[Hit]:
    """`{old}` is a full-width sign and no Python; write `{new}`.

    Why: Full-width signs are other characters (U+FF1A, U+FF08 ...), and a program with them does not compile.
    Chinese: `{old}` 是全角符号，Python 不认识，应写 `{new}`。全角符号是另外的字符，含有它们的程序不能编译；写代码前先切换输入法。
    Cure: {new}

    Wrong::

        n = 1
        while n：
            n = n - 1

    Right::

        n = 1
        while n:
            n = n - 1
    """
    seen: set[int] = set()
    for hit in _repairs(program, "full-width-sign"):
        if hit[0].lineno not in seen:
            seen.add(hit[0].lineno)
            yield hit


@rule("mixed-tabs", "error", 70)
def mixed_tabs(program: Program) -> Iterator[Hit]:
    """Tabs and blanks are mixed at the start of lines.

    Why: Python cannot know how wide a tab is meant to be: TabError, or a line that belongs to another block.
    Chinese: 行首混用了制表符和空格。Python 不知道一个制表符算几格：TabError，或某一行归入了别的代码块。
    Cure: indent with four blanks only
    Chinese cure: 缩进只用四个空格

    Wrong::

        for n in (1, 2):
        \\tprint(n)
            print(n)

    Right::

        for n in (1, 2):
            print(n)
            print(n)
    """
    yield from _repairs(program, "mixed-tabs")


@rule("missing-colon", "error", 68)
def missing_colon(program: Program) -> Iterator[Hit]:
    """The colon at the end of the line is missing.

    Why: A line that opens a block ends in a colon; without it nothing of the program runs.
    Chinese: 行末缺少冒号。开始一个代码块的行以冒号结尾，否则整个程序不能运行。
    Cure: {new}

    Wrong::

        n = 3
        if n > 2
            print(n)

    Right::

        n = 3
        if n > 2:
            print(n)
    """
    yield from _repairs(program, "missing-colon")


@rule("python2-print", "error")
def python2_print(program: Program) -> Iterator[Hit]:
    """This is a statement of Python 2; print is a function now.

    Why: Python 3 does not compile it, and `except A, e` neither.
    Chinese: 这是 Python 2 的写法，print 现在是函数。Python 3 不能编译它，`except A, e` 也不能。
    Cure: {new}

    Wrong::

        print "hello"

    Right::

        print("hello")
    """
    yield from _repairs(program, "python2-print", "python2-except")


@rule("assignment-for-comparison", "error", 68)
def assignment_for_comparison(program: Program) -> Iterator[Hit]:
    """`=` binds a name; a comparison is written `==`.

    Why: An assignment is no expression, so the program does not compile.
    Chinese: `=` 是赋值，比较要写 `==`。赋值不是表达式，程序不能编译。
    Cure: {new}

    Wrong::

        n = 3
        if n = 3:
            print(n)

    Right::

        n = 3
        if n == 3:
            print(n)
    """
    yield from _repairs(program, "assignment-for-comparison")


@rule("broken-statement", "error", 68)
def broken_statement(program: Program) -> Iterator[Hit]:
    """This is no Python: `{old}`.

    Why: The program does not compile; the checker went on after this line as if it were mended or not there.
    Chinese: 这不是 Python：`{old}`。程序不能编译；检查时按改正后的样子（或当它不存在）继续往下读。
    Cure: {new}

    Wrong::

        form os import getpid

    Right::

        from os import getpid
    """
    yield from _repairs(program, *BROKEN)


@rule("lower-true", "error", 69)
def lower_true(program: Program) -> Iterator[Hit]:
    """Python's constant is `{right}`, with a capital.

    Why: `{name}` is a name that nobody has bound: NameError.
    Chinese: 常量要写 `{right}`，首字母大写。`{name}` 是没有定义的名字：NameError。
    Cure: {right}

    Wrong::

        while true:
            break

    Right::

        while True:
            break
    """
    for name in program.flow.unbound.values():
        if spelling.is_constant(name.id):
            right = {"t": "True", "f": "False", "n": "None"}[name.id[0].lower()]
            yield name, {"name": name.id, "right": right}


def _candidates(program: Program) -> set[str]:
    """Return all names that the program binds or can see."""
    return spelling.visible({name for scope in program.flow.scopes.values() for name in (*scope.bound, *scope.names)})


@rule("misspelt-name", "error", 84)
def misspelt_name(program: Program) -> Iterator[Hit]:
    """There is no `{name}`; `{right}` is meant.

    Why: A name that does not exist raises NameError, AttributeError or ImportError when its line is reached.
    Chinese: 没有 `{name}` 这个名字，应为 `{right}`。运行到这一行时抛出 NameError、AttributeError 或 ImportError。
    Cure: {right}

    Wrong::

        import socket
        sock = socket.socket(socket.AF_INET, socket.SOCKET_STREAM)
        sock.close()

    Right::

        import socket
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.close()
    """
    yield from _wrong_attributes(program)
    yield from _wrong_imports(program)
    yield from _wrong_methods(program)
    if not makes_names(program):
        names = _candidates(program)
        for node in program.flow.unbound.values():
            if node.id in BARE:
                continue
            right = spelling.nearest(node.id, names - {node.id}) or spelling.of_module(node.id, program.flow.imports)
            if right and not _is_guarded(program, node):
                yield node, {"name": node.id, "right": right}


def _is_guarded(program: Program, node: ast.AST) -> bool:
    """True inside of `try: ... except NameError`, and in a `del` or a comparison of versions."""
    return any("NameError" in program.caught(handler) or handler.type is None for block in program.tries(node)
               for handler in block.handlers)


def _wrong_attributes(program: Program) -> Iterator[Hit]:
    for node in program.all(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        for thing in program.value(node.value):
            module = thing.facts.get("name", "") if thing.kind == "extern" else ""
            right = spelling.meant_module_name(module, node.attr)
            if right and isinstance(node.ctx, ast.Load) and not _is_guarded(program, node):
                yield node, {"name": f"{module}.{node.attr}", "right": f"{module}.{right}"}


def _wrong_imports(program: Program) -> Iterator[Hit]:
    for node in program.all(ast.ImportFrom):
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            right = spelling.meant_module_name("" if node.level else node.module or "", alias.name)
            if right and alias.name != "*" and not any(program.tries(node)):
                yield node, {"name": alias.name, "right": right}


def _wrong_methods(program: Program) -> Iterator[Hit]:
    for node in program.all(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        groups = {"socket" if thing.kind in SOCKETS else thing.kind for thing in program.value(node.value)}
        if any(thing.facts.get("assumed") for thing in program.value(node.value)):
            continue
        if len(groups) != 1 or isinstance(node.ctx, ast.Store):
            continue
        methods = known.METHODS.get(groups.pop())
        if methods and node.attr not in methods:
            right = spelling.nearest(node.attr, methods)
            if right:
                yield node, {"name": node.attr, "right": right}


@rule("unknown-name", "error", 84)
def unknown_name(program: Program) -> Iterator[Hit]:
    """Nothing in this program is called `{name}`.

    Why: The line raises NameError when it is reached.
    Chinese: 程序里没有名为 `{name}` 的东西。运行到这一行时抛出 NameError。
    Cure: bind or import it first
    Chinese cure: 先赋值或导入

    Wrong::

        print(size // 2)

    Right::

        size = 10
        print(size // 2)
    """
    if makes_names(program):
        return
    names = _candidates(program)
    seen: set[str] = set()
    for node in program.flow.unbound.values():
        if spelling.is_constant(node.id) or node.id in seen or node.id in BARE:
            continue
        if spelling.of_module(node.id, program.flow.imports):
            continue
        if not spelling.nearest(node.id, names - {node.id}) and not _is_guarded(program, node):
            seen.add(node.id)
            yield node, {"name": node.id}


def makes_names(program: Program) -> bool:
    """True for a file that makes names by other means."""
    if not all(star in known.MODULES for star in program.flow.stars):
        return True
    if any(isinstance(node, ast.Attribute) and node.attr == "_convert_" for node in program.nodes):
        return True
    used = {node.id for node in program.nodes if isinstance(node, ast.Name)}
    return bool(used & {"globals", "exec", "vars", "__builtins__"})


_PLAIN_ATTRIBUTES = set(
    "family type proto timeout closed mode name encoding newlines errors buffer line_buffering daemon "
    "pid exitcode ident sentinel authkey native_id maxsize queue".split()
)


@rule("not-called", "error")
def not_called(program: Program) -> Iterator[Hit]:
    """`{name}` is named, but not called: the brackets are missing.

    Why: Naming a method does nothing, and Python says nothing.
    Chinese: 只写了 `{name}`，没有括号，并没有调用。只写方法名什么也不做，Python 也不报错。
    Cure: {name}()

    Wrong::

        import socket
        sock = socket.socket()
        sock.close

    Right::

        import socket
        sock = socket.socket()
        sock.close()
    """
    for method in uncalled(program):
        yield method, {"name": program.source(method)}
    for node in program.all(ast.Expr):
        assert isinstance(node, ast.Expr)
        attribute = node.value
        if not isinstance(attribute, ast.Attribute):
            continue
        groups = {"socket" if thing.kind in SOCKETS else thing.kind for thing in program.value(attribute.value)}
        is_method = any(attribute.attr in known.METHODS.get(group, ()) for group in groups)
        is_method = is_method or bool(groups) and groups <= {"str", "bytes"}
        if attribute.attr in _PLAIN_ATTRIBUTES:
            continue
        if is_method or attribute.attr in ("close", "start", "join", "acquire", "release", "flush"):
            yield attribute, {"name": program.source(attribute)}
