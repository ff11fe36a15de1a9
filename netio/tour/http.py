"""The HTTP chapter: what is really sent, where a request ends, doubtful requests, many on one connection, a folder."""
from __future__ import annotations

import os
import socket
import tempfile

from .. import http, tcp
from . import Guide


_TRICKS = {"two lengths": "两个长度", "length and chunks": "既有长度又分块", "a bare line feed": "单独的 LF",
           "a blank before the colon": "冒号前有空格", "no Host": "没有 Host"}


def visit(guide: Guide) -> None:
    """Walk through the chapter with a server of our own, under threads."""
    guide.chapter("http", "what browsers and servers say to each other", "浏览器和服务器之间说了什么")
    with http.HTTPServer("127.0.0.1", 0, _site()) as server:
        server.start()
        address = server.address[:2]
        _look(guide, address)
        _in_pieces(guide, address)
        _doubtful(guide, address)
        _many(guide, address)
        _stream(guide, address)
    _folder(guide)


def _site() -> http.Routes:
    site = http.Routes()

    @site.get("/hello/{name}")
    def hello(request: http.Request, name: str) -> str:
        return f"Hello, {name}!"

    @site.get("/count/{number}")
    def count(request: http.Request, number: str) -> http.Response:
        return http.Response(200, [("Content-Type", "text/plain")], (b"%d " % index for index in range(int(number))))

    return site


def _say(address: tuple[str, int], *pieces: bytes) -> bytes:
    """Send the pieces, end our side, and return all that comes back."""
    with tcp.connect(address, timeout=5) as sock:
        for piece in pieces:
            sock.sendall(piece)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(5)
        answer = b""
        while data := sock.recv(65536):
            answer += data
    return answer


def _look(guide: Guide, address: tuple[str, int]) -> None:
    request = "GET /hello/%E5%B0%8F%E6%98%8E HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    guide.did("Sent a request by hand, over a bare socket.", "用一个普通套接字，亲手发出一个请求。")
    guide.saw(f"{request!r}\n" + "\n".join(map(repr, _say(address, request).splitlines(keepends=True))))
    guide.surprise("Every line ends with \\r\\n, an empty one ends the head, and Content-Length says where the body "
                   "ends; the name in the target was UTF-8, percent-encoded.",
                   "每行以 \\r\\n 结尾，空行结束头部，Content-Length 说明正文到哪里为止；路径里的名字是百分号编码的 UTF-8。")


def _in_pieces(guide: Guide, address: tuple[str, int]) -> None:
    request = b"GET /hello/you HTTP/1.1\r\nHost: a\r\n\r\n"
    parser = http.RequestParser()
    events = []
    for byte in request:
        parser.feed(bytes([byte]))
        events.append(parser.next_event())
    guide.did("Fed a request to a parser byte by byte, asking after each whether it is whole.",
              "把一个请求逐个字节喂给解析器，每次都问它是否完整。")
    nothing, last = events[:-1].count(None), events[-1]
    guide.saw(f"{nothing} times None, then {last!r}", f"{nothing} 次 None，然后是 {last!r}")
    guide.surprise("recv(1024) can bring any part of a request, or several. Only the empty line ends the head.",
                   "recv(1024) 拿到的可能是请求的任意一部分，也可能是好几个；只有空行才表示头部完整。")


def _doubtful(guide: Guide, address: tuple[str, int]) -> None:
    tricks = {
        "two lengths": b"Host: a\r\nContent-Length: 0\r\nContent-Length: 30",
        "length and chunks": b"Host: a\r\nContent-Length: 30\r\nTransfer-Encoding: chunked",
        "a bare line feed": b"Host: a\r\nX: y\nContent-Length: 30",
        "a blank before the colon": b"Host: a\r\nContent-Length : 30",
        "no Host": b"X: y",
    }
    guide.did("Sent requests that two programs may understand differently: request smuggling.",
              "发出几个不同程序会有不同理解的请求：请求走私。")
    answers = []
    for name, fields in tricks.items():
        thief = b"GET /hello/thief HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = _say(address, b"POST / HTTP/1.1\r\n" + fields + b"\r\n\r\n" + thief)
        answers.append((name, answer.splitlines()[0].decode(), answer.count(b"Date: ")))
    guide.saw("\n".join(f"{name:<25} {line}, answers: {count}" for name, line, count in answers),
              "\n".join(f"{line}，回答 {count} 个：{_TRICKS[name]}" for name, line, count in answers))
    guide.surprise("A doubtful request is refused and the connection closed: its rest could be taken for a second one.",
                   "可疑的请求一律拒绝并断开：若替它“修好”，剩下的字节就会被当成第二个请求。")


def _many(guide: Guide, address: tuple[str, int]) -> None:
    requests = b"".join(b"GET /hello/%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(5))
    answer = _say(address, requests)
    guide.did("Sent five requests on one connection, without waiting for an answer.", "在一个连接上连发五个请求，不等回答。")
    guide.saw(f"{answer.count(b'200 OK')} answers: {[b'Hello, %d!' % number in answer for number in range(5)]}",
              f"{answer.count(b'200 OK')} 个回答：{[b'Hello, %d!' % number in answer for number in range(5)]}")
    guide.surprise("HTTP/1.1 keeps the connection: no new handshake for each picture. HTTP/1.0 had to ask for that.",
                   "HTTP/1.1 默认保持连接：页面上的每张图片不必重新握手；HTTP/1.0 要专门请求才行。")


def _stream(guide: Guide, address: tuple[str, int]) -> None:
    answer = _say(address, b"GET /count/3 HTTP/1.1\r\nHost: a\r\n\r\n")
    guide.did("Asked for a page whose length nobody knows beforehand: a generator makes it.",
              "请求一个事先不知道长度的页面：它由生成器产生。")
    guide.saw(repr(answer.partition(b"\r\n\r\n")[2]))
    guide.surprise("Each piece follows its length in hexadecimal; length 0 ends all: Transfer-Encoding: chunked.",
                   "每一块前面是十六进制的长度，长度为 0 的块表示结束：这就是 Transfer-Encoding: chunked。")


def _folder(guide: Guide) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as page:
            page.write("<h1>你好</h1>")
        with http.HTTPServer("127.0.0.1", 0, folder) as server:
            server.start()
            first = http.fetch(server.url + "/")
            again = http.fetch(server.url + "/", headers=[("If-None-Match", first.header("etag") or "")])
            part = http.fetch(server.url + "/", headers=[("Range", "bytes=4-9")])
            outside = http.fetch(server.url + "/..%2F..%2Fetc/passwd")
    guide.did("Served a folder; asked for its page, for the page if it has changed, for 6 bytes, for a file outside.",
              "把一个文件夹做成网站，请求：首页；首页（若已改变）；其中 6 个字节；文件夹以外的文件。")
    body = part.body.decode() if isinstance(part.body, bytes) else ""
    guide.saw(f"{first.status} {first.header('content-type')} etag {first.header('etag')}\n{again.status}\n"
              f"{part.status} {part.header('content-range')}: {body}\n{outside.status}")
    guide.surprise("A path in a request is no file name: it is decoded once, cleaned, and must stay in the folder.",
                   "请求里的路径不是文件名：只解码一次，清理干净，而且不能离开这个文件夹。")
