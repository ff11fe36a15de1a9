"""Copy a file of any type in blocks (复制文件): the target is the old file or the whole new one, never half.

分块复制任意类型的文件：目标要么是旧文件，要么是完整的新文件，绝不会只有一半。

    python3 copy_file.py SOURCE TARGET

Errata: 34, 55.
"""
import os
import shutil
import sys
import tempfile


def copy_file(source, target):
    """Copy in blocks of 64 KiB; an error leaves the old target as it was."""
    target = os.path.realpath(target)  # write through a symbolic link, do not replace it
    # open(target, "wb") would empty the target now, and a full disk would leave half a file.
    number, part = tempfile.mkstemp(dir=os.path.dirname(target))
    try:
        with open(number, "wb") as new, open(source, "rb") as old:
            while block := old.read(1 << 16):
                new.write(block)
            new.flush()
            os.fsync(new.fileno())  # flush reaches the system, fsync the disk
        shutil.copymode(source, part)
        os.replace(part, target)  # in one step
    except BaseException:
        os.remove(part)
        raise


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 copy_file.py SOURCE TARGET")
    try:
        copy_file(sys.argv[1], sys.argv[2])
    except OSError as error:
        sys.exit(f"not copied: {error}")
    print(f"copied {os.path.getsize(sys.argv[2])} bytes")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when times, holes and what the system copies by itself count: netio files.copy_file
