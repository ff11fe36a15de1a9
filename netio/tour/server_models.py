"""The part of the concurrency chapter that walks through the server models; called by its visit."""
from __future__ import annotations

import socket
import time

from .. import tcp
from ..concurrency.servers import MODELS, EchoProtocol, Server, available_models
from . import Guide

_SLOW = ("process", "prefork")  # each starts processes, which takes a while where they are spawned


def visit_models(guide: Guide) -> None:
    """Run the same protocol under every model that exists here, and talk to it."""
    guide.did("Ask which server models this platform has.", "问这个平台有哪些服务器模型。")
    guide.saw("\n".join(f"{name:10}{MODELS[name]}" for name in available_models()))
    guide.did("Serve one echo protocol under each of them, with two clients at once.",
              "用每种模型运行同一个回显协议，两个客户端同时连接。")
    guide.saw("\n".join(_talk_under(model) for model in available_models() if model not in _SLOW))
    guide.surprise(
        "The protocol is the same in all of them, and the same class runs under asyncio: what differs is who waits. "
        "Only the iterative server makes the second client wait for the first to leave.",
        "协议代码完全相同，同一个类也能在 asyncio 下运行；不同的只是由谁来等待。只有循环服务器让第二个客户端等第一个离开。")


def _talk_under(model: str) -> str:
    begin = time.perf_counter()
    with Server(("127.0.0.1", 0), EchoProtocol, model) as server:
        server.start()
        with tcp.connect(server.address, timeout=10) as first, tcp.connect(server.address, timeout=10) as second:
            first.sendall(b"hello")
            answer = first.recv(100)
            second.sendall(b"me too")
            second.settimeout(0.1)
            try:
                both = second.recv(100) == b"me too"
            except socket.timeout:
                both = False
    ms = (time.perf_counter() - begin) * 1000
    return f"{model:10}{answer.decode()}, second client {'served beside it' if both else 'waits'} ({ms:.0f} ms)"
