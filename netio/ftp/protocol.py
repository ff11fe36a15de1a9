"""The server's side of one FTP session, as a protocol: it runs under every netio model and, by `for_asyncio`, under
asyncio.

`_advance` takes one command after the other from the reader. It stops while the session is busy (control.py), while a
wrong password waits for its answer, and while the client does not read what it is told.
"""
from __future__ import annotations

from typing import Any

from .actions import ACTIONS
from .commands import CommandError, parse_command
from .control import ControlConnection, get_hosts, keep_urgent_inline
from .state import ServerState

_BACKLOG = 1 << 16  # bytes of commands that may wait
_URGENT = frozenset([b"ABOR", b"STAT", b"NOOP"])  # answered while a transfer is under way
_SECRET = ("PASS", "ACCT")


class FTPProtocol(ControlConnection):
    """Serve one client by the rules of a ServerState; a server makes one for each.

    >>> class Transport:  # a protocol does no I/O by itself, so that this can stand in for a connection
    ...     get_extra_info = staticmethod(lambda name: ("192.0.2.7", 4000) if name == "peername" else None)
    ...     write = staticmethod(print)
    ...     close = staticmethod(lambda: None)
    >>> protocol = FTPProtocol(ServerState([]))
    >>> protocol.connection_made(Transport())
    b'220 netio FTP: welcome.\\r\\n'
    >>> protocol.data_received(b"LIST\\r\\nQUIT\\r\\n")
    b'530 Log in with USER and PASS first.\\r\\n'
    b'221 Goodbye.\\r\\n'
    >>> protocol.connection_lost(None)
    """

    def __init__(self, state: ServerState) -> None:
        super().__init__(state)
        self._entered = self._paused = self._stopped_reading = self._ended = self._stopping = False
        self._wrong = 0
        self._delay: float | None = None  # seconds until a wrong password is answered
        self._since, self._moved, self._progress = 0.0, True, -1

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.host, self.local = get_hosts(transport)
        keep_urgent_inline(transport)
        self.command = "(connects)"
        self._entered = self.state.enter(self.host)
        if self._entered:
            self.reply(220, self.rules.banner)
        else:
            self.reply(421, "There are too many connections from your address.")
            self.end()

    def data_received(self, data: bytes) -> None:
        if self.closing:
            return
        self._moved = True
        self.reader.feed(bytes(data))
        self.advance()
        if self.reader.waiting > _BACKLOG and not self._stopped_reading and not self.closing:
            self._stopped_reading = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """The client has ended its side: what it said is still answered; an upload under way is not, without a QUIT."""
        self._ended = True
        if self.job is not None and not self.reader.holds(b"QUIT"):
            return False
        return self.busy or self._delay is not None

    def connection_lost(self, error: Exception | None) -> None:
        if self._entered:
            self._entered = False
            self.state.leave(self.host)
        self.abandon()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self.advance()

    def server_stopping(self) -> None:
        """End when the transfer that is under way is done; now, if there is none."""
        self._stopping = True
        if not self.busy and not self.closing:
            self.command = "(stopping)"
            self.reply(421, "The server stops.")
            self.end()

    # Commands.

    def advance(self) -> None:
        while not self.closing and not self._paused and self._delay is None:
            if self.busy and not self._answer_urgent():
                break
            if not self.busy and not self._next_command():
                break
        if self._stopped_reading and self.reader.waiting <= _BACKLOG and not self.closing:
            self._stopped_reading = False
            self.transport.resume_reading()

    def _next_command(self) -> bool:
        """Do one command; False if there is none."""
        try:
            line = self.reader.next_line()
        except CommandError as error:
            self.command = "(too long)"
            self.refuse(error)
            return True
        if line is None:
            if self._stopping:
                self.server_stopping()
            elif self._ended:
                self.end()
            return False
        self._do(line)
        return True

    def _answer_urgent(self) -> bool:
        line = self.reader.take_urgent(_URGENT) if self.job is not None else None
        if line is not None:
            self._do(line)
        return line is not None

    def _do(self, line: bytes) -> None:
        self.command = "(unreadable)"
        try:
            verb, argument = parse_command(line, self.session.encoding)
            self.command = f"{verb} ***" if verb in _SECRET else f"{verb} {argument}".rstrip()
            name = self.session.check(verb, argument)
            ACTIONS[name](self, argument)
            self.session.previous = name
        except (CommandError, OSError, ValueError) as error:
            self.refuse(error)

    def wrong_password(self) -> None:
        """Answer later: guessing is to take long."""
        self._wrong += 1
        self._delay = self.state.delay(self.host)
        self._moved = True

    def _answer_wrong(self) -> None:
        self._delay = None
        if self._wrong < self.rules.login_attempts:
            self.reply(530, "That is not right.")
            return self.advance()
        self.reply(421, "Those were too many wrong passwords.")
        self.end()

    # Time.

    def next_deadline(self, now: float) -> float | None:
        if self._moved:
            self._since, self._moved = now, False
        return None if self.closing else self._since + self._patience()

    def _patience(self) -> float:
        """How many seconds may pass in which nothing happens."""
        if self._delay is not None:
            return self._delay
        if self.waiting_for_data():
            return self.rules.connect_timeout
        return self.rules.stall_timeout if self.busy else self.rules.idle_timeout

    def deadline_passed(self, now: float) -> None:
        if self._delay is not None:
            return self._answer_wrong()
        progress = self.job.moved() if self.job is not None and self.data is not None else -1
        if progress != self._progress or now < self._since + self._patience():
            self._progress = progress
            self._moved = self._moved or progress != -1
            return
        self._moved = True
        if self.waiting_for_data():
            self.end_transfer(425, "Your data connection did not come.")
        elif self.job is not None:
            self.end_transfer(426, "The transfer stands still.")
        elif not self.busy:
            self.command = "(idle)"
            self.reply(421, "You have been silent for too long.")
            return self.end()
        self.advance()
