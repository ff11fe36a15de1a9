"""Several processes add to one shared counter: first so that all updates but one are lost, then so that none is.

    python3 scripts/share_counter.py
    python3 scripts/share_counter.py --processes 8 --times 5000

`counter.value = counter.value + 1` reads and writes in two steps. A barrier between them shows what bad luck would:
all read the same number. `counter += 1` is one step.
"""
from __future__ import annotations

import multiprocessing
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import ipc

LARGEST = (1 << 31) - 1  # what a counter of type "i" holds


def add_in_two_steps(counter: ipc.Value, barrier: ipc.Barrier) -> None:
    old = counter.value
    barrier.wait(timeout=60)
    counter.value = old + 1


def add_in_one_step(counter: ipc.Value, times: int) -> None:
    for _ in range(times):
        counter += 1


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--processes", type=_prelude.crowd, default=4,
                         help="processes that add (default: %(default)s)")
    options.add_argument("--times", type=_prelude.count, default=1000,
                         help="additions of each in one step (default: %(default)s)")
    options.add_argument("--method", choices=multiprocessing.get_all_start_methods(), help="how to start the processes")
    given = options.parse_args(argv)
    if given.processes * given.times > LARGEST:
        options.error(_prelude.say("{:.0f} at most, not {}", LARGEST, given.processes * given.times))
    with ipc.Value("i", 0) as counter, ipc.Barrier(given.processes) as barrier:
        run([ipc.start(add_in_two_steps, counter, barrier, method=given.method) for _ in range(given.processes)])
        _prelude.tell("two steps: {} additions make {}", given.processes, counter.value)
        counter.value = 0
        run([ipc.start(add_in_one_step, counter, given.times, method=given.method) for _ in range(given.processes)])
        expected = given.processes * given.times
        _prelude.tell("one step: {} additions make {}", expected, counter.value)
        return 0 if counter.value == expected else 1


def run(processes: list[multiprocessing.process.BaseProcess]) -> None:
    for process in processes:
        process.join()


if __name__ == "__main__":
    _prelude.run(main)
