"""TCP: listen and connect, read exactly and until, frame messages, send files, and see what the stream really does."""
from __future__ import annotations

from .frames import iter_batches, iter_messages, recv_frame, send_frame
from .framing import Delimiter, FixedSize, Framing, LengthPrefix, Netstring
from .reading import Deadline, Reader, recv_exactly
from .sockets import abort, close_gracefully, connect, connect_pair, format_address, half_close, listen

__all__ = [
    "listen", "connect", "connect_pair", "half_close", "close_gracefully", "abort", "format_address",
    "recv_exactly", "Reader", "Deadline",
    "Framing", "LengthPrefix", "Delimiter", "FixedSize", "Netstring",
    "send_frame", "recv_frame", "iter_messages", "iter_batches",
]
