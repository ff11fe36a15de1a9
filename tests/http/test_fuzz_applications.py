"""Applications that do anything: raise in mid-body, lie about their length, return what nobody can send.

Whatever they do, the client gets a whole answer that is as the application meant it, or sees that it is not whole; the
server lives on, and closes each body once.
"""
from __future__ import annotations

import io

import pytest

from netio.http import FileBody, HTTPError, ProtocolError, Response, ResponseParser
from netio.http.messages import BlockingBody

from ..fuzzing import rounds
from .talk import connect, feed

GET, HEAD = (b"%b /%%d HTTP/1.1\r\nHost: a\r\n\r\n" % method for method in (b"GET", b"HEAD"))
POST = b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
OLD = b"GET /%d HTTP/1.0\r\nHost: a\r\n\r\n"


class Odd(BaseException):
    """What no application should raise, and one day one does."""


class Body:
    """Pieces, with whatever the seed says: empty ones, ones of no bytes, an error, a close that fails."""

    def __init__(self, rng):
        self.closed, self.rng = 0, rng
        self.pieces = [rng.randbytes(rng.choice((0, 1, 10, 3000))) for _ in range(rng.randrange(4))]
        self.error = rng.choice((None, None, ValueError("x"), HTTPError(404), SystemExit("x"), Odd(), "text", 7))
        self.whole = b"".join(self.pieces) if self.error is None else None

    def __iter__(self):
        yield from self.pieces
        if isinstance(self.error, BaseException):
            raise self.error
        if self.error is not None:
            yield self.error

    def close(self):
        self.closed += 1
        if self.rng.random() < 0.1:
            raise ValueError("cannot close")


class Application:
    """Notes what each answer should be: (status, body), or None where it cannot be whole."""

    def __init__(self, rng):
        self.rng, self.meant, self.bodies = rng, [], []

    def __call__(self, request):
        if self.rng.random() < 0.5:
            request.read()
        status, meant, result = self.choose()
        self.meant.append((status, meant))
        if isinstance(result, BaseException):
            raise result
        return result

    def choose(self):
        """Return (status, body or None, what to return or raise)."""
        rng = self.rng
        what = rng.randrange(9)
        if what == 0:
            return 500, None, rng.choice((ValueError("x"), SystemExit(3), Odd(), RecursionError()))
        if what == 1:
            return 404, None, HTTPError(404, "no\r\nSet-Cookie: a=b")
        if what == 2:
            return 500, None, rng.choice((7, object(), Response(99), Response(200, [("A", "b\r\nC: d")]),
                                          Response(200, [("Content-Length", "x")], b"abc"), Response(200, [], "text")))
        data = rng.randbytes(rng.choice((0, 5, 5000)))
        if what == 3:
            return 200, data, Response(200, [], data)
        if what == 4:  # a file that is as long as it says, or shorter
            lie = rng.choice((0, 0, 10))
            return 200, None if lie else data, Response(200, [], FileBody(io.BytesIO(data), 0, len(data) + lie))
        body = Body(rng)
        self.bodies.append(body)
        if what == 5:
            return 200, body.whole, Response(200, [], body)
        if what == 6:
            return 200, body.whole, Response(200, [], BlockingBody(body))
        pieces = b"".join(body.pieces)
        size = max(0, len(pieces) + rng.choice((0, 0, -1, 1, 100)))
        meant = pieces[:size] if size <= len(pieces) else None  # what is too much comes too late to be told
        return 200, meant, Response(200, [("Content-Length", str(size))], body)


def read(data, methods):
    """Return (status, body) of each answer that is whole."""
    parser, found, ended = ResponseParser(), [], False
    parser.methods += methods
    parser.feed(bytes(data))
    while (response := parser.next_event()) is not None:
        pieces = []
        try:
            while (piece := parser.next_event()) != b"":
                if piece is not None:
                    pieces.append(piece)
                elif ended:
                    return found
                else:
                    ended = True
                    parser.feed_eof()
        except (EOFError, ProtocolError):  # the end came too early, and is seen
            return found
        found.append((response.status, b"".join(pieces)))
    return found


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@rounds(500, 200_000)
def test_a_client_gets_what_was_meant_or_sees_that_it_is_not_whole(rounds, rng):
    for number in range(rounds):
        app = Application(rng)
        protocol, transport = connect(app, limit=rng.choice((None, 2000)))
        kinds = [rng.choice((GET, GET, HEAD, POST, OLD)) for _ in range(rng.randrange(1, 5))]
        data = b"".join(kind % at for at, kind in enumerate(kinds))
        feed(protocol, transport, data, rng.choice((None, 7)))
        for _ in range(100):
            if transport.closed or not transport.full:
                break
            transport.take()
        old_end = transport.closed and not transport.aborted
        protocol.connection_lost(None)
        got = read(transport.sent, [kind.split()[0].decode() for kind in kinds])
        check(number, kinds, app.meant, got, transport)
        assert all(body.closed == 1 for body in app.bodies), (number, [body.closed for body in app.bodies], old_end)


def check(number, kinds, meant, got, transport):
    assert len(got) <= len(meant), (number, meant, got)
    for at, (status, body) in enumerate(got):
        wanted, whole = meant[at]
        if status == 200 and kinds[at] not in (HEAD, OLD):
            assert whole is not None and body == whole, (number, at, kinds, meant, got, transport.sent)
        else:
            assert status in (200, wanted, 404, 500), (number, at, meant, got)
    if len(got) < len(meant):  # what is missing is the last, and the connection has ended
        assert transport.closed and len(meant) - len(got) == 1, (number, kinds, meant, got, bytes(transport.sent))
