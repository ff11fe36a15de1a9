"""Mixtures: bytes with str, a pair for its first part, a method for its result, text for a number."""

from __future__ import annotations

import ast
import socket
from typing import Iterator

from .. import known
from ..findings import Hit, rule
from ..program import Program
from ..values import SOCKETS, Thing, Value, constants, is_only

_BOTH = "split rsplit partition rpartition startswith endswith replace find index count strip lstrip rstrip".split()
_TAKES_DATA = ("send", "sendall", "sendto", "write")


def _certain(program: Program, node: ast.AST, kind: str) -> bool:
    """True where an expression is of this kind for sure."""
    value = program.value(node)
    return is_only(value, kind) and not program.is_rebound(node) and not any(_is_guess(thing) for thing in value)


def _is_guess(thing: Thing) -> bool:
    return any(origin.facts.get("swapped") or "sock" in origin.facts and origin.facts["sock"].facts.get("assumed")
               for origin in thing.origins())


@rule("bytes-with-str", "error", 13)
def bytes_with_str(program: Program) -> Iterator[Hit]:
    """bytes and str are mixed in `{code}`.

    Why: Python never turns one into the other by itself: TypeError. What `recv` returns are bytes.
    Chinese: `{code}` 混用了字节串和 str。Python 不会自动转换两者：TypeError。`recv` 返回的是字节串。
    Cure: {cure}
    netio: tcp.recv_frame

    Wrong::

        data = "hello".encode()
        print("got: " + data)

    Right::

        data = "hello".encode()
        print("got: " + data.decode())
    """
    if program.is_library:
        return
    for node, bytes_part, str_part in _mixed(program):
        constant_text = isinstance(str_part, ast.Constant) and str(str_part.value).isascii()
        to_bytes = not isinstance(node, ast.BinOp) and constant_text
        cure = f"b{program.source(str_part)}" if to_bytes else f"{program.source(bytes_part)}.decode()"
        yield node, {"code": program.source(node), "cure": cure}


def _mixed(program: Program) -> Iterator[tuple[ast.AST, ast.AST, ast.AST]]:
    """Yield (node, its part that is bytes, its part that is str)."""
    for node in program.nodes:
        pairs: list[tuple[ast.AST, ast.AST]] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            pairs = [(node.left, node.right), (node.right, node.left)]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)) and len(node.ops) == 1:
            pairs = [(node.comparators[0], node.left), (node.left, node.comparators[0])]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in _BOTH:
                pairs = [(node.func.value, node.args[0]), (node.args[0], node.func.value)]
        for first, second in pairs:
            if _certain(program, first, "bytes") and _certain(program, second, "str"):
                yield node, first, second


@rule("bytes-as-text", "hint", 13)
def bytes_as_text(program: Program) -> Iterator[Hit]:
    """`{name}` is bytes, and goes into the text that is sent as b'...'.

    Why: Formatting calls `str`, which writes the bytes as Python source: the peer gets b'hello' and not hello.
    Chinese: `{name}` 是字节串，格式化后发出去的文字里会带 b'...'。格式化时调用 `str`，写出的是 Python 源码的形式：对方收到 b'hello' 而不是 hello。
    Cure: {name}.decode()
    netio: tcp.recv_frame

    Wrong::

        data = "hello".encode()
        answer = f"got {data}".encode()
        print(len(answer))

    Right::

        data = "hello".encode()
        answer = f"got {data.decode()}".encode()
        print(len(answer))
    """
    for call in program.calls("str.encode"):
        made = {id(thing.node) for text in call.on for thing in text.origins()}
        for node in program.all(ast.JoinedStr, ast.BinOp, ast.Call) if not program.is_library else ():
            if id(node) in made:
                for part in _formatted(program, node):
                    if _certain(program, part, "bytes"):
                        yield part, {"name": program.source(part), "severity": "warning"}


