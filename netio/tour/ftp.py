"""The FTP chapter: a session word by word, two connections, a file that is never half there, and what is refused."""
from __future__ import annotations

import ftplib
import os
import socket
import sys
import tempfile

from .. import tcp
from ..ftp import FTPServer, Rules, User, hash_password
from . import Guide

# A file system whose encoding is ASCII (LC_ALL=C without UTF-8 mode) has no Chinese names.
_CHINESE_NAMES = sys.getfilesystemencoding().lower() not in ("ascii", "us-ascii")
_FOLDER, _FILE = ("图片", "猫.bin") if _CHINESE_NAMES else ("pictures", "cat.bin")


def visit(guide: Guide) -> None:
    """Walk through the chapter with a server of our own and the stdlib's client."""
    guide.chapter("ftp", "a file server that every FTP client understands", "任何 FTP 客户端都能使用的文件服务器")
    with tempfile.TemporaryDirectory() as folder:
        user = User("ming", hash_password("芝麻开门"), folder, ("read", "write", "change"))
        with FTPServer("127.0.0.1", 0, folder, users=[user], rules=Rules(login_delay=0.1)) as server:
            server.start()
            address = server.address[:2]
            _password(guide, user)
            with _Talk(address) as talk:
                _session(guide, talk)
                _two_connections(guide, talk, folder)
                _whole_or_not(guide, talk, folder)
                _refused(guide, talk)
            _client(guide, address)


class _Talk:
    """A client that sends lines and returns the replies as they come."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._sock = tcp.connect(address, timeout=5)
        self._file = self._sock.makefile("rb")
        self.greeting = self.reply()

    def reply(self) -> str:
        return self._file.readline().decode().rstrip()

    def say(self, line: str) -> str:
        self._sock.sendall(line.encode() + b"\r\n")
        return self.reply()

    def data(self) -> socket.socket:
        host = self._sock.getpeername()[0]
        return tcp.connect((host, int(self.say("EPSV").split("|")[3])), timeout=5)

    def __enter__(self) -> _Talk:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._file.close()
        self._sock.close()


def _password(guide: Guide, user: User) -> None:
    guide.did("Kept the password of the user ming.", "保存用户 ming 的密码。")
    guide.saw((user.password or "")[:60] + "...")
    guide.surprise("What is kept is a slow hash with a random salt: whoever steals the list still has to guess, "
                   "one password at a time.",
                   "保存的是加盐的慢哈希：就算名单被偷，也只能一个一个慢慢猜。")


def _session(guide: Guide, talk: _Talk) -> None:
    lines = ["USER ming", "PASS 芝麻开门", f"MKD {_FOLDER}", f"CWD {_FOLDER}", "PWD", "TYPE I"]
    guide.did("Talked to the server by hand, over a bare socket.", "用一个普通套接字，亲手和服务器对话。")
    guide.saw("\n".join([talk.greeting, *(f"> {line}\n{talk.say(line)}" for line in lines)]))
    guide.surprise("FTP is text: a command a line, a three-digit code in each answer, 2 for done, 3 for go on, "
                   "5 for no.",
                   "FTP 是纯文本：每行一条命令，回答以三位数字开头：2 表示完成，3 表示请继续，5 表示不行。")


def _two_connections(guide: Guide, talk: _Talk, folder: str) -> None:
    with talk.data() as sock:
        first = talk.say(f"STOR {_FILE}")
        sock.sendall(b"meow" * 1000)
    last = talk.reply()
    guide.did("Sent a file: EPSV asks for a port, a second connection to it carries the bytes, its end is theirs.",
              "上传一个文件：用 EPSV 要一个端口，再开第二个连接传数据，关闭它就表示数据结束。")
    guide.saw(f"{first}\n{last}\n{os.listdir(os.path.join(folder, _FOLDER))}")
    guide.surprise("No length, no end marker: the connection itself is the frame, so the file may hold any bytes.",
                   "没有长度，也没有结束标记：连接本身就是边界，所以文件里可以有任何字节。")


def _whole_or_not(guide: Guide, talk: _Talk, folder: str) -> None:
    path = os.path.join(folder, _FOLDER, _FILE)
    with talk.data() as sock:
        talk.say(f"STOR {_FILE}")
        sock.sendall(b"half of the new ca")
        during = os.path.getsize(path)
        given_up = talk.say("ABOR"), talk.reply()
    guide.did("Began to replace the file, looked at it, and gave up in the middle.", "开始覆盖这个文件，中途看一眼，然后放弃。")
    guide.saw(f"during: {during} bytes\n{given_up[0]}\n{given_up[1]}\nafter: {os.path.getsize(path)} bytes",
              f"其间：{during} 字节\n{given_up[0]}\n{given_up[1]}\n之后：{os.path.getsize(path)} 字节")
    guide.surprise("An upload goes to a hidden file, to the disk, and then takes its place in one step (rename).",
                   "上传先写到一个隐藏文件，落盘之后再一步改名到位：别人看到的不是旧文件，就是完整的新文件。")


def _refused(guide: Guide, talk: _Talk) -> None:
    lines = ["CWD ../../../..", "RETR ../../etc/passwd", "PORT 8,8,8,8,0,80", "MAGIC"]
    guide.did("Tried to leave the folder, to have the server call a stranger, and to invent a command.",
              "试着离开这个文件夹，让服务器去连别人的机器，再编一条命令。")
    talk.say("EPSV")
    guide.saw("\n".join(f"> {line}\n{talk.say(line)}" for line in lines))
    guide.surprise("Above / there is nothing, and data goes to the client itself only: else a server could be made "
                   "to attack others for them.",
                   "/ 之上什么也没有；数据只发给客户端自己，否则别人可以借服务器去攻击第三者。")


def _client(guide: Guide, address: tuple[str, int]) -> None:
    with ftplib.FTP(encoding="utf-8") as client:
        client.connect(*address, timeout=5)
        client.login()
        got: list[bytes] = []
        client.cwd(_FOLDER)
        client.retrbinary(f"RETR {_FILE}", got.append, rest=3998)
        facts = dict(client.mlsd(facts=["type", "size"]))
    guide.did("Came as an anonymous guest with the stdlib's ftplib; asked for the end of the file and a listing.",
              "用标准库的 ftplib 匿名登录，取文件的末尾，再列目录。")
    guide.saw(f"{b''.join(got)!r}\n{facts}")
    guide.surprise("The same protocol, so curl, lftp and Explorer work as well, and go on where a transfer broke off.",
                   "协议是标准的，所以 curl、lftp 和资源管理器都能用，还能断点续传。")
