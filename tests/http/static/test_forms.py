"""multipart/form-data: whole, byte by byte, with trailing bytes, and broken."""

from __future__ import annotations

import contextlib
import random

import pytest

from netio.http.forms import Data, End, FormError, FormParser, Part, form_boundary


def encode(parts, boundary=b"BoUnD"):
    pieces = []
    for name, filename, data in parts:
        extra = b"" if filename is None else b'; filename="' + filename.encode() + b'"\r\nContent-Type: x/y'
        pieces.append(
            b"--"
            + boundary
            + b'\r\nContent-Disposition: form-data; name="'
            + name.encode()
            + b'"'
            + extra
            + b"\r\n\r\n"
            + data
            + b"\r\n"
        )
    return b"".join(pieces) + b"--" + boundary + b"--\r\n"


def parse(body, step, boundary=b"BoUnD"):
    parser, found = FormParser(boundary), []
    for start in range(0, len(body), step):
        for event in parser.feed(body[start : start + step]):
            if isinstance(event, Part):
                found.append((event.name, event.filename, b""))
            elif isinstance(event, Data):
                found[-1] = (*found[-1][:2], found[-1][2] + event.data)
    return found, parser.finished


PARTS = [
    ("a", None, b"value"),
    ("f", "猫.png", b"\x00\r\n--BoUn\r\n--BoUnX--\r\n\r\n"),
    ("empty", "e.txt", b""),
    ("last", None, b"\r\n"),
]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 50, 10**6])
def test_any_pieces_give_the_same_parts(step):
    assert parse(encode(PARTS), step) == (PARTS, True)


def test_what_stands_before_and_behind_is_ignored():
    assert parse(b"preamble\r\n" + encode(PARTS) + b"epilogue --BoUnD\r\n", 5) == (PARTS, True)


def test_an_empty_form():
    assert parse(b"--BoUnD--\r\n", 1) == ([], True)


@pytest.mark.parametrize(
    "body",
    [
        b"--BoUnDx\r\n",
        b"--BoUnD\r\n\r\nno disposition\r\n--BoUnD--",
        b"--BoUnD\r\nContent-Disposition: attachment\r\n\r\n\r\n--BoUnD--",
        b'--BoUnD\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n',
        b"--BoUnD\r\n" + b"X: " + b"y" * 9000,
        # What email and others read otherwise: the last boundary that goes on, a line that is no field, odd parameters.
        b"--BoUnD\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--BoUnD---BoUnD\r\n",
        b"--BoUnD\r\nContent-Disposition: form-data; name=a\r\nno field\r\n\r\nx\r\n--BoUnD--",
        b"--BoUnD\r\nContent-Disposition: form-data; name=a\nX: y\r\n\r\nx\r\n--BoUnD--",
        b'--BoUnD\r\nContent-Disposition: form-data; name=a; filename="a"b\r\n\r\nx\r\n--BoUnD--',
        b'--BoUnD\r\nContent-Disposition: form-data; name=a; filename=a"b"\r\n\r\nx\r\n--BoUnD--',
        b"--BoUnD\r\nContent-Disposition: form-data; name=a; filename=a b\r\n\r\nx\r\n--BoUnD--",
        b"--BoUnD\r\nContent-Disposition: form-data; name=a; filename=a; filename=b\r\n\r\nx\r\n--BoUnD--",
        b"--BoUnD\r\nContent-Disposition: form-data; name; filename=a\r\n\r\nx\r\n--BoUnD--",
    ],
)
@pytest.mark.parametrize("step", [1, 10**6])
def test_a_broken_body_is_refused(body, step):
    with pytest.raises(FormError):
        parse(body, step)


@pytest.mark.parametrize("step", [1, 10**6])
def test_a_boundary_right_after_a_head_ends_an_empty_part(step):
    head = b"--BoUnD\r\nContent-Disposition: form-data; name=%b\r\n\r\n"
    assert parse(head % b"a" + head % b"b" + b"--BoUnX\r\n--BoUnD--\r\n", step) == (
        [("a", None, b""), ("b", None, b"--BoUnX")], True)


def test_limits_are_exact():
    for boundary in (b"a", b"a" * 70):
        assert form_boundary(f"multipart/form-data; boundary={boundary.decode()}") == boundary
    field = b"Content-Disposition: form-data; name=a\r\nX: "
    for more in (0, 1):
        with pytest.raises(FormError, match="exceeds") if more else contextlib.nullcontext():
            body = b"--BoUnD\r\n" + field + b"x" * (8190 - len(field) + more) + b"\r\n\r\n1\r\n--BoUnD--\r\n"
            assert parse(body, 10**6) == ([("a", None, b"1")], True)


def test_an_unfinished_body_is_not_finished():
    whole = encode(PARTS)
    for end in range(0, len(whole) - 4, 9):
        assert parse(whole[:end], 11)[1] is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 71,
        "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=é",
    ],
)
def test_no_boundary(text):
    with pytest.raises(FormError):
        form_boundary(text)


@pytest.mark.parametrize("parameters", [
    b"name=(; filename=a", b"name=a/b; filename=a", b"name=f; filename=", b'name="f"; filename*0="a"; filename*1="b"',
    b"name=f; filename=<a>", b"name=f; filename=\xe5\x9b\xbe.txt"])
def test_what_email_reads_otherwise_is_refused(parameters):
    """RFC 822 has comments in parentheses, RFC 2231 has names in parts, and both have more separators than blanks."""
    with pytest.raises(FormError, match="parameters"):
        list(FormParser(b"xx").feed(b"--xx\r\nContent-Disposition: form-data; " + parameters + b"\r\n\r\n"))


def test_a_quote_in_a_name_is_escaped_by_browsers():
    found, _ = parse(encode([("f", "a%22b.txt", b"x")]), 1000)
    assert found[0][1] == 'a"b.txt'


def test_memory_is_bounded():
    parser = FormParser(b"BoUnD")
    whole = encode([("f", "a", b"")])
    list(parser.feed(whole[: whole.index(b"\r\n\r\n") + 4]))
    total = sum(len(event.data) for _ in range(50) for event in parser.feed(b"z" * 10000) if isinstance(event, Data))
    assert total > 490_000 and len(parser._kept) < 200


def test_fuzz_raises_nothing_but_form_error():
    numbers = random.Random(11)
    whole = encode(PARTS)
    for _ in range(2000):
        body = bytearray(whole)
        for _ in range(numbers.randint(1, 4)):
            body[numbers.randrange(len(body))] = numbers.choice(b'\r\n-"; =\x00aB')
        try:
            assert all(isinstance(event, (Part, Data, End)) for event in FormParser(b"BoUnD").feed(bytes(body)))
        except FormError:
            pass