def _formatted(program: Program, node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is put into a text as `str` shows it."""
    if isinstance(node, ast.JoinedStr):
        yield from (p.value for p in node.values if isinstance(p, ast.FormattedValue) and p.conversion == -1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _certain(program, node.left, "str"):
        if "%r" not in program.source(node.left):
            yield from node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    elif isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr == "format" and "!r" not in program.source(func.value):
            yield from node.args
        elif isinstance(func, ast.Name) and func.id == "str" and len(node.args) == 1:
            yield from node.args


@rule("pair-for-one", "error", 19)
def pair_for_one(program: Program) -> Iterator[Hit]:
    """`{name}` is the pair that `{method}` returned, and not its first part.

    Why: `accept` returns (socket, address) and `recvfrom` (data, address): AttributeError: 'tuple' object has no
    attribute '{wanted}'.
    Chinese: `{name}` 是 `{method}` 返回的二元组，不是其中的第一个。`accept` 返回 (套接字, 地址)，`recvfrom` 返回 (数据, 地址)：
    AttributeError: 'tuple' object has no attribute '{wanted}'。
    Cure: {name}, address = sock.{method}({size})
    netio: udp.serve

    Wrong::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            conn = listener.accept()
            conn.close()

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            conn, address = listener.accept()
            conn.close()
    """
    made = {id(call.node): call
            for call in program.calls(*(f"{kind}.{name}" for kind in SOCKETS for name in ("accept", "recvfrom")))}
    seen: set[int] = set()
    for node in program.all(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        calls = [made.get(id(thing.node)) for thing in program.value(node.value) if thing.kind == "tuple"]
        first = calls[0] if calls else None
        if first is None or None in calls or len(calls) < len(program.value(node.value)) or hasattr((), node.attr):
            continue
        if id(first.node) in seen:
            continue
        seen.add(id(first.node))
        size = program.source(first.node.args[0]) if first.node.args else ""
        method = first.name.partition(".")[2]
        blanks = {"name": program.source(node.value), "method": method, "wanted": node.attr, "size": size}
        yield node, blanks


@rule("wrong-port", "error", 80)
def wrong_port(program: Program) -> Iterator[Hit]:
    """`{port}` is no port: a port is an int from 0 to 65535.

    Why: A text raises TypeError: 'str' object cannot be interpreted as an integer, another number OverflowError.
    Chinese: `{port}` 不是端口：端口是 0 到 65535 的整数。字符串会抛出 TypeError: 'str' object cannot be interpreted as an integer，
    超出范围的数会抛出 OverflowError。
    Cure: {right}
    netio: tcp.connect

    Wrong::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", "8888"))

    Right::

        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 8888))
    """
    methods = [f"{kind}.{name}" for kind in SOCKETS for name in ("bind", "connect", "connect_ex", "sendto")]
    of_netio = ("tcp.connect", "tcp.listen", "udp.connect", "udp.bind", "udp.request", "udp.serve")
    made = [f"netio.{name}" for name in of_netio]
    also_names = ("socket.create_connection",)  # looks the port up, so that "80" and "http" are ports, too
    for call in program.calls(*methods, "socket.create_server", *also_names, *made):
        if any("AF_" in program.source(sock.node) and "AF_INET" not in program.source(sock.node) for sock in call.on):
            continue
        address = call.arg(len(call.args) - 1 if call.name.endswith("sendto") else 0, "address")
        for pair in address:
            wrong = _wrong_port(pair.elements.get(1, frozenset())) if pair.kind == "tuple" else None
            node = pair.node.elts[1] if wrong and isinstance(pair.node, ast.Tuple) and len(pair.node.elts) > 1 else None
            if node is None and pair.kind == "tuple" and isinstance(pair.node, ast.Tuple) and len(pair.node.elts) == 2:
                argument = program.source(pair.node.elts[1])
                wrong, node = ("str", pair.node.elts[1]) if argument.startswith("sys.argv[") else (None, None)
            if wrong == "number" or wrong == "str" and call.name not in also_names:
                text = program.source(node)
                quoted = isinstance(node, ast.Constant) and str(node.value).isdigit()
                right = str(getattr(node, "value")) if quoted else f"int({text})"
                yield call.node, {"port": text, "right": "8888" if wrong == "number" else right}
                break


def _wrong_port(port: Value) -> str:
    if is_only(port, "str") and not any(thing.facts.get("const") == "" for thing in port):
        return "str"
    numbers = constants(port)
    outside = [number for number in numbers if isinstance(number, int) and not 0 <= number <= 65535]
    return "number" if outside and len(outside) == len(port) else ""


@rule("late-call", "error", 87)
def late_call(program: Program) -> Iterator[Hit]:
    """`{name}` comes in the wrong place: {order}.

    Why: The system refuses: OSError: [Errno 22] Invalid argument.
    Chinese: `{name}` 的位置不对：{order_zh}。系统会拒绝：OSError: [Errno 22] Invalid argument。
    Cure: bind, listen, accept; a client: connect
    Chinese cure: 服务器依次 bind、listen、accept；客户端只要 connect
    netio: tcp.listen

    Wrong::

        import socket
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 8888))
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
    listens = any(call.name.endswith(".listen") and not call.on for call in program.flow.calls)
    for sock in program.of_kind("tcp", "socket"):
        bound = list(program.calls_on(sock, "bind"))
        if bound and not listens and not sock.facts.get("listening") and not any(program.calls_on(sock, "listen")):
            for call in program.calls_on(sock, "accept"):
                if len(call.on) == 1 and call.scope is bound[0].scope:
                    yield call.node, _order(program, call.node, "accept needs listen before it", "accept 之前要先 listen")
                    break
        for call in bound:
            for earlier in program.calls_on(sock, "listen", "connect"):
                if earlier.node.lineno < call.node.lineno and any(
                    program.inside(call.node, later) for later in program.following(earlier.node)
                ):
                    name = earlier.name.partition(".")[2]
                    yield call.node, _order(program, call.node, f"bind belongs before {name}", f"bind 要在 {name} 之前")
                    break


