"""Threads: shared data, locks, classes of their own, ends."""

from __future__ import annotations

import ast
from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Call, Scope, Thing, is_only
from .ipc import held


def _thread_scopes(program: Program) -> Iterator[Scope]:
    """Yield the functions that run in threads, those that they call among them."""
    todo = [scope for scope in program.flow.scopes.values() if "thread" in scope.runs_in]
    seen: set[int] = set()
    while todo:
        scope = todo.pop()
        if id(scope) in seen:
            continue
        seen.add(id(scope))
        yield scope
        todo += [other for other in program.flow.scopes.values()
                 if any(call.scope is scope for call in other.callers.values())]


def _many(program: Program, scope: Scope) -> bool:
    """True where several threads run a function, or the main thread changes the same: two changes can meet."""
    starts = [call for call in scope.callers.values() if not call.name.startswith("def ")]
    return len(starts) > 1 or any(
        program.loops(call.node)
        or any(isinstance(outer, (ast.ListComp, ast.GeneratorExp)) for outer in program.ancestors(call.node))
        for call in starts
    )


@rule("race", "error", 135)
def race(program: Program) -> Iterator[Hit]:
    """Several threads change `{name}` without a lock: updates are lost.

    Why: `{name} {op}= ...` reads, computes and writes; another thread may write in between.
    Chinese: 几个线程不加锁地修改 `{name}`：会丢失更新。`{name} {op}= ...` 是先读、再算、再写；另一个线程可能在中间写入。
    Cure: with lock: {name} {op}= ...
    netio: concurrency.CheckedLock

    Wrong::

        from threading import Thread
        total = 0

        def work():
            global total
            for turn in range(1000000):
                total += 1

        workers = [Thread(target=work) for number in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    Right::

        from threading import Lock, Thread
        total = 0
        lock = Lock()

        def work():
            global total
            for turn in range(1000000):
                with lock:
                    total += 1

        workers = [Thread(target=work) for number in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    """
    reported: set[str] = set()
    scopes = list(_thread_scopes(program))
    for scope in scopes:
        for name, node, operator in _changes(program, scope):
            others = [other for other in program.flow.scopes.values()
                      if other is not scope and any(name == changed for changed, _, _ in _changes(program, other))]
            several = _many(program, scope) or any(
                other in scopes if "." not in name else "thread" in other.runs_in for other in others
            )
            several = several or "." not in name and program.flow.module in others
            called_by_many = any(_many(program, caller) for caller in scopes)
            if "." in name and not _is_shared(program, scope, scopes):
                continue
            guarded = held(program, node) or _callers_hold(program, scope)
            if name not in reported and (several or called_by_many) and not guarded:
                reported.add(name)
                yield node, {"name": name, "op": operator}


def _is_shared(program: Program, scope: Scope, threads: list[Scope]) -> bool:
    """True for a method of an object that is made once, outside of the threads that use it."""
    if scope.owner is None:
        return False
    made = list(program.calls(f"class {scope.owner.facts['name']}"))
    return bool(made) and not any(call.scope in threads or program.loops(call.node) for call in made)


def _callers_hold(program: Program, scope: Scope) -> bool:
    calls = [call for call in scope.callers.values() if call.name.startswith("def ")]
    return bool(calls) and all(held(program, call.node) for call in calls)


def _changes(program: Program, scope: Scope) -> Iterator[tuple[str, ast.AST, str]]:
    """Yield (name, node, operator) where a global, or an attribute of self, is read, changed and written."""
    for node in ast.walk(scope.node):
        if program.scope(node) is not scope:
            continue
        target: ast.expr
        if isinstance(node, ast.AugAssign):
            target, sign = node.target, {"Sub": "-", "Mult": "*"}.get(type(node.op).__name__, "+")
        elif (
            isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.value, ast.BinOp)
            and (program.source(node.targets[0]) in (program.source(node.value.left), program.source(node.value.right)))
        ):
            target, sign = node.targets[0], "-" if isinstance(node.value.op, ast.Sub) else "+"
        else:
            continue
        if isinstance(target, ast.Name) and (target.id in scope.global_names or scope is program.flow.module):
            yield target.id, node, sign
        elif (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and any(thing.kind == "instance" for thing in program.value(target.value))
        ):
            if not _own_instance(program, scope, target):
                yield program.source(target), node, sign


