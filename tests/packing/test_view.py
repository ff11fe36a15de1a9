"""The views: every byte stands in exactly one line, and nothing raises on broken data."""
from __future__ import annotations

import random
import struct
from typing import Annotated

import pytest

from netio.packing import Array, Record, Text, UInt8, UInt16, UInt32, explain_format, hexdump
from netio.packing.view import format_layout, values_from_text


def test_a_count_of_none_aligns_and_is_no_value():
    assert format_layout("@B0q1B") == [("B", 0, 1), ("B", struct.calcsize("@B0q"), 1)]


class Inner(Record, byte_order="!"):
    a: UInt8
    b: UInt16


class Outer(Record, byte_order="@"):
    tag: UInt8
    number: UInt32
    name: Annotated[str, Text(10)]
    inners: Annotated[list[Inner], Array(Inner, 2)]


RAW = Outer(1, 2, "张三", [Inner(3, 4), Inner(5, 6)]).pack()


def bytes_shown(view):
    return b"".join(bytes.fromhex(line[8:31].strip()) for line in view.splitlines()[1:])


def test_the_view_shows_every_byte_once_with_its_owner():
    view = hexdump(Outer, RAW)
    assert bytes_shown(view) == RAW
    names = [line[33:].split()[0] for line in view.splitlines()[1:] if line[33:].strip()]
    assert names == ["tag", "(padding)", "number", "name", "inners[0].a", "inners[0].b", "inners[1].a", "inners[1].b"]
    assert "'张三'" in view and view.splitlines()[2] == "     1  00 00 00                 (padding)"


def test_padding_after_the_last_field_is_shown_too():
    class Tail(Record, byte_order="@"):
        number: UInt32
        tag: UInt8

    view = hexdump(Tail, Tail(1, 2).pack())
    assert view.splitlines()[-1] == "     5  00 00 00                 (padding)"


def test_only_text_that_does_not_fit_is_said_to_be_cut():
    assert "cut" not in explain_format("3sc", b"abc", b"x") and "cut from b'abcd'" in explain_format("3s", b"abcd")


@pytest.mark.parametrize("size", [0, 1, 3, 7, 11, len(RAW) - 1, len(RAW) + 9])
def test_too_few_and_too_many_bytes_are_shown_as_such(size):
    data = (RAW + b"trailing!")[:size]
    view = hexdump(Outer, data)
    assert bytes_shown(view) == data
    assert ("(missing)" in view) == (size < len(RAW)) and ("(left over)" in view) == (size > len(RAW))


def test_text_that_does_not_decode_is_shown_not_raised():
    assert "? 'utf-8' codec can't decode byte 0xff" in hexdump(Outer, RAW[:8] + b"\xff" + RAW[9:])


@pytest.mark.parametrize("format", [
    "i10sif", "@bhiqd", "!bhiqd", "<3H2s", "=?cxxd", "@b0q", "2i 3x h", "", "@4xB", "@P", "5p",
])
def test_places_agree_with_struct(format):
    fields = format_layout(format)
    size = struct.calcsize(format)
    assert all(offset + length <= size for _, offset, length in fields)
    draw = random.Random(3)
    for index, (code, offset, length) in enumerate(fields):
        data = bytearray(size)
        data[offset:offset + length] = bytes(draw.randrange(1, 60) for _ in range(length))
        pairs = zip(struct.unpack(format, bytes(data)), struct.unpack(format, bytes(size)))
        assert [i for i, (new, old) in enumerate(pairs) if new != old] == [index], code


def test_explain_format_shows_padding_and_what_was_cut():
    native, network = (explain_format(order + "i10sif", 1, b"lily", 16, 170.1) for order in "@!")
    assert native.startswith("'@i10sif': 24 bytes, 2 of them padding") and "(padding)" in native
    assert network.startswith("'!i10sif': 22 bytes, 0 of them padding") and "(padding)" not in network
    assert "b'li', cut from b'lily'" in explain_format("!2s", b"lily")


def test_typed_words_become_values_or_one_clear_error():
    assert values_from_text("!Bf?3sc", ["0x10", "1.5", "no", "张", "x"]) == [16, 1.5, False, "张".encode(), b"x"]
    for format, words in (("!B", ["x"]), ("!B", []), ("!B", ["1", "2"]), ("!Z", ["1"]), ("!" + "9" * 20 + "s", ["1"])):
        with pytest.raises(ValueError):
            values_from_text(format, words)
    with pytest.raises(ValueError, match="'!B': "):
        explain_format("!B", 300)


@pytest.mark.parametrize("format", ["999999999i", "9999999999s", "@99999999x", "50001h", "99999s2s"])
def test_a_format_that_would_take_all_memory_is_refused(format):
    for read in (format_layout, lambda text: explain_format(text, b""), lambda text: values_from_text(text, "x")):
        with pytest.raises(ValueError, match="more than 100000 bytes cannot be shown"):
            read(format)
