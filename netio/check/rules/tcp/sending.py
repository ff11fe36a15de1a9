"""Sending: all of the data, and bytes."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Call, Thing, constants, is_only, kinds


@rule("send-not-all", "warning", 12)
def send_not_all(program: Program) -> Iterator[Hit]:
    """`send` may take only a part of the data, and its count is not looked at.

    Why: It returns how many bytes it took; with a timeout, a full buffer or on another system the rest is lost.
    Chinese: `send` 可能只发出一部分，而返回的字节数没有用上。设了超时、缓冲区满或在别的系统上，其余的就丢了。
    Cure: {sock}.sendall({data})
    netio: tcp.send_frame

    Wrong::

        import socket

        def reply(text):
            with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
                sock.send(text.encode())

    Right::

        import socket

        def reply(text):
            with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
                sock.sendall(text.encode())
    """
    for call in program.socket_calls("send"):
        if any(thing.facts.get("udp") for thing in call.on) or not call.node.args or not _count_is_lost(program, call):
            continue
        data = call.arg(0)
        small = all(isinstance(item, bytes) for item in constants(data)) and len(constants(data)) == len(data) > 0
        if small and max(len(item) for item in constants(data)) <= 64:
            continue
        if any(sock.kind != "tcp" or sock.facts.get("unsure") for sock in call.on):
            continue
        if any(sock.facts.get("assumed") for sock in call.on) and not is_only(data, "bytes", "str"):
            continue  # it may be the end of a pipe
        func = call.node.func
        assert isinstance(func, ast.Attribute)
        yield call.node, {"sock": program.source(func.value), "data": program.source(call.node.args[0])}


def _count_is_lost(program: Program, call: Call) -> bool:
    """True where nobody reads what `send` returned."""
    if program.is_statement(call.node):
        return True
    above = program.parent(call.node)
    if not isinstance(above, ast.Assign) or len(above.targets) != 1 or not isinstance(above.targets[0], ast.Name):
        return False
    name = above.targets[0].id
    reads = [node for node in ast.walk(program.function(call.node))
             if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)]
    printed = [
        node
        for node in reads
        if any(
            isinstance(outer, ast.Call) and program.source(outer.func) == "print" for outer in program.ancestors(node)
        )
    ]
    return len(reads) == len(printed)


@rule("send-str", "error", 13)
def send_str(program: Program) -> Iterator[Hit]:
    """A str is sent; sockets take bytes.

    Why: `send` raises TypeError: a bytes-like object is required, not 'str'.
    Chinese: 发送的是 str，而套接字只收字节串。`send` 抛出 TypeError: a bytes-like object is required, not 'str'。
    Cure: {data}.encode()
    netio: tcp.send_frame

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall("hello")

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall("hello".encode())
    """
    for call in program.calls(
        *(f"{kind}.{name}" for kind in ("tcp", "udp", "socket") for name in ("send", "sendall", "sendto"))
    ):
        if call.node.args and program.is_rebound(call.node.args[0]) or any(t.facts.get("assumed") for t in call.on):
            continue
        if (
            is_only(call.arg(0), "str")
            and not any(t.facts.get("swapped") for t in call.arg(0))
            or is_only(call.arg(0), "int")
        ):
            yield call.node, {"data": program.source(call.node.args[0])}


@rule("bytes-never-str", "error", 13)
def bytes_never_str(program: Program) -> Iterator[Hit]:
    """Received bytes are compared with a str: they are never equal.

    Why: `b'quit' == 'quit'` is False without any error, so that the branch never runs.
    Chinese: 收到的字节串与 str 比较，永远不相等。`b'quit' == 'quit'` 不报错，结果总是 False，这个分支永远不会执行。
    Cure: compare with {literal}
    Chinese cure: 与 {literal} 比较
    netio: tcp.Delimiter

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            data = sock.recv(1024)
            if data != "":
                print(len(data))

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            data = sock.recv(1024)
            if data != b"":
                print(len(data))
    """
    for node in program.all(ast.Compare):
        assert isinstance(node, ast.Compare)
        if program.is_library:
            return
        sides = [node.left, *node.comparators]
        for left, right, op in zip(sides, sides[1:], node.ops):
            if program.is_rebound(left) or program.is_rebound(right):
                continue
            pair = (program.value(left), program.value(right))
            if isinstance(op, (ast.In, ast.NotIn)):
                pair = (
                    pair[0],
                    (frozenset(i for t in pair[1] for v in t.elements.values() for i in v)
                     if is_only(pair[1], "tuple", "list") else pair[1]),
                )
            elif not isinstance(op, (ast.Eq, ast.NotEq)):
                continue
            if pair[1] is program.value(right) and isinstance(op, (ast.In, ast.NotIn)):
                continue  # `in` of bytes raises, see bytes-with-str
            if {frozenset(kinds(pair[0])), frozenset(kinds(pair[1]))} == {frozenset({"bytes"}), frozenset({"str"})}:
                text = right if is_only(pair[1], "str") else left
                yield node, {"literal": f"b{program.source(text)}"}
                break


@rule("empty-send-waits", "warning", 100)
def empty_send_waits(program: Program) -> Iterator[Hit]:
    """An empty line sends nothing, and then both sides wait.

    Why: `send(b'')` puts no byte on the way; the server waits for a question, and `recv` here for its answer.
    Chinese: 输入空行时什么也没发出，双方都在等。`send(b'')` 不发送任何字节：服务器等问题，这里的 `recv` 等回答。
    Cure: if not text: continue
    netio: tcp.interact

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            while True:
                text = input("> ")
                sock.sendall(text.encode())
                data = sock.recv(1024)
                if not data:
                    break
                print(data)

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            while True:
                text = input("> ")
                if not text:
                    break
                sock.sendall(text.encode())
                data = sock.recv(1024)
                if not data:
                    break
                print(data)
    """
    for call in program.socket_calls("send", "sendall"):
        loops = program.loops(call.node)
        typed = [origin for thing in call.arg(0) for origin in _unchanged(thing) if origin.facts.get("input")]
        if not loops or not typed or any(origin.tests for origin in typed):
            continue
        if any(program.inside(other.node, loops[0]) and other.node.lineno >= call.node.lineno and other.on & call.on
               for other in program.socket_calls("recv")):
            yield call.node


def _unchanged(thing: Thing) -> set[Thing]:
    """Return what a thing was made from by encoding or stripping: nothing was added to it."""
    origins = thing.origins()
    return set() if any(isinstance(origin.node, (ast.JoinedStr, ast.BinOp)) for origin in origins) else origins


@rule("wrong-encode", "error", 19)
def wrong_encode(program: Program) -> Iterator[Hit]:
    """`{method}` is called on {kind}: encode makes bytes from str, decode makes str from bytes.

    Why: bytes have no `encode` and str no `decode`: AttributeError.
    Chinese: 对 {kind} 调用了 `{method}`：encode 把 str 变成 bytes，decode 把 bytes 变成 str。bytes 没有 encode，str 没有 decode：
    AttributeError。
    Cure: .{right}()
    netio: udp.receive

    Wrong::

        text = input("> ")
        print(text.decode())

    Right::

        text = input("> ")
        print(text.encode())
    """
    if program.is_library:
        return
    for call in program.calls("str.decode", "bytes.encode"):
        kind, _, method = call.name.partition(".")
        func = call.node.func
        if (
            isinstance(func, ast.Attribute)
            and not program.is_rebound(func.value)
            and is_only(program.value(func.value), kind)
            and not program.protected(call.node, also=frozenset(("AttributeError",)))
        ):
            yield call.node, {"method": method, "kind": kind, "right": "encode" if method == "decode" else "decode"}
