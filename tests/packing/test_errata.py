"""What the course notes say about struct, going wrong, and netio's way beside it."""
from __future__ import annotations

import os
import struct
from typing import Annotated

import pytest

from netio.packing import Float32, Record, RecordDecoder, RecordError, Text, UInt8, UInt32, strip_nul, truncate_text
from netio.packing.view import format_layout


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
    print("notes:", struct.unpack("2sif", struct.pack("2sif", b"lily", 16, 170.1))[0])
    print("netio:", "a name that does not fit raises RecordError")


def test_24_a_format_without_prefix_is_native():
    """发送数据前都要将数据转换为网络字节序 — and then fmt = 'i12sif', which is this machine's order and padding."""
    assert struct.calcsize("i10sif") != struct.calcsize("!i10sif")
    assert format_layout("i10sif")[2][1] == 16 and format_layout("!i10sif")[2][1] == 14
    assert struct.pack("=i", 1) in (struct.pack("<i", 1), struct.pack(">i", 1))
    with pytest.raises(TypeError, match="byte_order"):
        class Native(Record):
            id: UInt32
    assert LILY.pack()[:4] == b"\0\0\0\1" and Student.layout.size == 21
    print("notes:", f"i10sif has {struct.calcsize('i10sif')} bytes here, !i10sif {struct.calcsize('!i10sif')}")
    print("netio:", f"byte_order='!' must be said, and 1 is {LILY.pack()[:4]!r}")


@pytest.mark.parametrize("arrives", [10, 42])
def test_25_one_recv_is_not_one_record(arrives):
    """datas = connfd.recv(1024) ... struct.unpack(fmt, datas)."""
    stream = LILY.pack() * 4
    with pytest.raises(struct.error):
        struct.unpack("!I12sBf", stream[:arrives])
    decoder = RecordDecoder(Student)
    pieces = [stream[start:start + arrives] for start in range(0, len(stream), arrives)]
    got = [student for piece in pieces for student in decoder.feed(piece)]
    assert len(got) == 4 and all(student.name == "lily" for student in got)
    print("notes:", f"unpack of {arrives} bytes: struct.error")
    print("netio:", f"RecordDecoder: {len(got)} records")


def test_26_rstrip_does_not_take_nul_away():
    """by.rstrip() as the way to remove \\x00."""
    packed = struct.pack("12s", b"lily")
    assert packed.rstrip() == packed and packed.decode() != "lily"
    assert strip_nul(packed) == b"lily" and Student.unpack(LILY.pack()).name == "lily"
    print("notes:", packed.rstrip())
    print("netio:", strip_nul(packed))


def test_26_a_name_is_cut_inside_a_character():
    """注意：对于4s，不足4字节则在后面补0，满了则截取 — also in the middle of a character."""
    packed = struct.pack("4s", "张三".encode())
    with pytest.raises(UnicodeDecodeError):
        packed.decode()
    assert truncate_text("张三", 4).decode() == "张"
    print("notes:", f"{packed!r} cannot be decoded")
    print("netio:", f"truncate_text keeps {truncate_text('张三', 4)!r}")


def test_64_a_float_does_not_come_back_as_it_went():
    """f — float: 170.1 in four bytes is 170.10000610351562, which `str(i)` writes into the file."""
    (back,) = struct.unpack("!f", struct.pack("!f", 170.1))
    assert back != 170.1 and str(back) == "170.10000610351562"
    assert f"{Student.unpack(LILY.pack()).score:.1f}" == "170.1"
    print("notes:", str(back))
    print("netio:", f"{Student.unpack(LILY.pack()).score:.1f}")


def test_03_splitting_by_one_space_keeps_empty_strings():
    """[i for i in str.split(' ') if i != ' '] — two spaces between the fields, and the line does not fit four names."""
    with pytest.raises(ValueError):
        id, name, age, score = [i for i in "1  lily 16 170.1".split(" ") if i != " "]
    assert "1  lily 16 170.1".split() == ["1", "lily", "16", "170.1"]
    print("notes:", "ValueError: too many values to unpack")
    print("netio:", "1  lily 16 170.1".split())


def test_109_i_is_not_every_integer():
    """常用的为  i----integer: four bytes, -2147483648 to 2147483647; a Python int has no end."""
    with pytest.raises(struct.error):
        struct.pack("!i", 2 ** 31)
    with pytest.raises(RecordError, match="Student.id = 4294967296") as caught:
        Student(2 ** 32, "lily", 16, 170.1).pack()
    print("notes:", "struct.error for 2 ** 31")
    print("netio:", "RecordError:", caught.value)


def test_110_a_browser_is_no_student():
    """之后只要在浏览器中访问 127.0.0.1:8888即可 — behind the student server, which waits for packed records."""
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8888\r\n\r\n"
    with pytest.raises(struct.error):
        struct.unpack("i12sif", request)
    decoder = RecordDecoder(Student)
    with pytest.raises(RecordError) as caught:
        list(decoder.feed(request[:42]))
        decoder.finish()
    with pytest.raises(struct.error) as theirs:
        struct.unpack("i12sif", request)
    print("notes:", "struct.error:", theirs.value)
    print("netio:", "RecordError:", caught.value)


