"""Echo: send back whatever a client sends, under any server model.

    python3 scripts/serve_echo.py                              a thread for each client
    python3 scripts/serve_echo.py --model epoll                one thread, many clients (Linux)
    python3 scripts/serve_echo.py --model select --workers 2   two processes, each with a loop (everywhere)
    python3 scripts/serve_echo.py --list                       which models there are, and which this platform has

Talk to it with `nc 127.0.0.1 8007`, or with netio:

    python3 -c 'from netio import tcp; s = tcp.connect(("127.0.0.1", 8007)); s.sendall(b"hello"); print(s.recv(100))'
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency import MODELS, EchoProtocol, Server, available_models, echo


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, port=8007)
    options.add_argument("--model", choices=MODELS, default="thread", metavar="MODEL", help=", ".join(MODELS))
    options.add_argument("--workers", type=_prelude.crowd,
                         help="threads (pool) or processes (prefork and the event models)")
    options.add_argument("--protocol", action="store_true", help="serve the protocol under a blocking model, too")
    options.add_argument("--unix", metavar="PATH", help="listen at a Unix socket instead of a port")
    options.add_argument("--max-connections", type=int, metavar="N", help="serve N clients at once; more have to wait")
    options.add_argument("--idle-timeout", type=float, default=300, metavar="SECONDS", help="default: %(default)s")
    options.add_argument("--list", action="store_true", help="list the models and end")
    chosen = options.parse_args(argv)
    if chosen.list:
        here = available_models()
        for name, what in MODELS.items():
            print(f"{name:10} {'' if name in here else _prelude.say('not here: ')}{_prelude.say(what)}")
        return 0
    is_event = chosen.model in ("select", "poll", "epoll", "kqueue")
    server = Server(
        chosen.unix or (chosen.host, chosen.port), EchoProtocol if chosen.protocol or is_event else echo, chosen.model,
        chosen.workers, max_connections=chosen.max_connections, idle_timeout=chosen.idle_timeout or None,
    )
    return _prelude.serve(server, "python3 scripts/talk_tcp.py {host} {port}")


if __name__ == "__main__":
    _prelude.run(main)
