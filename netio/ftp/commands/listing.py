"""What a listing says of a file: as `ls -l` (LIST), and as facts that programs read (MLST, MLSD). Times are UTC."""
from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from .grammar import CommandError

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALF_A_YEAR = 182 * 86400  # seconds
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FACTS = ("type", "size", "modify", "perm", "unique")  # of MLSD and MLST: RFC 3659 section 7.5
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?\Z", re.ASCII)


class Entry(NamedTuple):
    """A file or folder: name, kind, size in bytes, modification time (POSIX seconds), what its user may do with it
    (RFC 3659's letters) and an identity that two names of one file share.

    >>> Entry("a.txt", False, 5, 0.0).size
    5
    """

    name: str
    is_folder: bool
    size: int
    modified: float
    perm: str = "r"
    unique: str = ""


def format_list(entry: Entry, now: float) -> str:
    """Return a line as `ls -l` writes it, which most clients take apart. `now` decides between a time and a year.

    >>> format_list(Entry("a b.txt", False, 1234, 0.0), now=86400.0)
    '-r--r--r--   1 ftp      ftp              1234 Jan 01 00:00 a b.txt'
    >>> format_list(Entry("docs", True, 0, 0.0, "elcm"), now=1e9)
    'drwxr-xr-x   1 ftp      ftp                 0 Jan 01  1970 docs'
    """
    when = _as_datetime(entry.modified)
    day = f"{_MONTHS[when.month - 1]} {when.day:02}"
    recent = -86400 < now - entry.modified < _HALF_A_YEAR
    moment = f"{when.hour:02}:{when.minute:02}" if recent else f"{when.year:5}"
    write = "w" if set(entry.perm) & set("wcm") else "-"
    mode = f"dr{write}xr-xr-x" if entry.is_folder else f"-r{write}-r--r--"
    return f"{mode}   1 ftp      ftp      {entry.size:12} {day} {moment} {entry.name}"


def format_facts(entry: Entry, facts: tuple[str, ...] = FACTS) -> str:
    """Return a line of MLSD: the facts that were asked for, a blank, and the name.

    >>> format_facts(Entry("a b.txt", False, 5, 0.0, "r"), ("type", "size", "modify"))
    'type=file;size=5;modify=19700101000000; a b.txt'

    Source: RFC 3659 section 7.
    """
    known = {"type": "dir" if entry.is_folder else "file", "size": "" if entry.is_folder else str(entry.size),
             "modify": format_time(entry.modified), "perm": entry.perm, "unique": entry.unique}
    return "".join(f"{fact}={known[fact]};" for fact in facts if known[fact]) + f" {entry.name}"


def format_time(seconds: float) -> str:
    """Return a time as MDTM tells it: YYYYMMDDHHMMSS in UTC.

    >>> format_time(1e9)
    '20010909014640'
    """
    when = _as_datetime(seconds)
    return f"{when.year:04}{when.month:02}{when.day:02}{when.hour:02}{when.minute:02}{when.second:02}"


def parse_time(text: str) -> int:
    """Return the POSIX seconds of a time in MDTM's form; parts of a second are cut off.

    >>> parse_time("20010909014640.5")
    1000000000

    Raises: CommandError (501). Source: RFC 3659 section 2.3.
    """
    match = _TIME.match(text)
    try:
        when = datetime(*map(int, match.groups()), tzinfo=timezone.utc)  # type: ignore[union-attr,arg-type,misc]
    except (AttributeError, ValueError):
        raise CommandError(501, "A time is YYYYMMDDHHMMSS.") from None
    return round((when - _EPOCH).total_seconds())


def _as_datetime(seconds: float) -> datetime:
    """Return the time in UTC; a file may claim any, so what no calendar holds becomes the epoch."""
    try:
        return _EPOCH + timedelta(seconds=int(seconds))
    except OverflowError:
        return _EPOCH
