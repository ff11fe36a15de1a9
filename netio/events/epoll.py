"""`epoll`: the system keeps what is watched, and returns only what is ready (Linux).

Watching costs one call when a connection comes and one when it goes; each wait costs as much as there are ready
sockets, however many others are idle. Level-triggered, the default: what is not read to its end is reported again. Edge
triggering (EPOLLET) reports each arrival once and makes everyone read until EAGAIN: more calls, no gain here.

>>> import socket
>>> if hasattr(select, "epoll"):
...     ours, theirs = socket.socketpair()
...     with select.epoll() as poller:
...         poller.register(ours, select.EPOLLIN)
...         assert poller.poll(0) == []
...         theirs.send(b"hello") and None
...         assert poller.poll(0) == [(ours.fileno(), select.EPOLLIN)]
...     ours.close(); theirs.close()

Source: epoll(7). Notes: IO multiplexing, epoll.
"""
from __future__ import annotations

import select
from typing import Any

# It has the shape that the other pollers are given; None where the system has no epoll.
EpollPoller: Any = getattr(select, "epoll", None)
