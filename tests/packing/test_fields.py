"""Each kind of field alone: its range, its bytes in both orders, and what it refuses."""
from __future__ import annotations

import math
import pickle
import struct
import sys
from typing import Annotated

import pytest

from netio import packing
from netio.packing import Array, Bytes, Text
from netio.packing.fields import Number, field_of

INTEGERS = {"UInt8": (0, 255), "UInt16": (0, 65535), "UInt32": (0, 2 ** 32 - 1), "UInt64": (0, 2 ** 64 - 1),
            "Int8": (-128, 127), "Int16": (-32768, 32767), "Int32": (-2 ** 31, 2 ** 31 - 1),
            "Int64": (-2 ** 63, 2 ** 63 - 1)}


def test_an_integer_of_odd_size_needs_no_alignment():
    class Odd(packing.Record, byte_order="@"):
        tag: packing.UInt8
        number: Annotated[int, packing.Integer(3)]

    assert len(Odd(1, 2).pack()) == 4


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("order", ["!", ">", "<", "=", "@"])
def test_integers_take_exactly_their_range(name, order):
    codec = field_of(getattr(packing, name)).bind(order)
    low, high = INTEGERS[name]
    for value in (low, high, 0, 1):
        assert codec.unpack(codec.pack(value)) == value
    for wrong in (low - 1, high + 1, 1.0, "1", None, b"1"):
        with pytest.raises(ValueError, match=f"an integer from {low} to {high}"):
            codec.pack(wrong)


@pytest.mark.parametrize(("order", "expected"), [("!", "01020304"), (">", "01020304"), ("<", "04030201")])
def test_the_byte_order_is_the_one_named(order, expected):
    assert field_of(packing.UInt32).bind(order).pack(0x01020304).hex() == expected


def test_floats_hold_what_their_size_holds():
    for name, digits in (("Float16", 3), ("Float32", 6), ("Float64", 15)):
        codec = field_of(getattr(packing, name)).bind("!")
        assert codec.unpack(codec.pack(170.1)) == pytest.approx(170.1, rel=10 ** -digits)
        assert math.isinf(codec.unpack(codec.pack(math.inf))) and math.isnan(codec.unpack(codec.pack(math.nan)))
        assert codec.unpack(codec.pack(2)) == 2.0
        with pytest.raises(ValueError, match="floating point"):
            codec.pack("170.1")
    with pytest.raises(ValueError, match="32 bits of floating point"):
        field_of(packing.Float32).bind("!").pack(1e39)


def test_a_bool_is_true_or_false_and_nothing_that_struct_would_call_true():
    codec = field_of(packing.Bool).bind("!")
    assert (codec.pack(True), codec.pack(False), codec.unpack(b"\7")) == (b"\1", b"\0", True)
    for wrong in (1, 0, "False", None):
        with pytest.raises(ValueError, match="True or False"):
            codec.pack(wrong)


def test_fixed_bytes_are_neither_padded_nor_cut():
    codec = Bytes(3).bind("!")
    assert codec.unpack(codec.pack(b"a\0\0")) == b"a\0\0" and codec.pack(bytearray(b"abc")) == b"abc"
    for wrong, said in ((b"ab", "2 of 3"), (b"abcd", "4 of 3"), ("abc", "not 3 bytes"), (3, "not 3 bytes")):
        with pytest.raises(ValueError, match=said):
            codec.pack(wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_text_is_padded_and_comes_back_without_the_padding(encoding):
    codec = Text(6, encoding).bind("!")
    for text in ("", "a", "张三"[:2 if encoding == "gbk" else 1], "abcdef"):
        assert len(codec.pack(text)) == 6 and codec.unpack(codec.pack(text)) == text


def test_text_that_is_too_long_is_refused_or_cut_as_asked():
    with pytest.raises(ValueError, match="9 bytes as utf-8, 8 fit"):
        Text(8).bind("!").pack("张三丰")
    cutting = Text(8, truncate=True).bind("!")
    assert cutting.unpack(cutting.pack("张三丰")) == "张三"


def test_text_that_would_not_come_back_is_refused():
    with pytest.raises(ValueError, match="a NUL in the text"):
        Text(8).bind("!").pack("a\0b")
    with pytest.raises(ValueError, match="can't encode"):
        Text(8, "gbk").bind("!").pack("😀")
    with pytest.raises(ValueError, match="surrogates not allowed"):
        Text(8).bind("!").pack("\ud800")
    with pytest.raises(ValueError, match="not text"):
        Text(8).bind("!").pack(b"bytes")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "UTF16"])
@pytest.mark.parametrize("order", ["!", "<", "=", "@"])
def test_text_of_wide_code_units(encoding, order):
    codec = Text(16, encoding).bind(order)
    for text in ("", "cat", "猫", "中文", "Ā", "😀" * 4):  # U+0100 has a NUL byte at either end
        raw = codec.pack(text)
        assert len(raw) == 16 and codec.unpack(raw) == text
        assert not raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")), "no byte order mark"
    with pytest.raises(ValueError, match="bytes as .*, 16 fit"):
        codec.pack("x" * 9)
    cutting = Text(8, encoding, truncate=True).bind(order)
    assert cutting.unpack(cutting.pack("x😀😀😀")) == "x😀"
    with pytest.raises(ValueError, match="no multiple of"):
        Text(7, encoding)


def test_wide_text_takes_the_byte_order_of_its_record():
    assert [Text(4, "utf-16").bind(order).pack("中").hex() for order in "!<"] == ["4e2d0000", "2d4e0000"]
    assert Text(4, "utf-16-le").bind("!").pack("中").hex() == "2d4e0000"
    with pytest.raises(LookupError):
        Text(8, "no-such-encoding")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 16])
