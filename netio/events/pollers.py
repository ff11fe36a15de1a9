"""Which poller to take: the one that is best for many sockets, or one that needs no descriptor of its own."""
from __future__ import annotations

import select

from .kqueue import KqueuePoller
from .loop import Poller
from .poll import PollPoller
from .select import SelectPoller


def make_best_poller() -> Poller:
    """Return a poller whose waits cost no more for many idle sockets than for few, where the platform has one.

    >>> poller = make_best_poller()
    >>> poller.poll(0)
    []
    >>> poller.close()

    Stdlib: `selectors.DefaultSelector`.
    """
    if hasattr(select, "epoll"):
        return select.epoll()
    return KqueuePoller() if hasattr(select, "kqueue") else make_simple_poller()


def make_simple_poller() -> Poller:
    """Return a poller that needs no descriptor of its own: poll where it exists, else select.

    >>> make_simple_poller().poll(0)
    []
    """
    return PollPoller() if hasattr(select, "poll") else SelectPoller()
