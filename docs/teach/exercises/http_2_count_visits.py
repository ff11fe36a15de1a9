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

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888


def main():
    visits = 0
    with socket.create_server((HOST, PORT)) as listener:
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            connection, address = listener.accept()
            with connection:
                request = connection.recv(4096).decode("latin-1")  # TODO: is this a whole request? 待改：收全了吗？
                if request.startswith("GET / "):
                    visits += 1
                # TODO: /count, 404; CR LF, an empty line, Content-Length  待改：/count、404；CR LF、空行、Content-Length
                connection.sendall(f"HTTP/1.1 200 OK\nContent-Type: text/html\n你是第 {visits} 位访客".encode())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
