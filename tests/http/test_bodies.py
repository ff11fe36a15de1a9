"""What an application's response is made of means the same under every model, and its failure costs one answer."""

from __future__ import annotations

import array
import errno
import functools
import gzip
import io
import logging
import os
import sys
import tempfile

import pytest

from netio.http import BlockingBody, FileBody, HTTPError, Response
from netio.http.spool import Spool

from .serving import MODELS, fetch, running
from .talk import answers, ask, connect, feed

TEN = b"0123456789"
OPEN = []  # files that a test has made, and a server need not close: their body was never made, or holds another file


@pytest.fixture(autouse=True)
def all_closed():
    yield
    while OPEN:
        OPEN.pop().close()


def in_a_file(data=TEN):
    file = tempfile.TemporaryFile()
    OPEN.append(file)
    file.write(data)
    return file


def closed():
    file = in_a_file()
    file.close()
    return file


def detached():
    file = in_a_file()
    body = FileBody(file, 0, 5)
    OPEN[-1] = file.detach()
    return body


def zipped():
    file = io.BytesIO(gzip.compress(TEN))
    file.seek(0)
    return gzip.GzipFile(fileobj=file, mode="rb")


def zipped_on_disk():
    return gzip.GzipFile(fileobj=in_a_file_read(gzip.compress(TEN)), mode="rb")


def in_a_file_read(data):
    file = in_a_file(data)
    file.seek(0)
    return file


def pipe():
    readable, writable = os.pipe()
    os.write(writable, TEN)
    os.close(writable)
    return os.fdopen(readable, "rb")


def only_writable():
    handle, path = tempfile.mkstemp()
    os.close(handle)
    file = open(path, "wb")
    os.unlink(path) if os.name != "nt" else None
    return file


def fails(error):
    raise error
    yield b""


def cancelled():
    import asyncio  # here, as each process that model "process" starts loads this module

    return fails(asyncio.CancelledError())


class FailsToBegin:
    def __iter__(self):
        raise OSError("no such body")


class ClosesBadly:
    def __iter__(self):
        return iter([b"hello"])

    def close(self):
        raise SystemExit("closing")


GOOD = {
    "file": lambda: FileBody(in_a_file_read(TEN), 2, 5),
    "file unflushed": lambda: FileBody(in_a_file(), 2, 5),
    "file in memory": lambda: FileBody(io.BytesIO(TEN), 2, 5),
    "file zipped": lambda: FileBody(zipped(), 2, 5),
    "file zipped on disk": lambda: FileBody(zipped_on_disk(), 2, 5),
    "bytearray": lambda: bytearray(b"23456"),
    "memoryview": lambda: memoryview(TEN)[2:7],
    "memoryview of every second": lambda: memoryview(b"2.3.4.5.6.")[::2],
    "pieces of all kinds": lambda: iter([bytearray(b"2"), b"", memoryview(b"3"), memoryview(b"4.5.")[::2], b"6"]),
    "an array": lambda: iter([array.array("B", b"23456")]),
    "blocking": lambda: BlockingBody(iter([b"23", b"", b"456"])),
}
BAD = {
    "closed": lambda: FileBody(closed(), 0, 5),
    "detached": detached,
    "pipe": lambda: FileBody(pipe(), 0, 3),
    "only writable": lambda: FileBody(only_writable(), 0, 3),
    "too short": lambda: FileBody(in_a_file(), 6, 5),
    "before the beginning": lambda: FileBody(in_a_file(), -1, 5),
    "fewer than none": lambda: FileBody(in_a_file(), 0, -5),
    "half a byte": lambda: FileBody(in_a_file(), 0, 4.5),
    "no file": lambda: FileBody(None, 0, 5),
    "a name": lambda: FileBody("file", 0, 5),
    "nothing": lambda: None,
    "text": lambda: "text",
    "numbers": lambda: iter([1, 2]),
    "nothings": lambda: iter([None, b"x"]),
    "fails to begin": FailsToBegin,
    "fails at once": lambda: fails(ZeroDivisionError()),
    "exits at once": lambda: fails(SystemExit(1)),
    "is cancelled": cancelled,
    "blocks and exits": lambda: BlockingBody(fails(SystemExit(1))),
}


def serve(request):
    name = request.path[1:]
    if name == "exit":
        sys.exit(1)
    if name == "interrupt":
        raise KeyboardInterrupt
    if name == "generator":
        raise GeneratorExit
    if name == "length":
        return Response(200, [("Content-Length", "two")], b"ok")
    if name == "error":
        raise HTTPError(404, "x", [("Bad\n", "y")])
    if name == "closes badly":
        return Response(200, [("Content-Length", "5")], ClosesBadly())
    make = GOOD.get(name) or BAD.get(name)
    return Response(200, [], make()) if make else "ok"