def _own_instance(program: Program, scope: Scope, target: ast.Attribute) -> bool:
    """True for an attribute of a thread's own object: each thread has another one."""
    names = scope.owner.facts.get("names", set()) if scope.owner else set()
    return (isinstance(target.value, ast.Name) and target.value.id == "self"
            and bool(names & {"threading.Thread"} or any("RequestHandler" in str(name) for name in names)))


@rule("global-missing", "error", 83)
def global_missing(program: Program) -> Iterator[Hit]:
    """`{name}` is assigned here, so it is local: the statement `global {name}` is missing.

    Why: Reading it before raises UnboundLocalError; assigning it changes nothing outside.
    Chinese: 这里给 `{name}` 赋了值，它就成了局部变量：缺少 `global {name}`。先读后写会抛出 UnboundLocalError；只赋值则外面的不变。
    Cure: global {name}
    netio: concurrency.CheckedLock

    Wrong::

        total = 0

        def work():
            total += 1

        work()

    Right::

        total = 0

        def work():
            global total
            total += 1

        work()
    """
    module = program.flow.module
    for scope in program.flow.scopes.values():
        if scope is module or isinstance(scope.node, ast.Lambda):
            continue
        assigned = _local_assignments(program, scope)
        for node in ast.walk(scope.node):
            target = _changed_name(node)
            if target is None:
                continue
            name = target.id
            if (
                name
                and name in module.names
                and name not in scope.global_names
                and program.scope(node) is scope
                and not _is_parameter(scope, name)
                and not is_only(module.names[name], "value")
                and min(assigned.get(name, [10**9])) >= target.lineno
            ):
                yield node, {"name": name}
                break
        yield from _assigned_in_vain(program, scope)


def _assigned_in_vain(program: Program, scope: Scope) -> Iterator[Hit]:
    """Yield assignments in a function to the name of a global that only others read: a local that nobody reads."""
    module = program.flow.module
    inside = [node for node in ast.walk(scope.node) if isinstance(node, ast.Name)]
    read_inside = {node.id for node in inside if not isinstance(node.ctx, ast.Store)}
    read_outside = {node.id for node in program.nodes
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and program.scope(node) is module}
    set_outside = {node.targets[0].id for node in program.nodes if isinstance(node, ast.Assign)
                   and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
                   and program.scope(node) is module}
    for node in ast.walk(scope.node):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and program.scope(node) is scope:
            name = node.targets[0].id
            if name in set_outside & read_outside - read_inside - set(scope.global_names):
                if not _is_parameter(scope, name):
                    yield node, {"name": name}


