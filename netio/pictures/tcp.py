"""Pictures of TCP: the calls, the segments, the buffers, and what a stream does to messages, with real bytes."""
from __future__ import annotations

import functools
import socket
import time

from .. import tcp
from .canvas import MARGIN, SMALL, WIDTH, Canvas
from .lanes import Lanes

MESSAGES = (b"account", b"password")
OWNERS = ("blue", "amber")  # whose bytes a cell shows: the first message's, the second's
CELL, BUFFER_CELL = 22.0, 20.0
Cells = list[tuple[str, str]]


@functools.lru_cache(maxsize=None)
def run_echo() -> tuple[tuple[str, str, int], ...]:
    """Let a client and a server talk over the loopback; return (server's call, client's call, direction) for each step.

    >>> run_echo()[5]
    ("recv(1024)\\n→ b'hello'", "sendall(b'hello')", -1)
    """
    listener, client = socket.socket(), socket.socket()
    with listener, client:
        client.settimeout(5)
        listener.settimeout(5)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client.connect(listener.getsockname())
        sock, _ = listener.accept()
        steps = [("socket()", "", 0), ("bind((host, port))", "", 0), ("listen()", "socket()", 0),
                 ("accept()\n→ sock, address", "connect((host, port))", -1)]
        with sock:
            sock.settimeout(5)
            steps.append(("", "", 0))
            client.sendall(b"hello")
            steps.append((f"recv(1024)\n→ {sock.recv(1024)!r}", "sendall(b'hello')", -1))
            sock.sendall(b"HELLO")
            steps.append(("sendall(b'HELLO')", f"recv(1024)\n→ {client.recv(1024)!r}", 1))
            client.close()
            steps.append((f"recv(1024)\n→ {sock.recv(1024)!r}", "close()", -1))
        return (*steps, ("close()", "", 0))


def draw_tcp_flow(canvas: Canvas) -> None:
    """Draw the calls of `run_echo`, side by side."""
    lanes = Lanes(canvas, [(canvas.say("server", "服务器"), "green"), (canvas.say("client", "客户端"), "blue")])
    for server, ours, direction in run_echo():
        if server or ours:
            lanes.calls([server, ours], direction)
        else:
            lanes.note(canvas.say("as often as they like", "可重复任意多次"))
    lanes.end()
    canvas.remark(
        lanes.y + 14,
        "accept gives a new socket, sock, for this client; the listener only listens. recv gives b'' when the peer "
        "has closed.",
        "accept 为这个客户端返回一个新的套接字 sock；监听套接字只负责监听。对方关闭后 recv 返回 b''。")


def draw_tcp_handshake(canvas: Canvas) -> None:
    """Draw the segments that open and close a connection, and the states that they lead to."""
    lanes = Lanes(canvas, [(canvas.say("client", "客户端"), "blue"), (canvas.say("server", "服务器"), "green")], inset=70)
    say = canvas.say
    lanes.state(1, "LISTEN", lanes.y, 1)
    for source, words, states in [
        (0, "SYN seq=x", ("SYN-SENT", "SYN-RECEIVED")), (1, "SYN ACK seq=y ack=x+1", ("", "ESTABLISHED")),
        (0, "ACK ack=y+1", ("", "ESTABLISHED")),
    ]:
        _segment(lanes, source, words, states)
    lanes.note(say("connected: data both ways", "已连接：双向传输数据"), "amber")
    for source, words, states in [
        (0, "FIN", ("FIN-WAIT-1", "CLOSE-WAIT")), (1, "ACK", ("", "FIN-WAIT-2")),
        (1, "FIN", ("LAST-ACK", "TIME-WAIT")), (0, "ACK", ("", "CLOSED")),
    ]:
        _segment(lanes, source, words, states)
    lanes.end()
    canvas.remark(
        lanes.y + 16,
        "Each side closes its own direction: a FIN says “I send no more”. Who closes first stays in TIME-WAIT for a "
        "while, so that late segments meet nobody new. A server that is restarted then finds its address in use, "
        "unless it asks to reuse it, as tcp.listen does.",
        "双方各自关闭自己的方向：FIN 表示“我不再发送”。先关闭的一方会在 TIME-WAIT 停留一段时间，以免迟到的报文段被新连接"
        "收到。此时重启的服务器会遇到“地址已被占用”，除非设置了地址重用，tcp.listen 就会设置。")


def _segment(lanes: Lanes, source: int, words: str, states: tuple[str, str]) -> None:
    """One segment: the state that its sender changes to by sending it, and its receiver by receiving it."""
    y, sides = lanes.y, (-1, 1)
    lanes.send(source, 1 - source, words, slant=12)
    lanes.state(source, states[0], y + 20, sides[source])
    lanes.state(1 - source, states[1], y + 42, sides[1 - source])
    lanes.y += 8


