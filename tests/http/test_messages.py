"""Messages in detail: headers, targets, limits, responses; how input is cut is for test_smuggling and test_fuzz."""

from __future__ import annotations

import contextlib
import datetime
import io

import pytest

from netio.http import FileBody, Limits, ProtocolError, Request, RequestParser, Response, ResponseParser, parse_form
from netio.http.messages import (
    Headers, decode_percent, encode_head, format_date, format_fields, parse_request, parse_response,
)
from netio.http.messages.headers import content_length_of, field_name
from netio.http.messages.requests import is_host


def parse(*fields, line="GET / HTTP/1.1", host="Host: a"):
    return parse_request("\r\n".join([line, *([host] if host else []), *fields]).encode("latin-1"))


def test_headers_are_found_whatever_their_case_and_repeats_are_joined():
    headers = parse("Accept:text/html", "X-Empty:", "ACCEPT: \t */* \t", "Cookie: a=1", "x: é").headers
    assert headers["accept"] == "text/html, */*" and headers.all("Accept") == ["text/html", "*/*"]
    assert (
        headers["x-empty"] == ""
        and headers.get("x") == "é"
        and "cookie" in headers
        and "nothing" not in headers
        and 5 not in headers
    )
    assert (
        len(headers) == 6
        and dict(headers)["cookie"] == "a=1"
        and headers.get("nothing", "else") == "else"
        and headers.all("nothing") == []
    )
    with pytest.raises(KeyError):
        headers["nothing"]


def test_headers_can_be_copied_and_added_to():
    first = Headers([("a", "1"), ("A", "2")])
    second = first.copy()
    second.add("a", "3")
    second.add("b", "4")
    assert first.all("a") == ["1", "2"] and second.all("a") == ["1", "2", "3"] and "b" not in first


def test_requests_with_equal_header_lines_do_not_share_their_headers():
    one, two = parse("X: 1"), parse("X: 1")
    one.headers.add("x", "2")
    assert two.headers["x"] == "1"


@pytest.mark.parametrize(
    "name, value",
    [
        ("a b", "c"),
        ("", "c"),
        ("a:", "c"),
        ("a\r\n", "c"),
        ("a", "b\r\nc: d"),
        ("a", "b\nc"),
        ("a", "b\0"),
        ("a", "\x7f"),
        ("ä", "b"),
        ("a", "茶"),
    ],
)
def test_headers_that_would_forge_others_are_not_sent(name, value):
    with pytest.raises(ValueError):
        format_fields([(name, value)])


@pytest.mark.parametrize(
    "target, host, path, query",
    [
        ("/", "a", "/", ""),
        ("/a%20b?c=d?e", "a", "/a b", "c=d?e"),
        ("/%E8%8C%B6", "a", "/茶", ""),
        ("//evil/x", "a", "//evil/x", ""),
        ("/%252e", "a", "/%2e", ""),
        ("/a?b=http://c/d", "a", "/a", "b=http://c/d"),
        ("http://b", "b", "/", ""),
        ("http://b?c", "b", "/", "c"),
        ("HTTP://b:80/c%2Fd?e", "b:80", "/c/d", "e"),
        ("https://[::1]:8/x", "[::1]:8", "/x", ""),
    ],
)
def test_targets(target, host, path, query):
    request = parse(line=f"GET {target} HTTP/1.1")
    assert (request.host, request.path, request.query, request.target) == (host, path, query, target)


def test_the_target_of_options_may_be_the_server():
    assert parse(line="OPTIONS * HTTP/1.1").path == "*" and parse(line="OPTIONS http://a HTTP/1.1").path == "*"
    assert parse(line="OPTIONS http://a/ HTTP/1.1").path == "/"


def test_a_path_that_is_no_text_is_refused_when_it_is_asked_for():
    request = parse(line="GET /%ff HTTP/1.1")
    with pytest.raises(ProtocolError):
        request.path
    assert parse(line="GET /\xe8\x8c\xb6 HTTP/1.1").path == "/茶"  # sent raw, as curl does


def test_forms():
    assert parse_form("a=1&a=2&b=%26+%3D&&=x&c") == {"a": ["1", "2"], "b": ["& ="], "": ["x"], "c": [""]}
    for raw in ("q=茶&é=%C3%A9", "q=茶&é=%C3%A9".encode()):
        assert parse_form(raw) == {"q": ["茶"], "é": ["é"]}
    with pytest.raises(ProtocolError):
        parse_form("&".join(["a"] * 1001))
    assert parse_form("&".join(["a"] * 1000)) == {"a": [""] * 1000}
    with pytest.raises(ProtocolError):
        decode_percent("%g0")
    for query in ("%E8%8C%B6", "\xe8\x8c\xb6", "\xe8%8C\xb6", "茶"):  # the last by hand
        assert Request("GET", f"/?q={query}").arguments == {"q": ["茶"]}
        assert Request("GET", f"/{query}").path == "/茶"


