"""What one operation costs as its surroundings grow: connections, the lines of a file, the bytes of a message.

A server's CPU per echo ought to be the same with one connection and with ten thousand, a look-up to grow as the
logarithm of the file, and a message to cost no more than its bytes. The exponent at the far end says whether it is so.
"""
from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Callable, Iterable, Iterator

from netio import files

from . import echo, framing, http, ipc
from .environments import find
from .harness import Curve, Settings, grow, seconds
from .system import open_many

LARGEST = 1 << 16


def curves(settings: Settings) -> Iterator[Curve]:
    """Connections, files of a folder, lines of a file, bytes of a message between machines and between processes."""
    yield from over_connections(settings)
    yield from over_files(settings)
    with tempfile.TemporaryDirectory() as folder:
        yield from over_lines(Path(folder), settings)
    sizes = [size for size in (16, 64, 256, 1024, 4096, 16384, LARGEST) if not settings.quick or size in (64, 4096)]
    total = (1 << 20) if settings.quick else (32 << 20)  # bytes to send at each size, as far as `most` allows

    def each(measure: Callable[[int, int], float], most: int) -> Callable[[int], float]:
        return lambda size: measure(max(200, min(most, total // size)), size)

    def through(name: str, count: int, size: int) -> float:
        return framing.message_time(framing.READERS[name], [size], count)()

    what, axis = "framing: time a message", "bytes a message"
    for name, most in (("iter_messages", 200_000), ("iter_batches", 200_000), ("recv(4) + recv(n)", 20_000)):
        yield grow(Curve(what, axis, name, limit=1), each(partial(through, name), most), sizes, settings)
    what = "ipc: time a message"
    for name, measure, most in (("ring", ipc.ring_one, 100_000), ("pipe", ipc.pipe_one, 100_000),
                                ("mp.Queue", ipc.mp_queue, 20_000)):
        yield grow(Curve(what, axis, name, limit=1), each(measure, most), sizes, settings)


def over_connections(settings: Settings) -> Iterator[Curve]:
    """The CPU of one 64-byte echo with 1 to 10,000 connections that are all busy."""
    what, axis = "echo: server CPU a round trip", "connections"
    if not sys.platform.startswith("linux") or shutil.which("cc") is None:
        yield Curve(what, axis, "netio epoll", 0, skipped="needs Linux and a C compiler (cc)")
        return
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as servers, open_many() as most:
        program = str(Path(folder, "echo"))
        subprocess.run(["cc", "-O2", "-o", program, str(echo.HERE / "echo.c")], check=True)
        python, script = sys.executable, str(echo.HERE / "peers" / "echo_servers.py")
        counts = [count for count in ((1, 10, 100) if settings.quick else (1, 10, 100, 1000, 3000, 10_000))
                  if count < most - 100]
        for who, command in (("netio epoll", (python, script, "epoll")), ("asyncio", (python, script, "asyncio")),
                             ("C epoll", (program, "serve"))):
            measure = partial(_echo_cpu, program, echo.start_server(servers, command), settings)
            yield grow(Curve(what, axis, who, limit=0), measure, counts, settings)


def _echo_cpu(program: str, server: tuple[int, int], settings: Settings, connections: int) -> float:
    taken = 0.2 if settings.quick else 1 + connections / 2500  # so long that accepting them hardly counts
    return echo.load_cpu(program, server, ("load", str(connections), "64"), taken)


def over_files(settings: Settings) -> Iterator[Curve]:
    """The CPU of one HTTP request where 1 to 10,000 files of 1 KiB are asked for in turn."""
    what, axis = "http: server CPU a request", "files asked for"
    if not (sys.platform.startswith("linux") and find("wrk") and find("nginx")):
        yield Curve(what, axis, "netio epoll", 0, skipped="needs Linux, wrk and nginx")
        return
    counts = (1, 100) if settings.quick else (1, 10, 100, 1000, 10_000)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        site = http.make_site(Path(folder), max(http.FILES, *counts))
        for who, command in (("netio epoll", http.netio_command(site, "epoll")),
                             ("nginx", http.nginx_command(site, "plain"))):
            server = http.serve(stack, site, who, command)
            yield grow(Curve(what, axis, who, limit=0),
                       lambda count: http.load(site, 1 if settings.quick else 3, files=count)(server), counts, settings)


def over_lines(folder: Path, settings: Settings) -> Iterator[Curve]:
    """The time of one look-up in files of a hundred to a million lines."""
    what, axis = "files: time a look-up", "lines of the file"
    counts = (100, 10_000) if settings.quick else (100, 1000, 10_000, 100_000, 1_000_000)
    for count in counts:
        files.replace_file(folder / str(count), "".join(f"{number:08} meaning {number}\n" for number in range(count)))

    def opened(count: int) -> float:
        return asking(count, partial(files.look_up, folder / str(count)))

    def kept(count: int) -> float:
        with files.SortedFile(folder / str(count)) as file:
            return asking(count, file.look_up)

    yield grow(Curve(what, axis, "look_up", limit=0), opened, counts, settings)
    yield grow(Curve(what, axis, "SortedFile", limit=0), kept, counts, settings)


def asking(count: int, look_up: Callable[[str], object]) -> float:
    """Return the seconds that one look-up takes, of a thousand words."""
    words = [f"{number:08}" for number in random.Random(1).choices(range(count), k=1000)]
    return seconds(partial(each_of, look_up, words))() / len(words)


def each_of(work: Callable[[str], object], arguments: Iterable[str]) -> None:
    for argument in arguments:
        work(argument)
