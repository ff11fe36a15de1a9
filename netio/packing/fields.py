"""What a field of a record can be, and how its value becomes bytes.

A field is declared once (`UInt32`, `Text(12)`, `Array(Float32, 3)`) and bound to a byte order when a record is laid
out. Bound, each is exactly one value of a `struct` format: numbers as themselves, everything else as `12s` bytes that
its codec makes. So a record is one cached `Struct`, and its names and values pair up one to one.

>>> [field_of(number).bind("!").size for number in (UInt8, UInt16, UInt32, UInt64, Int8, Int16, Int32, Int64)]
[1, 2, 4, 8, 1, 2, 4, 8]
>>> [field_of(number).bind("!").pack(0.1) for number in (Float16, Float32)], field_of(Bool).bind("!").pack(True)
([b'.f', b'=\\xcc\\xcc\\xcd'], b'\\x01')
>>> field_of(Float64).bind("!").unpack(field_of(Float64).bind("!").pack(0.1))
0.1
"""
from __future__ import annotations

import codecs
import struct
import sys
from functools import partial
from typing import Annotated, Any, Callable, Literal, NamedTuple, Sequence, get_args, get_origin

from .text import code_unit, strip_nul, truncate_text

# The five byte orders of `struct`, and what each is for.
BYTE_ORDERS = {
    "!": "network order (big end first), no padding: for everything that leaves this machine",
    ">": "big end first, no padding",
    "<": "little end first, no padding",
    "=": "this machine's order, no padding",
    "@": "this machine's order, padded as its C compiler does",
}


class Codec(NamedTuple):
    """A field bound to a byte order: its `struct` code and how a value is put in and taken out (None: as it is).

    `parts` are the fields inside it, for an array or a nested record.

    >>> codec = field_of(UInt16).bind("!")
    >>> codec.code, codec.size, codec.alignment
    ('H', 2, 2)
    >>> codec.pack(258)
    b'\\x01\\x02'
    """

    byte_order: str
    code: str
    size: int
    alignment: int
    encode: Callable[[Any], Any] | None = None
    decode: Callable[[Any], Any] | None = None
    wanted: str = ""
    parts: tuple[BoundField, ...] = ()

    def pack(self, value: Any) -> bytes:
        """Return the bytes of one value; any wrong value is a ValueError."""
        format = without_padding(self.byte_order) + self.code
        try:
            coded = self.encode(value) if self.encode else value
        except (struct.error, OverflowError, TypeError) as error:
            raise ValueError(f"not {self.wanted}" if self.wanted else str(error)) from error
        try:
            return struct.pack(format, coded)
        except (struct.error, OverflowError, TypeError, ValueError) as error:  # ValueError: PyPy
            raise ValueError(f"not {self.wanted}" if self.wanted else str(error)) from error

    def unpack(self, raw: bytes) -> Any:
        """Return the value in `raw`; bytes that hold none are a ValueError."""
        (value,) = struct.unpack(without_padding(self.byte_order) + self.code, raw)
        return self.decode(value) if self.decode else value


class BoundField(NamedTuple):
    """Where a field is in its record: name, offset and size in bytes, and its codec.

    >>> field = BoundField("age", 16, 1, field_of(UInt8).bind("!"))
    >>> field.name, field.offset, field.codec.code
    ('age', 16, 'B')
    """

    name: str
    offset: int
    size: int
    codec: Codec


