"""The server as clients see it: every model and asyncio, TLS, real clients, and clients that mean no good."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest

from netio.http import HTTPServer, Limits, Response, Timeouts
from netio.http.protocol import TURN_SECONDS
from netio.tcp import connect

from ..attacking import needs_descriptors
from ..streams import is_ended, receive_all
from .serving import CERTIFICATE, MODELS, fetch, running, site
from .talk import answers

GET = b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n"
CLIENT_TLS = ssl.create_default_context(cafile=CERTIFICATE)


@pytest.mark.parametrize("model", MODELS)
def test_everything_under_every_model(model, nothing_left):
    with running(site, model) as server:
        assert fetch(server.url + "/hello/%E5%B0%8F%E6%98%8E").body.decode() == "Hello, 小明!"
        assert fetch(server.url + "/count/1000").body == b"".join(b"%d\n" % line for line in range(1000))
        assert fetch(server.url + "/echo", "POST", [("Content-Type", "x/y")], b"abc" * 100_000).body == b"abc" * 100_000
        assert [fetch(server.url + path).status for path in ("/nothing", "/crash", "/%ff")] == [404, 500, 400]
        assert len(fetch(server.url + "/megabytes/3").body) == 3 << 20
        with connect(server.address[:2]) as sock:  # five requests at once, the last one malformed
            sock.sendall(
                GET % (b"/", b"") * 2
                + b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
                + GET % (b"/count/3", b"")
                + b"what?\r\n\r\n"
            )
            got = answers(receive_all(sock, timeout=60), ["GET", "GET", "HEAD", "GET"])
        assert [(r.status, len(r.body)) for r in got[:4]] == [(200, 16), (200, 16), (200, 0), (200, 6)] and got[
            4
        ].status == 400


def test_two_streams_under_model_thread_may_wait_for_each_other(nothing_left):
    """Their turns come one at a time, but not for ever: an application may block there."""
    meeting = threading.Barrier(2, timeout=30)

    def stream(request):
        for _ in range(4):
            time.sleep(2 * TURN_SECONDS)  # so that its turn is over
            meeting.wait()
            yield b"x"

    with running(stream, "thread") as server:
        bodies = []
        threads = [threading.Thread(target=lambda: bodies.append(fetch(server.url).body)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert bodies == [b"xxxx"] * 2


@pytest.mark.sample(3)
@pytest.mark.parametrize("model", MODELS)
def test_tls_under_every_model(model, nothing_left):
    with running(site, model, tls=True) as server:
        told = json.loads(fetch(server.url + "/scheme", tls=CLIENT_TLS).body)
        assert told == {"scheme": "https", "host": server.url[8:], "has peer": True}
        body = bytes(range(256)) * 2000
        assert fetch(server.url + "/echo", "POST", body=body, tls=CLIENT_TLS).body == body
        assert len(fetch(server.url + "/megabytes/2", tls=CLIENT_TLS).body) == 2 << 20


def test_a_server_on_a_unix_socket(tmp_path):
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip(f"{sys.platform} has no unix sockets")
    path = str(tmp_path / "http.sock")
    lines = []
    with HTTPServer(path, None, site, access_log=lines.append) as server, socket.socket(socket.AF_UNIX) as sock:
        server.start()
        sock.connect(path)
        sock.sendall(GET % (b"/scheme", b"Connection: close\r\n"))
        assert answers(receive_all(sock, timeout=60))[0].status == 200
        assert server.url == "http://localhost"
    assert lines[0].startswith("- - - [")


@pytest.mark.skipif(os.name == "nt", reason="raise_signal ends the program here")
@pytest.mark.parametrize("model", ["iterative", "select"])
@pytest.mark.parametrize("where", ["application", "body"])
def test_a_second_ctrl_c_while_an_application_works_is_no_fault_of_its_own(model, where, caplog):
    """It was logged and answered 500, and the next client's application called."""
    def app(request):
        return interrupt() if where == "application" else Response(200, [], (interrupt() for _ in range(1)))

    def interrupt():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with HTTPServer("127.0.0.1", 0, app, model=model, grace=60) as server, connect(server.address[:2]) as sock:
        sock.sendall(GET % (b"/", b""))
        with pytest.raises(KeyboardInterrupt):
            server.serve_forever()
        assert is_ended(sock) and not [record for record in caplog.records if record.name == "netio.http"]


def test_a_server_on_ipv6():
    try:
        server = HTTPServer("::1", 0, site)
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        server.start()
        assert server.url.startswith("http://[::1]:") and fetch(server.url + "/").status == 200


@pytest.mark.parametrize("model", ["thread", "select"])
def test_an_error_page_arrives_although_the_client_is_still_sending(model):
    with running(site, model, limits=Limits(body=1000)) as server, connect(server.address[:2]) as sock:
        head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n"
        sock.settimeout(20)
        sock.sendall(head + bytes(2_000_000))
        assert answers(receive_all(sock, timeout=60))[0].status == 413