def _changed_name(node: ast.AST) -> ast.Name | None:
    """Return the name that a statement reads, changes and writes: `n += 1` or `n = n + 1`."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.BinOp):
        target = node.targets[0]
        sides = (node.value.left, node.value.right)
        return target if any(isinstance(side, ast.Name) and side.id == target.id for side in sides) else None
    return None


def _local_assignments(program: Program, scope: Scope) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for node in ast.walk(scope.node):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and not isinstance(program.parent(node), ast.AugAssign)
        ):
            found.setdefault(node.id, []).append(node.lineno)
    return found


def _is_parameter(scope: Scope, name: str) -> bool:
    arguments = getattr(scope.node, "args", None)
    return arguments is not None and any(part.arg == name for part in ast.walk(arguments) if isinstance(part, ast.arg))


@rule("lock-not-freed", "error", 132)
def lock_not_freed(program: Program) -> Iterator[Hit]:
    """The lock stays locked {when}.

    Why: Every other thread or process then waits at `acquire` for ever.
    Chinese: {when_zh}锁不会释放。此后其他线程或进程都会在 `acquire` 处永远等待。
    Cure: with {name}: ...
    netio: concurrency.CheckedLock

    Wrong::

        from threading import Lock
        lock = Lock()

        def work(number):
            lock.acquire()
            if number == 0:
                return
            print(number)
            lock.release()

        work(1)

    Right::

        from threading import Lock
        lock = Lock()

        def work(number):
            with lock:
                if number == 0:
                    return
                print(number)

        work(1)
    """
    for call in program.calls("lock.acquire", "semaphore.acquire"):
        lock = next(iter(call.on))
        if (
            not call.live
            or lock.facts.get("escapes")
            or not program.is_statement(call.node)
            or call.scope.name.endswith(("acquire", "__enter__", "lock"))
        ):
            continue
        releases = [other for other in program.calls_on(lock, "release") if other.scope is call.scope]
        elsewhere = [other for other in program.calls_on(lock, "release") if other.scope is not call.scope]
        if any(isinstance(part, ast.Attribute) and part.attr == "release" and lock in program.value(part.value)
               and not isinstance(program.parent(part), ast.Call) for part in program.nodes):
            continue  # the method is kept for later
        if not releases:
            if not elsewhere and lock.kind == "lock" and (call.scope.callers or call.scope is program.flow.module):
                yield call.node, _when(program, call, "for ever", "从此")
            continue
        if elsewhere:
            continue
        leaving = _leaves_between(program, call, releases)
        if leaving is not None:
            yield call.node, _when(program, call, f"after line {leaving.lineno}", f"从第 {leaving.lineno} 行离开后，")
        elif _may_raise_between(program, call, releases):
            yield call.node, {
                **_when(program, call, "if an error comes before `release`", "`release` 之前出错时，"),
                "severity": "warning",
            }


def _when(program: Program, call: Call, english: str, chinese: str) -> dict[str, str]:
    return {"when": english, "when_zh": chinese, "name": program.source(getattr(call.node.func, "value"))}


def _leaves_between(program: Program, call: Call, releases: list[Call]) -> ast.stmt | None:
    """Return a return, break or continue that leaves the locked part without releasing."""
    last = max(release.node.lineno for release in releases)
    if any(_in_finally(program, release.node) for release in releases):
        return None
    loops = program.loops(call.node)
    for node in ast.walk(program.function(call.node)):
        if not isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            continue
        inner = isinstance(node, (ast.Break, ast.Continue)) and (not loops or program.loops(node)[:1] != loops[:1])
        if not inner and call.node.lineno < node.lineno and program.scope(node) is call.scope:
            line = node.lineno
            block = program.parent(node) or node
            freed = [r for r in releases if call.node.lineno < r.node.lineno < line
                     and (program.inside(r.node, block) or not _in_branch(program, r.node, call))]
            if not freed and (line < last):
                return node
    return None


def _in_branch(program: Program, node: ast.AST, call: Call) -> bool:
    """True for a release in a branch that the way to a leaving statement need not take."""
    mine = program.parent(program.statement(node) or node)
    return mine is not program.parent(program.statement(call.node) or call.node)


def _in_finally(program: Program, node: ast.AST) -> bool:
    child = node
    for outer in program.ancestors(node):
        if isinstance(outer, ast.Try) and any(child is part for part in outer.finalbody):
            return True
        child = outer
    return False


def _may_raise_between(program: Program, call: Call, releases: list[Call]) -> bool:
    """True where what may well fail (a socket, a file, input, int) is done between acquire and release."""
    if any(_in_finally(program, release.node) for release in releases):
        return False
    last = max(release.node.lineno for release in releases)
    for other in program.flow.calls:
        if (
            other.scope is call.scope
            and call.node.lineno < other.node.lineno < last
            and not any(program.tries(other.node))
            and other.name
            in (
                "open",
                "int",
                "float",
                "tcp.send",
                "tcp.sendall",
                "tcp.recv",
                "input",
                "socket.socket",
                "file.write",
                "json.loads",
                "bytes.decode",
                "list.remove",
                "dict.pop",
            )
        ):
            return True
    return False


@rule("lock-order", "error")
def lock_order(program: Program) -> Iterator[Hit]:
    """`{second}` is taken while `{first}` is held; elsewhere it is the other way round: deadlock.

    Why: One holds the first and waits for the second, the other holds the second and waits for the first.
    Chinese: 这里先拿 `{first}` 再拿 `{second}`，别处次序相反：死锁。一方拿着第一个等第二个，另一方拿着第二个等第一个。
    Cure: take both in the same order everywhere
    Chinese cure: 处处按相同的次序获取这两把锁
    netio: concurrency.hold_all

    Wrong::

        from threading import Lock, Thread
        a, b = Lock(), Lock()

        def one():
            with a:
                with b:
                    print("one")

        def two():
            with b:
                with a:
                    print("two")

        for target in (one, two):
            Thread(target=target).start()

    Right::

        from threading import Lock, Thread
        a, b = Lock(), Lock()

        def one():
            with a:
                with b:
                    print("one")

        def two():
            with a:
                with b:
                    print("two")

        for target in (one, two):
            Thread(target=target).start()
    """
    orders: dict[tuple[Thing, Thing], tuple[ast.AST, str, str]] = {}
    for node, expression in _takes(program):
        for inner in program.value(expression):
            if inner.kind != "lock":
                continue
            for outer, name in _held_names(program, node):
                if outer is not inner and outer.kind == "lock":
                    orders.setdefault((outer, inner), (node, name, program.source(expression)))
    for (first, second), (node, name, other) in orders.items():
        if (second, first) in orders and getattr(node, "lineno") > getattr(orders[second, first][0], "lineno"):
            yield node, {"first": name, "second": other}


def _takes(program: Program) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Yield (node, expression) for each taking of a lock."""
    for node in program.all(ast.With):
        assert isinstance(node, ast.With)
        for item in node.items:
            yield item.context_expr, item.context_expr
    for call in program.calls("lock.acquire"):
        if isinstance(call.node.func, ast.Attribute):
            yield call.node, call.node.func.value


