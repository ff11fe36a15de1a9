"""Pools of processes: ProcessPool beside multiprocessing.Pool, many short tasks in chunks, and one by one."""
from __future__ import annotations

import multiprocessing
import signal
import time
from typing import Any, Callable, Iterator

from netio.concurrency import ProcessPool, map_unordered

from .harness import Row, Settings, compare

WORKERS = 2
_QUIET = (signal.signal, (signal.SIGTERM, signal.SIG_DFL))


def rows(settings: Settings) -> Iterator[Row]:
    """Half of mp.Pool's speed for 10,000 short tasks in chunks of 250, whichever way the workers are started.

    Each of our tasks keeps its own error, and its progress is told. One by one, our pool can kill each task.
    """
    count = 2_000 if settings.quick else 10_000
    for method in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(method)
        # Ours first: mp.Pool has threads. It ends its workers by SIGTERM, of which scripts make a KeyboardInterrupt.
        with ProcessPool(WORKERS, method=method) as ours, context.Pool(WORKERS, *_QUIET) as theirs:
            def pair(what: str, mine: Callable[[], Any], others: Callable[[], Any], names: tuple[str, str],
                     reach: float | None, tasks: int) -> Row:
                return compare(f"{what}, {method}", lambda: timed(mine, tasks), lambda: timed(others, tasks),
                               settings, names=names, reach=reach)

            yield pair("map, chunks of 250", lambda: list(ours.map(abs, range(-count, 0), chunksize=250)),
                       lambda: theirs.map(abs, range(-count, 0), chunksize=250),
                       ("ProcessPool.map", "mp.Pool.map"), 0.5, count)
            yield pair("in any order, chunks of 250",
                       lambda: list(map_unordered(ours, abs, range(-count, 0), chunksize=250)),
                       lambda: list(theirs.imap_unordered(abs, range(-count, 0), chunksize=250)),
                       ("map_unordered", "mp.Pool.imap_unordered"), 0.5, count)
            yield pair("map, one by one", lambda: list(ours.map(abs, range(-count // 10, 0))),
                       lambda: theirs.map(abs, range(-count // 10, 0), chunksize=1),
                       ("ProcessPool.map", "mp.Pool.map"), None, count // 10)


def timed(call: Callable[[], object], tasks: int) -> float:
    """Call once to warm up, then several times; return the seconds that a task took."""
    call()
    begin = time.perf_counter()
    for _ in range(5):
        call()
    return (time.perf_counter() - begin) / (5 * tasks)
