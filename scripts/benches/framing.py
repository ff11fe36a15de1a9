"""Length-prefixed messages over loopback TCP: one sending process, and one reader of each kind in turn."""
from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import random
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator, Sequence

from netio import tcp

from .environments import python_with
from .harness import Row, Settings, compare, seconds

_Read = Callable[[socket.socket, int], None]
_SIXTY_FOUR = [64]
_MIXED = [random.Random(1).randrange(16, 113) for _ in range(1000)]  # 64 on average, hardly ever two alike in a row
_NAIVE, _DRAIN = "recv(4) + recv(n)", "recv"


def rows(settings: Settings) -> Iterator[Row]:
    """Per message >= 9x naive and >= 4x asyncio, batches >= 12x naive, 1 KiB frames >= 0.8 of plain draining."""
    few, many = (2_000, 20_000) if settings.quick else (30_000, 600_000)

    def row(what: str, ours: str, theirs: str, sizes: Sequence[int], reach: float | None, count: int = few) -> Row:
        work = message_time(READERS[ours], sizes, many), message_time(READERS[theirs], sizes, count)
        return compare(what, *work, settings, names=(ours, theirs), reach=reach)

    yield row("64 B, one by one, beside naive", "iter_messages", _NAIVE, _SIXTY_FOUR, 9)
    yield row("64 B, one by one, beside asyncio", "iter_messages", "readexactly", _SIXTY_FOUR, 4)
    yield row("64 B, in batches, beside naive", "iter_batches", _NAIVE, _SIXTY_FOUR, 12)
    yield row("16-112 B, one by one, beside naive", "iter_messages", _NAIVE, _MIXED, None)
    yield row("1 KiB, in batches, beside plain draining", "iter_batches", _DRAIN, [1024], 0.8, many)
    yield row("64 B, one by one, beside makefile", "iter_messages", "makefile('rb').read", _SIXTY_FOUR, None)
    yield _beside_boltons(settings, few)


def send(address: tuple[str, int], block: bytes, times: int) -> None:
    """Send the block so many times, as fast as it is taken, once the reader says go."""
    with tcp.connect(address) as sock:
        tcp.recv_exactly(sock, 2)
        for _ in range(times):
            sock.sendall(block)


def message_time(read: _Read, sizes: Sequence[int], count: int,
                 wrap: Callable[[bytes], bytes] = tcp.LengthPrefix().wrap) -> Callable[[], float]:
    """Return a function that lets another process send messages, reads them, and returns the seconds a message."""
    together = max(1, min(1000, (1 << 22) // max(sizes)))  # in one block, of a few MiB at most
    block = b"".join(wrap(b"x" * sizes[number % len(sizes)]) for number in range(together))

    times = max(1, count // together)

    def measure() -> float:
        with tcp.listen(("127.0.0.1", 0)) as listener:
            sender = multiprocessing.Process(target=send, args=(listener.getsockname(), block, times))
            sender.start()
            sock, _ = listener.accept()
        with sock:
            sock.sendall(b"go")
            taken = seconds(lambda: read(sock, times * together))()
        sender.join()
        return taken / (times * together)

    return measure


def _recv_exactly(sock: socket.socket, count: int) -> bytes:
    """The way that every tutorial shows: right, and slow."""
    data = b""
    while len(data) < count:
        chunk = sock.recv(count - len(data))
        if not chunk:
            raise EOFError(f"got {len(data)} of {count} bytes")
        data += chunk
    return data


def _naive(sock: socket.socket, count: int) -> None:
    for _ in range(count):
        size, = struct.unpack(">I", _recv_exactly(sock, 4))
        _recv_exactly(sock, size)


def _messages(sock: socket.socket, count: int) -> None:
    for _ in tcp.iter_messages(sock, tcp.LengthPrefix()):
        count -= 1
    assert not count


def _batches(sock: socket.socket, count: int) -> None:
    assert sum(map(len, tcp.frames.iter_batches(sock, tcp.LengthPrefix()))) == count


def _drain(sock: socket.socket, count: int) -> None:
    while sock.recv(128 * 1024):
        pass


def _makefile(sock: socket.socket, count: int) -> None:
    with sock.makefile("rb", buffering=64 * 1024) as file:
        for _ in range(count):
            size, = struct.unpack(">I", file.read(4))
            file.read(size)


def _asyncio(sock: socket.socket, count: int) -> None:
    async def read() -> None:
        reader, writer = await asyncio.open_connection(sock=sock.dup())
        for _ in range(count):
            size, = struct.unpack(">I", await reader.readexactly(4))
            await reader.readexactly(size)
        writer.close()

    asyncio.run(read())


READERS: dict[str, _Read] = {"iter_messages": _messages, "iter_batches": _batches, _NAIVE: _naive, _DRAIN: _drain,
                             "readexactly": _asyncio, "makefile('rb').read": _makefile}


def _beside_boltons(settings: Settings, count: int) -> Row:
    """Netstrings beside those of boltons, which --peers installs."""
    what, names = "64 B netstrings, one by one, beside boltons", ("iter_messages", "NetstringSocket")
    if not settings.peers:
        return Row(what, *names, skipped="only with --peers")
    python = python_with(["boltons"])
    try:
        find = [python, "-c", "import boltons; print(boltons.__path__[0])"]
        place = subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return Row(what, *names, skipped=f"boltons does not run here: {error}")
    sys.path.append(str(Path(place).parent))
    boltons = importlib.import_module("boltons.socketutils")
    sys.path.pop()

    def theirs(sock: socket.socket, count: int) -> None:
        reader = boltons.NetstringSocket(sock, timeout=30)
        for _ in range(count):
            reader.read_ns()

    def ours(sock: socket.socket, count: int) -> None:
        assert sum(1 for _ in tcp.iter_messages(sock, tcp.Netstring())) == count

    wrap = tcp.Netstring().wrap
    work = message_time(ours, _SIXTY_FOUR, count, wrap), message_time(theirs, _SIXTY_FOUR, count, wrap)
    return compare(what, *work, settings, names=names)
