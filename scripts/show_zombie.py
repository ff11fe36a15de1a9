"""Make a zombie, show it, collect it; then show the three cures (Linux, macOS).

    python3 scripts/show_zombie.py
    python3 scripts/show_zombie.py --seconds 30    keep it for a while, to look at it with ps or top

A zombie is a child that has ended and that its parent has not collected yet (state Z).
"""
from __future__ import annotations

import time

import _prelude

from netio import concurrency
from netio.concurrency.processes import zombies


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--seconds", type=float, default=0, help="how long to keep the zombie (default: %(default)s)")
    seconds = max(0.0, options.parse_args(argv).seconds)
    pid = zombies.make_zombie()
    print(f"child {pid} has ended: state {zombies.process_state(pid)}, parent {zombies.parent_of(pid)}")
    try:
        time.sleep(seconds)
    finally:
        status = concurrency.wait_child(pid)
    print(f"collected: it {concurrency.decode_status(status)}; its state is {zombies.process_state(pid)}")
    print(f"cure 1, the parent waits: the child's state is {zombies.reap_by_waiting(int)}")
    print(f"cure 2, a second-level child does the work: left to collect {zombies.reap_by_double_fork(int)}")
    print(f"cure 3, SIGCHLD is ignored: the child's state is {zombies.reap_by_ignoring(int)}, its code is lost")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
