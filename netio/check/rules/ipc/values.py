"""Shared values and semaphores: without a lock, taken for their number, only shared by fork."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import constants, is_only
from ..held_locks import held
from ..uses import used_as_values


@rule("value-without-lock", "error", 39)
def value_without_lock(program: Program) -> Iterator[Hit]:
    """`{name}.value {op}= ...` without its lock loses updates.

    Why: It reads, computes and writes; another process may write in between, and its update is gone.
    Chinese: `{name}.value {op}= ...` 没有加锁，会丢失更新。它是先读、再算、再写；另一个进程在中间写入的值就丢了。
    Cure: with {name}.get_lock(): {name}.value {op}= ...
    netio: ipc.Value

    Wrong::

        from multiprocessing import Process, Value

        def work(money):
            for turn in range(100):
                money.value += 1

        if __name__ == "__main__":
            money = Value("i", 5000)
            workers = [Process(target=work, args=(money,)) for number in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

    Right::

        from multiprocessing import Process, Value

        def work(money):
            for turn in range(100):
                with money.get_lock():
                    money.value += 1

        if __name__ == "__main__":
            money = Value("i", 5000)
            workers = [Process(target=work, args=(money,)) for number in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
    """
    for node in program.nodes:
        target = (node.target if isinstance(node, ast.AugAssign)
                  else node.targets[0] if isinstance(node, ast.Assign) and _reads_itself(program, node) else None)
        base = target.value if isinstance(target, (ast.Attribute, ast.Subscript)) else None
        if base is None or not is_only(program.value(base), "value", "array"):
            continue
        if isinstance(target, ast.Attribute) and target.attr != "value":
            continue
        if "process" in program.scope(node).runs_in and not held(program, node):
            sign = {"Add": "+", "Sub": "-", "Mult": "*"}.get(type(getattr(node, "op", ast.Add())).__name__, "+")
            yield node, {"name": program.source(base), "op": sign}


def _reads_itself(program: Program, node: ast.Assign) -> bool:
    text = program.source(node.targets[0])
    return any(isinstance(part, (ast.Attribute, ast.Subscript)) and program.source(part) == text
               for part in ast.walk(node.value))


@rule("value-itself", "error")
def value_itself(program: Program) -> Iterator[Hit]:
    """`{name}` is the shared object itself; what it holds is `{name}.value`.

    Why: Printed it is <Synchronized wrapper ...>, and it cannot be calculated with: TypeError.
    Chinese: `{name}` 是共享对象本身，它的值是 `{name}.value`。直接打印得到 <Synchronized wrapper ...>，也不能参加运算：TypeError。
    Cure: {name}.value
    netio: ipc.Value

    Wrong::

        from multiprocessing import Value
        money = Value("i", 100)
        print(money)

    Right::

        from multiprocessing import Value
        money = Value("i", 100)
        print(money.value)
    """
    module = program.flow.module
    for node in used_as_values(program):
        if is_only(program.value(node), "value"):
            yield node, {"name": program.source(node)}
    for node in program.all(ast.AugAssign):
        target = getattr(node, "target")
        if isinstance(target, ast.Name) and is_only(module.names.get(target.id, frozenset()), "value"):
            yield node, {"name": target.id}


@rule("relies-on-fork", "warning", 126)
def relies_on_fork(program: Program) -> Iterator[Hit]:
    """`{name}` is not passed to the process: it is shared by fork only.

    Why: A spawned child (Windows, macOS) imports the file again and makes another one.
    Chinese: `{name}` 没有作为参数传给进程：只有 fork 时才共享。spawn 出的子进程（Windows、macOS）会重新导入本文件，得到另一个对象。
    Cure: Process(target=..., args=({name},))
    netio: ipc.start

    Wrong::

        from multiprocessing import Process, Queue
        queue = Queue()

        def work():
            queue.put(1)

        if __name__ == "__main__":
            worker = Process(target=work)
            worker.start()
            print(queue.get())
            worker.join()

    Right::

        from multiprocessing import Process, Queue

        def work(queue):
            queue.put(1)

        if __name__ == "__main__":
            queue = Queue()
            worker = Process(target=work, args=(queue,))
            worker.start()
            print(queue.get())
            worker.join()
    """
    shared = {"queue", "pipe", "lock", "value", "array", "event", "semaphore"}
    if any(program.calls("multiprocessing.set_start_method", "multiprocessing.get_context")) and "fork" in str(
        [constants(call.arg(0, "method")) for call in program.calls("multiprocessing.set_start_method")]
    ):
        return
    seen: set[str] = set()
    for node in program.all(ast.Name):
        assert isinstance(node, ast.Name)
        scope = program.scope(node)
        if (
            "process" not in scope.runs_in
            or isinstance(node.ctx, ast.Store)
            or node.id in scope.bound
            or node.id in seen
        ):
            continue
        value = program.flow.module.names.get(node.id, frozenset())
        if value and all(
            t.kind in shared and t.facts.get("family", "multiprocessing") == "multiprocessing" for t in value
        ):
            seen.add(node.id)
            yield node, {"name": node.id}


@rule("semaphore-not-released", "error", 132)
def semaphore_not_released(program: Program) -> Iterator[Hit]:
    """The semaphore is acquired and never released.

    Why: After as many turns as it has places everybody waits for ever.
    Chinese: 获取了信号量，却从不释放。名额用完之后，所有人永远等待。
    Cure: with {name}: ...
    netio: ipc.CapacityLimiter

    Wrong::

        from multiprocessing import Semaphore
        places = Semaphore(3)

        def work():
            places.acquire()
            print("work")

        work()

    Right::

        from multiprocessing import Semaphore
        places = Semaphore(3)

        def work():
            with places:
                print("work")

        work()
    """
    for thing in program.of_kind("semaphore"):
        acquires = [call for call in program.calls_on(thing, "acquire") if not call.node.args and not call.keywords]
        if program.is_library:
            return
        if (
            acquires
            and not any(program.calls_on(thing, "release"))
            and not thing.facts.get("with")
            and not (thing.facts.get("escapes"))
            and not program.loops(thing.node)
        ):
            yield acquires[0].node, {"name": program.source(getattr(acquires[0].node.func, "value"))}
