"""While some clients attack an HTTP server, another is served on, and memory and descriptors are bounded."""

from __future__ import annotations

import base64

import pytest

from netio.concurrency.servers import available_models
from netio.http import BasicAuth, StaticFiles, hash_password

from ..attacking import ATTACKERS, MEBIBYTE, SIP, check_others, flood
from .serving import running, site

GET, POST = b"GET %b HTTP/1.1\r\nHost: a\r\n%b", b"POST /echo HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n"
CHUNKED = POST % b"Transfer-Encoding: chunked"
LOGIN = b"Authorization: Basic %b\r\n"
RIGHT, WRONG = (LOGIN % base64.b64encode(b"ming:" + word) for word in (b"sesame", b"guess"))
ATTACKS = {
    "slow heads": (GET % (b"/", b"X: "), b"x"),
    "slow bodies": (POST % b"Content-Length: 1000", b"x"),
    "slow readers": (GET % (b"/megabytes/64", b"\r\n"), SIP),
    "silence": (b"", b""),
    "endless line": (b"GET /", b"a" * MEBIBYTE),
    "endless head": (GET % (b"/", b""), b"X: y\r\n" * (MEBIBYTE // 6)),
    "endless body": (CHUNKED, (b"8000\r\n" + bytes(0x8000) + b"\r\n") * 32),
    "body in crumbs": (CHUNKED, b"1\r\nx\r\n" * (MEBIBYTE // 6)),
    "endless chunk extension": (CHUNKED + b"1;", b"x" * MEBIBYTE),
    "requests without end": (b"", flood(GET % (b"/hello/you", b"\r\n") * 2000)),
    "plain requests without end": (b"", flood(GET % (b"/a.txt", b"\r\n") * 2000)),
    "answers never read": (b"", (GET % (b"/megabytes/1", b"\r\n")) * 100),
}
MODELS = ["thread", "epoll" if "epoll" in available_models() else "select"]


@pytest.mark.sample(3)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, model, nothing_left):
    with running(site, model) as server:
        check_others(server.address, model, GET % (b"/hello/you", b"\r\n"), b"HTTP/1.1 200 ", ATTACKS[attack])


@pytest.mark.parametrize("model", MODELS[1:])
def test_who_knows_the_password_is_served_on_while_others_guess(model, tmp_path, nothing_left):
    (tmp_path / "a.txt").write_bytes(b"a")
    app = StaticFiles(tmp_path, auth=BasicAuth({"ming": hash_password("sesame")}))
    right, wrong = (GET % (b"/a.txt", login + b"\r\n") for login in (RIGHT, WRONG))
    with running(app, model) as server:  # scrypt takes 16 MiB
        check_others(server.address, model, right, b"HTTP/1.1 200 ", (b"", wrong), (64 + ATTACKERS * 16) * MEBIBYTE)
