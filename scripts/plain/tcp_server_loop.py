"""Answer each line of one TCP client until it leaves (循环收发，服务端).

循环回答一个客户端的每一行，直到它离开。

    python3 tcp_server_loop.py [HOST [PORT]]        in terminal 1, first; 127.0.0.1 8888
    python3 tcp_client_loop.py                      in terminal 2, or: nc 127.0.0.1 8888

Errata: 12, 13, 14, 16, 68, 69, 101.
"""
import socket
import sys

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
MAX_LINE = 1024  # bytes


def accept(listener):
    """Wait for a client in short steps, since on Windows Ctrl-C is heard only between two."""
    listener.settimeout(0.5)
    while True:
        try:
            return listener.accept()
        except socket.timeout:
            pass


def answer_lines(connection):
    """Answer each line of a client until it leaves."""
    with connection.makefile("rb") as lines:
        while True:
            line = lines.readline(MAX_LINE)
            if not line.endswith(b"\n"):  # b"" is the end, and anything else half a message or too long a one
                return
            text = line.decode("utf-8", "replace").strip()  # bytes == "quit" would never be true
            print(f"received {text!a}", flush=True)
            if text == "quit":
                return
            connection.sendall(b"Thanks\n")


def main():
    with socket.create_server((HOST, int(PORT))) as listener:  # socket, SO_REUSEADDR (not on Windows), bind, listen
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        connection, address = accept(listener)
        connection.settimeout(60)
        with connection:
            try:
                answer_lines(connection)
            except OSError as error:  # recv raises where the peer is gone by a reset, or silent
                print(f"{address[0]}: {error}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")
# Not enough when a second client comes: tcp_server_many.py, and for lines of any size: netio tcp.Reader
