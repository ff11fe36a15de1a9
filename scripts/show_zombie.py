"""Make a zombie, show it, collect it; then show the three cures (Linux, macOS).

    python3 scripts/show_zombie.py
    python3 scripts/show_zombie.py --seconds 30    keep it for a while, to look at it with ps or top

A zombie is a child that has ended and that its parent has not collected yet (state Z).
"""
from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency
from netio.concurrency.processes import zombies


def show(state: str | None) -> str:
    return state or _prelude.say("none: it is gone")


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--seconds", type=_prelude.seconds, default=0,
                         help="how long to keep the zombie (default: %(default)s)")
    seconds = max(0.0, options.parse_args(argv).seconds)
    pid = zombies.make_zombie()
    state = zombies.process_state(pid)
    _prelude.tell("child {} has ended: state {}, parent {}", pid, state, zombies.parent_of(pid))
    try:
        time.sleep(seconds)
    finally:
        status = concurrency.wait_child(pid)
    after = zombies.process_state(pid)
    _prelude.tell("collected: its exit code is {}; its state is {}", concurrency.decode_status(status).code,
                  show(after))
    _prelude.tell("cure 1, the parent waits: the child's state is {}", show(zombies.reap_by_waiting(int)))
    _prelude.tell("cure 2, a second-level child does the work: {} children left to collect",
                  len(zombies.reap_by_double_fork(int)))
    _prelude.tell("cure 3, SIGCHLD is ignored: the child's state is {}, its code is lost",
                  show(zombies.reap_by_ignoring(int)))
    print()
    if state == "Z" and after is None:
        _prelude.conclude("You saw: an ended child stays in the system's table (state Z) until its parent waits for "
                          "it; each of the three cures leaves none behind.")
    else:
        _prelude.conclude("This system did otherwise: see the lines above.")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
