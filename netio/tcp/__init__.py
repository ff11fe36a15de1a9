"""TCP: listen and connect, read exactly and until, frame messages, send files, and see what the stream really does."""
from __future__ import annotations

from .sockets import abort, close_gracefully, connect, connect_pair, format_address, half_close, listen

__all__ = ["abort", "close_gracefully", "connect", "connect_pair", "format_address", "half_close", "listen"]
