"""Sit between client and server and cut the stream into other pieces, to see who takes one recv for one message.

    python3 scripts/slice_stream.py 127.0.0.1 8888 --port 8891 --requests bytes --pause 0.01
    python3 scripts/slice_stream.py 127.0.0.1 8888 --requests random:7 --answers end --seed 3

Then point the client at port 8891. HOW is one of bytes (one at a time), pieces:N, random:N (1 to N bytes), once:N
(N bytes, then the rest), end (everything when the sender has finished), plain (as it comes).
"""
from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tcp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8891)
    options.add_argument("target_host", metavar="HOST", help="where the server is")
    options.add_argument("target_port", metavar="PORT", type=_prelude.port_number)
    options.add_argument("--requests", default="bytes", metavar="HOW", help="client to server (default: %(default)s)")
    options.add_argument("--answers", default="bytes", metavar="HOW", help="server to client (default: %(default)s)")
    options.add_argument("--pause", type=_prelude.seconds, default=0.001, metavar="SECONDS",
                         help="rest after each piece (default: %(default)s)")
    options.add_argument("--flush-delay", type=_prelude.seconds, default=0.2, metavar="SECONDS",
                         help="flush held bytes after so much silence (default: %(default)s)")
    options.add_argument("--seed", type=int, default=0, help="decides the random sizes (default: %(default)s)")
    chosen = options.parse_args(argv)
    with tcp.SlicingProxy((chosen.target_host, chosen.target_port), address=(chosen.host, chosen.port),
                          requests=chosen.requests, answers=chosen.answers, pause=chosen.pause,
                          flush_delay=chosen.flush_delay, seed=chosen.seed) as proxy:
        _prelude.announce(proxy.address)
        while True:
            time.sleep(0.5)  # in short steps, for Ctrl-C on Windows


if __name__ == "__main__":
    _prelude.run(main)
