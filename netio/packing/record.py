"""Records: classes whose annotations say which bytes they are.

A subclass of Record becomes a dataclass, so it has the constructor, comparison and repr that one expects, and a
`layout`: one cached `struct.Struct` with the offset of every field. The byte order must be named, because
the default of `struct` is this machine's, which is wrong on a network.
"""
from __future__ import annotations

import reprlib
import struct
import sys
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Callable, ClassVar, Iterator, NamedTuple, TypeVar  # noqa: F401

from .fields import BYTE_ORDERS, BoundField, Codec, Field, field_of, without_padding
from .fields import Float32, Text, UInt8, UInt32  # noqa: F401 (the examples use them)

if sys.version_info >= (3, 11):
    from typing import dataclass_transform
else:
    def dataclass_transform(**options: Any) -> Any:
        return lambda cls: cls

_R = TypeVar("_R", bound="Record")


class RecordError(ValueError):
    """A record that cannot be packed or unpacked: `record`, `field` and `value` say which, `reason` why.

    >>> print(RecordError("Student", "age", 300, "not an integer from 0 to 255"))
    Student.age = 300: not an integer from 0 to 255
    >>> print(RecordError("Student", "", b"abc", "got 3 of 25 bytes"))
    Student: got 3 of 25 bytes
    """

    def __init__(self, record: str, field: str, value: object, reason: str) -> None:
        where = f"{record}.{field} = {reprlib.repr(value)}" if field else record
        super().__init__(f"{where}: {reason}")
        self.record, self.field, self.value, self.reason = record, field, value, reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.record, self.field, self.value, self.reason)


class Layout(NamedTuple):
    """Which bytes of a record are which field.

    >>> layout = layout_fields({"age": field_of(UInt8), "score": field_of(Float32)}, "@")
    >>> layout.size, layout.offsets, layout.packed.format
    (8, {'age': 0, 'score': 4}, '=B3xf')
    """

    byte_order: str
    packed: struct.Struct
    alignment: int
    fields: tuple[BoundField, ...]
    names: tuple[str, ...]
    encoders: tuple[tuple[int, Callable[[Any], Any]], ...]  # for those fields that need it: index, what packs it
    decoders: tuple[tuple[int, Callable[[Any], Any]], ...]  # likewise: index, what unpacks it

    @property
    def size(self) -> int:
        """How many bytes a record takes."""
        return self.packed.size

    @property
    def offsets(self) -> dict[str, int]:
        """Where each field begins, in bytes from the record's start."""
        return {field.name: field.offset for field in self.fields}


def layout_fields(declared: dict[str, Field], byte_order: str) -> Layout:
    """Lay fields out one after the other; with '@' padded as C does: each at its alignment, the end at the largest.

    Python's own '@' leaves the padding at the end off, so an array of C structs cannot be read with it.

    >>> layout_fields({"a": field_of(UInt32), "b": field_of(UInt8)}, "@").size
    8
    >>> layout_fields({"a": field_of(UInt32), "b": field_of(UInt8)}, "!").size
    5

    Raises: ValueError for a byte order that is not in `BYTE_ORDERS`.
    """
    if byte_order not in BYTE_ORDERS:
        raise ValueError(f"a byte order is one of {' '.join(BYTE_ORDERS)}, not {byte_order!r}")
    fields, code, offset, alignment = [], without_padding(byte_order), 0, 1
    for name, kind in declared.items():
        codec = kind.bind(byte_order)
        gap = -offset % codec.alignment if byte_order == "@" else 0
        code += f"{gap}x" * bool(gap) + codec.code
        fields.append(BoundField(name, offset + gap, codec.size, codec))
        offset += gap + codec.size
        alignment = max(alignment, codec.alignment)
    gap = -offset % alignment if byte_order == "@" else 0
    packed = struct.Struct(code + f"{gap}x" * bool(gap))
    encoders = tuple((index, field.codec.encode) for index, field in enumerate(fields) if field.codec.encode)
    decoders = tuple((index, field.codec.decode) for index, field in enumerate(fields) if field.codec.decode)
    return Layout(byte_order, packed, alignment, tuple(fields), tuple(declared), encoders, decoders)


