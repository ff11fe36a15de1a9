"""Queues: `empty()`, and `join` before `get`."""

from __future__ import annotations

import ast
from typing import Iterator

from ...findings import Hit, rule
from ...program import Program


@rule("queue-empty-ends", "warning", 41)
def queue_empty_ends(program: Program) -> Iterator[Hit]:
    """`empty()` decides that the work is done; it is only a guess.

    Why: A process that is about to put has not put yet: the loop ends too early, or `get` blocks for ever.
    Chinese: 用 `empty()` 判断工作是否完成，而它只是猜测。另一个进程马上要放还没有放：循环会过早结束，或 `get` 永远阻塞。
    Cure: put None as the end, and stop at it
    Chinese cure: 放入 None 表示结束，取到它就停止
    netio: ipc.Queue

    Wrong::

        from multiprocessing import Queue

        def work(queue):
            while not queue.empty():
                print(queue.get())

        work(Queue())

    Right::

        from multiprocessing import Queue

        def work(queue):
            while (item := queue.get()) is not None:
                print(item)

        work(Queue())
    """
    for call in program.calls("queue.empty", "queue.full"):
        queue = next(iter(call.on))
        loop = next((outer for outer in program.ancestors(call.node) if isinstance(outer, ast.While)), None)
        test = loop is not None and program.inside(call.node, loop.test)
        stop = [outer for outer in program.ancestors(call.node) if isinstance(outer, ast.If)
                and program.inside(call.node, outer.test) and any(isinstance(part, ast.Break) for part in outer.body)]
        shared = queue.facts.get("family") == "multiprocessing" or any(t.runs_in for t in program.flow.scopes.values())
        if call.name.endswith("empty") and (test or stop) and shared:
            yield call.node


@rule("join-before-get", "error", 41)
def join_before_get(program: Program) -> Iterator[Hit]:
    """The process is joined before its queue is read.

    Why: It cannot end while its items wait in the pipe: with more than 64 KiB both wait for ever.
    Chinese: 还没有读取队列就 `join` 进程。管道里还有它没送出的数据时它不能结束：超过 64 KiB 时双方永远互相等待。
    Cure: queue.get() first, join afterwards
    Chinese cure: 先 queue.get()，再 join
    netio: ipc.Queue

    Wrong::

        from multiprocessing import Process, Queue

        def work(queue):
            queue.put("x" * 1000000)

        if __name__ == "__main__":
            queue = Queue()
            worker = Process(target=work, args=(queue,))
            worker.start()
            worker.join()
            print(len(queue.get()))

    Right::

        from multiprocessing import Process, Queue

        def work(queue):
            queue.put("x" * 1000000)

        if __name__ == "__main__":
            queue = Queue()
            worker = Process(target=work, args=(queue,))
            worker.start()
            print(len(queue.get()))
            worker.join()
    """
    for queue in program.of_kind("queue"):
        if queue.facts.get("family") != "multiprocessing":
            continue
        puts = [call for call in program.calls_on(queue, "put") if "process" in call.scope.runs_in]
        gets = [call for call in program.calls_on(queue, "get", "get_nowait") if not call.scope.runs_in]
        for join in program.calls("process.join"):
            after = [call for call in gets if call.scope is join.scope and call.node.lineno > join.node.lineno]
            before = [call for call in gets if call.scope is not join.scope or call.node.lineno < join.node.lineno]
            if puts and after and not before and not join.node.args and not join.node.keywords:
                yield join.node
                break
