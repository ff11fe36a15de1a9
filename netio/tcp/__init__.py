"""TCP: listen and connect, read exactly and until, frame messages, send files, and see what the stream really does.

Loading the chapter loads what every program needs; what a few need is loaded on first use (PEP 562).
"""
from __future__ import annotations

from .._lazy import load_later
from .frames import iter_batches, iter_messages, recv_frame, send_frame
from .framing import Delimiter, FixedSize, Framing, LengthPrefix, Netstring
from .reading import Deadline, Reader, recv_exactly
from .sockets import abort, close_gracefully, connect, connect_pair, format_address, half_close, listen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .experiments import measure_buffers, send_then_recv, send_until_full, watch_back_pressure
    from .facts import describe, queued_bytes, tcp_state
    from .interaction import interact
    from .slicing import Slicer, SlicingProxy, make_slicer
    from .transfer import receive_file, send_file

__all__ = [
    "listen", "connect", "connect_pair", "half_close", "close_gracefully", "abort", "format_address",
    "recv_exactly", "Reader", "Deadline",
    "Framing", "LengthPrefix", "Delimiter", "FixedSize", "Netstring",
    "send_frame", "recv_frame", "iter_messages", "iter_batches",
    "send_file", "receive_file",
    "describe", "tcp_state", "queued_bytes",
    "interact", "Slicer", "make_slicer", "SlicingProxy",
    "send_then_recv", "send_until_full", "measure_buffers", "watch_back_pressure",
]

__getattr__, __dir__, _ = load_later(__name__, {
    "experiments": "measure_buffers send_then_recv send_until_full watch_back_pressure",
    "facts": "describe tcp_state queued_bytes",
    "slicing": "SlicingProxy Slicer make_slicer",
    "interaction": "interact",
    "transfer": "receive_file send_file",
})
