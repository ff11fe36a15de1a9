"""Locks that are not released, and locks in two orders."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Call, Thing
from ..held_locks import held


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
