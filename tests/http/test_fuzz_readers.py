"""What a reader of ours takes, the standard library's must not read differently; whole and cut input must agree."""
from __future__ import annotations

import contextlib
import email.message
import email.parser
import email.policy
import email.utils
import http.client
import io
import re
import urllib.parse
from datetime import timezone

import pytest

from netio.http import ProtocolError, RequestParser, ResponseParser
from netio.http.auth import parse_basic
from netio.http.client import split_url
from netio.http.conditions import evaluate_preconditions, parse_etags
from netio.http.dates import parse_date
from netio.http.encodings import accepts_gzip, prefers_chinese
from netio.http.forms import Data, FormError, FormParser, Part, form_boundary
from netio.http.messages import HTTPError, parse_form
from netio.http.ranges import coalesce, parse_ranges
from netio.http.static.paths import PathError, quote_path, split_path

from ..fuzzing import cut, mutate, mutate_text, rounds
from .test_fuzz import ANSWERS, LIMITS, SEEDS, TOKENS


# What http.client reads against RFC 9112: interim responses other than 100, a Transfer-Encoding with blanks after it or
# on a folded line.
MISREAD = re.compile(rb"\AHTTP/1.1 1(?!00)|transfer-encoding:[^\r]*(?:[ \t]\r\n|\r\n[ \t])", re.IGNORECASE)


class Wire:
    """What http.client reads instead of a socket."""

    def __init__(self, data):
        self.data = data

    def makefile(self, mode):
        return io.BytesIO(self.data)


def read_all(parser, data):
    """Return (head, body) of the first whole message, or None."""
    with contextlib.suppress(ProtocolError):
        parser.feed(data)
        head, body = parser.next_event(), b""
        while head is not None and (piece := parser.next_event()) is not None:
            if not isinstance(piece, bytes) or not piece:  # CONNECT has no body, and no end of one
                return head, body
            body += piece
    return None


def fields_of(headers):
    """Return {name: values}, as one compares them: a folded line means a blank."""
    found = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(re.sub("[ \t\r\n]+", " ", value).strip(" "))
    return found


def read_by_client(data):
    """Return (status, fields, body) as http.client reads a response."""
    response = http.client.HTTPResponse(Wire(data), method="GET")
    response.begin()
    return response.status, fields_of(response.getheaders()), response.read()


@rounds(2000)
def test_http_client_reads_the_same_responses(rounds, rng):
    taken = 0
    for number in range(rounds):
        data = mutate(rng, ANSWERS, TOKENS).removeprefix(b"\r\n")  # which only ours forgives
        if (mine := read_all(ResponseParser(LIMITS), data)) is None or MISREAD.search(data):
            continue
        response, body = mine
        if response.status in (204, 304):  # after which http.client reads chunks
            continue
        taken += 1
        try:
            status, fields, theirs = read_by_client(data)
        except (http.client.HTTPException, ValueError):  # to refuse is not to read otherwise
            continue
        assert (status, theirs) == (response.status, body), (number, data)
        assert fields == fields_of(response.headers), (number, data)
    assert rounds > taken > rounds // 40


@rounds(2000)
def test_http_client_reads_the_same_heads_and_bodies_of_requests(rounds, rng):
    taken = 0
    for number in range(rounds):
        data = mutate(rng, SEEDS, TOKENS)
        if (mine := read_all(RequestParser(LIMITS), data)) is None:
            continue
        taken += 1
        request, body = mine
        line, _, rest = data.removeprefix(b"\r\n").partition(b"\r\n")
        if re.search(rb"[ \t]\r\n", rest):  # http.client keeps blanks at the end of a value, against RFC 9110 5.5
            continue
        assert line.split(b" ") == [request.method.encode(), request.target.encode("latin-1"), line[-8:]]
        if request.length == 0 and not body:  # a response without a length would go on to the end
            rest = b"Content-Length: 0\r\n" + rest if request.headers.get("content-length") is None else rest
        _, fields, theirs = read_by_client(b"HTTP/1.1 200 OK\r\n" + rest)
        assert theirs == body, (number, data)
        named = fields_of(request.headers)
        assert {name: values for name, values in fields.items() if name in named} == named, (number, data)
    assert rounds > taken > rounds // 40


# Forms with files.

HEADS = [b'Content-Disposition: form-data; name="f"; filename="a.txt"', b'Content-Disposition: form-data; name="c"',
         b'content-disposition:form-data;name=f;filename="a b"\r\nContent-Type: text/plain',
         b'Content-Disposition: form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream']
NEXT = b"\r\n\r\nhello\r\n--xx\r\n"
FORMS = [b"--xx\r\n" + NEXT.join(HEADS[at:]) + b"\r\n\r\nbye\r\n--xx--\r\n" for at in range(4)]
FORM_TOKENS = [b"\r\n", b"--xx", b"\r\n--xx\r\n", b"--xx--", b"\r", b"\n", b";", b'"', b"=", b"filename", b"name=",
               b":", b"Content-Transfer-Encoding: binary\r\n", b"\0", b"\xff", b"x" * 100, b'; filename="b"',
               b"filename*="]


