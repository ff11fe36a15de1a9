"""Messages in a stream: one `recv` is no message, and a marker needs care."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Call, Thing, Value, constant, constants, is_only
from .chunks import collected, exact, one_byte, received


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
            and not one_byte(program, chunk)
            and not _is_request(program, chunk)
        ):
            yield chunk.node


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
                and not one_byte(program, chunk)
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
    of_data = [(call, loops) for call in sends if (loops := program.loops(call.node)) and any(
        part.facts.get("read") in ("size", "line") for thing in call.arg(0) for part in thing.origins())]
    for call in sends:
        marker = constant(call.arg(0))
        origin = next((part for thing in call.arg(0) for part in thing.origins() if "const" in part.facts), None)
        marker = (marker if isinstance(marker, bytes)
                  else origin.facts["const"] if origin and len(call.arg(0)) == 1 else None)
        if not isinstance(marker, (bytes, str)) or not 0 < len(marker) <= 8:
            continue
        for other, loops in of_data:
            if other.scope is call.scope and other.on & call.on and _after_last(program, call, loops[0]):
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
