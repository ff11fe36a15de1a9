"""Data connections: one for each transfer or listing, beside the control connection.

A `DataChannel` belongs to a control connection. It knows how the next data connection comes about (PASV: a listener,
PORT: an address), has it when it is there, and has the transfer that it is for: as soon as both are there, bytes move.
Only connections from and to the client's own address are taken, and what a stranger does changes nothing.
"""
from __future__ import annotations

import random
import ssl
import threading
from contextlib import suppress
from typing import Any, Callable

from ..concurrency.servers.tls import TLSProtocol
from .commands import CommandError, plain_host
from .transfers import ASKED, DONE, MOVING, STORING, WAITING, RetrTransfer, StorTransfer, Transfer

_BUFFER = 1 << 20  # bytes received at a time: 64 KiB takes 2.5 times as long
_TRIES = 50  # ports of a passive range that are tried, in random order
_of_thread = threading.local()  # what is received is used at once, so all connections of a thread share one buffer


def shared_buffer() -> memoryview:
    """Return this thread's buffer for receiving.

    >>> shared_buffer() is shared_buffer(), len(shared_buffer()) >= 1 << 20
    (True, True)
    """
    try:
        buffer: memoryview = _of_thread.buffer
    except AttributeError:
        buffer = _of_thread.buffer = memoryview(bytearray(_BUFFER))
    return buffer


