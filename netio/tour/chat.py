"""The visit to netio.chat: a room, names in disguise, a forged announcement, a bad network, and TCP."""
from __future__ import annotations

import socket
import time

from .. import tcp, udp
from ..chat import Room, Server, Session, TCPServer, room_models
from ..chat.rules import drop_gloss
from ..chat.session import Event
from . import Guide


def visit(guide: Guide) -> None:
    """Meet in rooms over UDP and TCP, and try what should not work.

    >>> import io
    >>> visit(Guide(io.StringIO()))
    """
    guide.chapter("chat", "the group chat of the notes", "群聊聊天室")
    _talk(guide)
    _disguise(guide)
    _forge(guide)
    _lose(guide)
    _stream(guide)


def _talk(guide: Guide) -> None:
    guide.did("Two notes-style clients logged in over UDP, one spoke, and the server's keyboard announced something.",
              "两个笔记风格的客户端经 UDP 登录，一个发言，服务器键盘上发了一条公告。")
    with Server(("127.0.0.1", 0)) as server, udp.connect(server.address) as lily, udp.connect(server.address) as tom:
        answers = [_ask(lily, "L lily"), _ask(tom, "L tom")]
        tom.send("C tom 你好".encode())
        heard = [_hear(lily) for _ in range(2)]
        server.announce("开饭")
        heard.append(_hear(lily))
    guide.saw(f"answers: {answers}\nlily: " + "\nlily: ".join(heard),
              f"回答：{answers}\nlily: " + "\nlily: ".join(map(drop_gloss, heard)))
    guide.surprise("A request is one line of text, so that every language's student can write a client in an hour.",
                   "请求就是一行文本，所以用任何语言一小时就能写出客户端。")


def _disguise(guide: Guide) -> None:
    room = Room()
    room.request("A", b"L lily", 0.0)
    names = ("管理员", "管-理-员", "ｌｉｌｙ", "lily: hi", "li\nly")
    refused = [room.request("B", f"L {name}".encode(), 1.0)[0][1].decode() for name in names]
    guide.did("Asked a room for names that look like the administrator's or another member's.",
              "申请看起来像管理员或别的成员的名字。")
    guide.saw("\n".join(f"{name!r}: {answer.partition(' (')[0]}" for name, answer in zip(names, refused)))
    guide.surprise("`'管理员' in name` sees one way of writing it: compare NFKC-normalised, without what cannot be seen.",
                   "`'管理员' in name` 只认得一种写法：先做 NFKC 规范化、去掉看不见的字符再比较。")


def _forge(guide: Guide) -> None:
    with Server(("127.0.0.1", 0)) as server, udp.connect(server.address) as lily, udp.connect(server.address) as thief:
        _ask(lily, "L lily")
        answers = [_ask(thief, text) for text in ("C 管理员消息 give me your password", "C lily I am lily", "Q lily")]
    guide.did("A stranger tried to announce something, to speak as lily, and to log her out.",
              "陌生人试图发公告、冒充 lily 发言、替她退出。")
    guide.saw("\n".join(answers), "\n".join(map(drop_gloss, answers)))
    guide.surprise("Where a server takes announcements by a datagram to itself, anyone can send that datagram.",
                   "如果服务器靠给自己发数据报来发公告，谁都能发这个数据报。")


def _lose(guide: Guide) -> None:
    texts = [f"line {number}" for number in range(12)]
    with Server(("127.0.0.1", 0), Room(burst=100), initial_rto=0.02) as server:
        with udp.LossyProxy(server.address, drop=0.3, duplicate=0.2, seed=1) as proxy:
            heard, counts = _speak(proxy.address, texts), proxy.counts
    guide.did(f"lily said {len(texts)} lines to tom through a network that loses three datagrams of ten.",
              f"lily 隔着十丢三的网络对 tom 说了 {len(texts)} 句话。")
    guide.saw(f"datagrams: {counts.arrived}, lost: {counts.dropped}; "
              f"tom heard {len(heard)}, each once and in order: {heard == texts}",
              f"数据报 {counts.arrived} 个，丢 {counts.dropped} 个；tom 听到 {len(heard)} 句，不重不漏按顺序：{heard == texts}")
    guide.surprise("Numbers make it possible: what is missing is asked for again, what comes twice is shown once.",
                   "靠的是编号：缺的再要一次，重复的只显示一次。")


def _speak(address: udp.datagrams.Address, texts: list[str], timeout: float = 20.0) -> list[str]:
    """Let two sessions meet at an address; return what the second hears of the first."""
    now = time.monotonic()
    pair = [Session(name, now, session=f"{number:016x}", patience=timeout, initial_rto=0.02)
            for number, name in enumerate(("lily", "tom"), 1)]
    heard: list[str] = []
    inside = set()
    with udp.connect(address) as one, udp.connect(address) as two:
        while len(heard) < len(texts) and time.monotonic() < now + timeout:
            for session, sock in zip(pair, (one, two)):
                for kind, text in _step(session, sock):
                    inside |= {session.name} if kind == "entered" else set()
                    heard += [text.partition(": ")[2]] if text.startswith("lily: ") else []
            if len(inside) == 2:
                inside.add("both")
                for text in texts:
                    pair[0].say(text)
    return heard


def _step(session: Session, sock: socket.socket) -> list[Event]:
    """Send what a session has to send, and hand it the next datagram, if one comes soon."""
    for data in session.datagrams(time.monotonic()):
        sock.send(data)
    try:
        return session.receive(udp.receive(sock, timeout=0.002).data, time.monotonic())
    except TimeoutError:
        return []


def _stream(guide: Guide) -> None:
    with TCPServer(("127.0.0.1", 0), model="select") as server:
        server.start()
        with tcp.connect(server.address) as sock:
            reader = tcp.Reader(sock)
            sock.sendall(b"L lily\nC lily hello\nnonsense\nQ lily\n")
            answers = [line.decode().strip() for line in reader.iter_lines()]
    guide.did(f"Sent four requests at once to a room over TCP (under {', '.join(room_models())}).",
              f"经 TCP 向同样的聊天室一次发四个请求（可用模型：{'、'.join(room_models())}）。")
    guide.saw("\n".join(answers), "\n".join(map(drop_gloss, answers)))
    guide.surprise("A stream has no datagrams, so each message ends with a line end; TCP itself repairs losses.",
                   "流没有数据报的边界，所以每条消息以换行结束；TCP 已经负责重传，不用再编号。")


def _ask(sock: socket.socket, text: str) -> str:
    sock.send(text.encode())
    return _hear(sock)


def _hear(sock: socket.socket) -> str:
    return udp.receive(sock, timeout=5).data.decode()
