"""Waiting for children, pools and their results."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Thing, constant, is_only
from ..uses import used_as_values


@rule("nobody-waits", "warning", 31)
def nobody_waits(program: Program) -> Iterator[Hit]:
    """Nobody collects the children: each that ends stays as a zombie.

    Why: The kernel keeps its entry until `wait`; a server runs out of processes.
    Chinese: 没有人回收子进程：每个结束的子进程都成为僵尸。内核保留它的记录直到 `wait`；服务器最终无法再创建进程。
    Cure: os.waitpid(-1, os.WNOHANG) in the loop, or signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    Chinese cure: 在循环里调用 os.waitpid(-1, os.WNOHANG)，或 signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    netio: concurrency.reap_children

    Wrong::

        import os
        import time
        while True:
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            time.sleep(1)

    Right::

        import os
        import time
        while True:
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(-1, os.WNOHANG)
            time.sleep(1)
    """
    waits = any(program.calls("os.wait", "os.waitpid", "os.waitid", "os.wait3", "os.wait4"))
    names = {str(thing.facts.get("name")) for call in program.calls("signal.signal") for thing in call.arg(0)}
    if waits or any("SIGCHLD" in name or "SIGCLD" in name for name in names):
        return
    for call in program.calls("os.fork"):
        if program.loops(call.node) and not program.in_child(call.node):
            yield call.node


@rule("children-ignored", "warning", 31)
def children_ignored(program: Program) -> Iterator[Hit]:
    """SIGCHLD is ignored in a program that waits for its children.

    Why: The kernel forgets each child at once: `os.wait` raises ChildProcessError, exit codes are lost (subprocess,
    multiprocessing).
    Chinese: 忽略了 SIGCHLD，却又要等待子进程。内核立刻忘掉每个子进程：`os.wait` 抛出 ChildProcessError，subprocess 和 multiprocessing 丢失退出码。
    Cure: leave SIGCHLD alone and call os.waitpid(-1, os.WNOHANG)
    Chinese cure: 不要改 SIGCHLD，改为调用 os.waitpid(-1, os.WNOHANG)
    netio: concurrency.reap_children

    Wrong::

        import os
        import signal
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.wait()

    Right::

        import os
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.wait()
    """
    for call in program.calls("signal.signal"):
        number = {str(thing.facts.get("name")) for thing in call.arg(0)}
        handler = {str(thing.facts.get("name")) for thing in call.arg(1)}
        if number and number <= {"signal.SIGCHLD", "signal.SIGCLD"} and handler == {"signal.SIG_IGN"}:
            codes = any(isinstance(node, ast.Attribute) and node.attr == "exitcode" for node in program.nodes)
            waits = any(
                program.calls("os.wait", "os.waitpid", "subprocess.run", "subprocess.call", "subprocess.Popen",
                              "subprocess.check_output", "process.join", "os.system")
            )
            if waits or codes:
                yield call.node


@rule("pool-not-closed", "error")
def pool_not_closed(program: Program) -> Iterator[Hit]:
    """`join` of a pool before `close`.

    Why: ValueError: Pool is still running.
    Chinese: 进程池没有 `close` 就 `join`。ValueError: Pool is still running。
    Cure: {name}.close()
    netio: concurrency.ProcessPool

    Wrong::

        from multiprocessing import Pool

        def double(number):
            return 2 * number

        if __name__ == "__main__":
            pool = Pool(2)
            print(pool.map(double, [1, 2]))
            pool.join()

    Right::

        from multiprocessing import Pool

        def double(number):
            return 2 * number

        if __name__ == "__main__":
            pool = Pool(2)
            print(pool.map(double, [1, 2]))
            pool.close()
            pool.join()
    """
    for call in program.calls("pool.join"):
        closes = [other for pool in call.on for other in program.calls_on(pool, "close", "terminate")]
        if not any(other.scope is not call.scope or other.node.lineno < call.node.lineno for other in closes):
            yield call.node, {"name": program.source(getattr(call.node.func, "value"))}


@rule("result-never-asked", "warning", 42)
def result_never_asked(program: Program) -> Iterator[Hit]:
    """Nobody asks for the result of `{method}`, and so nobody learns of its error.

    Why: An exception in a pool's worker is kept for `get`; without it the work fails in silence.
    Chinese: 没有人取 `{method}` 的结果，因此出错也没有人知道。进程池把异常留给 `get`；不取的话，任务就悄悄失败了。
    Cure: result = {call}; result.get()
    netio: concurrency.ProcessPool

    Wrong::

        from multiprocessing import Pool

        def work(number):
            print(1 // number)

        if __name__ == "__main__":
            pool = Pool(2)
            pool.apply_async(work, (0,))
            pool.close()
            pool.join()

    Right::

        from multiprocessing import Pool

        def work(number):
            print(1 // number)

        if __name__ == "__main__":
            pool = Pool(2)
            result = pool.apply_async(work, (0,))
            pool.close()
            pool.join()
            result.get()
    """
    for call in program.calls("pool.apply_async", "pool.map_async", "pool.starmap_async"):
        if "error_callback" in call.keywords:
            continue
        if program.is_statement(call.node) or _never_read(program, call.node):
            yield call.node, {"method": call.name.partition(".")[2], "call": program.source(call.node)}


def _never_read(program: Program, node: ast.AST) -> bool:
    above = program.parent(node)
    if not isinstance(above, ast.Assign) or not isinstance(above.targets[0], ast.Name):
        return False
    name = above.targets[0].id
    return not any(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
                   for part in ast.walk(program.function(node)))


@rule("daemon-unfinished", "warning", 40)
def daemon_unfinished(program: Program) -> Iterator[Hit]:
    """A daemon {kind} is started, and the program ends without waiting: its work is cut off.

    Why: At the end of the main program daemons are killed where they are, in the middle of a file or a message.
    Chinese: 启动了 daemon {kind_zh}，程序却不等它就结束：工作被中途打断。主程序结束时 daemon 会被直接终止，不管文件或消息写到哪里。
    Cure: {name}.join()
    netio: concurrency.Process

    Wrong::

        import threading
        import time

        def work():
            time.sleep(1)
            print("saved")

        worker = threading.Thread(target=work, daemon=True)
        worker.start()

    Right::

        import threading
        import time

        def work():
            time.sleep(1)
            print("saved")

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join()
    """
    for worker in program.of_kind("thread", "process"):
        starts = [call for call in program.calls_on(worker, "start") if call.live]
        if (
            not starts
            or any(program.calls_on(worker, "join"))
            or worker.facts.get("escapes")
            or not _is_daemon(program, worker)
            or starts[0].scope.parent is not None
            and not starts[0].scope.callers
        ):
            continue
        if starts[0].scope.runs_in or program.loops(starts[0].node) or _goes_on(program, starts[0].node, 0):
            continue
        if any(
            worker in value for kind in program.of_kind("list", "dict", "class") for value in kind.elements.values()
        ):
            continue
        kind = worker.kind
        yield starts[0].node, {
            "kind": kind,
            "kind_zh": "进程" if kind == "process" else "线程",
            "name": program.source(getattr(starts[0].node.func, "value")),
        }


def _is_daemon(program: Program, worker: Thing) -> bool:
    node = worker.node
    given = [program.value(k.value) for k in node.keywords if k.arg == "daemon"] if isinstance(node, ast.Call) else []
    set_later = worker.elements.get("daemon", frozenset())
    calls = [call.arg(0) for call in program.calls_on(worker, "setDaemon")]
    return any(constant(value) is True for value in [*given, set_later, *calls])


def _goes_on(program: Program, node: ast.AST, depth: int) -> bool:
    """True where the main program works or waits after a node: a loop, a call that waits, input."""
    for statement in program.following(node):
        for part in ast.walk(statement):
            if isinstance(part, (ast.While, ast.For)):
                return True
            if isinstance(part, ast.Call):
                last = program.source(part.func).rpartition(".")[2]
                if (
                    last
                    in (
                        "sleep",
                        "join",
                        "wait",
                        "input",
                        "accept",
                        "recv",
                        "recvfrom",
                        "get",
                        "pause",
                        "mainloop",
                        "serve_forever",
                        "acquire",
                    )
                    or any(t.kind == "func" for t in program.value(part.func))
                    or (last not in ("print", "start", "close", "format"))
                ):
                    return True
    scope = program.scope(node)
    return depth < 3 and any(
        _goes_on(program, call.node, depth + 1) for call in scope.callers.values() if call.scope is not scope
    )


@rule("pending-as-result", "error")
def pending_as_result(program: Program) -> Iterator[Hit]:
    """`{name}` is no result yet: the result comes from `{name}.{get}()`.

    Why: A pool returns an object at once, which gets the result later; printed, it is <...AsyncResult object at ...>.
    Chinese: `{name}` 还不是结果，结果要用 `{name}.{get}()` 取。进程池立刻返回一个对象，结果以后才放进去；直接打印得到的是 <...AsyncResult object at ...>。
    Cure: {name}.{get}()
    netio: concurrency.ProcessPool

    Wrong::

        from multiprocessing import Pool

        def double(number):
            return 2 * number

        if __name__ == "__main__":
            with Pool(2) as pool:
                result = pool.apply_async(double, (1,))
                print(result)

    Right::

        from multiprocessing import Pool

        def double(number):
            return 2 * number

        if __name__ == "__main__":
            with Pool(2) as pool:
                result = pool.apply_async(double, (1,))
                print(result.get())
    """
    for node in used_as_values(program):
        value = program.value(node)
        if is_only(value, "pending"):
            made = next(iter(value)).node
            submitted = isinstance(made, ast.Call) and program.source(made.func).endswith("submit")
            yield node, {"name": program.source(node), "get": "result" if submitted else "get"}


@rule("join-at-once", "warning")
def join_at_once(program: Program) -> Iterator[Hit]:
    """Each {kind} is waited for before the next one is started: they run one after the other.

    Why: `join` waits until the work is done; with it in the loop of the starts nothing runs at the same time.
    Chinese: 每个{kind_zh}都等它结束才启动下一个：它们是一个接一个运行的。`join` 会一直等到工作做完；它和启动放在同一个循环里，就没有任何并发。
    Cure: for worker in workers: worker.join()
    netio: concurrency.ProcessPool

    Wrong::

        from threading import Thread

        def work(number):
            print(number)

        for number in range(4):
            worker = Thread(target=work, args=(number,))
            worker.start()
            worker.join()

    Right::

        from threading import Thread

        def work(number):
            print(number)

        workers = [Thread(target=work, args=(number,)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    """
    for call in program.calls("thread.join", "process.join"):
        loop = next(iter(program.loops(call.node)), None)
        statement = program.statement(call.node)
        if loop is None or statement is None or not _starts_many(program, loop):
            continue
        body: list[ast.stmt] = getattr(program.parent(statement), "body", [])
        if statement not in body or any(not _is_close(after) for after in body[body.index(statement) + 1:]):
            continue
        kind, before = call.name.partition(".")[0], body[body.index(statement) - 1]
        started = {thing for other in program.calls(f"{kind}.start") if program.inside(other.node, before)
                   for thing in other.on}
        if before is not statement and any(thing in started and program.inside(thing.node, loop) for thing in call.on):
            yield call.node, {"kind": kind, "kind_zh": "线程" if kind == "thread" else "进程"}


def _starts_many(program: Program, loop: ast.AST) -> bool:
    """True for a loop without an end and for one over a range or over what came from elsewhere."""
    if isinstance(loop, ast.For):
        return isinstance(loop.iter, (ast.Call, ast.Name, ast.Attribute))
    return True


def _is_close(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement).endswith(".close()")