def _order(program: Program, node: ast.Call, order: str, order_zh: str) -> dict[str, str]:
    return {"name": program.source(node.func), "order": order, "order_zh": order_zh}


def uncalled(program: Program) -> Iterator[ast.Attribute]:
    """Yield the methods that are used as if they were their results."""
    for node in program.all(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        above = program.parent(node)
        if isinstance(node.ctx, ast.Load) and _is_method(program, node) and _is_used(program, node, above):
            yield node


def _is_method(program: Program, node: ast.Attribute) -> bool:
    value = program.value(node.value)
    if is_only(value, "str", "bytes"):
        return all(callable(getattr(str if thing.kind == "str" else bytes, node.attr, None)) for thing in value)
    groups = {"socket" if thing.kind in SOCKETS else thing.kind for thing in value}
    plain = node.attr in ("timeout", "family", "type", "proto")
    methods = ((dir(socket.socket) if group == "socket" else _METHODS.get(group, ())) for group in groups)
    return bool(groups) and not plain and all(node.attr in names for names in methods)


_METHODS = {
    "process": ("start", "join", "is_alive", "terminate", "kill", "close"),
    "thread": ("start", "join", "is_alive"),
    "lock": known.METHODS["lock"],
    "queue": ("get", "put", "qsize", "empty", "full"),
    "pipe": ("recv", "send", "poll", "close"),
    "event": known.METHODS["event"],
    "file": ("read", "readline", "readlines", "write", "close", "flush", "tell"),
}


def _is_used(program: Program, node: ast.Attribute, above: ast.AST | None) -> bool:
    """True where only a result makes sense: unpacked, compared, printed, sent, or kept and never called."""
    if isinstance(above, ast.Assign):
        target = above.targets[0]
        return isinstance(target, ast.Tuple) or isinstance(target, ast.Name) and not _is_alias(program, target.id)
    if isinstance(above, ast.Call) and node in above.args:
        func = above.func
        is_builtin = isinstance(func, ast.Name) and func.id in ("print", "len", "int", "float")
        return is_builtin or isinstance(func, ast.Attribute) and func.attr in _TAKES_DATA
    if isinstance(above, ast.Compare):
        return all(isinstance(op, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for op in above.ops) and not any(
            isinstance(side, ast.Attribute) and side.attr == node.attr and side is not node
            for side in (above.left, *above.comparators)
        )
    return isinstance(above, (ast.BinOp, ast.FormattedValue, ast.Subscript)) and not program.is_library


def _is_alias(program: Program, name: str) -> bool:
    """True for a name that is called somewhere, or handed on."""
    for node in program.all(ast.Name):
        above = program.parent(node)
        if getattr(node, "id") == name and isinstance(getattr(node, "ctx"), ast.Load):
            printed = isinstance(above, ast.Call) and program.source(above.func) in ("print", "len", "int")
            sent = isinstance(above, ast.Call) and program.source(above.func).rpartition(".")[2] in _TAKES_DATA
            result = isinstance(above, (ast.BinOp, ast.FormattedValue, ast.Attribute, ast.Compare))
            if not (printed or sent or result):
                return True
    return program.is_library


@rule("descriptor-is-socket", "error")
def descriptor_is_socket(program: Program) -> Iterator[Hit]:
    """`{code}` is never true: one side is a descriptor, which is a number, and the other a socket.

    Why: `poll` gives the numbers that `fileno()` returns; the branch of the listening socket is never taken.
    Chinese: `{code}` 永远不成立：一边是文件描述符（整数），另一边是套接字对象。`poll` 给出的是 `fileno()` 返回的整数，监听套接字的分支永远不会执行。
    Cure: {number} == {sock}.fileno()
    netio: concurrency.Server

    Wrong::

        import select
        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            watch = select.poll()
            watch.register(listener, select.POLLIN)
            for fd, event in watch.poll():
                if fd is listener:
                    print("a client")

    Right::

        import select
        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            watch = select.poll()
            watch.register(listener, select.POLLIN)
            for fd, event in watch.poll():
                if fd == listener.fileno():
                    print("a client")
    """
    for node in program.all(ast.Compare):
        assert isinstance(node, ast.Compare)
        if isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) and len(node.ops) == 1:
            for number, sock in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
                numbers = program.value(number)
                if is_only(program.value(sock), *SOCKETS) and is_only(numbers, "int") and all(
                        thing.facts.get("descriptor") for thing in numbers):
                    yield node, {"code": program.source(node), "number": program.source(number),
                                 "sock": program.source(sock)}
