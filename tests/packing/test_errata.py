"""What the course notes say about struct, going wrong, and netio's way beside it."""
from __future__ import annotations

import struct
from typing import Annotated

import pytest

from netio.packing import (Float32, Record, RecordError, RecordReader, Text, UInt8, UInt32, cut_text, format_places,
                           strip_nul)


class Student(Record, byte_order="!"):
    id: UInt32
    name: Annotated[str, Text(12)]
    age: UInt8
    score: Float32


LILY = Student(1, "lily", 16, 170.1)


def test_24_the_format_cuts_the_name():
    """如果你想发送 lily 16 170.1 则fmt 为：2sif — which keeps `li`."""
    assert struct.unpack("2sif", struct.pack("2sif", b"lily", 16, 170.1))[0] == b"li"

    class Short(Record, byte_order="!"):
        name: Annotated[str, Text(2)]

    with pytest.raises(RecordError, match="Short.name = 'lily': 4 bytes as utf-8, 2 fit"):
        Short("lily").pack()


def test_24_a_format_without_prefix_is_native():
    """发送数据前都要将数据转换为网络字节序 — and then fmt = 'i12sif', which is this machine's order and padding."""
    assert struct.calcsize("i10sif") != struct.calcsize("!i10sif")
    assert format_places("i10sif")[2][1] == 16 and format_places("!i10sif")[2][1] == 14
    assert struct.pack("=i", 1) in (struct.pack("<i", 1), struct.pack(">i", 1))
    with pytest.raises(TypeError, match="byte_order"):
        class Native(Record):
            id: UInt32
    assert LILY.pack()[:4] == b"\0\0\0\1" and Student.layout.size == 21


@pytest.mark.parametrize("arrives", [10, 42])
def test_25_one_recv_is_not_one_record(arrives):
    """datas = connfd.recv(1024) ... struct.unpack(fmt, datas)."""
    stream = LILY.pack() * 4
    with pytest.raises(struct.error):
        struct.unpack("!I12sBf", stream[:arrives])
    reader = RecordReader(Student)
    pieces = [stream[start:start + arrives] for start in range(0, len(stream), arrives)]
    got = [student for piece in pieces for student in reader.feed(piece)]
    assert len(got) == 4 and all(student.name == "lily" for student in got)


def test_26_rstrip_does_not_take_nul_away():
    """by.rstrip() as the way to remove \\x00."""
    packed = struct.pack("12s", b"lily")
    assert packed.rstrip() == packed and packed.decode() != "lily"
    assert strip_nul(packed) == b"lily" and Student.unpack(LILY.pack()).name == "lily"


def test_26_a_name_is_cut_inside_a_character():
    """注意：对于4s，不足4字节则在后面补0，满了则截取 — also in the middle of a character."""
    packed = struct.pack("4s", "张三".encode())
    with pytest.raises(UnicodeDecodeError):
        packed.decode()
    assert cut_text("张三", 4).decode() == "张"


def test_26_a_float_does_not_come_back_as_it_went():
    """f — float: 170.1 in four bytes is 170.10000610351562, which `str(i)` writes into the file."""
    (back,) = struct.unpack("!f", struct.pack("!f", 170.1))
    assert back != 170.1 and str(back) == "170.10000610351562"
    assert f"{Student.unpack(LILY.pack()).score:.1f}" == "170.1"


def test_03_splitting_by_one_space_keeps_empty_strings():
    """[i for i in str.split(' ') if i != ' '] — two spaces between the fields, and the line does not fit four names."""
    with pytest.raises(ValueError):
        id, name, age, score = [i for i in "1  lily 16 170.1".split(" ") if i != " "]
    assert "1  lily 16 170.1".split() == ["1", "lily", "16", "170.1"]
