"""Whole programs: one client that ends the server for all, lines that are never reached, the wrong variable."""

from __future__ import annotations

import ast
from typing import Iterable, Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Call, Scope, Thing
from .text import makes_names

_EXCHANGE = ("recv", "send", "sendall")


@rule("one-client-ends-all", "error", 101)
def one_client_ends_all(program: Program) -> Iterator[Hit]:
    """One client's reset ends the server for all: nothing catches OSError around its exchange.

    Why: `{call}` raises ConnectionResetError or BrokenPipeError when a client is killed, and the loop is left.
    Chinese: 一个客户端异常断开就会让整个服务器退出：与它收发时没有捕获 OSError。客户端被杀死时 `{call}` 抛出 ConnectionResetError 或 BrokenPipeError，循环随之结束。
    Cure: try: ... except OSError as error: print(error)
    Chinese cure: 把收发放进 try，用 except OSError as error: print(error) 处理
    netio: concurrency.serve

    Wrong::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                conn, address = listener.accept()
                with conn:
                    conn.sendall(b"hello")

    Right::

        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                conn, address = listener.accept()
                try:
                    with conn:
                        conn.sendall(b"hello")
                except OSError as error:
                    print(address, error)
    """
    reported: set[int] = set()
    for accept in program.socket_calls("accept"):
        loops = program.loops(accept.node)
        calling = ([accept.node] if loops
                   else [call.node for call in accept.scope.callers.values() if not accept.scope.runs_in])
        outer = loops[-1] if loops else next((program.loops(node)[-1] for node in calling if program.loops(node)), None)
        if outer is None or id(outer) in reported or _is_short(outer) or program.scope(outer).runs_in & {"process"}:
            continue
        exchange = _unprotected(program, accept, outer)
        if exchange is not None:
            reported.add(id(outer))
            yield exchange.node, {"call": program.source(exchange.node)}


def _is_short(loop: ast.AST) -> bool:
    return isinstance(loop, ast.For)


def _unprotected(program: Program, accept: Call, loop: ast.AST) -> Call | None:
    """Return the first exchange with a connection, in the loop's own thread, that no `try` protects."""
    found = []
    for sock in program.of_kind("tcp"):
        if sock.facts.get("accepted") and sock.node is not None and sock.node is accept.node:
            found += [call for call in program.calls_on(sock, *_EXCHANGE) if call.live]
    for call in sorted(found, key=lambda call: call.node.lineno):
        if not _reaches_loop(program, call.node, call.scope, loop, 0):
            continue
        return call
    return None


def _reaches_loop(program: Program, node: ast.AST, scope: Scope, loop: ast.AST, depth: int) -> bool:
    """True where an error raised at a node ends the loop: no try on the way, and no thread or child in between."""
    if program.in_child(node):
        return False
    if program.inside(node, loop) and program.function(node) is program.function(loop):
        return not program.protected(node, loop)
    if program.protected(node) or depth > 4:
        return False
    return any(_reaches_loop(program, call.node, call.scope, loop, depth + 1) for call in scope.callers.values()
               if call.name.startswith(("def ", "class ")) and call.scope is not scope)


@rule("never-reached", "warning", 108)
def never_reached(program: Program) -> Iterator[Hit]:
    """This line is never reached: the loop before it has no end.

    Why: `while True` without a `break` ends by an error only; what comes after it never runs.
    Chinese: 这一行永远执行不到：前面的循环没有出口。没有 `break` 的 `while True` 只会因出错而结束，它后面的代码不会运行。
    Cure: with ... around the loop, or try/finally
    Chinese cure: 用 with ... 或 try/finally 包住循环
    netio: concurrency.serve

    Wrong::

        import time
        while True:
            time.sleep(1)
        print("end")

    Right::

        import time
        try:
            while True:
                time.sleep(1)
        finally:
            print("end")
    """
    for statement in program.flow.dead.values():
        if _after_endless_loop(program, statement) and not isinstance(statement, (ast.Pass, ast.Import)):
            yield statement


