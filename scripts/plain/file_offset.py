"""Show the file offset and the descriptor (文件偏移量、文件描述符): read, write, seek, tell.

演示文件偏移量与文件描述符：读、写、seek、tell。

    python3 file_offset.py

Errata: 6, 7, 9, 72, 74, 75, 78.
"""
import os
import tempfile


def show(path):
    with open(path, "w+b") as file:  # bytes: there seek may count from the end and from here
        print("after open:", file.tell())
        file.write(b"0123456789")
        print("after writing 10 bytes:", file.tell())  # reading and writing share one offset
        file.seek(2)
        print("read 3 from 2 on:", file.read(3), "and now at", file.tell())
        file.seek(-2, os.SEEK_END)  # a negative offset needs the second argument
        print("the last two:", file.read())
        number = file.fileno()
    with open(path, "rb") as again:
        print("a descriptor's number is free after close:", again.fileno() == number)  # it does repeat
    with open(path, encoding="ascii") as text:
        print("text, seek(0, 2):", text.seek(0, os.SEEK_END))  # allowed, with offset 0
    with open(path, "a+b") as both:
        both.seek(0)
        both.write(b"X")  # goes to the end all the same
        both.seek(0)
        print("mode a after seek(0):", both.read())
    print("size:", os.path.getsize(path), "is a file:", os.path.isfile(path))
    print("exists, and is no file:", os.path.exists(os.path.dirname(path)), os.path.isfile(os.path.dirname(path)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        show(os.path.join(folder, "digits"))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when you want to see it for any file and mode: netio files.walk_offsets
