"""Print what a browser sends (HTTP 请求), and answer it.

打印浏览器发来的请求，并给它一个应答。

    python3 http_print_request.py [HOST [PORT]]        127.0.0.1 8888; then open http://127.0.0.1:8888/ or use curl

Errata: 11, 22, 23, 60, 61, 63, 105.
"""
import socket
import sys
import time

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
SECONDS = 3  # for a whole request: a byte now and then must not hold up the others
BODY = b"Your request is printed in the server's terminal.\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(BODY), BODY)


def read_head(connection):
    """Return the request down to its empty line, which one recv need not bring; b"" where the peer left before."""
    head, end = b"", time.monotonic() + SECONDS
    while b"\r\n\r\n" not in head:
        connection.settimeout(max(0.01, end - time.monotonic()))
        piece = connection.recv(4096)
        if not piece or len(head) > 65536:  # a browser opens spare connections and sends nothing
            return b""
        head += piece
    return head


def answer(connection):
    if head := read_head(connection):
        for line in head.decode("utf-8", "replace").split("\r\n"):
            print(ascii(line)[1:-1], flush=True)  # so that no byte of the peer's acts on the terminal
        connection.sendall(RESPONSE)  # a browser waits for an answer
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(0.2)
        any(not connection.recv(65536) for _ in range(16))  # closing with unread bytes would lose the answer


def main():
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()  # of the listener, and a connection to be closed
                with connection:
                    answer(connection)
            except OSError:  # a silent or broken client, or nobody came
                pass


if __name__ == "__main__":
    try:
        main()
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when a request has a body, or must be checked: netio http.RequestParser
