"""Random records beside struct and ctypes, random formats beside struct, texts in every encoding that Python has."""
from __future__ import annotations

import contextlib
import ctypes
import encodings.aliases
import math
import re
import struct

import pytest

from netio.packing import Array, Bytes, Record, RecordError, Text, truncate_text
from netio.packing.bits import Bits, Integer
from netio.packing.fields import Number, big_or_little
from netio.packing.view import explain_format, format_layout, hexdump
from netio.udp import datagrams

from ..fuzzing import mutate_text, rounds

NUMBERS = {"b": ctypes.c_int8, "B": ctypes.c_uint8, "h": ctypes.c_int16, "H": ctypes.c_uint16, "i": ctypes.c_int32,
           "I": ctypes.c_uint32, "q": ctypes.c_int64, "Q": ctypes.c_uint64, "f": ctypes.c_float, "d": ctypes.c_double,
           "?": ctypes.c_bool}
VALUES = [0, 1, -1, 127, 128, 255, 256, -128, -129, 2**15, 2**16 - 1, 2**31, 2**32, -2**31, 2**63, 2**64 - 1, 2**64,
          0.5, 1e39, -0.0, 1e308, float("inf"), 10**400, True, False, None, "x", b"x", [1]]


def make_record(declared, order):
    return type("Made", (Record,), {"__annotations__": dict(declared)}, byte_order=order)


def some_fields(rng):
    """Return [(struct code, field, ctypes type)]."""
    fields = []
    for _ in range(rng.randrange(1, 7)):
        code, count = rng.choice(list(NUMBERS)), rng.randrange(1, 5)
        kind = rng.randrange(4)
        if kind == 0:
            fields.append((f"{count}s", rng.choice((Bytes(count), Integer(count))), ctypes.c_char * count))
        elif kind == 1:
            fields.append((code * count, Array(Number(code), count), NUMBERS[code] * count))
        else:
            fields.append((code, Number(code), NUMBERS[code]))
    return fields


@rounds(100, 30_000)
def test_a_record_is_laid_out_as_by_ctypes_and_packed_as_by_struct(rounds, rng):
    for _ in range(rounds):
        fields, order = some_fields(rng), rng.choice("!<>=@")
        names = [f"f{number}" for number in range(len(fields))]
        record = make_record(zip(names, [field for _, field, _ in fields]), order)
        like = type("Like", (ctypes.Structure,), {
            **({} if order == "@" else {"_pack_": 1, "_layout_": "ms"}),
            "_fields_": [(name, kind) for name, (_, _, kind) in zip(names, fields)]})
        assert record.layout.size == ctypes.sizeof(like)
        assert record.layout.offsets == {name: getattr(like, name).offset for name in names}
        format = ("=" if order == "@" else order) + "".join(
            f"{offset - end}x{code}" for (code, *_), offset, end in zip(fields, record.layout.offsets.values(), ends(
                record, fields)))
        data = bytes(rng.randrange(256) for _ in range(record.layout.size))
        with contextlib.suppress(RecordError):
            again = record.unpack(data).pack()
            values = struct.unpack_from(format, data)
            assert again == struct.pack(format, *values) + bytes(len(again) - struct.calcsize(format))
        assert hexdump(record, data[:rng.randrange(len(data) + 1)])


def ends(record, fields):
    """Yield where the field before each ends, without its padding."""
    yield 0
    for bound in record.layout.fields:
        yield bound.offset + bound.size


@rounds(150, 200_000)
def test_bits_are_those_of_the_number_written_in_two_digits(rounds, rng):
    for _ in range(rounds):
        size, order, lowest_first = rng.randrange(1, 5), rng.choice("!<>=@"), rng.random() < 0.5
        cuts = sorted({0, 8 * size, *rng.choices(range(8 * size + 1), k=rng.randrange(6))})
        widths = {f"f{number}": end - begin for number, (begin, end) in enumerate(zip(cuts, cuts[1:]))}
        codec, data = Bits(size, lowest_first=lowest_first, **widths).bind(order), rng.randbytes(size)
        digits = f"{int.from_bytes(data, big_or_little(order)):0{8 * size}b}"
        meant, at = {}, 0
        for name in reversed(widths) if lowest_first else widths:
            meant[name] = int(digits[at:at + widths[name]], 2)
            at += widths[name]
        assert codec.unpack(data) == meant and codec.pack(meant) == data, (widths, order, lowest_first, data)
        wrong = {**meant, rng.choice(list(widths)): rng.choice((-1, 1 << 8 * size, None, "x", 0.5))}
        with pytest.raises(ValueError):
            codec.pack(wrong)


