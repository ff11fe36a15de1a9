"""Send every datagram back to whoever sent it.

    python3 scripts/serve_udp_echo.py --port 9999

Try it with talk_udp.py, or with `ncat --udp 127.0.0.1 9999`.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import udp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 9999)
    chosen = options.parse_args(argv)
    udp.serve((chosen.host, chosen.port), udp.echo, on_listening=_prelude.announce)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
