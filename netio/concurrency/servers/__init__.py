"""Servers under one contract: the same handler or protocol under every model. See protocol.py for the two contracts.

To see how one echo comes about under epoll, read in this order: `echo`, `server`, `models/events`,
`connections/acceptor`, `connections/manager`, `connections/transport`, and of `netio.events` `loop` and `epoll`. What
else these name (a full send queue, deadlines, threads, signals, processes) is in rooms of its own, which an echo never
enters.
"""
from __future__ import annotations

from ..._lazy import load_later
from .models.blocking import serve_socket
from .echo import EchoProtocol, echo
from .models.model import Limits
from .models.available import MODELS, available_models
from .server import Server, serve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .asyncio_adapter import for_asyncio

__all__ = [
    "EchoProtocol", "Limits", "MODELS", "Server", "available_models", "echo", "for_asyncio", "serve", "serve_socket",
]

__getattr__, __dir__, _ = load_later(__name__, {
    "asyncio_adapter": "for_asyncio",
})
