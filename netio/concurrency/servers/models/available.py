"""The names of the server models, what each of them is, and which of them exist on this platform."""
from __future__ import annotations

import os
import select
from typing import Mapping

# The server models: name -> what it is, those that this platform lacks included.
MODELS: Mapping[str, str] = {
    "iterative": "One client at a time",
    "fork": "A forked process for each client",
    "process": "A spawned process for each client",
    "thread": "A thread for each client",
    "pool": "A fixed number of threads (`workers`, 16 if not given)",
    "prefork": "A fixed number of processes (`workers`, as many as processors if not given), one client at a time each",
    "select": "One thread, many sockets, `select.select`",
    "poll": "One thread, many sockets, `select.poll`",
    "epoll": "One thread, many sockets, `select.epoll`",
    "kqueue": "One thread, many sockets, `select.kqueue`",
}
_NEEDS = {"fork": os, "poll": select, "epoll": select, "kqueue": select}  # the model -> the module that must offer it


def available_models() -> list[str]:
    """Return the names of the models that exist on this platform, in the order of the notes.

    >>> "thread" in available_models() and "select" in available_models()
    True

    `MODELS` describes all of them, those that this platform lacks included:

    >>> MODELS["thread"]
    'A thread for each client'
    """
    return [name for name in MODELS if name not in _NEEDS or hasattr(_NEEDS[name], name)]


def best_model() -> str:
    """Return the name of the event model whose cost grows least with the number of connections.

    >>> best_model() in available_models()
    True
    """
    return next(name for name in ("epoll", "kqueue", "poll", "select") if name in available_models())
