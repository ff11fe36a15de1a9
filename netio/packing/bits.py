"""Integers that `struct` has no code for: of any number of bytes, and several of a few bits in one of them.

>>> from netio.packing import Record
>>> class Colour(Record, byte_order="!"):
...     rgb: UInt24
...     offset: Int24
>>> Colour(0xFF8000, -1).pack()
b'\\xff\\x80\\x00\\xff\\xff\\xff'
"""
from __future__ import annotations

import operator
from typing import Annotated, Any, Mapping

from .fields import Codec, Field, big_or_little, positive


class Integer(Field):
    """An integer of `size` bytes, such as 3 or 6 or 16, which may be negative if `signed`.

    >>> Integer(3).bind("!").pack(0x010203), Integer(3).bind("<").pack(0x010203)
    (b'\\x01\\x02\\x03', b'\\x03\\x02\\x01')
    >>> Integer(3, signed=True).bind("!").unpack(b"\\xff\\xff\\xfe")
    -2
    >>> Integer(3).bind("!").pack(1 << 24)
    Traceback (most recent call last):
    ValueError: not an integer from 0 to 16777215

    It has no alignment in C. Raises: ValueError for a size below 1. Stdlib: `int.to_bytes`.
    """

    def __init__(self, size: int, *, signed: bool = False) -> None:
        self.size, self.signed = positive(size, "size"), signed

    def bind(self, byte_order: str) -> Codec:
        order, size, signed = big_or_little(byte_order), self.size, self.signed

        def encode(value: int) -> bytes:
            return operator.index(value).to_bytes(size, order, signed=signed)

        def decode(raw: bytes) -> int:
            return int.from_bytes(raw, order, signed=signed)

        bits = size * 8 - signed
        wanted = f"an integer from {-(1 << bits) if signed else 0} to {(1 << bits) - 1}"
        return Codec(byte_order, f"{size}s", size, 1, encode, decode, wanted)


class Bits(Field):
    """Small numbers that share `size` bytes: each name with its number of bits, from the highest bit to the lowest.

    The value is a dict. `lowest_first` counts from the lowest bit, as C compilers do on most machines.

    >>> first = Bits(1, version=4, header_words=4).bind("!")
    >>> first.pack({"version": 4, "header_words": 5}), first.unpack(b"\\x45")
    (b'E', {'version': 4, 'header_words': 5})
    >>> Bits(2, more=1, offset=13, flags=2).bind("!").unpack(b"\\x80\\x05")
    {'more': 1, 'offset': 1, 'flags': 1}
    >>> first.pack({"version": 16, "header_words": 5})
    Traceback (most recent call last):
    ValueError: version = 16: not an integer from 0 to 15

    `Annotated[dict[str, int], Bits(1, version=4, header_words=4)]` in a record.

    Raises: ValueError where the bits do not fill the bytes, and for names that are missing, unknown or too large. See:
    RFC 791 section 3.1 (such fields). Stdlib: `ctypes.Structure` has bit fields, laid out as the machine does.
    """

    def __init__(self, size: int, *, lowest_first: bool = False, **widths: int) -> None:
        self.size, self.widths = positive(size, "size"), widths
        for width in widths.values():
            positive(width, "number of bits")
        if sum(widths.values()) != 8 * size:
            raise ValueError(f"{sum(widths.values())} bits do not fill {size} bytes: name those that are reserved, too")
        shift = 0
        self._places = {}
        for name in widths if lowest_first else reversed(widths):
            self._places[name] = shift, (1 << widths[name]) - 1
            shift += widths[name]

    def bind(self, byte_order: str) -> Codec:
        order = big_or_little(byte_order)

        def encode(values: Mapping[str, int]) -> bytes:
            return self._join(values).to_bytes(self.size, order)

        def decode(raw: bytes) -> dict[str, int]:
            number = int.from_bytes(raw, order)
            return {name: number >> shift & mask for name in self.widths for shift, mask in [self._places[name]]}

        return Codec(byte_order, f"{self.size}s", self.size, 1, encode, decode, f"a dict of {', '.join(self.widths)}")

    def _join(self, values: Mapping[str, int]) -> int:
        if wrong := sorted(self.widths.keys() ^ values.keys() if isinstance(values, Mapping) else self.widths):
            raise ValueError(f"a dict of {', '.join(self.widths)} wanted: wrong or missing are {', '.join(wrong)}")
        number = 0
        for name, (shift, mask) in self._places.items():
            value = _index(values[name])
            if not 0 <= value <= mask:
                raise ValueError(f"{name} = {values[name]!r}: not an integer from 0 to {mask}")
            number |= value << shift
        return number


# Three bytes, 0 to 16777215: colours, lengths in TLS and HTTP/2, audio samples.
UInt24 = Annotated[int, Integer(3)]
# Three bytes, -8388608 to 8388607.
Int24 = Annotated[int, Integer(3, signed=True)]


def _index(value: Any) -> int:
    """Return an integer as it is, and -1, which no bits hold, for anything else."""
    try:
        return operator.index(value)
    except TypeError:
        return -1
