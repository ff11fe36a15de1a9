"""Send what is typed to a TCP server, a line at a time, and print each answer (循环收发，客户端).

把键入的每一行发给 TCP 服务器，并打印每次的回答。

    python3 tcp_server_many.py                      in terminal 1, first, or tcp_server_loop.py
    python3 tcp_client_loop.py [HOST [PORT]]        in terminal 2, ends with `quit`; 127.0.0.1 8888

Errata: 12, 68, 89, 100, 101.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"


def typed():
    """Yield the lines that are typed, until `quit` or the end of the input."""
    while True:
        try:
            line = input("send>> ").strip()
        except (EOFError, RuntimeError):  # the end, or no keyboard at all
            return
        if line == "quit":
            return
        if line:  # an empty message would be no byte at all: the server waits for it, and we for its answer
            yield line


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    with socket.create_connection((HOST, int(PORT)), timeout=10) as sock, sock.makefile("rb") as answers:
        for line in typed():
            sock.sendall(line.encode("utf-8", "replace") + b"\n")
            answer = answers.readline(1 << 16)
            if not answer.endswith(b"\n"):
                sys.exit("the server has left")
            print("recv>>", answer.decode("utf-8", "replace").rstrip(), flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when keyboard and server are to be heard at the same time: netio tcp.interact
