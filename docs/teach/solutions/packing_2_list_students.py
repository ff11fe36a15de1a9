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
    """Print each record; raise EOFError if the last is incomplete."""
    with open(path, "rb") as file:
        while data := file.read(RECORD.size):
            if len(data) < RECORD.size:
                raise EOFError(f"incomplete record: {len(data)} of {RECORD.size} bytes")
            number, name, age, height = RECORD.unpack(data)
            text = name.rstrip(b"\0").decode("utf-8", "replace")  # rstrip() alone leaves NUL bytes
            print(number, text, age, f"{height:.1f}")  # a float of 4 bytes does not come back as it went


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        list_students(sys.argv[1])
    except (OSError, EOFError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
