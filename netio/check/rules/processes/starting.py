"""Starting a `Process`: its target, its arguments, and the guard that spawn needs."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Call, Scope, constant, is_only

_NO_TUPLES = ("int", "str", "tcp", "udp", "queue", "pipe", "lock", "event", "semaphore", "value", "file")
_MAKES = ("multiprocessing.Process", "threading.Thread")


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
    """`{name}` is called here and now; its result is passed as the function.

    Why: The work runs in this thread before the new one exists; what it returned, None, cannot run there.
    Chinese: `{name}` 在这里就被调用了，传过去的是它的返回值。工作在当前线程里先做完了，而返回的 None 到了那边没法执行。
    Cure: {cure}
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
                if _is_done(program, keyword.value):
                    yield keyword.value, {"name": program.source(keyword.value),
                                          "cure": f"target={program.source(keyword.value.func)}, args=(...)"}
    for call in program.calls("executor.submit", "pool.apply_async", "pool.apply", "pool.map", "executor.map"):
        first = next(iter(call.node.args), None)
        if isinstance(first, ast.Call) and _is_done(program, first) and not _returns_something(program, first):
            method = call.name.partition(".")[2]
            yield first, {"name": program.source(first), "cure": f"{method}({program.source(first.func)}, ...)"}


def _is_done(program: Program, node: ast.Call) -> bool:
    """True where a function is called that gives no other function."""
    functions = [thing for thing in program.value(node.func) if thing.kind == "func"]
    inner = [thing for function in functions for thing in function.facts["scope"].returns
             if thing.kind in ("func", "instance", "extern")]
    known = functions or any(t.facts.get("name") in ("print", "time.sleep") for t in program.value(node.func))
    return bool(known) and not inner


def _returns_something(program: Program, node: ast.Call) -> bool:
    """True where the function returns what is not known to be no function."""
    return any(isinstance(part, ast.Return) and part.value is not None and not program.value(part.value)
               for thing in program.value(node.func) if thing.kind == "func"
               for part in ast.walk(thing.facts["scope"].node))


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
        for node in _arguments(call):
            text = constant(program.value(node))
            if isinstance(text, str) and len(text) == 1:
                continue  # taken apart into itself
            if is_only(program.value(node), *_NO_TUPLES):
                yield node, {"name": program.source(node)}


def _arguments(call: Call) -> Iterator[ast.expr]:
    """Yield what is given as `args`."""
    place = 1 if call.name.startswith("pool.") else 3
    yield from call.node.args[place:place + 1]
    yield from (keyword.value for keyword in call.node.keywords if keyword.arg == "args")


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


@rule("number-is-no-loop", "error", 48)
def number_is_no_loop(program: Program) -> Iterator[Hit]:
    """A number cannot be looped over.

    Why: TypeError: 'int' object is not iterable.
    Chinese: 数字不能循环。TypeError: 'int' object is not iterable。
    Cure: range({number})
    netio: concurrency.Process

    Wrong::

        for number in 10:
            print(number)

    Right::

        for number in range(10):
            print(number)
    """
    for node in program.all(ast.For):
        assert isinstance(node, ast.For)
        plain = (isinstance(node.iter, ast.Constant) or isinstance(node.iter, ast.Call)
                 and program.source(node.iter.func) in ("len", "int") or isinstance(node.iter, ast.Name)
                 and constant(program.value(node.iter)) is not None)
        if plain and is_only(program.value(node.iter), "int"):
            yield node.iter, {"number": program.source(node.iter)}
