"""UDP: datagrams that are lost, cut, empty or bad."""

from __future__ import annotations

import ast
from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Call, Scope, Thing, constant, is_only


def _datagrams(program: Program) -> Iterator[Thing]:
    for thing in program.of_kind("bytes"):
        if thing.facts.get("received") == "udp" and isinstance(thing.node, ast.Call):
            yield thing


@rule("recvfrom-swapped", "error", 19)
def recvfrom_swapped(program: Program) -> Iterator[Hit]:
    """`recvfrom` returns the data first, then the address.

    Why: With the names swapped the address is decoded, and the data taken for an address: AttributeError, TypeError.
    Chinese: `recvfrom` 先返回数据，后返回地址。两个名字写反后，会去解码地址、向数据发送：AttributeError 或 TypeError。
    Cure: data, addr = sockfd.recvfrom(1024)
    netio: udp.receive

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            addr, data = sock.recvfrom(1024)
            print(addr)

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            data, addr = sock.recvfrom(1024)
            print(addr)
    """
    for call in program.calls("udp.recvfrom", "socket.recvfrom", "tcp.recvfrom"):
        above = program.parent(call.node)
        if (
            isinstance(above, ast.Assign)
            and isinstance(above.targets[0], ast.Tuple)
            and len(above.targets[0].elts) == 2
        ):
            first, second = (program.source(part).lower() for part in above.targets[0].elts)
            if ("addr" in first or first == "client") and any(
                word in second for word in ("data", "msg", "mess", "text")
            ):
                yield call.node


@rule("udp-no-timeout", "warning", 103)
def udp_no_timeout(program: Program) -> Iterator[Hit]:
    """A lost datagram is waited for for ever.

    Why: UDP promises nothing: question or answer may be lost, and `recvfrom` then never returns.
    Chinese: 数据报丢失后会一直等下去。UDP 不保证送达：请求或应答丢了，`recvfrom` 就永远不返回。
    Cure: sock.settimeout(2), and send again on TimeoutError
    Chinese cure: sock.settimeout(2)，遇到 TimeoutError 就重发
    netio: udp.request

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"hello", ("127.0.0.1", 8888))
            data, addr = sock.recvfrom(1024)
            print(data)

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(2)
            sock.sendto(b"hello", ("127.0.0.1", 8888))
            data, addr = sock.recvfrom(1024)
            print(data)
    """
    if any(program.calls("socket.setdefaulttimeout", "select.select")) or program.imported("select", "selectors"):
        return
    for sock in program.of_kind("udp"):
        if sock.facts.get("assumed") or any(program.calls_on(sock, "settimeout", "setblocking")) or _is_server(
                program, sock):
            continue
        sends = [call for call in program.calls_on(sock, "sendto", "send")]
        for call in program.calls_on(sock, "recvfrom", "recv"):
            alone = call.scope.runs_in & {"thread", "process"} or program.in_child(call.node)
            if sends and call.live and not alone and any(send.scope is call.scope for send in sends):
                yield call.node
                break


@rule("no-broadcast-option", "error")
def no_broadcast_option(program: Program) -> Iterator[Hit]:
    """A broadcast is sent without SO_BROADCAST.

    Why: The system refuses: PermissionError (Errno 13).
    Chinese: 发送广播前没有设置 SO_BROADCAST。系统会拒绝：PermissionError (Errno 13)。
    Cure: sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    netio: udp.send_broadcast

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"hello", ("255.255.255.255", 9999))

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.sendto(b"hello", ("255.255.255.255", 9999))
    """
    for call in program.calls("udp.sendto"):
        hosts = [constant(thing.elements.get(0, frozenset())) for thing in call.args[-1] if thing.kind == "tuple"]
        to_all = [host for host in hosts if isinstance(host, str) and (host == "<broadcast>" or host.endswith(".255"))]
        allowed = any("SO_BROADCAST" in str(thing.facts.get("name")) for sock in call.on
                      for other in program.calls_on(sock, "setsockopt") for thing in other.arg(1))
        if to_all and not allowed:
            yield call.node


