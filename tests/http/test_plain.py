"""The short way and the long way mean the same: what PLAIN recognises, the parser would have taken for just that."""
from __future__ import annotations

import random

import pytest

from netio.http import Limits, RequestParser, Response, StaticFiles
from netio.http.messages.plain import PLAIN

from ..fuzzing import mutate
from .smuggling import HARMLESS, REFUSED
from .talk import answers, connect, feed
from .test_fuzz import TOKENS

BROWSER = (b"GET /page%20one.txt?q=1&w=%E8%8C%B6 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nConnection: keep-alive\r\n"
           b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Language:zh-CN\r\n"
           b"Cookie: a=1; b=\xe8\x8c\xb6\r\n\r\n")
CURL = b"GET / HTTP/1.1\r\nHost: a.org\r\nUser-Agent: curl/8\r\nAccept: */*\r\nConnection: close\r\n\r\n"
LATE_HOST = b"GET /x HTTP/1.1\r\nX-A: \r\naccept:\t1 \r\nHost:\ta.org:80 \r\n\r\n"
EARLY = b"GET /x HTTP/1.1\r\nConnection: close\r\nA: b\r\nHost: a\r\n\r\n"  # as wrk sends it now and then
SEEDS = [BROWSER, CURL, LATE_HOST, EARLY]


@pytest.mark.parametrize("data, groups", [
    (BROWSER, (b"/page%20one.txt?q=1&w=%E8%8C%B6", None, None)), (CURL, (b"/", None, b"close")),
    (LATE_HOST, (b"/x", None, None)), (EARLY, (b"/x", b"close", None)),
])
def test_what_browsers_and_curl_send_is_plain(data, groups):
    assert PLAIN.match(data).groups() == groups and PLAIN.match(data).end() == len(data)
    assert PLAIN.match(b"?" + data + data, 1).end() == len(data) + 1  # the first of two


def plain_with(line):
    return b"GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\n" + line + b"\r\n\r\n"


@pytest.mark.parametrize("data", [
    CURL[:-1], CURL[:-2], CURL.replace(b"GET", b"HEAD"), CURL.replace(b"1.1", b"1.0"), CURL.replace(b"\r\n", b"\n"),
    CURL.replace(b" / ", b" /# "), CURL.replace(b" / ", b" /% "), CURL.replace(b" / ", b" /%4 "),
    CURL.replace(b" / ", b"  / "), CURL.replace(b" / ", b" http://a/ "), CURL.replace(b" / ", b" /\x7f "),
    CURL.replace(b"a.org", b"a b"), CURL.replace(b"a.org", b""), CURL.replace(b"a.org", b"[::1]"),
    CURL.replace(b"Host", b"Hose"), CURL.replace(b"close", b"close, upgrade"), CURL.replace(b"close", b"closed"),
    b"\r\n" + CURL,
    *map(plain_with, [
        b"Host: a", b"hOsT: b", b"Content-Length: 0", b"content-length:0", b"Transfer-Encoding: chunked", b"TE : a",
        b"Range: bytes=0-1", b"rANGE: bytes=0-1", b"If-None-Match: *", b"if-match: *", b"If-Modified-Since: x",
        b"Expect: 100-continue", b"Trailer: x", b"Connection: upgrade", b"CONNECTION: close", b" folded", b"\tfolded",
        b"A b: c", b"no colon", b": no name", b"A:\x00", b"A:\x0b", b"A: b\rC: d", b"A: b\nC: d", b"\x80: b",
        b"A\x00: b", b"A" * 257 + b": b",
    ]),
    plain_with(b"\r\n".join([b"A: b"] * 100)),
])
def test_what_is_special_broken_or_unfinished_is_left_to_the_reader(data):
    assert PLAIN.match(data) is None


def check(data):
    """Return whether `data` begins with a plain request, after a look at how the parser understands it."""
    plain = PLAIN.match(data)
    if plain is None:
        return False
    parser = RequestParser(Limits(line=10**6, head=10**6))
    parser.feed(data[:plain.end()])
    request = parser.next_event()
    target, *closes = plain.groups()
    assert (request.method, request.target, request.version) == ("GET", target.decode(), (1, 1))
    assert request.length == 0 and request.keep_alive is (closes == [None, None]) and parser.between_messages
    assert not {"range", "if-range", "if-match", "if-none-match", "expect"} & set(request.headers.fields)
    return True


@pytest.mark.parametrize("rounds", [4000, pytest.param(500_000, marks=pytest.mark.soak)])
def test_the_reader_agrees_with_every_match(rounds):
    rng, corpus = random.Random(9110), SEEDS + [data for _, data, *_ in HARMLESS + REFUSED if len(data) < 2000]
    heads = (mutate(rng, corpus if rng.random() < 0.3 else SEEDS, TOKENS) for _ in range(rounds))
    assert sum(map(check, heads)) > rounds // 20


@pytest.mark.parametrize("_, data, status", [pytest.param(*case, id=case[0]) for case in REFUSED])
def test_no_smuggler_is_plain(_, data, status):
    check(data)


@pytest.fixture
def site(tmp_path):
    for name in ("index.html", "page one.txt", "x"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "large").write_bytes(b"l" * 60_000)
    return StaticFiles(tmp_path)


@pytest.mark.sample(5)
@pytest.mark.parametrize("together", [1, 3, 40])
@pytest.mark.parametrize("size", [None, 1, 7, 500])
@pytest.mark.parametrize("log", [False, True])
def test_both_ways_answer_alike(site, together, size, log):
    others = (b"HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /x HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\r\n",
              b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    asked = (BROWSER + LATE_HOST + b"".join(others)) * together + CURL + BROWSER
    sent, lines = [], []
    for app in (site, site, lambda request: site(request)):  # the first time nothing is in memory; a function has none
        said = []
        protocol, transport = connect(app, access_log=said.append if log else None)
        feed(protocol, transport, asked, size)
        sent.append(bytes(transport.sent))
        lines.append(said)
        assert transport.ended or transport.closed  # CURL asked for it, and what follows it is not answered
        protocol.connection_lost(None)
    assert sent[0] == sent[1] == sent[2] and lines[0] == lines[1] == lines[2]
    assert len(answers(sent[0], ["GET", "GET", "HEAD", "GET", "GET", "GET"] * together + ["GET"])) == 6 * together + 1


def test_few_fields_or_a_short_line_are_still_too_many_where_the_limits_say_so(site):
    site_limits = (Limits(fields=1), 431), (Limits(line=20), 414), (Limits(head=40), 431)
    for limits, status in site_limits:
        for _ in range(2):
            protocol, transport = connect(site, limits=limits)
            feed(protocol, transport, BROWSER)
            assert answers(transport.sent)[0].status == status
            protocol.connection_lost(None)


def test_who_asks_for_much_at_once_and_reads_nothing_is_not_answered_beforehand(site):
    small, page = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
    for app in (site, lambda request: Response(200, [], b"l" * 60_000)):
        protocol, transport = connect(app, limit=65_536)
        for data in (page, small, page * 1000):
            feed(protocol, transport, data)
        assert len(transport.sent) < 1 << 20
        seen = 0
        while transport.full:  # and when it reads, it gets all
            seen += transport.full
            transport.take()
        assert seen == len(transport.sent) > 60_000_000
        protocol.connection_lost(None)
