"""A control connection: commands come in, replies go out, and a `DataChannel` does the rest.

`advance` takes one command after the other from the reader. It stops while the session is *busy* (something is done in
a thread, or a transfer is under way, which only ABOR, STAT and NOOP overtake), while a wrong password waits for its
answer, and while the client does not read its replies.

What a command cannot do is a CommandError or an OSError, and is told to the client. Any other exception is a mistake of
ours: it is logged with its traceback and answered 451.
"""
from __future__ import annotations

import errno
import logging
import socket
from contextlib import suppress
from typing import Any, Callable, Mapping

from ..concurrency.servers.backlog import limit_backlog
from ..files import UnsyncedError
from .commands import CommandError, LineReader, Session, format_reply, parse_command
from .data import DataChannel, get_host
from .folder import Folder
from .state import ServerState
from .transfers import ASKED, MOVING, STORING, WAITING, reason_of

log = logging.getLogger("netio.ftp")

Action = Callable[["ControlConnection", str], None]
# What is answered while a transfer is under way: before its 150 only what ends it, while it is stored nothing does.
_ABORTING, _ASKING = frozenset([b"ABOR"]), frozenset([b"STAT", b"NOOP"])
_URGENT = {ASKED: _ABORTING, WAITING: _ABORTING | _ASKING, MOVING: _ABORTING | _ASKING, STORING: _ASKING}
_SECRET = ("PASS", "ACCT")
TURN = 4  # commands of one client before others are served
_PATH_ERRORS = frozenset(getattr(errno, name) for name in (
    "ENOENT EACCES EPERM EEXIST ENOTDIR EISDIR ENOTEMPTY ENAMETOOLONG ELOOP EROFS EXDEV EBUSY ETXTBSY EINVAL EILSEQ "
    "ENOSPC EDQUOT EFBIG EMLINK ESTALE EAGAIN EOPNOTSUPP").split() if hasattr(errno, name))


