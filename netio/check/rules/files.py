"""Files: encodings, modes, ends of lines, words, offsets, and closing."""

from __future__ import annotations

import ast
import re
from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Call, Thing, Value, constant, is_only

_MISSING = re.compile(r"不存在|没有(这个|该)?文件|找不到|not (exist|found)|no such file|doesn't exist", re.I)


def _opens(program: Program) -> Iterator[tuple[Call, str]]:
    """Yield (call, mode) for each file that is opened with a known mode."""
    for call in program.calls("open", "io.open"):
        mode = constant(call.arg(1, "mode")) if call.has(1, "mode") else "r"
        if isinstance(mode, str) and call.node.args:
            yield call, mode


def _from_text(value: Value) -> list[Thing]:
    """Return the lines of text files that a value is or was made from."""
    return [origin for thing in value for origin in thing.origins()
            if origin.facts.get("read") == "line" and origin.kind == "str"]


@rule("no-encoding", "warning", 53)
def no_encoding(program: Program) -> Iterator[Hit]:
    """Text is read or written without an encoding: Windows takes GBK, Linux UTF-8.

    Why: A file written on one system is garbled on the other, or raises UnicodeDecodeError.
    Chinese: 读写文本没有指定编码：中文 Windows 用 GBK，Linux 用 UTF-8。在一个系统上写的文件，到另一个系统上就是乱码或 UnicodeDecodeError。
    Cure: open({path}, encoding='utf-8')
    netio: files.read_lines

    Wrong::

        with open("dict.txt") as file:
            print(file.readline())

    Right::

        with open("dict.txt", encoding="utf-8") as file:
            print(file.readline())
    """
    for call, mode in () if program.is_library else _opens(program):  # a package decides that as a whole
        starred = any(isinstance(part, ast.Starred) for part in call.node.args) or "**" in call.keywords
        if "b" not in mode and not starred and not call.has(3, "encoding") and not _is_system_file(call):
            yield call.node, {"path": program.source(call.node.args[0])}


def _is_system_file(call: Call) -> bool:
    path = constant(call.arg(0, "file"))
    return isinstance(path, int) or isinstance(path, str) and path.startswith(("/proc/", "/sys/", "/dev/"))


@rule("cut-newline", "warning", 2)
def cut_newline(program: Program) -> Iterator[Hit]:
    """`[:-1]` cuts off the newline, or a real character where the last line has none.

    Why: The last line of a file need not end in a newline.
    Chinese: 用 `[:-1]` 去掉换行符，最后一行没有换行符时会去掉真正的字符。文件的最后一行不一定以换行符结尾。
    Cure: {line}.rstrip('\\n')
    netio: files.read_lines

    Wrong::

        with open("names.txt", encoding="utf-8") as file:
            for line in file:
                print(line[:-1])

    Right::

        with open("names.txt", encoding="utf-8") as file:
            for line in file:
                print(line.rstrip("\\n"))
    """
    for node in program.all(ast.Subscript):
        assert isinstance(node, ast.Subscript)
        cut = node.slice
        if (
            isinstance(cut, ast.Slice)
            and cut.lower is None
            and cut.step is None
            and cut.upper is not None
            and (constant(program.value(cut.upper)) == -1)
        ):
            lines = [t for t in program.value(node.value) if t.facts.get("read") == "line" and t.kind == "str"]
            if lines and not lines[0].tests and not _ends_checked(program, node):
                yield node, {"line": program.source(node.value)}


def _ends_checked(program: Program, node: ast.Subscript) -> bool:
    """True where `endswith` or a comparison of the last character guards the cut."""
    name = program.source(node.value)
    return any(isinstance(outer, (ast.If, ast.IfExp, ast.While))
               and (f"{name}.endswith" in program.source(outer.test) or f"{name}[-1" in program.source(outer.test))
               for outer in program.ancestors(node))


@rule("split-blank", "warning", 52)
def split_blank(program: Program) -> Iterator[Hit]:
    """`split(' ')` leaves empty strings where there are several blanks, and knows no tabs.

    Why: "a  b".split(" ") is ['a', '', 'b']; `split()` parts at any white space, and drops the newline, too.
    Chinese: `split(' ')` 遇到连续空格会留下空字符串，也不认制表符。"a  b".split(" ") 得到 ['a', '', 'b']；`split()` 按任意空白分割，还会去掉换行符。
    Cure: {text}.split()
    netio: files.look_up

    Wrong::

        with open("dict.txt", encoding="utf-8") as file:
            for line in file:
                print(line.split(" ")[0])

    Right::

        with open("dict.txt", encoding="utf-8") as file:
            for line in file:
                print(line.split()[0])
    """
    for call in program.calls("str.split"):
        func = call.node.func
        if len(call.args) == 1 and constant(call.arg(0)) == " " and isinstance(func, ast.Attribute):
            value = program.value(func.value)
            if _from_text(value) or any(o.facts.get("input") for t in value for o in t.origins()):
                yield call.node, {"text": program.source(func.value)}


