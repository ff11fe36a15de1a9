"""Print the last lines of a file, as `tail` does, without reading the whole of it.

像 tail 那样打印文件的最后几行，但不读整个文件。

    python3 files_3_last_lines.py FILE [COUNT]        COUNT: 10

The file is UTF-8, may be larger than the memory, and its last line may have no newline.
文件是 UTF-8，可能比内存还大，最后一行可能没有换行符。
"""
import sys


def last_lines(path, count):
    # TODO: this reads everything, and what is behind the last newline?
    # 待改：这样会读入整个文件；而且最后一个换行符后面是什么？
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")[-count:]


if __name__ == "__main__":
    print("\n".join(last_lines(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10)))