@rule("empty-datagram-end", "warning")
def empty_datagram_end(program: Program) -> Iterator[Hit]:
    """An empty datagram is taken for the end; anybody may send one, and UDP has no end.

    Why: The server stops for all as soon as one client sends nothing.
    Chinese: 把空数据报当成结束；任何人都可以发空数据报，UDP 没有“结束”。只要一个客户端发来空数据报，服务器就为所有人停止。
    Cure: continue
    netio: udp.serve

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            while True:
                data, addr = sock.recvfrom(1024)
                if not data:
                    break
                sock.sendto(data, addr)

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            while True:
                data, addr = sock.recvfrom(1024)
                if not data:
                    continue
                sock.sendto(data, addr)
    """
    for data in _datagrams(program):
        sock = data.facts["sock"]
        if not any(program.calls_on(sock, "bind")) or not any(program.calls_on(sock, "sendto")):
            continue
        for test in data.tests:
            above = program.parent(test)
            node = above if isinstance(above, ast.If) else program.parent(above) if above else None
            if (
                isinstance(node, ast.If)
                and program.loops(node)
                and isinstance(node.body[0], (ast.Break, ast.Return))
                and (isinstance(node.test, ast.UnaryOp) or isinstance(node.test, ast.Compare))
            ):
                if program.source(node.test).startswith("not ") or "b''" in program.source(node.test):
                    yield node
                    break


@rule("bad-datagram-ends-server", "warning", 101)
def bad_datagram_ends_server(program: Program) -> Iterator[Hit]:
    """One bad datagram ends the server: `{what}` may raise, and nothing catches it.

    Why: Anybody may send any bytes; those that are no UTF-8, or no such message, raise in the middle of the loop.
    Chinese: 一个坏数据报就能让服务器退出：`{what}` 可能抛出异常，却没有捕获。任何人都能发来任意字节；不是 UTF-8 或格式不对时，循环中途就抛出异常。
    Cure: except ValueError: continue
    netio: udp.serve

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            while True:
                data, addr = sock.recvfrom(1024)
                print(data.decode())

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            while True:
                data, addr = sock.recvfrom(1024)
                try:
                    print(data.decode())
                except UnicodeDecodeError:
                    continue
    """
    also = frozenset(("UnicodeDecodeError", "ValueError", "UnicodeError", "IndexError", "LookupError", "struct.error"))
    for data in _datagrams(program):
        loops = program.loops(data.node)
        sock = data.facts["sock"]
        if (
            not _is_server(program, sock)
            or not loops
            or not any(program.calls_on(sock, "sendto"))
            and (sock.facts.get("assumed"))
        ):
            continue
        for call in program.calls("bytes.decode", "struct.unpack", "eval"):
            used = call.on if call.name == "bytes.decode" else call.args[-1] if call.args else frozenset()
            if constant(call.arg(1, "errors")) in ("ignore", "replace") and call.name == "bytes.decode":
                continue
            if (
                any(data is thing for thing in used)
                and program.inside(call.node, loops[0])
                and not program.protected(call.node, also=also)
            ):
                yield call.node, {"what": program.source(call.node)}
                break


@rule("none-is-encoded", "error", 21)
def none_is_encoded(program: Program) -> Iterator[Hit]:
    """`{name}` may be None here, and None has no `{method}`.

    Why: The function ends without a result on one way: AttributeError: 'NoneType' object has no attribute.
    Chinese: 这里 `{name}` 可能是 None，而 None 没有 `{method}`。函数有一条路径没有返回值：
    AttributeError: 'NoneType' object has no attribute。
    Cure: if {name} is None: ... (else goes on)
    Chinese cure: 先判断 if {name} is None: ...
    netio: files.look_up

    Wrong::

        def find(word):
            if word == "cat":
                return "an animal"

        answer = find("dog")
        print(answer.encode())

    Right::

        def find(word):
            if word == "cat":
                return "an animal"
            return "not found"

        answer = find("dog")
        print(answer.encode())
    """
    for call in program.calls("str.encode", "str.split", "str.strip", "bytes.decode"):
        func = call.node.func
        if not isinstance(func, ast.Attribute):
            continue
        value = program.value(func.value)
        source = _made_by(program, func.value)
        if (
            source is not None
            and (source.falls_through or any(t.kind == "none" for t in value))
            and not any(thing.tests for thing in value)
            and not program.protected(call.node, also=frozenset(("AttributeError",)))
            and call.live
        ):
            yield call.node, {"name": program.source(func.value), "method": func.attr}
    for node, name, method in _after_test(program):
        yield node, {"name": name, "method": method}


