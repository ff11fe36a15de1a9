"""Change one score in a file of fixed lines, without writing the rest anew.

在定长记录的文件里修改一个分数，不重写其余部分。

    python3 files_2_set_score.py FILE LINE SCORE        LINE counts from 1; SCORE is 0 to 100

Each line has ten bytes: five digits, a space, the score in three places, a newline: `00001  59`.
A line that is not there: one line on stderr, status 1, and the file as it was.
每行十个字节：五位数字、一个空格、占三格的分数、一个换行符。
行号不存在时：在 stderr 写一行说明，退出码为 1，文件保持原样。
"""
import os
import sys

WIDTH = 10  # bytes a line
START = 6  # where in a line the score is


def set_score(path, number, score):
    """Write the score of a line, which must exist, in its place."""
    with open(path, "r+b") as file:  # binary: an offset is a number of bytes; r+: nothing is emptied
        lines = os.fstat(file.fileno()).st_size // WIDTH
        if not 1 <= number <= lines:
            raise ValueError(f"there is no line {number}, there are {lines}")
        file.seek((number - 1) * WIDTH + START)
        file.write(b"%3d" % score)


def main():
    try:
        path, number, score = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        if not 0 <= score <= 100:
            raise ValueError("a score is 0 to 100")
        set_score(path, number, score)
    except (OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
