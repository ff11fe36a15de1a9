"""Print what is broadcast to a port, and who sent it.

    python3 scripts/listen_broadcast.py
    python3 scripts/listen_broadcast.py --port 9999 --count 1

Several may listen on one machine. Send something with send_broadcast.py.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import udp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--port", type=_prelude.port_number, default=9999, help="0 for any (default: %(default)s)")
    options.add_argument("--count", type=_prelude.count, default=0,
                         help="end after so many; 0 is never (default: %(default)s)")
    chosen = options.parse_args(argv)
    heard = 0
    with udp.listen_broadcast(chosen.port) as sock:
        _prelude.announce(sock.getsockname())
        while not chosen.count or heard < chosen.count:
            try:
                datagram = udp.receive(sock, timeout=0.5)  # in short steps, for Ctrl-C on Windows
            except TimeoutError:
                continue
            text = _prelude.printable(datagram.data.decode("utf-8", "replace").rstrip("\r\n"))
            print(f"{udp.format_address(datagram.address)} {text}", flush=True)
            heard += 1
    return 0


if __name__ == "__main__":
    _prelude.run(main)
