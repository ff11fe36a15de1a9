"""Echo (RFC 862): whatever arrives goes back, until the client ends. Written once for each contract.

Both are complete servers: nothing is added by the models, and the protocol runs unchanged under asyncio.
"""
from __future__ import annotations

import socket
from typing import Any


def echo(sock: socket.socket, address: Any) -> None:
    """Send back everything that `sock` receives, until the peer ends its side: contract 1.

    >>> ours, theirs = socket.socketpair()
    >>> with ours, theirs:
    ...     theirs.sendall("中文".encode()); theirs.shutdown(socket.SHUT_WR)
    ...     echo(ours, "a client")
    ...     theirs.recv(100).decode()
    '中文'

    It takes turns: it reads no more while the peer does not take what is sent back.

    Raises: ConnectionError if the peer resets the connection, TimeoutError if it is silent for longer than the socket's
    timeout. Source: RFC 862. Notes: TCP server, 循环服务器 (the serving loop).
    """
    while True:
        data = sock.recv(65536)
        if not data:  # b"" is the end of the stream, and stays so for ever
            return
        sock.sendall(data)  # not send, which may take only a part


class EchoProtocol:
    """Send back everything that arrives: contract 2, under every model and under asyncio.

    >>> class Transport:  # a protocol does no I/O, so that a list can stand in for a connection
    ...     write = staticmethod(lambda data: print("sent", data))
    ...     pause_reading = staticmethod(lambda: print("stop reading"))
    >>> protocol = EchoProtocol()
    >>> protocol.connection_made(Transport()); protocol.data_received(b"hello"); protocol.pause_writing()
    sent b'hello'
    stop reading

    A peer that sends but does not read is no longer read from, so that memory stays bounded. When the peer ends its
    side, what is still to be sent is sent, then the connection closes. Source: RFC 862.
    """

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)

    def respond(self, data: bytes) -> bytes | None:
        """The whole answer, for a server that sends it by itself: see protocol.py."""
        return data

    def eof_received(self) -> bool | None:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None  # no circle of references: the memory is free at once; under TLS there may be none yet

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()
