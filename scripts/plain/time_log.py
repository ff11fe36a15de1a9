"""Add a numbered line with the time to a file each second (每秒写入当前时间).

每秒往文件里写一行编号和当前时间；再次启动时接着原来的编号。

    python3 time_log.py [FILE [COUNT [SECONDS]]]        log.txt, without end, each second; look on: tail -f log.txt

Errata: 49, 50, 54, 67, 73, 75, 76, 77.
"""
import re
import sys
import time


def last_number(path):
    """Return the number of the last whole line, and whether the file ends in a torn one."""
    try:
        with open(path, "rb") as file:  # in bytes: only so may seek count from the end
            size = file.seek(0, 2)
            file.seek(max(0, size - 4096))  # the end is enough, also of a log of a year
            tail = file.read()
    except FileNotFoundError:
        return 0, False
    # Counting lines would count a torn one, too; the number is read from the last line that is whole.
    numbers = re.findall(rb"^(\d+), .*\n", tail, re.MULTILINE)
    return int(numbers[-1]) if numbers else 0, tail[-1:] not in (b"", b"\n")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "log.txt"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 0  # 0: for ever
    interval = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
    number, torn = last_number(path)
    last = number + count
    # Mode a writes at the end, wherever one seeks. buffering=1: each line is visible at once.
    with open(path, "a", buffering=1, encoding="utf-8") as file:
        file.write("\n" if torn else "")
        due = time.monotonic()
        while not count or number < last:
            number += 1
            file.write(f"{number}, {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
            due += interval  # sleep(1) each time would be a second and the writing: the log would drift
            time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # the `with` has closed the file
        pass
    except (OSError, OverflowError, ValueError) as error:  # a folder, a full disk; no number, or too large a one
        sys.exit(f"no line written: {error}")

# Not enough when a line must survive a power cut: netio files.DurableLog