class DataChannel:
    """The data connection of a session: how it is made, it itself, and its transfer. At most one of each.

    >>> class Control:
    ...     lost, host, transport = False, "192.0.2.7", None
    >>> channel = DataChannel(Control())
    >>> channel.state, channel.is_stranger("192.0.2.7"), channel.is_stranger("198.51.100.1")
    ('done', False, True)
    >>> channel.check()  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    CommandError: Say PASV, EPSV, PORT or EPRT first.

    `control` has `transport`, `rules`, `host` and `context`, and does what the end of a transfer asks for: `reply`,
    `run` and `advance`.
    """

    def __init__(self, control: Any) -> None:
        self._control = control
        self.transfer: Transfer | None = None
        self._connection: DataConnection | None = None
        self._opening: Any = None  # a listener, or a connection that is being made
        self._target: tuple[str, int] | None = None  # of PORT or EPRT
        self._has_failed = False  # the connection has, while the transfer is only asked for

    @property
    def state(self) -> str:
        """The state of the transfer; DONE while there is none."""
        return DONE if self.transfer is None else self.transfer.state

    # How it is made.

    def listen(self) -> int:
        """Open a listener at the address that the client has reached; return its port.

        Raises: CommandError (425) where there is no free port, or the server cannot listen.
        """
        self.close()
        open_listener = getattr(self._control.transport, "open_listener", None)
        if open_listener is None:
            raise CommandError(425, "This server cannot listen: under asyncio, wrap the protocol by for_asyncio.")
        first, last = self._control.rules.passive_ports
        ports = random.sample(range(first, last + 1), min(_TRIES, last - first + 1)) if first else [0]
        host = get_host(self._control.transport, "sockname", zone=True)
        if not host:  # a connection that has just been reset, or a Unix socket: "" would be every address
            raise CommandError(425, "This connection has no address to listen at.")
        for port in ports:
            with suppress(OSError):
                self._opening = open_listener((host, port), self._make_protocol)
                number: int = self._opening.address[1]
                return number
        raise CommandError(425, "There is no free port for a data connection.")

    def aim(self, port: int) -> None:
        """Connect to this port of the client, once there is a transfer."""
        self.close()
        self._target = get_host(self._control.transport, zone=True), port

    def check(self) -> None:
        """Raise CommandError (425) unless the client has said how data is to go."""
        if self._opening is None and self._connection is None and self._target is None:
            raise CommandError(425, "Say PASV, EPSV, PORT or EPRT first.")
        if self._control.rules.require_tls and not self._control.session.private:
            raise CommandError(521, "Say PROT P first: data is encrypted here.")

    def _make_protocol(self) -> Any:
        connection = DataConnection(self)
        if self._control.context is None or not self._control.session.private:
            return connection
        return _DataTLS(self._control.context, connection)

    # The transfer.

    def ask(self, transfer: Transfer, work: Callable[[], Any], ready: Callable[[Any], str], *, code: int = 550,
            drop: Callable[[Any], object] = lambda result: None, in_thread: bool = True) -> None:
        """Do `work()` in a thread; then `ready(result)` returns what 150 says, and the transfer begins.

        What is refused, by either of them, is so before 150. `drop(result)` puts away what is no longer wanted.
        `in_thread=False` is for work that takes less time than a thread.
        """
        self.transfer = transfer

        def then(result: Any) -> None:
            if transfer.state is not ASKED:  # given up meanwhile
                drop(result)
                return
            try:
                text = ready(result)
            except BaseException:
                drop(result)
                self.close()
                raise
            self._start(transfer, text)

        def failed() -> bool:
            given_up = transfer.state is not ASKED
            if not given_up:
                self.close()
            return not given_up

        if in_thread:
            self._control.run(work, then, code=code, drop=drop, failed=failed)
            return
        try:
            result = work()
        except BaseException:
            self.close()
            raise
        then(result)

    def _start(self, transfer: Transfer, text: str) -> None:
        """Announce the transfer, and begin it as soon as the data connection is there: it is made in a later round."""
        transfer.move_to(WAITING)
        if self._has_failed:
            self.finish(425, "Cannot open data connection.")
            return
        if self._connection is None and self._target is not None:
            try:  # before 150: ftplib waits for the connection then, and does not hear 425
                self._opening = self._control.transport.open_connection(self._target, self._make_protocol)
            except (OSError, AttributeError):
                return self.finish(425, "Cannot connect to you.")
        self._control.reply(150, text)
        if self._connection is not None:
            self._connection.begin(transfer)

    def arrived(self, connection: DataConnection, host: str) -> bool:
        """A data connection is there: the first from the client's own address is taken, while one is wanted."""
        if self._control.lost or self._opening is None or self.is_stranger(host):
            return False
        self._close_opening()
        self._connection = connection
        if self.transfer is not None and self.transfer.state is WAITING:
            connection.begin(self.transfer)
        return True

    def call_in_turn(self, callback: Callable[[], object]) -> None:
        """Call back when others have had their turn."""
        self._control.transport.call_in_turn(callback)

    def is_stranger(self, host: str) -> bool:
        """Return whether a connection does not come from the client's own address."""
        return bool(host) and host != self._control.host

    def failed(self) -> None:
        """A connection of the client's own could not be made, or not be encrypted."""
        if self._connection is None and not self._control.lost:
            if self.state is WAITING:
                self.finish(425, "Cannot open data connection.")
                self._control.advance()
            elif self.state is ASKED:
                self._has_failed = True
            elif self.state is DONE:
                self.close()

    def ended(self, connection: DataConnection, error: Exception | None) -> None:
        """The data connection has ended, well or with an error."""
        if self._control.lost or self._connection is not connection:
            return
        self._connection = None
        if self.transfer is not None and self.transfer.state is MOVING:
            reply = self.transfer.finish(error)
            if reply is None:
                self._store()
            else:
                self.finish(*reply)
        self._control.advance()

    def _store(self) -> None:
        transfer, control = self.transfer, self._control
        assert isinstance(transfer, StorTransfer)
        transfer.move_to(STORING)

        def drop(_: None) -> None:
            transfer.drop()

        def synced(_: None) -> None:  # a client that was killed has closed both connections: the loop looks once more
            control.run(lambda: None, store, drop=drop)

        def store(_: None) -> None:
            if control.lost:
                control.transport.run_in_thread(transfer.drop, lambda _: None)
            else:
                control.run(transfer.store, stored, failed=failed, drop=lambda release: release())

        def stored(release: Callable[[], object]) -> None:
            self.finish(226, "Transfer complete; the file is stored.")
            control.transport.run_in_thread(release, lambda _: None)

        def failed() -> bool:
            self.close()
            return True

        control.run(transfer.sync, synced, failed=failed, drop=drop)

    def finish(self, code: int, text: str) -> None:
        """End the transfer, whatever it is at, with this reply."""
        self.close()
        self._control.reply(code, text)

    def close(self) -> None:
        """Close what there is of a data connection; a transfer that is under way is given up."""
        self._close_opening()
        self._target = None
        self._has_failed = False
        connection, self._connection = self._connection, None
        transfer, self.transfer = self.transfer, None
        if connection is not None:
            connection.close(transfer is not None and transfer.state is MOVING)
        if transfer is None:
            return
        if isinstance(transfer, RetrTransfer):
            transfer.drop()
        elif transfer.state is not STORING:  # to remove a large file takes long
            self._control.transport.run_in_thread(transfer.drop, lambda _: None)
        transfer.move_to(DONE)

    def _close_opening(self) -> None:
        if self._opening is not None:
            self._opening.close()
            self._opening = None