@rule("except-missing", "warning", 5)
def except_missing(program: Program) -> Iterator[Hit]:
    """Every error is reported as a missing file.

    Why: It may be a folder, forbidden, undecodable, or a misspelt name in the program: the message misleads.
    Chinese: 任何错误都报成“文件不存在”。也可能是目录、没有权限、编码不对，或程序里写错了名字：提示会误导人。
    Cure: except FileNotFoundError:
    netio: files.read_lines

    Wrong::

        try:
            with open("a.txt", "rb") as file:
                print(len(file.read()))
        except Exception:
            print("文件不存在")

    Right::

        try:
            with open("a.txt", "rb") as file:
                print(len(file.read()))
        except FileNotFoundError:
            print("文件不存在")
    """
    for node in program.all(ast.Try):
        assert isinstance(node, ast.Try)
        opens = any(isinstance(part, ast.Call) and program.source(part.func) == "open" for s in node.body
                    for part in ast.walk(s))
        for handler in node.handlers:
            said = " ".join(str(part.value) for s in handler.body for part in ast.walk(s)
                            if isinstance(part, ast.Constant) and isinstance(part.value, (str, bytes)))
            if opens and program.caught(handler) & {"Exception", "BaseException"} and _MISSING.search(said):
                yield handler


@rule("binary-line-buffering", "warning", 7)
def binary_line_buffering(program: Program) -> Iterator[Hit]:
    """`buffering=1` means lines in text mode only.

    Why: In binary mode Python warns and takes the usual buffer: nothing is flushed at a line's end.
    Chinese: `buffering=1` 的行缓冲只用于文本模式。二进制模式下 Python 给出警告并使用默认缓冲区，换行时不会刷新。
    Cure: flush after each line, or buffering=0
    Chinese cure: 每写一行就 flush，或用 buffering=0
    netio: files.append_line

    Wrong::

        with open("log.bin", "ab", 1) as file:
            file.write(b"line\\n")

    Right::

        with open("log.bin", "ab", 0) as file:
            file.write(b"line\\n")
    """
    for call, mode in _opens(program):
        if "b" in mode and constant(call.arg(2, "buffering")) == 1:
            yield call.node


@rule("text-seek", "error", 74)
def text_seek(program: Program) -> Iterator[Hit]:
    """A text file cannot seek by an offset from the end or from here.

    Why: Characters have several bytes; only offset 0 is allowed there: io.UnsupportedOperation. A negative offset
    needs whence: ValueError.
    Chinese: 文本文件不能从末尾或当前位置按偏移量移动。一个字符占若干字节，因此只允许偏移 0：io.UnsupportedOperation。负的偏移量需要 whence。
    Cure: open(path, 'rb')
    netio: files.read_last_lines

    Wrong::

        with open("a.txt", encoding="utf-8") as file:
            file.seek(-5, 2)

    Right::

        with open("a.txt", "rb") as file:
            file.seek(-5, 2)
    """
    for call in program.calls("file.seek"):
        file = next(iter(call.on))
        offset, whence = constant(call.arg(0, "offset")), constant(call.arg(1, "whence")) or 0
        names = {str(t.facts.get("name")).rpartition(".")[2] for t in call.arg(1, "whence")}
        relative = whence in (1, 2) or names & {"SEEK_CUR", "SEEK_END"}
        text = file.facts.get("mode") is not None and not file.facts["binary"]
        if isinstance(offset, int) and (offset and relative and text or offset < 0 and not call.has(1, "whence")):
            yield call.node


@rule("overwrites-only-copy", "warning", 55)
def overwrites_only_copy(program: Program) -> Iterator[Hit]:
    """Mode `w` empties the only copy before the new one is written.

    Why: `open` empties it; if the program, the disk or the writing fails now, old and new contents are lost.
    Chinese: `w` 模式在写入新内容之前就清空了唯一的一份。`open` 时已清空；此后程序、磁盘或写入出错，新旧内容都没有了。
    Cure: write to path + '.new', then os.replace(path + '.new', path)
    Chinese cure: 先写到 path + '.new'，再 os.replace(path + '.new', path)
    netio: files.replace_file

    Wrong::

        path = "scores.txt"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.upper())

    Right::

        import os
        path = "scores.txt"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text.upper())
        os.replace(path + ".new", path)
    """
    opened = list(_opens(program))
    for call, mode in opened:
        if not mode.startswith("w"):
            continue
        path = program.source(call.node.args[0])
        for other, how in opened:
            if (
                how.startswith("r")
                and program.source(other.node.args[0]) == path
                and other.scope is call.scope
                and (other.node.lineno < call.node.lineno)
                and _feeds(program, other, call)
            ):
                yield call.node
                break


