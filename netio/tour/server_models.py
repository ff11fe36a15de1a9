"""The part of the concurrency chapter that walks through the server models; called by its visit."""
from __future__ import annotations

import contextlib
import functools
import hashlib
import socket
import time

from .. import tcp
from ..concurrency.servers import MODELS, EchoProtocol, Server, available_models
from ..concurrency.timelines.timeline import Span, Timeline, draw_spans, draw_spans_svg
from . import Guide

PICTURE_WIDTH = 360  # what a phone can show without shrinking its text beyond reading
_SLOW = ("process", "prefork")  # each starts processes, which takes a while where they are spawned


def visit_models(guide: Guide) -> None:
    """Run the same protocol under every model that exists here, and talk to it."""
    guide.did("Ask which server models this platform has.", "问这个平台有哪些服务器模型。")
    guide.saw("\n".join(f"{name:10}{MODELS[name]}" for name in available_models()),
              "\n".join(f"{name:10}{guide.say(MODELS[name])}" for name in available_models()))
    guide.did("Serve one echo protocol under each of them, with two clients at once.",
              "用每种模型运行同一个回显协议，两个客户端同时连接。")
    talks = [(model, *_talk_under(model)) for model in available_models() if model not in _SLOW]
    guide.saw("\n".join(f"{model:10}second client {'served beside it' if both else 'waits'} ({ms:.0f} ms)"
                        for model, both, ms in talks),
              "\n".join(f"{model:10}第二个客户端{'同时得到服务' if both else '要等待'}（{ms:.0f} 毫秒）"
                        for model, both, ms in talks))
    guide.surprise(
        "The protocol is the same in all of them, and the same class runs under asyncio: what differs is who waits. "
        "Only the iterative server makes the second client wait for the first to leave.",
        "协议代码完全相同，同一个类也能在 asyncio 下运行；不同的只是由谁来等待。只有循环服务器让第二个客户端等第一个离开。")
    guide.did("Let three clients ask for the same computation at once: of a server that serves one at a time, of a "
              "thread for each, of a pool of two threads.",
              "三个客户端同时请求同样的计算：循环服务器，每个客户端一个线程，两个线程的线程池。")
    for model in ("iterative", "thread", "pool"):
        spans = _work_under(model)
        guide.picture(draw_spans_svg(spans, width=PICTURE_WIDTH), draw_spans(spans, 50, guide.say))
    guide.surprise("One worker serves one client after the other. More workers serve as many at once, as far as there "
                   "are processors for them; a pool makes the third client wait for the first.",
                   "一个工作线程只能一个接一个地服务。工作线程多，就能同时服务几个（处理器够用时）；线程池让第三个客户端等第一个。")


def _work_under(model: str) -> list[Span]:
    """Return who computed when, for three clients of one server; the threads go by the model's name."""
    timeline = Timeline()
    workers = 2 if model == "pool" else None
    with Server(("127.0.0.1", 0), functools.partial(_hash, timeline), model, workers=workers) as server:
        server.start()
        with contextlib.ExitStack() as stack:
            for client in [stack.enter_context(tcp.connect(server.address, timeout=30)) for _ in range(3)]:
                client.recv(100)
    names = list(dict.fromkeys(span.worker for span in sorted(timeline.spans, key=lambda span: span.begin)))
    return [span._replace(worker=f"{model} {names.index(span.worker) + 1}") for span in timeline.spans]


def _hash(timeline: Timeline, sock: socket.socket, address: object) -> None:
    with timeline.span("hash"):
        hashlib.sha256(bytes(16 << 20)).digest()
    sock.sendall(b"done")


def _talk_under(model: str) -> tuple[bool, float]:
    """Return whether a second client is answered while the first is connected, and the milliseconds that all took."""
    begin = time.perf_counter()
    with Server(("127.0.0.1", 0), EchoProtocol, model) as server:
        server.start()
        with tcp.connect(server.address, timeout=10) as first, tcp.connect(server.address, timeout=10) as second:
            first.sendall(b"hello")
            first.recv(100)
            second.sendall(b"me too")
            second.settimeout(0.1)
            try:
                both = second.recv(100) == b"me too"
            except socket.timeout:
                both = False
    return both, (time.perf_counter() - begin) * 1000
