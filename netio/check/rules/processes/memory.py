"""What a child has of its own: its copy of all names, and no keyboard."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program
from ...values import Scope, is_only


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
