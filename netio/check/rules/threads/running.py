"""A thread from its start to its end: `__init__`, waiting, `sys.exit`, old names."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from .sharing import thread_scopes


@rule("super-init-missing", "error", 44)
def super_init_missing(program: Program) -> Iterator[Hit]:
    """`__init__` of `{name}` does not call `super().__init__()`.

    Why: `start` raises RuntimeError: thread.__init__() not called (AssertionError for a Process).
    Chinese: `{name}` 的 `__init__` 没有调用 `super().__init__()`。
    `start` 抛出 RuntimeError: thread.__init__() not called（Process 则是 AssertionError）。
    Cure: super().__init__()
    netio: concurrency.ResultThread

    Wrong::

        from threading import Thread

        class Worker(Thread):
            def __init__(self, number):
                self.number = number

            def run(self):
                print(self.number)

        worker = Worker(1)
        worker.start()
        worker.join()

    Right::

        from threading import Thread

        class Worker(Thread):
            def __init__(self, number):
                super().__init__()
                self.number = number

            def run(self):
                print(self.number)

        worker = Worker(1)
        worker.start()
        worker.join()
    """
    for thing in program.of_kind("class"):
        if not thing.facts.get("names", set()) & {"threading.Thread", "multiprocessing.Process"} or thing.facts.get(
            "parents"
        ):
            continue
        for method in getattr(thing.node, "body", []):
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                text = program.source(method)
                if "__init__(" not in text.partition("\n")[2]:
                    yield method, {"name": thing.facts["name"]}


@rule("busy-wait", "warning")
def busy_wait(program: Program) -> Iterator[Hit]:
    """The loop waits by spinning: one core is busy for nothing.

    Why: It asks millions of times a second, and takes the time from those it waits for.
    Chinese: 循环空转等待：一个核白白忙着。它每秒询问几百万次，还抢走了所等对象的时间。
    Cure: event.wait(), or join()
    Chinese cure: event.wait()，或者 join()
    netio: concurrency.CheckedLock

    Wrong::

        from threading import Thread
        done = False

        def work():
            global done
            done = True

        Thread(target=work).start()
        while not done:
            pass

    Right::

        from threading import Event, Thread
        done = Event()

        def work():
            done.set()

        Thread(target=work).start()
        done.wait()
    """
    for node in program.all(ast.While):
        assert isinstance(node, ast.While)
        if all(isinstance(part, (ast.Pass, ast.Continue)) for part in node.body) and not node.orelse:
            calls = [part for part in ast.walk(node.test) if isinstance(part, ast.Call)]
            names = {program.source(call.func).rpartition(".")[2] for call in calls}
            if names <= {
                "is_alive",
                "is_set",
                "empty",
                "isSet",
                "locked",
                "full",
                "active_count",
                "isAlive",
                "qsize",
                "time",
                "poll",
                "len",
            } and not isinstance(node.test, ast.NamedExpr):
                yield node


@rule("exit-in-thread", "warning", 43)
def exit_in_thread(program: Program) -> Iterator[Hit]:
    """`sys.exit` in a thread ends that thread only; the program goes on.

    Why: It raises SystemExit, which a thread swallows in silence.
    Chinese: 线程里的 `sys.exit` 只结束该线程，程序继续运行。它抛出 SystemExit，线程会悄悄吞掉它。
    Cure: set an Event that the main thread waits for
    Chinese cure: 设置一个 Event，由主线程等待它
    netio: concurrency.ResultThread

    Wrong::

        import sys
        from threading import Thread

        def work():
            sys.exit("bye")

        worker = Thread(target=work)
        worker.start()
        worker.join()

    Right::

        import sys
        from threading import Thread

        def work():
            print("bye")

        worker = Thread(target=work)
        worker.start()
        worker.join()
        sys.exit()
    """
    threads = {id(scope) for scope in thread_scopes(program)}
    for call in program.calls("sys.exit", "exit", "quit"):
        if (
            id(call.scope) in threads
            and "process" not in call.scope.runs_in
            and call.live
            and not any(other.name.startswith("def ") and id(other.scope) not in threads
                        for other in call.scope.callers.values())
        ):
            yield call.node


@rule("old-thread-name", "warning")
def old_thread_name(program: Program) -> Iterator[Hit]:
    """`{name}` is an old name; it is `{right}` now.

    Why: It is deprecated, or gone already (isAlive since Python 3.9).
    Chinese: `{name}` 是旧名字，现在写 `{right}`。它已弃用，有的已经删除（isAlive 在 Python 3.9 中已删除）。
    Cure: {right}
    netio: concurrency.ResultThread

    Wrong::

        import threading
        worker = threading.Thread(target=print)
        worker.setDaemon(True)
        worker.start()
        worker.join()

    Right::

        import threading
        worker = threading.Thread(target=print, daemon=True)
        worker.start()
        worker.join()
    """
    right = {
        "setDaemon": "daemon = True",
        "isDaemon": "daemon",
        "getName": "name",
        "setName": "name = ...",
        "isAlive": "is_alive()",
        "currentThread": "current_thread()",
        "activeCount": "active_count()",
        "notifyAll": "notify_all()",
        "isSet": "is_set()",
    }
    for call in program.flow.calls:
        group, _, method = call.name.partition(".")
        if method in right and group in ("thread", "threading", "event", "lock", "process"):
            yield call.node, {"name": method, "right": right[method]}
    for node in program.all(ast.Call):
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("getName", "setDaemon", "isDaemon", "setName"):
            names = {str(t.facts.get("name")) for t in program.value(getattr(node.func.value, "func", None))}
            if names & {"threading.current_thread", "threading.currentThread"}:
                yield node, {"name": node.func.attr, "right": right[node.func.attr]}
