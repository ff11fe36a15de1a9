"""Messages from one process to another: pipes and rings beside multiprocessing's queue, faster-fifo and ZeroMQ."""
from __future__ import annotations

import multiprocessing
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Callable, Iterator

from netio import ipc

from .environments import python_with
from .harness import Row, Settings, compare
from .ipc_steps import step_rows

PEERS = ("pyzmq", "faster-fifo")
PEER = Path(__file__).parent / "peers" / "ipc_peers.py"
BATCH = 1000
Way = tuple[Callable[[int, int], float], str, str]  # what measures, how many messages of what kind, its name


def rows(settings: Settings) -> Iterator[Row]:
    """Pipes >= 5x mp.Queue, batches >= 15x; rings 8x, batches 50x, 64 KiB 15x; 5x faster-fifo, 2x pyzmq.

    A ring can be no faster than the two copies it needs, into the memory and out of it; one row has them beside it,
    done by one process that shares nothing. """
    scale = 10 if settings.quick else 1
    counts = {"queue": 100_000 // scale, "one": 500_000 // scale, "batch": 3_000_000 // scale, "large": 40_000 // scale}

    def pair(what: str, ours: Way, theirs: Way, size: int, reach: float | None) -> Row:
        return compare(what, lambda: ours[0](counts[ours[1]], size), lambda: theirs[0](counts[theirs[1]], size),
                       settings, names=(ours[2], theirs[2]), reach=reach)

    theirs = (mp_queue, "queue", "mp.Queue")
    ring, rings = (ring_one, "one", "open_ring"), (ring_batch, "batch", "open_ring, send_many")
    yield pair("pipe, 64 B, message by message", (pipe_one, "one", "open_pipe"), theirs, 64, 5)
    yield pair("pipe, 64 B, in batches", (pipe_batch, "batch", "open_pipe, send_many"), theirs, 64, 15)
    yield pair("ring, 64 B, message by message", ring, theirs, 64, 8)
    yield pair("ring, 64 B, in batches", rings, theirs, 64, 50)
    large = (ring_large, "large", "open_ring, with room for 64")
    yield pair("ring, 64 KiB", large, (mp_queue, "large", "mp.Queue"), 1 << 16, 15)
    yield pair("ring, 64 KiB, beside its copies alone", large, (copies, "large", "two copies"), 1 << 16, None)
    yield pair("queue, 64 B, item by item", (queue_one, "queue", "ipc.Queue"), theirs, 64, 1.5)
    yield pair("queue, 64 B, put_many and get_many", (queue_batch, "batch", "ipc.Queue"), theirs, 64, None)
    yield round_trips(settings)
    for name, reach in (("faster-fifo", 5), ("pyzmq", 2)):
        yield peer_row(settings, name, reach, counts, "one by one", ring_one)
        yield peer_row(settings, name, reach, counts, "in batches", ring_batch)
    yield from step_rows(settings)


def measured(receive: Callable[[], Any], process: Any, count: int) -> float:
    """Call `receive` until it has returned `count` messages; return the seconds that each took."""
    got = receive()
    begin = time.perf_counter()
    while got < count:
        got += receive()
    taken = time.perf_counter() - begin
    process.join()
    return taken / count


def send_one_by_one(sender: Any, count: int, size: int) -> None:
    message, send = b"x" * size, sender.send_bytes
    for _ in range(count):
        send(message)


def send_batches(sender: Any, count: int, size: int) -> None:
    batch = [b"x" * size] * BATCH
    for _ in range(count // BATCH):
        sender.send_many(batch)


def _through(ends: tuple[Any, Any], send: Callable[..., None], count: int, size: int) -> float:
    receiver, sender = ends
    process = ipc.start(send, sender, count, size)
    with receiver:
        if send is send_batches:
            return measured(lambda: len(receiver.recv_many()), process, count)
        return _one_by_one(receiver.recv_bytes, process, count)


def _one_by_one(receive: Callable[[], Any], process: Any, count: int) -> float:
    receive()
    begin = time.perf_counter()
    for _ in range(count - 1):
        receive()
    taken = time.perf_counter() - begin
    process.join()
    return taken / count


def pipe_one(count: int, size: int) -> float:
    return _through(ipc.open_pipe(), send_one_by_one, count, size)


def pipe_batch(count: int, size: int) -> float:
    return _through(ipc.open_pipe(), send_batches, count, size)


def ring_one(count: int, size: int) -> float:
    return _through(ipc.open_ring(), send_one_by_one, count, size)


def ring_large(count: int, size: int) -> float:
    return _through(ipc.open_ring(64 * size), send_one_by_one, count, size)


def copies(count: int, size: int) -> float:
    """Copy a message into shared memory and out of it, with the strides of the ring."""
    message, whole = b"x" * size, 64 * size
    with closing(ipc.AnonymousMemory(whole)) as memory:
        mapped = memory.mapped
        begin = time.perf_counter()
        for number in range(count):
            start = number * size % whole
            mapped[start:start + size] = message
            mapped[start:start + size]
        return (time.perf_counter() - begin) / count


def ring_batch(count: int, size: int) -> float:
    return _through(ipc.open_ring(), send_batches, count, size)


def put_all(queue: Any, count: int, size: int) -> None:
    message = b"x" * size
    for _ in range(count):
        queue.put(message)


def put_batches(queue: ipc.Queue, count: int, size: int) -> None:
    for _ in range(count // BATCH):
        queue.put_many([b"x" * size] * BATCH)


def mp_queue(count: int, size: int) -> float:
    queue: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=put_all, args=(queue, count, size))
    process.start()
    return _one_by_one(queue.get, process, count)


def queue_one(count: int, size: int) -> float:
    with ipc.Queue() as queue:
        return _one_by_one(queue.get, ipc.start(put_all, queue, count, size), count)


def queue_batch(count: int, size: int) -> float:
    with ipc.Queue() as queue:
        return measured(lambda: len(queue.get_many()), ipc.start(put_batches, queue, count, size), count)


def echo(receiver: Any, sender: Any) -> None:
    try:
        while True:
            sender.send_bytes(receiver.recv_bytes())
    except EOFError:
        pass


def round_trips(settings: Settings) -> Row:
    """There and back, 64 B: where latency counts and no batch helps."""
    count = 2000 if settings.quick else 10_000

    def ours(open_ends: Callable[[], tuple[Any, Any]]) -> Callable[[], float]:
        def measure() -> float:
            (their_in, out), (back, their_out) = open_ends(), open_ends()
            process = ipc.start(echo, their_in, their_out)
            with back:
                with out:
                    begin = time.perf_counter()
                    for _ in range(count):
                        out.send_bytes(b"x" * 64)
                        back.recv_bytes()
                    taken = time.perf_counter() - begin
                process.join()
            return taken / count
        return measure

    return compare("64 B there and back, ring beside pipe", ours(ipc.open_ring), ours(ipc.open_pipe), settings,
                   names=("open_ring", "open_pipe"))


def peer_row(
    settings: Settings, name: str, reach: float, counts: dict[str, int], how: str, ours: Callable[[int, int], float]
) -> Row:
    """Compare the ring with a third-party library, message by message, in an environment of its own."""
    what = f"ring, 64 B, {how}, beside {name}"
    if not settings.peers:
        return Row(what, "open_ring", name, skipped="only with --peers")
    try:
        python = python_with(PEERS)
        subprocess.run([python, str(PEER), name, "1000", "64"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return Row(what, "open_ring", name, skipped=f"{name} does not run here: {error}")

    def theirs() -> float:
        command = [python, str(PEER), name, str(counts["one"] // 2), "64"]
        return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout)

    return compare(what, lambda: ours(counts["one"], 64), theirs, settings, names=("open_ring", name), reach=reach)