def test_limits_are_exact():
    for limits, data in (
        (Limits(line=20), b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 6)),
        (Limits(fields=3), b"GET / HTTP/1.1\r\nHost: a\r\nB: c\r\nD: e\r\n\r\n"),
        (Limits(head=27), b"GET / HTTP/1.1\r\nHost: aaaaa\r\n\r\n"),
    ):
        parser = RequestParser(limits)
        parser.feed(data)
        assert isinstance(parser.next_event(), Request)
        for more in ((b"GET /", b"GET /a"), (b"\r\n\r\n", b"\r\nF: g\r\n\r\n")):
            parser = RequestParser(limits)
            parser.feed(data.replace(*more))
            if limits.line == 20 and more[0] == b"\r\n\r\n" or limits.fields == 3 and more[0] == b"GET /":
                assert isinstance(parser.next_event(), Request)
                continue
            with pytest.raises(ProtocolError) as refused:
                parser.next_event()
            assert refused.value.status == (414 if limits.line == 20 else 431)


@pytest.mark.parametrize("limits, longest, status", [
    (Limits(line=20), b"GET /" + b"a" * 15, 414), (Limits(head=27), b"GET / HTTP/1.1\r\nHost: aaaaa", 431),
    (Limits(body=4), b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\naaaa\r\n1\r\n", 413)])
def test_limits_of_what_has_not_ended_are_exact(limits, longest, status):
    parser = RequestParser(limits)
    parser.feed(longest[:-3] if limits.body == 4 else longest)
    events = [parser.next_event() for _ in range(3)]
    assert events[0] is None or isinstance(events[0], Request) and events[1:] == [b"aaaa", None]
    parser.feed(longest[-3:] if limits.body == 4 else b"a")
    with pytest.raises(ProtocolError) as refused:
        parser.next_event()
    assert refused.value.status == status


@pytest.mark.parametrize("limits, longest", [
    (Limits(head=60), b"A: %b\r\n" % (b"a" * 55)), (Limits(fields=3), b"A: a\r\nB: b\r\nC: c\r\n"),
])
def test_limits_of_trailers_are_exact(limits, longest):
    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    for trailers in (longest, longest.replace(b"A: ", b"D: d\r\nA: ") if limits.fields == 3 else b"A" + longest):
        parser = RequestParser(limits)
        parser.feed(chunked + trailers + b"\r\n")
        assert isinstance(parser.next_event(), Request)
        if trailers == longest:
            assert parser.next_event() == b"" and parser.trailers["a"].startswith("a")
        else:
            with pytest.raises(ProtocolError, match="too many trailers"):
                parser.next_event()


def test_response_heads():
    assert (
        encode_head(200, [("Content-Length", "3"), ("Connection", "close"), ("Date", "x")], 3)
        == b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
    )
    assert encode_head(304, [("Content-Length", "9")], 0) == b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n"
    for status in (299, 599):
        assert encode_head(status, [], None) == b"HTTP/1.1 %d Unknown\r\n" % status
    for status, headers, length in (
        (100, [], 0),
        (600, [], 0),
        (200, [("Content-Length", "4")], 3),
        (200, [("Transfer-Encoding", "x")], 3),
    ):
        with pytest.raises(ValueError):
            encode_head(status, headers, length)
    with pytest.raises(ProtocolError):
        content_length_of("1, 1")
    assert content_length_of("1".zfill(40)) == 1
    with pytest.raises(ProtocolError):
        content_length_of("1".zfill(41))
    for length in 256, 257:
        with pytest.raises(ProtocolError) if length > 256 else contextlib.nullcontext():
            assert field_name("a" * length) == "a" * 256


def test_a_response_is_marked_as_encoded_when_all_is_known_of_it():
    class Watched(Response):
        def header(self, name):
            assert self._head is None  # else another thread would take it for done
            return super().header(name)

    response = Watched(200, [("Connection", "close")])
    response.encode()
    assert response.closes and response._head


def test_the_length_of_a_response():
    assert Response(200, [], b"abc").length == 3 and Response(200, [], FileBody(io.BytesIO(), 5, 7)).length == 7
    assert (
        Response(200, [], iter([b"a"])).length is None
        and Response(200, [("content-length", "1")], iter([b"a"])).length == 1
    )


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/2 200 OK",
        b"ICY 200 OK",
        b"HTTP/1.1 200 OK\r\n a: b",
        b"HTTP/1.1 099 Early",
        b"HTTP/1.1 000 Zero",
        b"HTTP/2.0 200 OK",
        b"HTTP/1.x 200 OK",
        b"HTTP/1./ 200 OK",
        b"HTTP/1.: 200 OK",
        b"HTTP/1.10 200 OK",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\nTransfer-Encoding: chunked",
    ],
)
def test_what_is_no_response(head):
    with pytest.raises(ProtocolError) as refused:
        parse_response(head)
    assert refused.value.status == 502


def test_reading_responses():
    assert [parse_response(b"HTTP/1.%d 200 OK" % minor)[0].status for minor in (0, 1, 9)] == [200] * 3
    parser = ResponseParser()
    parser.methods += ["HEAD", "GET", "GET"]
    parser.feed(
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
        b"HTTP/1.0 200\r\n\r\nrest"
    )
    assert [parser.next_event() for _ in range(8)][1::2][:2] == [b"", b""]
    parser = ResponseParser()
    parser.feed(b"HTTP/1.0 200\r\n\r\nrest")
    assert parser.next_event().status == 200 and parser.next_event() == b"rest" and parser.next_event() is None
    parser.feed_eof()
    assert parser.next_event() == b"" and parser.next_event() is None and parser.between_messages
    parser.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    assert parser.next_event() and parser.next_event() == b"hel"
    with pytest.raises(EOFError):
        parser.feed_eof()


@pytest.mark.parametrize("fold", [b"\r\n ", b"\r\n\t", b" \r\n \t ", b"\r\n \r\n "])
def test_a_folded_field_of_a_response_is_unfolded(fold):
    response, length, _ = parse_response(b"HTTP/1.1 200 OK\r\nA: one" + fold + b"two\r\nContent-Length:" + fold + b"5")
    assert response.header("a").split() == ["one", "two"] and length == 5
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: one" + fold + b"two\r\n\r\n")
    assert parser.next_event() and parser.next_event() == b"" and parser.trailers["a"].split() == ["one", "two"]
    with pytest.raises(ProtocolError):
        parse_request(b"GET / HTTP/1.1\r\nHost: a\r\nA: one" + fold + b"two")


def test_a_response_may_be_of_a_later_minor_version():
    assert parse_response(b"HTTP/1.2 200 OK")[0].status == 200


@pytest.mark.parametrize("size", [None, 1, 1000])
def test_interim_responses_are_left_out_up_to_a_limit(size):
    def parse(count):
        parser = ResponseParser(Limits(interim=5))
        for _ in range(2):
            data = b"HTTP/1.1 103 Early Hints\r\n\r\n" * count + b"HTTP/1.1 204 No Content\r\n\r\n"
            for at in range(0, len(data), size or len(data)):
                parser.feed(data[at : at + (size or len(data))])
                event = parser.next_event()
            assert event.status == 204 and parser.next_event() == b""
        return parser

    parse(5)
    with pytest.raises(ProtocolError) as refused:
        parse(6)
    assert refused.value.status == 502
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000)
    with pytest.raises(ProtocolError):
        parser.next_event()


