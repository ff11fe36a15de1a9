"""What only shows with very many connections, or after minutes of mixed load: run by `pytest --soak`."""
from __future__ import annotations

import os
import select
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netio import tcp
from netio.concurrency import available_models

from ...soaking import KINDS, models, soak
from .test_conformance import exchange

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc")]

IDLE, ACTIVE, ROUNDS = 10_000, 100, 200
SPARE_THREADS = 140  # model thread keeps so many at most for whoever comes next


def memory_of(pid):
    """Resident bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def round_trips(socks):
    """Have all of `socks` ask at once, over and over; return how long one round took, in the median and at most."""
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for sock in socks:
            sock.sendall(b"ping")
        assert all(sock.recv(4) == b"ping" for sock in socks)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), statistics.quantiles(seconds, n=100)[98]


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="no epoll")
def test_ten_thousand_idle_connections_while_a_hundred_active_ones_keep_their_latency(start_script):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, IDLE + 500), max(hard, IDLE + 500)))
    except (ValueError, OSError):
        pytest.skip("not allowed so many descriptors")
    process = start_script("serve_echo.py", "--model", "epoll", "--port", 0, "--max-connections", IDLE + 200)
    address = ("127.0.0.1", int(process.stdout.readline().rpartition(":")[2]))
    active = [tcp.connect(address, timeout=30) for _ in range(ACTIVE)]
    idle = []
    try:
        round_trips(active)
        alone = round_trips(active)
        before = memory_of(process.pid)
        idle += [tcp.connect(address, timeout=30) for _ in range(IDLE)]
        assert exchange(idle[-1], b"x") == b"x"
        each = (memory_of(process.pid) - before) / IDLE
        beside = round_trips(active)
        again = round_trips(active)
        print(f"{each:.0f} bytes for an idle connection; a round of {ACTIVE} alone {alone[0] * 1e3:.2f} ms (p99 "
              f"{alone[1] * 1e3:.2f}), beside {IDLE} idle ones {beside[0] * 1e3:.2f} ms (p99 {beside[1] * 1e3:.2f})")
        assert each < 4000
        assert min(beside[0], again[0]) < 2 * alone[0], "the idle ones would cost a hundred times as much with select"
    finally:
        for sock in idle + active:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


SERVING = """
import sys
from netio.concurrency import EchoProtocol, Server, echo
path, model, contract = sys.argv[1:]
with Server(path, echo if contract == "handler" else EchoProtocol, model, 2 if model == "prefork" else None) as server:
    print("ready", flush=True)
    server.serve_forever()
"""
MANY = {"thread": 1_000_000, "epoll": 1_000_000, "select": 100_000, "poll": 100_000, "iterative": 100_000,
        "pool": 100_000, "prefork": 100_000, "fork": 5_000, "process": 100}


@pytest.mark.parametrize("model, contract", [
    *((model, "handler") for model in ("thread", "iterative", "pool", "prefork", "fork", "process")),
    *((model, "protocol") for model in ("epoll", "select", "poll", "iterative")),
])
def test_over_a_million_connections_nothing_piles_up(tmp_path, model, contract):
    if model not in available_models():
        pytest.skip(f"no {model}")
    command = [sys.executable, "-c", SERVING, str(tmp_path / "echo"), model, contract]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as server:
        try:
            assert server.stdout.readline() == b"ready\n"
            warm_up = max(20, MANY[model] // 100)
            connect_often(tmp_path / "echo", warm_up)
            before = held_by(server.pid)
            connect_often(tmp_path / "echo", MANY[model])
            deadline = time.monotonic() + 10  # the last client may be about to go
            while (after := held_by(server.pid))["descriptors"] > before["descriptors"] + 2:
                assert time.monotonic() < deadline, (before, after)
            print(f"{model}, {contract}: {MANY[model]} connections: {before} before, {after} after")
            assert after["threads"] <= SPARE_THREADS and after["children"] <= before["children"] + 2
            assert after["memory"] < before["memory"] + (4 << 20)
        finally:
            server.terminate()


def connect_often(path, count):
    """One client after the other, over a Unix socket: a machine has not so many ports."""
    for _ in range(count):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(path))
            sock.send(b"hello")
            assert sock.recv(100) == b"hello"


def held_by(pid):
    """Count what a process holds, when those who are just ending have had time for it."""
    deadline = time.monotonic() + 10
    while True:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not any(zombie(child) for child in children) or time.monotonic() > deadline:
            return {"threads": len(os.listdir(f"/proc/{pid}/task")), "children": len(children),
                    "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "memory": memory_of(pid)}


def zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("model, workers", models())
@pytest.mark.parametrize("kind", KINDS)
def test_under_mixed_load_no_byte_is_wrong_and_nothing_piles_up(tmp_path, request, kind, model, workers):
    if model not in available_models():
        pytest.skip(f"no {model}")
    if kind == "chat" and (workers or model not in ("thread", "select", "poll", "epoll", "kqueue")):
        pytest.skip("a room is one process, and serves many at once")
    if kind == "udp" and (workers or model != "epoll"):
        pytest.skip("has no models")
    minutes, seed = request.config.getoption("--soak-minutes"), request.config.getoption("--soak-seed")
    soak(kind, model, workers, tmp_path / "served", minutes, seed)
