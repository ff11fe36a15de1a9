"""The workers of a pool and the threads that manage them: all of it that works while its user does other things.

The threads hold the `Workers`, not the pool. So a pool that its user has dropped is collected, and that ends them.
"""
from __future__ import annotations

import contextlib
import os
import queue
import threading
import traceback
from multiprocessing import util
from typing import Any, Callable

from ..processes.outcome import unpack_outcome
from ..processes.signals import delaying_ctrl_c
from ..threads.thread import ResultThread
from .chunks import Chunk
from .template import Template
from .worker import RESEND, Task, Worker, start_process


class Workers:
    """`count` worker processes, each managed by a thread that gives it one task after the other and replaces it.

    >>> import multiprocessing
    >>> from concurrent.futures import Future
    >>> from .worker import pack_call
    >>> workers = Workers(1, multiprocessing.get_context("spawn"), (int,))
    >>> task = Task(Future(), "divmod", pack_call("divmod", divmod, (7, 2), {}), None)
    >>> workers.put(task); task.future.result()
    (3, 1)
    >>> workers.end(); workers.wait()

    `setup` is an initializer and its arguments; `max_tasks` is how many tasks a worker does at most. With "fork" the
    first workers are started here, as they cost little and a failure is seen at once; else each with its first task.
    Raises: OSError, RuntimeError where the system has no room for them.
    """

    def __init__(self, count: int, context: Any, setup: tuple[Any, ...], max_tasks: int | None = None) -> None:
        self.running: set[Worker] = set()
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        # Reentrant: a pool may be collected, which calls `end`, at any step of any thread.
        self._closing, self._starting = threading.RLock(), threading.Lock()
        self._closed = self._killed = False
        self._owner = os.getpid()
        self._context, self._setup, self._max_tasks = context, setup, max_tasks
        self._managers: list[ResultThread] = []
        self._count, self._ended_managers = count, 0
        self._template: Template | None = None
        self._finalizer = util.Finalize(None, self.kill, exitpriority=100)  # before children are waited for
        try:
            with delaying_ctrl_c():  # else it may strike in a hook of fork, which swallows it
                self._start(count)
        except BaseException:
            self._take_back()
            raise

    def _start(self, count: int) -> None:
        first: list[Worker | None] = [None] * count
        if self._context.get_start_method() == "fork":
            self._template = Template(*self._setup)
            first = [self._start_worker() for _ in range(count)]
        for worker in first:
            manager = ResultThread(self._manage, (worker,), daemon=True)
            manager.start()
            self._managers.append(manager)

    def _take_back(self) -> None:
        """Leave nothing behind where not all could be started."""
        self.kill()
        for worker in list(self.running):  # those that no thread manages yet
            self._stop_worker(worker)
        self._stop_template()

    def check_owner(self) -> None:
        """Raise RuntimeError in a child that the program has forked by itself."""
        if os.getpid() != self._owner:
            raise RuntimeError(f"the pool belongs to process {self._owner}, the parent: make a new pool here")

    def put(self, task: Task) -> None:
        """Have a task done by the next worker that is free. Raises: RuntimeError after `end`."""
        with self._closing:
            if self._closed:
                raise RuntimeError("the pool is shut down and takes no more tasks")
            self._tasks.put(task)

    def end(self, cancel: bool = False) -> None:
        """Take no more tasks, and end once those that were given are done; `cancel` drops what has not begun."""
        if os.getpid() != self._owner:
            return
        with self._closing:
            if cancel:
                self._cancel_waiting()
            if not self._closed:
                self._closed = True
                self._tasks.put(None)

    def wait(self) -> None:
        """Wait for the end; not in a done-callback, which one of the threads runs: it would wait for itself."""
        if os.getpid() == self._owner and threading.current_thread() not in self._managers:
            for manager in self._managers:
                manager.join()
            self._finalizer.cancel()

    def kill(self) -> None:
        """Kill the workers and drop all tasks: running ones raise ChildDied, waiting ones are cancelled."""
        if os.getpid() != self._owner:
            return
        self._killed = True
        self.end(cancel=True)
        with self._starting:
            for worker in list(self.running):
                worker.watch.kill()
        self.wait()

    def _cancel_waiting(self) -> None:
        ends = False
        with contextlib.suppress(queue.Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is None:
                    ends = True
                elif task.future.cancel():
                    task.future.set_running_or_notify_cancel()
        if ends:
            self._tasks.put(None)

    def _manage(self, worker: Worker | None) -> None:
        """The thread of one worker: give it one task after the other, and replace it when it is used up or dead."""
        while True:
            task = self._tasks.get()
            if task is None:
                self._tasks.put(None)  # for the next thread, be it one whose start Ctrl-C has cut short
                break
            if task.future.set_running_or_notify_cancel():
                worker = self._serve(task, worker)
            del task  # a result that nobody holds any more is not kept until the next task
        if worker is not None:
            self._stop_worker(worker)
        with self._closing:
            self._ended_managers += 1
            last = self._ended_managers == self._count
        if last:
            self._stop_template()
            self._finalizer.cancel()

    def _serve(self, task: Task, worker: Worker | None) -> Worker | None:
        """Have one task done; return the worker for the next one, or None when there must be a new one."""
        if worker is not None and worker.watch.has_ended():  # killed while it had nothing to do: that costs no task
            self._stop_worker(worker)
            worker = None
        try:
            worker = worker or self._start_worker()
            value = _do(worker, task)
        except BaseException as error:
            _finish(task.future.set_exception, error)
        else:
            _finish(task.future.set_result, value)
        if worker is not None and (worker.broken or worker.served == self._max_tasks):
            self._stop_worker(worker)
            return None
        return worker

    def _start_worker(self) -> Worker:
        with self._starting:
            if self._killed:
                raise RuntimeError("the pool was killed")
            worker = Worker(self._template.start_worker if self._template else self._start_process)
            self.running.add(worker)
            return worker

    def _start_process(self, pipe: Any) -> Any:
        return start_process(self._context, pipe, *self._setup)

    def _stop_worker(self, worker: Worker) -> None:
        with self._starting:
            if worker not in self.running:
                return  # another thread stops it: `_take_back`, or the one whose start Ctrl-C has cut short
            self.running.remove(worker)  # first, so that `kill` meets no worker that is closed
        worker.stop()

    def _stop_template(self) -> None:
        with self._starting:
            template, self._template = self._template, None
        if template is not None:
            template.stop()


def _do(worker: Worker, task: Task) -> Any:
    value = unpack_outcome(worker.do(task))
    if isinstance(value, Chunk) and not value.rebuilt:  # one result must not cost the others
        value = unpack_outcome(worker.do(task._replace(call=RESEND)))
        worker.served -= 1
    return value


def _finish(tell: Callable[[Any], None], outcome: Any) -> None:
    """Give a future what came out. What a done-callback raises, sys.exit included, must not end the thread."""
    try:
        tell(outcome)
    except BaseException:
        traceback.print_exc()
