"""Serve a running total to many clients at the same time, each with a total of its own.

同时为许多客户端累加，每个客户端有自己的总数。

    python3 concurrency_2_running_total.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc

A client sends an integer a line and gets its total so far; a line that is none is answered by `error` and changes
nothing. A client that is silent does not make the others wait, and one that fails ends only itself.
客户端每行发一个整数，得到它自己到目前为止的总数；不是整数就答 `error`，总数不变。
不说话的客户端不能让别人等待，出错的客户端只影响它自己。
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888


def serve(connection):
    total = 0
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            total += int(line)
            connection.sendall(b"%d\n" % total)


def main():
    with socket.create_server((HOST, PORT)) as listener:
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            connection, address = listener.accept()
            serve(connection)  # TODO: and who waits meanwhile? 待改：这时谁在等待？


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