@rounds(200, 100_000)
def test_a_number_is_taken_where_struct_takes_it(rounds, rng):
    for _ in range(rounds):
        code, order, value = rng.choice([*NUMBERS, "e"]), rng.choice("!<>=@"), rng.choice(VALUES)
        record = make_record({"x": Number(code)}, order)
        try:
            meant = struct.pack(order.replace("@", "=") + code, value)  # "@" makes 1e39 an infinite float in silence
        except (struct.error, OverflowError, TypeError, ValueError):
            meant = None
        if code == "?" and not isinstance(value, bool):  # of which struct takes anything
            meant = None
        if code == "f" and meant and math.isinf(*struct.unpack(order + code, meant)) and value in (1e39, 1e308):
            meant = None  # in native order struct makes infinity of what is too large
        try:
            assert record(value).pack() == meant
        except RecordError as error:
            assert meant is None and (error.field, error.value) == ("x", value)


@rounds(300, 200_000)
def test_a_format_is_taken_apart_as_struct_does(rounds, rng):
    for _ in range(rounds):
        counts, letters = ("", "", "0", "1", "2", "3", "00", "03", "12"), "xcbB?hHiIlLqQnNefdspP "
        codes = "".join(rng.choice(counts) + rng.choice(letters) for _ in range(rng.randrange(6)))
        format = rng.choice(("", "@", "=", "<", ">", "!")) + codes
        if rng.random() < 0.2:
            format = mutate_text(rng, [format], ["@", "0", " ", "s", "z", "\xe9"])
        format = re.sub(r"(?<!\d)0+p", "p", format)  # which struct itself does not unpack
        try:
            size = struct.calcsize(format)
        except (struct.error, ValueError):
            with pytest.raises(ValueError):
                format_layout(format)
            continue
        places = format_layout(format)
        values = struct.unpack(format, bytes(size))
        assert len(places) == len(values), format
        assert sum(len(struct.pack("=" + code, value)) if code[-1] not in "lLnNP" else length
                   for (code, _, length), value in zip(places, values)) == sum(length for *_, length in places), format
        covered = [at for _, offset, length in places for at in range(offset, offset + length)]
        assert covered == sorted(set(covered)) and all(at < size for at in covered), format
        assert f"{size - len(covered)} of them padding" in explain_format(format, *values)


def makes_bytes(encoding):
    with contextlib.suppress(LookupError, UnicodeError):  # a codec of another kind, or another system's
        return bool("a".encode(encoding))
    return False


# Those with shifts between alphabets and with a mark at the beginning included.
NO_TEXT = {"idna", "punycode", "unicode_escape"}
ENCODINGS = sorted(filter(makes_bytes, set(encodings.aliases.aliases.values()) - NO_TEXT))
LETTERS = "aé猫あ한я~{}+-\\&\u0301\U0001f431"


@pytest.mark.parametrize("truncate_text", [truncate_text, datagrams.truncate_text], ids=["packing", "udp"])
@rounds(150, 300_000)
def test_text_is_cut_at_a_character_and_fits(truncate_text, rounds, rng):
    for _ in range(rounds):
        encoding, text = rng.choice(ENCODINGS), "".join(rng.choice(LETTERS) for _ in range(rng.randrange(8)))
        size = rng.randrange(1, 24)
        try:
            whole = text.encode(encoding)
        except ValueError:
            with pytest.raises(ValueError):
                truncate_text(text, size, encoding)
            continue
        data = truncate_text(text, size, encoding)
        assert len(data) <= size, (encoding, text, size)
        back = data.decode(encoding)
        assert text.encode(encoding).decode(encoding).startswith(back), (encoding, text, size)
        assert data == whole or len(data) < len(whole)


def test_a_text_field_comes_back_whatever_its_encoding_shifts(rng):
    for _ in range(100):
        encoding = rng.choice(("utf-8", "gbk", "utf-16", "iso2022_jp", "utf_7"))
        field = Text(8, encoding, truncate=True).bind("!")
        text = "".join(rng.choice("ab日本") for _ in range(rng.randrange(6)))
        assert text.startswith(field.unpack(field.pack(text))), (encoding, text)
