"""The server's side of one FTP session, as a protocol: a control connection that knows all commands.

It runs under every netio model and, by `for_asyncio`, under asyncio.
"""
from __future__ import annotations

from .actions import ACTIONS
from .control import ControlConnection
from .state import ServerState


class FTPProtocol(ControlConnection):
    """Serve one client by the rules of a ServerState; a server makes one for each.

    >>> class Transport:  # a protocol does no I/O by itself, so that this can take the place of a connection
    ...     get_extra_info = staticmethod(lambda name: ("192.0.2.7", 4000) if name == "peername" else None)
    ...     write = staticmethod(print)
    ...     close = staticmethod(lambda: None)
    >>> protocol = FTPProtocol(ServerState([]))
    >>> protocol.connection_made(Transport())
    b'220 netio FTP: welcome.\\r\\n'
    >>> protocol.data_received(b"LIST\\r\\nQUIT\\r\\n")
    b'530 Not logged in: say USER and PASS first.\\r\\n'
    b'221 Service closing control connection.\\r\\n'
    >>> protocol.connection_lost(None)
    """

    def __init__(self, state: ServerState) -> None:
        super().__init__(state, ACTIONS)
