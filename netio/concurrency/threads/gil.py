"""What the global interpreter lock (GIL) lets run beside Python code, found out without a stopwatch."""
from __future__ import annotations

import sys
import sysconfig
import threading
from typing import Callable

from .thread import ResultThread


def is_gil_enabled() -> bool:
    """True when only one thread at a time runs Python code; False on a free-threaded build that runs without the lock.

    >>> is_gil_enabled() or is_free_threaded_build()
    True

    Source: PEP 703.
    """
    asked: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    return asked()


def is_free_threaded_build() -> bool:
    """True when this interpreter was built without the need of a GIL (python3.13t and later).

    >>> is_free_threaded_build() in (True, False)
    True

    It may still run with it: PYTHON_GIL=1, or an extension module that needs it.
    """
    return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def releases_gil(step: Callable[[], object], steps: int = 1000) -> bool:
    """True when another thread gets its turn while a thread calls `step` again and again, up to `steps` times.

    The interpreter's habit of taking the GIL away every 5 ms is turned off meanwhile, so the other thread gets in only
    when a step gives the lock up by itself, as blocking calls, hashing and compression do. Without a GIL all steps let
    others run: True at once.

    >>> import hashlib
    >>> block = bytes(1 << 20)
    >>> releases_gil(lambda: hashlib.sha256(block))
    True
    >>> releases_gil(lambda: sum(range(100))) == (not is_gil_enabled())
    True

    Use it while no other thread runs. Notes: threads, GIL (`Thread` "cannot run in parallel": it can, in such calls).
    """
    if not is_gil_enabled():
        return True
    former = sys.getswitchinterval()
    begun, enough = threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        for _ in range(steps):
            if enough.is_set():
                return True
            step()
        return False

    thread = ResultThread(work)
    sys.setswitchinterval(3600)
    try:
        thread.start()
        begun.wait()
        enough.set()
        return bool(thread.join())
    finally:
        sys.setswitchinterval(former)
