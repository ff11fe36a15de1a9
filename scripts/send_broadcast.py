"""Send a datagram to every machine of the networks this one is in, once a second.

    python3 scripts/send_broadcast.py "lunch is ready"
    python3 scripts/send_broadcast.py --to 255.255.255.255 --count 1 "lunch is ready"

Hear it with listen_broadcast.py, on other machines or on this one.
"""
from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import udp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("text", metavar="TEXT")
    options.add_argument("--port", type=_prelude.port_number, default=9999, help="whose (default: %(default)s)")
    options.add_argument("--to", metavar="ADDRESS", help="a broadcast address (default: that of every network)")
    options.add_argument("--count", type=_prelude.count, default=0,
                         help="how often; 0 is for ever (default: %(default)s)")
    options.add_argument("--interval", type=_prelude.seconds, default=1.0,
                         help="seconds between two (default: %(default)s)")
    chosen = options.parse_args(argv)
    sent = 0
    while True:
        went = udp.send_broadcast(udp.datagrams.truncate_text(chosen.text), chosen.port, chosen.to)
        _prelude.tell("sent to {} port {}", ", ".join(went), chosen.port)
        sent += 1
        if sent == chosen.count:
            return 0
        time.sleep(chosen.interval)


if __name__ == "__main__":
    _prelude.run(main)
