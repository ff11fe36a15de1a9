"""Zombies and orphans, made and shown, and three ways to have no zombies (POSIX).

A process that has ended stays in the system's table, as a zombie, until its parent asks how it ended. A process whose
parent has ended is an orphan: the system gives it another parent, which collects it later.
"""
from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Callable

from .fork import double_fork, fork_child
from .reaping import reap_children, wait_child
from .signals import ignoring


def process_state(pid: int) -> str | None:
    """Return a process's state letter: R runs, S sleeps, D waits for a device, T is stopped, Z is a zombie.

    None means that there is no such process.

    >>> process_state(os.getpid()) in ("R", "S") if os.name == "posix" else True
    True

    Source: ps(1), proc(5). Notes: processes, STAT. Raises: FileNotFoundError where there is neither /proc nor ps.
    """
    return _ask(pid)[0]


def parent_of(pid: int) -> int | None:
    """Return a process's parent, or None when there is no such process.

    >>> parent_of(os.getpid()) == os.getppid() if os.name == "posix" else True
    True
    """
    return _ask(pid)[1]


def _ask(pid: int) -> tuple[str | None, int | None]:
    """Return (state, parent) from /proc or, on systems without it, from ps."""
    if os.path.exists("/proc/self/stat"):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split()[:2]  # the name before it may hold anything
        except (FileNotFoundError, ProcessLookupError):
            return None, None
        return state.decode(), int(parent)
    command = ["ps", "-o", "state=,ppid=", "-p", str(pid)]
    words = subprocess.run(command, stdout=subprocess.PIPE, timeout=10).stdout.split()
    return (words[0].decode()[:1], int(words[1])) if len(words) == 2 else (None, None)


def make_zombie() -> int:
    """Fork a child that ends at once and return its pid, without collecting it: a zombie.

    >>> if hasattr(os, "fork"):
    ...     pid = make_zombie()
    ...     assert process_state(pid) == "Z"
    ...     assert wait_child(pid) == 0 and process_state(pid) is None

    It is gone when somebody waits for it, or when this process ends.

    Raises: OSError where there is no fork.
    Notes: processes, 僵尸进程 (zombies).
    """
    pid = fork_child(int, warn_threads=False)
    while process_state(pid) not in ("Z", None):  # macOS before Python 3.13 and PyPy have no os.waitid(..., WNOWAIT)
        time.sleep(0.001)
    return pid


def make_orphan() -> tuple[int, int, int]:
    """Let a child start a grandchild and end; return (grandchild's pid, its first parent, the parent that adopted it).

    >>> if hasattr(os, "fork"):
    ...     orphan, first, second = make_orphan()
    ...     assert first != second == parent_of(orphan)
    ...     os.kill(orphan, signal.SIGKILL)

    The orphan sleeps for a minute and ends by itself. The new parent is process 1, or a nearer "subreaper", such as the
    session manager of a desktop.

    Raises: OSError where there is no fork.
    Notes: processes, 孤儿进程 (orphans).
    """
    reader, writer = os.pipe()
    try:
        child = fork_child(_leave_orphan, writer, warn_threads=False)
        orphan = int(os.read(reader, 20))
        os.waitpid(child, os.WUNTRACED)  # returns when it has stopped
        first = parent_of(orphan)
        os.kill(child, signal.SIGCONT)
        os.waitpid(child, 0)
    finally:
        os.close(reader)
        os.close(writer)
    return orphan, first or child, _wait_for_parent_other_than(child, orphan)


def _leave_orphan(writer: int) -> None:
    """In the child: start the grandchild, send its pid, stop until it has been looked at, and end."""
    orphan = fork_child(time.sleep, 60)
    os.write(writer, str(orphan).encode())
    os.kill(os.getpid(), signal.SIGSTOP)


def _wait_for_parent_other_than(first: int, pid: int) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        parent = parent_of(pid)
        if parent not in (None, first):
            return parent or 0
        time.sleep(0.001)
    raise TimeoutError(f"{pid} still has the parent {first} after 10 s")


def reap_by_waiting(work: Callable[[], object]) -> str | None:
    """First cure: the parent waits. Run `work` in a child, collect it, and return its state (None: it is gone).

    >>> reap_by_waiting(int) if hasattr(os, "fork") else None

    A parent that has other work to do asks from time to time, without blocking: `reap_children`.

    Raises: OSError where there is no fork.
    Notes: processes, 收尸函数 (wait, waitpid).
    """
    pid = fork_child(work, warn_threads=False)
    wait_child(pid)
    return process_state(pid)


def reap_by_double_fork(work: Callable[[], object]) -> list[tuple[int, int | None]]:
    """Second cure: a grandchild does the work, its parent ends at once and is collected; the system does the rest.

    Return the children that are left to collect: none.

    >>> reap_by_double_fork(int) if hasattr(os, "fork") else []
    []

    Raises: OSError where there is no fork.
    Notes: processes, 二级子进程 (second-level child).
    """
    before = set(_children())
    double_fork(work)
    return reap_children(set(_children()) - before)


def _children() -> list[int]:
    """The pids of this process's children (Linux), else none."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def reap_by_ignoring(work: Callable[[], object]) -> str | None:
    """Third cure: ignore SIGCHLD, and the system collects the children. Return the child's state (None: it is gone).

    >>> reap_by_ignoring(int) if hasattr(os, "fork") else None

    The price: nobody learns the exit codes any more. `os.wait` raises ChildProcessError, and `subprocess` says 0.

    Raises: OSError where there is no fork; ValueError outside the main thread.
    Notes: processes, SIGCHLD 与 SIG_IGN.
    """
    with ignoring(signal.SIGCHLD):
        pid = fork_child(work, warn_threads=False)
        try:
            wait_child(pid, timeout=60)
        except ChildProcessError:  # gone: the system has collected it
            pass
        return process_state(pid)
