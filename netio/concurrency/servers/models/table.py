"""What each server model is made of, and what it allows.

A new model is a class in a file of its own (see model.py for what it does), a row here, and one in available.py.
"""
from __future__ import annotations

import functools
import os
from typing import Any, Mapping

from ....events.epoll import EpollPoller
from ....events.kqueue import KqueuePoller
from ....events.poll import PollPoller
from ....events.select import SelectPoller
from .available import available_models
from .events import EventModel
from .fork import ForkModel
from .iterative import IterativeModel
from .model import HandlerSpec, Limits, ModelInfo
from .pool import PoolModel
from .process import ProcessModel
from .thread import ThreadModel
from .workers import WorkersModel

_event = functools.partial(ModelInfo, EventModel, only_protocols=True, takes_workers=True, serves_in_loop=True)
_SELECT_MOST = 480 if os.name == "nt" else 960  # of 512 sockets and 1024 descriptors; some are the program's own

_TABLE: Mapping[str, ModelInfo] = {
    "iterative": ModelInfo(IterativeModel, 1000, serves_in_loop=True, batch=1),
    "fork": ModelInfo(ForkModel, 256, forks=True, batch=1),  # to start a process takes long: look at all else between
    "process": ModelInfo(ProcessModel, 64, batch=1),
    "thread": ModelInfo(ThreadModel, 1000, accepts=False),
    "pool": ModelInfo(PoolModel, 16, takes_workers=True),
    "prefork": ModelInfo(WorkersModel, 1000, accepts=False, takes_workers=True, forks=True),
    "select": _event(_SELECT_MOST, poller=SelectPoller),
    "poll": _event(10_000, poller=PollPoller),
    "epoll": _event(10_000, poller=EpollPoller),
    "kqueue": _event(10_000, poller=KqueuePoller),
}


def find_model(name: str) -> ModelInfo:
    """Return the row of a model.

    >>> find_model("thread").kind.__name__
    'ThreadModel'

    Raises: ValueError for a name that no model has; OSError for a model that this platform lacks. Both name those it
    has.
    """
    here = ", ".join(available_models())
    if name not in _TABLE:
        raise ValueError(f"there is no server model {name!r}; this platform has {here}")
    if name not in available_models():
        raise OSError(f"this platform has no {name}; it has {here}")
    return _TABLE[name]


def make_model(name: str, spec: HandlerSpec, limits: Limits, workers: int | None) -> Any:
    """Make the model of that name for a server; an event model with several `workers` runs in as many processes.

    >>> len(make_model("pool", HandlerSpec(handler=print), Limits(), workers=2))
    0

    Raises: as `find_model`; ValueError for `workers` that it cannot have; TypeError for a handler that would block it.
    """
    info = find_model(name)
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    if workers is not None and not info.takes_workers:
        raise ValueError(f"model {name} has no fixed number of workers; pool, prefork and the event models have")
    if info.only_protocols and spec.factory is None:
        shown = getattr(spec.handler, "__name__", spec.handler)
        raise TypeError(f"model {name} must not block: it serves protocols, not the handler {shown}; "
                        f"those that may block are {', '.join(_models_that_block())}")
    if info.only_protocols and workers is not None and workers > 1:
        return WorkersModel(_TABLE["prefork"], spec, limits, workers, inner=name)
    return info.kind(info, spec, limits, workers)


def _models_that_block() -> list[str]:
    return [name for name in available_models() if not _TABLE[name].only_protocols]
