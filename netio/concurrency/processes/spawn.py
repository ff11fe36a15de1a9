"""Children by `spawn` (every platform): the child is a new interpreter that imports what it needs.

It inherits no memory, no lock and no buffered output, so none of fork's traps exists. Its own is pickling: the
function goes over by name, so it must be defined at the top of a module, and the program's own main module is imported
again, so what starts processes must be below `if __name__ == "__main__":`.
"""
from __future__ import annotations

import os
from multiprocessing import context, reduction
from typing import Any, Callable, Mapping, Sequence

from .fork import run_forked
from .main_module import find_in_main
from .process import Process, run_in_child


def spawn_child(function: Callable[..., Any], *args: object) -> Process:
    """Run `function(*args)` in a spawned child and return its Process, which is started.

    >>> child = spawn_child(divmod, 7, 2)
    >>> child.result(timeout=60)
    (3, 1)

    Raises: TypeError when the function cannot be sent. Beside it: `fork_child`, which returns a pid.
    """
    check_picklable(function)
    child = Process(function, args=args, method="spawn")
    child.start()
    return child


def run_spawned(
    function: Callable[..., Any], args: Sequence[object] = (), kwargs: Mapping[str, Any] | None = None, *,
    timeout: float | None = None,
) -> Any:
    """Call a function in a spawned child; return its result, or raise its exception caused by the child's traceback.

    >>> run_spawned(divmod, (7, 2))
    (3, 1)

    Whatever happens here (a timeout, Ctrl-C), the child is ended and collected. A function that was typed into a
    session (the prompt, a notebook, `python -c`, a program from a pipe) cannot be found by a new process: it runs in a
    forked child where there is fork.

    Raises: what the function raises; RuntimeError for such a function on Windows; TypeError when the function or its
    result cannot be sent; ChildDied when the child ended before it told a result; TimeoutError when it was killed after
    `timeout` seconds (None: no limit).
    Beside it: `run_forked` is the same by fork.
    """
    if hasattr(os, "fork") and find_in_main(function) is not None:
        return run_forked(function, args, kwargs, timeout=timeout, warn_threads=False)
    check_picklable(function)
    return run_in_child(function, args, kwargs, timeout=timeout, method="spawn")


def check_picklable(function: Callable[..., object]) -> None:
    """Raise one clear error when a function cannot be sent to another process.

    >>> check_picklable(divmod)
    >>> check_picklable(lambda: 0)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    TypeError: <lambda> cannot be sent to a spawned process: define it with def at the top of a module

    Raises: TypeError for lambdas, nested functions and methods of objects that do not pickle.
    Notes: multiprocessing, Windows 的一些小坑 (traps on Windows).
    """
    context.set_spawning_popen(_Trial())  # type: ignore[arg-type]
    try:
        reduction.ForkingPickler.dumps(function)
    except Exception as error:
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(
            f"{name} cannot be sent to a spawned process: define it with def at the top of a module ({error})"
        ) from error
    finally:
        context.set_spawning_popen(None)


class _Trial:
    """In place of a process that is being started, to which alone locks and descriptors can be sent."""

    DupFd = int

    def duplicate_for_child(self, descriptor: int) -> int:
        return descriptor
