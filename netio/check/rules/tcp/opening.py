"""Opening: addresses, options, timeouts."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Call, constant, is_only
from .sockets import clients, listeners, target


@rule("reuse-after-bind", "warning", 16)
def reuse_after_bind(program: Program) -> Iterator[Hit]:
    """SO_REUSEADDR is set after `bind`: too late.

    Why: `bind` is what it changes; set afterwards it helps neither this start nor the next one.
    Chinese: SO_REUSEADDR 在 `bind` 之后才设置，太晚了。它影响的正是 `bind`，之后再设没有作用。
    Cure: move this line up, before bind
    Chinese cure: 把这一行移到 bind 之前
    netio: tcp.listen

    Wrong::

        from socket import *
        sockfd = socket()
        sockfd.bind(("127.0.0.1", 8888))
        sockfd.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        sockfd.listen(5)
        sockfd.close()

    Right::

        from socket import *
        sockfd = socket()
        sockfd.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        sockfd.bind(("127.0.0.1", 8888))
        sockfd.listen(5)
        sockfd.close()
    """
    for call in _reuse_options(program):
        for sock in call.on:
            binds = [other for other in program.calls_on(sock, "bind") if other.scope is call.scope]
            if binds and all(_before(program, other.node, call.node) for other in binds):
                yield call.node


def _before(program: Program, first: ast.AST, second: ast.AST) -> bool:
    return (first.lineno, first.col_offset) < (second.lineno, second.col_offset)  # type: ignore[attr-defined]


def _reuse_options(program: Program) -> Iterator[Call]:
    for call in program.calls("tcp.setsockopt", "udp.setsockopt", "socket.setsockopt"):
        if any("SO_REUSE" in str(thing.facts.get("name")) for thing in call.arg(1)):
            yield call


@rule("no-reuse", "warning", 16)
def no_reuse(program: Program) -> Iterator[Hit]:
    """The server's port cannot be bound again for a minute after its end.

    Why: Connections in TIME_WAIT keep it: the next start fails with "Address already in use" (not on Windows).
    Chinese: 服务器退出后约一分钟内不能再绑定同一端口。连接处于 TIME_WAIT：再次启动时报 Address already in use（Windows 除外）。
    Cure: {sock}.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) before bind
    Chinese cure: 在 bind 之前写 {sock}.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    netio: tcp.listen

    Wrong::

        import socket
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 8888))
            listener.listen()
            conn, address = listener.accept()
            conn.close()

    Right::

        import socket
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 8888))
            listener.listen()
            conn, address = listener.accept()
            conn.close()
    """
    reused = {sock for call in _reuse_options(program) for sock in call.on}
    for listener in listeners(program):
        if listener in reused or listener.facts.get("unix") or listener.facts.get("escapes"):
            continue
        for call in program.calls_on(listener, "bind"):
            ports = {
                constant(thing.elements[1]) for thing in call.arg(0) if thing.kind == "tuple" and 1 in thing.elements
            }
            if ports and 0 not in ports and call.live:
                func = call.node.func
                assert isinstance(func, ast.Attribute)
                yield call.node, {"sock": program.source(func.value)}
                break


@rule("connect-to-any", "warning", 86)
def connect_to_any(program: Program) -> Iterator[Hit]:
    """A client connects to 0.0.0.0, which is no address of a machine.

    Why: It means "all addresses" to `bind`; Windows refuses to connect to it.
    Chinese: 客户端连接 0.0.0.0，而它不是任何机器的地址。它对 `bind` 表示“所有地址”；Windows 上连接会失败。
    Cure: connect(('127.0.0.1', port))
    netio: tcp.connect

    Wrong::

        import socket
        with socket.create_connection(("0.0.0.0", 8888), timeout=5) as sock:
            sock.sendall(b"hello")

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall(b"hello")
    """
    calls = program.calls(
        "tcp.connect", "udp.connect", "socket.connect", "socket.create_connection", "udp.sendto", "tcp.connect_ex"
    )
    for call in calls:
        address = call.args[-1] if call.name == "udp.sendto" and call.args else call.arg(0, "address")
        hosts = {constant(thing.elements.get(0, frozenset())) for thing in address if thing.kind == "tuple"}
        if hosts & {"0.0.0.0", ""} and not hosts - {"0.0.0.0", ""}:
            yield call.node


@rule("no-timeout", "warning", 103)
def no_timeout(program: Program) -> Iterator[Hit]:
    """The client waits for ever if the server is silent: there is no timeout.

    Why: A server that hangs, or a cable that is pulled, gives no error; `recv` just never returns.
    Chinese: 客户端没有设置超时，服务器不出声时会永远等下去。对方卡住或网线断开都不会报错，`recv` 只是一直不返回。
    Cure: {name}.settimeout(10)
    netio: tcp.connect

    Wrong::

        import socket
        with socket.socket() as sock:
            sock.connect(("127.0.0.1", 8888))
            sock.sendall(b"hello")
            print(len(sock.recv(1024)))

    Right::

        import socket
        with socket.socket() as sock:
            sock.settimeout(10)
            sock.connect(("127.0.0.1", 8888))
            sock.sendall(b"hello")
            print(len(sock.recv(1024)))
    """
    if any(program.calls("socket.setdefaulttimeout", "select.select")) or program.imported("select", "selectors"):
        return
    for sock in clients(program):
        if (
            sock.facts.get("timed")
            or sock.facts.get("assumed")
            or any(program.calls_on(sock, "settimeout", "setblocking"))
            or sock.facts.get("escapes")
        ):
            continue
        reads = [call for call in program.calls_on(sock, "recv") if call.live]
        if reads and not all(
            "thread" in call.scope.runs_in or program.in_child(call.node) or "process" in call.scope.runs_in
            for call in reads
        ):
            connect = next(iter(program.calls_on(sock, "connect", "connect_ex")), None)
            place = connect.node if connect else sock.node
            if place is not None:
                yield place, {"name": target(program, sock)}


@rule("fixed-client-port", "warning", 89)
def fixed_client_port(program: Program) -> Iterator[Hit]:
    """The client binds a fixed port: it can run only once, and not again for a minute.

    Why: The port is taken by the first client, and by TIME_WAIT after it; the system finds a free one by itself.
    Chinese: 客户端绑定了固定端口：只能运行一个，退出后一分钟内也不能再运行。不绑定时系统会自动分配空闲端口。
    Cure: leave this line out
    Chinese cure: 删去这一行
    netio: tcp.connect

    Wrong::

        import socket
        with socket.socket() as sock:
            sock.settimeout(5)
            sock.bind(("127.0.0.1", 7777))
            sock.connect(("127.0.0.1", 8888))

    Right::

        import socket
        with socket.socket() as sock:
            sock.settimeout(5)
            sock.connect(("127.0.0.1", 8888))
    """
    for sock in clients(program):
        if any(program.calls_on(sock, "listen", "accept")):
            continue
        for call in program.calls_on(sock, "bind"):
            ports = [
                constant(thing.elements[1]) for thing in call.arg(0) if thing.kind == "tuple" and 1 in thing.elements
            ]
            if ports and all(isinstance(port, int) and port for port in ports):
                yield call.node


@rule("bind-arguments", "error", 80)
def bind_arguments(program: Program) -> Iterator[Hit]:
    """`{name}` takes one argument, the pair (host, port).

    Why: An address is a tuple; without the second brackets it is two arguments: TypeError.
    Chinese: `{name}` 只有一个参数，即二元组 (host, port)。地址是元组，少一层括号就成了两个参数：TypeError。
    Cure: {name}(('127.0.0.1', 8888))
    netio: tcp.listen

    Wrong::

        import socket
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind("127.0.0.1", 8888)

    Right::

        import socket
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", 8888))
    """
    for call in program.calls("tcp.bind", "udp.bind", "tcp.connect", "udp.connect"):
        given = len(call.node.args)
        if any(sock.facts.get("assumed") for sock in call.on):
            continue
        starred = any(isinstance(argument, ast.Starred) for argument in call.node.args)
        if (
            not starred
            and not call.node.keywords
            and given != 1
            or given == 1
            and is_only(call.arg(0), "str", "int")
            and (not next(iter(call.on)).facts.get("unix"))
            and not next(iter(call.on)).facts.get("unsure")
        ):
            yield call.node, {"name": call.name.rpartition(".")[2]}
