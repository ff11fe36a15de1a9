"""The WSGI application of http_peers.py, in the form that granian imports."""

import mimetypes
import os

FOLDER = os.path.realpath(os.environ.get("NETIO_BENCH_FOLDER", "."))


def wsgi(environ, start_response):
    """The least that a WSGI application must do for a file."""
    path = os.path.realpath(FOLDER + environ["PATH_INFO"])
    if not path.startswith(FOLDER + os.sep) or not os.path.isfile(path):
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    with open(path, "rb") as file:
        data = file.read()
    start_response(
        "200 OK",
        [
            ("Content-Type", mimetypes.guess_type(path)[0] or "application/octet-stream"),
            ("Content-Length", str(len(data))),
        ],
    )
    return [data]
