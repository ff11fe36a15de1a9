"""HTTP, files that are not in memory: asked for the first time, or out of a site that is larger than the cache.

Linux and nginx needed. Server and load each have a core of their own; what counts is the server's CPU a request. The
files are in the system's page cache for both, so that no disk is measured. Each reply is compared with its file.
"""
from __future__ import annotations

import contextlib
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from .environments import find
from .harness import Row, Settings, compare
from .http import BROWSERS, EXTRA, SIZE, Serving, free_port, make_site, netio_command, nginx_command
from .system import cores, on_last_core

FILES, CACHE_MIB, CONNECTIONS = 8000, 3, 64
_KEPT = CACHE_MIB * (1 << 20) // (SIZE + 2048)  # files that netio keeps in so much memory, which nginx may keep open
_CACHE = f"open_file_cache max={_KEPT} inactive=60s; open_file_cache_valid 1s;"
_HEADERS = "".join(f"{line}\r\n" for line in EXTRA)
_HEADS = [f" HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: {browser}\r\n{_HEADERS}\r\n" for browser in BROWSERS]


def rows(settings: Settings) -> Iterator[Row]:
    """Each file once, of a server that has just been started; then files by Zipf's law, of a warm one.

    By Zipf's law the second most popular file is asked for half as often as the first, the third a third as often, and
    so on. The caches hold an eighth of the files."""
    if not find("nginx") or not hasattr(os, "sched_setaffinity") or len(cores()) < 2:
        yield Row("HTTP, cold", "netio", "nginx", skipped="needs Linux, two cores, nginx")
        return
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        site = make_site(Path(folder), 1000 if settings.quick else FILES)
        numbers = list(range(1000 if settings.quick else FILES))
        random.Random(1).shuffle(numbers)
        commands = {"netio epoll": netio_command(site, "epoll", "--cache", str(CACHE_MIB)),
                    "nginx": nginx_command(site, "plain"),
                    "nginx, open_file_cache": nginx_command(site, "cached", _CACHE)}
        what = f"each of {len(numbers):,} files for the first time"
        for theirs, reach in (("nginx", 0.5), ("nginx, open_file_cache", None)):
            yield compare(f"{what}: CPU a request", first_time(commands["netio epoll"], numbers),
                          first_time(commands[theirs], numbers), settings, names=("netio epoll", theirs), reach=reach)
        weights = [1 / rank for rank in range(1, len(numbers) + 1)]
        asked = random.Random(2).choices(numbers, weights, k=3 * len(numbers))
        warm = {name: start(stack, name, command) for name, command in commands.items()}
        for theirs, reach in (("nginx", 0.5), ("nginx, open_file_cache", None)):
            yield compare(f"{len(numbers):,} files by Zipf's law: CPU a request",
                          lambda: cpu_each(warm["netio epoll"], asked), lambda: cpu_each(warm[theirs], asked), settings,
                          names=("netio epoll", theirs), reach=reach)


def start(stack: contextlib.ExitStack, name: str, command: Callable[[int], list[str]]) -> Serving:
    port = free_port()
    server = Serving(name, command(port), port)
    stack.callback(server.close)
    server.wait()
    return server


def first_time(command: Callable[[int], list[str]], numbers: list[int]) -> Callable[[], float]:
    """Return a function that starts a server, asks it for each file once, and returns its CPU seconds a request."""

    def measure() -> float:
        with contextlib.ExitStack() as stack:
            return cpu_each(start(stack, "a new server", command), numbers)

    return measure


def cpu_each(server: Serving, numbers: list[int]) -> float:
    before = server.cpu()
    with on_last_core():
        ask(server.port, numbers)
    return (server.cpu() - before) / len(numbers)


def ask(port: int, numbers: list[int]) -> None:
    """Ask for the files with these numbers, over many connections at once, and compare each reply with its file."""
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 10)) for _ in range(CONNECTIONS)]
        for begin in range(0, len(numbers), CONNECTIONS):
            pairs = list(zip(socks, numbers[begin:begin + CONNECTIONS]))
            for sock, number in pairs:
                sock.sendall(f"GET /f{number}.txt{_HEADS[number % len(_HEADS)]}".encode())
            for sock, number in pairs:
                check_reply(sock, number)


def check_reply(sock: socket.socket, number: int) -> None:
    """Receive one reply. Raises: ValueError if it is not the file of that number; EOFError if it is cut off."""
    reply = b""
    while (end := reply.find(b"\r\n\r\n")) < 0 or len(reply) < end + 4 + SIZE:
        if not (data := sock.recv(65536)):
            raise EOFError(f"the connection ended after {reply[:100]!r}")
        reply += data
    if not reply.startswith(b"HTTP/1.1 200 ") or reply[end + 4:] != f"{number:06}".ljust(SIZE, "x").encode():
        raise ValueError(f"this is not file {number}: {reply[:300]!r}")
