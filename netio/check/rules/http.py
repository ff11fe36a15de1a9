"""HTTP written by hand: line ends, lengths, requests in pieces, paths."""

from __future__ import annotations

import ast
import re
from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Thing, constant, constants
from .tcp.chunks import collected

_STATUS = re.compile(r"\s*HTTP/1\.[01] \d")
_HEAD = re.compile(_STATUS.pattern + r"|(GET|HEAD|POST|PUT|DELETE) \S+ HTTP/1\.[01]\r?\n")  # or of a request


def _responses(program: Program, pattern: re.Pattern[str] = _STATUS) -> Iterator[tuple[ast.AST, str]]:
    """Yield (node, text) of the constants that begin a response, or what else a pattern finds."""
    for node in program.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if pattern.match(text):
                yield node, text


@rule("bare-newline", "error", 22)
def bare_newline(program: Program) -> Iterator[Hit]:
    """The lines of an HTTP response end in CR LF; these end in LF alone.

    Why: A bare newline ends no header line by the standard; strict clients refuse the response.
    Chinese: HTTP 响应的每一行以 CR LF 结尾，这里只有 LF。按标准，单独的换行符不结束头部行；严格的客户端会拒绝这个响应。
    Cure: 'HTTP/1.1 200 OK\\r\\n'
    netio: http.Response

    Wrong::

        response = "HTTP/1.1 200 OK\\nContent-Length: 2\\n\\nhi"
        print(response)

    Right::

        response = "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"
        print(response)
    """
    for node, text in _responses(program):
        above = program.parent(node)
        if (
            "\n" in text
            and "\r\n" not in text
            and "\\r\\n" not in program.source(above if isinstance(above, ast.Call) else None)
        ):
            yield node


@rule("no-length", "warning", 22)
def no_length(program: Program) -> Iterator[Hit]:
    """The response says no length, and the connection stays open: the browser waits for more.

    Why: Without Content-Length the end of the connection is the end of the body.
    Chinese: 响应没有说明长度，连接又没有关闭：浏览器会一直等。没有 Content-Length 时，连接关闭才表示响应体结束。
    Cure: Content-Length: %d % len(body) (bytes), or close the connection after it
    Chinese cure: 写上 Content-Length: %d % len(body)（按字节计），或者发完就关闭连接
    netio: http.Response

    Wrong::

        import socket

        def answer(conn):
            conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\nhi")

    Right::

        import socket

        def answer(conn):
            with conn:
                conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\nhi")
    """
    if any("content-length" in str(thing.facts.get("const")).lower()
           or "chunked" in str(thing.facts.get("const")).lower() for thing in program.of_kind("str", "bytes")):
        return
    closed = any(program.socket_calls("close", "shutdown")) or any(t.facts.get("with") for t in program.of_kind("tcp"))
    live = any(
        call.live
        for call in program.socket_calls("close", "shutdown")
        for sock in call.on
        if sock.facts.get("accepted")
    ) or any(t.facts.get("with") for t in program.of_kind("tcp") if t.facts.get("accepted") or t.facts.get("assumed"))
    if any(program.socket_calls("send", "sendall")) and not (closed and live):
        for node, _ in _responses(program):
            yield node
            return


@rule("length-of-text", "error", 62)
def length_of_text(program: Program) -> Iterator[Hit]:
    """Content-Length counts bytes; here characters are counted.

    Why: 中 is one character and three bytes: the client stops reading too early.
    Chinese: Content-Length 是字节数，这里数的是字符。一个汉字是一个字符、三个字节：客户端会提前停止读取。
    Cure: len({name}.encode())
    netio: http.Response

    Wrong::

        body = input()
        print("Content-Length: %d\\r\\n" % len(body))

    Right::

        body = input().encode()
        print("Content-Length: %d\\r\\n" % len(body))
    """
    for call in program.calls("len"):
        if not call.args or not call.args[0] or any(thing.kind != "str" for thing in call.args[0]):
            continue
        text = constant(call.args[0])
        if isinstance(text, str) and text.isascii():
            continue
        statement = program.statement(call.node)
        if (
            statement is not None
            and re.search(r"content-length\s*:\s*([%{'\"]|\\)", program.source(statement).lower())
            and not hasattr(statement, "body")
        ):
            yield call.node, {"name": program.source(call.node.args[0])}


