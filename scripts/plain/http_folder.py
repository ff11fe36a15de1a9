"""Serve a folder to many browsers at once (server 2.0, IO 多路复用): a class, one thread, one loop.

同时为许多浏览器提供一个文件夹：一个类、一个线程、一个循环。

    python3 http_folder.py [HOST [PORT [FOLDER]]]        127.0.0.1 8888, this folder; then open http://127.0.0.1:8888/

Errata: 22, 23, 60, 61, 62, 63, 107.
"""
import mimetypes
import os
import selectors
import socket
import sys
import time
from urllib.parse import quote, unquote

SILENCE = 10  # seconds that a client may be silent, or not take what it is sent
BLOCK = 1 << 16  # bytes


class Client:
    def __init__(self, sock):
        self.sock, self.received, self.out, self.file, self.ended = sock, b"", b"", None, False
        self.deadline = time.monotonic() + SILENCE


class HTTPServer:
    def __init__(self, host, port, dir):
        self.root = os.path.realpath(dir)
        self.listener = socket.create_server((host, port), backlog=256)
        self.listener.setblocking(False)
        self.selector = selectors.DefaultSelector()  # epoll, kqueue or select: select takes 1024 sockets at most
        self.selector.register(self.listener, selectors.EVENT_READ)

    def serve_forever(self):
        print("listening on %s:%d" % self.listener.getsockname(), flush=True)
        while True:
            for key, _ in self.selector.select(0.5):  # in short steps, for Ctrl-C on Windows and for the deadlines
                try:
                    if key.data is None:
                        self.accept()
                    elif key.events == selectors.EVENT_READ:
                        self.receive(key.data)
                    else:
                        self.send(key.data)
                except OSError:  # this client's end only; or nobody any more to accept, or no descriptor free for it
                    self.forget(key.data) if key.data else time.sleep(0.05)
            for key in list(self.selector.get_map().values()):
                if key.data and key.data.deadline < time.monotonic():
                    self.forget(key.data)

    def accept(self):
        sock, address = self.listener.accept()
        sock.setblocking(False)
        self.selector.register(sock, selectors.EVENT_READ, Client(sock))

    def forget(self, client):
        self.selector.unregister(client.sock)
        client.sock.close()
        if client.file:
            client.file.close()

    def receive(self, client):
        piece = client.sock.recv(BLOCK)
        if not piece or len(client.received) > BLOCK:
            self.forget(client)
        elif not client.ended:  # after our answer we only wait for the end: closing before would lose it
            client.received += piece  # one recv may bring half a request
            if b"\r\n\r\n" in client.received:
                client.out = self.respond(client)
                self.selector.modify(client.sock, selectors.EVENT_WRITE, client)

    def send(self, client):
        if not client.out and client.file:
            client.out = client.file.read(BLOCK)  # a block at a time: a film need not fit into memory
        if not client.out:
            client.ended = True
            client.sock.shutdown(socket.SHUT_WR)
            self.selector.modify(client.sock, selectors.EVENT_READ, client)
        client.out = client.out[client.sock.send(client.out):] if client.out else b""  # send may take a part
        client.deadline = time.monotonic() + (2 if client.ended else SILENCE)

    def respond(self, client):
        """Return the head of the answer, and open the file that follows it."""
        words = client.received.split(b"\r\n")[0].decode("latin-1").split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return self.head("400 Bad Request")
        if words[0] not in ("GET", "HEAD"):
            return self.head("501 Not Implemented")
        name = unquote(words[1].split("?")[0]).replace("\0", ":")
        # A target is no file name: `..` or a link may lead out of the folder.
        path = os.path.realpath(os.path.join(self.root, name.lstrip("/"), "index.html" if name.endswith("/") else ""))
        if set(name) & set("\\:") or not (path + os.sep).startswith(os.path.join(self.root, "")):
            return self.head("404 Not Found")
        if os.path.isdir(path):  # without the slash the links in its page would not fit
            return self.head("301 Moved Permanently", f"Location: /{quote(name.strip('/'))}/\r\nContent-Length: 6\r\n")
        try:
            if not os.path.isfile(path):  # a pipe or a device could block
                raise FileNotFoundError(path)
            client.file = open(path, "rb")
        except OSError:  # missing or forbidden: this request's 404, not the server's end
            return self.head("404 Not Found")
        size, kind = os.fstat(client.file.fileno()).st_size, mimetypes.guess_type(path)[0] or "application/octet-stream"
        kind += "; charset=utf-8" if kind.startswith("text/") else ""
        client.file.seek(size if words[0] == "HEAD" else 0)
        return self.head("200 OK", f"Content-Type: {kind}\r\nContent-Length: {size}\r\n", b"")

    @staticmethod
    def head(status, fields="Content-Length: 6\r\n", body=b"SORRY\n"):
        return f"HTTP/1.1 {status}\r\n{fields}Connection: close\r\n\r\n".encode("ascii") + body


if __name__ == "__main__":
    HOST, PORT, FOLDER = sys.argv[1:4] + ["127.0.0.1", "8888", "."][len(sys.argv) - 1:]
    try:
        HTTPServer(HOST, int(PORT), FOLDER).serve_forever()
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when files are to be cached, sent in ranges, encrypted, or there are forms: netio http.HTTPServer
