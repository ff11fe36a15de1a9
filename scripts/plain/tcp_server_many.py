"""Serve one TCP client after another until Ctrl-C (双层循环): the outer loop accepts, the inner one answers.

一个接一个地服务 TCP 客户端，直到 Ctrl-C：外层循环 accept，内层循环收发。

    python3 tcp_server_many.py [HOST [PORT]]        in terminal 1, first; 127.0.0.1 8888
    python3 tcp_client_loop.py                      in terminal 2, or: nc 127.0.0.1 8888

Errata: 12, 13, 14, 16, 18, 101.
"""
import os
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
MAX_LINE = 1024  # bytes
SILENCE = 10  # seconds: while one client is silent, all others wait


def answer_lines(connection):
    """Answer each line of a client until it leaves."""
    with connection.makefile("rb") as lines:
        while (line := lines.readline(MAX_LINE)).endswith(b"\n"):  # b"": it has left; no newline: in the middle
            if line.strip() == b"quit":  # bytes with bytes
                return
            connection.sendall(b"Thanks\n")


def main():
    with socket.socket() as listener:
        if os.name == "posix":  # on Windows this option lets another program take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # before bind
        listener.bind((HOST, int(PORT)))
        listener.listen(256)  # who comes meanwhile waits here; beyond it clients get no connection
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
            except OSError:  # nobody came, or somebody left in the queue: which error that is depends on the system
                continue
            with connection:
                try:
                    connection.settimeout(SILENCE)
                    answer_lines(connection)
                except OSError as error:  # this client's end, not the server's
                    print(f"{address[0]}: {error}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when clients are to be served at once: thread_server.py, and under any model: netio concurrency.Server
