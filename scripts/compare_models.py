"""Compare ways of doing the same work: in a row, in threads, in processes; and every server model under the same load.

    python3 scripts/compare_models.py
    python3 scripts/compare_models.py --times 10 --below 100000 --clients 50 --svg models.svg

Computing gains from processes only (or from threads on a free-threaded Python); waiting gains from either. The
iterative server makes every client wait for those before it. The figures hold for this machine at this moment.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency, files
from netio.concurrency.timelines import charts, comparison


def print_row(columns: dict[str, int]) -> None:
    print(" ".join(_prelude.pad(_prelude.say(title), width) for title, width in columns.items()))


def conclude(seconds: dict[tuple[str, str], float]) -> None:
    """Say what the times show: a third less is more than chance."""
    for work in ("waiting", "computing"):
        for way in ("threads", "processes"):
            gain = seconds[work, "in a row"] / seconds[work, way]
            text = "You saw: {} was {:.1f} times as fast by {} as in a row."
            if gain < 4 / 3:
                text = "{}: {:.1f} times as fast by {} as in a row, which is no gain."
            _prelude.conclude(text, _prelude.say(work), gain, _prelude.say(way))
    _prelude.conclude("In computing threads can gain only without the GIL; where they seem to with it, or processes do "
                      "not gain, the CPUs are few or busy.")


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--times", type=int, default=10, help="how often each work is done (default: %(default)s)")
    options.add_argument("--below", type=int, default=60_000, help="look for primes below this (default: %(default)s)")
    options.add_argument("--pause", type=_prelude.seconds, default=0.05,
                         help="seconds of each wait (default: %(default)s)")
    options.add_argument("--clients", type=_prelude.crowd, default=20,
                         help="clients of each server (default: %(default)s)")
    options.add_argument("--models", nargs="*", default=concurrency.available_models(), help="servers (default: all)")
    options.add_argument("--svg", metavar="FILE", help="draw the charts into FILE, too")
    given = options.parse_args(argv)
    _prelude.tell("the GIL is {}", _prelude.say("on" if concurrency.is_gil_enabled() else "off"))
    servers = comparison.compare_servers(given.models, clients=given.clients)
    print_row({"model": 10, "echoes": -7, "a second": -9, "longest wait": -13})
    for row in servers:
        print(f"{row.model:10} {row.echoes:7} {row.rate:9.0f} {row.longest_wait:11.3f} s")
    waits = [(_prelude.say("{}, longest wait", row.model), row.longest_wait) for row in servers]
    print(charts.draw_bars(waits))
    works = comparison.compare_ways(times=given.times, below=given.below, pause=given.pause)
    print()
    print_row({"work": 10, "way": 10, "times": -5, "seconds": -8})
    for measured in works:
        work, way = (_prelude.pad(_prelude.say(text), 10) for text in (measured.work, measured.way))
        print(f"{work} {way} {measured.times:5} {measured.seconds:8.3f}")
    times = [(_prelude.say("{}, {}", _prelude.say(measured.work), _prelude.say(measured.way)), measured.seconds)
             for measured in works]
    print(charts.draw_bars(times))
    if given.svg:
        title = _prelude.say("The same work, the same load")
        files.replace_file(given.svg, charts.draw_bars_svg(times + waits, title))
    print()
    conclude({(measured.work, measured.way): measured.seconds for measured in works})
    return 0


if __name__ == "__main__":
    _prelude.run(main)
