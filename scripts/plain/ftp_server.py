"""Serve the files of a folder (作业：ftp服务器, 服务端) by the course's requests: L lists, G gets, P puts, Q quits.

文件服务器：L 列表、G 下载、P 上传、Q 退出；每个客户端一个线程。

    python3 ftp_server.py [HOST [PORT [FOLDER]]]        in terminal 1, first; 127.0.0.1 8888, this folder
    python3 ftp_client.py                               in terminal 2

Each request, answer, name and piece of a file is a frame, 4 bytes of length before it; an empty one ends a file.

Errata: 12, 15, 16, 55, 56, 62, 102.
"""
import contextlib
import os
import re
import socket
import sys
import tempfile
import threading
import time

HOST, PORT, FOLDER = sys.argv[1:4] + ["127.0.0.1", "8888", "."][len(sys.argv) - 1:]
PIECE, MAX_FILE, LOCK = 1 << 16, 1 << 32, threading.Lock()  # bytes in a frame, and in a file
NAME = re.compile(r'[^/\\:*?"<>|\0-\x1f. ][^/\\:*?"<>|\0-\x1f]{0,60}')  # no path, no drive, nothing hidden


class Refused(Exception):
    """The reason why not, for the client, which may go on."""


def recv_exactly(sock, size):
    data = bytearray()
    while len(data) < size:
        data += (piece := sock.recv(size - len(data)))
        if not piece:
            raise EOFError("the client left in the middle")
    return bytes(data)


def recv_frame(sock, max_size):
    size = int.from_bytes(recv_exactly(sock, 4), "big")
    if size > max_size:
        raise ValueError(f"a frame of {size} bytes")
    return recv_exactly(sock, size)


def send_frame(sock, data):
    sock.sendall(len(data).to_bytes(4, "big") + data)


def path_of(name):
    path = os.path.join(FOLDER, name)
    if not NAME.fullmatch(name) or os.path.islink(path):  # ../../etc/passwd, or a link to it
        raise Refused("no such name, please")
    return path


def send_names(sock, name):
    files = [entry.name for entry in os.scandir(FOLDER) if entry.is_file(follow_symlinks=False)]
    for data in ["OK", *sorted(filter(NAME.fullmatch, files)), ""]:
        send_frame(sock, data.encode("utf-8", "surrogateescape"))


def send_file(sock, name):
    if not (os.path.isfile(path_of(name)) and os.access(path_of(name), os.R_OK)):  # a pipe would be waited for
        raise Refused("no such file")
    with open(path_of(name), "rb") as file:
        send_frame(sock, b"OK")
        while piece := file.read(PIECE):
            send_frame(sock, piece)
    send_frame(sock, b"")


def store_file(sock, name):
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder, open(os.path.join(folder, "part"), "wb") as file:
        if os.path.lexists(path_of(name)):
            raise Refused("a file of that name exists")
        send_frame(sock, b"OK")
        while piece := recv_frame(sock, PIECE):
            if file.tell() + file.write(piece) > MAX_FILE:
                raise ValueError("too long a file")
        file.close()
        with LOCK:  # two clients may be putting the same name
            if os.path.lexists(path_of(name)):
                raise Refused("a file of that name exists")
            os.rename(file.name, path_of(name))  # it has its name only when all of it is there
    send_frame(sock, b"OK")


def serve(sock):
    actions = {"L": send_names, "G": send_file, "P": store_file}
    try:
        with sock:
            sock.settimeout(300)
            while (request := recv_frame(sock, 4096).decode("utf-8", "surrogateescape")) != "Q":
                verb, _, name = request.partition(" ")
                try:
                    if verb not in actions:
                        raise Refused("L, G name, P name or Q, please")
                    actions[verb](sock, name)
                except Refused as reason:
                    send_frame(sock, str(reason).encode("utf-8"))
    except (OSError, EOFError, ValueError) as error:  # it vanishes, is silent or talks nonsense; or our disk is full
        with LOCK, contextlib.suppress(OSError):  # who reads our output may have gone
            print(f"a client ended: {error!a}", flush=True)


if __name__ == "__main__":
    try:
        with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
            listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
            print("listening on %s:%d" % listener.getsockname(), flush=True)
            while True:
                try:
                    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
                except (OSError, RuntimeError) as error:  # nobody came, it left, no descriptor or thread is free
                    time.sleep(0 if isinstance(error, socket.timeout) else 0.1)
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        held = LOCK.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end
        sys.exit(str(error) or 0)
# Not enough when curl and file managers are the clients, with users and rights: netio ftp.FTPServer