def _feeds(program: Program, source: Call, target: Call) -> bool:
    """True where what is written was read from the same file."""
    read = [thing for thing in program.of_kind("str", "bytes")
            if thing.facts.get("file") and thing.facts["file"].node is source.node]
    for call in program.calls("file.write", "file.writelines"):
        if any(file.node is target.node for file in call.on) and any(
            origin in read for thing in call.arg(0) for origin in thing.origins()
        ):
            return True
    return False


@rule("file-not-closed", "warning", 54)
def file_not_closed(program: Program) -> Iterator[Hit]:
    """The file is opened and not closed on every path.

    Why: What was written stays in the buffer until it is closed; an error before `close` leaves it open.
    Chinese: 文件打开后没有在所有路径上关闭。写入的内容在关闭之前留在缓冲区里；`close` 之前出错，文件就一直开着。
    Cure: with {source} as file: ...
    netio: files.replace_file

    Wrong::

        file = open("a.txt", "w", encoding="utf-8")
        file.write("hello")

    Right::

        with open("a.txt", "w", encoding="utf-8") as file:
            file.write("hello")
    """
    for file in program.of_kind("file"):
        if file.facts.get("with") or file.facts.get("escapes") or file.node is None or file.facts.get("network"):
            continue
        if not isinstance(file.node, ast.Call) or file.facts.get("mode") is None:
            continue
        if isinstance(constant(file.facts.get("path", frozenset())), int):  # a descriptor of somebody else's
            continue
        if any(program.calls_on(file, "close")) or program.source(file.node.func) not in ("open", "io.open"):
            continue
        scope = program.scope(file.node)
        above = program.parent(file.node)
        chained = isinstance(above, ast.Attribute) or isinstance(above, ast.comprehension) or isinstance(above, ast.For)
        kept = isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name)
        if file in scope.returns or isinstance(above, (ast.Return, ast.keyword)) or not (chained or kept):
            continue
        if (
            _in_container(program, file)
            or scope.global_names
            and kept
            and above.targets[0].id in (scope.global_names)  # type: ignore
        ):
            continue
        yield file.node, {"source": program.source(file.node)}


def _in_container(program: Program, file: Thing) -> bool:
    return any(file in value for thing in program.of_kind("list", "dict", "tuple", "class", "instance")
               for value in thing.elements.values())


@rule("quoted-name", "error", 34)
def quoted_name(program: Program) -> Iterator[Hit]:
    """`'{name}'` in quotes is a file of that name; the variable is meant.

    Why: Quotes make it a text: FileNotFoundError, or a new file of that name.
    Chinese: 引号里的 `'{name}'` 是一个叫这个名字的文件，本意是变量。加了引号就是文字：FileNotFoundError，或新建一个同名文件。
    Cure: open({name}, ...)
    netio: files.copy_file

    Wrong::

        file_path = "face.jpg"
        with open("file_path", "rb") as file:
            print(len(file.read(100)))

    Right::

        file_path = "face.jpg"
        with open(file_path, "rb") as file:
            print(len(file.read(100)))
    """
    bound = {name for scope in program.flow.scopes.values() for name in scope.bound}
    for call in program.calls("open", "os.path.getsize", "os.remove", "os.path.exists"):
        first = call.node.args[0] if call.node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value in bound:
            if len(first.value) > 3 and first.value.isidentifier():
                yield call.node, {"name": first.value}


@rule("wrong-mode", "error")
def wrong_mode(program: Program) -> Iterator[Hit]:
    """The file was opened with mode '{mode}', which does not allow `{method}`.

    Why: io.UnsupportedOperation: not readable, or not writable.
    Chinese: 文件以 '{mode}' 模式打开，不能 `{method}`。抛出 io.UnsupportedOperation: not readable 或 not writable。
    Cure: open(..., {right})
    netio: files.explain_mode

    Wrong::

        with open("a.bin", "rb") as file:
            file.write(b"hello")

    Right::

        with open("a.bin", "wb") as file:
            file.write(b"hello")
    """
    for node, method, file in _reads_and_writes(program):
        modes = {thing.facts.get("mode") for thing in program.value(file)}
        for mode in modes if len(modes) == 1 else ():
            if not isinstance(mode, str) or "+" in mode or any(t.facts.get("network") for t in program.value(file)):
                continue
            writes = method.startswith("write")
            if writes and not set(mode) & set("wax") or not writes and set(mode) & set("wax"):
                yield node, {"mode": mode, "method": method, "right": "'wb'" if writes else "'rb'"}


