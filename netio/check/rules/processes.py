"""Processes: fork, its child and its status; multiprocessing's Process and Pool."""

from __future__ import annotations

import ast
from typing import Iterator

from ..findings import Hit, rule
from ..program import LOOPS, Program
from ..values import Call, Scope, Thing, Value, constant, is_only

_MAKES = ("multiprocessing.Process", "threading.Thread")


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


def _makers(program: Program) -> Iterator[tuple[Call, str]]:
    """Yield (call, kind) of what makes a thread or a process."""
    for call in program.calls("multiprocessing.Process"):
        yield call, "process"
    for call in program.calls("threading.Thread"):
        yield call, "thread"


@rule("positional-target", "error", 37)
def positional_target(program: Program) -> Iterator[Hit]:
    """The function is passed as the first parameter, which is `group`.

    Why: AssertionError: group argument must be None for now.
    Chinese: 函数传给了第一个参数，而第一个参数是 `group`。AssertionError: group argument must be None for now。
    Cure: {kind}(target={name})
    netio: concurrency.Process

    Wrong::

        from threading import Thread

        def work():
            print("work")

        worker = Thread(work)
        worker.start()
        worker.join()

    Right::

        from threading import Thread

        def work():
            print("work")

        worker = Thread(target=work)
        worker.start()
        worker.join()
    """
    for call, kind in _makers(program):
        if call.node.args and not isinstance(call.node.args[0], ast.Starred) and not is_only(call.args[0], "none"):
            yield call.node, {"kind": program.source(call.node.func), "name": program.source(call.node.args[0])}


@rule("called-target", "error")
def called_target(program: Program) -> Iterator[Hit]:
    """`{name}` is called here and now; its result is passed as the target.

    Why: The work runs in this thread before the new one exists, and target is None: the new one does nothing.
    Chinese: `{name}` 在这里就被调用了，传给 target 的是它的返回值。工作在当前线程里先做完了，而 target 是 None：新线程什么也不做。
    Cure: target={function}, args=(...)
    netio: concurrency.Process

    Wrong::

        from threading import Thread

        def work(number):
            print(number)

        worker = Thread(target=work(1))
        worker.start()
        worker.join()

    Right::

        from threading import Thread

        def work(number):
            print(number)

        worker = Thread(target=work, args=(1,))
        worker.start()
        worker.join()
    """
    for call in program.calls("multiprocessing.Process", "threading.Thread", "threading.Timer"):
        for keyword in call.node.keywords:
            if keyword.arg in ("target", "function") and isinstance(keyword.value, ast.Call):
                functions = [thing for thing in program.value(keyword.value.func) if thing.kind == "func"]
                inner = [thing for f in functions for thing in f.facts["scope"].returns
                         if thing.kind in ("func", "instance", "extern")]
                known = functions or any(
                    t.facts.get("name") in ("print", "time.sleep") for t in program.value(keyword.value.func)
                )
                if known and not inner:
                    yield keyword.value, {
                        "name": program.source(keyword.value),
                        "function": program.source(keyword.value.func),
                    }


@rule("args-no-tuple", "error")
def args_no_tuple(program: Program) -> Iterator[Hit]:
    """`args=({name})` is no tuple: the comma is missing.

    Why: Brackets alone make none; a str is taken apart into its characters, anything else raises TypeError.
    Chinese: `args=({name})` 不是元组：少了逗号。只有括号不成元组；字符串会被拆成单个字符，其他对象抛出 TypeError。
    Cure: args=({name},)
    netio: concurrency.Process

    Wrong::

        from threading import Thread

        def work(number):
            print(number)

        worker = Thread(target=work, args=(1))
        worker.start()
        worker.join()

    Right::

        from threading import Thread

        def work(number):
            print(number)

        worker = Thread(target=work, args=(1,))
        worker.start()
        worker.join()
    """
    for call in program.calls("multiprocessing.Process", "threading.Thread", "pool.apply_async", "pool.apply"):
        for keyword in call.node.keywords:
            if keyword.arg == "args" and is_only(
                program.value(keyword.value),
                "int",
                "str",
                "tcp",
                "udp",
                "queue",
                "pipe",
                "lock",
                "event",
                "semaphore",
                "value",
                "file",
            ):
                text = constant(program.value(keyword.value))
                if isinstance(text, str) and len(text) == 1:
                    continue  # taken apart into itself
                yield keyword.value, {"name": program.source(keyword.value)}


def _is_guarded(program: Program, node: ast.AST) -> bool:
    """True inside of `if __name__ == "__main__":`."""
    return any(
        isinstance(outer, ast.If) and "__name__" in program.source(outer.test) for outer in program.ancestors(node)
    )


