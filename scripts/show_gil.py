"""Show what the GIL does: the same computation in threads and in processes, drawn over time.

    python3 scripts/show_gil.py
    python3 scripts/show_gil.py --workers 8 --below 400000 --svg gil.svg

Threads take turns (each computes for a part of its time only), processes compute at the same time. Then: which
calls let other threads run meanwhile? On a free-threaded Python the first picture looks like the second.
"""
from __future__ import annotations

import hashlib
import os
import sys
import zlib
from concurrent.futures import Executor, ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
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


def conclude(enabled: bool, ratio: float) -> None:
    """Say what was to be seen, as far as the times show it; a third more is more than chance."""
    if enabled and ratio > 4 / 3:
        _prelude.conclude("You saw: the threads took {:.1f} times as long as the processes for the same work: with "
                          "the GIL they compute in turns.", ratio)
    elif not enabled and ratio < 4 / 3:
        _prelude.conclude("You saw: without a GIL the threads compute at the same time, as processes do.")
    else:
        _prelude.conclude("Threads took {:.1f} times as long as processes, which shows nothing: the machine was too "
                          "busy, has too few CPUs, or the work was too short (--below). Run it again.", ratio)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--workers", type=_prelude.crowd, default=os.cpu_count(), help="default: one for each CPU")
    options.add_argument("--below", type=int, default=150_000, help="sum the primes below this (default: %(default)s)")
    options.add_argument("--svg", metavar="FILE", help="draw the processes' and threads' times into FILE, too")
    given = options.parse_args(argv)
    build = _prelude.say("a free-threaded build" if gil.is_free_threaded_build() else "an ordinary build")
    enabled = concurrency.is_gil_enabled()
    _prelude.tell("this is {}; its GIL is {}; {} CPUs", build, _prelude.say("on" if enabled else "off"),
                  os.cpu_count())
    both = concurrency.Timeline()
    pools: dict[str, Executor] = {
        "processes": concurrency.ProcessPool(given.workers, method="spawn"),
        "threads": ThreadPoolExecutor(given.workers),
    }
    took: dict[str, float] = {}
    for name, pool in pools.items():
        timeline = concurrency.Timeline()
        with pool:
            list(pool.map(abs, range(given.workers)))  # so that starting the workers is not in the picture
            timeline.map(pool, primes.sum_primes, [given.below] * given.workers)
        print()
        _prelude.tell("{}:", _prelude.say(name))
        print(timeline.draw(say=_prelude.say))
        both.spans += timeline.spans
        took[name] = max(span.end for span in timeline.spans) - min(span.begin for span in timeline.spans)
    print()
    for name, step in STEPS.items():
        _prelude.tell("another thread can run during {}: {}", _prelude.say(name), concurrency.releases_gil(step))
    print()
    conclude(enabled, took["threads"] / took["processes"])
    if given.svg:
        files.replace_file(given.svg, both.draw_svg(_prelude.say("The same computation in processes and in threads")))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
