"""The notes' experiment, and more: the same work in a row, in threads and in processes; the same load on every server.

Three kinds of work: one that computes, one that waits, and one that asks an HTTP server on this machine. Each is done
`times` times in every way, and so is nothing at all, which shows what starting the threads or processes costs.
"""
from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, Callable, Iterable, NamedTuple, Sequence

from ..pools.pool import ProcessPool
from ..pools.primes import sum_primes_between
from ..processes.process import run_in_child
from ..servers.echo import EchoProtocol
from ..servers.server import Server
from ..threads.thread import run_in_threads

WAYS = ("in a row", "threads", "processes")  # of doing the same work
# What a page for the comparison answers.
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Measured(NamedTuple):
    """One measurement: what was done in which way, how many times, and the seconds it took altogether.

    >>> Measured("waiting", "threads", 10, 0.5).label
    'waiting, threads'
    """

    work: str
    way: str
    times: int
    seconds: float

    @property
    def label(self) -> str:
        return f"{self.work}, {self.way}"


def compare_ways(
    *, times: int = 10, below: int = 60_000, pause: float = 0.05, ways: Sequence[str] = WAYS,
) -> list[Measured]:
    """Do each kind of work `times` times in a row, in as many threads, and in as many processes; return the seconds.

    >>> [row.label for row in compare_ways(times=1, below=100, pause=0.001, ways=["threads"])]
    ['starting, threads', 'computing, threads', 'waiting, threads', 'HTTP, threads']

    `below` is how far the computing work looks for primes, `pause` how many seconds the waiting work waits and the
    HTTP server takes for its answer.

    Notes: threads, GIL 实验 (CPU-bound, IO-bound and HTTP work in a row, in ten threads, in ten processes). Threads help
    what waits; what computes needs processes, or a build without the GIL (`is_gil_enabled`).
    """
    with Server(("127.0.0.1", 0), _SlowAnswer(pause), model="thread") as server:
        server.start()
        works: list[tuple[str, Callable[[Any], Any], Any]] = [
            ("starting", abs, 0),
            ("computing", sum_primes_between, (0, below)),
            ("waiting", time.sleep, pause),
            ("HTTP", ask_http, server.address)]
        rows = []
        for way in ways:
            with _make_pool(way, times) as pool:
                for name, function, item in works:
                    begin = time.perf_counter()
                    list(pool.map(function, [item] * times))
                    rows.append(Measured(name, way, times, time.perf_counter() - begin))
    return sorted(rows, key=lambda row: [name for name, _, _ in works].index(row.work))


def _make_pool(way: str, workers: int) -> Executor:
    """Return the executor for a way: one thread, as many as there is work, or as many processes."""
    if way == "processes":
        return ProcessPool(workers, method="spawn")
    return ThreadPoolExecutor(1 if way == "in a row" else workers)


class _SlowAnswer:
    """A handler that takes its time for every answer, as a server that asks a database."""

    def __init__(self, pause: float) -> None:
        self._pause = pause

    def __call__(self, sock: socket.socket, address: Any) -> None:
        sock.settimeout(10)
        if sock.recv(4096):
            time.sleep(self._pause)
            sock.sendall(REPLY)


def ask_http(address: Any, timeout: float = 30.0) -> bytes:
    """Send one HTTP request on a new connection and return the whole answer, at most 64 KiB.

    >>> with Server(("127.0.0.1", 0), _SlowAnswer(0), model="thread") as server:
    ...     server.start()
    ...     ask_http(server.address).partition(b"\\r\\n")[0]
    b'HTTP/1.1 200 OK'

    Raises: OSError when the server cannot be reached or is silent for `timeout` seconds.
    """
    answer = b""
    with socket.create_connection(address[:2], timeout) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while len(answer) < 65536:
            data = sock.recv(65536)
            if not data:
                break
            answer += data
    return answer


class Loaded(NamedTuple):
    """What a server model did under the load: seconds altogether, and the longest that a client waited for an echo.

    >>> Loaded("thread", 100, 0.5, 0.01).rate
    200.0
    """

    model: str
    echoes: int
    seconds: float
    longest_wait: float

    @property
    def rate(self) -> float:
        """Echoes a second."""
        return self.echoes / self.seconds


def compare_servers(
    models: Iterable[str], *, clients: int = 20, rounds: int = 20, think: float = 0.002,
) -> list[Loaded]:
    """Put the same load on an echo server of each model; return what came out.

    >>> [row.model for row in compare_servers(["thread"], clients=2, rounds=2)]
    ['thread']

    `clients` connect at once; each sends 64 bytes, waits for the echo, thinks for `think` seconds, `rounds` times.
    The clients run in a process of their own. Raises: ValueError for a model that this platform lacks.
    """
    return [_load_model(model, clients, rounds, think) for model in models]


def _load_model(model: str, clients: int, rounds: int, think: float) -> Loaded:
    with Server(("127.0.0.1", 0), protocol=EchoProtocol, model=model) as server:
        server.start()
        seconds, longest = run_in_child(
            load_server, (server.address, clients, rounds, think), timeout=120, method="spawn")
    return Loaded(model, clients * rounds, seconds, longest)


def load_server(address: Any, clients: int, rounds: int, think: float) -> tuple[float, float]:
    """Be `clients` clients of an echo server at once; return the seconds altogether and the longest wait for an echo.

    >>> with Server(("127.0.0.1", 0), protocol=EchoProtocol, model="thread") as server:
    ...     server.start()
    ...     seconds, longest = load_server(server.address, clients=2, rounds=2, think=0)
    >>> seconds >= longest > 0
    True

    Raises: EOFError when the server closes a connection; OSError when it cannot be reached or is silent for 30 s.
    """
    begins: list[float] = []
    start = threading.Barrier(clients, action=lambda: begins.append(time.perf_counter()))

    def visit() -> float:
        start.wait()
        longest = 0.0
        begin = time.perf_counter()  # waiting to be accepted counts, too
        with socket.create_connection(address[:2], 30) as sock:
            for _ in range(rounds):
                sock.sendall(bytes(64))
                _read_exactly(sock, 64)
                longest = max(longest, time.perf_counter() - begin)
                time.sleep(think)
                begin = time.perf_counter()
        return longest

    waits = run_in_threads([visit] * clients)
    return time.perf_counter() - begins[0], max(waits)


def _read_exactly(sock: socket.socket, count: int) -> None:
    while count:
        data = sock.recv(count)
        if not data:
            raise EOFError(f"the server closed the connection, {count} bytes too early")
        count -= len(data)
