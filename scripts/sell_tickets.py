"""Sell tickets at several windows (threads), with a lock and, to see why it is needed, without.

    python3 scripts/sell_tickets.py
    python3 scripts/sell_tickets.py --windows 10 --tickets 500 --no-lock

Without the lock the windows are made to meet between looking at a ticket and taking it, so the race is sure to happen.
"""
from __future__ import annotations

import collections
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency.threads import exercises


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--windows", type=_prelude.crowd, default=10, help="threads that sell (default: %(default)s)")
    options.add_argument("--tickets", type=int, default=500, help="tickets to sell (default: %(default)s)")
    options.add_argument("--no-lock", action="store_true", help="let the windows get in each other's way")
    given = options.parse_args(argv)
    if given.no_lock:
        meeting = exercises.Meeting(given.windows, seconds=10)
        sales = exercises.sell_tickets(given.windows, given.tickets, exercises.NO_LOCK, meeting)
    else:
        sales = exercises.sell_tickets(given.windows, given.tickets)
    buyers = collections.Counter(ticket for _, ticket in sales)
    twice = sum(count > 1 for count in buyers.values())
    in_order = [ticket for _, ticket in sales] == sorted(buyers)
    _prelude.tell("{} sales of {} tickets, {}; {} tickets were sold more than once", len(sales), len(buyers),
                  _prelude.say("in order" if in_order else "not in order"), twice)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
