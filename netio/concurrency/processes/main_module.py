"""What a spawned child can import of the program that starts it.

The child imports the program's main module again, from its file. A session (the prompt, a notebook), `python -c` and a
program that comes through a pipe have none, so what was defined there cannot be found again.
"""
from __future__ import annotations

import os
import sys
from typing import Callable


def find_in_main(function: Callable[..., object] | None) -> str | None:
    """Return why a spawned child could not find the function again, or None when it can.

    >>> find_in_main(len) is None or "has no file" in find_in_main(len)
    True
    """
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    named = getattr(main, "__spec__", None) is not None  # started by `python -m`
    if named or (path is not None and os.path.exists(path)):
        return None
    if path is None and _module_of(function) != "__main__":
        return None
    name = getattr(function, "__qualname__", repr(function))
    return (f"{name} cannot be found by a new process, because this program has no file (a session, -c, a pipe): "
            "save what the child needs in a .py file and import it" + (', or use fork' if _CAN_FORK else ""))


def check_main(function: Callable[..., object] | None) -> None:
    """Raise one clear error when a spawned child could not find the function again.

    >>> check_main(os.getcwd) if find_in_main(os.getcwd) is None else None

    Raises: RuntimeError that says what to do.
    """
    why = find_in_main(function)
    if why is not None:
        raise RuntimeError(why)


def _module_of(function: Callable[..., object] | None) -> str | None:
    while hasattr(function, "func"):  # functools.partial
        function = getattr(function, "func")
    module: str | None = getattr(function, "__module__", None) or getattr(type(function), "__module__", None)
    return module


_CAN_FORK = hasattr(os, "fork")
