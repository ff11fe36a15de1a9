"""What takes long is done in another thread: the loop that serves all other clients only begins and ends it."""

from __future__ import annotations

import base64

import pytest

from netio.http import BasicAuth, StaticFiles, hash_password
from netio.http.protocol import IDLE, WORK

from ..talk import answers, connect, feed
from ..test_states import Threads
from .test_forms import encode

LOGIN = b"Authorization: Basic " + base64.b64encode(b"ming:secret") + b"\r\n"
WRONG = b"Authorization: Basic " + base64.b64encode(b"ming:wrong") + b"\r\n"
FORM = encode([("f", "a.txt", b"x")])


@pytest.mark.parametrize("request_line, fields, body, status, rounds", [
    ("GET /docs/", b"", b"", 200, 1),
    ("GET /docs/?format=json", b"", b"", 200, 1),
    ("HEAD /docs/", b"", b"", 200, 1),
    ("GET /missing/", b"", b"", 404, 1),
    ("GET /?format=zip", b"", b"", 200, 2),
    ("PUT /new.txt", b"", b"hello", 201, 3),
    ("POST /docs/", b"Content-Type: multipart/form-data; boundary=BoUnD\r\n", FORM, 303, 3),
    ("GET /hello.txt", b"", b"", 200, 0),
    ("GET /big.bin", b"", b"", 200, 0),
    ("GET /docs", b"", b"", 301, 0),
    ("OPTIONS /", b"", b"", 204, 0),
])
def test_what_takes_long_leaves_the_loop(site, request_line, fields, body, status, rounds):
    transport = Threads()
    protocol, _ = connect(StaticFiles(site, max_upload=1000, zipped=True), transport=transport)
    head = request_line.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(body) + fields + b"\r\n"
    feed(protocol, transport, head + body)
    done = 0
    while transport.work:
        assert protocol.state == WORK and not transport.sent.endswith(b"0\r\n\r\n")
        transport.finish()
        done += 1
    assert protocol.state == IDLE and done >= rounds and bool(done) is bool(rounds)
    (response,) = answers(transport.sent, [request_line.split()[0]])
    assert response.status == status
    protocol.connection_lost(None)


def test_a_password_is_hashed_in_another_thread_once(site):
    transport = Threads()
    app = StaticFiles(site, auth=BasicAuth({"ming": hash_password("secret")}))
    protocol, _ = connect(app, transport=transport)
    get = b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n%b\r\n"
    for login, hashes in ((LOGIN, 1), (LOGIN, 0), (b"", 0), (LOGIN.replace(b"Basic", b"Other"), 0), (WRONG, 1)):
        feed(protocol, transport, get % login)
        assert len(transport.work) == hashes
        while transport.work:
            transport.finish()
    assert [response.status for response in answers(transport.sent)] == [200, 200, 401, 401, 401]


def test_a_client_that_leaves_in_the_midst_leaves_nothing_behind(site):
    for steps in range(4):
        transport = Threads()
        protocol, _ = connect(StaticFiles(site, max_upload=1000), transport=transport)
        feed(protocol, transport, b"PUT /new.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
        for _ in range(min(steps, 2)):
            transport.finish()
        if steps == 3:
            feed(protocol, transport, b"world")
        transport.lost = True
        protocol.connection_lost(None)
        while transport.work:
            transport.finish()
        assert not list(site.rglob("*.part")) and not (site / "new.txt").exists()


@pytest.mark.parametrize("end, status", [(b"0\r\n\r\n", 201), (b"NONSENSE\r\n", 400)])
def test_many_small_chunks_are_stored_together(site, end, status):
    transport, calls = Threads(), 0
    protocol, _ = connect(StaticFiles(site, max_upload=1000), transport=transport)
    head = b"PUT /new.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    feed(protocol, transport, head + b"1\r\nx\r\n" * 1000 + end)
    while transport.work:
        transport.finish()
        calls += 1
    assert answers(transport.sent)[0].status == status and calls < 10
    assert (site / "new.txt").exists() is (status == 201)
    protocol.connection_lost(None)


@pytest.mark.parametrize("rest, status", [(b"x" * 2000 + b"\r\n", 413), (b"NONSENSE\r\n", 400), (b"", 408)])
def test_of_a_refused_upload_nothing_is_left_when_the_answer_is_sent(site, rest, status):
    transport = Threads()
    protocol, _ = connect(StaticFiles(site, max_upload=1000), transport=transport)
    protocol.next_deadline(0)
    feed(protocol, transport, b"PUT /new.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    while transport.work:
        transport.finish()
    assert list(site.rglob("*.part")) and not transport.sent
    if rest:
        feed(protocol, transport, (b"7d0\r\n" if status == 413 else b"") + rest)
    else:
        protocol.deadline_passed(protocol.next_deadline(100) + 1)
    while transport.work:
        assert not transport.sent
        transport.finish()
    assert answers(transport.sent)[0].status == status and not list(site.rglob("*.part"))
    protocol.connection_lost(None)
