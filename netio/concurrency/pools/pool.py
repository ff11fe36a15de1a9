"""Pools: any `concurrent.futures.Executor` for the work, and one process pool whose workers can be killed.

The standard pool cannot stop a task: a timeout only stops the waiting, and when one worker dies all tasks fail with it.
In `ProcessPool` a thread manages each worker process: it sends it one task at a time through a pipe and waits
for the outcome, the end of the worker, or the timeout of the task. So a dead or killed worker costs its task only,
and the thread starts another. Workers ignore Ctrl-C: it reaches this process once, which then ends them. The other way
round, a thread in each worker waits for the end of this process, so that no worker outlives it, busy or not.
"""
from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from concurrent.futures import Executor, Future, wait
from multiprocessing import connection
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Sequence

from ..processes.fork import hush_second_warning, warn_if_threads
from ..processes.outcome import ChildDied, Inbox, pack_outcome, send_chunks, unpack_outcome, open_pidfd
from ..processes.signals import wait_interruptibly
from ..threads.thread import ResultThread

START_SECONDS = 60.0  # how long a worker may take until it is ready for its first task
_STARTING = threading.Lock()  # multiprocessing's list of children is not made for several threads


class ProcessPool(Executor):
    """A pool of worker processes, with a timeout for each task, that survives the death of its workers.

    >>> with ProcessPool(2) as pool:
    ...     pool.submit(divmod, 7, 2).result()
    (3, 1)

    It is an Executor: `submit`, `map`, `shutdown`, and Futures that `concurrent.futures.wait` and `as_completed` take.
    `workers`: how many (None: one for each CPU). `timeout`: seconds that one task may run, None for no limit; one
    that needs longer is killed with its worker, and its future raises TimeoutError. `max_tasks_per_child`: a worker is
    replaced by a fresh one after so many tasks. `initializer(*initargs)` runs first in each worker. `method`: "spawn",
    "fork" or "forkserver". With "fork" the first workers are forked at once, before any thread of the pool runs; later
    ones are spawned. Functions and arguments are pickled: module-level functions only, and start the pool below
    `if __name__ == "__main__":`.

    A future raises what its task raised, caused by the worker's traceback, or ChildDied when the worker died.

    Leaving the `with` block waits for all tasks; leaving it by Ctrl-C kills the workers. A pool that is never shut down
    ends with the program, without waiting.

    Notes: multiprocessing, 进程池 (process pool): `apply_async` is `submit` here, `close` and `join` are `shutdown`.
    The stdlib: `concurrent.futures.ProcessPoolExecutor`, `multiprocessing.Pool`.
    """

    def __init__(
        self, workers: int | None = None, *, timeout: float | None = None, max_tasks_per_child: int | None = None,
        initializer: Callable[..., object] = int, initargs: Sequence[object] = (), method: str | None = None,
    ) -> None:
        workers = (os.cpu_count() or 1) if workers is None else workers
        if workers < 1 or (max_tasks_per_child is not None and max_tasks_per_child < 1):
            raise ValueError(f"a pool needs a worker and a task: workers={workers}, {max_tasks_per_child=}")
        self._timeout, self._most_tasks = timeout, max_tasks_per_child
        self._setup = (initializer, tuple(initargs))
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = self._killed = False
        self._hired: set[_Worker] = set()
        self._later = context = multiprocessing.get_context(method)
        first: list[_Worker | None] = [None] * workers
        if context.get_start_method() == "fork":
            warn_if_threads()
            self._later = multiprocessing.get_context("spawn")
            with hush_second_warning():
                for number in range(workers):
                    first[number] = self._hire(context, [worker.pipe for worker in first if worker])
        self._leaders = [ResultThread(self._lead, (worker,), daemon=True) for worker in first]
        for leader in self._leaders:
            leader.start()
        atexit.register(self.kill)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have `fn(*args, **kwargs)` called by a worker; return a Future. Raises: RuntimeError after `shutdown`."""
        return self.submit_timed(self._timeout, fn, *args, **kwargs)

    def submit_timed(self, timeout: float | None, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `submit`, with a timeout of its own for this task: seconds from when a worker begins with it."""
        future = _Future()
        name = getattr(fn, "__name__", repr(fn))
        try:
            call = pickle.dumps((fn, args, kwargs), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            future.set_exception(TypeError(f"{name} or its arguments cannot be sent to another process: {error}"))
            return future
        with self._closing:
            if self._closed:
                raise RuntimeError("the pool is shut down and takes no more tasks")
            self._tasks.put(_Task(future, name, call, timeout))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; wait for those that were given; `cancel_futures` drops what no worker has begun."""
        with self._closing:
            if cancel_futures:
                self._cancel_waiting()
            if not self._closed:
                self._closed = True
                for _ in self._leaders:
                    self._tasks.put(None)
        if wait:
            for leader in self._leaders:
                leader.join()
            atexit.unregister(self.kill)

    def kill(self) -> None:
        """Kill the workers and drop all tasks: running ones raise ChildDied, waiting ones are cancelled."""
        self._killed = True
        self.shutdown(wait=False, cancel_futures=True)
        with _STARTING:
            for worker in list(self._hired):
                worker.process.kill()
        self.shutdown()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool | None:
        if kind is not None and not issubclass(kind, Exception):  # Ctrl-C, sys.exit: the user will not wait
            self.kill()
        self.shutdown()
        return None

    def _cancel_waiting(self) -> None:
        kept: list[None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is None:
                    kept.append(None)
                elif task.future.cancel():
                    task.future.set_running_or_notify_cancel()
        for _ in kept:
            self._tasks.put(None)

    def _lead(self, worker: _Worker | None) -> None:
        """One worker's thread: give it one task after the other, and replace it when it is used up or dead."""
        while True:
            task = self._tasks.get()
            if task is None:
                break
            if task.future.set_running_or_notify_cancel():
                worker = self._serve(task, worker)
            del task  # a result that nobody holds any more is not kept until the next task
        if worker is not None:
            self._dismiss(worker)

    def _serve(self, task: _Task, worker: _Worker | None) -> _Worker | None:
        """Have one task done; return the worker for the next one, or None when there must be a new one."""
        if worker is not None and worker.has_ended():  # killed while it had nothing to do: that costs no task
            self._dismiss(worker)
            worker = None
        try:
            worker = worker or self._hire(self._later, [])
            value = unpack_outcome(worker.do(task))
        except BaseException as error:
            task.future.set_exception(error)
        else:
            task.future.set_result(value)
        if worker is not None and (worker.broken or worker.served == self._most_tasks):
            self._dismiss(worker)
            return None
        return worker

    def _hire(self, context: Any, inherited: list[connection.Connection]) -> _Worker:
        with _STARTING:
            if self._killed:
                raise RuntimeError("the pool was killed")
            worker = _Worker(context, inherited, self._setup)
            self._hired.add(worker)
            return worker

    def _dismiss(self, worker: _Worker) -> None:
        with _STARTING:
            self._hired.discard(worker)  # first, so that `kill` meets no worker that is closed
        worker.stop()


class _Future(Future[Any]):
    """A Future whose `result` lets Ctrl-C through while the main thread waits for it."""

    def result(self, timeout: float | None = None) -> Any:
        wait_interruptibly(self._ends_within, timeout)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        wait_interruptibly(self._ends_within, timeout)
        return super().exception(0)

    def _ends_within(self, seconds: float | None) -> bool:
        return self.done() or bool(wait([self], seconds).done)


class _Task(NamedTuple):
    """One call on its way to a worker."""

    future: Future[Any]
    name: str
    call: bytes
    timeout: float | None


class _Worker:
    """A worker process, seen from the thread that leads it."""

    def __init__(self, context: Any, inherited: list[connection.Connection], setup: tuple[Any, ...]) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        forked = context.get_start_method() == "fork"
        ends = [self.pipe, *inherited] if forked else []  # a forked child has these, too, and must let go of them
        self.process = context.Process(target=_work, args=(theirs, ends, *setup), daemon=True)
        self.served, self.broken = 0, False
        with theirs:
            self.process.start()

    def has_ended(self) -> bool:
        """True when the process has ended."""
        return bool(connection.wait([self.process.sentinel], 0))

    def do(self, task: _Task) -> bytes:
        """Have one task done; return its packed outcome. Raises: ChildDied, TimeoutError, the initializer's error."""
        if not self.served:
            self.broken = True
            unpack_outcome(self._receive("a worker, before its first task", START_SECONDS))
            self.broken = False
        self.served += 1
        with contextlib.suppress(OSError):  # it has died: receiving says so, and how
            self.pipe.send_bytes(task.call)
        return self._receive(task.name, task.timeout)

    def _receive(self, name: str, timeout: float | None) -> bytes:
        inbox = Inbox(self.pipe, self.process.sentinel)
        ended = inbox.collect(timeout)
        if inbox.data is not None:
            return inbox.data
        self.broken = True
        if ended:
            connection.wait([self.process.sentinel], 5)  # its pipe closes a moment before its end
        self.process.kill()
        with _STARTING:
            self.process.join()
        if not ended:
            raise TimeoutError(f"{name} (pid {self.process.pid}) was killed, because it still ran after {timeout} s")
        raise ChildDied(name, self.process.pid, self.process.exitcode)

    def stop(self) -> None:
        """Ask the worker to end, and kill it if it does not."""
        with contextlib.suppress(OSError):
            self.pipe.send_bytes(b"")
        connection.wait([self.process.sentinel], 5)
        self.process.kill()
        with _STARTING:
            self.process.join()
            self.process.close()
        self.pipe.close()


def _work(
    pipe: connection.Connection, inherited: list[connection.Connection],
    initializer: Callable[..., object], initargs: Sequence[object],
) -> None:
    """The worker's life: set up, then one task after the other, until it is told to stop or its parent has died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in inherited:
        end.close()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with pipe, contextlib.suppress(EOFError, OSError):
        send_chunks(pipe, pack_outcome(initializer, *initargs))
        while True:
            call = pipe.recv_bytes()
            if not call:
                return
            send_chunks(pipe, pack_outcome(_call, call))


def _end_with_parent() -> None:
    """Wait until the parent has ended, however that happens, and end this process: nobody wants its results.

    The sentinel is a pipe whose other end is the parent's, but that any process has, too, which it forked later; a
    pidfd (Linux) knows the parent itself.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = open_pidfd(parent.pid) if parent.pid else None
        connection.wait([parent.sentinel] if watch is None else [parent.sentinel, watch])
        os._exit(1)


def _call(call: bytes) -> Any:
    function, args, kwargs = pickle.loads(call)
    return function(*args, **kwargs)


def map_unordered(
    executor: Executor, function: Callable[[Any], Any], items: Iterable[Any], *,
    progress: Callable[[int], object] | None = None, ahead: int = 1000, timeout: float | None = None,
) -> Iterator[tuple[Any, Any]]:
    """Call `function(item)` for each item in an executor; yield (item, result) pairs as they come, the fastest first.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as executor:
    ...     sorted(map_unordered(executor, abs, [-3, 2, -1]))
    [(-3, 3), (-1, 1), (2, 2)]

    `progress` is called with the number of results so far, before each is yielded. Not more than `ahead` items are
    taken from `items` before their results have come, so `items` may be endless. Works with every executor whose
    futures have `add_done_callback`: threads, processes, `ProcessPool`, Dask's, MPI's.

    Raises: what the function raises, at its turn; TimeoutError when no result comes for `timeout` seconds. What has
    not begun is cancelled then, and also when the caller stops early.
    The stdlib: `Executor.map` yields in order; `as_completed` yields futures and takes all items at once.
    """
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()
    running: dict[Any, Any] = {}
    waiting = iter(items)
    count = 0
    try:
        while True:
            for item in waiting:
                future = executor.submit(function, item)
                running[future] = item
                future.add_done_callback(done.put)
                if len(running) >= ahead:
                    break
            if not running:
                return
            future = _take(done, timeout)
            result = future.result()
            count += 1
            if progress is not None:
                progress(count)
            yield running.pop(future), result
    finally:
        for future in running:
            future.cancel()


def _take(done: queue.SimpleQueue[Any], timeout: float | None) -> Any:
    found: list[Any] = []

    def take(seconds: float | None) -> bool:
        with contextlib.suppress(queue.Empty):
            found.append(done.get(timeout=seconds))
        return bool(found)

    if not wait_interruptibly(take, timeout):
        raise TimeoutError(f"no result came for {timeout} s")
    return found[0]