@pytest.mark.parametrize("model", ["thread", "select"])
def test_a_client_that_only_sends_half_is_given_up(model):
    with running(site, model, timeouts=Timeouts(head=0.2, body=0.2, idle=0.2, linger=0.2)) as server:
        for data, status in (
            (b"GET / HT", [408]),
            (b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel", [408]),
            (b"", []),
        ):
            with connect(server.address[:2]) as sock:
                sock.sendall(data)
                assert [response.status for response in answers(receive_all(sock, timeout=60))] == status


def slow_clients(address, number):
    socks = []
    for _ in range(number):
        sock = connect(address)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        socks.append(sock)
    return socks


@pytest.mark.parametrize(
    "model, number",
    [
        ("thread", 30),  # each with a loop of its own, and macOS gives a program 256 descriptors
        ("select", 100),
        pytest.param("thread", 1000, marks=pytest.mark.soak),
        pytest.param("epoll", 1000, marks=pytest.mark.soak),
    ],
)
def test_many_clients_with_slow_headers_do_not_stop_a_normal_one(model, number):
    if model not in MODELS:
        pytest.skip(f"no {model} here")
    needs_descriptors(50 + number * (5 if model == "thread" else 2))
    with running(site, model, max_connections=number + 10) as server:
        socks = slow_clients(server.address[:2], number)
        try:
            assert fetch(server.url + "/hello/you").status == 200
            for sock in socks[::10]:
                sock.sendall(b"still here ")
            assert fetch(server.url + "/hello/you").status == 200
        finally:
            for sock in socks:
                sock.close()


@pytest.mark.parametrize("model", ["thread", "select"])
def test_a_graceful_end_lets_a_request_end_that_is_under_way(model, nothing_left):
    with running(site, model) as server, connect(server.address[:2]) as busy, connect(server.address[:2]) as idle:
        idle.sendall(GET % (b"/", b""))
        assert idle.recv(10)
        busy.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert busy.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        server.shutdown(grace=20)
        idle.settimeout(10)
        assert receive_all(idle, timeout=60)[-16:] == b"<h1>Welcome</h1>"
        busy.sendall(b"hello")
        (response,) = answers(receive_all(busy, timeout=60))
        assert response.body == b"hello"
        assert response.header("connection") == "close" or model == "thread"  # each thread learns it in its own time
        assert server.join(10)


def test_plain_http_to_a_tls_server_and_silence_do_no_harm():
    with running(site, "select", tls=True) as server:
        with connect(server.address[:2]) as sock, connect(server.address[:2]):
            sock.sendall(GET % (b"/", b""))
            assert b"HTTP" not in receive_all(sock, timeout=60)
        with pytest.raises(ssl.SSLError):
            fetch(server.url + "/", tls=ssl.create_default_context())  # it does not trust the certificate
        assert fetch(server.url + "/", tls=CLIENT_TLS).status == 200


def test_the_logger_gets_a_line_for_each_request():
    lines = []
    with running(site, "thread", access_log=lines.append) as server:
        fetch(server.url + "/hello/you")
    assert re.fullmatch(
        r'127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /hello/you HTTP/1.1" 200 11',
        lines[0],
    )


def test_curl(tool, tmp_path):
    curl = tool("curl")
    (tmp_path / "big").write_bytes(bytes(300_000))
    with running(site, "thread", tls=True) as secure, running(site, "thread") as server:

        def run(*arguments):
            done = subprocess.run(
                [curl, "-sS", "--max-time", "20", "--cacert", CERTIFICATE, *arguments],
                capture_output=True,
                cwd=tmp_path,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        assert run(server.url + "/hello/curl") == run(secure.url + "/hello/curl") == b"Hello, curl!"
        assert run("-I", server.url + "/").startswith(b"HTTP/1.1 200 OK\r\n")
        assert len(run("-T", "big", "-X", "POST", server.url + "/echo")) == 300_000  # with Expect: 100-continue
        assert run("-H", "Transfer-Encoding: chunked", "-d", "in chunks", secure.url + "/echo") == b"in chunks"
        assert run("-0", server.url + "/count/3") == b"0\n1\n2\n"
        assert run("--http2", server.url + "/hello/h2c") == b"Hello, h2c!"  # it offers an upgrade
        assert run("-w", "%{num_connects}", "-o", "a", "-o", "b", server.url + "/", server.url + "/count/9") == b"10"


def test_wget(tool, tmp_path):
    wget = tool("wget")
    with running(site, "thread") as server:
        subprocess.run([wget, "-q", "-O", "page", server.url + "/count/1000"], check=True, cwd=tmp_path, timeout=20)
    assert (tmp_path / "page").read_bytes().count(b"\n") == 1000


def test_wrk(tool):
    wrk = tool("wrk")
    with running(site, "thread") as server:
        done = subprocess.run(
            [wrk, "-t1", "-c8", "-d1", server.url + "/hello/wrk"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    assert (
        "Socket errors" not in done.stdout
        and "Non-2xx" not in done.stdout
        and int(re.search(r"(\d+) requests in", done.stdout)[1]) > 0
    )


def test_a_server_can_be_ended_from_a_request():
    class App:
        def __call__(self, request):
            threading.Thread(target=self.server.shutdown).start()
            return "bye"

    app = App()
    with running(app, "thread") as app.server:
        assert fetch(app.server.url + "/").body == b"bye"
        assert app.server.join(10)


@pytest.mark.soak
@pytest.mark.parametrize("model", ["thread", "select"])
def test_many_clients_at_once(model):
    failed = []

    def work(url):
        for number in range(50):
            if fetch(f"{url}/hello/{number}", timeout=60).body != b"Hello, %d!" % number:
                failed.append(number)

    with running(site, model) as server:
        workers = [threading.Thread(target=work, args=(server.url,)) for _ in range(20)]
        begin = time.monotonic()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert not failed and time.monotonic() - begin < 300


@pytest.mark.parametrize("model", ["thread", "select"])
def test_a_client_that_is_silent_at_first_is_answered_when_it_speaks(model):
    with HTTPServer("127.0.0.1", 0, lambda request: "hello", model=model) as server:
        server.start()
        with connect(server.address, timeout=20) as early, connect(server.address, timeout=20) as late:
            for sock in (late, early):
                sock.sendall(GET % (b"/", b"Connection: close\r\n"))
                assert receive_all(sock, timeout=20).endswith(b"\r\n\r\nhello")
