"""Talk with a TCP server: what you type goes there, what it says is shown.

    python3 scripts/talk_tcp.py 127.0.0.1 8888       type lines; Ctrl-D ends them (Windows: Ctrl-Z, Enter)
    printf 'hello' | python3 scripts/talk_tcp.py HOST PORT

The end of the input is told to the server (half-close), and its answers are shown until it closes, too. HOST may be
a Unix socket's path, with no PORT.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tcp


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("host", metavar="HOST", help="name or address of the server, or the path of a Unix socket")
    options.add_argument("port", metavar="PORT", nargs="?", type=_prelude.port_number)
    options.add_argument("--wait", type=_prelude.seconds, default=30.0, metavar="SECONDS",
                         help="give up after so much silence, once the input has ended (default: %(default)s)")
    chosen = options.parse_args(argv)
    address = chosen.host if chosen.port is None else (chosen.host, chosen.port)
    source = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)  # raw: what is typed comes at once, line by line

    def show(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    with tcp.connect(address, timeout=chosen.wait) as sock:
        print(_prelude.say("connected to {}", tcp.format_address(address)), file=sys.stderr)
        shown = tcp.interact(sock, lambda: source.read(64 * 1024) or b"", show, timeout=chosen.wait)
    print(_prelude.say("closed after {} bytes", shown), file=sys.stderr)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
