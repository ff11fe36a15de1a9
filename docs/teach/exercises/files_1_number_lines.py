"""Copy a text and put a number and a tab before each line; the line ends stay as they are.

复制一个文本文件，在每行前面加上行号和制表符；行尾保持原样。

    python3 files_1_number_lines.py SOURCE TARGET

Both files are UTF-8. The last line may have no newline; no character of it may be lost.
两个文件都是 UTF-8。最后一行可能没有换行符，它的任何一个字符都不能丢。
"""
import sys


def number_lines(source, target):
    # TODO: which line loses a character here, and which encoding is used on Windows?
    # 待改：哪一行会丢字符？在 Windows 上用的是什么编码？
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as copy:
        for number, line in enumerate(lines, 1):
            copy.write(f"{number}\t{line[:-1]}\n")


if __name__ == "__main__":
    number_lines(sys.argv[1], sys.argv[2])
