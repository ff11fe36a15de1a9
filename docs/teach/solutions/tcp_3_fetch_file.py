"""Fetch a file from a server: it appears when it is whole and its checksum is right, or not at all.

从服务器取一个文件：收完整且校验和正确才出现，否则什么也不留下。

    python3 tcp_3_fetch_file.py HOST PORT TARGET

The server sends the size (8 bytes, network byte order), the SHA-256 of the contents (32 bytes), then the contents.
If anything is wrong: one line on stderr, status 1, no file; a file that was there before stays as it was.
服务器先发大小（8 字节，网络字节序）、内容的 SHA-256（32 字节），然后是内容。
出错时：在 stderr 写一行说明，退出码为 1，不留文件；原来就有的文件保持原样。
"""
import hashlib
import os
import socket
import struct
import sys
import tempfile

PIECE = 65536


def read_pieces(stream, size):
    """Yield exactly so many bytes in pieces; raise EOFError if the stream ends before."""
    while size:
        piece = stream.read(min(PIECE, size))
        if not piece:
            raise EOFError(f"the server left, {size} bytes are missing")
        size -= len(piece)
        yield piece


def fetch(host, port, target):
    target = os.path.abspath(target)
    with socket.create_connection((host, port), timeout=10) as sock, sock.makefile("rb") as stream, \
            tempfile.TemporaryDirectory(dir=os.path.dirname(target)) as folder:  # on the target's own disk
        size, wanted = struct.unpack("!Q32s", b"".join(read_pieces(stream, 40)))
        found = hashlib.sha256()
        with open(os.path.join(folder, "part"), "wb") as file:
            for piece in read_pieces(stream, size):
                found.update(piece)
                file.write(piece)
        if found.digest() != wanted:
            raise ValueError("the checksum is wrong")
        os.replace(file.name, target)  # only now, and in one step


def main():
    try:
        fetch(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    except (OSError, EOFError, ValueError) as error:
        sys.exit(f"no file: {error}")


if __name__ == "__main__":
    main()
