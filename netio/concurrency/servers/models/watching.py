"""Being told by a loop when a process of `multiprocessing` has ended."""
from __future__ import annotations

import sys
import threading
from multiprocessing.process import BaseProcess
from typing import Any, Callable

from ....events.loop import READ, Loop


def call_when_ended(loop: Loop, process: BaseProcess, ended: Callable[[Any], object]) -> None:
    """Call `ended(process)` in the loop when the process has ended and been joined.

    POSIX: the process's sentinel is a pipe that reaches its end of file then. Windows: its sentinel is a handle, for
    which select cannot wait, so a thread does.

    >>> import multiprocessing
    >>> from netio.events.select import SelectPoller
    >>> loop = Loop(SelectPoller())
    >>> process = multiprocessing.get_context("spawn").Process(target=sys.exit, args=(3,))
    >>> process.start()
    >>> call_when_ended(loop, process, lambda process: print("status", process.exitcode) or loop.stop())
    >>> loop.run(); loop.close(); process.close()
    status 3
    """
    if sys.platform == "win32":
        threading.Thread(target=_wait_in_thread, args=(loop, process, ended), daemon=True).start()
        return
    sentinel = process.sentinel

    def on_end(events: int) -> None:
        loop.unwatch(sentinel)
        process.join()
        ended(process)

    loop.watch(sentinel, READ, on_end)


def _wait_in_thread(loop: Loop, process: BaseProcess, ended: Callable[[Any], object]) -> None:
    process.join()
    loop.call_soon_threadsafe(ended, process)
