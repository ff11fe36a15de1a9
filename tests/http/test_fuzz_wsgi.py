"""WSGI applications of every kind under our server and under wsgiref's; ours under wsgiref's with its validator."""
from __future__ import annotations

import contextlib
import io
import sys
import wsgiref.handlers
import wsgiref.util
import wsgiref.validate

import pytest

from netio.http import FromWSGI, ToWSGI

from ..fuzzing import rounds
from .talk import connect, feed
from .test_fuzz_applications import GET, HEAD, POST, Application, read

STATUSES = ["200 OK"] * 5 + ["404 Not Found", "204 No Content", "304 Not Modified", "200 ", "500 x y"]
ODD = ["200", "20 OK", "abc", "099 x", "600 x", "100 Continue", 200, b"200 OK", "200 OK\r\nA: b"]
HEADERS = [("Content-Type", "text/plain"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"), ("X-Long", "y" * 300)]
WRONG = [("X", "a\r\nB: c"), ("X Y", "a"), ("", "a"), ("Transfer-Encoding", "chunked"), ("X", 5),
         ("Content-Length", "x"), ("X", "\u8336")]


class WSGI:
    """One application, made of what the seed says, that can be called several times."""

    def __init__(self, rng):
        self.status = rng.choice(STATUSES if rng.random() < 0.9 else ODD)
        self.headers = rng.sample(HEADERS, rng.randrange(4)) + ([rng.choice(WRONG)] if rng.random() < 0.1 else [])
        self.pieces = [rng.choice((b"", b"a", b"hello", b"x" * 3000)) for _ in range(rng.randrange(4))]
        self.written = [b"w", b""][:rng.choice((0, 0, 0, 1, 2))]
        self.odd = rng.choice((None,) * 9 + ("text", 7, None, b"late", ValueError("x"), KeyError("y")))
        self.when = rng.choice(("first", "first", "first", "late", "never", "twice", "again", "again late"))
        self.kind = rng.choice(("list", "tuple", "generator", "generator", "generator", "none", "bytes"))
        size = len(b"".join(self.written + self.pieces)) + (self.odd == b"late") * 4
        self.size = rng.choice((None, None, None, size, size, size + 1, max(0, size - 1)))
        self.good = self.status in STATUSES and not set(map(repr, WRONG)) & set(map(repr, self.headers))
        self.lies = self.size not in (None, size)
        self.closed = self.opened = 0

    def __call__(self, environ, start_response):
        headers = self.headers + ([("Content-Length", str(self.size))] if self.size is not None else [])

        def start(*exc_info):
            write = start_response(self.status, list(headers), *exc_info)
            for data in self.written:
                write(data)

        if self.when in ("first", "twice", "again"):
            start()
        if self.when == "twice":
            start()
        if self.when == "again":
            self._again(start_response, headers)
        pieces = list(self.pieces) + ([self.odd] if isinstance(self.odd, (bytes, str, int)) else [])
        if self.kind in ("list", "tuple", "none", "bytes"):
            if self.when == "late":
                start()
            if isinstance(self.odd, Exception):
                raise self.odd
            return {"list": pieces, "tuple": tuple(pieces), "none": None, "bytes": b"abc"}[self.kind]
        self.opened += 1
        return Result(self, self._generate(pieces, start, start_response, headers))

    def _generate(self, pieces, start, start_response, headers):
        if self.when == "late":
            start()
        yield from pieces
        if self.when == "again late":
            self._again(start_response, headers)
        if isinstance(self.odd, Exception):
            raise self.odd

    def _again(self, start_response, headers):
        try:
            raise ValueError("changed my mind")
        except ValueError:
            start_response("500 Sorry", [("X", "y")], sys.exc_info())


class Result:
    """What it returns, which wants to be closed once."""

    def __init__(self, owner, pieces):
        self.owner, self.pieces = owner, pieces

    def __iter__(self):
        return self.pieces

    def close(self):
        self.owner.closed += 1


class Handler(wsgiref.handlers.SimpleHandler):
    """Says whether anything went wrong."""

    failed = False
    http_version = "1.1"

    def log_exception(self, exc_info):
        self.failed = True


def under_wsgiref(application, method, body=b""):
    """Return (status, body) as wsgiref sends it, or None where it had an error."""
    environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": "/0", "QUERY_STRING": ""}
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    environ["SERVER_PROTOCOL"] = "HTTP/1.1"
    wsgiref.util.setup_testing_defaults(environ)
    out = io.BytesIO()
    handler = Handler(io.BytesIO(body), out, io.StringIO(), environ)
    handler.run(application)
    head, _, data = out.getvalue().partition(b"\r\n\r\n")
    return None if handler.failed else (int(head.split()[1]), data)


def under_ours(application, kind):
    """Return (status, body) as a client reads it, or None where it sees that it is not whole."""
    protocol, transport = connect(application)
    feed(protocol, transport, kind % 0)
    protocol.connection_lost(None)
    got = read(transport.sent, [kind.split()[0].decode()])
    return got[0] if got else None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@rounds(150, 200_000)
def test_a_wsgi_application_answers_as_under_wsgiref(rounds, rng):
    agreed = 0
    for number in range(rounds):
        app, kind = WSGI(rng), rng.choice((GET, GET, HEAD, POST))
        mine = under_ours(FromWSGI(app), kind)
        assert app.closed == app.opened, (number, vars(app))
        theirs = under_wsgiref(app, kind.split()[0].decode())
        if mine is not None and mine[0] < 500 and kind is not HEAD and mine[0] not in (204, 304):
            if theirs is not None and not app.lies:
                assert mine == theirs, (number, mine, theirs, vars(app))
                agreed += 1
        elif theirs is not None and kind is not HEAD and theirs[0] not in (204, 304, 500) and not app.lies:
            assert not app.good, (number, mine, theirs, vars(app))
    assert agreed > rounds // 50


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@rounds(100, 100_000)
def test_ours_under_wsgiref_keeps_the_rules(rounds, rng):
    for number in range(rounds):
        app, method, broken = Application(rng), rng.choice(("GET", "HEAD", "POST")), []
        got = None
        with contextlib.suppress(BaseException):
            got = under_wsgiref(watched(ToWSGI(app), broken), method, b"hello" if method == "POST" else b"")
        assert not broken, (number, broken, app.meant)
        (status, meant), = app.meant
        if got is not None and got[0] == status == 200 and method != "HEAD":
            assert meant is None or got[1] == meant, (number, got, app.meant)


def watched(wsgi, broken):
    """Return the application with the validator around it, whose complaints are noted."""
    def call(environ, start_response):
        try:
            result = wsgiref.validate.validator(wsgi)(environ, start_response)
            try:
                yield from result
            finally:
                result.close()
        except AssertionError as error:
            if "No Content-Type" not in str(error):  # which nobody must have
                broken.append(error)
            raise

    return call
