"""One connection, without a network: what is answered, in which order, under which pressure, and when it ends."""

from __future__ import annotations

import io
import logging
import time

import pytest

from netio.concurrency.servers.backlog import BACKLOG
from netio.http import FileBody, HTTPError, Limits, Response, Timeouts
from netio.http.protocol import SLICE
from netio.http.state import format_access

from .talk import answers, ask, connect, feed


def get(path="/", fields=b"", version=b"1.1", method=b"GET"):
    return method + b" " + path.encode() + b" HTTP/" + version + b"\r\nHost: a\r\n" + fields + b"\r\n"


def post(body, fields=b""):
    return b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(body) + fields + b"\r\n" + body


def hello(request):
    return f"hello {request.path}"


def echo(request):
    return Response(200, [], request.read())


@pytest.mark.parametrize("size", [None, 1, 5])
def test_pipelined_requests_are_answered_in_order(size):
    got, transport = ask(hello, get("/a") + get("/b") + post(b"xyz") + get("/c"), size)
    assert [response.body for response in got] == [b"hello /a", b"hello /b", b"hello /", b"hello /c"]
    assert not transport.closed


def test_answers_to_requests_that_came_together_leave_in_one_write():
    protocol, transport = connect(hello)
    writes = []
    transport.write = writes.append
    feed(protocol, transport, get() * 10)
    assert len(writes) == 1 and len(answers(writes[0])) == 10


@pytest.mark.parametrize(
    "version, field, stays, says",
    [
        (b"1.1", b"", True, None),
        (b"1.1", b"Connection: close\r\n", False, "close"),
        (b"1.0", b"", False, "close"),
        (b"1.0", b"Connection: Keep-Alive\r\n", True, "keep-alive"),
        (b"1.1", b"Connection: upgrade\r\nConnection: Close\r\n", False, "close"),
    ],
)
def test_persistence(version, field, stays, says):
    for app in (hello, lambda request: Response(200, [("Content-Length", "2")], iter([b"o", b"k"]))):
        (response,), transport = ask(app, get(fields=field, version=version))
        assert transport.closed is not stays and response.header("connection") == says


def test_an_application_can_close():
    (response,), transport = ask(lambda request: Response(200, [("Connection", "close")], b"bye"), get() + get())
    assert transport.closed and response.body == b"bye" and [n for n, _ in response.headers].count("connection") == 1


def test_head_is_answered_without_a_body():
    for app in (hello, lambda request: Response(200, [("Content-Length", "7")], iter([b"hello /"]))):
        (first, second), _ = ask(app, get(method=b"HEAD") + get(), methods=["HEAD", "GET"])
        assert (
            first.body == b""
            and second.body == b"hello /"
            and first.header("content-length") == second.header("content-length") == "7"
        )


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(status):
    got, transport = ask(
        lambda request: Response(status, [], b"no" if request.path == "/" else iter([b"no"])), get() + get("/stream")
    )
    assert [(r.status, r.body, r.header("content-length"), r.header("transfer-encoding")) for r in got] == [
        (status, b"", None, None)
    ] * 2
    assert not transport.closed


def test_every_response_has_a_date_and_the_application_cannot_fake_it():
    (response,), _ = ask(lambda request: Response(200, [("Date", "never")], b""), get())
    assert response.header("date") == "Sun, 06 Nov 1994 08:49:37 GMT" and len(response.headers) == 2


def test_a_stream_is_sent_in_chunks_or_until_the_end():
    def stream(request):
        return (piece for piece in (b"one ", b"", b"two ", b"three"))

    (response, again), transport = ask(stream, get() + get())
    assert (
        response.header("transfer-encoding") == "chunked"
        and response.body == again.body == b"one two three"
        and not transport.closed
    )
    (response,), transport = ask(stream, get(version=b"1.0", fields=b"Connection: keep-alive\r\n") + get())
    assert response.header("transfer-encoding") is None and response.body == b"one two three" and transport.closed


def test_a_stream_is_pulled_as_the_client_takes_it():
    pulled = []

    def stream(request):
        for number in range(1000):
            pulled.append(number)
            yield bytes(1000)

    protocol, transport = connect(stream, limit=10_000)
    feed(protocol, transport, get() + get())
    for _ in range(50):
        before = len(pulled)
        transport.take()
        assert len(pulled) - before <= 11
    assert len(pulled) < 700
    while len(pulled) < 2000 or transport.full:
        transport.take()
    assert [len(response.body) for response in answers(transport.sent)] == [1_000_000] * 2
    protocol.connection_lost(None)