def _reads_and_writes(program: Program) -> Iterator[tuple[ast.AST, str, ast.AST]]:
    """Yield (node, what it does, the file): calls, and loops over the lines."""
    if program.is_library:
        return
    for call in program.calls("file.write", "file.writelines", "file.read", "file.readline", "file.readlines"):
        yield call.node, call.name.partition(".")[2], getattr(call.node.func, "value")
    for node in program.all(ast.For):
        if is_only(program.value(getattr(node, "iter")), "file"):
            yield getattr(node, "iter"), "read", getattr(node, "iter")


@rule("wrong-data", "error")
def wrong_data(program: Program) -> Iterator[Hit]:
    """{what} is written to a file that was opened for {other}.

    Why: A text file takes str, a binary one bytes: TypeError.
    Chinese: 向以 {other} 方式打开的文件写入了 {what}。文本文件只收 str，二进制文件只收 bytes：TypeError。
    Cure: open(..., {right})
    netio: files.explain_mode

    Wrong::

        with open("a.bin", "wb") as file:
            file.write("hello")

    Right::

        with open("a.bin", "wb") as file:
            file.write("hello".encode())
    """
    for call in program.calls("file.write"):
        files = program.value(getattr(call.node.func, "value"))
        if any(file.kind != "file" or file.facts.get("mode") is None for file in files):
            continue
        binary = {bool(file.facts["binary"]) for file in files}
        if binary == {True} and is_only(call.arg(0), "str"):
            yield call.node, {"what": "str", "other": "bytes", "right": "'w', encoding='utf-8'"}
        elif binary == {False} and is_only(call.arg(0), "bytes"):
            yield call.node, {"what": "bytes", "other": "str", "right": "'wb'"}


@rule("reads-whole-file", "hint")
def reads_whole_file(program: Program) -> Iterator[Hit]:
    """The whole file is read into memory to be passed on.

    Why: A film of some gigabytes does not fit; pieces of 64 KiB do, and are as fast.
    Chinese: 为了转发而把整个文件读进内存。几个 GB 的电影放不下；每次读 64 KiB 一样快。
    Cure: while chunk := file.read(65536): sock.sendall(chunk)
    netio: tcp.send_file

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, open("film.mp4", "rb") as file:
            sock.sendall(file.read())

    Right::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, open("film.mp4", "rb") as file:
            sock.sendfile(file)
    """
    for call in program.calls("file.read"):
        if call.node.args or not next(iter(call.on)).facts.get("binary"):
            continue
        for other in (*program.socket_calls("send", "sendall"), *program.calls("file.write")):
            if other.scope is call.scope and any(thing.node is call.node for thing in other.arg(0)):
                yield call.node
                break


@rule("no-seek-between", "error", 75)
def no_seek_between(program: Program) -> Iterator[Hit]:
    """{what} directly after {after}, without a `seek` between.

    Why: Reading and writing share one offset: after a write nothing is left to read, and a write after a read goes to
    the end.
    Chinese: {after} 之后没有 `seek` 就 {what}。读写共用一个偏移量：写完再读什么也读不到，读完再写会写到末尾。
    Cure: {file}.seek(0)
    netio: files.walk_offsets

    Wrong::

        with open("a.txt", "w+", encoding="utf-8") as file:
            file.write("hello")
            print(file.read())

    Right::

        with open("a.txt", "w+", encoding="utf-8") as file:
            file.write("hello")
            file.seek(0)
            print(file.read())
    """
    for file in program.of_kind("file"):
        mode = file.facts.get("mode")
        if not isinstance(mode, str) or "+" not in mode:
            continue
        last = ""
        for call in sorted(program.calls_on(file), key=lambda call: (call.node.lineno, call.node.col_offset)):
            method = call.name.partition(".")[2]
            if call.scope is not program.scope(file.node):
                continue
            now = "read" if method.startswith("read") else "write" if method.startswith("write") else ""
            if method in ("seek", "truncate", "flush"):
                last = ""
            elif (
                now
                and last
                and now != last
                and (now == "read" or mode.startswith("r"))
                and not program.loops(call.node)
            ):
                yield call.node, {"what": now, "after": last, "file": program.source(getattr(call.node.func, "value"))}
                break
            if mode.startswith("a") and now == "read" and not last and method != "seek" and not _sought(program, file):
                yield call.node, {
                    "what": "read",
                    "after": "open",
                    "file": program.source(getattr(call.node.func, "value")),
                }
                break
            last = now or last


def _sought(program: Program, file: Thing) -> bool:
    return any(program.calls_on(file, "seek"))
