"""Pack the students that are typed, one a line, into a file of records.

把键入的学生（每行一个）打包成记录，写入文件。

    python3 packing_1_save_students.py FILE        then lines such as: 1 lily 16 170.5

A record is id (4 bytes), name (12 bytes of UTF-8, filled up with NUL), age (1), height (4, a float), in network
byte order, 21 bytes in all. A name that is too long is cut, but never within a character. A bad line is named on
stderr and left out.
一条记录：id（4 字节）、name（12 字节 UTF-8，不足补 NUL）、age（1 字节）、height（4 字节 float），网络字节序，
共 21 字节。名字太长就截断，但不能切开一个汉字。不合格的行在 stderr 指出，并跳过。
"""
import struct
import sys


def pack_student(line):
    # TODO: how long is this record on your machine, and what becomes of a long Chinese name?
    # 待改：在你的机器上这条记录有多长？长的中文名字会变成什么样？
    number, name, age, height = line.split()
    return struct.pack("i12sif", int(number), name.encode(), int(age), float(height))


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        for line in sys.stdin:
            try:
                file.write(pack_student(line))
            except ValueError as error:
                print(error, file=sys.stderr)
