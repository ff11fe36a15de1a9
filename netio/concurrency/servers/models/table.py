"""Which server models there are, and which of them exist on this platform: the one place that knows."""
from __future__ import annotations

import os
import select
from typing import Mapping

from .events import EpollModel, KqueueModel, PollModel, SelectModel
from .fork import ForkModel
from .iterative import IterativeModel
from .model import Model
from .pool import PoolModel
from .prefork import PreforkModel
from .process import ProcessModel
from .thread import ThreadModel

_ALL: tuple[type[Model], ...] = (
    IterativeModel, ForkModel, ProcessModel, ThreadModel, PoolModel, PreforkModel,
    SelectModel, PollModel, EpollModel, KqueueModel,
)
# What a model needs of the platform, and where to find it. The others exist everywhere.
_NEEDS = {"fork": (os, "fork"), "poll": (select, "poll"), "epoll": (select, "epoll"), "kqueue": (select, "kqueue")}

MODELS: Mapping[str, str] = {
    model.name: "".join((model.__doc__ or "").splitlines()[:1]).rstrip(".") for model in _ALL
}


def available_models() -> list[str]:
    """Return the names of the models that exist on this platform, in the order of the notes.

    >>> "thread" in available_models() and "select" in available_models()
    True

    `MODELS` describes all of them, those that this platform lacks included:

    >>> MODELS["thread"]
    'A thread for each client'
    """
    return [name for name in MODELS if name not in _NEEDS or hasattr(*_NEEDS[name])]


def find_model(name: str) -> type[Model]:
    """Return the class of a model.

    >>> find_model("thread").__name__
    'ThreadModel'

    Raises: ValueError for a name that no model has; OSError for a model that this platform lacks. Both name those it
    has.
    """
    here = ", ".join(available_models())
    if name not in MODELS:
        raise ValueError(f"there is no server model {name!r}; this platform has {here}")
    if name not in available_models():
        raise OSError(f"this platform has no {name}; it has {here}")
    return next(model for model in _ALL if model.name == name)