def test_switching_protocols_is_a_final_response():
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nNONSENSE")
    assert parser.next_event().status == 101 and parser.next_event() == b"" and parser.buffered == 8


@pytest.mark.parametrize("rest", [b"Content-Length: 101\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
                                  b"Transfer-Encoding: chunked\r\n\r\nff\r\n", b"A: " + b"x" * 40_000])
def test_whatever_is_wrong_with_a_response_is_the_servers_fault(rest):
    parser = ResponseParser(Limits(body=100))
    for data in (b"HTTP/1.1 200 OK\r\n" + rest, b""):
        parser.feed(data)
        with pytest.raises(ProtocolError) as refused:
            while parser.next_event() is not None:
                pass
        assert refused.value.status == 502


def test_dates():
    for seconds in (0, 951782400, 951868799, 4107542399, 10_000_000_000, 253402300799):
        then = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        name = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[then.month - 1]
        day = "Mon Tue Wed Thu Fri Sat Sun".split()[then.weekday()]
        assert format_date(seconds) == f"{day}, {then.day:02} {name} {then.year} {then:%H:%M:%S} GMT"
    assert format_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT" and format_date(0.999) == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_hosts():
    good = ["a", "a-b.c_d", "a:0", "a:65535", "[::1]", "127.0.0.1:8000", "a%20b", "a:", "", "a" * 1024]
    assert all(map(is_host, good))
    assert not any(map(is_host, ["a" * 1025, "a:123456", "[::1", "[x]", "a:b:c", "é"]))
