"""Ten tasks, and never more than three at once: a limit between processes, drawn as a timeline.

    python3 scripts/limit_workers.py
    python3 scripts/limit_workers.py --tasks 6 --limit 2 --seconds 0.2
"""
from __future__ import annotations

import multiprocessing
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency, ipc
from netio.concurrency.timelines import timeline


def work(limit: ipc.CapacityLimiter, seconds: float, sender: ipc.pipes.Sender) -> None:
    """Wait for a place, sleep in it, and send the span of the sleep."""
    with limit:
        _, span = timeline.call_with_span(time.sleep, seconds, label="task")
    sender.send(span)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--tasks", type=_prelude.crowd, default=10,
                         help="processes to start (default: %(default)s)")
    options.add_argument("--limit", type=_prelude.positive, default=3,
                         help="how many may work at once (default: %(default)s)")
    options.add_argument("--seconds", type=_prelude.seconds, default=0.1,
                         help="how long each works (default: %(default)s)")
    options.add_argument("--method", choices=multiprocessing.get_all_start_methods(), help="how to start the processes")
    given = options.parse_args(argv)
    timeline = concurrency.Timeline()
    limit = ipc.CapacityLimiter(given.limit)  # not `with`: that would take a place here
    receivers, processes = [], []
    for _ in range(given.tasks):
        receiver, sender = ipc.open_pipe()
        receivers.append(receiver)
        processes.append(ipc.start(work, limit, given.seconds, sender, method=given.method))
    for receiver in receivers:
        with receiver:
            timeline.spans.append(receiver.recv(timeout=120))
    for process in processes:
        process.join()
    limit.close()
    most = max(sum(other.begin <= span.begin < other.end for other in timeline.spans) for span in timeline.spans)
    print(timeline.draw(say=_prelude.say))
    _prelude.tell("at most {} of {} tasks at once, {} allowed", most, given.tasks, given.limit)
    return 0 if most <= given.limit else 1


if __name__ == "__main__":
    _prelude.run(main)
