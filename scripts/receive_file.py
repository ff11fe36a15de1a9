"""Receive files that send_file.py sends, checked and complete or not at all, from one sender after another.

    python3 scripts/receive_file.py --folder inbox --port 8890
    python3 scripts/receive_file.py --once              only the files of one connection

What came of an interrupted file waits in the folder as .NAME.CHECKSUM.part, and the next attempt goes on from there.
"""
from __future__ import annotations

import argparse
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tcp


def receive_all(sock: socket.socket, sender: str, chosen: argparse.Namespace) -> int:
    """Receive what one sender has; a bad one must not end the service."""
    try:
        while path := tcp.receive_file(sock, chosen.folder, max_size=chosen.max_size, overwrite=chosen.overwrite,
                                       timeout=chosen.timeout):
            _prelude.tell("saved {} ({} bytes) from {}", path, os.path.getsize(path), sender)
        return 0
    except (OSError, ValueError, EOFError) as error:
        print(_prelude.say("{}: {}", sender, _prelude.explain(error)), file=sys.stderr, flush=True)
        return 2


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8890)
    options.add_argument("--folder", default=".", help="where to put them (default: here)")
    options.add_argument("--overwrite", action="store_true", help="replace files that have the same name")
    options.add_argument("--max-size", type=_prelude.count, default=1 << 32, metavar="BYTES",
                         help="longest file (%(default)s)")
    options.add_argument("--timeout", type=_prelude.seconds, default=30.0, metavar="SECONDS",
                         help="longest silence (%(default)s)")
    options.add_argument("--once", action="store_true", help="end after one connection")
    chosen = options.parse_args(argv)
    os.makedirs(chosen.folder, exist_ok=True)  # what is wrong with it shows now, and not when the first file comes
    with tcp.listen((chosen.host, chosen.port)) as listener:
        _prelude.announce(listener.getsockname())
        listener.settimeout(0.5)  # in short steps, for Ctrl-C on Windows
        while True:
            try:
                sock, address = listener.accept()
            except socket.timeout:
                continue
            with sock:
                status = receive_all(sock, tcp.format_address(address), chosen)
            if chosen.once:
                return status


if __name__ == "__main__":
    _prelude.run(main)
