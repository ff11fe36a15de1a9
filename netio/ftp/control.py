"""A control connection, but for its commands: replies, jobs in the background, and the data connection beside it.

What takes long (a slow hash, fsync, rename) is done in a thread, and its result comes back through
`call_soon_threadsafe`. As long as that, or a transfer, is under way the session is *busy*: further commands wait, but
for ABOR, STAT and NOOP during a transfer.
"""
from __future__ import annotations

import random
import socket
import threading
from contextlib import ExitStack, suppress
from typing import Any, Callable

from .commands import CommandError, LineReader, Session, format_reply, plain_host
from .folder import Folder
from .state import ServerState
from .transfers import DataConnection, StorTransfer, data_factory

Action = Callable[["ControlConnection", str], None]
_TRIES = 50  # ports of a passive range that are tried, in random order
_LAST_JOB = 10.0  # seconds that a job gets that must not be left half done


class ControlConnection:
    """The base of FTPProtocol: what its commands work with."""

    def __init__(self, state: ServerState) -> None:
        self.state, self.rules = state, state.rules
        self.session, self.reader = Session(), LineReader()
        self.folder: Folder | None = None
        self.transport: Any = None
        self.host = self.local = ""
        self.lost = False  # the client is gone
        self.closing = False  # nothing more is read from it
        self.context: Any = None  # of TLS, where AUTH TLS was said
        self.job: Any = None  # the transfer that is announced or under way
        self.data: DataConnection | None = None
        self._opening: Any = None  # a listener, or a connection that is being made
        self.target: tuple[str, int] | None = None  # of PORT or EPRT
        self._workers = 0
        self._careful: threading.Thread | None = None
        self.command = ""  # for the log

    @property
    def busy(self) -> bool:
        """Further commands have to wait."""
        return self.job is not None or self._workers > 0

    def reply(self, code: int, *lines: str) -> None:
        """Send a reply, and log it beside the command that it answers."""
        if not self.lost:
            self.state.log(f"{self.host} {self.session.user or '-'} {self.command} -> {code}")
            self.transport.write(format_reply(code, *lines, encoding=self.session.encoding))

    def refuse(self, error: Exception, code: int = 550) -> None:
        """Say why a command failed."""
        if isinstance(error, CommandError):
            return self.reply(error.code, str(error))
        self.reply(code, _reason(error))

    def advance(self) -> None:
        """Go on with the commands that wait: see FTPProtocol."""
        raise NotImplementedError

    def wrong_password(self) -> None:
        """Answer later: see FTPProtocol."""
        raise NotImplementedError

    @property
    def files(self) -> Folder:
        """The folder of the user who has logged in."""
        assert self.folder is not None
        return self.folder

    def begin_tls(self) -> None:
        """Encrypt from here on; what the client sent in the clear behind AUTH is forgotten."""
        self.reader.clear()
        self.context = self.state.tls()
        self.transport.start_tls()

    def end(self) -> None:
        """Read no more, and close; a client that does not read what it is told is not waited for."""
        self.closing = True
        self.close_data()
        if getattr(self.transport, "get_write_buffer_size", int)():
            self.transport.abort()
        else:
            self.transport.close()

    # Jobs in the background.

    def run(self, work: Callable[[], Any], then: Callable[[Any], object], *, code: int = 550,
            drop: Callable[[Any], object] | None = None, afterwards: Callable[[], object] | None = None) -> None:
        """Do `work` in a thread, then `then(result)` here; an error becomes a reply. The client may be gone by then:
        `drop(result)` puts away what must not stay, and such work is waited for at the end. `afterwards` is done in
        the thread, when the result has been handed over."""
        self._workers += 1

        def worker() -> None:
            result, error = None, None
            try:
                result = work()
            except Exception as failure:
                error = failure
            if not self.lost:
                self.transport.call_soon_threadsafe(settle, result, error)
            elif drop is not None and error is None:
                drop(result)
            if afterwards is not None:
                afterwards()

        def settle(result: Any, error: Exception | None) -> None:
            self._workers -= 1
            self._careful = None
            if self.lost:
                if drop is not None and error is None:
                    drop(result)
            elif error is not None:
                self._failed(error, code)
            else:
                then(result)
            self.advance()

        thread = threading.Thread(target=worker, name="netio-ftp-job", daemon=True)
        self._careful = thread if drop is not None else None
        thread.start()

    def _failed(self, error: Exception, code: int) -> None:
        if not isinstance(error, (OSError, ValueError)):
            raise error  # a mistake of ours: the server logs it and ends this connection
        self.refuse(error, code)

    def abandon(self) -> None:
        """The client is gone: end all that was done for it."""
        self.lost = self.closing = True
        self.close_data()
        if self._careful is not None:
            self._careful.join(_LAST_JOB)

    # The data connection: asked for (PASV, PORT), used (RETR), ended.

    def listen_for_data(self, host: str) -> int:
        """Open a listener for the data connection; return its port.

        Raises: CommandError (425) where there is no free port, or the server cannot listen.
        """
        self.close_data()
        open_listener = getattr(self.transport, "open_listener", None)
        if open_listener is None:
            raise CommandError(425, "This server cannot listen: under asyncio, wrap the protocol by for_asyncio.")
        first, last = self.rules.passive_ports
        ports = random.sample(range(first, last + 1), min(_TRIES, last - first + 1)) if first else [0]
        for port in ports:
            with suppress(OSError):
                self._opening = open_listener((host, port), self._data_protocol(False))
                number: int = self._opening.address[1]
                return number
        raise CommandError(425, "There is no free port for a data connection.")

    def _data_protocol(self, outgoing: bool) -> Callable[[], Any]:
        return data_factory(self, self.context if self.session.private else None, self.host, outgoing)

    def check_data(self) -> None:
        """Raise CommandError (425) unless the client has said how data is to go."""
        if self._opening is None and self.data is None and self.target is None:
            raise CommandError(425, "Say PASV, EPSV, PORT or EPRT first.")
        if self.rules.require_tls and not self.session.private:
            raise CommandError(521, "Say PROT P first: data is encrypted here.")

    def start(self, job: Any, text: str) -> None:
        """Announce a transfer, and begin it as soon as the data connection is there."""
        self.job = job
        self.reply(150, text)
        if self.data is not None:
            self.data.begin(job)
        elif self.target is not None:
            try:
                self._opening = self.transport.open_connection(self.target, self._data_protocol(True))
            except (OSError, AttributeError):
                self.end_transfer(425, "Cannot connect to you.")

    def data_arrived(self, connection: DataConnection) -> bool:
        """A data connection is there: the first from the client's own address is taken."""
        peer = connection.peer_host()
        if self.lost or self.data is not None or peer and peer != self.host:
            return False
        self._close_opening()
        self.data = connection
        if self.job is not None:
            connection.begin(self.job)
        return True

    def data_ended(self, connection: DataConnection, error: Exception | None) -> None:
        """The data connection has ended, well or with an error, or could not be made."""
        if self.lost or self.data not in (None, connection):
            return
        was_there, self.data = self.data is connection, None
        if self.job is None:
            if error is not None and not was_there:
                self.close_data()
        elif not was_there:
            self.end_transfer(425, "There is no data connection.")
        else:
            self._conclude(error)
        self.advance()

    def _conclude(self, error: Exception | None) -> None:
        job = self.job
        said = job.finish(error)
        if said is not None:
            self.end_transfer(*said)
            return
        self.job = None
        self.close_data()
        held = ExitStack()
        self.run(lambda: self._store(job, held), lambda _: self.reply(226, job.reply), code=452,
                 drop=lambda stored: stored or job.drop(), afterwards=held.close)

    def _store(self, job: StorTransfer, held: ExitStack) -> bool:
        """Bring an upload to the disk and to its place; False if the client has gone meanwhile: one that was killed
        would have closed both connections."""
        try:
            job.upload.sync()
        except OSError:
            job.drop()
            raise
        if self.lost:
            return False
        held.callback(job.upload.hold_replaced())
        try:
            job.upload.commit()
        except OSError as error:
            raise CommandError(553, _reason(error)) from error
        return True

    def end_transfer(self, code: int, text: str) -> None:
        """End the transfer, whatever it is at, with this reply."""
        job, self.job = self.job, None
        if job is not None:
            job.drop()
        self.close_data()
        self.reply(code, text)

    def close_data(self) -> None:
        """Close what there is of a data connection; a transfer that is under way is given up."""
        self._close_opening()
        self.target = None
        data, self.data = self.data, None
        job, self.job = self.job, None
        if data is not None:
            data.abort()
        if job is not None:
            job.drop()

    def _close_opening(self) -> None:
        if self._opening is not None:
            self._opening.close()
            self._opening = None

    def waiting_for_data(self) -> bool:
        """Return whether a transfer is announced and its connection not there."""
        return self.job is not None and self.data is None


def _reason(error: Exception) -> str:
    """Return what an error says, without a path of this machine."""
    reason = getattr(error, "strerror", None) or "not possible"
    return f"{reason[:1].upper()}{reason[1:]}."


def get_hosts(transport: Any) -> tuple[str, str]:
    """Return the client's address and ours, as plain IPv4 or IPv6."""
    found = []
    for name in ("peername", "sockname"):
        address = transport.get_extra_info(name)
        found.append(plain_host(address[0]) if isinstance(address, tuple) and address else "")
    return found[0], found[1]


def keep_urgent_inline(transport: Any) -> None:
    """Have bytes that a client sends as urgent (ABOR, by Telnet's rules) come in their place among the others."""
    sock = transport.get_extra_info("socket")
    with suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
