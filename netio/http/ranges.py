"""Parts of a file: which bytes a Range header means, and how several parts travel in one reply.

Ranges that overlap or nearly touch are sent as one, in the order of the file, and a request for too many is answered
with the whole file: otherwise a short header asks for a thousand copies of it.
"""
from __future__ import annotations

MAX_RANGES = 16  # more in one request are an attack: RFC 9110 section 14.2
_PART_COST = 100  # what a part's own head takes, about: a smaller gap is cheaper sent than skipped


def parse_ranges(text: str, size: int, max_ranges: int = MAX_RANGES) -> list[tuple[int, int]] | None:
    """Return the [start, stop) pairs that a Range header asks of `size` bytes; None to send the whole, [] where
    nothing fits (416).

    >>> parse_ranges("bytes=0-99", 1000), parse_ranges("bytes=990-", 1000), parse_ranges("bytes=-5", 1000)
    ([(0, 100)], [(990, 1000)], [(995, 1000)])
    >>> parse_ranges("bytes=500-599,0-0,550-699", 1000)
    [(0, 1), (500, 700)]
    >>> parse_ranges("bytes=1000-", 1000), parse_ranges("lines=1-2", 1000)
    ([], None)

    A header that breaks the grammar fits nothing. An unknown unit, and more than `max_ranges` ranges, get the whole,
    and so does an empty file, of which there are no parts.

    >>> parse_ranges("bytes=-5", 0), parse_ranges("bytes=0-99999999999999999999", 10)
    (None, [(0, 10)])

    Source: RFC 9110 sections 14.1.1, 14.2.
    """
    unit, equals, listed = text.partition("=")
    if not equals or unit.lower() != "bytes":
        return None
    specs = [spec for part in listed.split(",") if (spec := part.strip(" \t"))]
    if len(specs) > max_ranges:
        return None
    found = [_parse_range(spec, size) for spec in specs]
    if None in found:
        return []
    if not size:
        return None
    return coalesce([(start, stop) for start, stop in filter(None, found) if start < stop])


def _parse_range(spec: str, size: int) -> tuple[int, int] | None:
    """Return one spec as [start, stop), empty where it lies past the end; None if it is none."""
    first, dash, last = spec.partition("-")
    if not dash or not all(_is_number(part) for part in (first, last) if part) or not (first or last):
        return None
    if not first:
        return max(0, size - _number(last)), size
    if last and _number(last) < _number(first):
        return None
    return _number(first), min(_number(last) + 1 if last else size, size)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(text: str) -> int:
    """Return a number of any length, a longer one than any file has as the largest: int() would take long for it."""
    digits = text.lstrip("0")
    return int(digits or "0") if len(digits) <= 19 else 10**19


def coalesce(ranges: list[tuple[int, int]], gap: int = _PART_COST) -> list[tuple[int, int]]:
    """Return [start, stop) pairs in order, with those that overlap or lie less than `gap` bytes apart joined.

    >>> coalesce([(300, 400), (0, 10), (5, 20), (21, 30)], gap=2)
    [(0, 30), (300, 400)]
    """
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if joined and start - joined[-1][1] < gap:
            joined[-1] = joined[-1][0], max(joined[-1][1], stop)
        else:
            joined.append((start, stop))
    return joined


def content_range(start: int, stop: int, size: int) -> str:
    """Return the value of Content-Range for the bytes [start, stop) of `size`.

    >>> content_range(0, 100, 1000)
    'bytes 0-99/1000'
    """
    return f"bytes {start}-{stop - 1}/{size}"


def part_heads(ranges: list[tuple[int, int]], size: int, kind: str, boundary: str) -> list[bytes]:
    """Return the head of each part of a multipart/byteranges body and, last, what ends it.

    >>> heads = part_heads([(0, 1), (500, 700)], 1000, "text/plain", "b")
    >>> heads[1]
    b'\\r\\n--b\\r\\nContent-Type: text/plain\\r\\nContent-Range: bytes 500-699/1000\\r\\n\\r\\n'
    >>> heads[2]
    b'\\r\\n--b--\\r\\n'

    Source: RFC 9110 section 14.6.
    """
    head = f"\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Range: "
    heads = [f"{head}{content_range(start, stop, size)}\r\n\r\n" for start, stop in ranges]
    return [text.encode("latin-1") for text in (*heads, f"\r\n--{boundary}--\r\n")]
