"""`os.fork`: who runs which part, and what both share."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import LOOPS, Program
from ...values import Thing, constant


@rule("child-runs-on", "error", 30)
def child_runs_on(program: Program) -> Iterator[Hit]:
    """The forked child does not end here: it runs on into the parent's code.

    Why: It goes on in the loop, accepts, forks and waits as if it were the parent.
    Chinese: fork 出的子进程没有在这里结束，会继续执行父进程的代码。它会像父进程一样继续循环、accept、fork、wait。
    Cure: os._exit(0) at the end of the child's branch
    Chinese cure: 在子进程分支的末尾写 os._exit(0)
    netio: concurrency.fork_child

    Wrong::

        import os
        for number in range(3):
            pid = os.fork()
            if pid == 0:
                print("child", number)
        for number in range(3):
            os.wait()

    Right::

        import os
        for number in range(3):
            pid = os.fork()
            if pid == 0:
                print("child", number)
                os._exit(0)
        for number in range(3):
            os.wait()
    """
    for node, branch in program.flow.falls_out.values():
        if any(thing.kind == "pid" for thing in program.scope(node).returns):  # the caller decides
            continue
        if not _is_last_of_chain(program, node) and _matters(program, node, 0, frozenset()):
            body = getattr(node, branch)
            yield (body[0] if body and not (len(body) == 1 and isinstance(body[0], ast.If) and branch == "orelse")
                   else node)


def _is_last_of_chain(program: Program, node: ast.If) -> bool:
    """True for an `if pid > 0` whose child goes on deliberately, as in a double fork: the parent ended."""
    return not node.orelse and program.flow.child_branch(node.test) == "orelse"


def _matters(program: Program, node: ast.AST, depth: int, seen: frozenset[int]) -> bool:
    """True where what follows is the parent's work: a loop around, wait, accept, fork, join, or a call of it."""
    for statement in program.following(node):
        if _ends(program, statement):
            return False
        if isinstance(statement, ast.Return):
            break
        if isinstance(statement, LOOPS) and program.inside(node, statement):
            if isinstance(statement, ast.While) or _parents_work(program, statement):
                return True
        elif _parents_work(program, statement):
            return True
    scope = program.scope(node)
    if depth < 3 and scope is not program.flow.module and id(scope) not in seen:
        callers = (call for call in scope.callers.values() if call.scope is not scope)
        return any(_matters(program, call.node, depth + 1, seen | {id(scope)}) for call in callers)
    return False


