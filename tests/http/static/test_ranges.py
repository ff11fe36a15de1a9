"""Range headers: the grammar, the arithmetic, joining and the limits."""

from __future__ import annotations

import random

import pytest

from netio.http.ranges import MAX_RANGES, coalesce, content_range, parse_ranges, part_heads


@pytest.mark.parametrize(
    "text, expected",
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-", [(0, 1000)]),
        ("bytes=999-", [(999, 1000)]),
        ("bytes=1000-", []),
        ("bytes=-1", [(999, 1000)]),
        ("bytes=-5000", [(0, 1000)]),
        ("bytes=-0", []),
        ("bytes=0-99999", [(0, 1000)]),
        ("bytes=5-4", []),
        ("bytes=", []),
        ("bytes=a-b", []),
        ("bytes=1-2-3", []),
        ("bytes=--1", []),
        ("bytes=+1-2", []),
        ("bytes=1", []),
        ("bytes=-", []),
        ("BYTES= 0-1 , 500-501 ", [(0, 2), (500, 502)]),
        ("bytes=0-1,,", [(0, 2)]),
        ("bytes=0-1,2000-", [(0, 2)]),
        ("items=0-1", None),
        ("bytes", None),
        ("bytes =0-1", None),
        ("bytes=\xa00-1", []),
        ("", None),
        ("bytes=" + "9" * 30 + "-", []),
        ("bytes=١-٢", []),
    ],
)
def test_what_a_header_means(text, expected):
    assert parse_ranges(text, 1000) == expected


@pytest.mark.parametrize("text", ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-5,0-", "bytes=7-"])
def test_an_empty_file_has_no_parts_and_is_sent_whole(text):
    assert parse_ranges(text, 0) is None


@pytest.mark.parametrize("text, found", [
    (f"bytes=0-{10**19}", [(0, 10)]), (f"bytes=0-{'9' * 5000}", [(0, 10)]), (f"bytes=-{'9' * 5000}", [(0, 10)]),
    (f"bytes={'0' * 5000}3-{'0' * 30}4", [(3, 5)]), (f"bytes={'9' * 5000}-", []), (f"bytes={'9' * 5000}-5", []),
])
def test_a_number_may_have_any_length(text, found):
    assert parse_ranges(text, 10) == found


def test_too_many_ranges_get_the_whole_file():
    assert parse_ranges("bytes=" + ",".join(f"{i * 500}-{i * 500}" for i in range(MAX_RANGES)), 10**6) is not None
    assert parse_ranges("bytes=" + ",".join(["0-"] * (MAX_RANGES + 1)), 10**6) is None


def test_ranges_that_overlap_cannot_multiply_a_file():
    assert parse_ranges("bytes=0-,0-,0-,-1000", 1000) == [(0, 1000)]


def test_coalesced_ranges_cover_the_same_bytes_in_order():
    numbers = random.Random(3)
    for _ in range(500):
        ranges = [
            (start, start + numbers.randint(1, 50)) for start in numbers.choices(range(500), k=numbers.randint(1, 8))
        ]
        joined = coalesce(ranges, gap=1)
        assert {b for s, e in ranges for b in range(s, e)} == {b for s, e in joined for b in range(s, e)}
        assert joined == sorted(joined) and all(first[1] < second[0] for first, second in zip(joined, joined[1:]))


def test_heads_of_parts():
    heads = part_heads([(0, 1), (500, 501)], 1000, "text/plain", "bound")
    assert len(heads) == 3 and heads[0].startswith(b"\r\n--bound\r\n") and heads[-1] == b"\r\n--bound--\r\n"
    assert content_range(500, 501, 1000).encode() in heads[1]
