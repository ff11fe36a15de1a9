"""Serve TCP clients, one after the other: send each line back with its characters in reverse order.

依次服务 TCP 客户端：把每一行的字符倒过来发回去。

    python3 tcp_1_reverse_lines.py [HOST [PORT]]        127.0.0.1 8888

`abc猫` comes back as `猫cba`. A line is UTF-8 and ends in a newline; one that is not UTF-8 is answered by `not UTF-8`.
A line may come in pieces, and several may come at once. A client that fails does not end the server; Ctrl-C does.
一行是 UTF-8，以换行符结束；不是 UTF-8 就答 `not UTF-8`。一行可能分几次到达，几行也可能一起到达。
客户端出错不能使服务器退出；Ctrl-C 结束服务器。
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
MAX_LINE = 4096  # bytes
SILENCE = 60  # seconds; then the next client gets its turn


def reverse(line):
    try:
        return line.decode("utf-8").rstrip("\r\n")[::-1].encode("utf-8")
    except UnicodeDecodeError:
        return b"not UTF-8"


def answer_lines(connection):
    with connection.makefile("rb") as lines:
        while (line := lines.readline(MAX_LINE)).endswith(b"\n"):  # else it has left, or the line is too long
            connection.sendall(reverse(line) + b"\n")


def main():
    with socket.create_server((HOST, PORT), backlog=128) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
            except OSError:  # nobody came, or somebody left in the queue
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
