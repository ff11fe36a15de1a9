"""Send files to receive_file.py; after an interruption, the same command sends only what is missing.

    python3 scripts/send_file.py picture.png notes.txt --host 127.0.0.1 --port 8890
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tcp


def show_progress(done: int, total: int) -> None:
    shown = _prelude.say("{:4.0%} of {} bytes", done / total, total)
    print(f"\r  {shown}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8890)
    options.add_argument("paths", metavar="FILE", nargs="+", help="files to send")
    options.add_argument("--timeout", type=_prelude.seconds, default=30.0, metavar="SECONDS",
                         help="longest silence (%(default)s)")
    options.add_argument("--quiet", action="store_true", help="show no progress")
    chosen = options.parse_args(argv)
    progress = None if chosen.quiet else show_progress
    with tcp.connect((chosen.host, chosen.port), timeout=chosen.timeout) as sock:
        for path in chosen.paths:
            sent = tcp.send_file(sock, path, progress=progress, timeout=chosen.timeout)
            _prelude.tell("sent {} of {} bytes: {}", sent, os.path.getsize(path), path)
        tcp.half_close(sock)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
