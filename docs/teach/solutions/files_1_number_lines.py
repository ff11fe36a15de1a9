"""Copy a text and put a number and a tab before each line; the line ends stay as they are.

复制一个文本文件，在每行前面加上行号和制表符；行尾保持原样。

    python3 files_1_number_lines.py SOURCE TARGET

Both files are UTF-8. The last line may have no newline; no character of it may be lost.
两个文件都是 UTF-8。最后一行可能没有换行符，它的任何一个字符都不能丢。
"""
import sys


def number_lines(source, target):
    with open(source, encoding="utf-8", newline="") as lines, \
            open(target, "w", encoding="utf-8", newline="") as copy:  # newline="": \r\n stays \r\n
        for number, line in enumerate(lines, 1):
            copy.write(f"{number}\t{line}")  # the line brings its own end, if it has one


def main():
    try:
        number_lines(sys.argv[1], sys.argv[2])
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"cannot copy: {error}")


if __name__ == "__main__":
    main()
