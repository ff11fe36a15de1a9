"""Pools: any `concurrent.futures.Executor` for the work, and one process pool whose workers can be killed.

The standard pool cannot stop a task: a timeout only stops the waiting, and when one worker dies all tasks fail with it.
In `ProcessPool` a thread manages each worker process (see `workers`): it sends it one task at a time through a pipe
and waits for the outcome, the end of the worker, or the timeout of the task. So a dead or killed worker costs its task
only, and the thread starts another. Workers ignore Ctrl-C: it reaches this process once, which then ends them. The
other way round, a thread in each worker waits for the end of this process, so that no worker outlives it, busy or not.
"""
from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import queue
import threading
import weakref
from concurrent.futures import CancelledError, Executor, Future, TimeoutError as FutureTimeout
from typing import Any, Callable, Iterable, Iterator, Sequence

from ..._deadline import deadline_after, time_left, wait_limit
from ..processes.fork import warn_if_threads
from ..processes.main_module import find_in_main
from ..processes.signals import wait_interruptibly
from .chunks import Chunk, call_chunk, cut_chunks
from .worker import Task, pack_call
from .workers import Workers


class ProcessPool(Executor):
    """A pool of worker processes, with a timeout for each task, that survives the death of its workers.

    >>> with ProcessPool(2) as pool:
    ...     pool.submit(divmod, 7, 2).result()
    (3, 1)

    It is an Executor: `submit`, `map`, `shutdown`, and Futures that `concurrent.futures.wait` and `as_completed` take.
    `workers`: how many (None: one for each CPU). `timeout`: seconds that one task may run, None for no limit; one
    that needs longer is killed with its worker, and its future raises TimeoutError. `max_tasks_per_child`: a worker is
    replaced by a fresh one after so many tasks. `initializer(*initargs)` runs first in each worker. `method`: "spawn",
    "fork" or "forkserver". With "fork" every worker, also one that replaces another, sees the program as it was when
    the pool was made. Functions and arguments are pickled: module-level functions only, and start the pool below
    `if __name__ == "__main__":`.

    A future raises what its task raised, SystemExit included, caused by the worker's traceback, or ChildDied when the
    worker died.

    Leaving the `with` block waits for all tasks; leaving it by Ctrl-C kills the workers. A pool that is never shut down
    does the tasks that it has and ends when nobody holds it any more; at the end of the program it ends without
    waiting. A task may make its own pool. A child that the program forks by itself has no part in the pool: `submit`
    raises RuntimeError there, and the child's end leaves the workers alone.

    Raises: ValueError for less than one worker or task; OSError when the system has no room for the workers;
    RuntimeError in a daemon process, which may not have children.
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
        if multiprocessing.current_process().daemon:
            raise RuntimeError("a daemon process may not have children: start it with daemon=False to use a pool in it")
        context = multiprocessing.get_context(method)
        self._timeout, self._forks = wait_limit(timeout), context.get_start_method() == "fork"
        if self._forks:
            warn_if_threads()
        self._workers = Workers(workers, context, (initializer, *initargs), max_tasks_per_child)
        weakref.finalize(self, self._workers.end).atexit = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have `fn(*args, **kwargs)` called by a worker; return a Future. Raises: RuntimeError after `shutdown`."""
        return self.submit_timed(self._timeout, fn, *args, **kwargs)

    def submit_timed(self, timeout: float | None, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `submit`, with its own timeout for this task: seconds from when a worker is given it."""
        return self._submit(wait_limit(timeout), fn, fn, args, kwargs)

    def submit_chunk(self, fn: Callable[..., Any], *columns: Sequence[Any]) -> Future[Chunk]:
        """Have `fn` called with the items of each column, as `map` does, as one task with the time of all."""
        timeout = None if self._timeout is None else self._timeout * len(columns[0])
        return self._submit(timeout, fn, call_chunk, (fn, *columns), {})

    def map(
        self, fn: Callable[..., Any], /, *iterables: Iterable[Any], timeout: float | None = None, chunksize: int = 1,
    ) -> Iterator[Any]:
        """Call `fn` for each item; return an iterator over the results, in order.

        >>> with ProcessPool(1) as pool:
        ...     list(pool.map(abs, range(-3, 0), chunksize=2))
        [3, 2, 1]

        `chunksize` items go to a worker at once, which saves time when they are many and short. A chunk has the time of
        all its tasks, and when its worker dies none of it has a result.

        Raises: what a task raises, at its turn; TimeoutError `timeout` seconds after this call; ValueError for a
        chunksize below 1. What has not begun is cancelled then.
        """
        if chunksize < 1:
            raise ValueError(f"chunksize must be at least 1, not {chunksize}")
        if chunksize == 1:
            return super().map(fn, *iterables, timeout=timeout)
        deadline = deadline_after(timeout)
        if len(iterables) == 1:
            futures = [self.submit_chunk(fn, chunk) for chunk in cut_chunks(iterables[0], chunksize)]
        else:
            futures = [self.submit_chunk(fn, *zip(*chunk)) for chunk in cut_chunks(zip(*iterables), chunksize)]
        return itertools.chain.from_iterable(_chunks(futures, deadline))

    def _submit(
        self, timeout: float | None, fn: Callable[..., Any], called: Callable[..., Any], args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Future[Any]:
        self._workers.check_owner()
        future = _Future()
        name = getattr(fn, "__name__", repr(fn))
        try:
            why = None if self._forks else find_in_main(fn)
            if why is not None:
                raise TypeError(why)
            task = Task(future, name, pack_call(name, called, args, kwargs), timeout)
        except Exception as error:
            future.set_exception(error)
            return future
        self._workers.put(task)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; wait for those that were given; `cancel_futures` drops what no worker has begun.

        In a done-callback, which a thread of the pool runs, it does not wait: it would wait for itself.
        """
        self._workers.end(cancel=cancel_futures)
        if wait:
            self._workers.wait()

    def kill(self) -> None:
        """Kill the workers and drop all tasks: running ones raise ChildDied, waiting ones are cancelled."""
        self._workers.kill()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool | None:
        if kind is not None and not issubclass(kind, Exception):  # Ctrl-C, sys.exit: the user will not wait
            self.kill()
        try:
            self.shutdown()
        except BaseException:  # Ctrl-C while it waits
            self.kill()
            raise
        return None


class _Future(Future[Any]):
    """A Future whose `result` lets Ctrl-C through while the main thread waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self._owner = os.getpid()

    def result(self, timeout: float | None = None) -> Any:
        wait_interruptibly(self._ends_within, timeout)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        wait_interruptibly(self._ends_within, timeout)
        return super().exception(0)

    def _ends_within(self, seconds: float | None) -> bool:
        if os.getpid() != self._owner:
            self._condition = threading.Condition()  # a thread that is not here may have held the copy
            if self.done():
                return True
            raise RuntimeError(f"the task runs for process {self._owner}, the parent: its result arrives there")
        with contextlib.suppress(FutureTimeout, CancelledError):
            super().exception(seconds)
        return self.done()


def _chunks(futures: list[Future[Chunk]], deadline: float | None) -> Iterator[Chunk]:
    futures.reverse()
    try:
        while futures:
            chunk = futures[-1].result(time_left(deadline))
            futures.pop()
            yield chunk
    finally:
        for future in futures:
            future.cancel()


def map_unordered(
    executor: Executor, function: Callable[[Any], Any], items: Iterable[Any], *,
    progress: Callable[[int], object] | None = None, ahead: int = 1000, timeout: float | None = None,
    chunksize: int = 1,
) -> Iterator[tuple[Any, Any]]:
    """Call `function(item)` for each item in an executor; yield (item, result) pairs as they come, the fastest first.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as executor:
    ...     sorted(map_unordered(executor, abs, [-3, 2, -1]))
    [(-3, 3), (-1, 1), (2, 2)]

    `progress` is called with the number of results so far, before each is yielded. Not more than `ahead` items (or one
    chunk) are taken from `items` before their results have come, so `items` may be endless. `chunksize` items go to a
    worker at once, and their results come back at once, which saves time when they are many and short. Works with every
    executor whose futures have `add_done_callback`: threads, processes, `ProcessPool`, Dask's, MPI's.

    Raises: what the function raises, at its turn; TimeoutError when no result comes for `timeout` seconds; ValueError
    for a chunksize below 1. What has not begun is cancelled then, and also when the caller stops early.
    The stdlib: `Executor.map` yields in order; `as_completed` yields futures and takes all items at once.
    """
    if chunksize < 1:
        raise ValueError(f"chunksize must be at least 1, not {chunksize}")
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()
    running: dict[Any, list[Any]] = {}
    waiting = cut_chunks(items, chunksize)
    count = 0
    try:
        while True:
            while len(running) * chunksize < max(ahead, 1) and (chunk := next(waiting, None)):
                future = _submit_chunk(executor, function, chunk)
                running[future] = chunk
                future.add_done_callback(done.put)
            if not running:
                return
            future = _take(done, timeout)
            result = future.result()
            chunk = running.pop(future)
            pairs = zip(chunk, result if isinstance(result, Chunk) else [result])
            if progress is None:
                yield from pairs
                continue
            for pair in pairs:
                count += 1
                progress(count)
                yield pair
    finally:
        for future in running:
            future.cancel()


def _submit_chunk(executor: Executor, function: Callable[[Any], Any], chunk: list[Any]) -> Future[Any]:
    if len(chunk) == 1:
        return executor.submit(function, chunk[0])
    if isinstance(executor, ProcessPool):
        return executor.submit_chunk(function, chunk)
    return executor.submit(call_chunk, function, chunk)


def _take(done: queue.SimpleQueue[Any], timeout: float | None) -> Any:
    found: list[Any] = []

    def take(seconds: float | None) -> bool:
        with contextlib.suppress(queue.Empty):
            found.append(done.get(timeout=seconds))
        return bool(found)

    if not wait_interruptibly(take, timeout):
        raise TimeoutError(f"no result came for {timeout} s")
    return found[0]
