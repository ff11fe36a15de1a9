"""Transfers: what a RETR, a listing or an upload is doing, from its command to its final reply.

| state   | what happens                                                               | then             |
|---------|----------------------------------------------------------------------------|------------------|
| ASKED   | the file is opened, or the listing made, in a thread; nothing is said yet  | 150, or refused  |
| WAITING | 150 is said; the data connection is not there                              | it comes, or 425 |
| MOVING  | bytes move                                                                 | the end, or 426  |
| STORING | an upload is whole: it is brought to the disk and put in its place         | 226, or 452, 553 |
| DONE    | the final reply is said, or nobody is there to hear it                     |                  |

A file goes out by the transport's `send_file`; what comes in is received into one large buffer for each thread and
written from there.
"""
from __future__ import annotations

from typing import IO, Any, Callable, Iterable, Iterator

from ..files import UnsyncedError
from ..tcp.facts import queued_bytes
from .commands import CommandError, FromNetwork, to_network
from .folder import Upload

ASKED, WAITING, MOVING, STORING, DONE = "asked", "waiting", "moving", "storing", "done"
# From each state, those that may follow.
MOVES = {
    ASKED: (WAITING, DONE), WAITING: (MOVING, DONE), MOVING: (STORING, DONE), STORING: (DONE,), DONE: (),
}
_SLICE = 1 << 18  # bytes read from a file at a time, where there is no send_file


class Transfer:
    """One transfer: its state, and what the data connection calls. RetrTransfer sends, StorTransfer receives.

    >>> transfer = Transfer()
    >>> transfer.move_to(WAITING); transfer.state == WAITING
    True
    """

    def __init__(self) -> None:
        self.state = ASKED
        self._transport: Any = None

    def move_to(self, state: str) -> None:
        """Change the state, by the table above."""
        assert state in MOVES[self.state], f"{self.state} -> {state}"
        self.state = state

    def begin(self, connection: Any, transport: Any) -> None:
        """The data connection is there."""
        self.move_to(MOVING)
        self._transport = transport

    def resume(self) -> None:
        """The client takes more again."""

    def received(self, data: bytes | memoryview) -> None:
        """The client has sent something; to send while getting a file means nothing."""

    def ended(self, cut_off: bool) -> bool:
        """The client has ended its side, `cut_off` by TCP alone where TLS says so itself; return whether to go on."""
        return True

    def moved(self) -> int:
        """Return a number that changes whenever something moves."""
        return 0

    def finish(self, error: Exception | None) -> tuple[int, str] | None:
        """The connection has ended: return the reply, or None where the upload is to be stored."""
        return 425, "There is no data connection."

    def drop(self) -> None:
        """Close what is open; an upload that was not stored breaks off."""


class RetrTransfer(Transfer):
    """Sends a file from `offset`, or the pieces of a text or listing, and ends the connection.

    >>> class Transport:  # a transport without `send_file`
    ...     write, close = staticmethod(print), staticmethod(lambda: print("closed"))
    >>> class Connection:
    ...     paused, call_in_turn = False, staticmethod(lambda callback: callback())
    >>> transfer = RetrTransfer()
    >>> transfer.open(None, pieces=[b"one", b"two"]); transfer.move_to(WAITING)
    >>> transfer.begin(Connection, Transport())
    b'one'
    b'two'
    closed
    >>> transfer.finish(None)
    (226, 'Transfer complete.')
    """

    def __init__(self) -> None:
        super().__init__()
        self._file: IO[bytes] | None = None
        self._pieces: Iterator[bytes] | None = None
        self._offset = self._count = self._sent = 0
        self._error: OSError | None = None
        self._connection: Any = None
        self._waits = False  # for its turn

    def open(self, file: IO[bytes] | None, offset: int = 0, count: int = 0,
             pieces: Iterable[bytes] | None = None) -> None:
        """Say what is to be sent: `count` bytes of a file, or pieces."""
        self._file, self._offset, self._count = file, offset, count
        self._pieces = None if pieces is None else iter(pieces)

    def begin(self, connection: Any, transport: Any) -> None:
        super().begin(connection, transport)
        self._connection = connection
        send_file = getattr(transport, "send_file", None)
        if self._pieces is None and send_file is not None:
            assert self._file is not None
            self._sent = self._count
            send_file(self._file, self._offset, self._count, close=True)
            transport.close()
            return
        if self._pieces is None:
            assert self._file is not None
            self._pieces = read_slices(self._file, self._offset)
        self.resume()

    def resume(self) -> None:
        """Send until the client does not take it as fast, or all is sent; after each piece others have their turn."""
        if self._pieces is None or self._connection.paused or self._waits:
            return
        try:
            piece = next(self._pieces, None)
        except OSError as error:  # the disk
            self._error, self._pieces = error, None
            self._transport.abort()
            return
        if piece is None:
            self._pieces = None
            self._transport.close()
            return
        self._sent += len(piece)
        self._waits = True
        self._transport.write(piece)
        self._connection.call_in_turn(self._go_on)

    def _go_on(self) -> None:
        self._waits = False
        self.resume()

    def moved(self) -> int:
        """Return how many bytes the client's system has acknowledged, where ours tells, or else has taken from us."""
        if self._transport is None:
            return 0
        sock = self._transport.get_extra_info("socket")
        queued = queued_bytes(sock)[1] if sock is not None else None
        return self._sent - int(self._transport.get_write_buffer_size()) - (queued or 0)

    def finish(self, error: Exception | None) -> tuple[int, str] | None:
        if self._error is not None:
            return 451, f"Cannot read it: {self._error.strerror}."
        if error is None:
            return 226, "Transfer complete."
        if isinstance(error, EOFError):
            return 451, "The file became shorter meanwhile."
        return 426, "Connection closed; transfer aborted."

    def drop(self) -> None:
        if self._file is not None:
            self._file.close()
        self._pieces = None


