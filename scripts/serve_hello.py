"""Answer every request with one page.

    python3 scripts/serve_hello.py                   then open http://127.0.0.1:8000/
    python3 scripts/serve_hello.py --text 你好       another text
"""
from __future__ import annotations

import functools
import html
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency, http


def serve_hello(page: str, sock: socket.socket, address: object) -> None:
    request = http.handle_one_request(sock, lambda request: page)
    print(f"{request.method} {request.target}" if request else _prelude.say("no request"), flush=True)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, port=8000)
    options.add_argument("--text", default="HELLO WORLD", help="what the page says (default: %(default)s)")
    chosen = options.parse_args(argv)
    page = f"<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<h1>{html.escape(chosen.text)}</h1>\n"
    server = concurrency.Server((chosen.host, chosen.port), functools.partial(serve_hello, page), model="thread")
    return _prelude.serve(server, "http://{host}:{port}/")


if __name__ == "__main__":
    _prelude.run(main)