def _runs_on_import(program: Program, node: ast.AST, depth: int = 0) -> bool:
    """True where a node runs whenever the file is imported: at the top, or in a function called there."""
    if _is_guarded(program, node):
        return False
    scope = program.scope(node)
    if scope is program.flow.module:
        return True
    callers = [call for call in scope.callers.values() if call.name.startswith(("def ", "class "))]
    return depth < 4 and any(_runs_on_import(program, call.node, depth + 1) for call in callers)


@rule("no-guard", "warning", 42)
def no_guard(program: Program) -> Iterator[Hit]:
    """Processes are started without `if __name__ == '__main__':`.

    Why: Where processes are spawned (Windows, macOS) each child imports this file and starts children again:
    RuntimeError.
    Chinese: 创建进程时没有写 `if __name__ == '__main__':`。在用 spawn 的系统（Windows、macOS）上，每个子进程都会导入本文件并再次创建子进程：RuntimeError。
    Cure: if __name__ == '__main__': main()
    netio: concurrency.Process

    Wrong::

        from multiprocessing import Process

        def work():
            print("work")

        worker = Process(target=work)
        worker.start()
        worker.join()

    Right::

        from multiprocessing import Process

        def work():
            print("work")

        if __name__ == "__main__":
            worker = Process(target=work)
            worker.start()
            worker.join()
    """
    starts = [
        *program.calls("process.start"),
        *program.calls("multiprocessing.Pool", "multiprocessing.Manager", "concurrent.futures.ProcessPoolExecutor"),
    ]
    starts.sort(key=lambda call: call.node.lineno)
    for call in starts:
        if _runs_on_import(program, call.node):
            makers = [c for c in program.calls("multiprocessing.Process") if _runs_on_import(program, c.node)]
            first = min([call.node, *(maker.node for maker in makers)], key=lambda node: node.lineno)
            yield first
            return


@rule("run-for-start", "error", 134)
def run_for_start(program: Program) -> Iterator[Hit]:
    """`run()` does the work here; `start()` makes the new {kind}.

    Why: `run` is an ordinary call: nothing runs at the same time.
    Chinese: `run()` 是在当前线程里执行；`start()` 才会创建新的{kind_zh}。`run` 只是普通调用，什么也没有并发。
    Cure: {name}.start()
    netio: concurrency.Process

    Wrong::

        from threading import Thread

        def work():
            print("work")

        worker = Thread(target=work)
        worker.run()

    Right::

        from threading import Thread

        def work():
            print("work")

        worker = Thread(target=work)
        worker.start()
        worker.join()
    """
    for call in program.calls("process.run", "thread.run"):
        func = call.node.func
        if isinstance(func, ast.Attribute) and not program.source(func.value).startswith(("self", "super")):
            kind = call.name.partition(".")[0]
            yield call.node, {
                "name": program.source(func.value),
                "kind": kind,
                "kind_zh": "进程" if kind == "process" else "线程",
            }
    for scope in program.flow.scopes.values():  # a class of the program's own
        if scope.runs_in & {"thread", "process"} and scope.owner is not None and scope.name.endswith(".run"):
            for call in scope.callers.values():
                func = call.node.func
                if (
                    isinstance(func, ast.Attribute)
                    and func.attr == "run"
                    and not program.source(func.value).startswith(("self", "super"))
                ):
                    yield call.node, {"name": program.source(func.value), "kind": "thread", "kind_zh": "线程"}


@rule("lambda-target", "warning", 126)
def lambda_target(program: Program) -> Iterator[Hit]:
    """A lambda or an inner function cannot be sent to a spawned process.

    Why: It is found by its name in the module, and has none there: PicklingError on Windows and macOS; in a pool
    everywhere.
    Chinese: lambda 或内层函数不能交给 spawn 出的进程。子进程按名字在模块里找函数，而它没有模块级的名字：Windows、macOS 上（进程池则处处）抛出 PicklingError。
    Cure: a function at the top of the file
    Chinese cure: 改用定义在模块顶层的函数
    netio: concurrency.Process

    Wrong::

        from multiprocessing import Process
        if __name__ == "__main__":
            worker = Process(target=lambda: print("work"))
            worker.start()
            worker.join()

    Right::

        from multiprocessing import Process

        def work():
            print("work")

        if __name__ == "__main__":
            worker = Process(target=work)
            worker.start()
            worker.join()
    """
    for call in program.calls(
        "multiprocessing.Process", "pool.apply_async", "pool.map", "pool.apply", "pool.map_async"
    ):
        pool = call.name.startswith("pool.")
        if pool and "Thread" in str(next(iter(call.on)).facts.get("method")):
            continue
        for thing in call.arg(0, "func") if pool else call.keywords.get("target", frozenset()):
            scope = thing.facts.get("scope")
            inner = isinstance(scope, Scope) and (
                isinstance(scope.node, ast.Lambda) or scope.owner is None and scope.parent is not program.flow.module
            )
            if inner:
                yield call.node


