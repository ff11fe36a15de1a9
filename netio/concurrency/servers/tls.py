"""TLS as a protocol around a protocol: bytes from the network go through `ssl.MemoryBIO`, which does no I/O either.

So one piece of code gives TLS to every protocol under every model and under asyncio: the server sees a TLSProtocol,
the protocol inside sees a TLSTransport, and neither knows of the other. A connection may also begin in the clear and
be upgraded later
(`start=False`, then `transport.start_tls()`), as AUTH TLS and STARTTLS ask for.
"""
from __future__ import annotations

import functools
import ssl
import threading
from collections import deque
from typing import Any, Callable, Iterable, Union

from ...events.logs import SafeLog
from .protocol import Buffer

log = SafeLog("netio.servers")
_READ = 256 * 1024
_RECORDS = 64  # before others have their turn
_PASSED_ON = ("open_listener", "open_connection", "call_soon_threadsafe", "call_in_turn")

Context = Union[ssl.SSLContext, Callable[[], ssl.SSLContext]]
# What a server is given: a context, or the paths of certificate and key (None: the key is in the certificate's file).
TLS = Union[ssl.SSLContext, "tuple[str, str | None]"]


@functools.lru_cache(maxsize=16)
def server_context(certificate: str, key: str | None = None) -> ssl.SSLContext:
    """Make a server's SSLContext from files in PEM form, once in each process: TLS 1.2 or later, the library's good
    defaults.

    >>> server_context("/no/such/file")
    Traceback (most recent call last):
    ...
    FileNotFoundError: ...

    The key may be in the same file. A context cannot be sent to another process, but
    `functools.partial(server_context, path)` can. Raises: OSError, ssl.SSLError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # create_default_context's takes no num_tickets before 3.10
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # as OpenSSL 3 has it: else one client asks for many
    context.load_cert_chain(certificate, key)
    return context


def as_context(tls: TLS) -> Context:
    """Return what `with_tls` takes for what a server is given: a context, or the paths of certificate and key.

    >>> as_context(("server.pem", None)).func is server_context
    True

    Only the paths can go to spawned processes.
    """
    return tls if isinstance(tls, ssl.SSLContext) else functools.partial(server_context, *tls)


class TLSProtocol:
    """Encrypts the connection of the protocol that `factory` makes. Under any server: `protocol=with_tls(factory,
    context)`.

    `context` is an SSLContext or a function that returns one. The inner protocol's `connection_made` comes when the
    handshake is done; one that fails or takes longer than `handshake_timeout` seconds ends in its
    `connection_lost(error)` alone. With `start=False` the connection begins in the clear and `connection_made` comes
    at once.

    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> protocol = TLSProtocol(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), EchoProtocol)
    >>> protocol.next_deadline(now=100.0)
    115.0

    When the peer ends TCP without TLS's own end, a close_notify, somebody on the way may have cut the stream off: then
    `transport.get_extra_info("cut_off")` is true in `eof_received`, and a protocol whose messages have no length of
    their own must not take what came for the whole. A server sends session tickets only with `tickets=True`: a TLS 1.3
    client that only writes never reads them, and closes with a reset, which may destroy what it has written.

    The deadlines and `server_stopping` of the inner protocol are passed on. Source: RFC 8446; the stdlib has asyncio's
    sslproto, for asyncio alone, and ssl.SSLSocket, for blocking code.
    """

    def __init__(self, context: Context, factory: Callable[[], Any], *, server_side: bool = True,
                 server_hostname: str | None = None, start: bool = True, handshake_timeout: float = 15,
                 tickets: bool = False) -> None:
        self._context, self._server_side, self._hostname = context, server_side, server_hostname
        self._inner = factory()
        self._start, self._handshake_timeout, self._tickets = start, handshake_timeout, tickets
        self._tls: ssl.SSLObject | None = None
        self._handshake_done = self._introduced = False  # the handshake is done; the inner protocol has its transport
        self._pending: deque[Buffer] = deque()  # written before the handshake was done
        self._reading = True
        self._eof_sent = self._eof_received = self._closing = self._lost = False
        self._advancing = self._read_scheduled = False
        self._cut_off = False  # TCP has ended, TLS has not
        self._handshake_deadline: float | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._inner_transport = TLSTransport(self)
        if self._start:
            self.start_tls()
        else:
            self._introduce()

    def data_received(self, data: bytes) -> None:
        if self._tls is None:
            self._inner.data_received(data)
        elif not self._eof_sent and not self._closing:  # after our close_notify nothing can be read
            self._incoming.write(data)
            self._advance()

    def eof_received(self) -> Any:
        """The peer has ended TCP: without a close_notify before, perhaps an attacker has (HTTP has its lengths)."""
        if not self._introduced or self._eof_received and self._eof_sent:
            return False
        self._cut_off = self._tls is not None and not self._eof_received
        return self._inner.eof_received() if not self._eof_received else True

    def connection_lost(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self._pending.clear()
            self._inner.connection_lost(error)

    def pause_writing(self) -> None:
        if self._introduced and hasattr(self._inner, "pause_writing"):
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._introduced and hasattr(self._inner, "resume_writing"):
            self._inner.resume_writing()

    def server_stopping(self) -> None:
        if not self._introduced:
            self._transport.abort()
        elif hasattr(self._inner, "server_stopping"):
            self._inner.server_stopping()

    def next_deadline(self, now: float) -> float | None:
        if self._tls is None and self._introduced or self._handshake_done:
            ask = getattr(self._inner, "next_deadline", None)
            return None if ask is None else ask(now)
        if self._handshake_deadline is None:
            self._handshake_deadline = now + self._handshake_timeout
        return self._handshake_deadline

    def deadline_passed(self, now: float) -> None:
        if self._tls is None or self._handshake_done:
            self._inner.deadline_passed(now)
        elif self._handshake_deadline is not None and now >= self._handshake_deadline:
            self._fail(TimeoutError(f"no TLS handshake within {self._handshake_timeout:g} seconds"))

    def start_tls(self) -> None:
        """Begin the handshake; from now on everything is encrypted."""
        if self._tls is not None:
            raise RuntimeError("TLS has been started already")
        context = self._context if isinstance(self._context, ssl.SSLContext) else self._context()
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        if self._server_side and not self._tickets:
            self._tls = _wrap_without_tickets(context, self._incoming, self._outgoing)
        else:
            self._tls = context.wrap_bio(self._incoming, self._outgoing, self._server_side, self._hostname)
        self._advance()

    def _introduce(self) -> None:
        self._introduced = True
        self._inner.connection_made(self._inner_transport)

    def _advance(self) -> None:
        """Go on as far as what has arrived allows: the handshake, what waits to be sent, what is to be read."""
        assert self._tls is not None
        if self._advancing:  # the inner protocol calls us while we call it
            return
        self._advancing = True
        try:
            if not self._handshake_done:
                self._tls.do_handshake()
                self._handshake_done = True
                if not self._introduced:
                    self._introduce()
            self._send_pending()
            for _ in range(_RECORDS):
                if not self._reading or self._eof_received or self._closing or self._eof_sent:
                    break
                self._deliver(self._tls.read(_READ))
            else:
                self._give_way()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self._deliver(b"")
        except (ssl.SSLError, ssl.CertificateError) as error:
            self._fail(error)
        finally:
            self._advancing = False
            self._flush()

    def _give_way(self) -> None:
        """Let others have their turn: a few kilobytes may hold a thousand records."""
        self._transport.pause_reading()
        self._schedule()

    def _schedule(self) -> None:
        if not self._read_scheduled:
            self._read_scheduled = True
            call_in_turn = getattr(self._transport, "call_in_turn", None)
            if call_in_turn is None:
                _call_soon(self._transport, self._read_on)
            else:
                call_in_turn(self._read_on)

    def _deliver(self, data: bytes) -> None:
        if data:
            self._inner.data_received(data)
            return
        self._eof_received = True  # by a close_notify
        if not self._inner.eof_received():
            self.close()

    def _send_pending(self) -> None:
        while self._pending:
            rest = memoryview(self._pending[0]).cast("B")
            while len(rest):
                sent = self._tls.write(rest)  # type: ignore[union-attr]
                rest = rest[sent:]
                self._pending[0] = rest
            self._pending.popleft()

    def _flush(self) -> None:
        if self._tls is not None and self._outgoing.pending and not self._lost:
            self._transport.write(self._outgoing.read())

    def _fail(self, error: Exception) -> None:
        """Send the alert that explains the failure, and end the connection."""
        log.debug("TLS with %s failed: %s", self._transport.get_extra_info("peername"), error)
        self._flush()
        self._closing = True
        self._transport.close()
        if not self._lost:
            self._lost = True
            self._inner.connection_lost(error)

    # What the inner protocol's transport does.

    def write(self, data: Buffer) -> None:
        if self._eof_sent:
            raise RuntimeError("write() after write_eof()")
        if self._closing or not data:
            return
        if self._tls is None:
            self._transport.write(data)
            return
        self._pending.append(data if isinstance(data, bytes) else bytes(data))
        if self._handshake_done:
            try:
                self._send_pending()
            except ssl.SSLWantReadError:
                pass  # goes out when the peer has answered
            except ssl.SSLError as error:
                self._fail(error)
            self._flush()

    def write_eof(self) -> None:
        if not self._eof_sent and not self._closing:
            self._end_tls()
            self._eof_sent = True
            if self._transport.can_write_eof():
                self._transport.write_eof()

    def close(self) -> None:
        if not self._closing:
            if not self._eof_sent:
                self._end_tls()
            self._closing = True
            self._transport.close()

    def _end_tls(self) -> None:
        """Send close_notify, so that the peer knows that nothing was cut off; its own is not waited for."""
        if self._tls is not None and self._handshake_done:
            try:
                self._tls.unwrap()
            except ssl.SSLError:
                pass  # SSLWantReadError: the peer's own has not come yet
            self._flush()

    def pause_reading(self) -> None:
        self._reading = False
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on: what is decrypted already comes first, but not from within this call."""
        self._reading = True
        if self._read_scheduled:
            return
        self._transport.resume_reading()
        if self._tls is not None and not self._advancing and (self._incoming.pending or self._tls.pending()):
            self._schedule()

    def _read_on(self) -> None:
        self._read_scheduled = False
        if not self._lost:
            self._advance()
            if self._reading and not self._read_scheduled:
                self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "cut_off":
            return self._cut_off
        if name == "ssl_object":
            return default if self._tls is None else self._tls
        if name in ("peercert", "cipher") and self._tls is not None:
            return self._tls.getpeercert() if name == "peercert" else self._tls.cipher()
        return self._transport.get_extra_info(name, default)


