"""struct: byte order, texts of fixed length, NUL bytes, records in pieces."""

from __future__ import annotations

import ast
import re
from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Call, Value, constant, is_only
from .tcp.chunks import exact, received

_PACKING = "struct.pack", "struct.unpack", "struct.calcsize", "struct.Struct", "struct.unpack_from", "struct.pack_into"
_MOST_VALUES = 10_000  # of a format that is judged


def _uses_network(program: Program) -> bool:
    return program.imported("socket") or any(True for _ in program.of_kind("tcp", "udp"))


@rule("native-order", "warning", 24)
def native_order(program: Program) -> Iterator[Hit]:
    """`{format}` has no byte order: the machine's own order and padding go on the wire.

    Why: Another machine, compiler or language reads other numbers, or another size, out of the same bytes.
    Chinese: `{format}` 没有字节序：发到网络上的是本机字节序和本机对齐。换一台机器、一种语言，会读出不同的数，长度也不同。
    Cure: '!{format}'
    netio: packing.Record

    Wrong::

        import socket
        import struct
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall(struct.pack("ihf", 1, 2, 3.0))

    Right::

        import socket
        import struct
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            sock.sendall(struct.pack("!ihf", 1, 2, 3.0))
    """
    if not _uses_network(program) or program.is_library:
        return
    seen = set()
    for call in program.calls(*_PACKING[:4]):
        text = constant(call.arg(0))
        text = text.decode() if isinstance(text, bytes) else text
        if not isinstance(text, str) or not re.search(r"[hHiIlLqQfdnN]", text) or text[:1] in "!<>=@":
            continue
        thing = next(iter(call.arg(0)))
        if thing not in seen and thing.node is not None and _is_wire(program, call.node):
            seen.add(thing)
            yield thing.node, {"format": text}


def _is_wire(program: Program, node: ast.Call) -> bool:
    """True unless the format is one of the system's own structures, for setsockopt, ioctl or a descriptor."""
    return not any(
        isinstance(outer, ast.Call)
        and program.source(outer.func).rpartition(".")[2] in ("setsockopt", "getsockopt", "ioctl", "fcntl", "sendmsg")
        for outer in program.ancestors(node)
    )


@rule("text-cut", "warning", 26)
def text_cut(program: Program) -> Iterator[Hit]:
    """A text that is longer than `{size}s` is cut without a word, perhaps inside a character.

    Why: struct.pack keeps the first {size} bytes only; 中 cut in two cannot be decoded any more.
    Chinese: 超过 `{size}s` 的文字会被悄悄截断，还可能断在汉字中间。struct.pack 只保留前 {size} 个字节；切开的汉字再也解不出来。
    Cure: if len(data) > {size}: raise ValueError
    netio: packing.Text

    Wrong::

        import struct
        name = input("name: ")
        print(struct.pack("!4s", name.encode()))

    Right::

        import struct
        name = input("name: ").encode()
        if len(name) > 4:
            raise ValueError("at most 4 bytes")
        print(struct.pack("!4s", name))
    """
    for call in program.calls("struct.pack"):
        text = constant(call.arg(0))
        if not isinstance(text, str):
            continue
        for place, (size, letter) in enumerate(_spread(text) or (), 1):
            if letter == "s" and place < len(call.args) and _may_be_longer(call.args[place], int(size or 1)):
                yield call.node, {"size": size or 1}
                break


def _spread(text: str) -> list[tuple[str, str]] | None:
    """Return one pair (size, letter) for each value of a format: `3i` takes three, `3s` one; None for one that takes
    more than anybody gives."""
    spread: list[tuple[str, str]] = []
    for size, letter in re.findall(r"(\d*)([a-zA-Z?])", text):
        count = 0 if letter == "x" else 1 if letter in "sp" else int(size[:9] or 1)
        if len(size) > 9 or len(spread) + count > _MOST_VALUES:
            return None
        spread += [(size, letter)] * count
    return spread


def _may_be_longer(value: Value, size: int) -> bool:
    for thing in value:
        known = thing.facts.get("const")
        if isinstance(known, bytes):
            return len(known) > size
        origins = thing.origins()
        if any(
            origin.facts.get("sliced") or origin.tests and not origin.facts.get("input") for origin in origins
        ) or (thing.tests):
            return False
        texts = [origin.facts["const"] for origin in origins if isinstance(origin.facts.get("const"), str)]
        if texts and len(origins) == 2:
            return len(texts[0].encode()) > size
        if thing.facts.get("encoded") is not None and any(
            o.facts.get("input") or o.facts.get("received") for o in origins
        ):
            return True
    return False


@rule("rstrip-nul", "error", 26)
def rstrip_nul(program: Program) -> Iterator[Hit]:
    """`{method}()` removes white space, and NUL is not white space.

    Why: The name keeps its `\\\\x00` bytes; they are invisible in print, and it is equal to no other name.
    Chinese: `{method}()` 只去掉空白，NUL 不是空白。名字里仍有 `\\\\x00`，打印时看不见，却与任何名字都不相等。
    Cure: .rstrip(b'\\\\x00')
    netio: packing.Text

    Wrong::

        import struct
        number, name = struct.unpack("!i10s", bytes(14))
        print(name.strip())

    Right::

        import struct
        number, name = struct.unpack("!i10s", bytes(14))
        print(name.rstrip(b"\\\\x00"))
    """
    packed = {name for node in program.all(ast.Assign) for name in _unpacked_names(program, node)}
    for node in program.all(ast.Call):
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("strip", "rstrip") and not node.args:
            inner = node.func.value
            while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "decode":
                inner = inner.func.value
            base = inner.value if isinstance(inner, ast.Subscript) else inner
            has_nul = any(
                isinstance(t.facts.get("const"), bytes) and b"\0" in t.facts["const"] for t in program.value(inner)
            )
            if program.source(base) in packed or "unpack" in program.source(base) or has_nul:
                yield node, {"method": node.func.attr}