@pytest.mark.parametrize("order", ["!", "<", "="])
def test_integers_of_any_size(size, order):
    for signed in (False, True):
        codec = packing.Integer(size, signed=signed).bind(order)
        low, high = (-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1) if signed else (0, (1 << 8 * size) - 1)
        for value in (low, high, 0, 1, high // 3):
            assert codec.unpack(codec.pack(value)) == value and len(codec.pack(value)) == size
        for wrong in (low - 1, high + 1, 1.0, "1", None, b"1"):
            with pytest.raises(ValueError, match=f"an integer from {low} to {high}"):
                codec.pack(wrong)
    assert packing.Integer(size).bind(order).pack(1) == (1).to_bytes(size, "big" if order == "!" else sys.byteorder
                                                                     if order == "=" else "little")


def test_bits_as_the_internet_has_them():
    """The third word of an IPv4 header and the flags of a DNS answer, as Wireshark shows them."""
    fragment = packing.Bits(2, reserved=1, dont=1, more=1, offset=13).bind("!")
    assert fragment.unpack(bytes.fromhex("4000")) == {"reserved": 0, "dont": 1, "more": 0, "offset": 0}
    assert fragment.pack({"reserved": 0, "dont": 0, "more": 1, "offset": 185}).hex() == "20b9"
    dns = packing.Bits(2, answer=1, opcode=4, aa=1, tc=1, rd=1, ra=1, z=3, rcode=4).bind("!")
    assert dns.unpack(bytes.fromhex("8180")) == {"answer": 1, "opcode": 0, "aa": 0, "tc": 0, "rd": 1, "ra": 1, "z": 0,
                                                 "rcode": 0}


def test_bits_from_the_lowest_and_in_the_other_order():
    lowest = packing.Bits(2, lowest_first=True, a=3, b=5, c=8).bind("<")
    assert lowest.pack({"a": 5, "b": 1, "c": 255}).hex() == "0dff"
    assert lowest.unpack(bytes.fromhex("0dff")) == {"a": 5, "b": 1, "c": 255}
    assert packing.Bits(2, a=4, b=12).bind("<").pack({"a": 1, "b": 2}).hex() == "0210"


def test_what_is_no_bits():
    codec = packing.Bits(1, a=3, b=5).bind("!")
    for wrong, said in (({"a": 8, "b": 0}, "a = 8: not an integer from 0 to 7"), ({"a": 1}, "missing are b"),
                        ({"a": 1, "b": 1, "c": 1}, "missing are c"), ({"a": "1", "b": 1}, "a = '1'"),
                        ({"a": -1, "b": 1}, "a = -1"), ((1, 2), "a dict of a, b wanted"), (None, "a dict of a, b")):
        with pytest.raises(ValueError, match=said):
            codec.pack(wrong)
    for widths in ({}, {"a": 7}, {"a": 9}, {"a": 0, "b": 8}, {"a": -1, "b": 9}):
        with pytest.raises(ValueError):
            packing.Bits(1, **widths)


def test_in_a_record():
    class Header(packing.Record, byte_order="!"):
        first: Annotated[dict, packing.Bits(1, version=4, words=4)]
        length: packing.UInt24
        name: Annotated[str, Text(6, "utf-16")]

    header = Header({"version": 4, "words": 5}, 1000, "猫")
    assert header.pack().hex() == "450003e8732b00000000" and Header.unpack(header.pack()) == header
    with pytest.raises(packing.RecordError, match="Header.length = 16777216: not an integer from 0 to 16777215"):
        Header({"version": 4, "words": 5}, 1 << 24, "").pack()
    with pytest.raises(packing.RecordError, match="Header.first = .*: version = 16"):
        Header({"version": 16, "words": 5}, 1, "").pack()
    assert "{'version': 4, 'words': 5}" in packing.hexdump(Header, header.pack())
    assert pickle.loads(pickle.dumps(header.first)) == header.first


def test_an_array_is_a_list_of_the_right_length():
    codec = Array(packing.UInt16, 3).bind("<")
    assert codec.unpack(codec.pack(iter([1, 2, 3]))) == [1, 2, 3]
    for wrong, said in (([1], "1 of 3 items"), ([1, 2, 70000], "item 2, 70000: not an integer"), (5, "a list of 3")):
        with pytest.raises(ValueError, match=said):
            codec.pack(wrong)
    table = Array(Array(packing.Int8, 2), 2).bind("!")
    assert table.pack([[1, 2], [3, 4]]) == bytes([1, 2, 3, 4]) and table.unpack(bytes([1, 2, 3, 4])) == [[1, 2], [3, 4]]
    names = Array(Text(4), 2).bind("!")
    assert names.unpack(names.pack(["li", "wang"])) == ["li", "wang"]


def test_fields_that_cannot_be_are_refused_where_they_are_declared():
    wrong = [(Text, (0,)), (Bytes, (-1,)), (Array, (packing.UInt8, 0)), (Number, ("l",)), (Number, ("ii",))]
    for kind, arguments in wrong:
        with pytest.raises(ValueError, match="not "):
            kind(*arguments)
    for annotation in (int, str, "Text", Annotated[int, "five"], list):
        with pytest.raises(TypeError, match="does not say how many bytes"):
            field_of(annotation)


def test_alignment_is_the_c_compilers():
    assert packing.fields.field_of(packing.UInt32).bind("@").alignment == struct.calcsize("@BI") - struct.calcsize("@I")
