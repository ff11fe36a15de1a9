"""The same requests to nginx and to netio, over the same folder: the same status, headers that matter, and bytes.

Where they differ on purpose, EXCEPTIONS says how and why, and is checked as well.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time

import pytest

from netio import tcp
from netio.http import HTTPServer, StaticFiles
from netio.http.mime import TYPES

from ...streams import receive_all

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nginx is asked through a unix socket")

CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off; default_type application/octet-stream; gzip_static on; gzip_vary on; max_ranges 16;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    types {{ {types} }}
    server {{ listen unix:{folder}/sock; root {root}; absolute_redirect off;
              error_page 404 /404.html;
              location ~ /\\. {{ return 404; }} }}
}}
"""
DATE, EARLIER, LATER = "Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:13:19 GMT", "Tue, 14 Nov 2023 22:13:21 GMT"
REQUESTS = [
    *[
        ("GET", target, {})
        for target in (
            "/",
            "/hello.txt",
            "/hello.txt?a=b",
            "/empty.txt",
            "/big.bin",
            "/%E4%B8%AD%E6%96%87%20%E5%90%8D.txt",
            "/plus+percent%2520.txt",
            "/noext",
            "/docs/readme.md",
            "/docs/deep/er/x.css",
            "/page/",
            "/page",
            "/page?x=1",
            "/docs",
            "/docs/",
            "/emptydir",
            "/emptydir/",
            "/missing",
            "/missing/",
            "/hello.txt/",
            "/hello.txt/x",
            "/.hidden",
            "/.git/config",
            "//hello.txt",
            "/docs//readme.md",
            "//docs",
            "/..",
            "/../hello.txt",
            "/%2e%2e/hello.txt",
            "/a%00b",
            "/%zz",
            "/a%5cb",
            "/%2ehidden",
            "/" + "x" * 300,
            "/%68ello.txt",
            "/app.js",
            "/app.js.gz",
        )
    ],
    *[("HEAD", target, {}) for target in ("/hello.txt", "/big.bin", "/missing", "/docs", "/app.js")],
    *[
        ("GET", target, {"Range": text})
        for target in ("/hello.txt", "/big.bin")
        for text in (
            "bytes=0-0",
            "bytes=2-5",
            "bytes=5-",
            "bytes=-4",
            "bytes=-99999999",
            "bytes=0-99999999",
            "bytes=99999999-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=",
            "items=0-1",
        )
    ],
    *[
        ("GET", "/hello.txt", headers)
        for headers in (
            {"If-None-Match": "{etag}"},
            {"If-None-Match": '"x", {etag}'},
            {"If-None-Match": "W/{etag}"},
            {"If-None-Match": '"x"'},
            {"If-None-Match": "*"},
            {"If-Match": "{etag}"},
            {"If-Match": '"x"'},
            {"If-Match": "*"},
            {"If-Match": "W/{etag}"},
            {"If-Modified-Since": DATE},
            {"If-Modified-Since": EARLIER},
            {"If-Modified-Since": "yesterday"},
            {"If-Unmodified-Since": DATE},
            {"If-Unmodified-Since": EARLIER},
            {"If-Unmodified-Since": LATER},
            {"If-None-Match": '"x"', "If-Modified-Since": DATE},
            {"Range": "bytes=0-1", "If-Range": "{etag}"},
            {"Range": "bytes=0-1", "If-Range": '"x"'},
            {"Range": "bytes=0-1", "If-Range": DATE},
            {"Range": "bytes=0-1", "If-Range": EARLIER},
            {"Range": "bytes=0-1", "If-None-Match": "{etag}"},
        )
    ],
    *[
        ("GET", "/app.js", {"Accept-Encoding": text})
        for text in ("gzip", "br, gzip;q=0.5", "gzip;q=0", "identity", "deflate")
    ],
    ("GET", "/app.js", {"Accept-Encoding": "gzip", "Range": "bytes=0-9"}),
    *[
        ("GET", "/big.bin", {"Range": text})
        for text in ("bytes=0-3,1000-1003", "bytes=9-12,99999999-", "bytes=0-0,5000-5001,-1")
    ],
    ("GET", "/docs/../hello.txt", {}),
    ("GET", "/./hello.txt", {}),
    ("GET", "/docs%2freadme.md", {}),
    ("HEAD", "/big.bin", {"Range": "bytes=0-1"}),
    ("TRACE", "/hello.txt", {}),
    ("BREW", "/hello.txt", {}),
    ("GET", "/hello.txt", {"Range": "bytes=0-1,3-4"}),
    ("POST", "/hello.txt", {"Content-Length": "0"}),
    ("DELETE", "/hello.txt", {}),
]
HEADERS = [
    "content-type",
    "content-length",
    "content-range",
    "content-encoding",
    "last-modified",
    "location",
    "vary",
    "accept-ranges",
]
# What is not compared: nginx says Accept-Ranges with a plain 200 only, and its own pages are others than ours.
UNSAID = {206: ("accept-ranges",), 301: ("content-type", "content-length"), 416: ("content-type", "content-length")}
# What is asked -> (our status, nginx's status, why)
EXCEPTIONS = {
    "GET /hello.txt Range: bytes=": (
        416,
        200,
        "a range that breaks the grammar; nginx refuses others of that kind, too",
    ),
    "GET /big.bin Range: bytes=": (416, 200, "the same"),
    "GET /app.js Accept-Encoding: gzip Range: bytes=0-9": (206, 200, "nginx gives no parts of precompressed files"),
    "GET /docs/../hello.txt": (400, 200, "no '..': a client resolves it, so only a forged request has it"),
    "GET /./hello.txt": (400, 200, "the same"),
    "GET /docs%2freadme.md": (404, 200, "a name holds no slash; nginx takes the escaped one for a separator"),
    "HEAD /big.bin Range: bytes=0-1": (200, 206, "RFC 9110 section 14.2: Range is for GET only"),
    "TRACE /hello.txt": (405, 405, "nginx refuses it in the parser and closes; the body differs"),
    "BREW /hello.txt": (405, 405, "the same"),
    "GET /hello.txt Range: bytes=0-1,3-4": (206, 206, "parts so close together are joined: it is shorter"),
}