def _ends(program: Program, statement: ast.stmt) -> bool:
    """True for a statement that ends the process."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    names = {thing.facts.get("name") for thing in program.value(getattr(call, "func", None))}
    return bool(names & {"os._exit", "sys.exit", "exit", "quit"})


def _parents_work(program: Program, statement: ast.AST) -> bool:
    for part in ast.walk(statement):
        if isinstance(part, ast.Call):
            names = {t.facts.get("name") for t in program.value(part.func) if t.kind == "extern"}
            last = program.source(part.func).rpartition(".")[2]
            if names & {"os.wait", "os.waitpid", "os.fork"} or last in ("accept", "recvfrom", "recv"):
                return True
            for thing in program.value(part.func):
                if thing.kind == "func" and not isinstance(thing.node, ast.Lambda) and _loops_or_waits(thing):
                    return True
    return False


def _loops_or_waits(function: Thing) -> bool:
    return any(isinstance(part, ast.While) or isinstance(part, ast.Call)
               and ast.unparse(part.func).rpartition(".")[2] in ("wait", "fork", "accept", "sleep")
               for part in ast.walk(function.facts["scope"].node))


@rule("fork-negative", "warning", 27)
def fork_negative(program: Program) -> Iterator[Hit]:
    """`pid < 0` is never true: a fork that fails raises OSError.

    Why: That is C; in Python the branch is dead, and the error ends the program with a traceback.
    Chinese: `pid < 0` 永远不成立：fork 失败会抛出 OSError。那是 C 的写法；在 Python 里这个分支不会执行，错误会直接结束程序。
    Cure: try: pid = os.fork() except OSError: ...
    Chinese cure: 把 pid = os.fork() 放进 try，用 except OSError 处理失败
    netio: concurrency.fork_child

    Wrong::

        import os
        pid = os.fork()
        if pid < 0:
            print("failed")
        elif pid == 0:
            os._exit(0)
        else:
            os.wait()

    Right::

        import os
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        else:
            os.wait()
    """
    for node in program.all(ast.Compare):
        assert isinstance(node, ast.Compare)
        is_pid = any(thing.kind == "pid" for thing in program.value(node.left))
        right = constant(program.value(node.comparators[0]))
        if is_pid and (
            isinstance(node.ops[0], ast.Lt) and right == 0 or isinstance(node.ops[0], ast.Eq) and right == -1
        ):
            yield node


@rule("wrong-pid", "error")
def wrong_pid(program: Program) -> Iterator[Hit]:
    """`{name}` is tested, but `{right}` is what the second fork returned.

    Why: In the first child `{name}` is 0 for ever: both processes take the same branch.
    Chinese: 判断的是 `{name}`，而第二次 fork 的返回值在 `{right}` 里。在一级子进程里 `{name}` 恒为 0：两个进程走同一分支。
    Cure: if {right} == 0:
    netio: concurrency.double_fork

    Wrong::

        import os
        pid = os.fork()
        if pid == 0:
            p = os.fork()
            if pid == 0:
                print("second child")
            os._exit(0)
        else:
            os.wait()

    Right::

        import os
        pid = os.fork()
        if pid == 0:
            p = os.fork()
            if p == 0:
                print("second child")
            os._exit(0)
        else:
            os.wait()
    """
    for call in program.calls("os.fork"):
        statement = program.statement(call.node)
        above = program.parent(statement) if statement else None
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        for field in ("body", "orelse"):
            body = getattr(above, field, [])
            if isinstance(body, list) and statement in body and program.in_child(statement):
                after = body[body.index(statement) + 1 :]
                test = next((part.test for part in after[:2] if isinstance(part, ast.If)), None)
                if test is None:
                    continue
                names = {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}
                name = statement.targets[0].id
                other = next(
                    (
                        n
                        for n in names
                        if n != name
                        and any(
                            t.kind == "pid" for t in program.flow.scopes[id(program.function(test))].names.get(n, ())
                        )
                    ),
                    "",
                )
                if other and name not in names:
                    yield test, {"name": other, "right": name}


@rule("shared-offset", "error", 33)
def shared_offset(program: Program) -> Iterator[Hit]:
    """A file that was opened before the fork is used in both processes: they share one offset.

    Why: Each read or seek of one moves the place of the other; the pieces come out mixed or twice.
    Chinese: fork 之前打开的文件在两个进程里都使用：它们共用一个偏移量。一方的读写或 seek 会移动另一方的位置，结果交错或重复。
    Cure: open the file in each process
    Chinese cure: 每个进程各自打开文件
    netio: files.copy_in_parts

    Wrong::

        import os
        file = open("a.jpg", "rb")
        pid = os.fork()
        if pid == 0:
            print(len(file.read(100)))
            os._exit(0)
        else:
            file.seek(100)
            print(len(file.read(100)))
            os.wait()
        file.close()

    Right::

        import os
        pid = os.fork()
        if pid == 0:
            with open("a.jpg", "rb") as file:
                print(len(file.read(100)))
            os._exit(0)
        else:
            with open("a.jpg", "rb") as file:
                file.seek(100)
                print(len(file.read(100)))
            os.wait()
    """
    methods = ("read", "write", "seek", "readline", "readlines")
    for file in program.of_kind("file"):
        if file.node is None or program.scope(file.node).runs_in:
            continue
        uses = [call for call in program.calls_on(file, *methods)]
        forked = [call for call in uses if program.in_child(call.node) and not program.in_child(file.node)]
        started = {id(call.scope): call for call in uses if "process" in call.scope.runs_in}
        if (
            forked
            and len(forked) < len(uses)
            and any(call.node.lineno > min(f.node.lineno for f in forked) for call in uses if call not in forked)
        ):
            yield forked[0].node
        elif len(started) > 1:
            yield sorted((call.node for call in started.values()), key=lambda node: node.lineno)[0]


@rule("fork-after-threads", "warning", 115)
def fork_after_threads(program: Program) -> Iterator[Hit]:
    """The program forks after it has started threads.

    Why: The child has the forking thread only; a lock that another one held is never released there.
    Chinese: 程序启动线程之后又 fork。子进程里只有调用 fork 的那个线程；别的线程持有的锁在那里永远不会释放。
    Cure: fork first, or use threads only
    Chinese cure: 先 fork，再启动线程；或者只用线程
    netio: concurrency.Process

    Wrong::

        import os
        import threading

        def work():
            print("work")

        thread = threading.Thread(target=work)
        thread.start()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.wait()
        thread.join()

    Right::

        import os
        import threading

        def work():
            print("work")

        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.wait()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    """
    for call in program.calls("os.fork"):
        for start in program.calls("thread.start"):
            joins = [join for join in program.calls("thread.join")
                     if join.scope is call.scope and join.node.lineno < call.node.lineno]
            if (
                start.scope is call.scope
                and start.node.lineno < call.node.lineno
                and not joins
                and not program.in_child(start.node)
            ):
                yield call.node
                return


@rule("parent-keeps-connection", "warning")
def parent_keeps_connection(program: Program) -> Iterator[Hit]:
    """The parent keeps each connection open that its child serves.

    Why: Both have the descriptor; the client sees the end only when both have closed it, and the parent runs out.
    Chinese: 子进程服务的连接，父进程一直没有关闭。两边都有描述符；都关闭后客户端才看到结束，而父进程的描述符会用完。
    Cure: {name}.close() in the parent's branch
    Chinese cure: 在父进程的分支里写 {name}.close()
    netio: concurrency.serve

    Wrong::

        import os
        import signal
        import socket
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                conn, address = listener.accept()
                if os.fork() == 0:
                    conn.sendall(b"hello")
                    conn.close()
                    os._exit(0)

    Right::

        import os
        import signal
        import socket
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with socket.create_server(("127.0.0.1", 8888)) as listener:
            while True:
                conn, address = listener.accept()
                if os.fork() == 0:
                    conn.sendall(b"hello")
                    conn.close()
                    os._exit(0)
                conn.close()
    """
    for call in program.calls("os.fork"):
        loops = program.loops(call.node)
        for sock in program.of_kind("tcp"):
            if not (sock.facts.get("accepted") and loops and program.inside(sock.node, loops[0])):
                continue
            closes = [other for other in program.calls_on(sock, "close")
                      if program.inside(other.node, loops[0]) and not program.in_child(other.node)]
            if (
                not closes
                and not sock.facts.get("with")
                and not sock.facts.get("escapes")
                and program.scope(sock.node) is call.scope
                and any(program.calls_on(sock, "close"))
            ):
                yield sock.node or call.node, {"name": "connfd"}