@pytest.mark.sample(3)
@pytest.mark.parametrize("model", MODELS)
def test_bodies_and_failures_are_the_same_under_every_model(model):
    logging.getLogger("netio.http").setLevel(logging.CRITICAL + 1)
    ask = functools.partial(fetch, timeout=60)  # a new interpreter takes its time on a busy machine
    good = [*GOOD]
    failing = [*BAD, "exit", "generator", "length", "error", *([] if model == "asyncio" else ["interrupt"])]
    if model == "process":  # each request takes a new interpreter
        good, failing = good[:2], failing[-2:]
    try:
        with running(serve, model) as server:
            for name in good:
                response = ask(server.url + "/" + name.replace(" ", "%20"))
                assert (name, response.status, response.body) == (name, 200, b"23456")
            for name in failing:
                assert (name, ask(server.url + "/" + name.replace(" ", "%20")).status) == (name, 500)
            assert ask(server.url + "/closes%20badly").body == b"hello"
            assert ask(server.url + "/ok").body == b"ok"
    finally:
        logging.getLogger("netio.http").setLevel(logging.NOTSET)


def log(error, line):
    raise error("the log")


@pytest.mark.sample(5)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("error", [BrokenPipeError, SystemExit])
def test_a_log_that_cannot_be_written_costs_no_answer_and_is_told_once(model, error, caplog):
    if model == "asyncio":
        pytest.skip("this server has no log")

    with running(serve, model, access_log=functools.partial(log, error)) as server:
        assert [fetch(server.url).status for _ in range(3)] == [200] * 3
    told = [record for record in caplog.records if "access log" in record.getMessage()]
    assert len(told) <= 1 or model in ("fork", "process")  # there each connection has a process to itself


def ask_for(*bodies):
    """Serve a body for each of as many pipelined requests; return (protocol, transport)."""
    left = list(bodies)
    protocol, transport = connect(lambda request: Response(200, [], left.pop(0)))
    feed(protocol, transport, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * len(bodies))
    return protocol, transport


class Source:
    """Counts how often it is iterated over and closed."""

    def __init__(self, *pieces, itself=False):
        self.pieces, self.itself, self.begun, self.closed = iter(pieces), itself, 0, 0

    def __iter__(self):
        self.begun += 1
        return self if self.itself else self.run()

    def __next__(self):
        piece = next(self.pieces)
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def run(self):
        for piece in iter(self.__next__, None):
            yield piece

    def close(self):
        self.closed += 1


@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("fails", [None, OSError("broken"), SystemExit(1)])
@pytest.mark.parametrize("pieces", [(), (b"",), (b"a",), (b"", b"a", b"b")])
def test_each_request_has_one_answer_and_each_body_is_begun_and_closed_once(itself, fails, pieces, caplog):
    source = Source(*pieces, *([fails] if fails else []), None, itself=itself)
    if itself and not fails:
        source.pieces = iter(pieces)
    after = Source(b"after")
    protocol, transport = ask_for(b"before", source, after)
    assert source.begun == source.closed == 1
    sent = bytes(transport.sent)
    if fails and any(pieces):  # too late for another answer: the client learns it by the end of the connection
        assert transport.aborted and sent.count(b"HTTP/1.1 ") == 2 and after.begun == 0
        with pytest.raises(EOFError):
            answers(sent)
    else:
        assert [response.status for response in answers(sent)] == [200, 500 if fails else 200, 200]
        assert not transport.closed and after.closed == 1
    assert bool(caplog.records) is bool(fails)
    protocol.connection_lost(None)
    assert source.closed == 1


def test_an_error_that_a_body_raises_at_once_is_the_answer(caplog):
    def pieces():
        raise HTTPError(404, "gone")
        yield b""

    _, transport = ask_for(pieces())
    assert answers(transport.sent)[0].status == 404 and not caplog.records


class Closing:
    """A body that says whether it was closed."""

    closed = 0

    def __iter__(self):
        yield b"x"

    def close(self):
        self.closed += 1


def test_the_body_of_a_response_whose_head_cannot_be_encoded_is_closed():
    body = Closing()
    logging.getLogger("netio.http").setLevel(logging.CRITICAL + 1)
    try:
        with running(lambda request: Response(200, [("X-A", "a\r\nb")], body), "thread") as server:
            assert fetch(server.url + "/").status == 500 and body.closed == 1
    finally:
        logging.getLogger("netio.http").setLevel(logging.NOTSET)


def test_a_body_whose_last_bytes_find_the_disk_full_is_answered(monkeypatch, caplog):
    def fail(spool):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Spool, "rewind", fail)
    responses, _ = ask(lambda request: request.read(), b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    assert [response.status for response in responses] == [500] and "No space left" in caplog.text
