"""Length-prefixed messages over loopback TCP: one sender process, and one reader of each kind in turn."""
from __future__ import annotations

import asyncio
import multiprocessing
import socket
import struct
from typing import Callable, Iterator

from netio import tcp

from .harness import Row, Settings, compare, seconds

_Work = Callable[[socket.socket, int, int], None]


def rows(settings: Settings) -> Iterator[Row]:
    """Per message >= 9x naive and >= 4x asyncio, batches >= 12x naive, 1 KiB frames >= 0.8 of plain draining."""
    few, many = (2_000, 20_000) if settings.quick else (30_000, 300_000)

    def pair(what: str, ours: _Work, theirs: _Work, names: tuple[str, str], size: int, counts: tuple[int, int], reach: float) -> Row:
        return compare(what, _each(ours, size, counts[0]), _each(theirs, size, counts[1]), settings, names=names, reach=reach)

    yield pair("64 B, message by message, beside naive", _messages, _naive, ("iter_messages", "recv(4) + recv(n)"), 64, (many, few), 9)
    yield pair("64 B, message by message, beside asyncio", _messages, _asyncio, ("iter_messages", "readexactly"), 64, (many, few), 4)
    yield pair("64 B, in batches, beside naive", _batches, _naive, ("iter_batches", "recv(4) + recv(n)"), 64, (many, few), 12)
    yield pair("1 KiB, in batches, beside plain draining", _batches, _drain, ("iter_batches", "recv"), 1024, (many, many), 0.8)
    yield pair("64 B, makefile('rb').read, beside naive", _makefile, _naive, ("makefile", "recv(4) + recv(n)"), 64, (many, few), 0)
    yield _boltons(settings, few)


def _each(read: _Work, size: int, count: int) -> Callable[[], float]:
    """Return a function that lets another process send, reads with `read`, and returns the seconds a message."""

    def measure() -> float:
        with tcp.listen(("127.0.0.1", 0)) as listener:
            sender = multiprocessing.Process(target=send, args=(listener.getsockname(), size, count))
            sender.start()
            sock, _ = listener.accept()
        with sock:
            sock.sendall(b"go")
            taken = seconds(lambda: read(sock, size, count))()
        sender.join()
        return taken / count

    return measure


def send(address: tuple[str, int], size: int, count: int) -> None:
    """Send `count` messages of `size` bytes as fast as they are taken."""
    block = tcp.LengthPrefix().wrap_all([b"x" * size] * 1000)
    with tcp.connect(address) as sock:
        tcp.recv_exactly(sock, 2)
        for _ in range(count // 1000):
            sock.sendall(block)


def _recv_exactly(sock: socket.socket, count: int) -> bytes:
    """The way that every tutorial shows: right, and slow."""
    data = b""
    while len(data) < count:
        chunk = sock.recv(count - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data


def _naive(sock: socket.socket, size: int, count: int) -> None:
    for _ in range(count):
        length, = struct.unpack(">I", _recv_exactly(sock, 4))
        _recv_exactly(sock, length)


def _messages(sock: socket.socket, size: int, count: int) -> None:
    for _ in tcp.iter_messages(sock, tcp.LengthPrefix()):
        count -= 1
    assert not count


def _batches(sock: socket.socket, size: int, count: int) -> None:
    assert sum(map(len, tcp.iter_batches(sock, tcp.LengthPrefix()))) == count


def _drain(sock: socket.socket, size: int, count: int) -> None:
    while sock.recv(256 * 1024):
        pass


def _makefile(sock: socket.socket, size: int, count: int) -> None:
    with sock.makefile("rb", buffering=64 * 1024) as file:
        for _ in range(count):
            length, = struct.unpack(">I", file.read(4))
            file.read(length)


def _asyncio(sock: socket.socket, size: int, count: int) -> None:
    async def read() -> None:
        reader, writer = await asyncio.open_connection(sock=sock.dup())
        for _ in range(count):
            length, = struct.unpack(">I", await reader.readexactly(4))
            await reader.readexactly(length)
        writer.close()

    asyncio.run(read())


def _boltons(settings: Settings, count: int) -> Row:
    """Beside boltons' NetstringSocket, where --peers is given and it is installed."""
    what, names = "64 B netstrings, beside boltons", ("iter_messages", "NetstringSocket")
    if not settings.peers:
        return Row(what, *names, skipped="only with --peers")
    try:
        from boltons.socketutils import NetstringSocket  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return Row(what, *names, skipped="boltons is not installed")
    raise NotImplementedError
