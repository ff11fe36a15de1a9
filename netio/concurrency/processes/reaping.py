"""Collecting children that have ended, so that none stays a zombie (POSIX).

`os.waitpid(pid, WNOHANG)` asks without blocking. Asking for one's own pids leaves the children of others alone:
`waitpid(-1)` would also take those of `subprocess` and `multiprocessing`, whose owners then never learn how they ended.
To wait with a timeout, the kernel tells when a process ends: Linux by a pidfd, macOS and the BSDs by kqueue.
"""
from __future__ import annotations

import os
import select
import time
from multiprocessing import connection
from typing import Iterable

from ..._deadline import deadline_after, time_left


def reap_children(pids: Iterable[int] | None = None) -> list[tuple[int, int | None]]:
    """Collect all children that have ended, without blocking; return their (pid, status) pairs.

    With `pids` only those are asked for, and nobody else's child is taken. One that somebody else has collected
    already comes back with the status None, so that the caller can forget it. Without `pids` every ended child of
    this process is taken: right for a program that starts children by fork only, wrong beside `subprocess`.

    >>> if hasattr(os, "fork"):
    ...     pid = os.spawnlp(os.P_NOWAIT, "true", "true")
    ...     assert wait_child(pid, timeout=10) == 0

    No child at all is no error:

    >>> reap_children([])
    []

    Raises: OSError where there is no fork (Windows: there are no zombies there either).
    Source: waitpid(2). Notes: processes, 僵尸进程 (zombies). `status` is decoded by `decode_status`.
    """
    if pids is None:
        return _reap_any()
    ended: list[tuple[int, int | None]] = []
    for pid in list(pids):
        try:
            done, status = os.waitpid(pid, _no_hang())
        except ChildProcessError:
            ended.append((pid, None))
        else:
            if done:
                ended.append((pid, status))
    return ended


def _reap_any() -> list[tuple[int, int | None]]:
    ended: list[tuple[int, int | None]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, _no_hang())
        except ChildProcessError:  # no child is left
            return ended
        if pid == 0:  # some are left, but they run
            return ended
        ended.append((pid, status))


def wait_child(pid: int, timeout: float | None = None) -> int:
    """Wait until one child ends, collect it and return its status.

    >>> if hasattr(os, "fork"):
    ...     pid = os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", "exit 3")
    ...     assert wait_child(pid, timeout=10) == 3 * 256

    Raises: TimeoutError when it still runs after `timeout` seconds (None waits for ever); ChildProcessError when it is
    not a child of this process or has been collected already; OSError where there is no fork.
    Source: pidfd_open(2), kqueue(2). The stdlib: `os.waitpid`, which has no timeout.
    """
    ended = wait_any_child([pid], timeout)
    if not ended:
        raise TimeoutError(f"child {pid} still runs after {timeout} s")
    status = ended[0][1]
    if status is None:
        raise ChildProcessError(f"{pid} is no child of this process, or was collected already")
    return status


def wait_any_child(pids: Iterable[int], timeout: float | None = None) -> list[tuple[int, int | None]]:
    """Wait until at least one of these children has ended; collect all that have, as `reap_children(pids)` does.

    >>> if hasattr(os, "fork"):
    ...     pids = [os.spawnlp(os.P_NOWAIT, "true", "true") for _ in range(2)]
    ...     ended = wait_any_child(pids, timeout=10)
    ...     ended += wait_any_child(set(pids) - {pid for pid, _ in ended}, timeout=10)
    ...     assert {pid for pid, _ in ended} == set(pids)

    The list is empty when the time is over, and at once when `pids` is empty.

    Raises: OSError where there is no fork.
    """
    pids = list(pids)
    deadline = deadline_after(timeout)
    pause = 0.001
    while True:
        ended = reap_children(pids)
        left = time_left(deadline)
        if ended or not pids or left == 0:
            return ended
        _wait_exit(pids, left, pause)
        pause = min(pause * 2, 0.05)


def _wait_exit(pids: list[int], seconds: float | None, pause: float) -> None:
    """Block until one of the processes may have ended, or the time is over."""
    try:
        if hasattr(os, "pidfd_open"):
            _wait_pidfds(pids, seconds)
        elif hasattr(select, "kqueue"):
            _wait_kqueue(pids, seconds)
        else:
            time.sleep(pause if seconds is None else min(pause, seconds))
    except ProcessLookupError:  # it ended between two looks
        pass
    except OSError:  # a kernel without pidfds, or no descriptor left: look again after a moment
        time.sleep(pause if seconds is None else min(pause, seconds))


def _wait_pidfds(pids: list[int], seconds: float | None) -> None:
    watched: list[int] = []
    try:
        for pid in pids:
            watched.append(os.pidfd_open(pid))
        connection.wait(watched, seconds)
    finally:
        for descriptor in watched:
            os.close(descriptor)


def _wait_kqueue(pids: list[int], seconds: float | None) -> None:
    kevent, queue = getattr(select, "kevent"), getattr(select, "kqueue")()
    kind, note = getattr(select, "KQ_FILTER_PROC"), getattr(select, "KQ_NOTE_EXIT")
    try:
        queue.control([kevent(pid, filter=kind, fflags=note) for pid in pids], 1, seconds)
    finally:
        queue.close()


def _no_hang() -> int:
    if not hasattr(os, "WNOHANG"):
        raise OSError("this platform has no children to collect: processes here leave no zombies")
    return os.WNOHANG
