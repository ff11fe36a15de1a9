"""Producers and consumers around one bounded queue: full, empty, and an end for all.

    python3 scripts/show_queue.py
    python3 scripts/show_queue.py --producers 3 --consumers 4 --items 1000 --maxsize 5
"""
from __future__ import annotations

import multiprocessing
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import ipc


def produce(queue: ipc.Queue, first: int, count: int) -> None:
    for number in range(first, first + count):
        queue.put(number)


def consume(queue: ipc.Queue, results: ipc.pipes.Sender) -> None:
    results.send(sum(queue))


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    for name, default, meaning in (("producers", 2, "processes that put"), ("consumers", 2, "processes that get"),
                                   ("items", 500, "numbers of each producer"), ("maxsize", 10, "items it holds")):
        kind = _prelude.crowd if meaning.startswith("processes") else _prelude.positive
        options.add_argument(f"--{name}", type=kind, default=default,
                             help=f"{meaning} (default: %(default)s)")
    options.add_argument("--method", choices=multiprocessing.get_all_start_methods(), help="how to start the processes")
    given = options.parse_args(argv)
    with ipc.Queue(given.maxsize) as queue:
        try:
            while True:
                queue.put("too early", timeout=0)
        except ipc.QueueFull:
            _prelude.tell("full: {}, qsize: {}, empty: {}", queue.full(), queue.qsize(), queue.empty())
        queue.get_many(given.maxsize)
        pipes = [ipc.open_pipe() for _ in range(given.consumers)]
        consumers = [ipc.start(consume, queue, sender, method=given.method) for _, sender in pipes]
        producers = [ipc.start(produce, queue, number * given.items, given.items, method=given.method)
                     for number in range(given.producers)]
        for process in producers:
            process.join()
        queue.end()
        sums = [receiver.recv(timeout=60) for receiver, _ in pipes]
        for process in consumers:
            process.join()
    total = given.producers * given.items
    expected = total * (total - 1) // 2
    _prelude.tell("{} consumers summed up to {}; it should be {}", given.consumers, sum(sums), expected)
    print()
    if sum(sums) != expected:
        _prelude.conclude("The sums differ: something was lost or came twice.")
        return 1
    _prelude.conclude("You saw: {} processes put, {} took, and nothing was lost or came twice; end() told every "
                      "consumer to stop.", given.producers, given.consumers)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