def _unpacked_names(program: Program, node: ast.AST) -> list[str]:
    assert isinstance(node, ast.Assign)
    if not isinstance(node.value, ast.Call) or not program.source(node.value.func).endswith("unpack"):
        return []
    target = node.targets[0]
    return [program.source(part) for part in (target.elts if isinstance(target, ast.Tuple) else [target])]


@rule("unpack-recv", "warning", 25)
def unpack_recv(program: Program) -> Iterator[Hit]:
    """One `recv` is unpacked as one record.

    Why: It may return half a record or several: struct.error, and everything after it is shifted.
    Chinese: 把一次 `recv` 当作一条记录来解包。它可能返回半条或几条记录：struct.error，而且之后全部错位。
    Cure: recv in a loop until calcsize(fmt) bytes have come
    Chinese cure: 循环 recv，直到收满 calcsize(fmt) 个字节
    netio: tcp.recv_exactly

    Wrong::

        import socket
        import struct
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            data = sock.recv(1024)
            print(struct.unpack("!i", data))

    Right::

        import socket
        import struct
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock:
            data = b""
            while len(data) < 4:
                chunk = sock.recv(4 - len(data))
                if not chunk:
                    raise EOFError
                data += chunk
            print(struct.unpack("!i", data))
    """
    for call in program.calls("struct.unpack"):
        for chunk in received(call.arg(1)):
            if not exact(program, chunk):
                yield call.node
                break


@rule("pack-kind", "error")
def pack_kind(program: Program) -> Iterator[Hit]:
    """`{letter}` packs {wanted}, and `{name}` is {given}.

    Why: struct.error, or TypeError: struct turns nothing into something else. What `input` returns is a str.
    Chinese: `{letter}` 打包的是{wanted_zh}，而 `{name}` 是{given_zh}。struct 不做类型转换：抛出 struct.error。`input` 返回的是 str。
    Cure: {cure}
    netio: packing.Record

    Wrong::

        import struct
        age = input("age: ")
        print(struct.pack("!i", age))

    Right::

        import struct
        age = int(input("age: "))
        print(struct.pack("!i", age))
    """
    for call, letters in _packed(program):
        for letter, node in zip(letters, _values(call)):
            kind = next((kind for kind in ("str", "bytes", "int") if is_only(program.value(node), kind)), "")
            wanted = "bytes" if letter in "spc" else "int"
            if kind and kind != wanted and not program.is_rebound(node):
                name = program.source(node)
                cure = f"int({name})" if wanted == "int" else f"{name}.encode()" if kind == "str" else f"b'{name}'"
                (needs, needs_zh), (given, given_zh) = _KINDS[wanted], _KINDS[kind]
                yield node, {"letter": letter, "name": name, "cure": cure, "wanted": needs, "wanted_zh": needs_zh,
                             "given": given, "given_zh": given_zh}


@rule("pack-count", "error")
def pack_count(program: Program) -> Iterator[Hit]:
    """`{format}` has room for {wanted} values, and {given} are given.

    Why: struct.error when the line is reached. `3i` is three numbers; `3s` is one text of three bytes.
    Chinese: `{format}` 要 {wanted} 个值，给了 {given} 个。运行到这一行时抛出 struct.error。`3i` 是三个数，`3s` 是一个三字节的串。
    Cure: one value for each field of the format
    Chinese cure: 格式里有几个字段，就给几个值
    netio: packing.Record

    Wrong::

        import struct
        print(struct.pack("!i32s", 1))

    Right::

        import struct
        print(struct.pack("!i32s", 1, b"Lily"))
    """
    for call, letters in _packed(program):
        given = len(_values(call))
        if given != len(letters) and not any(isinstance(part, ast.Starred) for part in call.node.args):
            yield call.node, {"format": constant(call.arg(0)), "wanted": len(letters), "given": given}


_KINDS = {"int": ("a number", "数字"), "bytes": ("bytes", "字节串"), "str": ("a str", " str ")}


def _values(call: Call) -> list[ast.expr]:
    """Return what is packed: a Struct's own `pack` has no format before it."""
    return call.node.args[len(call.node.args) - len(call.args) + 1:]


def _packed(program: Program) -> Iterator[tuple[Call, str]]:
    """Yield (call, the letter of each value) where the format is known."""
    for call in program.calls("struct.pack"):
        text = constant(call.arg(0))
        text = text.decode("latin-1") if isinstance(text, bytes) else text
        if isinstance(text, str) and re.fullmatch(r"[@=<>!]?(\d*[xcbB?hHiIlLqQnNefdspP]|\s)+", text):
            spread = _spread(text)
            if spread is not None:
                yield call, "".join(letter for _, letter in spread)
