"""Bytes made visible: which of them are which field, and which are padding that no field owns."""
from __future__ import annotations

import re
import struct
from itertools import repeat
from typing import Callable, Iterable, Iterator, NamedTuple, Union

from .fields import BoundField, Int32, UInt8  # noqa: F401 (the examples use them)
from .record import Record

PADDING = "(padding)"  # in place of a field's name
_LARGEST = 100_000  # bytes of a format that is shown
Value = Union[int, float, bool, bytes]


class Span(NamedTuple):
    """Some bytes of a view: where they begin, how many they are, whose they are and what they mean.

    >>> Span(4, 2, "age", "16")
    Span(offset=4, size=2, name='age', meaning='16')
    """

    offset: int
    size: int
    name: str
    meaning: str


def hexdump(record: type[Record], data: bytes, *, say: Callable[[str], str] = str) -> str:
    """Show one record's bytes in hex, a line a field: offset, bytes, name and value.

    `data` may be too short or too long, or hold text that does not decode: the view says so instead of raising.
    `say` puts the words of the table into another language.

    >>> class Pair(Record, byte_order="@"):
    ...     age: UInt8
    ...     number: Int32
    >>> print(hexdump(Pair, Pair(16, -1).pack()))
    offset  bytes                    field      value
         0  10                       age        16
         1  00 00 00                 (padding)
         4  ff ff ff ff              number     -1
    >>> hexdump(Pair, b"").splitlines()[1].split()
    ['0', 'age', '(missing)']

    Notes: struct模块使用.
    """
    size = record.layout.size
    return _table(data, [*_with_padding(_spans(record.layout.fields, data), size), *_left_over(size, data)], say)


def explain_format(format: str, *values: Value, say: Callable[[str], str] = str) -> str:
    """Pack values as `struct.pack` does and show which bytes each of them became.

    >>> print(explain_format("!2sIB", b"lily", 7, 1))
    '!2sIB': 7 bytes, 0 of them padding
    offset  bytes                    field      value
         0  6c 69                    0: 2s      b'li', cut from b'lily'
         2  00 00 00 07              1: I       7
         6  01                       2: B       1
    >>> print(explain_format("@BI", 1, 7).splitlines()[0])
    '@BI': 8 bytes, 3 of them padding

    `say` puts the words of the table into another language.

    Raises: ValueError for a wrong format or value, as struct.error reports them, and for more than 100,000 bytes.
    Notes: struct模块使用; `struct.calcsize` returns the size alone.
    """
    layout = format_layout(format)  # first: a format may ask for all memory
    try:
        data = struct.pack(format, *values)
    except (struct.error, OverflowError, TypeError) as error:
        raise ValueError(f"{format!r}: {error}") from error
    back = struct.unpack(format, data)
    spans = [
        Span(offset, size, f"{index}: {code}", _value_and_loss(back[index], values[index]))
        for index, (code, offset, size) in enumerate(layout)
    ]
    padding = len(data) - sum(span.size for span in spans)
    title = say("{!r}: {} bytes, {} of them padding").format(format, len(data), padding)
    return f"{title}\n{_table(data, _with_padding(spans, len(data)), say)}"


def format_layout(format: str) -> list[tuple[str, int, int]]:
    """Return (code, offset, size) of each value in a `struct` format; the bytes that none covers are padding.

    >>> format_layout("@i10sif")
    [('i', 0, 4), ('10s', 4, 10), ('i', 16, 4), ('f', 20, 4)]
    >>> format_layout("!i10sif")
    [('i', 0, 4), ('10s', 4, 10), ('i', 14, 4), ('f', 18, 4)]

    Raises: ValueError for a wrong format, and for more than 100,000 bytes, of which `999999999i` has too many to list.
    """
    fields, prefix, end = [], format[:1] if format[:1] in tuple("@=<>!") else "", 0
    try:
        if struct.calcsize(format) > _LARGEST:
            raise ValueError(f"more than {_LARGEST} bytes cannot be shown")
        for code in _single_codes(format[len(prefix):]):
            size, end = struct.calcsize(prefix + code), struct.calcsize(f"{prefix}{end}x{code}")
            if code[-1] in "sp" or code[0] != "0" and code[-1] != "x":
                fields.append((code, end - size, size))
    except (struct.error, ValueError) as error:
        raise ValueError(f"{format!r}: {error}") from error
    return fields


def values_from_text(format: str, words: Iterable[str]) -> list[Value]:
    """Convert typed words to the values that a `struct` format wants, one a word.

    >>> values_from_text("!i4sf?", ["16", "lily", "170.1", "yes"])
    [16, b'lily', 170.1, True]

    Raises: ValueError for another count of words, and for a word that is not such a value.
    """
    codes, words = [code for code, _, _ in format_layout(format)], list(words)
    if len(words) != len(codes):
        raise ValueError(f"{format!r} takes {len(codes)} values, got {len(words)}")
    return [_value(code[-1], word) for code, word in zip(codes, words)]


def _value(code: str, word: str) -> Value:
    if code in "spc":
        return word.encode("utf-8")
    if code == "?":
        return word.lower() in ("1", "true", "yes")
    return float(word) if code in "efd" else int(word, 0)


def _single_codes(codes: str) -> Iterator[str]:
    """Split '2i10sx0q' into one code a value, and those of none: i, i, 10s, x, 0q."""
    for digits, code in re.findall(r"(\d*)([a-zA-Z?])", codes):
        count = int(digits or 1)
        if code in "spx" or count == 0:
            yield f"{count}{code}" if digits else code
        else:
            yield from repeat(code, count)


def _value_and_loss(value: object, given: object) -> str:
    cut = isinstance(given, (bytes, bytearray)) and isinstance(value, bytes) and len(given) > len(value)
    return f"{value!r}, cut from {given!r}" if cut else repr(value)


def _spans(fields: Iterable[BoundField], data: bytes, prefix: str = "", base: int = 0) -> Iterator[Span]:
    for name, offset, size, codec in fields:
        if codec.parts:
            yield from _spans(codec.parts, data, prefix + name, base + offset)
            continue
        raw = data[base + offset:base + offset + size]
        try:
            meaning = repr(codec.unpack(raw)) if len(raw) == size else "(missing)"
        except ValueError as error:
            meaning = f"? {error}"
        yield Span(base + offset, size, prefix + name, meaning)


def _with_padding(spans: Iterable[Span], size: int) -> Iterator[Span]:
    """Fill the gaps between fields, and after the last one."""
    end = 0
    for span in spans:
        if span.offset > end:
            yield Span(end, span.offset - end, PADDING, "")
        yield span
        end = span.offset + span.size
    if size > end:
        yield Span(end, size - end, PADDING, "")


def _left_over(size: int, data: bytes) -> Iterator[Span]:
    if len(data) > size:
        yield Span(size, len(data) - size, "(left over)", "")


def _table(data: bytes, spans: Iterable[Span], say: Callable[[str], str] = str) -> str:
    lines = [say("offset  bytes                    field      value")]
    for offset, size, name, meaning in spans:
        raw = data[offset:offset + size]
        for start in range(0, len(raw) or 1, 8):
            text = (say(name), say(meaning)) if start == 0 else ("", "")
            lines.append(f"{offset + start:6}  {raw[start:start + 8].hex(' '):<23}  {text[0]:<9}  {text[1]}".rstrip())
    return "\n".join(lines)