@dataclass_transform(field_specifiers=(field,))  # PEP 681: type checkers know what a record's constructor takes
class Record:
    """A record of fixed size, declared by annotations; `byte_order` is one of `! > < = @` and must be given.

    >>> class Student(Record, byte_order="!"):
    ...     id: UInt32
    ...     name: Annotated[str, Text(12)]
    ...     age: UInt8
    ...     score: Float32 = 0.0
    >>> lily = Student(1, "lily", 16, score=99.5)
    >>> raw = lily.pack()
    >>> len(raw), Student.layout.size, Student.layout.offsets
    (21, 21, {'id': 0, 'name': 4, 'age': 16, 'score': 17})
    >>> Student.unpack(raw) == lily
    True
    >>> Student(1, "lily", 300).pack()
    Traceback (most recent call last):
    netio.packing.record.RecordError: Student.age = 300: not an integer from 0 to 255
    >>> Student.unpack(raw[:20])
    Traceback (most recent call last):
    netio.packing.record.RecordError: Student: got 20 of 21 bytes

    A record may be a field of another and keeps its own byte order there; a subclass adds its fields after those it
    inherits. Where no type checker reads the file, `name: Text(12)` says the same in fewer words.

    Raises: TypeError where the byte order is missing, an annotation is no field, or a field has the name of a method.
    Notes: struct模块使用. The stdlib's `struct` packs tuples; `ctypes.BigEndianStructure` comes closest.
    """

    layout: ClassVar[Layout]
    _declared: ClassVar[dict[str, tuple[object, Field]]] = {}  # name -> its dataclass field, what it is

    def __init_subclass__(cls, byte_order: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        byte_order = byte_order or (cls.layout.byte_order if cls._declared else "")
        if byte_order not in BYTE_ORDERS:
            meanings = "; ".join(f"{order!r} {meaning}" for order, meaning in BYTE_ORDERS.items())
            raise TypeError(f"class {cls.__name__}(Record, byte_order=...) needs one of: {meanings}")
        dataclass(cls)
        names = _names_where_written()
        declared: dict[str, tuple[object, Field]] = {}
        for entry in fields(cls):  # type: ignore[arg-type]
            known, kind = cls._declared.get(entry.name, (None, None))
            if known is not entry or kind is None:  # declared in this class, not inherited
                kind = _declared_field(cls, entry.name, entry.type, names)
            declared[entry.name] = entry, kind
        if not declared:
            raise TypeError(f"{cls.__name__} has no field")
        cls._declared = declared
        cls.layout = layout_fields({name: kind for name, (_, kind) in declared.items()}, byte_order)

    def __init__(self, *values: Any, **named: Any) -> None:  # each subclass gets its own from `dataclass`
        raise TypeError(f"{type(self).__name__} has no fields: declare a subclass of Record that has some")

    def pack(self) -> bytes:
        """Return the record's bytes, `layout.size` of them.

        Raises: RecordError that names record, field and value where one does not fit.
        """
        layout = self.layout
        try:
            values = [getattr(self, name) for name in layout.names]
            for index, encode in layout.encoders:
                values[index] = encode(values[index])
            return layout.packed.pack(*values)
        except (struct.error, ValueError, OverflowError, TypeError) as error:
            raise _wrong_value(self) from error

    @classmethod
    def unpack(cls: type[_R], data: bytes) -> _R:
        """Return the record that `data`, exactly `layout.size` bytes, holds.

        Raises: RecordError for another size, and for text that is not in its field's encoding.
        """
        if len(data) != cls.layout.size:
            raise RecordError(cls.__name__, "", bytes(data), f"got {len(data)} of {cls.layout.size} bytes")
        return _from_values(cls, cls.layout.packed.unpack(data))

    @classmethod
    def unpack_from(cls: type[_R], data: bytes, offset: int = 0) -> _R:
        """Return the record that begins at `offset` of `data`; what follows it is ignored.

        Raises: RecordError where fewer than `layout.size` bytes follow, or the offset is negative.
        """
        there = len(data) - offset
        if offset < 0 or there < cls.layout.size:
            reason = f"got {max(0, there)} of {cls.layout.size} bytes at offset {offset}"
            raise RecordError(cls.__name__, "", offset, reason)
        return _from_values(cls, cls.layout.packed.unpack_from(data, offset))

    @classmethod
    def iter_unpack(cls: type[_R], data: bytes) -> Iterator[_R]:
        """Yield the records that follow each other in `data`.

        Raises: RecordError, before the first record, where `data` ends inside one.
        """
        if left := len(data) % cls.layout.size:
            reason = f"{len(data)} bytes end with {left} of the {cls.layout.size} bytes of a record"
            raise RecordError(cls.__name__, "", len(data), reason)
        return (_from_values(cls, values) for values in cls.layout.packed.iter_unpack(data))

    @classmethod
    def as_field(cls) -> Field:
        """Return this record as a field of another one."""
        return _Nested(cls)


class _Nested(Field):
    def __init__(self, record: type[Record]) -> None:
        self.record = record

    def bind(self, byte_order: str) -> Codec:
        layout = self.record.layout
        parts = tuple(field._replace(name=f".{field.name}") for field in layout.fields)
        alignment = layout.alignment if layout.byte_order == "@" else 1
        return Codec(layout.byte_order, f"{layout.size}s", layout.size, alignment, self._encode, self.record.unpack,
                     f"a {self.record.__name__}", parts)

    def _encode(self, value: Record) -> bytes:
        if not isinstance(value, self.record):
            raise TypeError(f"a {self.record.__name__} wanted")
        return value.pack()


def _names_where_written() -> tuple[dict[str, Any], ...]:
    """Return the globals and locals of the place where a class statement is, seen from its __init_subclass__.

    Annotations are text under `from __future__ import annotations`; their names are known there, in a function too.
    """
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_name == "__init_subclass__":
        frame = frame.f_back
    return frame.f_globals, dict(frame.f_locals)


def _declared_field(cls: type[Record], name: str, annotation: Any, names: tuple[dict[str, Any], ...]) -> Field:
    if hasattr(Record, name) or name == "layout":
        raise TypeError(f"{cls.__name__}.{name}: every record has its own {name!r}; take another name")
    try:
        return field_of(eval(annotation, *names) if isinstance(annotation, str) else annotation)
    except (NameError, TypeError, AttributeError, ValueError, SyntaxError, LookupError) as error:
        raise TypeError(f"{cls.__name__}.{name}: {error}") from error


def _from_values(cls: type[_R], values: tuple[Any, ...]) -> _R:
    if not cls.layout.decoders:
        return cls(*values)
    decoded = list(values)
    for index, decode in cls.layout.decoders:
        try:
            decoded[index] = decode(values[index])
        except ValueError as error:
            raise _named(cls, cls.layout.fields[index].name, values[index], error) from error
    return cls(*decoded)


def _wrong_value(record: Record) -> RecordError:
    """Find the first field whose value does not fit."""
    for bound in record.layout.fields:
        value = getattr(record, bound.name)
        try:
            bound.codec.pack(value)
        except ValueError as error:
            return _named(type(record), bound.name, value, error)
    return RecordError(type(record).__name__, "", record, "cannot be packed")


def _named(cls: type[Record], field: str, value: object, error: ValueError) -> RecordError:
    if isinstance(error, RecordError):  # in a nested record: name the way down to it
        way = ".".join(filter(None, (field, error.field)))
        return RecordError(cls.__name__, way, error.value, error.reason)
    return RecordError(cls.__name__, field, value, str(error))
