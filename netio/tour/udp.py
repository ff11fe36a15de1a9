"""The visit to netio.udp: a datagram cut, a port with nobody, a bad network beaten, and everyone called at once."""
from __future__ import annotations

import sys

from ..udp import (AtMostOnce, Client, Datagram, LossyProxy, Server, answer_text, bind, broadcast_addresses, connect,
                   echo, listen_broadcast, receive, send_broadcast, talk)
from . import Guide

_WORDS = {"socket": "套接字", "datagram": "数据报", "broadcast": "广播", "loss": "丢失", "retry": "重试", "number": "编号"}


def visit(guide: Guide) -> None:
    """Show what datagrams do that streams do not, and how question and answer survive it."""
    guide.chapter("udp", "datagrams", "数据报")
    _cut(guide)
    _empty(guide)
    _nobody(guide)
    _loss(guide)
    _plain(guide)
    _broadcast(guide)


def _cut(guide: Guide) -> None:
    with bind(("127.0.0.1", 0)) as server, connect(server.getsockname()) as client:
        client.send(b"fifteen bytes..")
        client.send(b"next")
        first, second = receive(server, 5, timeout=5), receive(server, 5, timeout=5)
    guide.did("Sent 15 bytes and then 4 to a reader that takes 5 at a time.", "先发 15 字节，再发 4 字节，收方每次只收 5 字节。")
    guide.saw(f"{first.data!r} truncated={first.truncated}\n{second.data!r} truncated={second.truncated}")
    guide.surprise("The other ten bytes are gone for good: the next read gets the next datagram.",
                   "另外十个字节永远没了：数据报有边界，下一次读到的是下一个数据报。")


def _empty(guide: Guide) -> None:
    with Server(("127.0.0.1", 0), echo) as server:
        answers = [answer.data for _, answer in talk(server.address, [b"", b"hello"], timeout=5) if answer]
    guide.did("Sent an empty datagram to an echo server, then 'hello'.", "给回显服务器发一个空数据报，再发 hello。")
    guide.saw(repr(answers))
    guide.surprise("Empty means empty here, not 'the peer has closed': nothing is connected, so nothing closes.",
                   "空就是空，不是“对方关闭了”：没有连接，也就无所谓关闭。")


def _nobody(guide: Guide) -> None:
    with bind(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    try:
        with Client(address) as client:
            client.request(b"anyone?", timeout=0.4, first_wait=0.02)
        said = "an answer?"
    except OSError as error:
        said = f"{type(error).__name__}: {error}"
    guide.did("Asked a port where nobody listens, over a connected UDP socket.",
              "用 connect 过的 UDP 套接字去问一个没人监听的端口。")
    guide.saw(said)
    guide.surprise("The notes say: never an error. The other kernel does refuse, and a connected socket learns it.",
                   "笔记说绝不会有错误。其实对方内核会回绝，connect 过的套接字就能知道。")


def _loss(guide: Guide) -> None:
    asked: list[bytes] = []

    def explain(datagram: Datagram) -> bytes:
        asked.append(datagram.data)
        return _WORDS[datagram.data.decode()].encode()

    with Server(("127.0.0.1", 0), AtMostOnce(explain)) as server:
        with LossyProxy(server.address, drop=0.3, duplicate=0.2, seed=8) as proxy, Client(proxy.address) as client:
            answers = [client.request(word.encode(), first_wait=0.02, longest_wait=0.1).decode() for word in _WORDS]
            counts = proxy.counts
    guide.did("Asked a dictionary through a proxy that loses three datagrams of ten and doubles two.",
              "隔着一个十丢三、十重二的代理去查词典。")
    guide.saw(f"answers: {' '.join(answers)}\n"
              f"datagrams: {counts.arrived}, lost: {counts.dropped}, doubled: {counts.duplicated}; "
              f"questions: {len(_WORDS)}, asked of the dictionary: {len(asked)}",
              f"答案：{' '.join(answers)}\n数据报 {counts.arrived} 个，丢 {counts.dropped} 个，重复 {counts.duplicated} 个；"
              f"问了 {len(_WORDS)} 个词，词典实际查了 {len(asked)} 次")
    guide.surprise("A question has a number and is asked until answered; the server answers a known one from memory.",
                   "每个问题有编号，没回答就再问；服务器对重复的编号直接用记住的答案。")


def _plain(guide: Guide) -> None:
    with Server(("127.0.0.1", 0), AtMostOnce(answer_text(lambda word: _WORDS.get(word, "?") * 300))) as server:
        ((_, answer),) = talk(server.address, [b"loss"], timeout=5)
    data = answer.data if answer else b""
    guide.did("Asked the same service with the notes' plain client for an answer of 1800 bytes.",
              "用笔记的普通客户端问同一个服务，答案有 1800 字节。")
    guide.saw(f"{len(data)} bytes, the last character is {data.decode()[-1:]}",
              f"{len(data)} 字节，最后一个字是 {data.decode()[-1:]}")
    guide.surprise("Answers are cut to one datagram that passes every network, and at a character's end.",
                   "答案切成一个到处都能通过的数据报，而且切在字符末尾。")


def _broadcast(guide: Guide) -> None:
    here = "127.255.255.255"
    guide.did("Looked for the broadcast addresses of this machine's networks.", "查本机所在各网段的广播地址。")
    guide.saw(" ".join(broadcast_addresses()))
    if sys.platform == "darwin":  # where the loopback network has no broadcast address
        return
    with listen_broadcast(0) as one, listen_broadcast(one.getsockname()[1]) as two:
        send_broadcast("开饭".encode(), one.getsockname()[1], here)
        heard = [receive(sock, timeout=5).data.decode() for sock in (one, two)]
    guide.did(f"Broadcast one datagram to {here}, with two listeners on one port.", f"向 {here} 广播一个数据报，同一端口有两个收听者。")
    guide.saw(repr(heard))
    guide.surprise("The broadcast address is the highest of the network; it ends in .255 only up to a mask of /24.",
                   "广播地址是网段里最大的地址；掩码不长于 /24 时才以 .255 结尾，/25 就可能是 .127。")
