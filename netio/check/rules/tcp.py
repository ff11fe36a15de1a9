"""TCP: what one `send` and one `recv` do, the two sockets of a server, ends, options and addresses."""

from __future__ import annotations

import ast
from typing import Iterator

from .. import known
from ..findings import Hit, rule
from ..program import Program
from ..values import Call, Thing, Value, constant, constants, is_only, kinds
from .text import BARE, makes_names

_EXCHANGE = ("recv", "send", "sendall")


def listeners(program: Program) -> list[Thing]:
    """Return the sockets that listen or accept."""
    return [sock for sock in program.of_kind("tcp", "socket")
            if sock.facts.get("listening") or any(call.live for call in program.calls_on(sock, "listen", "accept"))]


def connections(program: Program) -> list[Thing]:
    """Return the sockets that `accept` gave."""
    return [sock for sock in program.of_kind("tcp") if sock.facts.get("accepted")]


def clients(program: Program) -> list[Thing]:
    """Return the sockets that connect."""
    return [sock for sock in program.of_kind("tcp") if any(program.calls_on(sock, "connect", "connect_ex"))
            or sock.facts.get("connected") and not sock.facts.get("pair")]


def received(value: Value, kind: str = "tcp") -> list[Thing]:
    """Return the chunks that a value is or was made from, by decoding, cutting or splitting only."""
    found = []
    for thing in value:
        origins = thing.origins()
        if not any(origin.facts.get("summed") or origin.facts.get("joined") for origin in origins):
            found += [origin for origin in origins if origin.facts.get("received") == kind]
    return found


def collected(program: Program, chunk: Thing) -> bool:
    """True where a chunk is added to those before it, so that messages are put together."""
    for node in program.nodes:
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, ast.Add)
            and any(chunk in thing.origins() for thing in program.value(node.value))
        ):
            return True
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and any(thing.kind in ("bytes", "str") and chunk in thing.origins() for thing in program.value(node.right))
            and (isinstance(program.parent(node), ast.Assign))
            and _adds_to_itself(program, node)
        ):
            return True
    return any(call.name.endswith((".append", ".write", ".extend", ".feed")) and chunk in thing.origins()
               and thing.kind == "bytes" for call in program.flow.calls for value in call.args for thing in value)


def _adds_to_itself(program: Program, node: ast.BinOp) -> bool:
    assign = program.parent(node)
    assert isinstance(assign, ast.Assign)
    return any(program.source(target) == program.source(node.left) for target in assign.targets)


def exact(program: Program, chunk: Thing) -> bool:
    """True where the length of what came is counted, so that the rest of a message is waited for."""
    for call in program.calls("len"):
        if any(chunk in thing.origins() for value in call.args for thing in value):
            above = program.parent(call.node)
            if isinstance(above, (ast.AugAssign, ast.BinOp)):
                return True
            if isinstance(above, ast.Compare) and constant(program.value(above.comparators[0])) not in (0, 1):
                return True
    return any(thing.facts.get("name") == "socket.MSG_WAITALL"
               for call in [program.value(part) for part in getattr(chunk.node, "args", [])[1:]] for thing in call)


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


@rule("recv-as-message", "warning", 56)
def recv_as_message(program: Program) -> Iterator[Hit]:
    """One `recv` is taken for one message.

    Why: TCP is a stream: one `recv` returns a part of a message, or several at once (sticky packets).
    Chinese: 把一次 `recv` 当成了一条消息。TCP 是字节流：一次 `recv` 可能只收到半条，也可能是连在一起的几条（粘包）。
    Cure: read up to a line end: reader = sock.makefile(encoding='utf-8'); line = reader.readline()
    Chinese cure: 读到换行为止：reader = sock.makefile(encoding='utf-8'); line = reader.readline()
    netio: tcp.recv_frame

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            text = sock.recv(1024).decode("ascii")
            name, score = text.split(",")
            print(name, score)

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            with sock.makefile(encoding="utf-8") as reader:
                name, score = reader.readline().split(",")
            print(name, score)
    """
    used: dict[Thing, ast.AST] = {}
    for node in _message_uses(program):
        for chunk in received(program.value(node)):
            used.setdefault(chunk, node)
    for chunk in used:
        if (
            not collected(program, chunk)
            and not exact(program, chunk)
            and chunk.node is not None
            and not _one_byte(program, chunk)
            and not _is_request(program, chunk)
        ):
            yield chunk.node


