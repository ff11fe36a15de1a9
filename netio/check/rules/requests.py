"""Requests: what a client sends may lack a part, or ask for what is not there."""

from __future__ import annotations

import ast
from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Scope, Thing, constant


@rule("bad-request-ends-server", "warning", 101)
def bad_request_ends_server(program: Program) -> Iterator[Hit]:
    """`{what}` ends the server with {error} when a request is not as expected.

    Why: Anybody may send a shorter request, or ask for what is not there; nothing catches the error in the loop.
    Chinese: 请求不合预期时，`{what}` 抛出 {error}，服务器随之退出。任何人都能发来缺少一部分的请求，或请求不存在的东西；循环里没有捕获这个异常。
    Cure: test the number of parts; table.get(word, 'not found')
    Chinese cure: 先判断分成了几部分；用 table.get(word, 'not found')
    netio: chat.parse_request

    Wrong::

        import socket
        words = {"cat": "an animal"}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            while True:
                data, addr = sock.recvfrom(1024)
                word = data.decode("utf-8", "replace")
                sock.sendto(words[word].encode(), addr)

    Right::

        import socket
        words = {"cat": "an animal"}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            while True:
                data, addr = sock.recvfrom(1024)
                word = data.decode("utf-8", "replace")
                sock.sendto(words.get(word, "not found").encode(), addr)
    """
    if program.is_library or any("HTTP/1" in str(t.facts.get("const", "")) for t in program.of_kind("str", "bytes")):
        return
    seen: set[tuple[ast.AST, str]] = set()
    for node in program.all(ast.Subscript):
        assert isinstance(node, ast.Subscript)
        error = "" if isinstance(node.slice, ast.Slice) or not isinstance(node.ctx, ast.Load) else _error(program, node)
        what = program.source(node)
        if error and _reaches_the_loop(program, node, {error, "LookupError", "Exception", "BaseException"}, 4):
            if (program.function(node), what) not in seen:
                seen.add((program.function(node), what))
                yield node, {"what": what, "error": error}


def _error(program: Program, node: ast.Subscript) -> str:
    """Return what an element out of a request may raise, or ''."""
    table = program.source(node.value)
    for thing in program.value(node.value):
        if thing.kind == "list" and thing.facts.get("pieces"):
            index = constant(program.value(node.slice))
            pieces = thing.elements.get("*", frozenset())
            one = isinstance(index, int) and index in (0, -1)
            if isinstance(index, int) and not one and _from_client(program, pieces) and not thing.tests:
                return "" if _is_tested(program, node, table) else "IndexError"
        key = program.value(node.slice)
        if thing.kind == "dict" and _from_client(program, key) and not _is_loop_target(program, node.slice):
            return "" if _is_tested(program, node, table) else "KeyError"
    return ""


def _is_loop_target(program: Program, key: ast.expr) -> bool:
    """True for a name that a loop binds: it comes out of the table itself, mostly."""
    loops = (node for node in ast.walk(program.function(key)) if isinstance(node, (ast.For, ast.comprehension)))
    return any(program.source(part) == program.source(key) for loop in loops for part in ast.walk(loop.target))


def _from_client(program: Program, value: frozenset[Thing]) -> bool:
    """True for a value that was made from what a client of this server sent."""
    for origin in {origin for thing in value for origin in thing.origins()}:
        sock = origin.facts.get("sock")
        if origin.facts.get("received") and sock is not None and not sock.facts.get("assumed"):
            if sock.facts.get("accepted") or any(program.calls_on(sock, "bind")):
                return True
    return False


def _is_tested(program: Program, node: ast.AST, table: str) -> bool:
    """True where the function looks at the length, or whether the key is there, or at the request's beginning."""
    for other in ast.walk(program.function(node)):
        if isinstance(other, ast.Call):
            if program.source(other.func) == "len" and other.args and program.source(other.args[0]) == table:
                return True
        elif isinstance(other, ast.Compare) and isinstance(other.ops[0], (ast.In, ast.NotIn)):
            container = program.source(other.comparators[0])
            if container in (table, f"{table}.keys()"):
                return True
    tests = [program.source(outer.test) for outer in program.ancestors(node) if isinstance(outer, ast.If)]
    return any("startswith(" in test or " in " in test for test in tests)


def _reaches_the_loop(program: Program, node: ast.AST, caught: set[str], depth: int) -> bool:
    """True where an error at this place comes out of a loop of the main program, and nothing catches it."""
    scope: Scope = program.scope(node)
    if scope.runs_in or program.in_child(node) or not depth:
        return False
    if any(program.caught(handler) & caught for block in program.tries(node) for handler in block.handlers):
        return False
    if any(program.source(part) in caught for part in program.suppressed(node)):
        return False
    if any(isinstance(loop, ast.While) for loop in program.loops(node)):
        return True
    return any(_reaches_the_loop(program, call.node, caught, depth - 1) for call in scope.callers.values())
