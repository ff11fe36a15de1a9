"""Compare ways of doing the same work: in a row, in threads, in processes; and every server model under the same load.

    python3 scripts/compare_models.py
    python3 scripts/compare_models.py --times 10 --below 100000 --clients 50 --svg models.svg

Computing gains from processes only (or from threads on a free-threaded Python); waiting gains from either. The
iterative server makes every client wait for those before it. The figures hold for this machine at this moment.
"""
from __future__ import annotations

import _prelude

from netio import concurrency, files
from netio.concurrency.timelines import charts, comparison


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--times", type=int, default=10, help="how often each work is done (default: %(default)s)")
    options.add_argument("--below", type=int, default=60_000, help="look for primes below this (default: %(default)s)")
    options.add_argument("--pause", type=float, default=0.05, help="seconds of each wait (default: %(default)s)")
    options.add_argument("--clients", type=int, default=20, help="clients of each server (default: %(default)s)")
    options.add_argument("--models", nargs="*", default=concurrency.available_models(), help="servers (default: all)")
    options.add_argument("--svg", metavar="FILE", help="draw the charts into FILE, too")
    given = options.parse_args(argv)
    print(f"the GIL is {'on' if concurrency.is_gil_enabled() else 'off'}")
    servers = comparison.compare_servers(given.models, clients=given.clients)
    print(f"{'model':10} {'echoes':>7} {'a second':>9} {'longest wait':>13}")
    for row in servers:
        print(f"{row.model:10} {row.echoes:7} {row.rate:9.0f} {row.longest_wait:11.3f} s")
    waits = [(f"{row.model}, longest wait", row.longest_wait) for row in servers]
    print(charts.draw_bars(waits))
    works = comparison.compare_ways(times=given.times, below=given.below, pause=given.pause)
    print(f"\n{'work':10} {'way':10} {'times':>5} {'seconds':>8}")
    for measured in works:
        print(f"{measured.work:10} {measured.way:10} {measured.times:5} {measured.seconds:8.3f}")
    times = [(measured.label, measured.seconds) for measured in works]
    print(charts.draw_bars(times))
    if given.svg:
        files.replace_file(given.svg, charts.draw_bars_svg(times + waits, "The same work, the same load"))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
