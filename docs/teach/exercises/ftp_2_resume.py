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
import socket
import sys
import threading

HOST, PORT, FOLDER = sys.argv[1:4] + ["127.0.0.1", "8888", "."][len(sys.argv) - 1:]


def serve(connection):
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            verb, offset, name = line.decode().split()
            if not os.path.isfile(os.path.join(FOLDER, name)):  # TODO: ../secret 待改：../secret 呢？
                connection.sendall(b"no such file\n")
                continue
            with open(os.path.join(FOLDER, name), "rb") as file:
                file.seek(int(offset))
                # TODO: how does the client know where the file ends, if ## is in the file?
                # 待改：如果文件里就有 ##，客户端怎么知道文件在哪里结束？
                connection.sendall(file.read() + b"##")


def main():
    with socket.create_server((HOST, int(PORT))) as listener:
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            connection, address = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
