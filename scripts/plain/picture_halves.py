"""Copy the two halves of a picture with two processes at once (两个进程同时复制上下两半).

两个进程同时复制一张图片的上半和下半。

    python3 picture_halves.py FILE [TOP [BOTTOM]]        top.part, bottom.part; join them: cat top.part bottom.part

Errata: 33, 34, 37.
"""
import multiprocessing
import os
import sys


def copy_range(source, start, size, target):
    """Copy `size` bytes from `start` on."""
    # Each process opens the file for itself: a file opened before a fork has one offset for both.
    with open(source, "rb") as old, open(target, "wb") as new:
        old.seek(start)
        while size > 0 and (block := old.read(min(size, 1 << 16))):
            new.write(block)
            size -= len(block)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python3 picture_halves.py FILE [TOP [BOTTOM]]")
    path = sys.argv[1]  # without quotes later on: "path" would be a file of that name
    top, bottom = sys.argv[2:4] + ["top.part", "bottom.part"][len(sys.argv) - 2:]
    try:
        size = os.path.getsize(path)
    except OSError as error:
        sys.exit(f"not copied: {error}")
    middle = size // 2  # for an odd size the bottom has one more
    children = [
        multiprocessing.Process(target=copy_range, args=(path, 0, middle, top)),  # target=: the first is `group`
        multiprocessing.Process(target=copy_range, args=(path, middle, size - middle, bottom)),
    ]
    for child in children:
        child.start()
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
