"""Let two accounts transfer to each other at the same time: one way deadlocks and is told so, two ways do not.

    python3 scripts/show_deadlock.py

Both transfers meet where each holds its first lock, so the deadlock is no matter of luck.
"""
from __future__ import annotations

import _prelude

from netio import concurrency

WAYS = {
    "nested locks": concurrency.transfer_nested,
    "locks in one order": concurrency.transfer_in_order,
    "backing off": concurrency.transfer_backing_off,
}


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    for name, transfer in WAYS.items():
        accounts, errors = concurrency.transfer_both_ways(transfer, concurrency.Meeting(2, seconds=0.5))
        print(f"{name}: {accounts}")
        for error in errors:
            print(f"  {error}")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
