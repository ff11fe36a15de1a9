"""A picture of the group chat: what the datagrams say when members enter, talk and leave. It is a real session."""
from __future__ import annotations

import functools
import socket
from typing import NamedTuple

from .. import udp
from ..chat import Server
from .canvas import Canvas
from .lanes import Lanes

MEMBERS = ("lily", "张三")
SAID = ((0, "L lily"), (1, "L 张三"), (0, "C lily 你好"), (None, "开饭"), (1, "Q 张三"))  # None: the server's keyboard


class Datagram(NamedTuple):
    """One datagram of the session: from and to (0 and 1 are the members, None the server), and its text.

    >>> run_chat()[0]
    Datagram(source=0, target=None, text='L lily')
    """

    source: int | None
    target: int | None
    text: str


# Who hears something, in this order, after each line of SAID.
HEARD: tuple[tuple[int, ...], ...] = ((0,), (1, 0), (1,), (0, 1), (1, 0))


@functools.lru_cache(maxsize=None)
def run_chat() -> tuple[Datagram, ...]:
    """Let two members as the notes have them talk in a room; return the datagrams in order.

    >>> [datagram.text for datagram in run_chat() if datagram.target == 0][:2]
    ['OK', '张三 进入聊天室 (has entered)']
    """
    datagrams = []
    with Server(("127.0.0.1", 0)) as server:
        socks = [udp.connect(server.address) for _ in MEMBERS]
        for (who, text), hearers in zip(SAID, HEARD):
            if who is None:
                server.announce(text)
            else:
                socks[who].send(text.encode("utf-8"))
                datagrams.append(Datagram(who, None, text))
            datagrams += [Datagram(None, hearer, _hear(socks[hearer])) for hearer in hearers]
        for sock in socks:
            sock.close()
    return tuple(datagrams)


def _hear(sock: socket.socket) -> str:
    return udp.receive(sock, timeout=5).data.decode("utf-8")


def draw_chat_flow(canvas: Canvas) -> None:
    """Draw the datagrams of `run_chat` between two members and the server."""
    say = canvas.say
    lanes = Lanes(canvas, [(MEMBERS[0], "blue"), (say("server", "服务器"), "green"), (MEMBERS[1], "amber")], inset=-70)
    place = {0: 0, None: 1, 1: 2}
    for datagram in run_chat():
        lanes.send(place[datagram.source], place[datagram.target], datagram.text)
        lanes.y += 4
    lanes.end()
    canvas.remark(
        lanes.y + 14,
        "L enters, C says something, Q leaves: the server keeps {name: address} and passes on what one says to all "
        "others. OK and EXIT answer; 管理员消息 is what the server's own keyboard says to all.",
        "L 进入，C 发言，Q 退出：服务器保存 {姓名: 地址}，把一个人的话转发给其他所有人。OK 与 EXIT 是应答；管理员消息由服务器发给所有人。")
