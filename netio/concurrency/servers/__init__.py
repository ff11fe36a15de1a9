"""Servers under one contract: the same handler or protocol under every model. See protocol.py for the two contracts."""
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
