"""Print what a browser sends (HTTP 请求), and answer it.

打印浏览器发来的请求，并给它一个应答。

    python3 http_print_request.py [HOST [PORT]]        127.0.0.1 8888; then open http://127.0.0.1:8888/ or use curl

Errata: 11, 22, 23, 60, 61, 63, 105.
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
MAX_HEAD = 65536  # bytes
BODY = b"Your request is printed in the server's terminal.\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(BODY), BODY)


def read_head(connection):
    """Return the request down to its empty line, which one recv need not bring; b"" where the peer left before."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        if not piece or len(head) > MAX_HEAD:  # a browser opens spare connections and sends nothing
            return b""
        head += piece
    return head


def answer(connection):
    head = read_head(connection)
    if head:
        print(ascii(head.decode("utf-8", "replace")).replace("\\r\\n", "\n"), flush=True)  # the peer's bytes, made safe
        connection.sendall(RESPONSE)  # a browser waits for an answer
        connection.shutdown(socket.SHUT_WR)  # closing with unread bytes would reset, and lose the answer
        while connection.recv(4096):
            pass


def main():
    with socket.create_server((HOST, PORT), backlog=256) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()  # of the listener, and a connection to be closed
                with connection:
                    connection.settimeout(2)
                    answer(connection)
            except OSError:  # a silent or broken client, or nobody came
                pass


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when a request has a body, or must be checked: netio http.RequestParser
