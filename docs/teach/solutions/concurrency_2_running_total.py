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
import threading

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
SILENCE = 300  # seconds
MAX_LINE = 100  # bytes


def serve(connection, address):
    total = 0  # a local name: each thread has its own, and no lock is needed
    try:
        with connection, connection.makefile("rb") as lines:
            connection.settimeout(SILENCE)
            while (line := lines.readline(MAX_LINE)).endswith(b"\n"):
                try:
                    total += int(line)
                    answer = b"%d\n" % total
                except ValueError:
                    answer = b"error\n"
                connection.sendall(answer)
    except OSError as error:
        print(f"{address[0]}: {error}", flush=True)


def main():
    with socket.create_server((HOST, PORT), backlog=128) as listener:
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
