"""Print what a browser sends: the request line, the headers and the body of each request.

    python3 scripts/print_request.py                 then open http://127.0.0.1:8000/any/page?q=tea
    curl -d "name=ming" http://127.0.0.1:8000/form   (or let curl send one)
"""
from __future__ import annotations

import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency, http


def show(request: http.Request) -> str:
    """Print a request, and answer what there was to see."""
    major, minor = request.version
    fields = (f"{name}: {value}" for name, value in request.headers)
    lines = [f"{request.method} {request.target} HTTP/{major}.{minor}", *fields]
    text = "\n".join(lines) + "\n\n" + request.read().decode("utf-8", "replace")
    print(_prelude.printable(text.replace("\r\n", "\n"), keep="\n\t"), flush=True)
    return text


def print_request(sock: socket.socket, address: object) -> None:
    _prelude.tell("-- from {}", address)
    http.handle_one_request(sock, show)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, port=8000)
    chosen = options.parse_args(argv)
    server = concurrency.Server((chosen.host, chosen.port), print_request, model="thread")
    return _prelude.serve(server, "http://{host}:{port}/")


if __name__ == "__main__":
    _prelude.run(main)