class TLSTransport:
    """What a protocol inside TLSProtocol writes to: asyncio's methods, and netio's but for `send_file`.

    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> transport = TLSTransport(TLSProtocol(ssl.create_default_context(), EchoProtocol))
    >>> transport.can_write_eof(), hasattr(transport, "send_file")
    (True, False)

    After `write_eof` nothing more is read. Source: Python's documentation, "Transports and Protocols".
    """

    def __init__(self, tls: TLSProtocol) -> None:
        self._tls = tls
        self.write, self.write_eof, self.close = tls.write, tls.write_eof, tls.close
        self.pause_reading, self.resume_reading = tls.pause_reading, tls.resume_reading
        self.get_extra_info, self.start_tls = tls.get_extra_info, tls.start_tls

    def __getattr__(self, name: str) -> Any:
        """Pass on what does not differ: the buffers' limits, and netio's extensions where the server has them."""
        if name in _PASSED_ON or name.startswith(("get_write", "set_write", "is_reading")):
            return getattr(self._tls._transport, name)
        raise AttributeError(f"TLSTransport has no {name!r}")

    def run_in_thread(self, work: Callable[[], Any], then: Callable[[Any], object],
                      failed: Callable[[BaseException], object] | None = None,
                      drop: Callable[[Any], object] | None = None) -> None:
        """As a netio transport's, but for one case: after a TLS error the protocol's end comes before the socket's."""
        def settle(result: Any) -> None:
            if not self._tls._lost:
                then(result)
            elif drop is not None:
                drop(result)

        self._tls._transport.run_in_thread(work, settle, failed, drop)

    def writelines(self, pieces: Iterable[Buffer]) -> None:
        self.write(b"".join(pieces))

    def can_write_eof(self) -> bool:
        return True

    def abort(self) -> None:
        self._tls._closing = True
        self._tls._transport.abort()

    def is_closing(self) -> bool:
        return self._tls._closing or bool(self._tls._transport.is_closing())