def _one_byte(program: Program, chunk: Thing) -> bool:
    arguments = getattr(chunk.node, "args", [])
    return bool(arguments) and constant(program.value(arguments[0])) == 1


def _is_request(program: Program, chunk: Thing) -> bool:
    """True for a request of HTTP, which has a rule of its own."""
    return any("HTTP/1" in str(thing.facts.get("const", "")) for thing in program.of_kind("str", "bytes"))


def _message_uses(program: Program) -> Iterator[ast.AST]:
    """Yield what is used as a whole message: compared, split, parsed, looked up or run."""
    for node in program.nodes:
        if isinstance(node, ast.Compare):
            for left, right, op in zip([node.left, *node.comparators], node.comparators, node.ops):
                if isinstance(op, (ast.Eq, ast.NotEq)):
                    yield from (side for side, other in ((left, right), (right, left)) if _is_word(program, other))
                elif isinstance(op, (ast.In, ast.NotIn)):
                    yield left
        elif isinstance(node, ast.Call):
            name = program.source(node.func)
            last = name.rpartition(".")[2]
            if last in ("split", "startswith", "endswith", "partition", "rsplit") and isinstance(
                node.func, ast.Attribute
            ):
                if not (last == "endswith"):
                    yield node.func.value
            elif name in ("int", "float", "eval", "exec", "open", "ast.literal_eval") or last in (
                "loads",
                "literal_eval",
            ):
                yield from node.args
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            if any(thing.kind == "dict" for thing in program.value(node.value)):
                yield node.slice
            elif isinstance(node.slice, ast.Slice) and node.slice.upper is None:
                continue
            elif is_only(program.value(node.value), "bytes", "str") and not any(
                thing.facts.get("piece") for thing in program.value(node.value)
            ):
                yield node.value


def _is_word(program: Program, node: ast.AST) -> bool:
    value = program.value(node)
    found = constants(value)
    return (not value or any(isinstance(item, (str, bytes)) and item for item in found)
            or is_only(value, "str", "bytes") and (not found))


@rule("decode-chunk", "warning", 56)
def decode_chunk(program: Program) -> Iterator[Hit]:
    """A chunk of the stream is decoded by itself; it may end inside a character.

    Why: A character like 中 has three bytes in UTF-8; a chunk that ends after the first raises UnicodeDecodeError.
    Chinese: 单独解码一次 `recv` 收到的数据，它可能断在一个汉字中间。UTF-8 里一个汉字占三个字节，断开时抛出 UnicodeDecodeError。
    Cure: reader = sock.makefile(encoding='utf-8'); text = reader.readline()
    netio: tcp.recv_frame

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            print(sock.recv(1024).decode())

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            with sock.makefile(encoding="utf-8") as reader:
                print(reader.readline())
    """
    for call in program.calls("bytes.decode"):
        encoding = constant(call.arg(0, "encoding"))
        errors = constant(call.arg(1, "errors"))
        if isinstance(encoding, str) and encoding.lower().replace("-", "") in ("ascii", "latin1", "iso88591", "hex"):
            continue
        if errors in ("ignore", "replace", "backslashreplace"):
            continue
        for chunk in {chunk for thing in call.on for chunk in received(frozenset((thing,)))}:
            if (
                chunk.kind == "bytes"
                and not _parsed(call.on)
                and not collected(program, chunk)
                and not exact(program, chunk)
                and not _one_byte(program, chunk)
            ):
                yield call.node
                break


def _parsed(value: Value) -> bool:
    return any(origin.facts.get("piece") for thing in value for origin in thing.origins())


@rule("marker-alone", "warning", 15)
def marker_alone(program: Program) -> Iterator[Hit]:
    """The end marker is expected alone in a chunk.

    Why: TCP joins what was sent in several pieces: the marker follows the last data in one chunk, or cut in two.
    Chinese: 以为结束标记会单独收到。TCP 会把分几次发送的数据连在一起：标记会跟在数据后面，或被切成两半。
    Cure: send the length first, or close after the last byte and read until b''
    Chinese cure: 先发送长度；或者发完就关闭连接，对方一直读到 b''
    netio: tcp.receive_file

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, open("new.jpg", "wb") as file:
            while True:
                data = sock.recv(1024)
                if not data or data == b"##":
                    break
                file.write(data)

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, open("new.jpg", "wb") as file:
            while True:
                data = sock.recv(1024)
                if not data:
                    break
                file.write(data)
    """
    for node in program.all(ast.Compare):
        assert isinstance(node, ast.Compare)
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            continue
        for side, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
            marker = constant(program.value(other))
            chunks = [thing for thing in program.value(side) if received(frozenset((thing,)))]
            if (
                isinstance(marker, (bytes, str))
                and marker
                and chunks
                and program.loops(node)
                and _is_stored(program, chunks)
            ):
                yield node
                break