@functools.lru_cache(maxsize=None)
def run_buffer() -> tuple[tuple[str, str, bytes], ...]:
    """Send and receive step by step; return (who, call, the bytes that lie in the receive buffer then).

    >>> for who, call, waiting in run_buffer():
    ...     print(who, call, waiting)
    sender sendall(b'account') b'account'
    sender sendall(b'password') b'accountpassword'
    receiver recv(5) → b'accou' b'ntpassword'
    receiver recv(1024) → b'ntpassword' b''
    """
    steps, sent = [], b""
    left, right = tcp.connect_pair()
    with left, right:
        for message in MESSAGES:
            left.sendall(message)
            sent += message
            steps.append(("sender", f"sendall({message!r})", peek(right, len(sent))))
        for size in (5, 1024):
            got = right.recv(size)
            sent = sent[len(got):]
            steps.append(("receiver", f"recv({size}) → {got!r}", peek(right, len(sent))))
    return tuple(steps)


def peek(sock: socket.socket, size: int, timeout: float = 5.0) -> bytes:
    """Return the bytes that wait in a socket's receive buffer and leave them there, once there are `size` of them.

    >>> left, right = tcp.connect_pair()
    >>> with left, right:
    ...     left.sendall(b"hello")
    ...     peek(right, 5), right.recv(100)
    (b'hello', b'hello')

    Raises: TimeoutError where they do not come in `timeout` seconds. See: recv(2), MSG_PEEK.
    """
    deadline, waiting = time.monotonic() + timeout, b""
    sock.settimeout(timeout)
    while size and len(waiting) < size:
        if time.monotonic() > deadline:
            raise TimeoutError(f"got {len(waiting)} of {size} bytes")
        waiting = sock.recv(size + 1, socket.MSG_PEEK)
    return waiting


def draw_tcp_buffers(canvas: Canvas) -> None:
    """Draw the way through the buffers, then what lies in the receive buffer after each call of `run_buffer`."""
    say, y = canvas.say, 52.0
    places = [(MARGIN, 92, say("sender", "发送方"), "blue"), (132, 108, say("send buffer", "发送缓冲区"), "amber"),
              (310, 118, say("receive buffer", "接收缓冲区"), "amber"), (452, 92, say("receiver", "接收方"), "green")]
    for x, width, words, kind in places:
        canvas.box(x, y, width, 44, words, kind, size=13)
    for (x1, width, _, _), (x2, _, _, _), words in zip(places, places[1:], ("send", say("network", "网络"), "recv")):
        canvas.arrow([(x1 + width, y + 22), (x2, y + 22)], width=2.4)
        if x2 - x1 - width > 30:
            canvas.text((x1 + width + x2) / 2, y + 14, words, size=SMALL, anchor="middle", look="faint")
    y = canvas.remark(
        y + 68,
        "send returns when the bytes lie in the send buffer, not when they have arrived. A full buffer makes send "
        "wait: so a slow reader slows the writer down.",
        "send 返回只表示字节已进入发送缓冲区，并不表示对方已收到。缓冲区满时 send 会等待：慢的接收方就这样让发送方慢下来。") + 14
    canvas.text(MARGIN, y, say("In the receive buffer after each call", "每次调用之后接收缓冲区中的内容"), look="bold")
    room = 8 + BUFFER_CELL * len(b"".join(MESSAGES))
    for who, call, waiting in run_buffer():
        canvas.text(MARGIN, y + 34, call, size=SMALL, look=f"mono {'blue' if who == 'sender' else 'green'}")
        canvas.box(WIDTH - MARGIN - room, y + 13, room, 34, "" if waiting else say("empty", "空"), "plain", size=SMALL)
        canvas.cells(WIDTH - MARGIN - room + 4, y + 17, BUFFER_CELL, _waiting_owners(waiting))
        y += 42


def _waiting_owners(waiting: bytes) -> Cells:
    """What waits of all messages, each byte in the colour of its message."""
    owners = [kind for message, kind in zip(MESSAGES, OWNERS) for _ in message]
    return list(zip(waiting.decode(), owners[b"".join(MESSAGES).find(waiting):]))


@functools.lru_cache(maxsize=None)
def run_sticky() -> tuple[tuple[bytes, ...], tuple[bytes, ...], bytes, tuple[bytes, ...]]:
    """Send two messages; return what came of recv(1024), of recv(5), the framed bytes, and the framed messages read.

    >>> run_sticky()[:2]
    ((b'accountpassword',), (b'accou', b'ntpas', b'sword'))
    """
    framing = tcp.LengthPrefix()
    return (tuple(tcp.send_then_recv(MESSAGES)), tuple(tcp.send_then_recv(MESSAGES, size=5)),
            b"".join(framing.wrap(message) for message in MESSAGES),
            tuple(tcp.send_then_recv(MESSAGES, framing=framing)))