def _after_endless_loop(program: Program, statement: ast.stmt) -> bool:
    """True for the first statement after a loop, or call, that never ends; `exit` before it is a reason of its own."""
    above = program.parent(statement)
    for field in ("body", "orelse", "finalbody"):
        body = getattr(above, field, None)
        if isinstance(body, list) and statement in body:
            place = body.index(statement)
            return place > 0 and isinstance(body[place - 1], ast.While)
    return False


@rule("after-exit", "warning", 119)
def after_exit(program: Program) -> Iterator[Hit]:
    """This line is never reached: the one before it leaves.

    Why: After `return`, `break`, `sys.exit` or `os._exit` nothing of the block runs.
    Chinese: 这一行永远执行不到：前一行已经离开。`return`、`break`、`sys.exit`、`os._exit` 之后，本代码块的语句不再运行。
    Cure: put it before
    Chinese cure: 移到前一行之前
    netio: concurrency.fork_child

    Wrong::

        import sys

        def leave():
            sys.exit()
            print("bye")

        leave()

    Right::

        import sys

        def leave():
            print("bye")
            sys.exit()

        leave()
    """
    for statement in program.flow.dead.values():
        above = program.parent(statement)
        for field in ("body", "orelse"):
            body = getattr(above, field, None)
            if isinstance(body, list) and statement in body and body.index(statement) > 0:
                before = body[body.index(statement) - 1]
                leaves = (
                    isinstance(before, (ast.Return, ast.Break, ast.Continue))
                    or isinstance(before, ast.Expr)
                    and any(t.facts.get("name") in ("sys.exit", "os._exit")
                            for t in program.value(getattr(before.value, "func", None)))
                )
                idle = (isinstance(statement, (ast.Pass, ast.Break, ast.Return)) or isinstance(statement, ast.Expr)
                        and (isinstance(statement.value, (ast.Constant, ast.Yield, ast.YieldFrom))))
                if leaves and not idle:
                    yield statement


@rule("wrong-ready", "error")
def wrong_ready(program: Program) -> Iterator[Hit]:
    """`{name}` is the connection that was accepted last; the ready one is `{ready}`.

    Why: The data of one client is read from another, and with nothing there `recv` blocks them all.
    Chinese: `{name}` 是最后接受的连接，就绪的是 `{ready}`。会从别的客户端那里读；那边没有数据时 `recv` 会卡住所有人。
    Cure: {ready}.{method}(...)
    netio: concurrency.serve

    Wrong::

        import select
        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            watched = [listener]
            while True:
                for ready in select.select(watched, [], [])[0]:
                    if ready is listener:
                        conn, address = listener.accept()
                        watched.append(conn)
                    else:
                        try:
                            data = conn.recv(1024)
                        except OSError:
                            data = b""
                        if not data:
                            watched.remove(ready)
                            conn.close()

    Right::

        import select
        import socket
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            watched = [listener]
            while True:
                for ready in select.select(watched, [], [])[0]:
                    if ready is listener:
                        conn, address = listener.accept()
                        watched.append(conn)
                    else:
                        try:
                            data = ready.recv(1024)
                        except OSError:
                            data = b""
                        if not data:
                            watched.remove(ready)
                            ready.close()
    """
    for loop in program.all(ast.For):
        assert isinstance(loop, ast.For)
        lists = program.value(loop.iter)
        if not any(thing.facts.get("ready") for thing in lists) or not isinstance(loop.target, ast.Name):
            continue
        for call in program.socket_calls("recv"):
            func = call.node.func
            if program.inside(call.node, loop) and isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
                accepted_here = any(program.inside(sock.node, loop) and sock.facts.get("accepted") for sock in call.on)
                bound = _bound_beside(program, call, call.on, loop)
                if func.value.id != loop.target.id and accepted_here and not bound:
                    yield call.node, {"name": func.value.id, "ready": loop.target.id, "method": "recv"}
        for call in program.flow.calls:
            for argument in call.node.args if program.inside(call.node, loop) else ():
                if isinstance(argument, ast.Name) and argument.id != loop.target.id:
                    socks = [sock for sock in program.value(argument) if sock.facts.get("accepted")]
                    if any(program.inside(sock.node, loop) for sock in socks if sock.node is not None):
                        if not _bound_beside(program, call, socks, loop):
                            method = program.source(call.node.func)
                            yield call.node, {"name": argument.id, "ready": loop.target.id, "method": method}


