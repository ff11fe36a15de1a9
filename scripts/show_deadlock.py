"""Let two accounts transfer to each other at the same time: one way raises DeadlockError, two ways do not.

    python3 scripts/show_deadlock.py

Both transfers meet where each holds its first lock, so the deadlock is no matter of luck.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency.threads import accounts, exercises
from netio.concurrency.threads.locks import DeadlockError

WAYS = {
    "nested locks": accounts.transfer_nested,
    "locks in one order": accounts.transfer_in_order,
    "backing off": accounts.transfer_backing_off,
}


def show(error: DeadlockError) -> None:
    _prelude.tell("  deadlock of {} threads:", len(error.cycle))
    for thread, wanted, where, held, taken in error.cycle:
        _prelude.tell("  {} holds {} (taken at {}) and waits for {} at {}", thread, held, taken, wanted, where)


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    deadlocks = {}
    for name, transfer in WAYS.items():
        after, errors = accounts.transfer_both_ways(transfer, exercises.Meeting(2, seconds=0.5))
        _prelude.tell("{}: {}", _prelude.say(name), after)
        deadlocks[name] = [error for error in errors if isinstance(error, DeadlockError)]
        for error in deadlocks[name]:
            show(error)
    print()
    if deadlocks.pop("nested locks") and not any(deadlocks.values()):
        _prelude.conclude("You saw: two threads that each held what the other waited for, and one got an error "
                          "instead of waiting for ever. One order for all, or giving back what one holds, leaves no "
                          "circle.")
    else:
        _prelude.conclude("Cannot show it this time: the machine was too busy. Run it again.")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
