"""Records: declared, packed, unpacked, nested, inherited, and what they say when something is wrong."""
from __future__ import annotations

import copy
import ctypes
import dataclasses
import pickle
import random
import struct
from typing import Annotated

import pytest

from netio.packing import Array, Bool, Bytes, Float32, Int16, Int64, Record, RecordError, Text, UInt8, UInt16, UInt32
from netio.packing.fields import BYTE_ORDERS


class Point(Record, byte_order="<"):
    x: Int16
    y: Int16


class Student(Record, byte_order="!"):
    id: UInt32
    name: Annotated[str, Text(12)]
    age: UInt8
    score: Float32 = 0.0
    passed: Bool = False
    digest: Annotated[bytes, Bytes(2)] = b"\0\0"
    marks: Annotated[list[int], Array(UInt16, 2)] = dataclasses.field(default_factory=lambda: [0, 0])
    home: Point = dataclasses.field(default_factory=lambda: Point(0, 0))
    ways: Annotated[list[Point], Array(Point, 2)] = dataclasses.field(default_factory=lambda: [Point(0, 0)] * 2)


LILY = Student(1, "lily", 16, 99.5, True, b"\1\2", [3, 4], Point(5, -6), [Point(7, 8), Point(9, 10)])


def test_a_record_is_one_struct_with_known_offsets():
    raw = LILY.pack()
    big = struct.pack("!I12sBf?2sHH", 1, b"lily", 16, 99.5, True, b"\1\2", 3, 4)
    assert raw == big + struct.pack("<6h", 5, -6, 7, 8, 9, 10)
    assert Student.layout.size == len(raw) == 40
    assert Student.layout.offsets == {"id": 0, "name": 4, "age": 16, "score": 17, "passed": 21, "digest": 22,
                                      "marks": 24, "home": 28, "ways": 32}
    assert Student.unpack(raw) == LILY and Student.unpack(bytearray(raw)) == LILY == Student.unpack(memoryview(raw))


def test_it_is_a_dataclass():
    assert repr(Point(1, 2)) == "Point(x=1, y=2)" and Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert dataclasses.replace(LILY, age=17).age == 17 and dataclasses.asdict(LILY)["home"] == {"x": 5, "y": -6}
    assert pickle.loads(pickle.dumps(LILY)) == LILY == copy.deepcopy(LILY)
    with pytest.raises(TypeError):
        Point(1)


@pytest.mark.parametrize(("field", "value", "said"), [
    ("id", -1, "Student.id = -1: not an integer from 0 to 4294967295"),
    ("age", 256, "Student.age = 256: not an integer from 0 to 255"),
    ("age", "16", "Student.age = '16': not an integer from 0 to 255"),
    ("name", "张三丰张无忌", "Student.name = '张三丰张无忌': 18 bytes as utf-8, 12 fit"),
    ("score", 1e39, "Student.score = 1e+39: not a number that 32 bits of floating point hold"),
    ("passed", 1, "Student.passed = 1: not True or False"),
    ("digest", b"abc", "Student.digest = b'abc': got 3 of 2 bytes"),
    ("marks", [1], "Student.marks = [1]: got 1 of 2 items"),
    ("home", None, "Student.home = None: not a Point"),
    ("home", Point(0, 40000), "Student.home.y = 40000: not an integer from -32768 to 32767"),
])
def test_one_error_names_record_field_and_value(field, value, said):
    with pytest.raises(RecordError) as caught:
        dataclasses.replace(LILY, **{field: value}).pack()
    assert str(caught.value) == said and isinstance(caught.value, ValueError)
    assert caught.value.record == "Student" and caught.value.field.split(".")[0] == field
    assert str(pickle.loads(pickle.dumps(caught.value))) == said


def test_unpacking_wants_exactly_one_record():
    raw = LILY.pack()
    for wrong in (b"", raw[:-1], raw + b"\0"):
        with pytest.raises(RecordError, match=f"Student: got {len(wrong)} of 40 bytes"):
            Student.unpack(wrong)
    with pytest.raises(RecordError, match=r"Student.name = b'\\xff.*can't decode byte 0xff"):
        Student.unpack(raw[:4] + b"\xff" + raw[5:])


def test_unpack_from_takes_a_record_out_of_the_middle():
    data = b"head" + Point(1, 2).pack() + b"tail"
    assert Point.unpack_from(data, 4) == Point.unpack_from(data[4:]) == Point(1, 2)
    for offset in (9, 12, 100, -4):
        with pytest.raises(RecordError, match="of 4 bytes at offset"):
            Point.unpack_from(data, offset)