def _is_stored(program: Program, chunks: list[Thing]) -> bool:
    """True for chunks that are written to a file or collected: a stream with an end, no commands."""
    origins = {origin for chunk in chunks for origin in chunk.origins() if origin.facts.get("received")}
    if any(collected(program, origin) for origin in origins):
        return True
    return any(origin in thing.origins() for call in program.calls("file.write") for thing in call.arg(0)
               for origin in origins)


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
    for chunk in program.of_kind("bytes"):
        node = chunk.node
        if chunk.facts.get("received") != "tcp" or not isinstance(node, ast.Call) or node not in _live(program):
            continue
        if (
            chunk.tests
            or chunk.facts.get("escapes")
            or _escapes(program, chunk)
            or exact(program, chunk)
            and not _spins(program, chunk)
        ):
            continue
        if _repeats_one_connection(program, chunk):
            yield node


def _live(program: Program) -> set[ast.AST]:
    return {call.node for call in program.socket_calls("recv", "recvfrom") if call.live}


def _spins(program: Program, chunk: Thing) -> bool:
    return True


def _escapes(program: Program, chunk: Thing) -> bool:
    """True where somebody else may test what came."""
    return any(chunk in thing.origins() and thing.facts.get("escapes") for thing in program.of_kind("str", "bytes"))


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
    for node in program.flow.unbound.values():
        if makes_names(program):
            return
        if node.id in BARE and isinstance(program.parent(node), ast.Call):
            yield node, {"name": node.id}


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
            yield sock.node, {"what": what[0], "what_zh": what[1], "name": _target(program, sock)}


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


def _target(program: Program, sock: Thing) -> str:
    statement = program.statement(sock.node) if sock.node else None
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return program.source(target.elts[0] if isinstance(target, ast.Tuple) else target)
    return "socket.socket() as sock"


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

    Why: A closed socket has no descriptor any more: OSError (Bad file descriptor).
    Chinese: `{name}` 关闭之后又被使用。关闭后的套接字没有描述符：OSError (Bad file descriptor)。
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
    for call in program.calls("tcp.close", "udp.close"):
        statement = program.statement(call.node)
        above = program.parent(statement) if statement else None
        body = getattr(above, "body", [])
        if statement not in body or not call.live or not isinstance(call.node.func, ast.Attribute):
            continue
        name = program.source(call.node.func.value)
        for later in body[body.index(statement) + 1 :]:
            if (
                _binds(program, later, name)
                or name.startswith("self.")
                and "self." in program.source(later).replace(name, "")
            ):
                break
            users = [
                other
                for other in program.calls_on(
                    next(iter(call.on)), "recv", "send", "sendall", "accept", "recvfrom", "sendto"
                )
                if program.inside(other.node, later)
                and isinstance(other.node.func, ast.Attribute)
                and program.source(other.node.func.value) == name
                and other.scope is call.scope
            ]
            if users:
                yield users[0].node, {"name": name}
                break


def _binds(program: Program, statement: ast.AST, name: str) -> bool:
    return any(isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store)
               and program.source(node) == name for node in ast.walk(statement))


