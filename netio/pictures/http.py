"""Pictures of HTTP: the parts of a request and of a response, line by line, as they came over a socket."""
from __future__ import annotations

import functools
import http.client
import re
import socket
from typing import NamedTuple

from .. import tcp
from ..http import HTTPServer, Response
from .canvas import MARGIN, SMALL, Canvas

HOST = "www.example.org"
PAGE = "<h1>你好</h1>\n"
DAY = b"Date: Thu, 01 Jan 2026 00:00:00 GMT"  # stands for the time of the run, so that the picture stays the same


@functools.lru_cache(maxsize=None)
def run_request() -> bytes:
    """Let the standard library's client post a form; return the bytes that came out of it.

    >>> run_request().splitlines()[:2]
    [b'POST /search HTTP/1.1', b'Host: www.example.org']
    """
    browser, server = tcp.connect_pair()
    with server:
        client = http.client.HTTPConnection(HOST)
        client.sock = browser
        client.request("POST", "/search", b"word=%E7%8C%AB", {"Content-Type": "application/x-www-form-urlencoded"})
        client.close()
        return _read_all(server)


@functools.lru_cache(maxsize=None)
def run_response() -> bytes:
    """Ask an HTTPServer for a page; return the bytes of its answer, with a fixed date.

    >>> run_response().splitlines()[0]
    b'HTTP/1.1 200 OK'
    """
    page = Response(200, [("Content-Type", "text/html; charset=utf-8")], PAGE.encode("utf-8"))
    with HTTPServer("127.0.0.1", 0, lambda request: page, model="thread") as server:
        server.start()
        with tcp.connect(server.address) as sock:
            sock.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            return re.sub(rb"Date: [^\r]*", DAY, _read_all(sock))


def _read_all(sock: socket.socket) -> bytes:
    sock.settimeout(10)
    return b"".join(iter(lambda: sock.recv(65536), b""))


class Part(NamedTuple):
    """Some lines of a message, and what they are: start, headers, blank or body.

    >>> Part("body", ("<h1>",)).name
    'body'
    """

    name: str
    lines: tuple[str, ...]


def split_message(message: bytes) -> list[Part]:
    r"""Split a message into its four parts; each line keeps its end, shown as \r\n.

    >>> [part.name for part in split_message(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    ['start', 'headers', 'blank']
    >>> split_message(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")[-1]
    Part(name='body', lines=('hi',))
    """
    head, _, body = message.decode("utf-8").partition("\r\n\r\n")
    start, *headers = [line + r"\r\n" for line in head.split("\r\n")]
    parts = [Part("start", (start,)), Part("headers", tuple(headers)), Part("blank", (r"\r\n",))]
    return parts + ([Part("body", (body.replace("\n", r"\n"),))] if body else [])


def draw_http_request(canvas: Canvas) -> None:
    """Draw the request of `run_request`, its parts named."""
    say = canvas.say
    parts = split_message(run_request())
    y = _draw_start(canvas, parts[0], [say("method", "方法"), say("target", "目标"), say("version", "版本")])
    y = _draw_parts(canvas, y, parts, say("request line", "请求行"))
    canvas.remark(
        y + 18,
        "A browser sends more headers, in the same shape. Read until the blank line, then as many bytes of body as "
        "Content-Length says: one recv(1024) is not a request.",
        "浏览器会发送更多请求头，形式相同。先读到空行，再按 Content-Length 读请求体：一次 recv(1024) 并不等于一个请求。")


def draw_http_response(canvas: Canvas) -> None:
    """Draw the answer of `run_response`, its parts named."""
    say = canvas.say
    parts = split_message(run_response())
    y = _draw_start(canvas, parts[0], [say("version", "版本"), say("status", "状态码"), say("reason", "说明")])
    y = _draw_parts(canvas, y, parts, say("status line", "状态行"))
    size = len(PAGE.encode("utf-8"))
    canvas.remark(
        y + 18,
        f"Content-Length counts bytes: {len(PAGE)} characters are {size} bytes here. Lines end with \\r\\n, also on "
        "Linux. The date is the day of the answer.",
        f"Content-Length 按字节计算：这里 {len(PAGE)} 个字符是 {size} 个字节。每行以 \\r\\n 结尾，Linux 上也一样。"
        "日期是应答的时间。")


def _draw_start(canvas: Canvas, start: Part, names: list[str]) -> float:
    """The three words of the first line, each in a box with its name below."""
    words = start.lines[0].replace(r"\r\n", "").split(" ", 2)
    x = float(MARGIN)
    for word, name, kind in zip(words, names, ("violet", "blue", "amber")):
        width = max(96.0, len(word) * 9.5 + 24)
        canvas.box(x, 52, width, 32, word, kind, look="mono bold", size=14)
        canvas.text(x + width / 2, 100, name, size=SMALL, anchor="middle", look=kind)
        x += width + 10
    return 116


def _draw_parts(canvas: Canvas, y: float, parts: list[Part], first: str) -> float:
    """Each part as a box of its lines, with its name at the right."""
    say = canvas.say
    names = {"start": first, "headers": say("headers", "消息头"), "blank": say("blank line", "空行"),
             "body": say("body", "消息体")}
    kinds = {"start": "violet", "headers": "blue", "blank": "plain", "body": "green"}
    for name, lines in parts:
        height = 20 * len(lines) + 12
        canvas.box(MARGIN, y, 424, height, "", kinds[name])
        for number, line in enumerate(lines):
            canvas.text(MARGIN + 10, y + 20 + 20 * number, line, size=SMALL, look="mono", room=410)
        canvas.text(MARGIN + 434, y + height / 2 + 5, names[name], size=13, look=f"bold {kinds[name]}")
        y += height + 4
    return y
