"""A picture of FTP, from a real session: commands on one connection, a file put there and fetched on others."""
from __future__ import annotations

import functools
import os
import re
import socket
import tempfile
from typing import BinaryIO, NamedTuple

from .. import tcp
from ..ftp import FTPServer, User
from .canvas import MARGIN, Canvas
from .lanes import Lanes

CONTENT = b"meow\n"
COMMANDS = ("USER anonymous", "PASS guest", "TYPE I", "EPSV", "STOR cat.txt", "EPSV", "RETR cat.txt", "QUIT")


class Line(NamedTuple):
    """One line of the session: whether the client sent it, whether it went over the data connection, and its text.

    >>> run_ftp()[0]
    Line(from_client=False, data=False, text='220 netio FTP: welcome.')
    """

    from_client: bool
    data: bool
    text: str


@functools.lru_cache(maxsize=None)
def run_ftp() -> tuple[Line, ...]:
    """Store a file on a server and fetch it; return what went over both connections. PORT stands for a number.

    >>> [line.text for line in run_ftp() if line.data]
    ['meow\\\\n', 'meow\\\\n']
    """
    with tempfile.TemporaryDirectory() as folder:
        users = [User("anonymous", None, os.path.realpath(folder), ("read", "write", "change"))]
        with FTPServer("127.0.0.1", 0, None, users=users, model="thread") as server:
            server.start()
            with tcp.connect(server.address, timeout=10) as sock, sock.makefile("rb") as replies:
                return tuple(_talk(sock, replies))


def _talk(sock: socket.socket, replies: BinaryIO) -> list[Line]:
    lines, port = [_reply(replies)], 0
    for command in COMMANDS:
        if command[:4] not in ("STOR", "RETR"):
            sock.sendall(command.encode() + b"\r\n")
            lines += [Line(True, False, command), _reply(replies)]
            if command == "EPSV":
                port = int(lines[-1].text.split("|")[3])
                lines[-1] = lines[-1]._replace(text=re.sub(r"\d+\|\)", "PORT|)", lines[-1].text))
            continue
        with tcp.connect(("127.0.0.1", port), timeout=10) as data:
            sock.sendall(command.encode() + b"\r\n")
            lines += [Line(True, False, command), _reply(replies)]
            if command[:4] == "STOR":
                data.sendall(CONTENT)
            tcp.half_close(data)
            got = CONTENT if command[:4] == "STOR" else b"".join(iter(lambda: data.recv(65536), b""))
        lines += [Line(command[:4] == "STOR", True, got.decode().replace("\n", r"\n")), _reply(replies)]
    return lines


def _reply(replies: BinaryIO) -> Line:
    return Line(False, False, replies.readline().decode("utf-8").rstrip("\r\n"))


def draw_ftp_flow(canvas: Canvas) -> None:
    """Draw the lines of `run_ftp`: thin arrows on the control connection, thick ones on a data connection."""
    say = canvas.say
    lanes = Lanes(canvas, [(say("client", "客户端"), "blue"), (say("server", "服务器"), "green")], inset=-110)
    for line in run_ftp():
        source = 0 if line.from_client else 1
        if line.data:
            lanes.send(source, 1 - source, line.text, kind="amber", width=6)
        else:
            lanes.send(source, 1 - source, line.text)
    lanes.end()
    y = lanes.y + 12
    for x, kind, width, words in [
        (MARGIN, "blue", 1.8, say("control connection: one for the session", "控制连接：整个会话一条")),
        (300, "amber", 6, say("data connection: one a transfer", "数据连接：每次传输一条")),
    ]:
        canvas.line(x, y, x + 22, y, kind, width=width)
        canvas.text(x + 28, y + 4, words, size=12)
    canvas.remark(
        y + 28,
        "EPSV asks the server for a port; the client connects to it, and the transfer that follows goes there. Its "
        "end is the end of the file, and then 226 says that it is whole.",
        "EPSV 向服务器要一个端口，客户端连上去，随后的传输就走这条连接。连接结束就是文件结束，之后 226 说明文件完整。")
