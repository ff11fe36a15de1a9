"""Stream messages through a ring of shared memory between two programs that know only a path.

    python3 scripts/stream_ring.py receive /tmp/ring                        in one terminal
    python3 scripts/stream_ring.py send /tmp/ring --count 1000000           in another
    python3 scripts/stream_ring.py send /tmp/ring --batch 1000 --size 64    faster, in batches

Start `--senders` of the second for one of the first. Kill one of them: the other says so.
"""
from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import ipc


def receive(path: str, senders: int, timeout: float) -> None:
    with ipc.listen_ring(path, senders) as inbox:
        _prelude.announce(path)
        count, size, begin = 0, 0, 0.0
        try:
            while True:
                messages = inbox.recv_many(timeout=timeout)
                begin = begin or time.monotonic()
                count += len(messages)
                size += sum(map(len, messages))
        except EOFError as error:
            _prelude.tell("The input has ended: {}", _prelude.reason(error))
        seconds = time.monotonic() - (begin or time.monotonic())
        _prelude.tell("{} messages, {} bytes, {:.0f} a second", count, size, count / max(seconds, 1e-9))


def send(path: str, count: int, batch: int, size: int) -> None:
    message, sent = bytes(size), 0
    with ipc.connect_ring(path) as sender:
        while sent < count:
            now = min(batch, count - sent)
            sender.send_many([message] * now, timeout=60)
            sent += now
    _prelude.tell("sent {} messages of {} bytes", sent, size)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("role", choices=("receive", "send"))
    options.add_argument("path", help="where the receiver listens")
    for name, default, meaning in (("senders", 1, "how many it waits for"), ("count", 100000, "messages to send"),
                                   ("batch", 1, "messages to send at once"), ("size", 64, "bytes in a message")):
        options.add_argument(f"--{name}", type=_prelude.count if name == "size" else _prelude.positive, default=default,
                             help=f"{meaning} (default: %(default)s)")
    options.add_argument("--timeout", type=_prelude.seconds, default=300.0, metavar="SECONDS",
                         help="seconds to wait (default: %(default)s)")
    given = options.parse_args(argv)
    if given.role == "receive":
        receive(given.path, given.senders, given.timeout)
    else:
        send(given.path, given.count, given.batch, given.size)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
