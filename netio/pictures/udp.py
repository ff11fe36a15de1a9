"""A picture of UDP: the calls, and datagrams that keep their boundaries."""
from __future__ import annotations

import functools
import socket

from .canvas import Canvas
from .lanes import Lanes


@functools.lru_cache(maxsize=None)
def run_udp_echo() -> tuple[tuple[str, str, int], ...]:
    """Send datagrams over the loopback; return (server's call, client's call, direction) for each step.

    >>> run_udp_echo()[3]
    ("recvfrom(1024)\\n→ b'two', address", '', 0)
    """
    with socket.socket(type=socket.SOCK_DGRAM) as server, socket.socket(type=socket.SOCK_DGRAM) as client:
        for sock in (server, client):
            sock.settimeout(5)
            sock.bind(("127.0.0.1", 0))
        steps = [("socket(type=SOCK_DGRAM)\nbind((host, port))", "socket(type=SOCK_DGRAM)", 0)]
        for message in (b"one", b"two"):
            client.sendto(message, server.getsockname())
        got = [server.recvfrom(1024)[0] for _ in range(2)]
        steps += [("", "sendto(b'one', server)\nsendto(b'two', server)", -2),
                  *((f"recvfrom(1024)\n→ {data!r}, address", "", 0) for data in got)]
        server.sendto(b"ONE", client.getsockname())
        steps += [("sendto(b'ONE', address)", f"recvfrom(1024)\n→ {client.recvfrom(1024)[0]!r}, server", 1),
                  ("close()", "close()", 0)]
        return tuple(steps)


def draw_udp_flow(canvas: Canvas) -> None:
    """Draw the calls of `run_udp_echo`, side by side."""
    say = canvas.say
    lanes = Lanes(canvas, [(say("server", "服务器"), "green"), (say("client", "客户端"), "blue")])
    for server, client, direction in run_udp_echo():
        lanes.calls([server, client], 1 if direction == 1 else 0)
        if direction == -2:
            lanes.send(1, 0, "b'one'")
            lanes.send(1, 0, "b'two'")
            lanes.y += 8
    lanes.end()
    canvas.remark(
        lanes.y + 14,
        "No connection, no listen, no accept: each datagram carries its sender's address. One sendto, one recvfrom: "
        "they never stick together. But they may be lost, doubled or overtaken, and one larger than the buffer is "
        "cut.",
        "没有连接，不用 listen 和 accept：每个数据报都带着发送方的地址。一次 sendto 对应一次 recvfrom，绝不粘包。但数据报可能丢失、重复、乱序；比缓冲区大的会被截断。")