def _requests(program: Program) -> list[Thing]:
    """Return the chunks that are read as requests by a program that writes HTTP."""
    if not any(True for _ in _responses(program)):
        return []
    return [
        thing
        for thing in program.of_kind("bytes")
        if thing.facts.get("received") == "tcp"
        and (thing.facts["sock"].facts.get("accepted") or thing.facts["sock"].facts.get("assumed")
             or any(program.calls_on(thing.facts["sock"], "listen")))
    ]


@rule("one-recv-request", "warning", 23)
def one_recv_request(program: Program) -> Iterator[Hit]:
    """One `recv` is taken for a whole request.

    Why: A request may come in pieces, or be longer than the buffer: cookies alone may be 8 KiB.
    Chinese: 把一次 `recv` 当成了完整的请求。请求可能分几次到达，也可能比缓冲区长：仅 Cookie 就可能有 8 KiB。
    Cure: read until b'\\r\\n\\r\\n' has come
    Chinese cure: 一直读到 b'\\r\\n\\r\\n' 为止
    netio: http.recv_request

    Wrong::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            conn, address = listener.accept()
            with conn:
                request = conn.recv(1024)
                print(request)
                conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            conn, address = listener.accept()
            with conn:
                request = b""
                while b"\\r\\n\\r\\n" not in request:
                    data = conn.recv(1024)
                    if not data:
                        break
                    request += data
                conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
    """
    for chunk in _requests(program):
        if isinstance(program.parent(chunk.node) if chunk.node else None, (ast.While, ast.Expr, ast.UnaryOp)):
            continue  # what is left over is read and thrown away
        if not collected(program, chunk) and chunk.node is not None:
            yield chunk.node


@rule("split-may-be-empty", "error", 23)
def split_may_be_empty(program: Program) -> Iterator[Hit]:
    """`[{index}]` of what may be empty: a browser's spare connection sends nothing.

    Why: `''.split()` has no such element: IndexError ends the server.
    Chinese: 对可能为空的结果取 `[{index}]`：浏览器的备用连接什么也不发送。`''.split()` 没有这个元素：IndexError 会让服务器退出。
    Cure: test for b'' and the number of parts first
    Chinese cure: 先判断是不是 b''，以及分成了几部分
    netio: http.recv_request

    Wrong::

        import socket
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 8888))
            listener.listen()
            conn, address = listener.accept()
            with conn, conn.makefile("r", encoding="latin-1") as reader:
                target = reader.readline().split()[1]
                conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
                print(target)

    Right::

        import socket
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 8888))
            listener.listen()
            conn, address = listener.accept()
            with conn, conn.makefile("r", encoding="latin-1") as reader:
                parts = reader.readline().split()
                if len(parts) == 3:
                    conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
    """
    for node in program.all(ast.Subscript):
        assert isinstance(node, ast.Subscript)
        index = constant(program.value(node.slice)) if not isinstance(node.slice, ast.Slice) else None
        if not isinstance(index, int) or index == 0 or not isinstance(node.ctx, ast.Load):
            continue
        lists = [thing for thing in program.value(node.value) if thing.kind == "list" and thing.facts.get("pieces")]
        pieces = [piece for thing in lists for piece in thing.elements.get("*", frozenset())]
        origins = {origin for piece in pieces for origin in piece.origins()}
        network = [o for o in origins
                   if o.facts.get("received") == "tcp" or o.facts.get("file") and o.facts["file"].facts.get("network")]
        if (
            network
            and not any(o.tests for o in origins)
            and not any(p.tests for t in lists for p in (t,))
            and any(True for _ in _responses(program))
            and not program.protected(node, also=frozenset(("IndexError", "LookupError")))
        ):
            yield node, {"index": index}


