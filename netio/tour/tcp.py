"""The tour of netio.tcp: glued and torn messages, framing, half-close, full buffers, a file that survives a break."""
from __future__ import annotations

import os
import tempfile
import threading

from .. import tcp
from . import Guide


def visit(guide: Guide) -> None:
    guide.chapter("tcp", "a stream of bytes, and what people take it for", "字节流，以及人们对它的误解")
    _stick(guide)
    _slice(guide)
    _half_close(guide)
    _fill(guide)
    _send_a_file(guide)


def _stick(guide: Guide) -> None:
    guide.did("Sent b'account' and b'password' with two sendall calls; read with recv(1024), and again with recv(5).",
              "用两次 sendall 发送 b'account' 和 b'password'，先用 recv(1024) 读，再用 recv(5) 读。")
    messages = [b"account", b"password"]
    guide.saw(f"{tcp.send_then_recv(messages)}\n{tcp.send_then_recv(messages, size=5)}")
    guide.surprise("Messages stick together and tear apart at any speed, because TCP keeps the bytes and their order, "
                   "not the calls: only framing cures it.",
                   "粘包与发送快慢无关：TCP 只保证字节及其顺序，不保留调用边界；只有加上边界（分帧）才能解决。")


def _slice(guide: Guide) -> None:
    guide.did("Sent three framed messages through a proxy that passes them on one byte at a time.",
              "把三条分帧的消息经过一个逐字节转发的代理发送。")
    messages = ["猫".encode(), b"", b"dog"]
    with tcp.listen(("127.0.0.1", 0)) as listener:
        with tcp.SlicingProxy(listener.getsockname(), requests="bytes", pause=0.001) as proxy:
            with tcp.connect(proxy.address) as client:
                client.sendall(tcp.LengthPrefix().wrap_all(messages))
                tcp.half_close(client)
                listener.settimeout(10)
                server, _ = listener.accept()
                with server:
                    received = list(tcp.iter_messages(server, tcp.LengthPrefix(), timeout=10))
    guide.saw(f"{received}")
    guide.surprise("A framing does not care how its bytes come, and an empty message is a message, too.",
                   "分帧不在乎字节如何到达；空消息也是一条消息。")


def _half_close(guide: Guide) -> None:
    guide.did("Closed one direction only, then answered in the other.", "只关闭一个方向，再从另一个方向回答。")
    client, server = tcp.connect_pair()
    with client, server:
        tcp.half_close(client)
        end = server.recv(100)
        states = f"{tcp.tcp_state(client) or '?'} / {tcp.tcp_state(server) or '?'}"
        server.sendall(b"still here")
        answer = client.recv(100)
    guide.saw(f"recv gave {end!r}, the states were {states}, and then the client read {answer!r}",
              f"recv 得到 {end!r}，状态为 {states}，之后客户端读到 {answer!r}")
    guide.surprise("b'' means 'the peer will send no more', not 'the peer is gone': it comes again and again, and no "
                   "broken pipe follows from reading. FIN-WAIT-1 lasts until the other system has acknowledged that.",
                   "b'' 表示“对方不再发送”，而不是“对方已消失”：它可以反复出现，读操作不会引起管道破裂。"
                   "对方系统确认了结束，FIN-WAIT-1 才变成 FIN-WAIT-2。")


def _fill(guide: Guide) -> None:
    guide.did("Asked for buffers of 16 KiB, and sent to a peer that does not read.",
              "申请 16 KiB 的缓冲区，向一个不读取的对方发送。")
    found = tcp.measure_buffers(send=16 * 1024, receive=16 * 1024)
    send, receive, taken = found["send_buffer"], found["receive_buffer"], found["taken"]
    guide.saw(f"granted {send} and {receive} bytes; send took {taken} bytes, then it would block",
              f"实得 {send} 与 {receive} 字节；send 收下 {taken} 字节后将会阻塞")
    guide.surprise("That send returned says that the bytes are in a buffer, not that the peer has them; a full buffer "
                   "is how a slow reader slows the writer down.",
                   "send 返回只说明数据进了缓冲区，并不说明对方已收到；缓冲区满，正是慢的接收方让发送方慢下来的方式。")


def _send_a_file(guide: Guide) -> None:
    guide.did("Sent a file of 3 MiB, cut the connection after the first MiB, and sent it again.",
              "发送一个 3 MiB 的文件，在第一个 MiB 之后切断连接，再发送一次。")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "picture.bin")
        with open(path, "wb") as file:
            file.write(os.urandom(3 << 20))
        inbox = os.path.join(folder, "inbox")
        os.mkdir(inbox)
        _attempt(path, inbox, cut=True)
        left_over = os.listdir(inbox)
        sent = _attempt(path, inbox, cut=False)
        guide.saw(f"after the cut: {left_over}\nthe second attempt sent {sent} bytes; then: {os.listdir(inbox)}",
                  f"切断后：{left_over}\n第二次只发送 {sent} 字节；最后：{os.listdir(inbox)}")
    guide.surprise("The name appears when the file is whole, checked and on the disk; what came before is not lost.",
                   "文件完整、校验通过并落盘之后，名字才会出现；已收到的部分没有丢失。")


def _attempt(path: str, inbox: str, cut: bool) -> int:
    """Send the file to `inbox`, with `cut` only its beginning; return the bytes sent."""
    left, right = tcp.connect_pair()
    sent: list[int] = []

    def watch(done: int, total: int) -> None:
        if cut:
            raise ConnectionAbortedError("cut")

    def send() -> None:
        with left:
            try:
                sent.append(tcp.send_file(left, path, name="../../picture.png", progress=watch))
            except (OSError, EOFError):
                pass

    thread = threading.Thread(target=send)
    thread.start()
    with right:
        try:
            tcp.receive_file(right, inbox)
        except (OSError, EOFError):
            pass
    thread.join()
    return sum(sent)