def _bound_beside(program: Program, call: Call, socks: Iterable[Thing], loop: ast.AST) -> bool:
    """True where the connection is accepted in the same branch, directly before."""
    accepted = next((sock.node for sock in socks if sock.node is not None), None)
    branches = [
        outer for outer in program.ancestors(call.node) if isinstance(outer, ast.If) and program.inside(outer, loop)
    ]
    for branch in branches:
        for body in (branch.body, branch.orelse):
            if any(program.inside(call.node, part) for part in body) and accepted is not None:
                return any(program.inside(accepted, part) for part in body)
    return True


_NEEDS = {
    **{f"{kind}.{method}": parameters for kind in ("tcp", "udp") for method, parameters in {
        "recv": "1024", "recvfrom": "2048", "send": "data", "sendall": "data", "sendto": "data, address",
        "setsockopt": "level, option, value"}.items()},
    "os._exit": "0", "os.kill": "pid, signal", "os.waitpid": "pid, options", "signal.signal": "signal, handler",
    "time.sleep": "seconds", "select.select": "readable, writable, exceptional", "struct.pack": "format, value",
    "struct.unpack": "format, data", "queue.put": "item",
}


def _is_sure(call: Call) -> bool:
    """True where it is known what is called, with which arguments."""
    return not any(thing.facts.get("assumed") for thing in call.on) and not any(
        isinstance(part, ast.Starred) for part in call.node.args)


@rule("missing-argument", "error")
def missing_argument(program: Program) -> Iterator[Hit]:
    """`{name}` wants {wanted} arguments and gets {given}.

    Why: TypeError when the line is reached.
    Chinese: `{name}` 需要 {wanted} 个参数，只给了 {given} 个。运行到这一行时抛出 TypeError。
    Cure: {name}({parameters})
    netio: tcp.connect

    Wrong::

        def work(conn, address):
            print(conn, address)

        work(1)

    Right::

        def work(conn, address):
            print(conn, address)

        work(1, 2)
    """
    for call in program.calls(*_NEEDS):
        parameters, given = _NEEDS[call.name], len(call.args)
        if given < len(parameters.split(", ")) and not call.node.keywords and _is_sure(call):
            yield call.node, {"name": program.source(call.node.func), "wanted": len(parameters.split(", ")),
                              "given": given, "parameters": parameters}
    for call in program.flow.calls:
        function = next(iter(call.on), None)
        if not call.name.startswith("def ") or function is None or len(program.value(call.node.func)) != 1:
            continue
        node = function.facts["scope"].node
        if isinstance(node, ast.Lambda) or node.args.vararg or node.decorator_list:
            continue
        if any(isinstance(a, ast.Starred) for a in call.node.args) or any(k.arg is None for k in call.node.keywords):
            continue
        names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
        owner = function.facts["scope"].owner
        plain = {"threading.Thread", "multiprocessing.Process", "object"}
        if owner is not None and program.is_library:
            continue
        if owner is not None and (owner.facts["parents"] or owner.facts["names"] - plain or owner.facts["open_bases"]):
            continue
        if owner is not None:
            if (
                not isinstance(call.node.func, ast.Attribute)
                or any(t.kind != "instance" for t in program.value(call.node.func.value))
                or not program.value(call.node.func.value)
            ):
                continue
            names = names[1:]
        wanted = names[: len(names) - len(node.args.defaults)] if node.args.defaults else names
        given = len(call.node.args) + sum(1 for k in call.node.keywords if k.arg in names)
        if given < len(wanted) or len(call.node.args) > len(names):
            yield call.node, {
                "name": program.source(call.node.func),
                "wanted": len(wanted),
                "given": given,
                "parameters": ", ".join(names),
            }
    for call in () if makes_names(program) else program.calls("open"):
        if not call.node.args and not call.node.keywords:
            yield call.node, {"name": "open", "wanted": 1, "given": 0, "parameters": "path"}


