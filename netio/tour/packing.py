"""The visit to netio.packing: the notes' student record, cut, padded, torn, and then done right."""
from __future__ import annotations

import struct
from typing import Annotated

from ..packing import (Float32, Record, RecordError, RecordDecoder, Text, UInt8, UInt32, truncate_text, explain_format,
                       hexdump, strip_nul)
from . import Guide


class Student(Record, byte_order="!"):
    id: UInt32
    name: Annotated[str, Text(12)]
    age: UInt8
    score: Float32


def visit(guide: Guide) -> None:
    """Show which bytes a record is, and what each of the notes' shortcuts costs."""
    guide.chapter("packing", "records as bytes", "把记录变成字节")
    _padding(guide)
    _cut_name(guide)
    _nul(guide)
    _record(guide)
    _refusal(guide)
    _stream(guide)


def _padding(guide: Guide) -> None:
    guide.did("Packed 7, b'li' and 1.5 with the format 'B2sf', once without and once with a byte order.",
              "用格式 'B2sf' 打包 7、b'li'、1.5：一次不写字节序，一次写明。")
    guide.saw("\n".join(explain_format(order + "B2sf", 7, b"li", 1.5) for order in "@!"),
              "\n".join(explain_format(order + "B2sf", 7, b"li", 1.5, say=guide.say) for order in "@!"))
    guide.surprise("No prefix means @: this machine's byte order, and padding that the network never asked for.",
                   "不写前缀就是 @：本机字节序，还有网络上多余的填充字节。")


def _cut_name(guide: Guide) -> None:
    raw = struct.pack("4s", "张三".encode())
    try:
        raw.decode()
        error = ""
    except UnicodeDecodeError as caught:
        error = f"{type(caught).__name__}: {caught}"
    guide.did("Packed the name 张三 with '4s', as the notes do, and once with truncate_text.",
              "像笔记那样用 '4s' 打包名字张三，再用 truncate_text 切一次。")
    whole = truncate_text("张三", 4)
    guide.saw(f"struct: {raw.hex(' ')}: {error}\ntruncate_text: {whole.hex(' ')} = {whole.decode()}")
    guide.surprise("'4s' cuts bytes, not characters: half of 三 arrives, and the name cannot be decoded at all.",
                   "'4s' 切的是字节，不是字符：三 只到了一部分，收方整个名字都解不出来。")


def _nul(guide: Guide) -> None:
    packed = struct.pack("8s", b"lily")
    guide.did("Took the padding off a name of four bytes in a field of eight.", "去掉八字节字段里四字节名字后面的填充。")
    guide.saw(f"rstrip(): {packed.rstrip()!r}\nstrip_nul: {strip_nul(packed)!r}")
    guide.surprise("rstrip() removes white space, and not NUL.", "rstrip() 去掉的是空白，而 \\x00 不是空白。")


def _record(guide: Guide) -> None:
    raw = Student(1, "张三", 16, 170.1).pack()
    guide.did("Declared a Student as an annotated class, packed one, looked at its bytes.",
              "用带注解的类声明 Student，打包一个，看它的字节。")
    guide.saw(hexdump(Student, raw), hexdump(Student, raw, say=guide.say))
    guide.surprise("Four bytes of float hold about seven digits, so 170.1 comes back as the nearest number.",
                   "四字节的 float 只有约七位有效数字：170.1 回来时是它能写出的最接近的数。")


def _refusal(guide: Guide) -> None:
    said = []
    for age, name in ((300, "lily"), (16, "a name of many bytes")):
        try:
            Student(1, name, age, 99.0).pack()
        except RecordError as error:
            said.append(f"{type(error).__name__}: {error}")
    guide.did("Packed an age of 300 and a name that is too long.", "打包年龄 300，再打包一个太长的名字。")
    guide.saw("\n".join(said))


def _stream(guide: Guide) -> None:
    stream = b"".join(Student(number, "lily", 16, 99.0).pack() for number in range(3))
    reader, arrived = RecordDecoder(Student), []
    for start, end in ((0, 10), (10, 60), (60, 63)):
        piece = stream[start:end]
        arrived.append((len(piece), [student.id for student in reader.feed(piece)]))
    guide.did(f"Fed three records of {Student.layout.size} bytes to a reader in pieces of 10, 50 and 3.",
              f"三条各 {Student.layout.size} 字节的记录，分成 10、50、3 字节三次喂给读取器。")
    guide.saw("\n".join(f"{size} bytes: {students}" for size, students in arrived),
              "\n".join(f"{size} 字节：{students}" for size, students in arrived))
    guide.surprise("One recv is not one record: half a record waits for its rest, and two may come at once.",
                   "一次 recv 不等于一条记录：半条要等另一半，也可能一次来两条。")
