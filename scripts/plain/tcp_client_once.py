"""Send one message to a TCP server and print its answer (TCP 客户端): socket, connect, send, recv, close.

TCP 客户端：发一条消息，打印回答。

    python3 tcp_server_once.py                             in terminal 1, first
    python3 tcp_client_once.py [HOST [PORT [TEXT]]]        in terminal 2; 127.0.0.1 8888

Errata: 12, 68, 88, 89, 101.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
TEXT = sys.argv[3] if len(sys.argv) > 3 else "thinks"


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    with socket.socket() as sock:  # IPv4 and TCP are the defaults
        # No bind: with a fixed port of its own a client runs only once in a minute.
        sock.settimeout(10)
        sock.connect((HOST, int(PORT)))  # one argument: a pair
        sock.sendall(TEXT.encode("utf-8") + b"\n")  # the newline tells where the message ends
        with sock.makefile("rb") as lines:
            answer = lines.readline(1024)  # as many recv as it takes
    if not answer.endswith(b"\n"):
        sys.exit("the server left without a whole answer")
    print("recv>>", answer.decode("utf-8", "replace").rstrip())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when a host has several addresses, and a deadline spans all steps: netio tcp.connect
