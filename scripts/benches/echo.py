"""TCP echo: the processor time that a server needs for one echo, beside C, asyncio, uvloop and socketserver.

The client is a C program (echo.c, built with cc on the spot), and so is the floor, a C server with epoll. Server and
client each have a core of their own, where there are two. What counts is the server's own time, since the client
shares the machine.
"""
from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from .environments import peer_versions, python_with
from .harness import Row, Settings, compare, run_load
from .system import cpu_seconds, open_many, resident_bytes, take_first_core

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
_SERVERS = str(HERE / "peers" / "echo_servers.py")
PACKAGES = {"uvloop": 1.0, "gevent": None, "trio": None}  # and what ratio to reach beside each
_ROUND_TRIPS = ("load", "64", "64")  # kind, connections, bytes
_BULK = ("load", "4", str(1 << 20))
_SHORT = ("short", "64", "64")


def rows(settings: Settings) -> Iterator[Row]:
    """Round trips, how long they take and bulk beside C, asyncio and uvloop; short connections; idle connections.

    Two targets lie where Python itself does: `bare` is the least that a loop of the standard library can do, with no
    protocol, no limit and no end. What netio adds is the distance to its rows, not to those of C."""
    if not sys.platform.startswith("linux") or shutil.which("cc") is None:
        yield Row("TCP echo", "netio", "C", skipped="needs Linux and a C compiler (cc)")
        return
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as servers:
        program = str(Path(folder, "echo"))
        subprocess.run(["cc", "-O2", "-o", program, str(HERE / "echo.c")], check=True)
        python = sys.executable

        def measure(load: tuple[str, ...], *command: str) -> Callable[[], float]:
            return cpu_each(servers, program, load, command, 0.3 if settings.quick else 1.5)

        def row(what: str, load: tuple[str, ...], model: str, their_name: str, reach: float | None,
                *theirs: str) -> Row:
            return compare(what, measure(load, python, _SERVERS, model), measure(load, *theirs), settings,
                           names=(f"netio {model}", their_name), reach=reach)

        yield row("64 B round trip, 64 connections", _ROUND_TRIPS, "epoll", "C epoll", 0.85, program, "serve")
        yield row("64 B round trip, 64 connections", _ROUND_TRIPS, "epoll", "asyncio", 1.2, python, _SERVERS, "asyncio")
        ours, theirs = ((python, _SERVERS, name) for name in ("epoll", "asyncio"))
        yield _waiting("median", 1, program, servers, ours, theirs, settings)
        yield _waiting("99th percentile", 2, program, servers, ours, theirs, settings)
        yield compare("64 B round trip, 64 connections", measure(_ROUND_TRIPS, python, _SERVERS, "bare-epoll"),
                      measure(_ROUND_TRIPS, program, "serve"), settings, names=("bare epoll loop", "C epoll"))
        yield row("1 MiB there and back, 4 connections", _BULK, "epoll", "C epoll", 0.9, program, "serve")
        yield row("a short connection", _SHORT, "thread", "ThreadingTCPServer", 4, python, _SERVERS, "socketserver")
        yield compare("a short connection", measure(_SHORT, python, _SERVERS, "bare-threads"),
                      measure(_SHORT, python, _SERVERS, "socketserver"), settings,
                      names=("bare threads", "ThreadingTCPServer"))
        yield row("a short connection", _SHORT, "epoll", "asyncio", 1.2, python, _SERVERS, "asyncio")
        yield row("64 B round trip, 64 connections", _ROUND_TRIPS, "epoll", "asyncio streams", None, python, _SERVERS,
                  "streams")
        peer = python_with(PACKAGES) if settings.peers else ""
        there = peer_versions() if peer else {}
        for name, reach in PACKAGES.items():
            what = "64 B round trip, 64 connections"
            if name in there:
                yield row(what, _ROUND_TRIPS, "epoll", name, reach, peer, _SERVERS, name)
            else:
                reason = f"{name} could not be installed" if peer else "only with --peers"
                yield Row(what, "netio epoll", name, skipped=reason)
        if "uvloop" in there:
            yield compare("netio's EchoProtocol, unchanged, under uvloop",
                          measure(_ROUND_TRIPS, peer, _SERVERS, "uvloop-netio"),
                          measure(_ROUND_TRIPS, peer, _SERVERS, "uvloop"), settings, names=("netio's", "uvloop's own"))
        yield _idle_memory(settings, servers, python)
        yield _idle_cost(settings, servers, program, python)


