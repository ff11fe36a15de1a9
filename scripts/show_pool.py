"""Give a pool of processes tasks that succeed, fail, hang and kill their worker, and show what comes back.

    python3 scripts/show_pool.py
    python3 scripts/show_pool.py --workers 4 --timeout 2 --method spawn

No task harms another: a worker that hangs is killed after its timeout, one that died is replaced.
"""
from __future__ import annotations

import math
import multiprocessing
import os
import sys
import time
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency

TASKS: dict[str, tuple[Any, ...]] = {
    "a sum": (sum, [1, 2, 3]),
    "a failure": (math.sqrt, -1),
    "a task that hangs": (time.sleep, 3600),
    "a task that ends its worker": (os._exit, 3),
    "a result that cannot be sent": (memoryview, b"text"),
    "a large result": (bytes, 50_000_000),
}


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--workers", type=_prelude.crowd, default=2, help="worker processes (default: %(default)s)")
    options.add_argument("--timeout", type=float, default=1.0, help="seconds for each task (default: %(default)s)")
    options.add_argument("--method", choices=multiprocessing.get_all_start_methods(), help="how to start the workers")
    given = options.parse_args(argv)
    with concurrency.ProcessPool(given.workers, timeout=given.timeout, method=given.method) as pool:
        futures = {name: pool.submit(*call) for name, call in TASKS.items()}
        failed = 0
        for name, future in futures.items():
            error = future.exception()
            failed += error is not None
            if error:
                _prelude.tell("{}: {}: {}", _prelude.say(name), type(error).__name__, _prelude.reason(error))
            else:
                _prelude.tell("{}: {:.20}", _prelude.say(name), repr(future.result()))
        roots = concurrency.map_unordered(pool, math.sqrt, range(5), progress=lambda done: print(done, end=". "))
        for item, root in roots:
            _prelude.tell("the square root of {} is {:.3f}", item, root)
    print()
    _prelude.conclude("You saw: {} of {} tasks failed, each with an exception of its own; no other task was harmed, "
                      "and the pool worked on.", failed, len(TASKS))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
