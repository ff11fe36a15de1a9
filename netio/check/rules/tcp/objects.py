"""Which socket a call belongs to: the one that listens, or the one that was accepted."""

from __future__ import annotations

import ast
from typing import Iterator

from ... import known
from ...findings import Hit, rule
from ...program import Program
from ..text import BARE, makes_names
from .sockets import listeners

_EXCHANGE = ("recv", "send", "sendall")


@rule("listener-io", "error", 11)
def listener_io(program: Program) -> Iterator[Hit]:
    """`{name}` is the listening socket; data goes over the one that `accept` returned.

    Why: A listener has no peer: `recv` and `send` on it raise OSError (ENOTCONN), or BrokenPipeError.
    Chinese: `{name}` 是监听套接字，收发数据要用 `accept` 返回的那个。监听套接字没有对端，`recv`、`send` 会抛出 OSError。
    Cure: connfd.{method}(...)
    netio: tcp.listen

    Wrong::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            conn, address = listener.accept()
            with conn:
                print(listener.recv(1024))

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            conn, address = listener.accept()
            with conn:
                print(conn.recv(1024))
    """
    for listener in listeners(program):
        if any(program.calls_on(listener, "connect")) or listener.facts.get("assumed"):
            continue
        for call in program.calls_on(listener, "recv", "send", "sendall"):
            func = call.node.func
            assert isinstance(func, ast.Attribute)
            if program.value(func.value) == frozenset((listener,)):
                yield call.node, {"name": program.source(func.value), "method": func.attr}


@rule("bare-method", "error", 105)
def bare_method(program: Program) -> Iterator[Hit]:
    """`{name}` is a method of a socket or file; it is called without one.

    Why: There is no function of that name: NameError.
    Chinese: `{name}` 是套接字或文件的方法，调用时前面要有对象。没有这个名字的函数：NameError。
    Cure: sockfd.{name}(...)
    netio: tcp.listen

    Wrong::

        import socket
        listener = socket.create_server(("127.0.0.1", 8888))
        conn, address = accept()
        conn.close()
        listener.close()

    Right::

        import socket
        listener = socket.create_server(("127.0.0.1", 8888))
        conn, address = listener.accept()
        conn.close()
        listener.close()
    """
    for node in () if makes_names(program) else program.flow.unbound.values():
        if node.id in BARE and isinstance(program.parent(node), ast.Call):
            yield node, {"name": node.id}


@rule("accept-swallows", "hint")
def accept_swallows(program: Program) -> Iterator[Hit]:
    """Every error of `accept` is swallowed, and the loop spins.

    Why: A listener that is closed or broken fails at once, each time: one core is busy for nothing, without a word.
    Chinese: `accept` 的任何错误都被吞掉，循环空转。监听套接字关闭或损坏后每次都立刻失败：一个核白白忙着，也没有任何提示。
    Cure: except OSError: break
    netio: concurrency.serve

    Wrong::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                try:
                    conn, address = listener.accept()
                except Exception:
                    continue
                conn.close()

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                try:
                    conn, address = listener.accept()
                except OSError:
                    break
                conn.close()
    """
    for call in program.socket_calls("accept"):
        loops = program.loops(call.node)
        for block in program.tries(call.node, loops[0] if loops else None):
            for handler in block.handlers:
                quiet = all(isinstance(part, (ast.Pass, ast.Continue)) for part in handler.body)
                if loops and quiet and program.caught(handler) & {"Exception", "BaseException"}:
                    yield handler


_HOLDERS = ("socket", "socket.socket", "select", "select.select")


@rule("wrong-object", "error", 87)
def wrong_object(program: Program) -> Iterator[Hit]:
    """`{name}` is the {what} itself and no socket that was made.

    Why: The module, or the class, has no such method, or wants an object: AttributeError or TypeError.
    Chinese: `{name}` 是{what_zh}本身，不是创建出来的套接字。模块或类没有这个方法，或缺少对象：AttributeError 或 TypeError。
    Cure: sockfd.{method}(...)
    netio: tcp.listen

    Wrong::

        import socket
        sockfd = socket.socket()
        sockfd.close()
        socket.close()

    Right::

        import socket
        sockfd = socket.socket()
        sockfd.close()
    """
    for node in program.all(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        names = {thing.facts.get("name") for thing in program.value(node.value)}
        if names == {"socket.socket"} and node.attr in known.MODULES["socket"] - known.METHODS["socket"]:
            yield node, {"name": program.source(node.value), "what": "class", "what_zh": "类", "method": node.attr}
    methods = BARE | {"close", "setsockopt", "settimeout", "getsockname"}
    for call in program.calls(
        *(f"{name}.{method}" for name in ("socket", "socket.socket", "select", "select.select") for method in methods)
    ):
        if (
            call.name == "socket.close"
            and len(call.node.args) == 1
            or call.name.startswith("socket.socket.")
            and call.args
        ):
            if call.name != "socket.socket.bind":
                continue
        func = call.node.func
        what = "class" if call.name.startswith("socket.socket.") else "module"
        if isinstance(func, ast.Attribute) and not any(call.on):
            yield call.node, {
                "name": program.source(func.value),
                "what": what,
                "method": func.attr,
                "what_zh": "类" if what == "class" else "模块",
            }
