"""TCP: listen and connect, read exactly and until, frame messages, send files, and see what the stream really does.

Start here: listen, connect, recv_exactly, send_frame, recv_frame, Reader.

`transfer` is loaded on first use (PEP 562), because it needs checksums and the files chapter, which takes longer than
all the rest together.
"""
from __future__ import annotations

from .._lazy import load_later
from .experiments import measure_buffers, send_then_recv
from .facts import describe, queued_bytes, tcp_state
from .frames import iter_messages, recv_frame, send_frame
from .framing import Delimiter, FixedSize, LengthPrefix, Netstring
from .interaction import interact
from .reading import Deadline, Reader, recv_exactly
from .slicing import SlicingProxy
from .sockets import abort, close_gracefully, connect, connect_pair, format_address, half_close, listen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .transfer import receive_file, send_file
else:
    __getattr__, __dir__, _ = load_later(__name__, {"transfer": "receive_file send_file"})

__all__ = [
    "listen", "connect", "connect_pair", "half_close", "close_gracefully", "abort", "format_address",
    "recv_exactly", "Reader", "Deadline",
    "LengthPrefix", "Delimiter", "FixedSize", "Netstring", "send_frame", "recv_frame", "iter_messages",
    "send_file", "receive_file",
    "describe", "tcp_state", "queued_bytes",
    "interact", "SlicingProxy", "send_then_recv", "measure_buffers",
]
