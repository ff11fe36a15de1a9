"""Connecting out in a loop, without waiting: a connection is made when its socket can be written to."""
from __future__ import annotations

import errno
import os
import socket
from typing import Any, Callable

from ....events.loop import WRITE

_CONNECTING = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}


class Connector:
    """A connection that is being made for the manager of a loop: its `address`, and `close()` to give up.

    A failure goes to `connection_lost` of a protocol from `factory`, whose `connection_made` was never called then.

    >>> from netio import tcp
    >>> from netio.concurrency.servers import EchoProtocol
    >>> from netio.concurrency.servers.connections.manager import ConnectionManager
    >>> from netio.events.loop import Loop
    >>> from netio.events.select import SelectPoller
    >>> loop = Loop(SelectPoller())
    >>> manager = ConnectionManager(loop, ended=loop.stop)
    >>> with tcp.listen(("127.0.0.1", 0)) as listener:
    ...     connector = Connector(manager, listener.getsockname(), EchoProtocol)
    ...     with listener.accept()[0] as sock:
    ...         sock.sendall(b"hello"); sock.shutdown(socket.SHUT_WR)
    ...         loop.run()
    ...         sock.recv(100)
    b'hello'
    >>> loop.close()
    """

    def __init__(self, manager: Any, address: Any, factory: Callable[[], Any]) -> None:
        self.address, self.closed = address, False
        self._manager, self._factory = manager, factory
        family, kind, proto, place = _resolve(address)
        self._sock = socket.socket(family, kind, proto)
        try:
            self._sock.setblocking(False)
            code = self._sock.connect_ex(place)
            if code in _CONNECTING:
                manager.loop.watch(self._sock.fileno(), WRITE, self._on_connected)
            else:
                manager.loop.call_soon(self._settle, code)
        except BaseException:
            self._sock.close()
            raise

    def _on_connected(self, events: int) -> None:
        try:
            code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        except OSError as error:
            code = error.errno or errno.EIO
        self._settle(code)

    def _settle(self, code: int) -> None:
        if self.closed:
            return
        self._manager.loop.unwatch(self._sock.fileno())
        self.closed = True
        if not code:
            self._manager.add(self._sock, self.address, self._factory)
        else:
            self._sock.close()
            self._factory().connection_lost(OSError(code, f"cannot connect to {self.address}: {os.strerror(code)}"))

    def close(self) -> None:
        """Give up, if it is not connected yet; the protocol is never made then."""
        if not self.closed:
            self.closed = True
            self._manager.loop.unwatch(self._sock.fileno())
            self._sock.close()


def _resolve(address: Any) -> tuple[int, int, int, Any]:
    """Return family, kind, protocol number and place of an address; a name is looked up, which blocks: give numbers."""
    if isinstance(address, str):
        return socket.AF_UNIX, socket.SOCK_STREAM, 0, address
    infos = socket.getaddrinfo(address[0], address[1], 0, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    family, kind, proto, _, place = infos[0]
    return family, kind, proto, place