@rule("pause-for-join", "warning", 120)
def pause_for_join(program: Program) -> Iterator[Hit]:
    """A pause stands where a `join` belongs: nobody knows whether the work is done by then.

    Why: On a slow machine it is not, on a fast one the time is lost.
    Chinese: 应该用 `join` 的地方用了停顿：到时候工作做没做完，谁也不知道。机器慢就没做完，机器快就白等。
    Cure: {name}.join()
    netio: concurrency.Process

    Wrong::

        import time
        from threading import Thread
        done = []

        def work():
            done.append(1)

        worker = Thread(target=work)
        worker.start()
        time.sleep(2)
        print(done)

    Right::

        from threading import Thread
        done = []

        def work():
            done.append(1)

        worker = Thread(target=work)
        worker.start()
        worker.join()
        print(done)
    """
    for sleep in program.calls("time.sleep"):
        if program.loops(sleep.node) or sleep.scope.runs_in or program.in_child(sleep.node):
            continue
        starts = [call for call in program.calls("thread.start", "process.start")
                  if call.scope is sleep.scope and call.node.lineno < sleep.node.lineno]
        workers = {thing for call in starts for thing in call.on}
        joined = any(program.calls("thread.join", "process.join"))
        after = [part for statement in program.following(sleep.node) for part in ast.walk(statement)]
        reads = any(isinstance(part, ast.Call) and program.source(part.func) == "print" and part.args for part in after)
        stops = any(isinstance(part, ast.Call) and program.source(part.func).rpartition(".")[2]
                    in ("set", "terminate", "kill", "is_alive", "close", "put", "send", "release", "clear", "start")
                    for part in after)
        if workers and not joined and reads and not stops:
            yield sleep.node, {"name": program.source(getattr(starts[-1].node.func, "value"))}


@rule("edge-once", "error")
def edge_once(program: Program) -> Iterator[Hit]:
    """With EPOLLET one `recv` for each event is not enough: what it leaves is not announced again.

    Why: An edge is reported when data comes, and not while it lies there: the rest waits until the peer sends more.
    Chinese: 用了 EPOLLET，每次事件只 `recv` 一次是不够的：没读完的部分不会再通知。边沿触发只在数据到达时通知一次，不管缓冲区里还剩多少；剩下的要等对方再发才读得到。
    Cure: leave EPOLLET out, or set the socket non-blocking and repeat recv until BlockingIOError
    Chinese cure: 去掉 EPOLLET，或者把套接字设成非阻塞，反复 recv 直到 BlockingIOError
    netio: concurrency.Server

    Wrong::

        import select
        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, select.epoll() as watch:
            watch.register(sock, select.EPOLLIN | select.EPOLLET)
            ended = False
            while not ended:
                for fd, event in watch.poll():
                    data = sock.recv(1024)
                    print(data)
                    ended = not data

    Right::

        import select
        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, select.epoll() as watch:
            watch.register(sock, select.EPOLLIN)
            ended = False
            while not ended:
                for fd, event in watch.poll():
                    data = sock.recv(1024)
                    print(data)
                    ended = not data
    """
    edges = {thing for call in program.calls("poll.register", "poll.modify") if "EPOLLET" in program.source(call.node)
             for thing in call.on}
    for call in program.socket_calls("recv"):
        loop = next(iter(program.loops(call.node)), None)
        if isinstance(loop, ast.For) and any(poll.on & edges for poll in program.calls("poll.poll")
                                             if program.inside(poll.node, loop.iter)):
            yield call.node