def cpu_each(servers: contextlib.ExitStack, program: str, load: tuple[str, ...], command: tuple[str, ...],
             seconds: float) -> Callable[[], float]:
    """Start a server and return a function that puts a load on it and returns its processor seconds an echo."""
    server = start_server(servers, command)
    return lambda: load_cpu(program, server, load, seconds)


def load_cpu(program: str, server: tuple[int, int], load: tuple[str, ...], seconds: float) -> float:
    """Put a load on a server, given as its process and port, and return its processor seconds an echo."""
    pid, port = server
    before = cpu_seconds(pid)
    echoes = put_load(program, port, load, seconds)[0]
    return (cpu_seconds(pid) - before) / max(1, echoes)


def put_load(program: str, port: int, load: tuple[str, ...], seconds: float) -> list[int]:
    """Put a load on a server; return how many echoes came back, and the microseconds of the median and the 99th
    percentile."""
    kind, connections, size = load
    done = run_load([program, kind, str(port), connections, size, str(seconds)],
                    stdout=subprocess.PIPE, check=True, timeout=seconds + 60)
    return [int(word) for word in done.stdout.split()]


def _waiting(what: str, which: int, program: str, servers: contextlib.ExitStack, ours: tuple[str, ...],
             theirs: tuple[str, ...], settings: Settings) -> Row:
    """How long a round trip takes from the client's side, with 64 connections that all wait for theirs."""

    def measure(command: tuple[str, ...]) -> Callable[[], float]:
        port = start_server(servers, command)[1]
        return lambda: put_load(program, port, _ROUND_TRIPS, 0.3 if settings.quick else 1.5)[which] / 1e6

    return compare(f"the same, time of a round trip: {what}", measure(ours), measure(theirs), settings,
                   names=("netio epoll", "asyncio"))


def start_server(servers: contextlib.ExitStack, command: tuple[str, ...]) -> tuple[int, int]:
    """Start a server that prints its port, on the first core; it is ended with `servers`."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                               preexec_fn=take_first_core)
    servers.callback(process.wait)
    servers.callback(process.kill)
    assert process.stdout is not None
    with process.stdout:
        return process.pid, int(process.stdout.readline())


def _idle_cost(settings: Settings, servers: contextlib.ExitStack, program: str, python: str) -> Row:
    """The processor time of a round trip while many other connections say nothing, beside the same without them."""
    import socket

    command, load = (python, _SERVERS, "epoll"), ("load", "100", "64")
    seconds = 0.3 if settings.quick else 1.5
    with open_many() as most:
        many = min(100 if settings.quick else 9_800, most // 2)
        busy = start_server(servers, command)
        for _ in range(many):
            sock = servers.enter_context(socket.create_connection(("127.0.0.1", busy[1])))
        sock.sendall(b"x")
        sock.recv(1)  # the last one is served, so all are
        return compare(f"64 B round trip, 100 connections, {many} idle", lambda: load_cpu(program, busy, load, seconds),
                       cpu_each(servers, program, load, command, seconds), settings,
                       names=("netio epoll", "none idle"), reach=0.8)


def _idle_memory(settings: Settings, servers: contextlib.ExitStack, python: str) -> Row:
    """Hold many connections that say nothing, and see by how much the server has grown."""
    import socket

    def grown(model: str) -> Callable[[], float]:
        def measure() -> float:
            pid, port = start_server(servers, (python, _SERVERS, model))
            before = resident_bytes(pid)
            socks = [socket.create_connection(("127.0.0.1", port)) for _ in range(many)]
            socks[-1].sendall(b"x")
            socks[-1].recv(1)  # the last one is served, so all are
            each = (resident_bytes(pid) - before) / many
            for sock in socks:
                sock.close()
            return each

        return measure

    with open_many() as most:
        many = min(100 if settings.quick else 5000, most // 2)
        return compare(f"memory of an idle connection, of {many}", grown("epoll"), grown("asyncio"), settings,
                       names=("netio epoll", "asyncio"), reach=1, unit="B")
