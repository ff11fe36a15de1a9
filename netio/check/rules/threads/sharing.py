"""What threads share: counters without a lock, `global`, a lock for each."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Scope, is_only
from ..held_locks import held


def thread_scopes(program: Program) -> Iterator[Scope]:
    """Yield the functions that run in threads, those that they call among them."""
    todo = [scope for scope in program.flow.scopes.values() if "thread" in scope.runs_in]
    called: dict[int, list[Scope]] = {}  # by the scope that calls
    for other in program.flow.scopes.values():
        for caller in {id(call.scope) for call in other.callers.values()}:
            called.setdefault(caller, []).append(other)
    seen: set[int] = set()
    while todo:
        scope = todo.pop()
        if id(scope) in seen:
            continue
        seen.add(id(scope))
        yield scope
        todo += called.get(id(scope), [])


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
    scopes = list(thread_scopes(program))
    called_by_many = any(_many(program, caller) for caller in scopes)
    changed_in: dict[str, list[Scope]] = {}
    for scope in program.flow.scopes.values():
        for name in {name for name, _, _ in _changes(program, scope)}:
            changed_in.setdefault(name, []).append(scope)
    for scope in scopes:
        for name, node, operator in _changes(program, scope):
            others = [other for other in changed_in[name] if other is not scope]
            several = _many(program, scope) or any(
                other in scopes if "." not in name else "thread" in other.runs_in for other in others
            )
            several = several or "." not in name and program.flow.module in others
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
    module, shared = program.flow.module, _set_and_read(program)
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
        yield from _assigned_in_vain(program, scope, shared)


def _set_and_read(program: Program) -> set[str]:
    """Return the names that the module gives a constant and reads, outside of functions."""
    outside = [node for node in program.all(ast.Name, ast.Assign) if program.scope(node) is program.flow.module]
    read = {node.id for node in outside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return read & {node.targets[0].id for node in outside if isinstance(node, ast.Assign)
                   and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)}


def _assigned_in_vain(program: Program, scope: Scope, shared: set[str]) -> Iterator[Hit]:
    """Yield assignments in a function to the name of a global that only others read: a local that nobody reads."""
    inside = [node for node in ast.walk(scope.node) if isinstance(node, ast.Name)]
    read_inside = {node.id for node in inside if not isinstance(node.ctx, ast.Store)}
    for node in ast.walk(scope.node):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and program.scope(node) is scope:
            name = node.targets[0].id
            if name in shared - read_inside - set(scope.global_names):
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