def _after_test(program: Program) -> Iterator[tuple[ast.AST, str, str]]:
    """Yield (node, name, method) where a method is called on what was just found to be empty, and the way goes on."""
    for test in program.all(ast.If):
        assert isinstance(test, ast.If)
        condition = test.test
        if not isinstance(condition, ast.UnaryOp) or not isinstance(condition.operand, ast.Name) or test.orelse:
            continue
        name = condition.operand.id
        goes_on = not isinstance(test.body[-1], (ast.Return, ast.Break, ast.Continue, ast.Raise))
        sets = any(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
                   for part in ast.walk(test))
        if (
            not goes_on
            or sets
            or program.value(condition.operand)
            and not any(thing.kind in ("none", "item") for thing in program.value(condition.operand))
        ):
            continue
        if isinstance(test.body[-1], ast.Expr) and "exit" in program.source(test.body[-1]):
            continue
        for part in (inner for statement in _next(program, test) for inner in ast.walk(statement)):
            if isinstance(part, ast.Attribute) and program.source(part.value) == name and part.attr == "encode":
                yield program.parent(part) or part, name, part.attr
                break


def _next(program: Program, node: ast.stmt) -> list[ast.stmt]:
    block: list[ast.stmt] = next(
        (b for field in ("body", "orelse") for b in [getattr(program.parent(node), field, None)]
         if isinstance(b, list) and node in b),
        [],
    )
    return block[block.index(node) + 1 :][:1] if block else []


def _made_by(program: Program, node: ast.AST) -> Scope | None:
    """Return the function of this program whose result a name is, if it may end without one."""
    calls = (
        [node]
        if isinstance(node, ast.Call)
        else [part.value for part in ast.walk(program.function(node)) if isinstance(part, ast.Assign)
              and any(program.source(target) == program.source(node) for target in part.targets)]
    )
    if len(calls) != 1 or not isinstance(calls[0], ast.Call):
        return None
    for thing in program.value(calls[0].func):
        scope: Scope | None = thing.facts.get("scope")
        if scope is not None and scope.has_return and scope.returns and not isinstance(scope.node, ast.Lambda):
            yields = any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in ast.walk(scope.node))
            return None if yields else scope
    return None


@rule("sends-to-itself", "error", 19)
def sends_to_itself(program: Program) -> Iterator[Hit]:
    """The server sends to the address it is bound to, and so to itself.

    Why: The answer goes into its own queue, comes back as the next request, and the client gets nothing.
    Chinese: 服务器发往自己绑定的地址，也就是发给了自己。应答进入自己的接收队列，又成为下一个请求，而客户端什么也收不到。
    Cure: sock.sendto(data, address)
    netio: udp.serve

    Wrong::

        import socket
        ADDRESS = ("127.0.0.1", 8888)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(ADDRESS)
            while True:
                data, address = sock.recvfrom(1024)
                sock.sendto(data, ADDRESS)

    Right::

        import socket
        ADDRESS = ("127.0.0.1", 8888)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(ADDRESS)
            while True:
                data, address = sock.recvfrom(1024)
                sock.sendto(data, address)
    """
    for sock in program.of_kind("udp"):
        own = [program.source(call.node.args[0]) for call in program.calls_on(sock, "bind") if call.node.args]
        serving = {loop for call in program.calls_on(sock, "recvfrom") for loop in program.loops(call.node)}
        for call in program.calls_on(sock, "sendto") if len(own) == 1 else ():
            to = call.node.args[-1]
            fixed = is_only(program.value(to), "tuple") and not any(t.facts.get("peer") for t in program.value(to))
            if fixed and program.source(to) == own[0] and serving & set(program.loops(call.node)):
                yield call.node