def test_iter_unpack_yields_all_or_says_first_that_they_do_not_fit():
    points = [Point(n, -n) for n in range(5)]
    data = b"".join(point.pack() for point in points)
    assert list(Point.iter_unpack(data)) == points and list(Point.iter_unpack(b"")) == []
    with pytest.raises(RecordError, match="21 bytes end with 1 of the 4 bytes of a record"):
        Point.iter_unpack(data + b"x")


@pytest.mark.parametrize("order", BYTE_ORDERS)
def test_every_byte_order_comes_back(order):
    class Mixed(Record, byte_order=order):
        a: UInt8
        b: Int64
        c: UInt16

    assert Mixed.unpack(Mixed(1, -2, 3).pack()) == Mixed(1, -2, 3)
    assert order == "@" or Mixed.layout.size == 11


def test_native_layout_is_the_c_compilers_with_the_padding_at_the_end():
    class Ours(Record, byte_order="@"):
        a: UInt8
        b: Int64
        c: UInt16
        d: Annotated[list[int], Array(UInt32, 3)]

    class Theirs(ctypes.Structure):
        _fields_ = [("a", ctypes.c_uint8), ("b", ctypes.c_int64), ("c", ctypes.c_uint16), ("d", ctypes.c_uint32 * 3)]

    assert Ours.layout.size == ctypes.sizeof(Theirs)
    assert Ours.layout.offsets == {name: getattr(Theirs, name).offset for name in "abcd"}
    assert bytes(Theirs(1, -2, 3, (ctypes.c_uint32 * 3)(4, 5, 6))) == Ours(1, -2, 3, [4, 5, 6]).pack()

    class Outer(Record, byte_order="@"):
        flag: UInt8
        inner: Ours

    assert Outer.layout.offsets["inner"] == ctypes.alignment(Theirs)


def test_a_field_is_known_where_it_was_declared_and_not_looked_for_again():
    Small = UInt8

    class First(Record, byte_order="!"):
        first: Small

        def __init_subclass__(cls, **options):
            super().__init_subclass__(**options)

    class Second(First):
        second: Small

    there = {"Second": Second}
    exec("class Third(Second):\n    pass", there)  # where nobody knows of Small
    assert there["Third"](1, 2).pack() == Second(1, 2).pack() == b"\1\2"


def test_a_subclass_adds_fields_and_keeps_the_byte_order_unless_told():
    class Point3(Point):
        z: Int16

    class Swapped(Point3, byte_order="!"):
        y: UInt8

    assert Point3(1, 2, 3).pack() == struct.pack("<3h", 1, 2, 3)
    assert Swapped(1, 2, 3).pack() == struct.pack("!hBh", 1, 2, 3)
    assert Point(1, 2).pack() == struct.pack("<2h", 1, 2)


def test_names_are_found_where_the_class_is_written():
    Age = Annotated[int, Text(3)]  # a local name, which only this function knows

    class Local(Record, byte_order="!"):
        age: Age
        short: Text(2)  # without a type for checkers: allowed

    assert Local("16", "ab").pack() == b"16\0ab"


def test_what_cannot_be_declared_says_why():
    with pytest.raises(TypeError, match=r"class Orderless\(Record, byte_order=...\) needs one of: '!' network order"):
        class Orderless(Record):
            x: UInt8
    with pytest.raises(TypeError, match="Plain.x: <class 'int'> does not say how many bytes"):
        class Plain(Record, byte_order="!"):
            x: int
    with pytest.raises(TypeError, match="Unknown.x: name 'NoSuchField' is not defined"):
        class Unknown(Record, byte_order="!"):
            x: NoSuchField  # noqa: F821
    for name in ("pack", "unpack", "layout", "as_field"):
        with pytest.raises(TypeError, match=f"every record has its own '{name}'"):
            type(Record)("Clash", (Record,), {"__annotations__": {name: UInt8}, "__module__": __name__}, byte_order="!")
    with pytest.raises(TypeError, match="Empty has no field"):
        class Empty(Record, byte_order="!"):
            pass
    with pytest.raises(TypeError, match="declare a subclass"):
        Record()


def test_random_bytes_unpack_or_raise_the_one_error():
    draw = random.Random(7)
    errors = 0
    for _ in range(500):
        raw = bytes(draw.randrange(256) for _ in range(draw.choice([0, 39, 40, 41])))
        try:
            Student.unpack(raw)
        except RecordError:
            errors += 1
    assert 300 < errors < 500
