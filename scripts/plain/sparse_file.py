"""Make a file with a hole (空洞文件), as a downloader does, and see how little of the disk it takes.

像下载工具那样建一个空洞文件，看它实际占多少磁盘。

    python3 sparse_file.py FILE [BYTES]        FILE must not exist yet; BYTES: 1000000000

Errata: 8.
"""
import os
import sys


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: python3 sparse_file.py FILE [BYTES]")
    path, size = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000_000
    try:
        with open(path, "xb") as file:  # x: never empties a file that somebody needs
            try:
                file.write(b"head")
                file.truncate(size)  # longer, without writing: this is the hole, and it takes no room
            except (OSError, OverflowError):  # more than the file system takes, or less than nothing
                file.close()  # Windows removes no file that is open
                os.remove(path)
                raise
    except (OSError, OverflowError) as error:
        sys.exit(f"not made: {error}")
    print("size:", os.path.getsize(path), "bytes")
    blocks = getattr(os.stat(path), "st_blocks", None)  # Windows does not say
    # The room is not reserved: the disk may be full when the hole is filled. os.posix_fallocate reserves it.
    print("on the disk:", "unknown here" if blocks is None else f"{blocks * 512} bytes")
    with open(path, "rb") as file:
        file.seek(size // 2)
        print("read from the hole:", file.read(4))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ValueError as error:
        sys.exit(f"not a number: {error}")

# Not enough when you must know where the holes are, or copy them as holes: netio files.map_extents
