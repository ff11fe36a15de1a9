"""Conditional requests: tags, dates, their order of precedence, and dates in three forms."""

from __future__ import annotations

import email.utils
import os
import random

import pytest

from netio.http.conditions import evaluate_preconditions, file_etag, if_range_matches, matches, parse_etags
from netio.http.dates import parse_date
from netio.http.encodings import accepts_gzip
from netio.http.messages.responses import format_date

NOW = 1_700_000_000
EARLIER, SAME, LATER = (format_date(NOW + seconds) for seconds in (-10, 0, 10))


@pytest.mark.parametrize(
    "method, headers, status",
    [
        ("GET", {}, 200),
        ("GET", {"if-none-match": '"a"'}, 304),
        ("HEAD", {"if-none-match": 'W/"a"'}, 304),
        ("GET", {"if-none-match": '"b", "a"'}, 304),
        ("GET", {"if-none-match": "*"}, 304),
        ("GET", {"if-none-match": '"b"'}, 200),
        ("GET", {"if-none-match": "junk"}, 200),
        ("PUT", {"if-none-match": "*"}, 412),
        ("PUT", {"if-none-match": '"b"'}, 200),
        ("GET", {"if-none-match": '"b"', "if-modified-since": LATER}, 200),  # a tag beats a date
        ("GET", {"if-modified-since": SAME}, 304),
        ("GET", {"if-modified-since": LATER}, 304),
        ("GET", {"if-modified-since": EARLIER}, 200),
        ("GET", {"if-modified-since": "yesterday"}, 200),
        ("PUT", {"if-modified-since": SAME}, 200),
        ("GET", {"if-match": '"a"'}, 200),
        ("GET", {"if-match": "*"}, 200),
        ("GET", {"if-match": 'W/"a"'}, 412),
        ("GET", {"if-match": '"b"'}, 412),
        ("PUT", {"if-match": "junk"}, 412),
        ("GET", {"if-unmodified-since": EARLIER}, 412),
        ("GET", {"if-unmodified-since": SAME}, 200),
        ("GET", {"if-unmodified-since": "?"}, 200),
        ("GET", {"if-match": '"a"', "if-unmodified-since": EARLIER}, 200),
        ("GET", {"if-match": '"b"', "if-none-match": '"a"'}, 412),
        ("GET", {"if-match": '"a"', "if-none-match": '"a"'}, 304),
    ],
)
def test_the_order_of_rfc_9110_section_13_2_2(method, headers, status):
    assert evaluate_preconditions(method, headers, '"a"', NOW) == status


def test_conditions_on_what_does_not_exist_yet():
    assert evaluate_preconditions("PUT", {"if-none-match": "*"}, "", 0) == 200
    assert evaluate_preconditions("PUT", {"if-match": "*"}, "", 0) == 412


@pytest.mark.parametrize(
    "text, tags",
    [
        ('"a"', ['"a"']),
        ('"a","b"', ['"a"', '"b"']),
        (' , "a" ,, W/"b" ', ['"a"', 'W/"b"']),
        ('""', ['""']),
        ('"a,b"', ['"a,b"']),
        ("*", ["*"]),
        ("", []),
        ('w/"a"', None),
        ('"a', None),
        ('"a" "b"', None),
        ("a", None),
        ('"a"x', None),
    ],
)
def test_lists_of_tags(text, tags):
    assert parse_etags(text) == tags


def test_weak_tags_match_weakly_only():
    assert matches(['"a"'], 'W/"a"', weak=True) and not matches(['W/"a"'], '"a"', weak=False)
    assert (
        not matches(None, '"a"', weak=True) and not matches([], '"a"', weak=True) and not matches(["*"], "", weak=True)
    )


@pytest.mark.parametrize(
    "value, applies",
    [
        (None, True),
        ('"a"', True),
        ('"b"', False),
        ('W/"a"', False),
        (SAME, True),
        (LATER, False),
        (EARLIER, False),
        ("?", False),
    ],
)
def test_if_range_must_be_exact(value, applies):
    assert if_range_matches(value, '"a"', NOW) is applies


def test_the_tag_changes_with_the_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    first = file_etag(os.stat(path))
    os.utime(path, ns=(1, 1))
    second = file_etag(os.stat(path))
    (tmp_path / "b").write_bytes(b"two")
    os.utime(tmp_path / "b", ns=(1, 1))
    os.replace(tmp_path / "b", path)
    third = file_etag(os.stat(path))
    assert len({first, second, third}) == 3 and all(tag[0] == tag[-1] == '"' for tag in (first, second, third))


def test_dates_agree_with_the_standard_library():
    numbers = random.Random(1)
    for _ in range(500):
        seconds = numbers.randint(0, 4_000_000_000)
        text = email.utils.formatdate(seconds, usegmt=True)
        assert parse_date(text) == seconds and format_date(seconds) == text
    assert parse_date("Sun, 06 Nov 1994 08:49:60 GMT") == parse_date("Sun, 06 Nov 1994 08:50:00 GMT")  # a leap second
    assert parse_date("Fri, 31 Dec 9999 23:59:59 GMT") == 253402300799
    for year, short in (1970, "70"), (1999, "99"), (2000, "00"), (2069, "69"):
        assert parse_date(f"Sun, 06-Nov-{short} 08:49:37 GMT") == parse_date(f"Sun, 06 Nov {year} 08:49:37 GMT") >= 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "9 Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "Sat, 06 Nov 0100 08:49:37 GMT",
        "Sun, 06 Nov 1 GMT 08:49:37",
        "0",
        "784111777",
        "a b c d e",
        "\x00",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 1995 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1_94 08:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun,\xa006 Nov 1994 08:49:37 GMT",
    ],
)
def test_what_is_no_date(text):
    assert parse_date(text) is None


def test_accepting_gzip():
    for text in ("gzip", "GZIP", "deflate,gzip;q=0.001", "x-gzip", "*", "identity, *;q=1"):
        assert accepts_gzip(text)
    for text in (
        "",
        "br",
        "gzip;q=0",
        "gzip; q=0.000",
        "*;q=0",
        "gzip;q=0, *",
        "gzipp",
        "gzip;q=nan",
        "gzip;q=-1",
        "gzip;q=inf",
        "gzip;q=x",
    ):
        assert not accepts_gzip(text)
