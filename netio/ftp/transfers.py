"""Data connections: one for each transfer or listing, made anew each time, beside the control connection.

A DataConnection belongs to a control connection, which gives it a *job* as soon as both the command and the connection
are there: a RetrTransfer sends and closes, a StorTransfer receives until the client closes. A file goes out by the
transport's `send_file`; what comes in is received into one large buffer for each thread and written on from there.
"""
from __future__ import annotations

import os
import threading
from typing import IO, Any, Callable, Iterator

from ..concurrency.servers.tls import TLSProtocol
from .commands import FromNetwork, plain_host, to_network
from .folder import Upload

_BUFFER = 1 << 20  # bytes received at a time: 64 KiB takes 2.5 times as long
_SLICE = 1 << 18  # bytes read from a file at a time, where there is no send_file
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


class DataConnection:
    """The protocol of a data connection. `control` is told what becomes of it: `data_arrived(connection)` says whether
    it is wanted, `data_ended(connection, error)` whether all went well.
    """

    def __init__(self, control: Any, outgoing: bool = False) -> None:
        self._control, self._outgoing = control, outgoing
        self._transport: Any = None
        self._job: Any = None
        self.paused = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.pause_reading()  # what comes before the command waits in the system
        if not self._control.data_arrived(self):
            transport.abort()

    def peer_host(self) -> str:
        """Return the address at the other end."""
        peer = self._transport.get_extra_info("peername")
        return plain_host(peer[0]) if isinstance(peer, tuple) and peer else ""

    def begin(self, job: Any) -> None:
        """Do the job; the end of it ends the connection."""
        self._job = job
        job.begin(self, self._transport)

    def get_buffer(self, size: int) -> memoryview:
        return shared_buffer()

    def buffer_updated(self, count: int) -> None:
        self.data_received(shared_buffer()[:count])

    def data_received(self, data: bytes | memoryview) -> None:
        if self._job is not None:
            self._job.received(data)

    def eof_received(self) -> bool:
        return self._job is not None and bool(self._job.ended())

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        if self._job is not None:
            self._job.resume()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, or (`error` alone, without a beginning) a connection that could not be made."""
        if self._transport is not None or self._outgoing or error is not None:
            self._control.data_ended(self, error)

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()


class GuardedTLS(TLSProtocol):
    """TLS for a data connection: the client's address is looked at before anything else, so nobody else's handshake
    is waited for."""

    def connection_made(self, transport: Any) -> None:
        if self.host and plain_host(transport.get_extra_info("peername")[0]) != self.host:
            transport.abort()
        else:
            super().connection_made(transport)

    host = ""


class RetrTransfer:
    """Sends a file from `offset`, or the pieces of a listing, and ends the connection."""

    def __init__(self, file: IO[bytes] | None, offset: int = 0, pieces: Iterator[bytes] | None = None) -> None:
        self._file, self._offset = file, offset
        self._pieces = pieces
        self._sent = 0
        self._transport: Any = None
        self._connection: Any = None

    def begin(self, connection: DataConnection, transport: Any) -> None:
        self._connection, self._transport = connection, transport
        send_file = getattr(transport, "send_file", None)
        if self._pieces is None and send_file is not None:
            assert self._file is not None
            self._sent = max(0, os.fstat(self._file.fileno()).st_size - self._offset)
            send_file(self._file, self._offset, self._sent, close=True)
            transport.close()
            return
        if self._pieces is None:
            self._pieces = read_slices(self._file, self._offset)  # type: ignore[arg-type]
        self.resume()

    def resume(self) -> None:
        """Send until the client does not take it as fast, or all is sent."""
        while self._pieces is not None and not self._connection.paused:
            piece = next(self._pieces, None)
            if piece is None:
                self._pieces = None
                self._transport.close()
            else:
                self._sent += len(piece)
                self._transport.write(piece)

    def received(self, data: bytes | memoryview) -> None:
        """A client that sends while it gets a file: nobody asked for that."""

    def ended(self) -> bool:
        return True  # it may end its side and still read

    def moved(self) -> int:
        """Return a number that changes whenever something moves."""
        return self._sent - (self._transport.get_write_buffer_size() if self._transport is not None else 0)

    def finish(self, error: Exception | None) -> tuple[int, str] | None:
        """The connection has ended: return the reply."""
        self.drop()
        if error is None:
            return 226, "Transfer complete."
        if isinstance(error, EOFError):
            return 451, "The file became shorter meanwhile."
        return 426, "The data connection broke off."

    def drop(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._pieces = None


class StorTransfer:
    """Receives an upload until the client closes the connection. `reply` is what is said in the end."""

    def __init__(self, upload: Upload, text: FromNetwork | None = None) -> None:
        self.upload, self._text = upload, text
        self.reply = "It is stored, whole."
        self._total = 0
        self._whole = False
        self._error: OSError | None = None
        self._transport: Any = None

    def begin(self, connection: DataConnection, transport: Any) -> None:
        self._transport = transport
        transport.resume_reading()

    def received(self, data: bytes | memoryview) -> None:
        self._total += len(data)
        self._write(data if self._text is None else self._text.feed(bytes(data)))

    def _write(self, data: bytes | memoryview) -> None:
        try:
            self.upload.write(data)
        except OSError as error:  # the disk is full, for example
            self._error = error
            self._transport.abort()

    def ended(self) -> bool:
        if self._text is not None:
            self._write(self._text.finish())
        self._whole = self._error is None
        return False

    def resume(self) -> None:
        pass  # nothing is sent

    def moved(self) -> int:
        return self._total

    def finish(self, error: Exception | None) -> tuple[int, str] | None:
        """Return the reply to an upload that broke off; None for a whole one, which is still to be committed."""
        if self._whole:
            return None
        self.drop()
        if self._error is not None:
            return 452, f"Cannot store it: {self._error.strerror}."
        return 426, "The data connection broke off."

    def drop(self) -> None:
        """Give up: the old file stays."""
        self.upload.discard()


def read_slices(file: IO[bytes], offset: int = 0, text: bool = False) -> Iterator[bytes]:
    """Yield a file from `offset` in slices; `text` gives every line the network's end. The file is closed then.

    >>> import io
    >>> list(read_slices(io.BytesIO(b"a\\nb\\n"), text=True))
    [b'a\\r\\nb\\r\\n']
    """
    last = b""
    with file:
        file.seek(offset)
        while True:
            data = file.read(_SLICE)
            if not data:
                return
            yield to_network(data, last) if text else data
            last = data[-1:]


def join_lines(lines: Iterator[bytes], size: int = _SLICE) -> Iterator[bytes]:
    """Yield lines with CRLF, joined to pieces of some `size` bytes: few writes, and a huge folder needs no memory.

    >>> list(join_lines(iter([b"a", b"b", b"c"]), size=4))
    [b'a\\r\\nb\\r\\n', b'c\\r\\n']
    """
    held: list[bytes] = []
    length = 0
    for line in lines:
        held.append(line + b"\r\n")
        length += len(line) + 2
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)


def data_factory(control: Any, context: Any, host: str, outgoing: bool) -> Callable[[], Any]:
    """Return what makes the protocol of a data connection: encrypted where there is a TLS context."""

    def make() -> Any:
        if context is None:
            return DataConnection(control, outgoing)
        guarded = GuardedTLS(context, lambda: DataConnection(control, outgoing))
        guarded.host = host
        return guarded

    return make