def draw_sticky_messages(canvas: Canvas) -> None:
    """Draw two messages: sent, glued together, torn apart, and framed."""
    say = canvas.say
    glued, torn, wire, whole = run_sticky()
    y = _pieces(canvas, 62, say("Sent with two calls of sendall", "两次 sendall 发送"), MESSAGES)
    y = _pieces(canvas, y, say("recv(1024): glued together", "recv(1024)：粘在一起"), glued)
    y = _pieces(canvas, y, say("recv(5): torn apart", "recv(5)：被撕开"), torn)
    canvas.text(MARGIN, y, say("The cure: first the length, 4 bytes (tcp.LengthPrefix)",
                               "解决办法：先发 4 字节的长度（tcp.LengthPrefix）"), look="bold")
    canvas.cells(MARGIN, y + 10, CELL, _framed(wire))
    y = _pieces(canvas, y + 62, say("Read with it: the messages, whole", "按长度读取：得到完整的消息"), whole)
    canvas.remark(
        y,
        "TCP keeps the bytes and their order, not the calls. Sending slowly cures nothing: it only hides it.",
        "TCP 只保证字节及其顺序，不保留调用的边界。放慢发送治不了粘包，只是把它藏起来。")


def _pieces(canvas: Canvas, y: float, words: str, pieces: tuple[bytes, ...]) -> float:
    """A headline and, below, the pieces with a gap between; return where the next headline stands."""
    canvas.text(MARGIN, y, words, look="bold")
    owners = iter([kind for message, kind in zip(MESSAGES, OWNERS) for _ in message])
    x = float(MARGIN)
    for piece in pieces:
        x = canvas.cells(x, y + 10, CELL, [(char, next(owners)) for char in piece.decode()]) + 16
    return y + 62


def _framed(wire: bytes) -> Cells:
    """The cells of framed messages: the lengths in hex, the rest as text."""
    marks: Cells = []
    for message, kind in zip(MESSAGES, OWNERS):
        header, wire = wire[:4], wire[4:]
        marks += [(f"{byte:02x}", "violet") for byte in header]
        marks += [(char, kind) for char in wire[:len(message)].decode()]
        wire = wire[len(message):]
    return marks


def draw_layers(canvas: Canvas) -> None:
    """Draw the seven layers of OSI beside the four of TCP/IP, and a request inside its headers."""
    say, top, row = canvas.say, 78, 40
    names = [say("7 application", "7 应用层"), say("6 presentation", "6 表示层"), say("5 session", "5 会话层"),
             say("4 transport", "4 传输层"), say("3 network", "3 网络层"), say("2 data link", "2 数据链路层"),
             say("1 physical", "1 物理层")]
    groups = [(3, say("application", "应用层"), "violet", "HTTP  FTP  DNS", "netio.http .ftp .chat"),
              (1, say("transport", "传输层"), "blue", "TCP  UDP", "netio.tcp .udp"),
              (1, say("internet", "网际层"), "green", "IP", say("addresses", "地址")),
              (2, say("link", "网络接口层"), "amber", say("Ethernet  Wi-Fi", "以太网  Wi-Fi"), "")]
    for x, words in ((MARGIN, "OSI"), (204, "TCP/IP"), (370, say("for example", "例如"))):
        canvas.text(x, top - 10, words, look="bold")
    place = top
    for count, name, kind, example, home in groups:
        canvas.box(204, place, 152, count * row - 4, name, kind)
        middle = place + count * row / 2 - 2
        canvas.text(370, middle + (-3 if home else 4), example, size=13, look="mono" if home else "")
        canvas.text(370, middle + 13, home, size=SMALL, look="faint")
        for number in range(count):
            canvas.box(MARGIN, place + number * row, 160, row - 4, names.pop(0), kind)
        place += count * row
    _draw_wrapping(canvas, place + 26, groups)


def _draw_wrapping(canvas: Canvas, y: float, groups: list[tuple[int, str, str, str, str]]) -> None:
    """A request as it travels: each layer puts its header in front."""
    canvas.text(MARGIN, y, canvas.say("Each layer puts its own header in front", "每一层都在前面加上自己的首部"), look="bold")
    parts = ["Ethernet", "IP", "TCP", "GET / HTTP/1.1 ..."]
    x, right = float(MARGIN), float(WIDTH - MARGIN)
    for number, (words, (_, _, kind, _, _)) in enumerate(zip(parts, groups[::-1])):
        inset = number * 7
        canvas.box(x, y + 12 + inset, right - x - inset, 72 - 2 * inset, "", kind)
        canvas.text(x + 10, y + 53, words, size=13, look="mono")
        x += 96 if number == 0 else 62
