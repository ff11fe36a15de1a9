"""Serve one TCP client, one message, and end (TCP 服务端): socket, bind, listen, accept, recv, send, close.

TCP 服务端：为一个客户端收一条消息、答一条，然后结束。

    python3 tcp_server_once.py [HOST [PORT]]        in terminal 1, first; 127.0.0.1 8888
    python3 tcp_client_once.py                      in terminal 2, or: nc 127.0.0.1 8888

Errata: 11, 12, 16, 79, 80, 86, 87, 88.
"""
import os
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"  # "0.0.0.0" would let in the whole network
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
MAX_LINE = 1024  # bytes


def accept(listener):
    """Wait for a client in short steps, since on Windows Ctrl-C is heard only between two."""
    listener.settimeout(0.5)
    while True:
        try:
            return listener.accept()
        except socket.timeout:
            pass


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:  # SOCK_, not SOCKET_
        if os.name == "posix":  # on Windows this option lets another program take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # before bind: after it is too late
        listener.bind((HOST, int(PORT)))
        listener.listen(100)  # how many may wait
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        connection, address = accept(listener)
        connection.settimeout(60)  # who says nothing is not waited for without end
        with connection, connection.makefile("rb") as lines:  # recv is the connection's, not the listener's
            line = lines.readline(MAX_LINE)  # one recv(1024) may be half a message, or two
            if line.endswith(b"\n"):
                print(f"{address[0]} says {line.decode('utf-8', 'replace').rstrip()!a}", flush=True)
                connection.sendall(b"Thanks\n")  # send may take only a part
            else:
                print(f"{address[0]} left in the middle of a line", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when one client is not all: tcp_server_many.py, and with IPv6 and all addresses: netio tcp.listen
