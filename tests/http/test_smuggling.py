"""Every trick of the corpus, whole, byte by byte, and behind a good request: refused, or harmless."""

from __future__ import annotations

import pytest

from netio.http import Response

from .smuggling import EVIL, HARMLESS, REFUSED
from .talk import answers, connect, feed

GOOD = b"GET /good HTTP/1.1\r\nHost: a\r\n\r\n"


class Record:
    """An application that remembers what it was asked for."""

    def __init__(self):
        self.seen = []

    def __call__(self, request):
        self.seen.append((request.method, request.target, request.read()))
        return Response(200, [], b"ok")


def test_the_corpus_has_no_name_twice():
    names = [case[0] for case in REFUSED + HARMLESS]
    assert len(set(names)) == len(names) > 200


@pytest.mark.parametrize("name, data, status", REFUSED, ids=[case[0] for case in REFUSED])
def test_refused(name, data, status):
    for prefix, size in ((b"", None), (b"", 1), (GOOD, None), (GOOD, 7)):
        app = Record()
        protocol, transport = connect(app)
        feed(protocol, transport, prefix + data, size)
        if not transport.closed:
            feed(protocol, transport, EVIL + EVIL, size)
        *before, last = answers(transport.sent)
        assert app.seen == ([("GET", "/good", b"")] if prefix else []) and len(before) == len(app.seen)
        assert last.status == status and last.header("connection") == "close", (prefix, size)
        assert transport.closed
        protocol.connection_lost(None)


@pytest.mark.parametrize("name, data, seen", HARMLESS, ids=[case[0] for case in HARMLESS])
def test_harmless(name, data, seen):
    for prefix, size in ((b"", None), (b"", 1), (GOOD, None), (GOOD, 7)):
        app = Record()
        protocol, transport = connect(app)
        feed(protocol, transport, prefix + data, size)
        assert app.seen == ([("GET", "/good", b"")] if prefix else []) + seen, (prefix, size)
        protocol.connection_lost(None)