def _held_names(program: Program, node: ast.AST) -> Iterator[tuple[Thing, str]]:
    own = next((outer for outer in program.ancestors(node) if isinstance(outer, ast.With)), None)
    if own is not None and any(item.context_expr is node for item in own.items):
        for item in own.items:
            if item.context_expr is node:
                break
            for thing in program.value(item.context_expr):
                yield thing, program.source(item.context_expr)
    for lock in held(
        program, own if own is not None and any(item.context_expr is node for item in own.items) else node
    ):
        yield lock, program.source(_name_of(program, lock))


def _name_of(program: Program, lock: Thing) -> ast.AST | None:
    for name, value in program.flow.module.names.items():
        if lock in value:
            return ast.Name(name, ast.Load())
    return lock.node


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
                real = any(not isinstance(part, (ast.Pass, ast.Expr)) or isinstance(part, ast.Expr)
                           and not isinstance(part.value, ast.Constant) for part in method.body)
                if "__init__(" not in text.partition("\n")[2] and (real or True):
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
    threads = {id(scope) for scope in _thread_scopes(program)}
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


@rule("own-lock-each", "error", 135)
def own_lock_each(program: Program) -> Iterator[Hit]:
    """The lock is made inside of the function: every thread has another one, and nothing is guarded.

    Why: A lock keeps others out only if all take the same.
    Chinese: 锁在函数里创建：每个线程各有一把，什么也保护不了。大家拿的是同一把锁，才能互相排斥。
    Cure: make it once, outside of the function
    Chinese cure: 在函数外面只创建一次
    netio: concurrency.CheckedLock

    Wrong::

        from threading import Lock, Thread
        total = 0

        def work():
            global total
            lock = Lock()
            with lock:
                total = 1

        for number in range(2):
            Thread(target=work).start()

    Right::

        from threading import Lock, Thread
        total = 0
        lock = Lock()

        def work():
            global total
            with lock:
                total = 1

        for number in range(2):
            Thread(target=work).start()
    """
    for lock in program.of_kind("lock"):
        scope = program.scope(lock.node)
        if scope.runs_in & {"thread", "process"} and lock.facts.get("with") and not lock.facts.get("escapes"):
            statement = program.statement(lock.node) if lock.node else None
            if (
                isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
                and lock.node is not None
            ):
                if not any(lock in value for call in program.flow.calls for value in call.args):
                    yield lock.node
