"""Closing: at the end, by its owner, and once."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Thing, is_only
from .sockets import connections, listeners, target


@rule("not-closed", "warning")
def not_closed(program: Program) -> Iterator[Hit]:
    """The {what} is never closed.

    Why: The peer waits for the end, and a server runs out of descriptors; only the end of the program closes it.
    Chinese: {what_zh}始终没有关闭。对方会一直等结束，服务器的描述符会用完；只有程序退出时才会关闭。
    Cure: with {name}: ...
    netio: tcp.connect

    Wrong::

        import socket
        sock = socket.create_connection(("127.0.0.1", 8888), timeout=5)
        sock.sendall(b"hello")

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall(b"hello")
    """
    all_listeners = listeners(program)
    for sock in program.of_kind("tcp", "udp"):
        if _owned(program, sock) and sock.node is not None and not any(program.calls_on(sock, "close", "detach")):
            if sock in all_listeners and _serves_for_ever(program, sock) or _is_never_left(program, sock):
                continue  # it ends with the program
            what = (("connection", "连接") if sock.facts.get("accepted")
                    else ("listener", "监听套接字") if (sock in all_listeners) else ("socket", "套接字"))
            yield sock.node, {"what": what[0], "what_zh": what[1], "name": target(program, sock)}


def _serves_for_ever(program: Program, listener: Thing) -> bool:
    """True for a listener that is accepted from in a loop without an end."""
    calls = [call for call in program.calls_on(listener, "accept")]
    return any(isinstance(loop, ast.While) for call in calls for loop in program.loops(call.node))


def _is_never_left(program: Program, sock: Thing) -> bool:
    """True for a UDP socket that is used in `while True` without break or return."""
    if sock.kind != "udp":
        return False
    for call in program.calls_on(sock, "recvfrom", "sendto"):
        for loop in program.loops(call.node):
            if isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant) and loop.test.value:
                if not any(isinstance(node, (ast.Break, ast.Return)) for node in ast.walk(loop)):
                    return True
    return False


def _owned(program: Program, sock: Thing) -> bool:
    """True for a socket that this file makes, keeps to itself, and must close."""
    facts = sock.facts
    if facts.get("with") or facts.get("escapes") or facts.get("assumed") or facts.get("served") or facts.get("unsure"):
        return False
    if facts.get("pair") or facts.get("fromfd"):
        return False
    scope = program.scope(sock.node)
    if scope is not program.flow.module and _given_away(program, sock, scope):
        return False
    if _in_unknown_hands(program, sock) or _is_kept(program, sock) and any(program.calls("?.close", "item.close")):
        return False
    return any(program.calls_on(sock)) or facts.get("accepted", False)


def _given_away(program: Program, sock: Thing, scope: object) -> bool:
    """True where a function returns a socket and nobody in this file calls it."""
    found = getattr(scope, "returns")
    inner = {element for thing in found for value in thing.elements.values() for element in value}
    return (sock in found or sock in inner) and not getattr(scope, "callers")


def _is_kept(program: Program, sock: Thing) -> bool:
    """True for a socket in a list or a dict, which may be closed from there."""
    return any(sock in value for thing in program.of_kind("list", "dict", "tuple") for value in thing.elements.values()
               if not (thing.kind == "tuple" and thing.node is sock.node))


def _in_unknown_hands(program: Program, sock: Thing) -> bool:
    """True where a class keeps a socket whose instances this file does not make."""
    for thing in program.of_kind("class"):
        if any(sock in value for key, value in thing.elements.items()):
            made = any(program.calls(f"class {thing.facts['name']}"))
            if not made or any(m.facts.get("escapes") for m in program.of_kind("instance") if m.facts["cls"] is thing):
                return True
    return False


@rule("close-elsewhere", "error")
def close_elsewhere(program: Program) -> Iterator[Hit]:
    """The loop takes many connections, and only the last one is closed, after the loop.

    Why: Each turn of the loop makes a new connection; those before it stay open until the program ends.
    Chinese: 循环里接受了许多连接，却在循环之后只关闭最后一个。每次循环都得到一个新连接，之前的一直开着。
    Cure: close it inside of the loop
    Chinese cure: 在循环里面关闭
    netio: concurrency.serve

    Wrong::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            for turn in range(10):
                conn, address = listener.accept()
                conn.sendall(b"hello")
            conn.close()

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            for turn in range(10):
                conn, address = listener.accept()
                with conn:
                    conn.sendall(b"hello")
    """
    for sock in connections(program):
        loops = program.loops(sock.node)
        closes = list(program.calls_on(sock, "close"))
        if (
            loops
            and closes
            and not sock.facts.get("with")
            and not sock.facts.get("escapes")
            and all(
                call.scope is program.scope(sock.node) and not any(program.inside(call.node, loop) for loop in loops)
                for call in closes
            )
        ):
            yield closes[0].node


@rule("closed-in-loop", "error")
def closed_in_loop(program: Program) -> Iterator[Hit]:
    """`{name}` is closed inside of the loop that goes on using it.

    Why: The next turn works with a closed socket: OSError (Bad file descriptor).
    Chinese: 在循环内关闭了 `{name}`，而循环还要继续用它。下一轮用的是已关闭的套接字：OSError (Bad file descriptor)。
    Cure: move the line out of the loop
    Chinese cure: 把这一行移到循环外面
    netio: tcp.listen

    Wrong::

        import socket
        listener = socket.create_server(("127.0.0.1", 8888))
        while True:
            conn, address = listener.accept()
            conn.close()
            listener.close()

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                conn, address = listener.accept()
                conn.close()
    """
    for call in program.calls("tcp.close", "udp.close"):
        loops = program.loops(call.node)
        statement = program.statement(call.node)
        func = call.node.func
        if not loops or not call.live or not isinstance(func, ast.Attribute) or program.in_child(call.node):
            continue
        sock = next(iter(call.on))
        loop = loops[0]
        if program.inside(sock.node, loop) or statement not in getattr(loop, "body") or sock.facts.get("assumed"):
            continue
        if isinstance(loop, ast.For) or len(program.value(func.value)) != 1:
            continue
        rest = loop.body[loop.body.index(statement) + 1 :]  # type: ignore[attr-defined]
        if not any(isinstance(part, (ast.Break, ast.Return)) for part in rest):
            users = [other
                     for other in program.calls_on(sock, "accept", "recv", "send", "sendall", "recvfrom", "sendto")
                     if program.inside(other.node, loop)]
            if users:
                yield call.node, {"name": program.source(func.value)}


@rule("use-after-close", "error")
def use_after_close(program: Program) -> Iterator[Hit]:
    """`{name}` is used after it was closed.

    Why: What is closed has no descriptor any more: OSError (Bad file descriptor), of a file ValueError.
    Chinese: `{name}` 关闭之后又被使用。关闭后就没有描述符了：OSError (Bad file descriptor)，文件则是 ValueError。
    Cure: close it last
    Chinese cure: 最后再关闭
    netio: tcp.connect

    Wrong::

        import socket
        sock = socket.create_connection(("127.0.0.1", 8888), timeout=5)
        sock.close()
        sock.sendall(b"hello")

    Right::

        import socket
        sock = socket.create_connection(("127.0.0.1", 8888), timeout=5)
        sock.sendall(b"hello")
        sock.close()
    """
    for thing, statement, name in _closings(program):
        body: list[ast.stmt] = getattr(program.parent(statement), "body", [])
        for later in body[body.index(statement) + 1:] if statement in body else ():
            if _binds(program, later, name) or _touches_self(program, later, name):
                break
            users = [call for call in program.calls_on(thing, *_USES) if program.inside(call.node, later)
                     and isinstance(call.node.func, ast.Attribute) and program.source(call.node.func.value) == name
                     and program.function(call.node) is program.function(statement)]
            if users:
                yield users[0].node, {"name": name}
                break


_USES = ("recv", "send", "sendall", "accept", "recvfrom", "sendto", "read", "readline", "readlines", "write", "seek")


def _closings(program: Program) -> Iterator[tuple[Thing, ast.stmt, str]]:
    """Yield (what is closed, the statement that does it, its name): `close`, and the end of `with`."""
    for call in program.calls("tcp.close", "udp.close", "file.close"):
        statement = program.statement(call.node)
        if statement is not None and call.live and isinstance(call.node.func, ast.Attribute):
            yield next(iter(call.on)), statement, program.source(call.node.func.value)
    for node in program.all(ast.With):
        for item in getattr(node, "items"):
            value = program.value(item.context_expr)
            if isinstance(item.optional_vars, ast.Name) and is_only(value, "tcp", "udp", "file") and len(value) == 1:
                yield next(iter(value)), program.statement(node) or ast.Pass(), item.optional_vars.id


def _touches_self(program: Program, statement: ast.AST, name: str) -> bool:
    """True where a method may make the attribute anew."""
    return name.startswith("self.") and "self." in program.source(statement).replace(name, "")


def _binds(program: Program, statement: ast.AST, name: str) -> bool:
    return any(isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store)
               and program.source(node) == name for node in ast.walk(statement))
