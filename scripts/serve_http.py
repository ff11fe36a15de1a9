"""Serve a folder to browsers: pages, pictures, parts of files, listings, and, if asked, uploads, zips and a password.

    python3 scripts/serve_http.py FOLDER                                 on http://127.0.0.1:8000/
    python3 scripts/serve_http.py FOLDER --model epoll --workers 4       four processes
    python3 scripts/serve_http.py FOLDER --upload 100 --zip              uploads up to 100 MiB; folders as zip files
    python3 scripts/serve_http.py FOLDER --host 0.0.0.0 --auth ming:secret --tls cert.pem key.pem
    python3 scripts/serve_http.py FOLDER --header "Access-Control-Allow-Origin: *"
    python3 scripts/serve_http.py FOLDER --charset none                  old pages in GBK, which name their charset

What the notes call httpserver 2.0.
"""
from __future__ import annotations

import argparse
import functools
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency.servers import MODELS
from netio.concurrency.servers.passwords import is_hashed
from netio.http import BasicAuth, HTTPServer, StaticFiles, hash_password
from netio.http.static.folder import CACHE_BYTES
from netio.http.static.representation import WAYS
from netio.http.server import default_model


def header(text: str) -> tuple[str, str]:
    """Convert the argument `Name: value` to a pair."""
    name, colon, value = text.partition(":")
    if not colon:
        raise argparse.ArgumentTypeError(_prelude.say("a header is NAME: VALUE, not {!r}", text))
    return name.strip(), value.strip()


def credentials(text: str) -> tuple[str, str]:
    """Convert the argument `name:password` to a name and the hash of its password, which may be given as a hash too."""
    name, colon, password = text.partition(":")
    if not colon or not name:
        raise argparse.ArgumentTypeError(_prelude.say("credentials are NAME:PASSWORD"))
    return name, password if is_hashed(password) else hash_password(password)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("folder", metavar="FOLDER")
    _prelude.add_address(options, port=8000)
    options.add_argument("--model", choices=MODELS, help="how clients are served at once (default: the best here)")
    options.add_argument("--workers", type=_prelude.crowd, metavar="N", help="processes, or threads of a pool")
    options.add_argument("--no-listing", action="store_true", help="do not list folders that have no index.html")
    options.add_argument("--hidden", action="store_true", help="serve names that begin with a dot, too")
    options.add_argument("--upload", type=int, default=0, metavar="MIB", help="let clients upload, at most so much")
    options.add_argument("--zip", action="store_true", help="let clients download folders as zip files")
    options.add_argument("--auth", type=credentials, action="append", metavar="NAME:PASSWORD", help="let only them in")
    options.add_argument("--header", type=header, action="append", default=[], metavar="FIELD",
                         help="NAME: VALUE to add to each reply")
    options.add_argument("--charset", default="utf-8", metavar="NAME",
                         help="what text is declared to be in; none: nothing (default: %(default)s)")
    options.add_argument("--large", choices=WAYS, default="sendfile",
                         help="how large files are sent (default: %(default)s)")
    options.add_argument("--cache", type=int, default=CACHE_BYTES >> 20, metavar="MIB",
                         help="memory for files that are asked for again and again (default: %(default)s)")
    options.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="speak https")
    options.add_argument("--log", action="store_true", help="print a line for each request")
    chosen = options.parse_args(argv)
    files = StaticFiles(
        chosen.folder, listing=not chosen.no_listing, hidden=chosen.hidden, max_upload=chosen.upload << 20,
        zipped=chosen.zip, headers=chosen.header, large=chosen.large, cache_bytes=chosen.cache << 20,
        charset=None if chosen.charset == "none" else chosen.charset,
        auth=BasicAuth(dict(chosen.auth)) if chosen.auth else None)
    log = functools.partial(print, flush=True) if chosen.log else None
    server = HTTPServer(chosen.host, chosen.port, files, model=chosen.model or default_model(is_quick=True),
                        workers=chosen.workers, tls=chosen.tls, access_log=log)
    return _prelude.serve(server, f"http{'s' if chosen.tls else ''}://{{host}}:{{port}}/")


if __name__ == "__main__":
    _prelude.run(main)
