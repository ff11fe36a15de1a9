"""Print the records of a file of students, one a line: id, name, age, height with one digit after the point.

打印学生记录文件，每行一个：id、name、age、height（一位小数）。

    python3 packing_2_list_students.py FILE

The records are those of packing_1_save_students. If the last one is incomplete, the whole ones are printed, then
`incomplete record` and the number of its bytes on stderr, and the status is 1.
记录格式同 packing_1_save_students。如果最后一条不完整：先打印完整的记录，再在 stderr 写 `incomplete record`
和剩余的字节数，退出码为 1。
"""
import struct
import sys

RECORD = struct.Struct("!I12sBf")


def list_students(path):
    with open(path, "rb") as file:
        while data := file.read(RECORD.size):
            if len(data) < RECORD.size:
                break  # TODO: nobody hears of it 待改：没有人知道这里少了数据
            number, name, age, height = RECORD.unpack(data)
            print(number, name.decode().rstrip(), age, height)  # TODO: print(repr(name)) 待改：先用 repr 看看


if __name__ == "__main__":
    list_students(sys.argv[1])
