"""Records of fixed size over `struct`: declared as annotated classes, with a byte order that must be named.

A record says which bytes are which field, so numbers, text, arrays and other records go to any program in any
language and come back the same. Text is padded with NUL and never cut in the middle of a character. One error,
RecordError, names record, field and value. Records are read out of a stream in pieces by RecordDecoder, and `hexdump`
shows who owns which byte. Nothing here does I/O: bytes in, records out.

>>> from netio.packing import Record, UInt8, UInt32
>>> class Point(Record, byte_order="!"):
...     x: UInt32
...     y: UInt8
>>> Point(1, 2).pack()
b'\\x00\\x00\\x00\\x01\\x02'

Start here: Record, RecordDecoder, Text, hexdump.

Notes: struct模块使用 (using the struct module).
"""
from __future__ import annotations

from .bits import Bits, Int24, Integer, UInt24
from .fields import (Array, Bool, Bytes, Float16, Float32, Float64, Int8, Int16, Int32, Int64, Text, UInt8, UInt16,
                     UInt32, UInt64)
from .record import Record, RecordError
from .stream import RecordDecoder
from .text import strip_nul, truncate_text
from .view import explain_format, hexdump

__all__ = [
    "Record", "RecordError", "RecordDecoder",
    "UInt8", "UInt16", "UInt24", "UInt32", "UInt64", "Int8", "Int16", "Int24", "Int32", "Int64",
    "Float16", "Float32", "Float64", "Bool", "Integer", "Bits", "Bytes", "Text", "Array",
    "truncate_text", "strip_nul",
    "hexdump", "explain_format",
]
