"""Show what the GIL does: the same computation in threads and in processes, drawn over time.

    python3 scripts/show_gil.py
    python3 scripts/show_gil.py --workers 8 --below 400000 --svg gil.svg

Threads take turns (each computes for a part of its time only), processes compute at the same time. Then: which
calls let other threads run meanwhile? On a free-threaded Python the first picture looks like the second.
"""
from __future__ import annotations

import hashlib
import os
import zlib
from concurrent.futures import Executor, ThreadPoolExecutor

import _prelude

from netio import concurrency, files
from netio.concurrency.pools import primes
from netio.concurrency.threads import gil

BLOCK = bytes(1 << 20)
STEPS = {
    "adding up": lambda: sum(range(1000)),
    "hashing 1 MiB": lambda: hashlib.sha256(BLOCK),
    "compressing 1 MiB": lambda: zlib.compress(BLOCK),
}


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--workers", type=int, default=os.cpu_count(), help="default: one for each CPU")
    options.add_argument("--below", type=int, default=150_000, help="sum the primes below this (default: %(default)s)")
    options.add_argument("--svg", metavar="FILE", help="draw the processes' and threads' times into FILE, too")
    given = options.parse_args(argv)
    build = "a free-threaded build" if gil.is_free_threaded_build() else "an ordinary build"
    print(f"this is {build}; its GIL is {'on' if concurrency.is_gil_enabled() else 'off'}; {os.cpu_count()} CPUs")
    both = concurrency.Timeline()
    pools: dict[str, Executor] = {
        "processes": concurrency.ProcessPool(given.workers, method="spawn"),
        "threads": ThreadPoolExecutor(given.workers),
    }
    for name, pool in pools.items():
        timeline = concurrency.Timeline()
        with pool:
            list(pool.map(abs, range(given.workers)))  # so that starting the workers is not in the picture
            timeline.map(pool, primes.sum_primes, [given.below] * given.workers)
        print(f"\n{name}:\n{timeline.draw()}")
        both.spans += timeline.spans
    print()
    for name, step in STEPS.items():
        print(f"another thread can run during {name}: {concurrency.releases_gil(step)}")
    if given.svg:
        files.replace_file(given.svg, both.draw_svg("The same computation in processes and in threads"))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
