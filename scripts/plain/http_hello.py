"""Answer each browser with a small page (HTTP 响应): status line, headers, empty line, body.

给每个浏览器一个小网页：状态行、响应头、空行、响应体。

    python3 http_hello.py [HOST [PORT]]        127.0.0.1 8888; then open http://127.0.0.1:8888/ or use curl

Errata: 11, 22, 23, 63, 105, 106, 108.
"""
import socket
import sys
import time

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
BODY = "<!DOCTYPE html>\n<h1>HELLO WORLD 你好</h1>\n".encode("utf-8")
# A text in three quotes has \n: HTTP's lines end in \r\n. Content-Length tells the browser when it has all.
RESPONSE = "\r\n".join([
    "HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(BODY)}", "Connection: close",
    "", "",
]).encode("ascii") + BODY


def read_head(connection):
    """Return the request down to its empty line, or b"" where the peer left before."""
    head, end = b"", time.monotonic() + 3  # in all: a byte now and then must not hold up the others
    while b"\r\n\r\n" not in head:
        connection.settimeout(max(0.01, end - time.monotonic()))
        piece = connection.recv(4096)
        if not piece or len(head) > 65536:
            return b""
        head += piece
    return head


def main():
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
                with connection:  # closed after each client; behind an endless loop a close would never run
                    if read_head(connection):
                        connection.sendall(RESPONSE)
                        connection.shutdown(socket.SHUT_WR)
                        connection.settimeout(0.2)
                        any(not connection.recv(65536) for _ in range(16))  # closing with unread bytes would lose it
            except OSError:  # a silent or broken client, or nobody came
                pass


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when each address has its own page: netio http.Routes
