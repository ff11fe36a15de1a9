"""One process accepts connections and hands each to another process, which answers it.

    python3 scripts/pass_socket.py
    python3 scripts/pass_socket.py --workers 3 --clients 6 --method spawn
"""
from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import ipc, tcp


def answer(channel: socket.socket) -> None:
    """Answer every connection that comes through the channel, until it ends."""
    with channel:
        while True:
            try:
                sock = ipc.recv_socket(channel, timeout=None)
            except EOFError:
                return
            with sock:
                sock.sendall(b"%d" % os.getpid())


def start_worker(stack: contextlib.ExitStack, method: str | None) -> socket.socket:
    """Start a process that answers, and return the channel to it; the stack ends both."""
    ours, theirs = ipc.local_pair()
    with theirs:
        worker = ipc.start(answer, theirs, method=method)
    stack.callback(worker.join)
    stack.callback(ours.close)
    stack.callback(ours.shutdown, socket.SHUT_RDWR)  # a forked worker holds a copy of this end: close would not end it
    return ours


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 0)
    options.add_argument("--workers", type=_prelude.crowd, default=2,
                         help="processes that answer (default: %(default)s)")
    options.add_argument("--clients", type=_prelude.crowd, default=4,
                         help="connections to make (default: %(default)s)")
    options.add_argument("--method", choices=multiprocessing.get_all_start_methods(), help="how to start the processes")
    given = options.parse_args(argv)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(tcp.listen((given.host, given.port)))
        channels = [start_worker(stack, given.method) for _ in range(given.workers)]
        _prelude.announce(listener.getsockname())
        for number in range(given.clients):
            with socket.create_connection(listener.getsockname()[:2], timeout=10) as client:
                sock, _ = listener.accept()
                with sock:
                    ipc.send_socket(channels[number % given.workers], sock)
                with client.makefile("r", encoding="utf-8") as reply:
                    _prelude.tell("client {}: answered by process {}, accepted by {}", number, reply.read(),
                                  os.getpid())
    return 0


if __name__ == "__main__":
    _prelude.run(main)
