"""Change one score in a file of fixed lines, without writing the rest anew.

在定长记录的文件里修改一个分数，不重写其余部分。

    python3 files_2_set_score.py FILE LINE SCORE        LINE counts from 1; SCORE is 0 to 100

Each line has ten bytes: five digits, a space, the score in three places, a newline: `00001  59`.
A line that is not there: one line on stderr, status 1, and the file as it was.
每行十个字节：五位数字、一个空格、占三格的分数、一个换行符。
行号不存在时：在 stderr 写一行说明，退出码为 1，文件保持原样。
"""
import sys

WIDTH = 10


def set_score(path, number, score):
    # TODO: what does mode "w" do before anything is written?
    # 待改：写入之前，"w" 模式已经做了什么？
    with open(path, "w", encoding="ascii") as file:
        file.seek((number - 1) * WIDTH + 6)
        file.write(f"{score:3}")


if __name__ == "__main__":
    set_score(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
