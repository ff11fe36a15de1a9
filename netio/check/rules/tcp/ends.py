"""The end of a connection: the empty bytes that `recv` gives."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Thing


@rule("no-end-test", "error", 14)
def no_end_test(program: Program) -> Iterator[Hit]:
    """The loop never asks whether the peer has gone: `recv` then returns b'' at once, for ever.

    Why: An empty `recv` is the end of the stream; without a test the loop spins on, or works on nothing.
    Chinese: 循环里没有判断对方是否已断开：断开后 `recv` 会立刻返回 b''，没完没了。空的 `recv` 表示流结束；不判断就会空转或处理空数据。
    Cure: if not data: break
    netio: tcp.Reader

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            while True:
                data = sock.recv(1024)
                print(data)

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            while True:
                data = sock.recv(1024)
                if not data:
                    break
                print(data)
    """
    live = {call.node for call in program.socket_calls("recv", "recvfrom") if call.live}
    escaped = {origin for thing in program.of_kind("str", "bytes") if thing.facts.get("escapes")
               for origin in thing.origins()}  # somebody else may test them
    for chunk in program.of_kind("bytes"):
        node = chunk.node
        if chunk.facts.get("received") != "tcp" or not isinstance(node, ast.Call) or node not in live:
            continue
        if chunk.tests or chunk.facts.get("escapes") or chunk in escaped:
            continue
        if _repeats_one_connection(program, chunk):
            yield node


def _repeats_one_connection(program: Program, chunk: Thing) -> bool:
    """True where the same connection is read from again and again: the loop does not make a new one each time."""
    sock = chunk.facts.get("sock")
    loops = [loop for loop in program.loops(chunk.node) if not _is_short(program, loop)]
    scope = program.scope(chunk.node)
    if not loops and not scope.runs_in:
        loops = [loop for call in scope.callers.values() for loop in program.loops(call.node)
                 if not _is_short(program, loop) and program.value(call.node)]
    if not loops or sock is None:
        return False
    return not any(program.inside(sock.node, loop) for loop in loops[:1])


def _is_short(program: Program, loop: ast.AST) -> bool:
    """True for a loop over a few items, which ends by itself."""
    return isinstance(loop, ast.For)


@rule("test-after-use", "warning", 14)
def test_after_use(program: Program) -> Iterator[Hit]:
    """What came is used before the test for the end.

    Why: At the end `data` is empty, and the line before the test works on it: it parses, prints or answers nothing.
    Chinese: 先使用了收到的数据，后面才判断是否结束。对方断开时 `data` 为空，判断之前的那一行处理的是空数据。
    Cure: put `if not data: break` directly after recv
    Chinese cure: 把 `if not data: break` 紧接在 recv 之后
    netio: tcp.Reader

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            while True:
                data = sock.recv(1024)
                sock.sendall(data)
                if not data:
                    break

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            while True:
                data = sock.recv(1024)
                if not data:
                    break
                sock.sendall(data)
    """
    for chunk in program.of_kind("bytes"):
        if chunk.facts.get("received") != "tcp" or not chunk.tests or not isinstance(chunk.node, ast.Call):
            continue
        function = program.function(chunk.node)
        if any(program.function(test) is not function for test in chunk.tests):
            continue
        first = min(getattr(test, "lineno") for test in chunk.tests)
        for call in program.socket_calls("send", "sendall"):
            if (
                program.function(call.node) is function
                and chunk.node.lineno < call.node.lineno < first
                and any(chunk in thing.origins() for thing in call.arg(0))
            ):
                yield call.node
                break
        for node in program.all(ast.Subscript):
            assert isinstance(node, ast.Subscript)
            plain = not isinstance(node.slice, ast.Slice) and isinstance(node.value, ast.Name)
            if (
                plain
                and program.function(node) is function
                and chunk.node.lineno < node.lineno < first
                and any(chunk in thing.origins() and not any(origin.facts.get("piece") for origin in thing.origins())
                        for thing in program.value(node.value) if thing.kind in ("bytes", "str"))
            ):
                yield node
                break