@rule("send-with-address", "error")
def send_with_address(program: Program) -> Iterator[Hit]:
    """`{method}` takes no address; `sendto` does.

    Why: TypeError: the second parameter of `{method}` is flags, a number.
    Chinese: `{method}` 不接受地址，`sendto` 才接受。`{method}` 的第二个参数是 flags（整数）：TypeError。
    Cure: {sock}.sendto({data}, {address})
    netio: udp.Server

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.send(b"hello", ("127.0.0.1", 8888))

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"hello", ("127.0.0.1", 8888))
    """
    for call in program.calls("udp.send", "socket.send", "tcp.send", "udp.sendall", "socket.sendall", "tcp.sendall"):
        if len(call.node.args) == 2 and is_only(call.args[1], "tuple", "address"):
            func = call.node.func
            assert isinstance(func, ast.Attribute)
            data, address = map(program.source, call.node.args)
            yield call.node, {"method": func.attr, "sock": program.source(func.value), "data": data, "address": address}


@rule("udp-has-no-connections", "error")
def udp_has_no_connections(program: Program) -> Iterator[Hit]:
    """UDP has no `{method}`: there are no connections.

    Why: OSError: Operation not supported. A UDP server binds its port and calls `recvfrom`, which says who sent.
    Chinese: UDP 没有 `{method}`：它没有连接。抛出 OSError: Operation not supported。UDP 服务器绑定端口后直接 `recvfrom`，由它告诉是谁发来的。
    Cure: data, addr = {sock}.recvfrom(1024)
    netio: udp.serve

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            sock.listen()

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            print(sock.recvfrom(1024))
    """
    for call in program.calls("udp.listen", "udp.accept"):
        func = call.node.func
        unsure = any(sock.facts.get("unsure") for sock in call.on)
        if isinstance(func, ast.Attribute) and is_only(program.value(func.value), "udp") and not unsure:
            yield call.node, {"method": func.attr, "sock": program.source(func.value)}


@rule("udp-unbound", "error")
def udp_unbound(program: Program) -> Iterator[Hit]:
    """`{name}` is never bound and sends nothing: it has no port, and nobody can send to it.

    Why: On Linux `recvfrom` waits for ever, on Windows it is refused (error 10022).
    Chinese: `{name}` 既没有绑定地址，也没有先发送数据：它没有端口，谁也没法发给它。在 Linux 上 `recvfrom` 会一直等，Windows 则拒绝（错误 10022）。
    Cure: {name}.bind(("0.0.0.0", 8888))
    netio: udp.bind

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(60)
            print(sock.recvfrom(1024))

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
            print(sock.recvfrom(1024))
    """
    for sock in program.of_kind("udp"):
        if any(sock.facts.get(fact) for fact in ("escapes", "assumed", "unsure", "unix", "fromfd")):
            continue
        call = _first_receive(program, sock)
        if call is not None and len(call.on) == 1 and not _has_port(program, sock, call):
            yield call.node, {"name": program.source(getattr(call.node.func, "value"))}


def _is_server(program: Program, sock: Thing) -> bool:
    """True for a socket that is bound, or should be: it receives before it sends."""
    call = _first_receive(program, sock)
    return any(program.calls_on(sock, "bind")) or call is not None and not _has_port(program, sock, call)


def _first_receive(program: Program, sock: Thing) -> Call | None:
    return next(program.calls_on(sock, "recvfrom", "recv", "recvfrom_into", "recv_into"), None)


def _has_port(program: Program, sock: Thing, receive: Call) -> bool:
    """True where a socket is bound, or sends before it receives: both give it a port."""
    sends = (call for call in program.calls_on(sock, "sendto", "sendmsg")
             if call.scope is not receive.scope or call.node.lineno <= receive.node.lineno)
    return any(program.calls_on(sock, "bind", "connect", "connect_ex")) or any(sends)
