"""Routes, what applications may return, the small client, and one request over a plain socket."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time

import pytest

from netio.concurrency.servers import Server
from netio.concurrency.servers.tls import server_context
from netio.http import (
    HTTPError, ProtocolError, Request, Response, Routes, fetch, handle_one_request, recv_request, redirect,
    send_response,
)
from netio.http.applications import as_response
from netio.http.client import exchange, format_request, split_url

from .serving import CERTIFICATE, running, site
from .talk import answers


@pytest.fixture
def routes():
    routes = Routes()
    routes.get("/")(lambda request: "home")
    routes.get("/user/{name}")(lambda request, name: f"user {name}")
    routes.post("/user/{name}")(lambda request, name: f"new {name}")
    routes.get("/user/me")(lambda request: "me")
    routes.route("DELETE", "/user/{name}/{what}")(lambda request, name, what: f"{name} without {what}")
    routes.get("/files/{path...}")(lambda request, path: f"file {path!r}")
    return routes


@pytest.mark.parametrize(
    "method, target, answer",
    [
        ("GET", "/", "home"),
        ("HEAD", "/", "home"),
        ("GET", "/?a=b", "home"),
        ("GET", "/user/ming", "user ming"),
        ("POST", "/user/ming", "new ming"),
        ("GET", "/user/me", "me"),
        ("GET", "/user/%E6%98%8E", "user 明"),
        ("DELETE", "/user/ming/tea", "ming without tea"),
        ("GET", "/files/a/b/c", "file 'a/b/c'"),
        ("GET", "/files/", "file ''"),
    ],
)
def test_a_path_finds_its_function(routes, method, target, answer):
    assert routes(Request(method, target)) == answer


@pytest.mark.parametrize(
    "method, target, status, allow",
    [
        ("GET", "/nothing", 404, None),
        ("GET", "/user/", 404, None),
        ("GET", "/user/a/b/c", 404, None),
        ("GET", "/files", 404, None),
        ("GET", "/user", 404, None),
        ("POST", "/", 405, "GET, HEAD, OPTIONS"),
        ("PUT", "/user/x", 405, "GET, HEAD, OPTIONS, POST"),
        ("GET", "/user/a/b", 405, "DELETE, OPTIONS"),
        ("HEAD", "/user/a/b", 405, "DELETE, OPTIONS"),
        ("get", "/", 405, "GET, HEAD, OPTIONS"),
    ],
)
def test_a_path_or_a_method_that_nobody_has(routes, method, target, status, allow):
    with pytest.raises(HTTPError) as refused:
        routes(Request(method, target))
    assert refused.value.status == status and dict(refused.value.headers).get("Allow") == allow


def test_options_are_answered(routes):
    assert routes(Request("OPTIONS", "/user/x")).headers == [("Allow", "GET, HEAD, OPTIONS, POST")]
    assert routes(Request("OPTIONS", "*")).status == 204


def test_a_path_without_its_slash_is_an_error_at_once(routes):
    with pytest.raises(ValueError):
        routes.get("hello")(lambda request: "")


def test_what_an_application_may_return():
    response = Response(201)
    assert as_response(response) is response
    assert (
        as_response("<p>").header("content-type") == "text/html; charset=utf-8"
        and as_response("a").header("content-type") == "text/plain; charset=utf-8"
    )
    assert as_response(b"\0").body == b"\0" and as_response([1]).body == b"[1]" and as_response(None).status == 204
    assert list(as_response(iter([b"a"])).body) == [b"a"] and as_response("\ud800").body == b"?"
    with pytest.raises(TypeError):
        as_response(3.14)
    assert redirect("/x").header("location") == "/x" and redirect("/x", 308).status == 308


@pytest.mark.parametrize(
    "url, parts",
    [
        ("http://a", (False, "a", ("a", 80), "/")),
        ("https://a/b?c#d", (True, "a", ("a", 443), "/b?c")),
        ("http://[::1]:8/x", (False, "[::1]:8", ("::1", 8), "/x")),
        ("http://a?b", (False, "a", ("a", 80), "/?b")),
        ("HTTP://[::1]/", (False, "[::1]", ("::1", 80), "/")),
    ],
)
def test_urls(url, parts):
    assert split_url(url) == parts


@pytest.mark.parametrize(
    "url", ["", "a", "ftp://a/", "http://", "http:///a", "http://u@a/", "http://a b/", "//a/", "http://a:x/"]
)
def test_what_is_no_url(url):
    with pytest.raises(ValueError):
        split_url(url)


def test_a_request_that_would_forge_another_is_not_sent():
    for method, target, host in (
        ("GET", "/ HTTP/1.1\r\nX: y\r\n\r\n", "a"),
        ("GET /", "/", "a"),
        ("GET", "/茶", "a"),
        ("GET", "/", "a\r\nX: y"),
    ):
        with pytest.raises(ValueError):
            format_request(method, target, host)


def test_the_callers_fields_replace_ours_or_are_refused():
    def fields(*given, method="POST", body=b"abc"):
        return format_request(method, "/", "a.org", given, body).split(b"\r\n")[1:-2]

    assert fields() == [b"Host: a.org", b"Connection: close", b"Content-Length: 3"]
    assert fields(("HOST", "b.org"), ("X", "y"))[0] == b"HOST: b.org" and len(fields(("HOST", "b.org"))) == 3
    assert fields(("content-length", "3")) == fields()
    assert fields(("connection", "Upgrade"), ("Upgrade", "x")) == [
        b"Host: a.org", b"Content-Length: 3", b"connection: Upgrade", b"Upgrade: x"]
    for wrong in ([("Content-Length", "4")], [("Content-Length", "3, 3")], [("Transfer-Encoding", "chunked")],
                  [("Host", "a"), ("host", "b")], [("content-length", "3"), ("Content-Length", "2")]):
        with pytest.raises(ValueError):
            fields(*wrong)
    assert fields(("Content-Length", "0"), method="GET", body=b"") == [b"Host: a.org", b"Connection: close"]


def early(sock, address):
    """Answer when the head has come, and read no more until the client ends."""
    sock.recv(1000)
    sock.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
    answered.wait(10)


answered = threading.Event()


@pytest.mark.parametrize("tls", [False, True])
def test_an_early_answer_is_read_while_the_request_is_sent(tls):
    def early_tls(sock, address):
        with server_context(CERTIFICATE).wrap_socket(sock.dup(), server_side=True) as secure:
            early(secure, address)

    answered.clear()
    with Server(("127.0.0.1", 0), early_tls if tls else early) as server:
        server.start()
        url = f"http{'s' * tls}://127.0.0.1:{server.address[1]}/"
        try:
            response = fetch(url, "PUT", body=bytes(30_000_000), tls=ssl.create_default_context(cafile=CERTIFICATE))
        finally:
            answered.set()
        assert (response.status, response.body) == (413, b"no")


@pytest.mark.parametrize("unasked", [False, True], ids=["", "where every context takes any end"])
@pytest.mark.parametrize("end", ["close_notify", "cut"])
@pytest.mark.parametrize("head", [b"", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_over_tls_a_body_without_a_length_ends_with_close_notify(end, head, unasked, monkeypatch):
    def handler(sock, address):
        secure = server_context(CERTIFICATE).wrap_socket(sock.dup(), server_side=True)
        secure.recv(1000)
        body = b"5\r\nhello\r\n0\r\n\r\n" if b"chunked" in head else b"hello"
        secure.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)
        if end == "close_notify":
            with contextlib.suppress(OSError):  # the client has closed already
                secure.unwrap()
        socket.socket(fileno=secure.detach()).close()

    with Server(("127.0.0.1", 0), handler) as server:
        server.start()
        url, context = f"https://127.0.0.1:{server.address[1]}/", ssl.create_default_context(cafile=CERTIFICATE)
        if unasked:
            option = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
            context.options |= option
            monkeypatch.setattr("netio.http.client._UNASKED", option)
        if end == "cut" and not head:
            with pytest.raises(EOFError, match="cut off"):
                fetch(url, tls=context)
        else:
            assert fetch(url, tls=context).body == b"hello"


@pytest.mark.parametrize(
    "reply, error",
    [
        (b"", EOFError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", EOFError),
        (b"SSH-2.0-OpenSSH\r\n\r\n", ProtocolError),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(2000), ProtocolError),
    ],
)
def test_fetch_from_a_server_that_does_not_keep_to_the_rules(reply, error):
    def handler(sock, address):
        sock.recv(1000)
        sock.sendall(reply)

    with Server(("127.0.0.1", 0), handler) as server:
        server.start()
        with pytest.raises(error):
            fetch(f"http://127.0.0.1:{server.address[1]}/", max_body=1000)


def test_fetch_gives_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(TimeoutError, match="within 0.1 s"):
        fetch("http://127.0.0.1:%d/" % listener.getsockname()[1], timeout=0.1)


def test_one_request_over_a_plain_socket():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        theirs.shutdown(socket.SHUT_WR)
        assert handle_one_request(ours, site).method == "HEAD"
        assert b"\r\n\r\n" == theirs.recv(1000)[-4:]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"GET / HTTP/1.1\r\n\r\n")
        theirs.shutdown(socket.SHUT_WR)
        assert handle_one_request(ours, site) is None and answers(theirs.recv(1000))[0].status == 400
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            recv_request(ours)
        with pytest.raises(TypeError):
            send_response(ours, Response(200, [], iter([b"a"])))


def test_a_silent_client_is_not_waited_for_for_ever():
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises((TimeoutError, socket.timeout)):
        recv_request(ours, timeout=0.05)


class Endless:
    """A socket whose peer sends a head, and then one small chunk after the other."""

    def __init__(self, head):
        self.head, self.send = head, len

    def settimeout(self, timeout):
        self.timeout = timeout

    setblocking = settimeout

    def gettimeout(self):
        return None

    def fileno(self):
        return 0

    def recv(self, size):
        head, self.head = self.head, b""
        return head or b"1\r\na\r\n" * 10


def test_a_peer_that_never_stops_sending_is_given_up_in_time():
    chunked = b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with pytest.raises(TimeoutError):
        recv_request(Endless(b"POST / HTTP/1.1\r\n" + chunked), timeout=0.01)
    with pytest.raises(TimeoutError):
        exchange(Endless(b"HTTP/1.1 200 OK\r\n" + chunked), b"GET / HTTP/1.1\r\n\r\n", "GET", time.monotonic() - 1)


def test_an_application_gets_who_asked():
    with running(lambda request: f"{request.peer[0]} {request.local[1]} {request.scheme}", "thread") as server:
        assert fetch(server.url).body == b"127.0.0.1 %d http" % server.address[1]