@rule("sleep-as-framing", "warning", 15)
def sleep_as_framing(program: Program) -> Iterator[Hit]:
    """A pause between sends does not keep messages apart.

    Why: Sticky packets have nothing to do with speed: a slow receiver still gets both in one `recv`.
    Chinese: 在两次发送之间停顿，并不能把消息分开。粘包与快慢无关：接收方慢一点，仍然会一次收到两条。
    Cure: send the length first: sock.sendall(struct.pack('!I', len(data)) + data)
    Chinese cure: 先发送长度：sock.sendall(struct.pack('!I', len(data)) + data)
    netio: tcp.send_frame

    Wrong::

        import socket
        import time
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall(b"name")
            time.sleep(0.1)
            sock.sendall(b"password")

    Right::

        import socket
        import struct
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            for data in (b"name", b"password"):
                sock.sendall(struct.pack("!I", len(data)) + data)
    """
    sends = [call for call in program.socket_calls("send", "sendall") if call.live]
    for call in program.calls("time.sleep"):
        statement = program.statement(call.node)
        loops = program.loops(call.node)
        mine = [send for send in sends if program.function(send.node) is program.function(call.node)]
        before = [send for send in mine if send.node.lineno < call.node.lineno and _beside(program, send, statement)]
        after = [send for send in mine if send.node.lineno > call.node.lineno or loops
                 and program.inside(send.node, loops[0]) and not _waits(program, loops[0])]
        if before and after and not _answers_between(program, before[-1], call):
            yield call.node


def _beside(program: Program, send: Call, statement: ast.AST | None) -> bool:
    """True where a send comes in the same block as a pause, or one out, at most two statements before it."""
    above = program.parent(statement) if statement else None
    for field in ("body", "orelse", "finalbody"):
        body = getattr(above, field, None)
        if isinstance(body, list) and statement in body:
            place = body.index(statement)
            return any(program.inside(send.node, part) for part in body[max(0, place - 2) : place])
    return False


def _waits(program: Program, loop: ast.AST) -> bool:
    """True for a loop that waits for somebody in each turn: its pause is for a person to see."""
    calls = [*program.socket_calls("recv", "accept"), *program.calls("input")]
    return any(program.inside(call.node, loop) for call in calls)


def _answers_between(program: Program, send: Call, pause: Call) -> bool:
    return any(send.node.lineno < call.node.lineno <= pause.node.lineno for call in program.socket_calls("recv")
               if call.scope is pause.scope)


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
                yield place, {"name": _target(program, sock)}


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


@rule("marker-in-data", "warning", 15)
def marker_in_data(program: Program) -> Iterator[Hit]:
    """The end marker {marker} may also be a part of the data.

    Why: A picture or a text may contain the same bytes: the receiver stops there, or the marker is stored as data.
    Chinese: 结束标记 {marker} 也可能是数据的一部分。图片或文字里可能含有同样的字节：接收方会在那里停下，或把标记当成数据存下来。
    Cure: send the length first, or close after the last byte
    Chinese cure: 先发送长度；或者发完就关闭连接
    netio: tcp.send_file

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, open("a.jpg", "rb") as file:
            while True:
                data = file.read(1024)
                if not data:
                    break
                sock.sendall(data)
            sock.sendall(b"##")

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, open("a.jpg", "rb") as file:
            while True:
                data = file.read(1024)
                if not data:
                    break
                sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
    """
    sends = [call for call in program.socket_calls("send", "sendall") if call.live]
    for call in sends:
        marker = constant(call.arg(0))
        origin = next((part for thing in call.arg(0) for part in thing.origins() if "const" in part.facts), None)
        marker = (marker if isinstance(marker, bytes)
                  else origin.facts["const"] if origin and len(call.arg(0)) == 1 else None)
        if not isinstance(marker, (bytes, str)) or not 0 < len(marker) <= 8:
            continue
        for other in sends:
            loops = program.loops(other.node)
            data = any(part.facts.get("read") in ("size", "line") for thing in other.arg(0) for part in thing.origins())
            if (
                other.scope is call.scope
                and other.on & call.on
                and data
                and loops
                and _after_last(program, call, loops[0])
            ):
                yield call.node, {"marker": repr(marker)}
                break


def _after_last(program: Program, call: Call, loop: ast.AST) -> bool:
    """True for a send after a loop, at most three statements on, or in the branch that leaves it."""
    statement = program.statement(call.node)
    above = program.parent(statement) if statement else None
    if program.inside(call.node, loop):
        body = getattr(above, "body", [])
        return isinstance(above, ast.If) and any(isinstance(part, (ast.Break, ast.Return)) for part in body)
    while loop is not None and program.parent(loop) is not above:
        outer = program.parent(loop)
        if not isinstance(outer, (ast.With, ast.Try)):
            return False
        loop = outer
    block = next(
        (b for b in (getattr(above, f, None) for f in ("body", "orelse")) if isinstance(b, list) and loop in b), []
    )
    return statement in block and 0 < block.index(statement) - block.index(loop) <= 3
