"""Seeded fuzz: whatever comes in, however it is cut, only documented errors come out, and nothing piles up."""

from __future__ import annotations

import pytest

from netio.http import Limits, ProtocolError, RequestParser, Response, ResponseParser

from ..fuzzing import cut, mutate, rounds
from .smuggling import HARMLESS, REFUSED
from .talk import connect, feed

SEEDS = [data for _, data, *_ in HARMLESS + REFUSED if len(data) < 2000]
ANSWERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n",
]
TOKENS = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"0",
    b"5",
    b"f",
    b"-",
    b"%",
    b"\r\n\r\n",
    b"chunked",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 5\r\n",
    b"HTTP/1.1",
    b"Host: a\r\n",
    b"GET / ",
    b"\xff",
    b"\xe8\x8c\xb6",
    b"A" * 300,
]
LIMITS = Limits(line=500, head=1500, fields=20, body=3000, extensions=200)


def events_of(parser, pieces):
    """Return (what was read, the bodies joined; whether it was refused)."""
    seen, body = [], b""
    try:
        for piece in pieces:
            parser.feed(piece)
            while (event := parser.next_event()) is not None:
                if isinstance(event, bytes) and event:
                    body += event
                else:
                    seen.append((body, repr(event)))
                    body = b""
            assert parser.buffered <= LIMITS.head + 4 + len(piece)
    except ProtocolError as error:
        assert error.status in (400, 413, 414, 417, 431, 501, 502, 505) and error.detail
        with pytest.raises(ProtocolError):
            parser.next_event()
        return seen, True
    return seen + [body], False


@pytest.mark.parametrize("kind, seeds", [(RequestParser, SEEDS), (ResponseParser, ANSWERS)])
@rounds(2500)
def test_the_readers_see_the_same_however_the_input_is_cut(kind, seeds, rounds, rng):
    refused = 0
    for number in range(rounds):
        data = mutate(rng, seeds, TOKENS)
        whole = events_of(kind(LIMITS), [data])
        pieces = cut(rng, data)
        assert events_of(kind(LIMITS), pieces) == whole, (number, pieces)
        refused += whole[1]
    assert rounds * 0.1 < refused < rounds  # it does both


@rounds(1500)
def test_a_connection_survives_anything(rounds, rng):
    def app(request):
        assert request.length == 0 or request.read() is not None
        return Response(200, [], (request.method + request.target).encode("latin-1"))

    for _ in range(rounds):
        protocol, transport = connect(app, limits=LIMITS)
        for piece in cut(rng, mutate(rng, SEEDS, TOKENS)):
            feed(protocol, transport, piece)
        assert transport.sent == b"" or transport.sent.startswith(b"HTTP/1.1 ")
        assert transport.sent.count(b"Connection: close") <= 1 or b" 200 OK" in transport.sent
        assert b"HTTP/1.1 500" not in transport.sent
        protocol.eof_received()
        protocol.connection_lost(None)


def test_memory_stays_bounded_while_a_client_sends_without_end():
    for endless in (b"A", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100, b"\r\n", b"GET /" + b"a" * 99):
        parser = RequestParser()
        with pytest.raises(ProtocolError):
            for _ in range(100_000):
                parser.feed(endless)
                while parser.next_event() is not None:
                    pass
                assert parser.buffered <= 40_000