def exchange(sock, method, target, headers):
    """Send one request, and return (status, headers, body)."""
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    with sock:
        sock.settimeout(10)
        sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        data = receive_all(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    kind, _, boundary = found.get("content-type", "").partition("; boundary=")
    if boundary:  # each server invents its own
        assert int(found.pop("content-length")) == len(body)
        found["content-type"], body = kind, body.replace(boundary.encode(), b"BOUNDARY")
    return int(first.split()[1]), found, body


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Both servers over one folder, as two functions that connect to them."""
    from shutil import which

    from .conftest import make_site

    nginx = which("nginx") or which("nginx", path="/usr/sbin:/usr/local/sbin")
    if nginx is None:
        assert os.environ.get("NETIO_TOOLS") != "required"
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    (folder / "root").mkdir()
    root = make_site(folder / "root")
    (root / "404.html").write_bytes(b"not here")
    types = " ".join(f'"{kind}" {ending};' for ending, kind in TYPES.items())
    (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, root=root, types=types))
    process = subprocess.Popen(
        [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "user root;"], stderr=subprocess.PIPE
    )

    def connect_nginx():
        return tcp.connect(str(folder / "sock"), timeout=10)

    deadline = time.monotonic() + 10
    while True:
        try:
            connect_nginx().close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, process.communicate()[1]
            threading.Event().wait(0.02)
    with HTTPServer("127.0.0.1", 0, StaticFiles(root, listing=False)) as server:
        server.start()
        yield lambda: tcp.connect(server.address), connect_nginx
    process.terminate()
    process.communicate(timeout=10)


def ask(connect, method, target, headers, etag):
    return exchange(connect(), method, target, {name: value.replace("{etag}", etag) for name, value in headers.items()})


# What a path is made of: names that are there, what changes their meaning, and what is no path at all.
WORDS = [b"hello.txt", b"docs", b"docs/readme.md", b"page", b"emptydir", b"noext", b".hidden", b".git/config",
         "中文 名.txt".encode(), b"plus+percent%20.txt"]
MARKS = [b"/", b"//", b"/./", b"/../", b"..", b".", b"%2e", b"%2E%2e", b"%2f", b"%5c", b"\\", b"%00", b";a=b", b"?",
         b"?x=/..", b"%c0%ae", b"%c0%af", b"%ff", b"%", b"%4", b"%zz", b"%25", b"%20", b" ", b"+", b"*", b":", b"@",
         b"#", b"%23", b"%3f", b"%0a", b"%0d%0a", b"%7f", b"~", b"\xe4\xb8\xad", b"\xff", b"%u002e", b"\t",
         b"http://a/", b"%E2%80%AE"]


def escape(rng, name):
    """Write a name as clients do: with those escapes that it needs, or with more of them."""
    plain = b"" if rng.random() < 0.2 else b"abcdefghijklmnopqrstuvwxyz./"
    return b"".join(bytes([code]) if code in plain and rng.random() < 0.8 else rng.choice((b"%%%02x", b"%%%02X")) % code
                    for code in name)


@pytest.mark.soak
def test_a_path_that_nginx_refuses_is_refused_and_names_the_same_file(servers, rng):
    both = 0
    for number in range(20_000):
        target = b"/" + b"/".join(escape(rng, rng.choice(WORDS)) for _ in range(rng.choice((1, 1, 1, 2))))
        for _ in range(rng.choice((0, 1, 1, 2))):
            at = rng.randrange(len(target) + 1)
            target = target[:at] + rng.choice(MARKS) + target[at + rng.choice((0, 0, 0, 1)):]
        (status, ours, body), (their_status, theirs, their_body) = (
            exchange(connect(), "GET", target.decode("latin-1"), {}) for connect in servers)
        if status < 400:
            assert status == their_status, (number, target, status, their_status)
            assert all(ours.get(name) == theirs.get(name) for name in ("content-type", "location") if status == 200)
            assert body == their_body or status != 200, (number, target)
            both += 1
    assert both > 1000


def test_both_answer_alike(servers):
    etags = [exchange(connect(), "GET", "/hello.txt", {})[1]["etag"] for connect in servers]
    differences, seen = [], set()
    for method, target, headers in REQUESTS:
        (status, ours, body), (their_status, theirs, their_body) = (
            ask(connect, method, target, headers, etag) for connect, etag in zip(servers, etags)
        )
        key = " ".join([method, target[:40], *(f"{name}: {value}" for name, value in headers.items())])
        if key in EXCEPTIONS:
            seen.add(key)
            if (status, their_status) != EXCEPTIONS[key][:2]:
                differences.append((key, "not as excepted", status, their_status))
            continue
        if status != their_status:
            differences.append((key, status, their_status))
        elif status < 400 or status == 416:
            if "content-encoding" in theirs:
                ours.pop("accept-ranges")
            names = [
                name for name in HEADERS if ours.get(name) != theirs.get(name) and name not in UNSAID.get(status, ())
            ]
            differences += [(key, name, ours.get(name), theirs.get(name)) for name in names]
            if body != their_body and status in (200, 206):
                differences.append((key, len(body), len(their_body)))
            if ("etag" in ours) != ("etag" in theirs):
                differences.append((key, "etag", ours.get("etag"), theirs.get("etag")))
    assert not differences, "\n".join(map(str, differences))
    assert seen == set(EXCEPTIONS)
