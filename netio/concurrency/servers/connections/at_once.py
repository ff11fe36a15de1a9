"""A connection of one request, which is here when it is accepted: received, answered and ended in one go.

For a short connection most of the work is what is made around it: a protocol, a transport, deadlines, and the system's
own entry for a watched socket. Where the factory has the answer at hand (`answer_at_once`, see protocol.py) there is
none of them.
"""
from __future__ import annotations

import socket
from typing import Any, Callable

from ....events.logs import SafeLog
from ....events.loop import is_ctrl_c
from .transport import FIRST_READ, MORE

log = SafeLog("netio.servers")


def try_answer(sock: socket.socket, address: Any,
               answer_at_once: Callable[[bytes, Any], bytes | None]) -> tuple[bytes, memoryview | None]:
    """Receive what is there and send the answer to it, if there is one.

    Return (what was received, None) if there is none, or (b"", the part of the answer that the socket has not taken).

    >>> ours, theirs = socket.socketpair()
    >>> ours.setblocking(False)
    >>> theirs.send(b"hello")
    5
    >>> received, rest = try_answer(ours, "a client", lambda data, address: data.upper())
    >>> received, bytes(rest), ours.close(), theirs.recv(100)
    (b'', b'', None, b'HELLO')
    >>> theirs.close()

    What `answer_at_once` raises is logged, and the answer is b"".
    """
    try:
        data = sock.recv(FIRST_READ)
    except OSError:  # nothing has come yet, or the client is gone, which the transport will see
        return b"", None
    try:
        answer = answer_at_once(data, address) if data else None
    except BaseException as error:
        log.error("connection from %s: cannot be answered", address, error=error)
        answer = b""
        if is_ctrl_c(error):
            sock.close()
            raise
    if answer is None:
        return data, None
    try:
        sent = sock.send(answer, MORE)  # our end goes out with it, in one packet
    except BlockingIOError:
        sent = 0
    except OSError:  # the client is gone
        sent = len(answer)
    return b"", memoryview(answer)[sent:]