@rule("path-from-network", "error", 60)
def path_from_network(program: Program) -> Iterator[Hit]:
    """A path out of the network is opened unchecked.

    Why: `../../etc/passwd` leaves the folder: anybody reads, or overwrites, any file of the server's user.
    Chinese: 未经检查就打开了从网络收到的路径。`../../etc/passwd` 会跳出文件夹：任何人都能读写服务器用户的任何文件。
    Cure: name = os.path.basename(name)
    netio: http.StaticFiles

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, sock.makefile("rb") as reader:
            name = reader.readline().decode()
            with open("files/" + name, "rb") as file:
                sock.sendfile(file)

    Right::

        import os
        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, sock.makefile("rb") as reader:
            name = os.path.basename(reader.readline().decode())
            with open("files/" + name, "rb") as file:
                sock.sendfile(file)
    """
    for call in program.calls("open", "os.remove", "os.listdir", "os.unlink"):
        for thing in call.arg(0, "file"):
            origins = thing.origins()
            network = any(o.facts.get("received") or o.facts.get("file") and o.facts["file"].facts.get("network")
                          for o in origins)
            cleaned = any(isinstance(o.node, ast.Call) and "basename" in program.source(o.node.func) for o in origins)
            if network and not cleaned and not _is_checked(program, call.node, origins):
                yield call.node
                break


def _is_checked(program: Program, node: ast.AST, origins: set[Thing]) -> bool:
    """True where a name is compared with what is allowed, or its real path is looked at."""
    for part in program.all(ast.Compare):
        assert isinstance(part, ast.Compare)
        if isinstance(part.ops[0], (ast.In, ast.NotIn)):
            sides = (part.left, *part.comparators)
            if any(origins & thing.origins() for side in sides for thing in program.value(side)):
                return True
    checks = {
        "realpath",
        "abspath",
        "commonpath",
        "resolve",
        "relative_to",
        "secure_filename",
        "normpath",
        "is_relative_to",
        "fullmatch",
        "match",
        "safe_filename",
    }
    return any(isinstance(part, ast.Call) and program.source(part.func).rpartition(".")[2] in checks
               for part in program.nodes)


@rule("no-blank-line", "error")
def no_blank_line(program: Program) -> Iterator[Hit]:
    """The blank line after the head is missing: the other side takes what follows for header lines.

    Why: A head ends with an empty line, CR LF after the CR LF of its last line; without it the message never begins.
    Chinese: 头部后面少了空行：后面的内容会被对方当成头部。头部以一个空行结束，即最后一行的 CR LF 之后再来一个 CR LF；没有它，正文就永远不会开始。
    Cure: head + b'\\r\\n' + body
    netio: http.Response

    Wrong::

        import socket

        def answer(conn):
            with conn:
                conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n" + b"hi")

    Right::

        import socket

        def answer(conn):
            with conn:
                conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n" + b"\\r\\n" + b"hi")
    """
    for node, text in _responses(program, _HEAD):
        function = program.function(node)
        sends = [call for call in program.socket_calls("send", "sendall") if program.inside(call.node, function)
                 and any(program.value(node) & thing.origins() for thing in call.arg(0))]
        if sends and _is_known(program, node) and not any(map(_ends_head, [text, *_texts(program, function, node)])):
            yield node


def _is_known(program: Program, node: ast.AST) -> bool:
    """True where all that a constant is put together with is known."""
    parts: list[ast.expr] = []
    for outer in program.ancestors(node):
        if isinstance(outer, ast.BinOp):
            parts += [outer.left, outer.right]
        elif isinstance(outer, ast.JoinedStr):
            parts += [part.value for part in outer.values if isinstance(part, ast.FormattedValue)]
    return all(program.value(part) for part in parts)


def _texts(program: Program, function: ast.AST, head: ast.AST) -> Iterator[str]:
    """Yield the texts that are used in a function beside a head, and a blank line for what is joined."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in ("join", "sendfile", "end_headers"):
            yield "\n\n"
        if isinstance(node, ast.expr) and node is not head:
            for text in constants(program.value(node)):
                text = text.decode("latin-1") if isinstance(text, bytes) else str(text)
                if not _STATUS.match(text):
                    yield text


def _ends_head(text: str) -> bool:
    return text.replace("\r", "").startswith("\n") or "\n\n" in text.replace("\r", "")
