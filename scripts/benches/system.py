"""What the benchmarks ask of the system: cores for server and load, descriptors for many connections, CPU times."""
from __future__ import annotations

import contextlib
import functools
import os
import time
from pathlib import Path
from typing import Iterable, Iterator


@functools.lru_cache(maxsize=None)  # the same for a child of one that has moved to the last
def cores() -> frozenset[int]:
    """Return the cores that the benchmark may use; where the system does not say which, it is one without a number."""
    return frozenset(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0})


def move_to(some: Iterable[int]) -> None:
    """Keep this process on some cores from now on, where the system can do that (Linux)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, some)


def take_first_core() -> None:
    """Move this process, a server before it starts, to the first core, so that no load competes with it."""
    move_to({min(cores())})


def take_last_core() -> None:
    """Move this process, a load before it starts, to the last core."""
    move_to({max(cores())})


@contextlib.contextmanager
def on_last_core() -> Iterator[None]:
    """Be on the last core for a while, where the benchmark itself is the load."""
    take_last_core()
    try:
        yield
    finally:
        move_to(cores())


def make_buffer(size: int) -> memoryview:
    """Return a buffer for a load to receive into, at no place where the processor would be the slowest of all.

    malloc puts large blocks 16 bytes behind the beginning of a page, where some processors (AMD's Zen 3) copy slowly.
    """
    return memoryview(bytearray(size + 48))[48:]


@contextlib.contextmanager
def open_many() -> Iterator[int]:
    """Allow this process and its children as many open descriptors as the system does; the value says how many."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield hard if hard > 0 else 1 << 20
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def cpu_seconds(pid: int) -> float:
    """Return the user and system seconds that process `pid` has used, all its threads, as the system's scheduler counts
    them: to the nanosecond, where /proc/PID/stat counts hundredths (Linux: clock_getcpuclockid(3))."""
    return time.clock_gettime(~pid << 3 | 2)


def family(pid: int) -> list[int]:
    """Return a process and all below it (Linux)."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                found += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
    return found


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
