"""Serve one page: `/` is the file, anything else is 404. What the notes call httpserver 1.0.

    python3 scripts/serve_page.py index.html         then open http://127.0.0.1:8000/

The file is read for each request, so that changes show at once.
"""
from __future__ import annotations

import functools
import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import concurrency, http


def page(file: Path, request: http.Request) -> http.Response:
    """Answer with the file, or with 404."""
    if request.path != "/":
        raise http.HTTPError(404, _prelude.say("SORRY: there is only one page here"))
    return http.Response(200, [("Content-Type", "text/html; charset=utf-8")], file.read_bytes())


def serve_page(file: Path, sock: socket.socket, address: object) -> None:
    request = http.handle_one_request(sock, functools.partial(page, file))
    print(f"{request.method} {request.target}" if request else _prelude.say("no request"), flush=True)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, port=8000)
    options.add_argument("file", type=Path, metavar="FILE", help="the page, in HTML and UTF-8")
    chosen = options.parse_args(argv)
    with chosen.file.open("rb"):
        pass  # say now, not later, that it is not there
    handler = functools.partial(serve_page, chosen.file)
    server = concurrency.Server((chosen.host, chosen.port), handler, model="thread")
    return _prelude.serve(server, "http://{host}:{port}/")


if __name__ == "__main__":
    _prelude.run(main)
