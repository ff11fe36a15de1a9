"""Let two accounts transfer to each other at the same time: one way deadlocks and is told so, two ways do not.

    python3 scripts/show_deadlock.py

Both transfers meet where each holds its first lock, so the deadlock is no matter of luck.
"""
from __future__ import annotations

import _prelude

from netio.concurrency.threads import accounts, exercises

WAYS = {
    "nested locks": accounts.transfer_nested,
    "locks in one order": accounts.transfer_in_order,
    "backing off": accounts.transfer_backing_off,
}


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    for name, transfer in WAYS.items():
        after, errors = accounts.transfer_both_ways(transfer, exercises.Meeting(2, seconds=0.5))
        print(f"{name}: {after}")
        for error in errors:
            print(f"  {error}")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