class StorTransfer(Transfer):
    """Receives an upload until the client closes the connection, and stores it.

    >>> class Transport:
    ...     resume_reading = staticmethod(lambda: None)
    >>> transfer = StorTransfer()
    >>> transfer.open(type("Upload", (), {"write": staticmethod(print)})); transfer.move_to(WAITING)
    >>> transfer.begin(None, Transport()); transfer.received(b"hello")
    b'hello'
    >>> transfer.ended(cut_off=False), transfer.finish(None), transfer.moved()  # None: to be stored
    (False, None, 5)

    Over TLS the end must be a close_notify: anybody on the way can end TCP. `allow_cut_off` does without.
    """

    def __init__(self, text: FromNetwork | None = None, allow_cut_off: bool = False) -> None:
        super().__init__()
        self._upload: Upload | None = None
        self._text, self._allow_cut_off = text, allow_cut_off
        self._total = 0
        self._whole = self._cut_off = False
        self._error: OSError | None = None

    def open(self, upload: Upload) -> None:
        """Say where it is written to."""
        self._upload = upload

    def begin(self, connection: Any, transport: Any) -> None:
        super().begin(connection, transport)
        transport.resume_reading()

    def received(self, data: bytes | memoryview) -> None:
        self._total += len(data)
        self._write(data if self._text is None else self._text.feed(bytes(data)))

    def _write(self, data: bytes | memoryview) -> None:
        assert self._upload is not None
        try:
            self._upload.write(data)
        except OSError as error:  # the disk is full, for example
            self._error = error
            self._transport.abort()

    def ended(self, cut_off: bool) -> bool:
        self._cut_off = cut_off and not self._allow_cut_off
        if self._cut_off:
            return False
        if self._text is not None:
            self._write(self._text.finish())
        self._whole = self._error is None
        return False

    def moved(self) -> int:
        return self._total

    def finish(self, error: Exception | None) -> tuple[int, str] | None:
        if self._whole:
            return None
        if self._error is not None:
            return 452, f"Cannot store it: {self._error.strerror}."
        if self._cut_off:
            return 426, "Connection ended without TLS close_notify: it may have been cut off, so nothing is stored."
        return 426, "Connection closed; transfer aborted."

    def sync(self) -> None:
        """Bring the upload to the disk, which takes long: not in a loop. Raises: CommandError."""
        assert self._upload is not None
        try:
            self._upload.sync()
        except OSError as error:
            self._upload.discard(error)
            raise CommandError(452, reason_of(error)) from error

    def store(self) -> Callable[[], object]:
        """Give the upload, which is on the disk by now, its name, and wait until that is there, too: not in a loop.

        Return what closes the file that was replaced, which can take long, too. Raises: CommandError.
        """
        assert self._upload is not None
        code = 452
        try:
            release, code = self._upload.hold_replaced(), 553
            try:
                self._upload.commit()
            except BaseException:
                release()
                raise
        except OSError as error:
            self._upload.discard(error if code == 452 else None)
            if isinstance(error, UnsyncedError):
                raise CommandError(451, "It is in its place, but a crash may undo that: " + reason_of(error)) from error
            raise CommandError(code, reason_of(error)) from error
        return release

    def drop(self) -> None:
        if self._upload is not None:
            self._upload.discard(self._error)


def reason_of(error: OSError) -> str:
    """Return what an error says, without a path of this machine.

    >>> reason_of(FileNotFoundError(2, "No such file or directory", "/srv/ftp/x"))
    'No such file or directory.'
    """
    reason = error.strerror or "not possible"
    return f"{reason[:1].upper()}{reason[1:]}."


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


def join_lines(lines: Iterable[bytes], size: int = _SLICE) -> Iterator[bytes]:
    """Yield lines with CRLF, joined to pieces of some `size` bytes: few writes.

    >>> list(join_lines([b"a", b"b", b"c"], size=4))
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
