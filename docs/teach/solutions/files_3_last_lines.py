"""Print the last lines of a file, as `tail` does, without reading the whole of it.

像 tail 那样打印文件的最后几行，但不读整个文件。

    python3 files_3_last_lines.py FILE [COUNT]        COUNT: 10

The file is UTF-8, may be larger than the memory, and its last line may have no newline.
文件是 UTF-8，可能比内存还大，最后一行可能没有换行符。
"""
import os
import sys

BLOCK = 4096


def last_lines(path, count):
    """Return the last lines as bytes: read blocks from the end until there are enough newlines."""
    blocks, newlines = [], 0
    with open(path, "rb") as file:
        position = file.seek(0, os.SEEK_END)
        while position > 0 and newlines <= count:  # one more than wanted: the last may be the file's end
            step = min(BLOCK, position)
            position -= step
            file.seek(position)
            blocks.append(file.read(step))
            newlines += blocks[-1].count(b"\n")
    data = b"".join(reversed(blocks))  # a block may begin within a character: decode only whole lines
    return data.splitlines(keepends=True)[-count:] if count else []


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        count = int(sys.argv[2]) if len(sys.argv) > 2 else 10
        if count < 0:
            raise ValueError("COUNT is 0 or more")
        for line in last_lines(sys.argv[1], count):
            print(line.decode("utf-8", "replace").rstrip("\r\n"))
    except (OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
