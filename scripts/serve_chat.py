"""Serve a chat room; each line typed here is an announcement of the administrator to everyone in it.

    python3 scripts/serve_chat.py                          UDP, as in the notes
    python3 scripts/serve_chat.py --tcp --model epoll      TCP, under any model that keeps all members in one process
    python3 scripts/serve_chat.py --host 0.0.0.0           for the whole network

Enter it with join_chat.py, with a client of your own, or (TCP) with `nc 127.0.0.1 8888`, typing `L name` first.
The end of the input ends the announcements, Ctrl-C the server.
"""
from __future__ import annotations

import contextlib
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import chat


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, port=8888)
    options.add_argument("--tcp", action="store_true", help="serve over TCP, a line each")
    options.add_argument("--model", choices=chat.room_models(), help="with --tcp: how (default: thread)")
    options.add_argument("--silence", type=float, default=600, metavar="SECONDS",
                         help="with UDP: drop members that have been silent for so long (default: %(default)g)")
    chosen = options.parse_args(argv)
    if chosen.model and not chosen.tcp:
        options.error(_prelude.say("--model is for --tcp: over UDP one thread serves everybody"))
    room = chat.Room(silence=chosen.silence, record=lambda line: print(line, flush=True),
                     glossed=_prelude.language() != "zh")
    address = (chosen.host, chosen.port)
    server = chat.TCPServer(address, room, chosen.model or "thread") if chosen.tcp else chat.Server(address, room)
    with contextlib.closing(server):
        join = "python3 scripts/join_chat.py NAME --host {host} --port {port}" + (" --tcp" if chosen.tcp else "")
        _prelude.announce(server.address, join)
        threading.Thread(target=_announce, args=(server,), daemon=True).start()
        server.serve_forever()
    return 0


def _announce(server: chat.Server | chat.TCPServer) -> None:
    # Not sys.stdin, whose lock this thread would hold at the program's end.
    for line in open(0, encoding=sys.stdin.encoding, errors="replace", closefd=False):
        if line.strip():
            try:
                server.announce(line.rstrip("\r\n"))
            except ValueError as error:
                print(_prelude.say("not announced: {}", _prelude.explain(error)), file=sys.stderr, flush=True)


if __name__ == "__main__":
    _prelude.run(main)