def test_a_long_stream_lets_others_have_their_turn():
    protocol, transport = connect(lambda request: (bytes(65536) for _ in range(64)))
    protocol.next_deadline(0.0)  # so that it knows that its driver keeps time
    feed(protocol, transport, get())
    assert SLICE <= len(transport.sent) < 2 * SLICE
    turns = 0
    while transport.turns:
        turns += 1
        transport.turns.pop()()
    assert turns == 4 and len(answers(transport.sent)[0].body) == 64 * 65536


def test_further_requests_wait_while_a_stream_is_sent_and_not_too_many():
    protocol, transport = connect(lambda request: (bytes(1000) for _ in range(10)), limit=1000)
    feed(protocol, transport, get() * (BACKLOG // 20), 4096)
    assert transport.paused_reading
    for _ in range(100_000):
        if not transport.paused_reading:
            break
        transport.take()
    assert not transport.paused_reading
    protocol.connection_lost(None)


class Source:
    def __init__(self, pieces):
        self.pieces, self.closed = pieces, False

    def __iter__(self):
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    "headers, pieces, whole",
    [
        ([], [b"abc", RuntimeError("broken")], False),
        ([("Content-Length", "5")], [b"abc"], False),
        ([("Content-Length", "2")], [b"abc"], False),
        ([], [b"abc", "text"], False),
        ([("Content-Length", "3")], [b"abc"], True),
        ([], [], True),
    ],
)
def test_a_stream_that_breaks_off_ends_the_connection_so_that_the_client_can_tell(headers, pieces, whole, caplog):
    source = Source(pieces)
    protocol, transport = connect(lambda request: Response(200, headers, source))
    feed(protocol, transport, get())
    assert source.closed and bool(caplog.records) is not whole
    if whole:
        assert answers(transport.sent)[0].body == b"".join(pieces)
    elif not transport.sent.startswith(b"HTTP/1.1 500"):  # too late for that
        assert transport.aborted
        with pytest.raises(EOFError):
            answers(transport.sent)


def test_a_stream_that_fails_at_once_is_answered_500(caplog):
    def app(request):
        raise ValueError("swordfish")
        yield b""

    got, transport = ask(app, get() + get())
    assert (
        [response.status for response in got] == [500, 500]
        and b"swordfish" not in transport.sent
        and not transport.closed
    )


def test_a_source_is_closed_when_the_client_vanishes_or_wants_no_body():
    source = Source([bytes(5000)] * 10)
    protocol, transport = connect(lambda request: Response(200, [], source), limit=1000)
    feed(protocol, transport, get())
    assert not source.closed
    protocol.connection_lost(ConnectionResetError())
    assert source.closed
    source = Source([b"x"])
    ask(lambda request: Response(200, [], source), get(method=b"HEAD"), methods=["HEAD"])
    assert source.closed


def test_a_file_is_handed_to_the_transport_or_read_in_pieces(tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")

    def serve(request):
        files.append(open(tmp_path / "file", "rb"))
        return Response(200, [], FileBody(files[-1], 2, 5))

    files = []
    (response, again), _ = ask(serve, get() + get())
    assert response.body == again.body == b"23456" and response.header("content-length") == "5"
    assert len(files) == 2 and all(file.closed for file in files)
    files.clear()
    protocol, transport = connect(serve)
    handed = []
    transport.send_file = lambda *part: handed.append((part[0].read(), *part[1:])) or transport.write(b".")
    feed(protocol, transport, get() * 2)
    assert handed == [(b"0123456789", 2, 5)] and not files[0].closed  # the next one waits until it has left
    transport.take()
    transport.take()
    assert len(handed) == len(files) == 2 and all(file.closed for file in files)
    assert transport.sent.count(b"Content-Length: 5") == 2 and transport.limit is None
    files.clear()
    ask(serve, get(method=b"HEAD"), methods=["HEAD"])
    assert files[0].closed


def test_a_file_sent_in_slices_stays_open_until_the_last_one_has_left():
    class Sliced(FileBody):
        def slices(self):
            yield FileBody(self.file, 0, 5)
            yield FileBody(self.file, 5, 3)
            assert handed == [(0, 5), (5, 3)] and not transport.full  # all that came before has left
            yield b"89"

    def send_file(file, offset, count, close=False):
        handed.append((offset, count))
        transport.write(file.getvalue()[offset : offset + count])

    handed, file = [], io.BytesIO(b"0123456789")
    protocol, transport = connect(lambda request: Response(200, [], Sliced(file, 0, 10)))
    transport.send_file = send_file
    feed(protocol, transport, get())
    for count in (1, 2):
        assert len(handed) == count and not file.closed
        transport.take()
    assert not file.closed
    transport.take()
    assert file.closed and answers(transport.sent)[0].body == b"0123456789" and transport.limit is None
    protocol.connection_lost(None)


def test_a_file_that_shrinks_ends_the_connection(caplog):
    protocol, transport = connect(lambda request: Response(200, [], FileBody(io.BytesIO(b"0123"), 2, 5)))
    feed(protocol, transport, get())
    assert transport.aborted


@pytest.mark.parametrize("size", [None, 1, 1000])
def test_a_body_of_any_size_arrives(size):
    bodies = [b"", b"x", b"abc" * 1000] + ([bytes(range(256)) * 1000] if size != 1 else [])
    for body in bodies:
        chunked = (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(
                b"%X;x=y\r\n%b\r\n" % (len(body[at : at + 999]), body[at : at + 999]) for at in range(0, len(body), 999)
            )
            + b"0\r\nX: y\r\n\r\n"
        )
        got, _ = ask(echo, post(body) + chunked + get(), size)
        assert [response.body for response in got] == [body, body, b""]


def test_trailers_stand_apart_from_the_headers():
    data = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: b\r\nX: y\r\n\r\n"
    (response,), _ = ask(lambda r: {"trailers": list(r.trailers), "host": r.host}, data)
    assert response.body == b'{"trailers": [["host", "b"], ["x", "y"]], "host": "a"}'


def test_expect_continue():
    protocol, transport = connect(echo)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n"
    feed(protocol, transport, head, 1)
    assert transport.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
    feed(protocol, transport, b"hello")
    assert answers(transport.sent)[0].body == b"hello"
    feed(protocol, transport, head + b"hello")  # who does not wait is not told
    assert transport.sent.count(b"100 Continue") == 1


def test_a_body_over_the_limit_is_refused_before_it_comes():
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n"
    (response,), transport = ask(echo, head, limits=Limits(body=100))
    assert response.status == 413 and b"100 Continue" not in transport.sent and transport.closed
    chunked = (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"32\r\n" + b"x" * 50 + b"\r\n") * 3
    )
    (response,), transport = ask(echo, chunked, limits=Limits(body=100))
    assert response.status == 413 and transport.closed


class Sink(io.BytesIO):
    max_body = 50


class Receiver:
    """An application that receives bodies itself."""

    def __init__(self):
        self.sinks = []

    def open_body(self, request):
        if request.path == "/no":
            return Response(401, [], b"who are you?")
        if request.path == "/never":
            raise HTTPError(403, "never")
        self.sinks.append(Sink())
        return self.sinks[-1]

    def __call__(self, request):
        return Response(201, [], request.body.getvalue())


def test_an_application_can_receive_bodies_itself():
    app = Receiver()
    head = b"PUT %b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    (response,), _ = ask(app, head % (b"/", 5) + b"hello")
    assert response.status == 201 and response.body == b"hello" and app.sinks[0].closed
    (response,), transport = ask(app, head % (b"/", 51))
    assert response.status == 413 and transport.closed  # its own limit
    for path, status in ((b"/no", 401), (b"/never", 403)):
        (response,), transport = ask(app, head % (path, 5) + b"hello")
        assert response.status == status and transport.closed
    protocol, transport = connect(app)
    feed(protocol, transport, head % (b"/", 5) + b"he")
    assert not app.sinks[-1].closed
    protocol.connection_lost(None)
    assert app.sinks[-1].closed and app.sinks[-1] is not app.sinks[0]


def test_errors_of_an_application_show_no_internals(caplog):
    secret = "swordfish"

    def app(request):
        if request.path == "/teapot":
            raise HTTPError(418, "I am <b>one</b>", [("X-Tea", "green")])
        if request.path == "/header":
            return Response(200, [("X-Bad", "a\r\nSet-Cookie: evil")], b"")
        if request.path == "/type":
            return 42
        raise ValueError(secret)

    got, transport = ask(app, get("/teapot") + get("/header") + get("/type") + get("/crash"))
    assert [response.status for response in got] == [418, 500, 500, 500] and not transport.closed
    assert got[0].header("x-tea") == "green" and b"&lt;b&gt;" in got[0].body
    assert all(secret.encode() not in response.body and b"Cookie" not in response.body for response in got)
    assert secret in caplog.text


def test_a_path_that_is_not_utf_8_is_answered_400_and_the_connection_goes_on():
    got, transport = ask(hello, get("/%ff") + get("/ok"))
    assert [response.status for response in got] == [400, 200] and not transport.closed


def test_slow_heads_slow_bodies_and_idle_connections_are_ended():
    timeouts = Timeouts(head=10, body=20, idle=30, rate=100)

    def begin(*pieces):
        protocol, transport = connect(echo, timeouts=timeouts)
        assert protocol.next_deadline(0) == 10
        for piece in pieces:
            feed(protocol, transport, piece)
            deadline = protocol.next_deadline(5)
        return protocol, transport, deadline

    protocol, transport, deadline = begin(b"GET", b" / HT")
    assert deadline == 10  # more bytes do not buy more time
    protocol.deadline_passed(9)
    assert not transport.sent
    protocol.deadline_passed(10)
    assert answers(transport.sent)[0].status == 408 and transport.ended
    protocol, transport, deadline = begin(get())
    assert deadline == 35
    protocol.deadline_passed(35)
    assert transport.closed and len(answers(transport.sent)) == 1
    protocol, transport, deadline = begin(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n")
    assert deadline == 25
    for second in range(6, 100):
        feed(protocol, transport, b"x")  # a trickle
        if protocol.next_deadline(second) <= second:
            break
    assert 24 <= second <= 26
    protocol.deadline_passed(second)
    assert answers(transport.sent)[0].status == 408
    protocol.connection_lost(None)


def test_a_client_that_takes_nothing_is_given_up():
    protocol, transport = connect(
        lambda request: (bytes(1000) for _ in range(100)), limit=1000, timeouts=Timeouts(send=10)
    )
    feed(protocol, transport, get())
    ended, now = [], 0.0
    for step in range(10):
        if step == 3:
            transport.full -= 1  # it has taken something
        assert protocol.next_deadline(now) == now + 2.5  # it is looked at four times in ten seconds
        now += 2.5
        protocol.deadline_passed(now)
        ended.append(transport.aborted)
    assert ended == [False] * 7 + [True] * 3


def test_an_early_answer_is_heard_out_and_then_the_connection_ends():
    protocol, transport = connect(echo, timeouts=Timeouts(linger=3))
    protocol.next_deadline(0)
    feed(protocol, transport, b"NONSENSE\r\n\r\n")
    assert transport.ended and not transport.closed and answers(transport.sent)[0].status == 400
    feed(protocol, transport, get() * 1000)  # thrown away
    assert protocol.next_deadline(1) == 4
    protocol.deadline_passed(4)
    assert transport.closed


def test_a_clean_end_needs_no_lingering():
    protocol, transport = connect(echo)
    protocol.next_deadline(0)
    feed(protocol, transport, get(fields=b"Connection: close\r\n"))
    assert transport.closed and not transport.ended


def test_draining():
    protocol, transport = connect(echo)
    protocol.server_stopping()
    assert transport.closed  # nothing under way
    protocol, transport = connect(echo)
    feed(protocol, transport, post(b"hello")[:-2])
    protocol.server_stopping()
    assert not transport.closed
    feed(protocol, transport, b"lo")
    assert transport.closed and answers(transport.sent)[0].header("connection") == "close"
    protocol, transport = connect(lambda request: (bytes(1000) for _ in range(3)), limit=1000)
    feed(protocol, transport, get() + get())
    protocol.server_stopping()
    for _ in range(10):
        transport.take()
    assert transport.closed and len(answers(transport.sent)[0].body) == 3000


def test_a_client_that_ends_its_side_still_gets_all_that_it_asked_for():
    protocol, transport = connect(lambda request: (bytes(1000) for _ in range(3)), limit=1000)
    feed(protocol, transport, get() * 2)
    assert protocol.eof_received() is True
    for _ in range(20):
        transport.take()
    assert transport.closed and [len(response.body) for response in answers(transport.sent)] == [3000, 3000]
    protocol, transport = connect(echo)
    feed(protocol, transport, get() + get()[:10])
    assert not protocol.eof_received()


def test_access_log():
    lines = []
    ask(echo, get('/a"b\\') + post(b"hello") + b"\xff\r\n\r\n", access_log=lines.append)
    assert [line.split("] ")[1] for line in lines] == [
        '"GET /a\\x22b\\\\ HTTP/1.1" 200 -',
        '"POST / HTTP/1.1" 200 5',
        lines[2].split("] ")[1],
    ]
    assert lines[2].split("] ")[1].startswith('"-" 400 ') and lines[0].startswith("192.0.2.1 - - [")


@pytest.mark.parametrize("offset, shown", [(0, "+0000"), (20700, "+0545"), (-12600, "-0330"), (None, "+0000")])
def test_the_time_in_the_access_log_has_its_offset(offset, shown, monkeypatch):
    local = time.struct_time((2026, 2, 3, 4, 5, 6, 1, 34, 0), {"tm_gmtoff": offset, "tm_zone": None})
    monkeypatch.setattr(time, "localtime", lambda seconds: local)
    assert f" [03/Feb/2026:04:05:06 {shown}] " in format_access(None, None, 400, 0, 0.0)


def test_access_log_by_logging(caplog):
    caplog.set_level(logging.INFO, "netio.http.access")
    ask(echo, get(), access_log=True)
    assert '"GET / HTTP/1.1" 200 -' in caplog.text


def test_connect_is_declined_whatever_the_application_thinks():
    (response,), transport = ask(hello, b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n")
    assert response.status == 501 and transport.closed
