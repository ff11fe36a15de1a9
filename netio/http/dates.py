"""Dates that a client sends back, in the three forms that HTTP has had; sending them needs one form: `format_date` in
messages."""
from __future__ import annotations

from .messages.responses import civil_date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse_date(text: str) -> int | None:
    """Return the seconds since 1970 that an HTTP date means, or None if it is none; all three forms are understood.

    >>> parse_date("Sun, 06 Nov 1994 08:49:37 GMT")
    784111777
    >>> parse_date("Sunday, 06-Nov-94 08:49:37 GMT") == parse_date("Sun Nov  6 08:49:37 1994") == 784111777
    True
    >>> parse_date("yesterday") is None
    True

    Any word is taken for the weekday, but there must be such a day. A two-digit year is taken from 1970 to 2069.
    Source: RFC 9110 section 5.6.7. The stdlib offers `email.utils.parsedate_to_datetime`, at 14 ms of import.
    """
    words = text.replace("-", " ").split() if text.isascii() else []
    try:
        if len(words) == 6 and words[0].endswith(",") and words[5] == "GMT":
            weekday, day, month, year, clock, _ = words
        elif len(words) == 5:
            weekday, month, day, clock, year = words
        else:
            return None
        if not weekday.rstrip(",").isalpha():  # with a number there, others read another day
            return None
        return _seconds(_number(year), _MONTHS.index(month) + 1, _number(day), clock)
    except ValueError:
        return None


def _number(digits: str) -> int:
    if not digits.isdigit() or len(digits) > 4:  # int() takes "+5" and "1_0" as well
        raise ValueError(f"not a number of a date: {digits[:40]!r}")
    return int(digits)


def _seconds(year: int, month: int, day: int, clock: str) -> int:
    """Days since 1970 by the civil calendar (the year begins in March, so that the leap day comes last), and the
    clock."""
    hour, minute, second = map(_number, clock.split(":"))
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not (hour < 24 and minute < 60 and second <= 60 and 1970 <= year <= 9999):
        raise ValueError(f"no such time: {year}-{month}-{day} {clock}")
    march_year, march_month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    years = march_year * 365 + march_year // 4 - march_year // 100 + march_year // 400
    days = years + (march_month * 153 + 2) // 5 + day - 719469
    if civil_date(days) != (year, month, day):
        raise ValueError(f"no such day: {year}-{month}-{day}")
    return days * 86400 + hour * 3600 + minute * 60 + second