class ControlConnection:
    """The protocol of one FTP session, given its `actions`: functions (control, argument) by the name of the command.

    >>> class Transport:  # a protocol does no I/O by itself, so that this can take the place of a connection
    ...     get_extra_info = staticmethod(lambda name: ("192.0.2.7", 4000) if name == "peername" else None)
    ...     write = staticmethod(print)
    ...     close = staticmethod(lambda: None)
    >>> control = ControlConnection(ServerState([]), {"NOOP": lambda control, argument: control.reply(200, "Yes.")})
    >>> control.connection_made(Transport()); control.data_received(b"NOOP\\r\\n"); control.connection_lost(None)
    b'220 netio FTP: welcome.\\r\\n'
    b'200 Yes.\\r\\n'
    """

    def __init__(self, state: ServerState, actions: Mapping[str, Action]) -> None:
        self.state, self.rules, self._actions = state, state.rules, actions
        self.session, self.reader, self.data = Session(), LineReader(), DataChannel(self)
        self.folder: Folder | None = None
        self.transport: Any = None
        self.host = ""
        self.lost = False  # the client is gone
        self.closing = False  # nothing more is read from it
        self.context: Any = None  # of TLS, where AUTH TLS was said
        self.command = ""  # for the log
        self._entered = self._paused = self._backlogged = self._ended = self._stopping = False
        self._turn_is_over = False  # others are served first; then `_take_turn` goes on
        self._in_thread = 0  # what is done in a thread and keeps further commands waiting
        self._wrong = 0
        self._delay: float | None = None  # seconds until a wrong password is answered
        self._since, self._moved, self._progress = 0.0, True, -1

    # What the server calls.

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.host = get_host(transport)
        _keep_urgent_inline(transport)
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

    def eof_received(self) -> bool:
        """The client has ended its side: what it said is still answered; an upload under way is not, without a QUIT."""
        self._ended = True
        if self.data.transfer is not None and not self.reader.holds(b"QUIT"):
            self.lost = True
            return False
        return self.busy or self._delay is not None or self._paused or self._turn_is_over

    def connection_lost(self, error: Exception | None) -> None:
        if self._entered:
            self._entered = False
            self.state.leave(self.host, self)
        self.lost = self.closing = True
        self.data.close()

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
            self.reply(421, "Service not available, closing control connection: the server stops.")
            self.end()

    # Commands.

    @property
    def busy(self) -> bool:
        """Further commands have to wait."""
        return self.data.transfer is not None or self._in_thread > 0

    def advance(self) -> None:
        """Do the commands that wait, as far as they may be done now, and not too many before others have their turn."""
        for _ in range(0 if self._turn_is_over else TURN):
            if self.closing or self._paused or self._delay is not None:
                break
            if not (self._answer_urgent() if self.busy else self._next_command()):
                break
        else:
            self._end_turn()
        if not self.closing:
            self._backlogged = limit_backlog(self.transport, self.reader.waiting, self._backlogged)

    def _end_turn(self) -> None:
        if not self._turn_is_over:
            self._turn_is_over = True
            self.transport.call_in_turn(self._take_turn)

    def _take_turn(self) -> None:
        self._turn_is_over = False
        self.advance()

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
        line = self.reader.take_urgent(_URGENT[self.data.state]) if self.data.transfer is not None else None
        if line is not None:
            self._do(line)
        return line is not None

    def _do(self, line: bytes) -> None:
        self.command = "(unreadable)"
        try:
            verb, argument = parse_command(line, self.session.encoding)
            self.command = f"{verb} ***" if verb in _SECRET else f"{verb} {argument}".rstrip()
            name = self.session.check(verb, argument)
            self._actions[name](self, argument)
            self.session.previous = name
        except Exception as error:
            self.refuse(error)

    def run(self, work: Callable[[], Any], then: Callable[[Any], object], *, code: int = 550,
            drop: Callable[[Any], object] | None = None, failed: Callable[[], bool] = lambda: True) -> None:
        """Do `work()`, which may take long, in a thread, then `then(result)` here; further commands wait.

        An error of either becomes a reply, if `failed()` says so. When the client has gone meanwhile, `drop(result)`
        puts away what must not stay.
        """
        self._in_thread += 1

        def settle(result: Any) -> None:
            self._in_thread -= 1
            try:
                then(result)
            except Exception as error:
                self.refuse(error, code)
            self.advance()

        def fail(error: BaseException) -> None:
            self._in_thread -= 1
            if failed():
                self.refuse(error, code)
            self.advance()

        self.transport.run_in_thread(work, settle, fail, drop)

    def reply(self, code: int, *lines: str) -> None:
        """Send a reply, and log it beside the command that it answers."""
        if not self.lost:
            line = f"{self.host} {self.session.user or '-'} {self.command} -> {code}"
            self.state.log(line if line.isprintable() else escape(line))
            self.transport.write(format_reply(code, *lines, encoding=self.session.encoding))

    def refuse(self, error: BaseException, code: int = 550) -> None:
        """Say why a command failed."""
        if isinstance(error, CommandError):
            self.reply(error.code, str(error))
        elif isinstance(error, UnsyncedError):
            self.reply(451, reason_of(error))
        elif isinstance(error, OSError) and error.errno in _PATH_ERRORS:
            self.reply(450 if isinstance(error, BlockingIOError) else code, reason_of(error))
        else:
            log.error("session of %s: %s failed", self.host, escape(self.command), exc_info=error)
            self.reply(451, "Requested action aborted: local error in processing.")

    @property
    def files(self) -> Folder:
        """The folder of the user who has logged in."""
        assert self.folder is not None
        return self.folder

    def log_out(self) -> None:
        """Back to nobody: whoever speaks from here on must log in again."""
        self.data.close()
        self.session.log_out()
        self.folder = None

    def begin_tls(self) -> None:
        """Encrypt from here on; what the client sent in the clear after AUTH is forgotten, and so is its log-in."""
        self.log_out()
        self.reader.clear()
        self.context = self.state.tls()
        self.transport.start_tls()

    def end(self) -> None:
        """Read no more, and close; a client that does not read its replies is not waited for."""
        self.closing = True
        self.data.close()
        if getattr(self.transport, "get_write_buffer_size", int)():
            self.transport.abort()
        else:
            self.transport.close()

    def wrong_password(self, delay: float) -> None:
        """Answer after `delay` seconds: guessing is to take long."""
        self._wrong += 1
        self.state.guessed_wrong(self.host, self)
        self._delay = delay
        self._moved = True

    def evict(self) -> None:
        """Make room for somebody else from the same address; any thread may call it."""
        self.transport.call_soon_threadsafe(self._end_guessing)

    def _end_guessing(self) -> None:
        if not self.closing and not self.session.logged_in:
            self.command = "(guesses)"
            self.reply(421, "Not logged in: somebody else from your address needs this place.")
            self.end()

    def _answer_wrong(self) -> None:
        self._delay = None
        if self._wrong < self.rules.login_attempts:
            self.reply(530, "Not logged in: the name or the password is wrong.")
            return self.advance()
        self.reply(421, "Not logged in: those were too many wrong passwords.")
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
        if self.data.state is WAITING:
            return self.rules.connect_timeout
        return self.rules.stall_timeout if self.busy else self.rules.idle_timeout

    def deadline_passed(self, now: float) -> None:
        if self._delay is not None:
            return self._answer_wrong()
        transfer = self.data.transfer
        progress = transfer.moved() if transfer is not None and transfer.state is MOVING else -1
        if progress != self._progress or now < self._since + self._patience():
            self._progress = progress
            self._moved = self._moved or progress != -1
            return
        self._moved = True
        if self.data.state is WAITING:
            self.data.finish(425, "Cannot open data connection: yours did not come.")
        elif self.data.state is MOVING:
            self.data.finish(426, "Transfer aborted: nothing moved any more.")
        elif not self.busy:
            self.command = "(idle)"
            self.reply(421, "You have been silent for too long.")
            return self.end()
        self.advance()

    def status(self) -> str:
        """Return what the transfer is doing, for STAT."""
        transfer = self.data.transfer
        if transfer is None:
            return "no transfer"
        return f"{transfer.moved()} bytes so far"


def escape(text: str) -> str:
    """Return text that is one line and commands no terminal: what cannot be printed becomes its Python escape.

    >>> escape("CWD \\x1b[2J\\u202e文件")
    'CWD \\\\x1b[2J\\\\u202e文件'
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
                   for char in text)


def _keep_urgent_inline(transport: Any) -> None:
    """Have bytes that a client sends as urgent (ABOR, by Telnet's rules) come in their place among the others."""
    sock = transport.get_extra_info("socket")
    with suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