def parts_of(pieces):
    """Return ([(name, filename, data)] of what was read, whether it was whole, the error)."""
    parser, parts = FormParser(b"xx"), []
    try:
        for piece in pieces:
            for event in parser.feed(piece):
                if isinstance(event, Part):
                    parts.append([*event, b""])
                elif isinstance(event, Data):
                    parts[-1][2] += event.data
    except FormError as error:
        return parts, False, str(error)
    return parts, parser.finished, ""


@rounds(800)
def test_forms_are_read_alike_however_they_are_cut_and_by_email(rounds, rng):
    taken = 0
    for number in range(rounds):
        data = mutate(rng, FORMS, FORM_TOKENS)
        parts, finished, error = parts_of([data])
        pieces = cut(rng, data)
        again, finished_again, error_again = parts_of(pieces)
        assert (finished, bool(error)) == (finished_again, bool(error_again)), (number, pieces, error, error_again)
        assert error or parts == again, (number, pieces)
        if not finished or re.search(rb"(?<!\r)\n|\r(?!\n)|\\", data):  # email ends lines anywhere, and unescapes
            continue
        taken += 1
        head = b"Content-Type: multipart/form-data; boundary=xx\r\n\r\n"
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + data)
        theirs = [part.get_filename() for part in message.iter_parts()] if message.is_multipart() else []
        mine = [part[1] and part[1].strip() or None for part in parts]
        assert mine == [name and name.strip() or None for name in theirs], (number, data)
    assert rounds > taken > rounds // 40


# Single values.

TEXTS = ["bytes=0-5", "bytes=5-", "bytes=-5", "bytes=0-0,2-3, 9-", 'W/"a", "b"', "*", '"x"', "gzip;q=0.5, br",
         "zh-CN,en;q=0", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
         "a=1&b=2&a=%41+", 'multipart/form-data; boundary="x y"', "Basic QTpi", "http://a.example:80/b?c",
         "/a/b%20c/%2e%2e/d", "/"]
TEXT_TOKENS = [",", ";", "=", "q=", "-", '"', "\\", " ", "\t", "%", "%00", "%2f", "..", "&", "+", "\0", "\xe9",
               "9" * 30, "0", "/", "//", ":", "@", "[", "]", "bytes", "GMT", "*", "a" * 50]
HARMLESS = (ValueError, HTTPError, FormError, PathError)


@pytest.mark.parametrize("read", [
    parse_etags, parse_date, accepts_gzip, prefers_chinese, parse_form, form_boundary, parse_basic, split_url,
    split_path, lambda text: parse_ranges(text, 100),
    lambda text: evaluate_preconditions("GET", {"if-none-match": text, "if-modified-since": text}, '"x"', 784111777),
], ids=["etags", "date", "gzip", "chinese", "form", "boundary", "basic", "url", "path", "ranges", "conditions"])
@rounds(300, 100_000)
def test_only_documented_errors_come_out(read, rounds, rng):
    for _ in range(rounds):
        with contextlib.suppress(*HARMLESS):
            read(mutate_text(rng, TEXTS, TEXT_TOKENS))


@rounds(1000)
def test_what_is_read_means_what_it_means_elsewhere(rounds, rng):
    for _ in range(rounds):
        text = mutate_text(rng, TEXTS, TEXT_TOKENS)
        check_ranges(text)
        check_date(text)
        check_form(text)
        check_path(text)


def check_ranges(text):
    ranges = parse_ranges(text, 100)
    assert not ranges or all(0 <= start < stop <= 100 for start, stop in ranges), text
    assert not ranges or sum(stop - start for start, stop in coalesce(ranges)) <= 100, text


def check_date(text):
    if (seconds := parse_date(text)) is not None:
        with contextlib.suppress(ValueError, TypeError):  # it refuses the second 60, say
            assert seconds == email.utils.parsedate_to_datetime(text).replace(tzinfo=timezone.utc).timestamp(), text


def check_form(text):
    with contextlib.suppress(*HARMLESS):
        assert parse_form(text) == urllib.parse.parse_qs(text, keep_blank_values=True), text


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec xyz".split()


@rounds(500)
def test_a_date_is_read_as_email_reads_it_or_not_at_all(rounds, rng):
    taken = 0
    for _ in range(rounds):
        day, year, month = rng.randrange(33), rng.choice((rng.randrange(1970, 2100), 1900, 2000)), rng.choice(MONTHS)
        clock = "%02d:%02d:%02d" % (rng.randrange(25), rng.randrange(61), rng.randrange(61))
        text = rng.choice((f"Sun, {day:02} {month} {year} {clock} GMT", f"Sun, {day:02}-{month}-{year} {clock} GMT",
                           f"Sun {month} {day:2} {clock} {year}"))
        if rng.random() < 0.3:
            text = mutate_text(rng, [text], TEXT_TOKENS)
        if (seconds := parse_date(text)) is not None and not re.search("[ -]0*69 ", text):  # 2069 to us, 1969 to email
            taken += 1
            with contextlib.suppress(ValueError):  # it wants a good weekday, and refuses the second 60
                theirs = email.utils.parsedate_to_datetime(text)
                assert seconds == theirs.replace(tzinfo=timezone.utc).timestamp(), text
    assert rounds > taken > rounds // 10


def check_path(text):
    with contextlib.suppress(*HARMLESS):
        names = split_path(text)
        assert all(name not in ("", ".", "..") and not set(name) & set("/\0") for name in names), text
        assert split_path(quote_path(names)) == names, text
