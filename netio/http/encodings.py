"""What a client prefers: a compressed form by its Accept-Encoding header, Chinese by its Accept-Language."""
from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: str | None) -> bool:
    """Return whether a client that sent this Accept-Encoding takes gzip.

    >>> accepts_gzip("gzip, br"), accepts_gzip("br;q=1.0, *;q=0.1"), accepts_gzip("gzip;q=0"), accepts_gzip(None)
    (True, True, False, False)

    Without the header any coding would do (RFC 9110 section 12.5.3), but such a client can hardly decompress: it gets
    the plain file.
    """
    weights = dict(_parse_weight(item) for item in (accept_encoding or "").lower().split(","))
    named = [weights[name] for name in ("gzip", "x-gzip") if name in weights]
    return max(named) > 0 if named else weights.get("*", 0) > 0


@lru_cache(maxsize=256)
def prefers_chinese(accept_language: str | None) -> bool:
    """Return whether a client with this Accept-Language reads Chinese rather than English.

    >>> prefers_chinese("zh-CN,zh;q=0.9,en;q=0.8"), prefers_chinese("en-GB,zh;q=0.5"), prefers_chinese(None)
    (True, False, False)
    """
    weights = {"zh": 0.0, "en": 0.0}
    for tag, weight in (_parse_weight(item) for item in (accept_language or "").lower().split(",")):
        weights[tag[:2]] = max(weights.get(tag[:2], 0.0), weight)
    return weights["zh"] > weights["en"]


def _parse_weight(item: str) -> tuple[str, float]:
    """Return `gzip;q=0.5` as ('gzip', 0.5); the weight is 1 where there is none, and 0 where it cannot be read."""
    name, semicolon, parameter = item.partition(";")
    key, _, value = parameter.partition("=")
    if not semicolon:
        return name.strip(" \t"), 1.0
    digits = value.strip(" \t")
    good = key.strip(" \t") == "q" and digits.replace(".", "", 1).isdecimal() and digits.isascii()
    return name.strip(" \t"), float(digits) if good else 0.0
