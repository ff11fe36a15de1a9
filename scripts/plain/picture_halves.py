"""Copy the two halves of a picture with two processes at once (两个进程同时复制上下两半).

两个进程同时复制一张图片的上半和下半。

    python3 picture_halves.py FILE [TOP [BOTTOM]]        top.part, bottom.part; join them: cat top.part bottom.part

Errata: 33, 34, 37.
"""
import multiprocessing
import os
import signal
import sys


def copy_range(source, start, size, target):
    """Copy `size` bytes from `start` on."""
    # Each process opens the file for itself: a file opened before a fork has one offset for both.
    try:
        with open(source, "rb") as old, open(target, "wb") as new:
            old.seek(start)
            while size > 0 and (block := old.read(min(size, 1 << 16))):
                new.write(block)
                size -= len(block)
    except OSError as error:
        sys.exit(f"not copied: {error}")  # of a child: a line, and an exit code that the parent sees


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python3 picture_halves.py FILE [TOP [BOTTOM]]")
    path = sys.argv[1]  # without quotes later on: "path" would be a file of that name
    top, bottom = sys.argv[2:4] + ["top.part", "bottom.part"][len(sys.argv) - 2:]
    if len({os.path.realpath(name) for name in (path, top, bottom)}) < 3 or not os.path.isfile(path):
        sys.exit(f"not copied: {path} is no file, or one of its halves")  # opening a half would empty it
    size = os.path.getsize(path)
    middle = size // 2  # for an odd size the bottom has one more
    children = [
        multiprocessing.Process(target=copy_range, args=(path, 0, middle, top), daemon=True),  # the first is `group`
        multiprocessing.Process(target=copy_range, args=(path, middle, size - middle, bottom), daemon=True),
    ]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    for child in children:
        child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        sys.exit("a half was not copied")
    print(f"{middle} bytes in {top}, {size - middle} in {bottom}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when there are more parts, and one file is to come of them: netio files.copy_in_parts
