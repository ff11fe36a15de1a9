"""Serve a page that counts its visits, to any browser.

提供一个会计数的网页，任何浏览器都能访问。

    python3 http_2_count_visits.py [HOST [PORT]]        127.0.0.1 8888; then open http://127.0.0.1:8888/

`GET /` is a visit and answers 200 with a page (text/html; charset=utf-8) that has the number in it, `GET /count`
answers 200 with the number alone (text/plain) and is none, anything else 404. Each answer ends its lines in CR LF and
says its Content-Length; then the connection is closed. A request may come byte by byte; a bad client ends only itself.
`GET /` 算一次访问，答 200 和含有次数的网页（text/html; charset=utf-8）；`GET /count` 答 200 和次数（text/plain），
不算访问；其他一律 404。应答的每行以 CR LF 结束，写明 Content-Length，然后关闭连接。请求可能一个字节一个字节地来；
不守规矩的客户端只影响它自己。
"""
import socket
import sys
import threading

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
SILENCE = 10  # seconds
LOCK = threading.Lock()
visits = 0


def respond(status, kind, text):
    body = text.encode("utf-8")
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


def answer(line):
    """Return the answer to the first line of a request."""
    global visits
    method, target, *_ = line.split() + [b"", b""]
    path = target.partition(b"?")[0]
    with LOCK:
        if (method, path) == (b"GET", b"/"):
            visits += 1
            return respond("200 OK", "text/html; charset=utf-8", f"<!DOCTYPE html><p>你是第 {visits} 位访客</p>")
        if (method, path) == (b"GET", b"/count"):
            return respond("200 OK", "text/plain; charset=utf-8", str(visits))
    return respond("404 Not Found", "text/plain; charset=utf-8", "没有这个网页 (no such page)")


def serve(connection, address):
    try:
        with connection, connection.makefile("rb") as lines:
            connection.settimeout(SILENCE)
            first = line = lines.readline(8192)
            for _ in range(100):
                if line in (b"\r\n", b"\n"):  # the end of the head: closing with it unread could lose the answer
                    connection.sendall(answer(first))
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(65536)  # until the browser has it all and closes
                    return
                if not line.endswith(b"\n"):
                    return
                line = lines.readline(8192)
    except OSError as error:
        print(f"{address[0]}: {error}", flush=True)


def main():
    with socket.create_server((HOST, PORT), backlog=128) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
                threading.Thread(target=serve, args=(connection, address), daemon=True).start()
            except OSError:  # nobody came, or it left again
                continue


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