_context_lock = threading.Lock()


def _wrap_without_tickets(context: ssl.SSLContext, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> ssl.SSLObject:
    """A connection takes the number of tickets over from its context now; other users of the context keep theirs."""
    if not can_refuse_tickets(context):
        return context.wrap_bio(incoming, outgoing, server_side=True)
    with _context_lock:
        number = context.num_tickets
        context.num_tickets = 0
        try:
            return context.wrap_bio(incoming, outgoing, server_side=True)
        finally:
            context.num_tickets = number


def can_refuse_tickets(context: ssl.SSLContext) -> bool:
    """Return whether the number of session tickets can be set: in a context made for servers.

    Before Python 3.10 `ssl.create_default_context` makes one for both sides.

    >>> can_refuse_tickets(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    True
    """
    return context.protocol == ssl.PROTOCOL_TLS_SERVER


def with_tls(factory: Callable[[], Any], context: Context, **options: Any) -> Callable[[], TLSProtocol]:
    """Return a factory of protocols whose connections are encrypted; `options` as for TLSProtocol.

    >>> from netio.concurrency.servers.echo import EchoProtocol
    >>> make = with_tls(EchoProtocol, functools.partial(server_context, "server.pem"))
    >>> isinstance(make(), TLSProtocol)
    True

    It can be sent to a spawned process if `factory` and `context` can.
    """
    return functools.partial(TLSProtocol, context, factory, **options)


def _call_soon(transport: Any, callback: Callable[[], None]) -> None:
    call = getattr(transport, "call_soon_threadsafe", None)
    if call is None:  # asyncio's own transport
        import asyncio

        call = asyncio.get_running_loop().call_soon
    call(callback)
