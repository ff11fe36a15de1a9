"""The connections of one loop: opens them, counts them, closes those on which nothing moves, and ends them all."""
from __future__ import annotations

import socket
from typing import Any, Callable

from ....events.logs import SafeLog
from ....tcp import listen
from .acceptor import Acceptor
from .at_once import try_answer
from .connector import Connector
from .executor import Executor
from ....events.loop import Loop, is_ctrl_c
from .transport import Transport

log = SafeLog("netio.servers")

_CHECKS = 4  # how often within an idle timeout the connections are looked at


class ConnectionManager:
    """Runs protocols over the sockets of one loop.

    `ended` is called after each connection that has ended. `idle_timeout` is in seconds (None: no limit); a connection
    counts as idle while nothing is read, nothing is sent and nothing is done for it in a thread. `max_buffer` is how
    many unsent bytes a connection may hold before its peer is no longer read. `executor` has the threads for
    `run_in_thread`.

    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> from netio.events.select import SelectPoller
    >>> loop = Loop(SelectPoller())
    >>> manager = ConnectionManager(loop, ended=loop.stop)
    >>> ours, theirs = socket.socketpair()
    >>> theirs.send(b"hello"); theirs.shutdown(socket.SHUT_WR)
    5
    >>> transport = manager.add(ours, "somebody", EchoProtocol)
    >>> loop.run(); loop.close()
    >>> theirs.recv(100), len(manager.transports)
    (b'hello', 0)
    >>> theirs.close()
    """

    def __init__(self, loop: Loop, ended: Callable[[], object] | None = None, *,
                 idle_timeout: float | None = None, max_buffer: int = 1 << 20,
                 executor: Executor | None = None) -> None:
        self.loop, self.max_buffer = loop, max_buffer
        self.executor = executor or Executor()
        self.transports: set[Transport] = set()
        self._ended = ended
        self._idle_timeout = idle_timeout
        self._helpers: set[Any] = set()  # listeners and connection attempts that protocols asked for
        if idle_timeout is not None:
            loop.call_at(loop.now + idle_timeout / _CHECKS, self._check_idle)

    def add(self, sock: socket.socket, address: Any, factory: Callable[[], Any]) -> Transport | None:
        """Run a protocol from `factory` over a connected socket, which is the manager's from now on.

        Return its transport, or None if the factory had an answer at once (see protocol.py), and that was all.
        """
        sock.setblocking(False)
        first, answer_at_once = b"", getattr(factory, "answer_at_once", None)
        if answer_at_once is not None:
            first, rest = try_answer(sock, address, answer_at_once)
            if rest:
                self._start(sock, address, lambda transport: transport.write_and_close(rest))
            elif rest is not None:
                sock.close()
                if self._ended is not None:
                    self._ended()
            if rest is not None:
                return None
        return self._start(sock, address, lambda transport: transport.open(factory(), first))

    def _start(self, sock: socket.socket, address: Any, start: Callable[[Transport], object]) -> Transport:
        transport = Transport(self, sock, address)
        self.transports.add(transport)
        try:
            start(transport)
        except BaseException as error:  # the factory's own, or a descriptor that the poller cannot watch
            log.error("connection from %s: cannot be served", address, error=error)
            self.loop.call_soon(transport.finish, error)
            if is_ctrl_c(error):
                raise
        return transport

    def discard(self, transport: Transport) -> None:
        """Called by a transport when it has closed its socket."""
        self.transports.discard(transport)
        if self._ended is not None:
            self._ended()

    def listen(self, address: Any, factory: Callable[[], Any]) -> Acceptor:
        """Accept further connections in this loop; close the result to stop that."""
        listener = listen(address)
        acceptor = Acceptor(self.loop, listener, lambda sock, peer: self.add(sock, peer, factory))
        try:
            acceptor.resume()
        except BaseException:
            acceptor.close()
            raise
        self._helpers = {helper for helper in self._helpers if not helper.closed} | {acceptor}
        return acceptor

    def connect(self, address: Any, factory: Callable[[], Any]) -> Connector:
        """Connect out in this loop; close the result to give up."""
        connector = Connector(self, address, factory)
        self._helpers = {helper for helper in self._helpers if not helper.closed} | {connector}
        return connector

    def stop(self) -> None:
        """Tell all protocols that the server drains."""
        for transport in list(self.transports):
            transport.stop()

    def abort(self) -> None:
        """End all connections at once."""
        for transport in list(self.transports):
            transport.abort()

    def close(self) -> None:
        """Close all that is open still, telling the protocols."""
        for helper in self._helpers:
            helper.close()
        for transport in list(self.transports):
            transport.finish(ConnectionAbortedError("the server has ended"))

    def _check_idle(self, now: float) -> None:
        assert self._idle_timeout is not None
        self.loop.call_at(now + self._idle_timeout / _CHECKS, self._check_idle)  # first: whatever fails, it goes on
        for transport in list(self.transports):
            if transport.idle_checks >= _CHECKS:
                transport.expire(self._idle_timeout)
            transport.check_idle()
