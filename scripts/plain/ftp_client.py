"""Use ftp_server.py by a menu (作业：ftp服务器, 客户端): list, get FILE, put FILE, quit.

文件服务器的客户端：菜单 list、get、put、quit。

    python3 ftp_server.py                       in terminal 1, first
    python3 ftp_client.py [HOST [PORT]]         in terminal 2; 127.0.0.1 8888

Errata: 12, 15, 55, 56, 100, 102.
"""
import os
import socket
import struct
import sys
import tempfile

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
PIECE = 1 << 16  # bytes of a file in a frame
MENU = "list, get FILE, put FILE, quit"


class Refused(Exception):
    """The server's reason why not."""


def recv_exactly(sock, size):
    data = bytearray()
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise ConnectionError("the server has left")
        data += piece
    return bytes(data)


def recv_frame(sock):
    size, = struct.unpack("!I", recv_exactly(sock, 4))
    if size > PIECE:
        raise ValueError(f"a frame of {size} bytes")
    return recv_exactly(sock, size)


def send_frame(sock, data):
    sock.sendall(struct.pack("!I", len(data)) + data)


def request(sock, text):
    send_frame(sock, text.encode("utf-8", "surrogateescape"))
    hear(sock)


def hear(sock):
    answer = recv_frame(sock)
    if answer != b"OK":
        raise Refused(answer.decode("utf-8", "replace"))


def show_names(sock):
    request(sock, "L")
    while name := recv_frame(sock):  # an empty frame ends the list
        text = name.decode("utf-8", "replace")
        print(" ", text if text.isprintable() else ascii(text))


def get(sock, name):
    """Download a file into this folder; it has its name only when all of it is there."""
    if os.path.basename(name) != name or os.path.lexists(name):
        raise Refused("a plain name that is not here yet, please")
    # Before the request: where we may not write, nothing must be under way that the next answer would be taken for.
    with tempfile.TemporaryDirectory(dir=".") as folder, open(os.path.join(folder, "part"), "wb") as file:
        request(sock, f"G {name}")
        while piece := recv_frame(sock):
            file.write(piece)
        size = file.tell()
        file.close()
        os.rename(file.name, name)
    print(f"got {size} bytes")


def put(sock, path):
    with open(path, "rb") as file:  # before the request: what is not there is not announced
        request(sock, f"P {os.path.basename(path)}")
        while piece := file.read(PIECE):
            send_frame(sock, piece)
        send_frame(sock, b"")
    hear(sock)  # it is stored only when the server says so
    print("it is there")


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    print(MENU)
    with socket.create_connection((HOST, int(PORT)), timeout=30) as sock:
        while (line := input("ftp> ").strip()) != "quit":
            verb, _, name = line.partition(" ")
            try:
                if verb == "list":
                    show_names(sock)
                elif verb in ("get", "put") and name:
                    (get if verb == "get" else put)(sock, name)
                else:
                    print(MENU)
            except (Refused, FileNotFoundError, IsADirectoryError, PermissionError) as error:
                print(f"not done: {error}")
            print(end="", flush=True)
        send_frame(sock, b"Q")


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, EOFError, RuntimeError):  # RuntimeError: no keyboard at all
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when the server speaks the real FTP: netio ftp.FTPMenu, and by program: netio ftp.CourseClient