class Field:
    """The base of what a record's annotation may name. Make your own kind of field by overriding `bind`.

    >>> class Hour(Field):
    ...     def bind(self, byte_order):
    ...         return Codec(byte_order, "B", 1, 1, wanted="an hour", encode=lambda hour: hour % 24)
    >>> field_of(Hour()).bind("!").pack(25)
    b'\\x01'
    """

    def bind(self, byte_order: str) -> Codec:
        """Return the codec for this field in a record of that byte order."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it is bound")


class Number(Field):
    """A number or a bool, by its `struct` code: one of `bBhHiIqQ`, `efd` or `?`.

    The sizes are those of `struct`'s standard mode on every platform; codes whose size varies (`l n P`) are refused.

    >>> Number("B").bind("!").pack(255)
    b'\\xff'
    >>> Number("B").bind("!").pack(256)
    Traceback (most recent call last):
    ValueError: not an integer from 0 to 255

    Raises: ValueError for another code.
    """

    def __init__(self, code: str) -> None:
        if len(code) != 1 or code not in "bBhHiIqQefd?":
            raise ValueError(f"a number's code is one of bBhHiIqQefd?, not {code!r}")
        self.code = code

    def bind(self, byte_order: str) -> Codec:
        size = struct.calcsize("=" + self.code)
        return Codec(byte_order, self.code, size, alignment_of(self.code),
                     encode=only_a_bool if self.code == "?" else None, wanted=self._wanted(size))

    def _wanted(self, size: int) -> str:
        if self.code == "?":
            return "True or False"
        if self.code in "efd":
            return f"a number that {size * 8} bits of floating point hold"
        bits = size * 8 - self.code.islower()
        return f"an integer from {-(2 ** bits) if self.code.islower() else 0} to {2 ** bits - 1}"


class Bytes(Field):
    """Exactly `size` bytes, neither padded nor cut: an address, a digest, something reserved.

    >>> Bytes(4).bind("!").pack(b"GIF8")
    b'GIF8'
    >>> Bytes(4).bind("!").pack(b"GIF89a")
    Traceback (most recent call last):
    ValueError: got 6 of 4 bytes

    Raises: ValueError for a size below 1, and where a value has another length.
    """

    def __init__(self, size: int) -> None:
        self.size = positive(size, "size")

    def bind(self, byte_order: str) -> Codec:
        return Codec(byte_order, f"{self.size}s", self.size, 1, encode=self._encode, wanted=f"{self.size} bytes")

    def _encode(self, value: bytes) -> bytes:
        raw = bytes(memoryview(value))  # refuses what bytes() would take by mistake, such as 4 or [1, 2]
        if len(raw) != self.size:
            raise ValueError(f"got {len(raw)} of {self.size} bytes")
        return raw


class Text(Field):
    """Text in `size` bytes, padded with NUL; longer text is refused, or with `truncate=True` cut at a character's end.

    `Annotated[str, Text(12)]` in a record; the encoding is UTF-8 unless another is named, such as GBK. UTF-16 and
    UTF-32 take the byte order of the record, without a mark. A text that holds a NUL is refused, because what follows
    it could not be read back.

    >>> field = Text(7).bind("!")
    >>> field.pack("张三")
    b'\\xe5\\xbc\\xa0\\xe4\\xb8\\x89\\x00'
    >>> field.unpack(b"lily\\0\\0\\0")
    'lily'
    >>> field.pack("张三丰")
    Traceback (most recent call last):
    ValueError: 9 bytes as utf-8, 7 fit
    >>> Text(7, "gbk").bind("!").pack("张三丰").decode("gbk")
    '张三丰\\x00'
    >>> Text(7, truncate=True).bind("!").pack("张三丰").decode()
    '张三\\x00'
    >>> Text(8, "utf-16").bind("<").pack("cat")
    b'c\\x00a\\x00t\\x00\\x00\\x00'

    Raises: ValueError for a size below 1, or one that cuts a code unit of UTF-16 or UTF-32; LookupError for an unknown
    encoding.
    Notes: struct模块使用, 怎么去除bytes中的\\x00. The stdlib's `s` code cuts any byte string in silence.
    """

    def __init__(self, size: int, encoding: str = "utf-8", *, truncate: bool = False) -> None:
        self.size, self.encoding, self.truncate = positive(size, "size"), encoding, truncate
        self.unit = code_unit(encoding)
        if size % self.unit:
            raise ValueError(f"{size} bytes are no multiple of {self.unit}, the code unit of {encoding}")

    def bind(self, byte_order: str) -> Codec:
        encoding = codecs.lookup(self.encoding).name
        if encoding in ("utf-16", "utf-32"):  # which would write a mark before each text
            encoding += "-be" if big_or_little(byte_order) == "big" else "-le"
        encode, decode = partial(self._encode, encoding), partial(self._decode, encoding)
        return Codec(byte_order, f"{self.size}s", self.size, 1, encode, decode, wanted="text")

    def _decode(self, encoding: str, raw: bytes) -> str:
        return strip_nul(raw, self.unit).decode(encoding)

    def _encode(self, encoding: str, value: str) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"text wanted, got {type(value).__name__}")
        if "\0" in value:
            raise ValueError("a NUL in the text would end it there")
        raw = value.encode(encoding)
        if len(raw) <= self.size:
            return raw
        if not self.truncate:
            raise ValueError(f"{len(raw)} bytes as {self.encoding}, {self.size} fit")
        return truncate_text(value, self.size, encoding)


class Array(Field):
    """A fixed count of one kind of field: numbers, texts, arrays or records, as a list.

    `Annotated[list[float], Array(Float32, 3)]` in a record.

    >>> field = Array(UInt16, 3).bind("!")
    >>> field.pack([1, 2, 3])
    b'\\x00\\x01\\x00\\x02\\x00\\x03'
    >>> field.unpack(field.pack((1, 2, 3)))
    [1, 2, 3]
    >>> field.pack([1, 2])
    Traceback (most recent call last):
    ValueError: got 2 of 3 items

    Raises: ValueError for a count below 1, TypeError for what is no field.
    """

    def __init__(self, item: Any, count: int) -> None:
        self.item, self.count = field_of(item), positive(count, "count")

    def bind(self, byte_order: str) -> Codec:
        item = self.item.bind(byte_order)
        packed = struct.Struct(without_padding(byte_order) + item.code * self.count)

        def encode(values: Sequence[Any]) -> bytes:
            values = list(values)
            if len(values) != self.count:
                raise ValueError(f"got {len(values)} of {self.count} items")
            try:
                return packed.pack(*(map(item.encode, values) if item.encode else values))
            except (struct.error, OverflowError, TypeError, ValueError):
                return b"".join(_pack_item(item, index, value) for index, value in enumerate(values))

        def decode(raw: bytes) -> list[Any]:
            values = packed.unpack(raw)
            return list(map(item.decode, values)) if item.decode else list(values)

        parts = tuple(BoundField(f"[{index}]", index * item.size, item.size, item) for index in range(self.count))
        return Codec(byte_order, f"{packed.size}s", packed.size, item.alignment, encode, decode,
                     f"a list of {self.count} items", parts)


# One byte, 0 to 255.
UInt8 = Annotated[int, Number("B")]
# Two bytes, 0 to 65535.
UInt16 = Annotated[int, Number("H")]
# Four bytes, 0 to 4294967295.
UInt32 = Annotated[int, Number("I")]
# Eight bytes, 0 to 18446744073709551615.
UInt64 = Annotated[int, Number("Q")]
# One byte, -128 to 127.
Int8 = Annotated[int, Number("b")]
# Two bytes, -32768 to 32767.
Int16 = Annotated[int, Number("h")]
# Four bytes, -2147483648 to 2147483647.
Int32 = Annotated[int, Number("i")]
# Eight bytes, -9223372036854775808 to 9223372036854775807.
Int64 = Annotated[int, Number("q")]
# Two bytes of floating point (IEEE 754 half precision): about three decimal digits.
Float16 = Annotated[float, Number("e")]
# Four bytes of floating point (C's float): about seven decimal digits, so 170.1 comes back as 170.10000610351562.
Float32 = Annotated[float, Number("f")]
# Eight bytes of floating point (C's double, Python's own float): comes back exactly as it was.
Float64 = Annotated[float, Number("d")]
# One byte, True or False.
Bool = Annotated[bool, Number("?")]


def field_of(annotation: Any) -> Field:
    """Return the field that an annotation means: of `Annotated[type, field]`, a field itself, or a record to be nested.

    >>> field_of(UInt16).bind("!").size
    2
    >>> field_of(int)
    Traceback (most recent call last):
    TypeError: <class 'int'> does not say how many bytes it takes: UInt32, Float64, Annotated[str, Text(12)] do

    Raises: TypeError for anything else.
    """
    candidates = get_args(annotation)[1:] if get_origin(annotation) is Annotated else [annotation]
    for candidate in candidates:
        if isinstance(candidate, Field):
            return candidate
        nested = getattr(candidate, "as_field", None)
        if nested is not None:
            found: Field = nested()
            return found
    known = "UInt32, Float64, Annotated[str, Text(12)]"
    raise TypeError(f"{annotation!r} does not say how many bytes it takes: {known} do")


def alignment_of(code: str) -> int:
    """Return the multiple of bytes at which this machine's C compiler places a type, by its `struct` code.

    >>> alignment_of("B"), alignment_of("H"), alignment_of("I")
    (1, 2, 4)

    Raises: struct.error for an unknown code.
    """
    return struct.calcsize(f"@B{code}") - struct.calcsize(f"@{code}")


def without_padding(byte_order: str) -> str:
    """Return the `struct` prefix of the same byte order that adds no padding: a layout adds its own.

    >>> without_padding("@"), without_padding("!")
    ('=', '!')
    """
    return "=" if byte_order == "@" else byte_order


def big_or_little(byte_order: str) -> Literal["big", "little"]:
    """Return the name that `int.to_bytes` has for a byte order of `struct`.

    >>> big_or_little("!"), big_or_little("<")
    ('big', 'little')
    """
    return "big" if byte_order in "!>" or byte_order in "=@" and sys.byteorder == "big" else "little"


def positive(number: int, what: str) -> int:
    """Return `number` if it is 1 or more.

    >>> positive(3, "count")
    3

    Raises: ValueError otherwise.
    """
    if number < 1:
        raise ValueError(f"a {what} is 1 or more, not {number}")
    return number


def only_a_bool(value: bool) -> bool:
    """Return `value` if it is True or False: `struct` would take any object and call most of them true.

    >>> only_a_bool(False)
    False

    Raises: TypeError otherwise.
    """
    if value is not True and value is not False:
        raise TypeError("True or False wanted")
    return value


def _pack_item(item: Codec, index: int, value: Any) -> bytes:
    try:
        return item.pack(value)
    except ValueError as error:
        raise ValueError(f"item {index}, {value!r}: {error}") from error
