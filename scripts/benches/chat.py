"""Chat over TCP: the processor time that the server needs to bring one line to one member, beside asyncio and threads.

The others do the least that a room can do; netio's checks names and texts and drops who reads too slowly. One member
speaks, twenty lines at a time, and all the others have to have read them before the next twenty are said.
"""
from __future__ import annotations

import contextlib
import itertools
import sys
from typing import Callable, Iterator

from netio import tcp

from .echo import HERE, start_server
from .harness import Row, Settings, compare
from .system import cpu_seconds, on_last_core

_TOGETHER = 20  # lines
_names = map("member{}".format, itertools.count())  # each once, since the last room may still be emptying


def rows(settings: Settings) -> Iterator[Row]:
    """A room of two, and one of fifty."""
    if not sys.platform.startswith("linux"):
        yield Row("chat", "netio epoll", "asyncio", skipped="needs Linux")
        return
    with contextlib.ExitStack() as servers, on_last_core():
        script = str(HERE / "peers" / "chat_servers.py")
        started = {name: start_server(servers, (sys.executable, script, name))
                   for name in ("netio", "asyncio", "threads")}
        for members in (2, 50):
            lines = 200_000 // members // (20 if settings.quick else 1)
            for theirs in ("asyncio", "threads"):
                yield compare(f"a room of {members}: CPU a line and listener",
                              delivery(started["netio"], members, lines),
                              delivery(started[theirs], members, lines), settings,
                              names=("netio.chat, epoll", f"{theirs}, the least"))


def delivery(server: tuple[int, int], members: int, lines: int) -> Callable[[], float]:
    """Return a function that has a room talk and returns the server's processor seconds a line and member."""
    pid, port = server

    def measure() -> float:
        with contextlib.ExitStack() as room:
            socks = [room.enter_context(tcp.connect(("127.0.0.1", port), timeout=10)) for _ in range(members)]
            readers = [tcp.Reader(sock) for sock in socks]
            names = [next(_names).encode() for _ in socks]
            for name, sock, reader in zip(names, socks, readers):
                sock.sendall(b"L %b\n" % name)
                hear(reader, b"OK\n")
            said, before = 0, cpu_seconds(pid)
            while said < lines:
                socks[0].sendall(b"".join(b"C %b line %d\n" % (names[0], said + number) for number in range(_TOGETHER)))
                said += _TOGETHER
                for reader in readers[1:]:
                    hear(reader, b"%b: line %d\n" % (names[0], said - 1))
            return (cpu_seconds(pid) - before) / (said * (members - 1))

    return measure


def hear(reader: tcp.Reader, line: bytes) -> None:
    """Read up to this line. Raises: EOFError if the server has hung up before."""
    while (heard := reader.read_line()) != line:
        if not heard:
            raise EOFError(f"the room is closed before {line!r}")
