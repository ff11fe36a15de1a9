"""Conditional requests: what If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since and If-Range decide.

The strong ETag of a file changes whenever the file is written or replaced: it is made of modification time
(nanoseconds), size and inode number, never of the content, which would have to be read.
"""
from __future__ import annotations

import os
from typing import Mapping

from .dates import parse_date


def file_etag(stat: os.stat_result, suffix: str = "") -> str:
    r"""Return the strong ETag of a file that `os.stat` describes; `suffix` tells encodings of one resource apart.

    >>> file_etag(os.stat_result((0o100644, 7, 0, 1, 0, 0, 5, 0, 1, 0), {"st_mtime_ns": 1_000_000_000}), "gz")
    '"3b9aca00-5-7-gz"'

    Source: RFC 9110 section 8.8.3.
    """
    version = '"%x-%x-%x' % (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return f'{version}-{suffix}"' if suffix else version + '"'


def parse_etags(text: str) -> list[str] | None:
    """Return the entity tags of a list, weak ones with their W/; None if the text is no such list. `*` is itself.

    >>> parse_etags('"a", W/"b,c"'), parse_etags("*"), parse_etags("a, b")
    (['"a"', 'W/"b,c"'], ['*'], None)

    A tag may hold commas, so the list is not simply split. Source: RFC 9110 section 8.8.3.
    """
    rest, tags = text.strip(" \t,"), []
    if rest == "*":
        return ["*"]
    while rest:
        opening = 3 if rest.startswith('W/"') else 1 if rest.startswith('"') else 0
        end = rest.find('"', opening) + 1
        if not opening or not end:
            return None
        tags.append(rest[:end])
        after = rest[end:].lstrip(" \t")
        if after and not after.startswith(","):
            return None
        rest = after.lstrip(" \t,")
    return tags


def matches(tags: list[str] | None, etag: str, weak: bool) -> bool:
    """Return whether a list of tags names this one: `weak` comparison ignores W/, strong never matches a weak tag.

    >>> matches(['W/"a"'], '"a"', weak=True), matches(['W/"a"'], '"a"', weak=False), matches(["*"], '"a"', weak=False)
    (True, False, True)
    """
    if not tags or not etag:
        return False
    return tags == ["*"] or etag in tags or weak and etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in tags]


def evaluate_preconditions(method: str, headers: Mapping[str, str], etag: str, modified: int) -> int:
    """Return 200 where the request may go on, 304 where the client has the current version, 412 where its condition
    fails.

    `headers` maps lower-case names to values; `etag` is '' and `modified` 0 for what does not exist yet.

    >>> evaluate_preconditions("GET", {"if-none-match": 'W/"a", "b"'}, '"a"', 1000)
    304
    >>> [evaluate_preconditions("PUT", {"if-none-match": "*"}, etag, 1000) for etag in ('"a"', "")]
    [412, 200]
    >>> evaluate_preconditions("GET", {"if-modified-since": "Thu, 01 Jan 1970 00:16:40 GMT"}, '"a"', 1000)
    304

    The order is that of RFC 9110 section 13.2.2: a tag beats a date. A date or list that cannot be read is ignored,
    except an unreadable If-Match, which fails: it was meant to prevent a lost update.
    """
    reading = method in ("GET", "HEAD")
    if (wanted := headers.get("if-match")) is not None:
        if not matches(parse_etags(wanted), etag, weak=False):
            return 412
    elif (date := parse_date(headers.get("if-unmodified-since", ""))) is not None and modified > date:
        return 412
    if (known := headers.get("if-none-match")) is not None:
        if matches(parse_etags(known), etag, weak=True):
            return 304 if reading else 412
    elif reading and (date := parse_date(headers.get("if-modified-since", ""))) is not None and modified <= date:
        return 304
    return 200


def if_range_matches(if_range: str | None, etag: str, modified: int) -> bool:
    """Return whether a Range may be honoured: there is no If-Range, or it names the current version exactly.

    >>> [if_range_matches(text, '"a"', 1000) for text in (None, '"a"', 'W/"a"')]
    [True, True, False]

    Source: RFC 9110 section 13.1.5 (strong comparison; a date must be equal).
    """
    if if_range is None:
        return True
    return if_range == etag if '"' in if_range else parse_date(if_range) == modified
