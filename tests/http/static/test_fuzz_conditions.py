"""Conditions and ranges whose meaning is known before they are written down: the rules of RFC 9110, a second time."""
from __future__ import annotations

import email.utils

from netio.http.conditions import evaluate_preconditions, if_range_matches
from netio.http.ranges import MAX_RANGES, parse_ranges

from ...fuzzing import rounds

ETAG, NOW = '"a,b"', 784111777
TAGS = [ETAG, f"W/{ETAG}", '"x"', 'W/"x"', '""', '"a"', '"b"']
COMMAS = [",", ", ", " ,\t", ",,", ", ,"]
UNREADABLE = ["", "yesterday", "Thu, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0100", "784111777", '"x"']


def tags(rng):
    """Return (the tags, how a client writes them), `*` among them now and then."""
    chosen = ["*"] if rng.random() < 0.1 else rng.choices(TAGS, k=rng.choice((1, 1, 2, 3)))
    text = chosen[0] + "".join(rng.choice(COMMAS) + tag for tag in chosen[1:])
    return chosen, rng.choice(("", "", ", ")) + text + rng.choice(("", "", " ,"))


def date(rng):
    """Return (the seconds or None, how a client writes them)."""
    if rng.random() < 0.2:
        return None, rng.choice(UNREADABLE)
    seconds = NOW + rng.choice((-86400, -1, 0, 1, 86400))
    text = email.utils.formatdate(seconds, usegmt=True)
    words = text.replace(",", "").split()
    old = f"{words[0]} {words[1]} {words[2]}"
    return seconds, rng.choice((text, text, f"{old[:3]} {words[2]} {int(words[1]):2} {words[4]} {words[3]}",
                                f"{old[:3]}day, {words[1]}-{words[2]}-{words[3][2:]} {words[4]} GMT"))


def expected(method, meant, exists):
    """RFC 9110 section 13.2.2, step by step."""
    etag, reading = (ETAG if exists else None), method in ("GET", "HEAD")
    if "if-match" in meant:
        if not (exists and (meant["if-match"] == ["*"] or etag in meant["if-match"])):
            return 412
    elif meant.get("if-unmodified-since") is not None and exists and NOW > meant["if-unmodified-since"]:
        return 412
    if "if-none-match" in meant:
        opaque = [tag.replace("W/", "") for tag in meant["if-none-match"]]
        if exists and (opaque == ["*"] or etag in opaque):
            return 304 if reading else 412
    elif reading and exists and meant.get("if-modified-since") is not None and NOW <= meant["if-modified-since"]:
        return 304
    return 200


@rounds(200, 300_000)
def test_conditions_decide_as_the_rfc_says(rounds, rng):
    seen = set()
    for number in range(rounds):
        headers, meant = {}, {}
        for name in rng.sample(("if-match", "if-none-match", "if-unmodified-since", "if-modified-since"),
                               rng.choice((1, 1, 2, 3))):
            meant[name], headers[name] = tags(rng) if name.endswith("match") else date(rng)
        method, exists = rng.choice(("GET", "HEAD", "PUT")), rng.random() < 0.8 or "if-modified-since" in meant
        status = evaluate_preconditions(method, headers, ETAG if exists else "", NOW if exists else 0)
        assert status == expected(method, meant, exists), (number, method, headers, exists)
        seen.add(status)
        text = rng.choice(TAGS)
        assert if_range_matches(text, ETAG, NOW) == (text == ETAG)
        value, text = date(rng)
        assert if_range_matches(text, ETAG, NOW) == (value == NOW), text
    assert seen == {200, 304, 412}


@rounds(200, 300_000)
def test_ranges_cover_what_was_asked_for(rounds, rng):
    for number in range(rounds):
        size, wanted, specs = rng.choice((0, 1, 10, 300, 3000)), set(), []
        for _ in range(rng.choice((1, 1, 2, 3, MAX_RANGES, MAX_RANGES + 1))):
            first = rng.choice((0, 1, rng.randrange(size + 1), size - 1, size, 10**25)) if size else 0
            last, zeros = first + rng.choice((0, 1, 50, size, 10**25)), "0" * rng.choice((0, 0, 3))
            if rng.random() < 0.3:
                specs.append(f"-{zeros}{first}")
                wanted |= set(range(max(0, size - first), size))
            elif rng.random() < 0.3:
                specs.append(f"{zeros}{first}-")
                wanted |= set(range(min(first, size), size))
            else:
                specs.append(f"{zeros}{first}-{last}")
                wanted |= set(range(min(first, size), min(last + 1, size)))
        text = rng.choice(("bytes=", "Bytes=")) + specs[0] + "".join(rng.choice(COMMAS) + spec for spec in specs[1:])
        found = parse_ranges(text, size)
        if len(specs) > MAX_RANGES or not size:
            assert found is None, (number, text)
            continue
        covered = [position for start, stop in found for position in range(start, stop)]
        assert wanted <= set(covered) and covered == sorted(set(covered)), (number, text)
        assert all({start, stop - 1} <= wanted for start, stop in found), (number, text)
        assert len(specs) > 1 or len(covered) == len(wanted), (number, text)
