"""Pipes: which end does what, who holds it open, what is sent through it."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Thing, constant
from ..held_locks import held


@rule("case-differs", "error", 35)
def case_differs(program: Program) -> Iterator[Hit]:
    """{sent} is sent, and {wanted} is waited for: they differ.

    Why: Upper and lower case are different characters: the comparison is never true.
    Chinese: 发送的是 {sent}，等的却是 {wanted}，两者不同。大小写是不同的字符：比较永远不成立。
    Cure: {sent}
    netio: ipc.open_pipe

    Wrong::

        from multiprocessing import Pipe
        first, second = Pipe()
        second.send("OK")
        if first.recv() == "ok":
            print("agreed")

    Right::

        from multiprocessing import Pipe
        first, second = Pipe()
        second.send("OK")
        if first.recv() == "OK":
            print("agreed")
    """
    sent = {constant(call.arg(0)) for call in program.calls("pipe.send", "queue.put")}
    texts = {text.lower(): text for text in sent if isinstance(text, str)}
    for node in program.all(ast.Compare):
        assert isinstance(node, ast.Compare)
        for side, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
            wanted = constant(program.value(other))
            source = program.source(side)
            if (
                isinstance(wanted, str)
                and wanted not in sent
                and wanted.lower() in texts
                and (".recv()" in source or ".get(" in source or _received_name(program, side))
            ):
                yield node, {"sent": repr(texts[wanted.lower()]), "wanted": repr(wanted)}


def _received_name(program: Program, node: ast.AST) -> bool:
    return any(isinstance(part, ast.Assign) and program.source(part.targets[0]) == program.source(node)
               and any(call.node is part.value for call in program.calls("pipe.recv", "queue.get"))
               for part in ast.walk(program.function(node)))


@rule("one-way-backwards", "error", 125)
def one_way_backwards(program: Program) -> Iterator[Hit]:
    """The end of `Pipe(False)` that {does} is made to {not_does}.

    Why: The first end of a one-way pipe only receives, the second only sends: OSError.
    Chinese: `Pipe(False)` 中这一端不能 `{method}`。单向管道的第一个端只能接收，第二个端只能发送：OSError。
    Cure: receiver, sender = Pipe(False)
    netio: ipc.open_pipe

    Wrong::

        from multiprocessing import Pipe
        first, second = Pipe(False)
        first.send("hello")
        print(second)

    Right::

        from multiprocessing import Pipe
        first, second = Pipe(False)
        second.send("hello")
        print(first)
    """
    for call in program.calls("pipe.send", "pipe.recv", "pipe.send_bytes", "pipe.recv_bytes"):
        method = call.name.partition(".")[2]
        ends = program.value(getattr(call.node.func, "value"))
        if ends and all(
            end.facts.get("oneway") and end.facts["place"] == (0 if method.startswith("send") else 1) for end in ends
        ):
            yield call.node, {
                "method": method,
                "does": "only receives" if method.startswith("send") else "only sends",
                "not_does": "send" if method.startswith("send") else "receive",
            }


@rule("same-name-twice", "error", 46)
def same_name_twice(program: Program) -> Iterator[Hit]:
    """Both ends get the name `{name}`: the first is lost.

    Why: The second assignment replaces the first; nobody can reach the other end any more.
    Chinese: 两端用了同一个名字 `{name}`：第一个丢失了。后一次赋值覆盖前一次；再也没有人能用到另一端。
    Cure: fd1, fd2 = Pipe()
    netio: ipc.open_duplex

    Wrong::

        from multiprocessing import Pipe
        fd1, fd1 = Pipe()
        print(fd1)

    Right::

        from multiprocessing import Pipe
        fd1, fd2 = Pipe()
        print(fd1, fd2)
    """
    for node in program.all(ast.Assign):
        assert isinstance(node, ast.Assign)
        target = node.targets[0]
        made = program.source(node.value.func) if isinstance(node.value, ast.Call) else ""
        if isinstance(target, ast.Tuple) and made.rpartition(".")[2] in ("Pipe", "pipe", "socketpair", "accept"):
            names = [part.id for part in target.elts if isinstance(part, ast.Name)]
            twice = [name for name in names if names.count(name) > 1 and name != "_"]
            if twice:
                yield node, {"name": twice[0]}


@rule("pipe-end-open", "warning", 125)
def pipe_end_open(program: Program) -> Iterator[Hit]:
    """The end of the pipe never comes here: this process keeps the writing end open itself.

    Why: `recv` raises EOFError, and `os.read` returns b'', only when every copy of the writing end is closed; a fork
    copies both ends.
    Chinese: 这里永远读不到管道的结尾：本进程自己还开着写端。只有写端的所有副本都关闭后，`recv` 才抛出 EOFError，`os.read` 才返回 b''；
    fork 会复制两端。
    Cure: writer.close()
    netio: ipc.open_pipe

    Wrong::

        from multiprocessing import Pipe, Process

        def work(writer):
            writer.send("hello")

        if __name__ == "__main__":
            reader, writer = Pipe(False)
            child = Process(target=work, args=(writer,))
            child.start()
            while True:
                try:
                    print(reader.recv())
                except EOFError:
                    break
            child.join()

    Right::

        from multiprocessing import Pipe, Process

        def work(writer):
            writer.send("hello")

        if __name__ == "__main__":
            reader, writer = Pipe(False)
            child = Process(target=work, args=(writer,))
            child.start()
            writer.close()
            while True:
                try:
                    print(reader.recv())
                except EOFError:
                    break
            child.join()
    """
    spawned = any(program.calls("multiprocessing.set_start_method", "multiprocessing.get_context"))
    for call in program.calls("pipe.recv", "pipe.recv_bytes") if any(program.calls("multiprocessing.Process")) else ():
        ends = {(id(end.node), end.facts.get("place")) for end in call.on}
        waits = any("EOFError" in program.caught(h) for block in program.tries(call.node) for h in block.handlers)
        if len(ends) != 1 or not waits or not program.loops(call.node) or spawned:
            continue
        (made, place), side = ends.pop(), bool(call.scope.runs_in)
        others = [end for end in program.of_kind("pipe") if id(end.node) == made and end.facts.get("place") != place]
        closes = [close for end in others for close in program.calls_on(end, "close")]
        entered = any(end.facts.get("with") for end in others)
        if others and not entered and not any(bool(close.scope.runs_in) == side for close in closes):
            yield call.node
    yield from _forked_ends(program)


def _forked_ends(program: Program) -> Iterator[Hit]:
    """Yield each `os.read` up to the end of a pipe whose writing end its own side of the fork keeps open."""
    for call in program.calls("os.pipe") if any(program.calls("os.fork")) else ():
        above = program.parent(call.node)
        pair = above.targets[0] if isinstance(above, ast.Assign) else None
        if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
            continue
        reader, writer = (program.source(part) for part in pair.elts)
        for read in program.calls("os.read"):
            child = program.in_child(read.node)
            if not read.node.args or program.source(read.node.args[0]) != reader or not program.loops(read.node):
                continue
            closes = [close for close in program.calls("os.close") if program.source(close.node.args[0]) == writer]
            closed = any(program.in_child(close.node) == child for close in closes)
            if read.scope is call.scope and not closed and _ends_when_empty(program, read.node):
                yield read.node


def _ends_when_empty(program: Program, read: ast.Call) -> bool:
    """True where a loop is left by a test of what was read."""
    above = program.parent(read)
    name = program.source(above.targets[0]) if isinstance(above, ast.Assign) else ""
    return any(
        isinstance(node, ast.If) and name and name in program.source(node.test) and isinstance(node.body[-1], ast.Break)
        for node in ast.walk(program.loops(read)[0])
    )


@rule("pipe-many-writers", "error", 125)
def pipe_many_writers(program: Program) -> Iterator[Hit]:
    """Several processes send on the same end of a pipe, without a lock.

    Why: A message is written in pieces; pieces of two messages may mix, and the receiver then reads nonsense.
    Chinese: 多个进程在管道的同一端发送，却没有加锁。一条消息可能分几次写入；两条消息的片段会混在一起，接收方就读不出来了。
    Cure: use a Queue, or `with lock:` around send
    Chinese cure: 改用 Queue，或在 send 外面加 `with lock:`
    netio: ipc.open_pipe

    Wrong::

        from multiprocessing import Pipe, Process

        def work(writer, number):
            writer.send(number)

        if __name__ == "__main__":
            reader, writer = Pipe(False)
            workers = [Process(target=work, args=(writer, number)) for number in range(3)]
            for worker in workers:
                worker.start()
            print(sum(reader.recv() for _ in workers))
            for worker in workers:
                worker.join()

    Right::

        from multiprocessing import Process, Queue

        def work(queue, number):
            queue.put(number)

        if __name__ == "__main__":
            queue = Queue()
            workers = [Process(target=work, args=(queue, number)) for number in range(3)]
            for worker in workers:
                worker.start()
            print(sum(queue.get() for _ in workers))
            for worker in workers:
                worker.join()
    """
    writers: dict[tuple[Thing, str], int] = {}
    for call in program.calls("multiprocessing.Process"):
        repeated = [outer for outer in program.ancestors(call.node)
                    if isinstance(outer, (ast.For, ast.While, ast.ListComp, ast.GeneratorExp))]
        given = {e for t in call.arg(3, "args") if t.kind == "tuple" for v in t.elements.values() for e in v}
        for end in (thing for thing in given if thing.kind == "pipe" and thing.node is not None):
            many = any(end.node is not None and not program.inside(end.node, outer) for outer in repeated)
            key = (end, program.source(next((k.value for k in call.node.keywords if k.arg == "target"), None)))
            writers[key] = writers.get(key, 0) + (2 if many else 1)
    shared = {end for (end, _), count in writers.items() if count > 1}
    for send in program.calls("pipe.send", "pipe.send_bytes"):
        if send.scope.runs_in and shared & send.on and not held(program, send.node):
            yield send.node


@rule("pipe-wrong-end", "error", 125)
def pipe_wrong_end(program: Program) -> Iterator[Hit]:
    """`{name}` was given to the child process: here the other end of the pipe is used.

    Why: What one end sends arrives at the other; with one end on both sides `recv` waits for ever.
    Chinese: `{name}` 已经交给子进程了，这里要用管道的另一端。一端发送的内容从另一端出来；两边用同一端，`recv` 会一直等。
    Cure: parent_end, child_end = Pipe()
    netio: ipc.open_pipe

    Wrong::

        from multiprocessing import Pipe, Process

        def work(conn):
            conn.send("hello")

        if __name__ == "__main__":
            first, second = Pipe()
            worker = Process(target=work, args=(first,))
            worker.start()
            print(first.recv(), second)
            worker.join()

    Right::

        from multiprocessing import Pipe, Process

        def work(conn):
            conn.send("hello")

        if __name__ == "__main__":
            first, second = Pipe()
            worker = Process(target=work, args=(first,))
            worker.start()
            print(second.recv())
            worker.join()
    """
    given = {end for call in program.calls("multiprocessing.Process") for passed in call.arg(3, "args")
             for value in passed.elements.values() for end in value if end.kind == "pipe"}
    used = {end for call in program.calls("pipe.send", "pipe.recv", "pipe.poll", "pipe.send_bytes", "pipe.recv_bytes")
            for end in call.on}
    for call in program.calls("pipe.recv", "pipe.send", "pipe.recv_bytes", "pipe.send_bytes"):
        ends = call.on & given
        others = {end for mine in ends for end in program.of_kind("pipe") if end.node is mine.node and end is not mine}
        if len(call.on) == len(ends) == 1 and not call.scope.runs_in and not others & (used | given):
            yield call.node, {"name": program.source(getattr(call.node.func, "value"))}
