"""Send what is typed as datagrams, and print the answers (UDP 客户端): socket, sendto, recvfrom.

UDP 客户端：把键入的每一行作为数据报发出，打印回答。

    python3 udp_server.py                      in terminal 1, first
    python3 udp_client.py [HOST [PORT]]        in terminal 2, ends with an empty line; 127.0.0.1 8888

Errata: 19, 20, 59, 103, 104.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"


def request(data):
    """Return the answer, or None where none comes: either datagram may be lost, so it is sent three times."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:  # a new one, so that no late answer fits in
        sock.connect((HOST, int(PORT)))  # sends nothing; from now on only the server's datagrams come through
        sock.settimeout(1)  # without it a lost answer is waited for for ever
        for _ in range(3):
            try:
                sock.send(data)  # a datagram goes as a whole
                return sock.recv(65535)
            except (socket.timeout, ConnectionError):  # lost, or nobody has that port: that may well be an error
                continue
    return None


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        while line := input("send>> "):
            answer = request(line.encode("utf-8", "replace"))
            print("no answer" if answer is None else f"recv>> {answer.decode('utf-8', 'replace')}", flush=True)
    except (EOFError, RuntimeError):  # the end of the input, or no keyboard at all
        pass


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when a request must not be done twice: netio udp.Client
