"""The answer that a server asks for and sends by itself is the one that `data_received` gives."""
from __future__ import annotations

import pytest

from netio import tcp
from netio.concurrency.servers import available_models
from netio.http.messages import Limits
from netio.http.protocol import HTTPFactory, HTTPProtocol
from netio.http.state import ServerState
from netio.http.static.folder import StaticFiles

from ..concurrency.servers.test_conformance import receive_all
from .serving import running
from .test_protocol import get


class Written:
    """A transport that takes everything."""

    def __init__(self):
        self.data, self.closed = b"", False

    def write(self, data):
        self.data += data

    def get_extra_info(self, name, default=None):
        return ("192.0.2.7", 4000) if name == "peername" else default

    def close(self):
        self.closed = True


def make(folder, lines, **options):
    state = ServerState(StaticFiles(folder), access_log=lines.append, clock=lambda: 784111777.5, **options)
    protocol, transport = HTTPProtocol(state), Written()
    protocol.connection_made(transport)
    return protocol, transport


@pytest.mark.parametrize("request_, whole", [
    (get("/hello.txt"), True),
    (get("/hello.txt", b"Accept: */*\r\nUser-Agent: x\r\n"), True),
    (get("/hello.txt", b"Connection: close\r\n"), False),
    (get("/hello.txt", b"Range: bytes=0-1\r\n"), False),
    (get("/hello.txt") * 2, False),
    (get("/hello.txt")[:-1], False),
    (get("/missing"), False),
    (get("/hello.txt", method=b"HEAD"), False),
    (b"GARBAGE\r\n\r\n", False),
])
def test_a_whole_answer_or_none(tmp_path, request_, whole):
    (tmp_path / "hello.txt").write_bytes(b"hello")
    said = []
    for asks in (False, True):
        lines = []
        protocol, transport = make(tmp_path, lines)
        for number in range(3):
            answer = protocol.respond(request_) if asks else None
            assert not asks or (answer is not None) == (whole and number > 0), "never to the first request"
            if answer is not None:
                transport.write(answer)
            else:
                protocol.data_received(request_)
        said.append((transport.data, transport.closed, protocol.state, lines))
    assert said[0] == said[1] and said[0][0].startswith(b"HTTP/1.1")


def test_no_answer_out_of_turn_or_beyond_the_limits(tmp_path):
    (tmp_path / "hello.txt").write_bytes(b"hello")
    protocol, transport = make(tmp_path, [])
    protocol.data_received(get("/hello.txt")[:10])
    assert protocol.respond(get("/hello.txt")) is None and protocol.state == "HEAD"
    protocol, transport = make(tmp_path, [], limits=Limits(line=10))
    assert protocol.respond(get("/hello.txt")) is None


@pytest.mark.parametrize("request_", [
    get("/hello.txt", b"Connection: close\r\n"), get("/hello.txt", b"Accept: */*\r\nConnection: close\r\n"),
    get("/hello.txt", b"Connection: close\r\nRange: bytes=0-1\r\n"), get("/hello.txt"), get("/hello.txt") * 2,
    get("/hello.txt", b"Connection: close\r\n") * 2, get("/hello.txt", b"Connection: close\r\n")[:-1],
    get("/missing", b"Connection: close\r\n"), get("/", b"Connection: close\r\n"),
    b"GARBAGE\r\nConnection: close\r\n\r\n",
    get("/hello.txt", b"Connection: close\r\n", method=b"HEAD"),
])
def test_an_answer_at_once_is_what_the_protocol_would_send(tmp_path, request_):
    (tmp_path / "hello.txt").write_bytes(b"hello")
    lines, others = [], []
    factory = HTTPFactory(ServerState(StaticFiles(tmp_path), access_log=lines.append, clock=lambda: 784111777.5))
    for _ in range(2):  # the first time from the disk, the second from memory
        answer = factory.answer_at_once(request_, ("192.0.2.7", 4000))
        protocol, transport = make(tmp_path, others)
        protocol.data_received(request_)
        if answer is not None:
            assert (transport.data, transport.closed) == (answer, True) and lines == others
            lines.clear()
        else:
            assert not lines
        others.clear()
    whole = request_.startswith(b"GET /hello.txt") and request_.endswith(b"Connection: close\r\n\r\n")
    assert (answer is not None) == (whole and request_.count(b"GET") == 1)


@pytest.mark.parametrize("model", available_models())
def test_short_connections_under_every_model(tmp_path, model):
    (tmp_path / "hello.txt").write_bytes(b"hello")
    with running(StaticFiles(tmp_path), model) as server:
        for path in ("/hello.txt", "/hello.txt", "/", "/missing"):
            with tcp.connect(server.address) as sock:
                sock.sendall(get(path, b"Connection: close\r\n"))
                answer = receive_all(sock)
                assert answer.startswith(b"HTTP/1.1 404" if path == "/missing" else b"HTTP/1.1 200")
                assert b"\r\nConnection: close\r\n" in answer and answer.count(b"HTTP/1.1") == 1