def test_111_one_record_a_connection():
    """The server: accept, one recv, send, and on to the next accept; the client: while True, send."""
    import gc
    import socket
    import warnings

    saved = []
    with socket.create_server(("127.0.0.1", 0)) as sockfd, socket.create_connection(sockfd.getsockname()) as client:
        connfd, _ = sockfd.accept()
        for number in (1, 2):
            client.sendall(Student(number, "lily", 16, 170.1).pack())
        saved.append(Student.unpack(connfd.recv(Student.layout.size)).id)  # the notes' server: this one, and then
        with socket.create_connection(sockfd.getsockname()), warnings.catch_warnings():  # on to the next client
            warnings.simplefilter("ignore", ResourceWarning)
            connfd, _ = sockfd.accept()
            gc.collect()
            client.settimeout(10)
            try:
                assert client.recv(1024) == b"" and os.name == "nt"  # Wine reads a reset as an end
            except ConnectionError:
                pass  # closed with the second record unread: a reset
            connfd.close()
    ours, theirs = socket.socketpair()
    with theirs:
        for number in (1, 2):
            ours.sendall(Student(number, "lily", 16, 170.1).pack())
        ours.close()
        decoder = RecordDecoder(Student)
        both = []
        while data := theirs.recv(1024):
            both += decoder.feed(data)
        decoder.finish()
    assert saved == [1] and [student.id for student in both] == [1, 2]
    print("notes:", "saved:", saved, "and the client is reset when the next one comes")
    print("netio:", "reading on to the end of the connection:", [student.id for student in both])


def test_112_chr_makes_characters_not_bytes():
    """by = by.rstrip(chr(2).encode()): from 128 on that is two bytes, and rstrip takes either away."""
    assert chr(200).encode() == b"\xc3\x88" != bytes([200])
    assert b"name\xc3\xc8".rstrip(chr(200).encode()) == b"name\xc3\xc8"
    assert b"name\xc8".rstrip(bytes([200])) == b"name" and strip_nul(b"lily\0\0") == b"lily"
    print("notes:", "chr(200).encode() is", chr(200).encode())
    print("netio:", "bytes([200]) is", bytes([200]), "and strip_nul takes the NULs")


def test_137_a_variable_called_str_hides_str():
    """str = input('请依次输入id、name、age、score'); id, name, age, score = ...: the types of these names are gone."""
    with pytest.raises(TypeError, match="not callable") as caught:
        exec("str = '1 lily 16 170.1'\nstr(16)", {})
    student = Student(1, "lily", 16, 170.1)
    assert str(student.id) == "1"
    print("notes:", "str(16) afterwards:", caught.value)
    print("netio:", "fields of a record hide nothing:", student.id, student.name)


def test_176_the_order_is_the_machines():
    """不同编程语言的socket相互可以通信，就得使用到 网络字节序 (between languages one needs the network's order)."""
    import ctypes
    import sys

    in_c, in_python = bytes(ctypes.c_int32(1)), struct.pack("=i", 1)
    assert in_c == in_python == (1).to_bytes(4, sys.byteorder)  # two languages, one machine
    assert int.from_bytes(struct.pack("<i", 1), "little") == 1  # any order will do that both keep to

    class Little(Record, byte_order="<"):
        id: UInt32

    assert Little.unpack(Little(1).pack()).id == Student.unpack(LILY.pack()).id == 1
    print("notes:", f"C's int and Python's '=i' of 1 on this machine: {in_c!r} and {in_python!r}")
    print("netio:", "byte_order is said once for both sides:", Little(1).pack(), LILY.pack()[:4])


def test_177_a_wrong_format_raises_nothing():
    """解析的fmt与打包的fmt必须相同 (must be the same): and nothing looks whether they are."""
    (read,) = struct.unpack("<i", struct.pack("!i", 1))
    (as_float,) = struct.unpack("!f", struct.pack("!i", 1))
    assert read == 16777216 and as_float != 1
    assert Student.unpack(LILY.pack()).id == 1
    print("notes:", f"packed by '!i', unpacked by '<i': {read}; by '!f': {as_float}")
    print("netio:", "one class of Record for both sides:", Student.unpack(LILY.pack()).id)


def test_178_a_line_of_three_words_ends_the_client():
    """id, name, age, score = [i for i in str.split(' ') if i != ' ']; int(id) — whatever was typed."""
    said = []
    for typed in ("1 lily 16", "one lily 16 170.1", "1 lily 16 170.1"):
        try:
            id, name, age, score = [i for i in typed.split(" ") if i != " "]
            said.append(struct.pack("i12sif", int(id), name.encode(), int(age), float(score))[:1])
        except ValueError as error:  # the notes' client has no except, and ends
            said.append(type(error).__name__)
    assert said[:2] == ["ValueError"] * 2 and said[2] != "ValueError"
    print("notes:", "three words; a word for a number:", said[:2])
    print("netio:", "catch ValueError, say what is wanted, and ask again")


@pytest.mark.skipif(os.name == "nt", reason="Wine reads a reset as an end")
def test_179_an_answer_that_nobody_reads():
    """connfd.send(b"info is saved!!!") — and the client never calls recv."""
    import select

    from netio import tcp

    ends = []
    for reads in (False, True):
        server, client = tcp.connect_pair(timeout=10)
        with server:
            server.sendall(b"info is saved!!!")
            select.select([client], [], [], 10)
            if reads:
                tcp.recv_exactly(client, 16)
            client.close()
            try:
                ends.append(server.recv(1024))
            except ConnectionResetError as error:
                ends.append(type(error).__name__)
    assert ends == ["ConnectionResetError", b""]
    print("notes:", "a client that closes with the answer unread: the server gets", ends[0])
    print("netio:", "one that reads it first:", ends[1])
