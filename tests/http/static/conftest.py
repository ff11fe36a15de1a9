"""A folder with one of everything, and a way to ask for what is in it without a connection."""

from __future__ import annotations

import gzip
import io
import os

import pytest

from netio.http import HTTPError, Request
from netio.http.messages import Headers
from netio.http.applications import error_response
from netio.http.static.folder import StaticFiles

BIG = bytes(range(256)) * 1024  # 256 KiB: too large to be kept in memory


def make_site(root):
    """Fill a folder."""
    files = {
        "index.html": "<!DOCTYPE html><title>首页</title>".encode(),
        "hello.txt": b"hello, world\n",
        "empty.txt": b"",
        "中文 名.txt": "内容".encode(),
        "big.bin": BIG,
        "plus+percent%20.txt": b"literal",
        "docs/readme.md": b"# readme",
        "docs/deep/er/x.css": b"a{}",
        "page/index.html": b"page",
        ".hidden": b"secret",
        ".git/config": b"secret",
        "app.js": b"let a = 1;" * 50,
        "noext": b"?",
    }
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (root / "app.js.gz").write_bytes(gzip.compress(files["app.js"], mtime=0))
    os.utime(root / "app.js.gz", (1_700_000_001, 1_700_000_001))
    (root / "emptydir").mkdir()
    return root


@pytest.fixture
def site(tmp_path):
    root = tmp_path / "site"
    root.mkdir()
    return make_site(root)


class Clock:
    """A time that only moves when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Asker:
    """Asks an application; errors come back as responses, bodies as bytes."""

    def __init__(self, folder, **options):
        self.clock = Clock()
        self.app = StaticFiles(folder, clock=self.clock, **options)

    def __call__(self, target, method="GET", body=None, **headers):
        fields = Headers([("Host", "localhost"), *((name.replace("_", "-"), value) for name, value in headers.items())])
        stream = None if body is None else io.BytesIO(body)
        try:
            response = self.app(Request(method, target, (1, 1), fields, stream, 0 if body is None else len(body)))
        except HTTPError as error:
            response = error_response(error)
        response.encode()  # what cannot be sent must not be returned
        if not isinstance(response.body, bytes):
            pieces = response.body
            response.body = b"".join(pieces)
            if hasattr(pieces, "close"):
                pieces.close()
        assert response.header("Content-Length") in (None, str(len(response.body)))
        return response


@pytest.fixture
def ask(site):
    return Asker(site)