@rule("child-changes-global", "error", 126)
def child_changes_global(program: Program) -> Iterator[Hit]:
    """`{name}` is changed in a child process and read in the parent: it stays as it was there.

    Why: Each process has its own memory; the child changes its copy.
    Chinese: 在子进程里修改 `{name}`，却在父进程里读取：父进程里的值不会变。每个进程有自己的内存，子进程改的是自己的那一份。
    Cure: multiprocessing.Value('i', 0), or send the result through a Queue
    Chinese cure: 用 multiprocessing.Value('i', 0)，或者用 Queue 传回结果
    netio: ipc.Value

    Wrong::

        from multiprocessing import Process
        total = 0

        def work():
            global total
            total += 1

        if __name__ == "__main__":
            worker = Process(target=work)
            worker.start()
            worker.join()
            print(total)

    Right::

        from multiprocessing import Process, Value

        def work(total):
            with total.get_lock():
                total.value += 1

        if __name__ == "__main__":
            total = Value("i", 0)
            worker = Process(target=work, args=(total,))
            worker.start()
            worker.join()
            print(total.value)
    """
    for scope in program.flow.scopes.values():
        if "process" not in scope.runs_in or "thread" in scope.runs_in:
            continue
        for name, node in _changes(program, scope):
            if any(isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
                   and _reads_in_parent(program, part, node) for part in program.nodes):
                yield node, {"name": name}


def _changes(program: Program, scope: Scope) -> Iterator[tuple[str, ast.AST]]:
    """Yield (name, node) of each global that a function changes: `global` and `=`, or append to a list."""
    seen: set[str] = set()
    for part in ast.walk(scope.node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id in scope.global_names:
            if part.id not in seen:
                seen.add(part.id)
                yield part.id, part
        elif (
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Attribute)
            and isinstance(part.func.value, ast.Name)
        ):
            name = part.func.value.id
            if part.func.attr in ("append", "extend", "update", "add", "pop", "insert") and name not in scope.bound:
                if is_only(program.value(part.func.value), "list", "dict") and name in program.flow.module.names:
                    if name not in seen:
                        seen.add(name)
                        yield name, part
        elif isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store) and isinstance(part.value, ast.Name):
            name = part.value.id
            if name not in scope.bound and name not in seen and is_only(program.value(part.value), "list", "dict"):
                seen.add(name)
                yield name, part


def _reads_in_parent(program: Program, part: ast.AST, change: ast.AST) -> bool:
    """True for a use in the parent, after a process was joined or in a print: not in a child's function."""
    scope = program.scope(part)
    if scope.runs_in:
        return False
    joins = [call.node.lineno for call in program.calls("process.join", "pool.join") if call.scope is scope]
    return bool(joins) and getattr(part, "lineno") > min(joins)


@rule("input-in-child", "error", 82)
def input_in_child(program: Program) -> Iterator[Hit]:
    """`input` is called in a child process, whose standard input is closed.

    Why: multiprocessing gives its children /dev/null: EOFError.
    Chinese: 在子进程里调用 `input`，而它的标准输入已关闭。multiprocessing 让子进程的标准输入为空设备：EOFError。
    Cure: read in the parent, and pass the text by args or a Queue
    Chinese cure: 在父进程里读取，再用 args 或 Queue 传给子进程
    netio: concurrency.Process

    Wrong::

        from multiprocessing import Process

        def work():
            print(input("name: "))

        if __name__ == "__main__":
            worker = Process(target=work)
            worker.start()
            worker.join()

    Right::

        from multiprocessing import Process

        def work(name):
            print(name)

        if __name__ == "__main__":
            worker = Process(target=work, args=(input("name: "),))
            worker.start()
            worker.join()
    """
    for call in program.calls("input"):
        if _only_in_child(program, call.scope, 0):
            yield call.node


def _only_in_child(program: Program, scope: Scope, depth: int) -> bool:
    """True for a function that runs in multiprocessing's children only."""
    if "process" in scope.runs_in:
        return "thread" not in scope.runs_in and not any(c.name.startswith("def ") for c in scope.callers.values())
    callers = list(scope.callers.values())
    return (depth < 3 and scope.parent is not None and bool(callers)
            and all(_only_in_child(program, call.scope, depth + 1) for call in callers))


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


_ = Value
