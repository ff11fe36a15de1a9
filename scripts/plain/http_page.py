"""Serve one page (server 1.0): `/` is the file, anything else is 404.

只提供一个网页：`/` 是这个文件，其他一律 404。

    python3 http_page.py [HOST [PORT [FILE]]]        127.0.0.1 8888 index.html; then open http://127.0.0.1:8888/

Errata: 22, 23, 60, 62, 63, 107, 108.
"""
import contextlib
import socket
import sys
import time

HOST, PORT, FILE = sys.argv[1:4] + ["127.0.0.1", "8888", "index.html"][len(sys.argv) - 1:]


def read_head(connection):
    """Return the request down to its empty line; one recv may bring half of it, or nothing."""
    head, end = b"", time.monotonic() + 3  # in all: a byte now and then must not hold up the others
    while b"\r\n\r\n" not in head and len(head) < 65536:
        connection.settimeout(max(0.01, end - time.monotonic()))
        if not (piece := connection.recv(4096)):
            break
        head += piece
    return head


def respond(head):
    words = head.split(b"\r\n")[0].split(b" ")
    status, body = "404 Not Found", b"SORRY\n"
    if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
        status, body = "400 Bad Request", b"no HTTP request\n"
    elif words[0] not in (b"GET", b"HEAD"):
        status, body = "501 Not Implemented", b"only GET and HEAD\n"
    elif words[1].split(b"?")[0] == b"/":  # a target is no file name: it may have a query
        with contextlib.suppress(OSError), open(FILE, "rb") as file:  # missing or forbidden: this request's 404
            status, body = "200 OK", file.read()  # in bytes, which Content-Length counts
    lines = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return (lines + "Connection: close\r\n\r\n").encode("ascii") + (body if words[0] != b"HEAD" else b"")


if __name__ == "__main__":
    try:
        with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
            listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
            print("listening on %s:%d" % listener.getsockname(), flush=True)
            while True:
                try:
                    connection, address = listener.accept()
                    with connection:
                        if b"\r\n\r\n" in (head := read_head(connection)):
                            connection.sendall(respond(head))  # send would cut a large page
                            connection.shutdown(socket.SHUT_WR)
                            connection.settimeout(0.2)
                            any(not connection.recv(65536) for _ in range(16))  # closing with unread bytes loses it
                except OSError:
                    pass  # a silent or broken client, or nobody came
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when there are pictures beside the page: http_folder.py, and all of HTTP: netio http.HTTPServer