class DataConnection:
    """The protocol of a data connection, for a DataChannel.

    >>> class Channel:
    ...     arrived = staticmethod(lambda connection, host: False)  # not the client that PASV was said to
    >>> class Transport:
    ...     get_extra_info = staticmethod({"peername": ("198.51.100.1", 4000)}.get)
    ...     pause_reading, abort = staticmethod(lambda: None), staticmethod(lambda: print("aborted"))
    >>> DataConnection(Channel()).connection_made(Transport())
    aborted
    """

    def __init__(self, channel: DataChannel) -> None:
        self.channel = channel
        self._transport: Any = None
        self._transfer: Transfer | None = None
        self.cut_off = False  # TCP has ended, but not TLS
        self.paused = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.pause_reading()  # what comes before the command waits in the system
        if not self.channel.arrived(self, get_host(transport)):
            transport.abort()

    def begin(self, transfer: Transfer) -> None:
        """Do this transfer; its end ends the connection."""
        self._transfer = transfer
        transfer.begin(self, self._transport)

    def call_in_turn(self, callback: Callable[[], object]) -> None:
        """Call back when others have had their turn."""
        self.channel.call_in_turn(callback)

    def get_buffer(self, size: int) -> memoryview:
        return shared_buffer()

    def buffer_updated(self, count: int) -> None:
        self.data_received(shared_buffer()[:count])

    def data_received(self, data: bytes | memoryview) -> None:
        if self._transfer is not None:
            self._transfer.received(data)

    def eof_received(self) -> bool:
        return self._transfer is not None and self._transfer.ended(self.cut_off)

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        if self._transfer is not None:
            self._transfer.resume()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, or (without a beginning) a connection that could not be made."""
        if self._transport is None:
            self.channel.failed()
        else:
            self.channel.ended(self, error)

    def close(self, abort: bool) -> None:
        """End it, with a reset if it is in the middle of a transfer: nobody is to take a half for the whole."""
        if abort:
            self._transport.abort()
        else:
            self._transport.close()


class _DataTLS(TLSProtocol):
    """TLS for a data connection: the client's address is looked at before anything else, so nobody else's handshake
    is waited for, and an end of TCP without one of TLS is noticed."""

    def __init__(self, context: ssl.SSLContext, connection: DataConnection) -> None:
        super().__init__(context, lambda: connection)
        self._connection, self._is_stranger = connection, False

    def connection_made(self, transport: Any) -> None:
        self._is_stranger = self._connection.channel.is_stranger(get_host(transport))
        if self._is_stranger:
            transport.abort()
        else:
            super().connection_made(transport)

    def eof_received(self) -> Any:
        self._connection.cut_off = not self._eof_received
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._is_stranger:
            super().connection_lost(error)


def get_host(transport: Any, name: str = "peername", zone: bool = False) -> str:
    """Return the address at the other end, or with "sockname" ours, as plain IPv4 or IPv6; "" for a Unix socket.

    >>> class Transport:
    ...     get_extra_info = staticmethod({"peername": ("::ffff:192.0.2.7", 4000, 0, 0), "sockname": ""}.get)
    >>> get_host(Transport()), get_host(Transport(), "sockname")
    ('192.0.2.7', '')

    `zone=True` adds the zone to a link-local address, without which nothing can be sent there (RFC 4007).
    """
    address = transport.get_extra_info(name)
    if not isinstance(address, tuple) or not address:
        return ""
    host = plain_host(address[0])
    return f"{host}%{address[3]}" if zone and len(address) == 4 and address[3] else host
