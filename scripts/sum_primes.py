"""Sum the primes below a number with one, four and ten processes, and time each.

    python3 scripts/sum_primes.py
    python3 scripts/sum_primes.py --below 300000 --workers 1 2 8

With more processes than CPUs nothing more is gained; starting them takes time, too.
"""
from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency
from netio.concurrency.pools import primes
from netio.concurrency.timelines import charts


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--below", type=int, default=100_000, help="primes below this (default: %(default)s)")
    options.add_argument("--workers", type=_prelude.crowd, nargs="+", default=[1, 4, 10],
                         help="processes (default: 1 4 10)")
    given = options.parse_args(argv)
    bars = []
    for workers in given.workers:
        begin = time.perf_counter()
        with concurrency.ProcessPool(workers, method="spawn") as pool:
            total = primes.sum_primes(given.below, pool)
        label = _prelude.say("{} processes" if workers > 1 else "{} process", workers)
        bars.append((label, time.perf_counter() - begin))
        _prelude.tell("{}: the sum of the primes below {} is {}", bars[-1][0], given.below, total)
    print(charts.draw_bars(bars))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
