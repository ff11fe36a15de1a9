"""Two programs that talk to each other, a server and its client: what one sends and the other expects."""

from __future__ import annotations

import ast
from typing import Iterator, NamedTuple

from .program import Program
from .values import constant


class Difference(NamedTuple):
    """A place in the second program that does not fit the first, with both languages' words.

    >>> Difference("port-differs", ast.Pass(), "The ports differ.", "端口不同。", "8888", "tcp.connect").cure
    '8888'
    """

    kind: str
    node: ast.AST
    message: str
    message_zh: str
    cure: str
    netio: str


def compare(first: Program, second: Program) -> Iterator[Difference]:
    """Yield what in the second program does not fit the first.

    >>> from netio.check.reading import read_program
    >>> server = Program(read_program("import socket\\nsock = socket.socket()\\nsock.bind(('', 8888))\\n"))
    >>> client = Program(read_program("import socket\\nsock = socket.socket()\\nsock.connect(('127.0.0.1', 9999))\\n"))
    >>> [found.kind for found in compare(server, client)]
    ['port-differs']
    """
    for check in (_ports, _formats, _encodings, _markers, _buffers):
        yield from check(first, second)


def _port_of(program: Program, *methods: str) -> dict[int, ast.AST]:
    names = [f"{kind}.{method}" for method in methods for kind in ("tcp", "udp", "socket")]
    found: dict[int, ast.AST] = {}
    for call in program.calls(*names, "socket.create_connection", "socket.create_server"):
        if call.name.startswith("socket.create") and call.name.rpartition("_")[2] not in {
            {"connect": "connection", "bind": "server"}.get(method, "") for method in methods
        }:
            continue
        for value in call.args:
            for thing in value:
                port = constant(thing.elements.get(1, frozenset())) if thing.kind == "tuple" else None
                if isinstance(port, int):
                    found.setdefault(port, call.node)
    return found


def _ports(first: Program, second: Program) -> Iterator[Difference]:
    """The client asks at another port than the server's."""
    served, asked = _port_of(first, "bind"), _port_of(second, "connect", "sendto")
    bound = _port_of(second, "bind")
    if served and asked and not bound and not set(served) & set(asked) and not _port_of(first, "connect"):
        port, node = next(iter(asked.items()))
        theirs = next(iter(served))
        yield Difference("port-differs", node, f"The server listens at port {theirs}, this program asks at {port}.",
                         f"服务器监听端口 {theirs}，这个程序连接的却是 {port}。", str(theirs), "tcp.connect")


def _formats_of(program: Program, *names: str) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for call in program.calls(*names):
        text = constant(call.arg(0))
        if isinstance(text, str):
            found.setdefault(text.replace(" ", ""), call.node)
    return found


def _formats(first: Program, second: Program) -> Iterator[Difference]:
    """One packs by another format than the other unpacks by."""
    for packing, unpacking in ((first, second), (second, first)):
        packed, unpacked = _formats_of(packing, "struct.pack"), _formats_of(unpacking, "struct.unpack")
        if packed and unpacked and not set(packed) & set(unpacked):
            mine, theirs = (unpacked, packed) if unpacking is second else (packed, unpacked)
            text, node = next(iter(mine.items()))
            other = next(iter(theirs))
            yield Difference("format-differs", node, f"The format is {text!r} here and {other!r} in the other program.",
                             f"这里的格式是 {text!r}，另一个程序里是 {other!r}。", repr(other), "packing.Record")
            return


def _encodings_of(program: Program, name: str) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for call in program.calls(name):
        said = constant(call.arg(0, "encoding")) if call.has(0, "encoding") else "utf-8"
        if isinstance(said, str):
            found.setdefault(said.lower().replace("-", "").replace("_", ""), call.node)
    return found


def _encodings(first: Program, second: Program) -> Iterator[Difference]:
    """One decodes by another encoding than the other encodes by."""
    sent, read = _encodings_of(first, "str.encode"), _encodings_of(second, "bytes.decode")
    if sent and read and not set(sent) & set(read):
        mine, node = next(iter(read.items()))
        other = next(iter(sent))
        yield Difference("encoding-differs", node, f"This decodes {mine}, the other program sends {other}.",
                         f"这里按 {mine} 解码，另一个程序发送的是 {other}。", f".decode({other!r})", "tcp.recv_frame")


def _texts(program: Program, *methods: str) -> set[str]:
    found = set()
    for call in program.calls(*(f"{kind}.{method}" for kind in ("tcp", "udp", "socket") for method in methods)):
        for thing in call.arg(0):
            for origin in thing.origins():
                text = origin.facts.get("const")
                found.add(text.decode("latin-1") if isinstance(text, bytes) else str(text))
    return found


def _markers(first: Program, second: Program) -> Iterator[Difference]:
    """A word is waited for that the other sends in another spelling."""
    sent = _texts(first, "send", "sendall", "sendto")
    for node in second.all(ast.Compare):
        assert isinstance(node, ast.Compare)
        wanted = constant(second.value(node.comparators[0]))
        wanted = wanted.decode("latin-1") if isinstance(wanted, bytes) else wanted
        received = any(origin.facts.get("received") for thing in second.value(node.left) for origin in thing.origins())
        if not received or not isinstance(wanted, str) or not wanted or wanted in sent:
            continue
        other = next((text for text in sent if text.strip().lower() == wanted.strip().lower()), "")
        if other:
            yield Difference("marker-differs", node, f"This waits for {wanted!r}, the other program sends {other!r}.",
                             f"这里等的是 {wanted!r}，另一个程序发送的是 {other!r}。", repr(other), "tcp.Delimiter")


def _buffers(first: Program, second: Program) -> Iterator[Difference]:
    """A datagram is received into a buffer that is smaller than what the other sends."""
    sizes = [len(origin.facts["const"]) for call in first.calls("udp.sendto", "udp.send") for thing in call.arg(0)
             for origin in thing.origins() if isinstance(origin.facts.get("const"), (bytes, str))]
    sizes += [size for call in first.calls("udp.sendto", "udp.send") for thing in call.arg(0)
              for origin in thing.origins() if origin.facts.get("read") == "size" and isinstance(origin.node, ast.Call)
              for size in [constant(first.value(origin.node.args[0]))] if isinstance(size, int)]
    for call in second.calls("udp.recvfrom", "udp.recv"):
        room = constant(call.arg(0))
        if isinstance(room, int) and sizes and room < max(sizes):
            yield Difference("buffer-too-small", call.node,
                             f"The other program sends {max(sizes)} bytes; the rest of a datagram over {room} is lost.",
                             f"另一个程序发送 {max(sizes)} 字节；数据报超过 {room} 字节的部分会丢失。", f"recvfrom({max(sizes)})",
                             "udp.receive")
