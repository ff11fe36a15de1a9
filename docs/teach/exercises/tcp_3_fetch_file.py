"""Fetch a file from a server: it appears when it is whole and its checksum is right, or not at all.

从服务器取一个文件：收完整且校验和正确才出现，否则什么也不留下。

    python3 tcp_3_fetch_file.py HOST PORT TARGET

The server sends the size (8 bytes, network byte order), the SHA-256 of the contents (32 bytes), then the contents.
If anything is wrong: one line on stderr, status 1, no file; a file that was there before stays as it was.
服务器先发大小（8 字节，网络字节序）、内容的 SHA-256（32 字节），然后是内容。
出错时：在 stderr 写一行说明，退出码为 1，不留文件；原来就有的文件保持原样。
"""
import socket
import struct
import sys


def fetch(host, port, target):
    with socket.create_connection((host, port), timeout=10) as sock, open(target, "wb") as file:
        head = sock.recv(40)
        size, = struct.unpack("!Q", head[:8])
        # TODO: does the end of the stream mean that the file is whole? What is in TARGET if it is not?
        # 待改：读到结束就表示文件完整吗？不完整时 TARGET 里是什么？
        while data := sock.recv(65536):
            file.write(data)


if __name__ == "__main__":
    fetch(sys.argv[1], int(sys.argv[2]), sys.argv[3])
