"""Serve the files of a folder so that a client can go on where its download was interrupted.

提供一个文件夹的文件，下载中断后客户端可以接着下载。

    python3 ftp_2_resume.py [HOST [PORT [FOLDER]]]        127.0.0.1 8888, this folder

A request is one line, `G offset name`. The answer is a line with the number of bytes that follow, then the file's
bytes from the offset on; or the line `no such file`. An offset beyond the end is answered by `0`. A client may ask
several times, and any byte may be in a file. Names lead nowhere but to the files of the folder.
请求是一行 `G offset name`。回答是一行：后面字节的个数，然后是文件从 offset 开始的内容；或者一行 `no such file`。
offset 超过文件末尾时答 `0`。客户端可以请求多次，文件里可以有任何字节。名字只能指向这个文件夹里的文件。
"""
import os
import re
import socket
import sys
import threading

HOST, PORT, FOLDER = sys.argv[1:4] + ["127.0.0.1", "8888", "."][len(sys.argv) - 1:]
REQUEST = re.compile(r'G ([0-9]{1,18}) ([^/\\:*?"<>|\0-\x1f. ][^/\\:*?"<>|\0-\x1f]{0,60})')  # no path, nothing hidden
SILENCE = 60  # seconds


def send_rest(connection, path, offset):
    """Send how many bytes follow, then these, even if the file grows meanwhile."""
    with open(path, "rb") as file:
        left = max(0, os.fstat(file.fileno()).st_size - offset)
        connection.sendall(b"%d\n" % left)
        file.seek(offset)
        while left:
            piece = file.read(min(65536, left))
            if not piece:  # it has become shorter: what was promised cannot be sent, so the connection ends
                raise EOFError(path)
            connection.sendall(piece)
            left -= len(piece)


def serve(connection, address):
    try:
        with connection, connection.makefile("rb") as lines:
            connection.settimeout(SILENCE)
            while (line := lines.readline(1024)).endswith(b"\n"):
                match = REQUEST.fullmatch(line.decode("utf-8", "replace").rstrip("\r\n"))
                path = os.path.join(FOLDER, match[2]) if match else ""
                if match and os.path.isfile(path) and not os.path.islink(path):
                    send_rest(connection, path, int(match[1]))
                else:
                    connection.sendall(b"no such file\n")
    except (OSError, EOFError) as error:
        print(f"{address[0]}: {error}", flush=True)


def main():
    with socket.create_server((HOST, int(PORT)), backlog=128) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
                threading.Thread(target=serve, args=(connection, address), daemon=True).start()
            except OSError:  # nobody came, or it left again
                continue


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
