"""Send a picture or any file to picture_receiver.py (传输图片，发送方), its size, checksum and name first.

发送一张图片或任何文件：先发大小、校验和与文件名。

    python3 picture_receiver.py                             in terminal 1, first
    python3 picture_sender.py FILE [HOST [PORT]]            in terminal 2; 127.0.0.1 8890

Errata: 12, 15, 102.
"""
import hashlib
import os
import socket
import struct
import sys

FILE, HOST, PORT = sys.argv[1:4] + ["cat.png", "127.0.0.1", "8890"][len(sys.argv) - 1:]


def send_frame(sock, text):
    data = text.encode("utf-8")
    sock.sendall(struct.pack("!I", len(data)) + data)


def recv_frame(sock):
    with sock.makefile("rb", buffering=0) as stream:
        data = b""
        while len(data) < 4 or len(data) < 4 + min(struct.unpack("!I", data[:4])[0], 4096):
            if not (piece := stream.read(1)):  # a byte at a time is fine for answers of a few bytes
                raise EOFError("the receiver left without an answer")
            data += piece
    return data[4:].decode("utf-8", "replace")


def main():
    digest = hashlib.sha256()
    with open(FILE, "rb") as file:
        while block := file.read(1 << 16):
            digest.update(block)
        size = file.tell()
        # Only now: the receiver does not wait for as long as a large file takes to read.
        with socket.create_connection((HOST, int(PORT)), timeout=30) as sock:
            send_frame(sock, f"FILE {size} {digest.hexdigest()} {os.path.basename(FILE)}")
            word, _, start = recv_frame(sock).partition(" ")  # FROM and a number: what it has already
            if word != "FROM" or not 0 <= int(start) <= size:
                raise ValueError(f"the receiver refused: {start}")
            for left in range(size - file.seek(int(start)), 0, -(1 << 16)):  # not what has been added meanwhile
                sock.sendall(file.read(min(left, 1 << 16)))  # send would take a part and say so only in its result
            if not (answer := recv_frame(sock)).startswith("SAVED"):
                raise ValueError(f"not saved: {answer}")
    print(f"sent {size} bytes")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, EOFError, ValueError) as error:
        sys.exit(f"not sent: {ascii(str(error))}")
# Not enough when a broken transfer is to go on where it broke off: netio tcp.send_file
