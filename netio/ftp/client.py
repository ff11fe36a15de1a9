"""Talk to any FTP server through the standard library's `ftplib`, made safe: log in, list, download, upload.

`ftplib` speaks the protocol well, but it dies of a name that is no UTF-8, believes (before 3.9.3) whatever host a
server names for the data connection, leaves half a file behind when a transfer breaks off, and its session is of no
use after Ctrl-C. `open_session` returns an `ftplib.FTP` without the first two faults; `download` and `upload` take any
`ftplib.FTP`, and end the other two.

A download grows under a hidden name that says which version of the remote file it is (size and time), so the next
attempt can go on behind it without mixing two versions, and gets its own name when all of it is there.
"""
from __future__ import annotations

import errno
import ftplib
import os
import re
import socket
import ssl
from contextlib import contextmanager, suppress
from typing import IO, Any, Callable, Iterator

from ..files import discard_file, open_replacement, rename_over, sync
from ..tcp import abort, connect, format_address
from .commands.listing import Entry, parse_time

_BLOCK = 1 << 18  # bytes between two calls of `progress`
_MAX_LISTING = 1 << 26  # bytes
_TAIL = 1 << 16  # bytes that must agree before an upload goes on behind what is there
_UNIX_LINE = re.compile(r"([-dl])[-rwxsStT]{9}\S*\s+\d+\s+\S+\s+\S+\s+(\d+)\s+\w{3}\s+\d+\s+[\d:]+ (.*)\Z")
_DOS_LINE = re.compile(r"\d\d-\d\d-\d{2,4}\s+\d\d:\d\d[AP]M\s+(<DIR>|\d+)\s+(.*)\Z")

Progress = Callable[[int, Any], object]


class _Session(ftplib.FTP):
    """`ftplib.FTP` that takes any bytes in names, and data connections from its server's own address only."""

    def connect(self, host: str = "", port: int = 0, timeout: float = 30.0, source_address: Any = None) -> str:
        self.host, self.port, self.timeout = host, port or ftplib.FTP_PORT, timeout
        self.sock = connect((self.host, self.port), timeout=timeout)
        self.af = self.sock.family
        self._open_file()
        self.welcome = self.getresp()
        return self.welcome

    def _open_file(self) -> None:
        assert self.sock is not None
        self.file = self.sock.makefile("r", encoding=self.encoding, errors="surrogateescape")

    def putline(self, line: str) -> None:
        if "\r" in line or "\n" in line:
            raise ValueError(f"a command is one line: {line!r}")
        assert self.sock is not None
        self.sock.sendall(f"{line}\r\n".encode(self.encoding, "surrogateescape"))

    def makepasv(self) -> tuple[str, int]:
        _, port = super().makepasv()  # never the host that the answer names: it could be anybody's
        return self._peer(), port

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        conn, size = super().ntransfercmd(cmd, rest)
        if (host := conn.getpeername()[0]) != self._peer():
            conn.close()
            raise ConnectionAbortedError(f"the data connection is with {host}, and not with the server")
        return conn, size

    def _peer(self) -> str:
        assert self.sock is not None
        return str(self.sock.getpeername()[0])


class _SecureSession(_Session, ftplib.FTP_TLS):
    """The same over TLS (RFC 4217), each data connection going on with the control connection's TLS session."""

    def auth(self) -> str:
        reply = super().auth()
        self._open_file()
        return reply

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        private: bool = self._prot_p  # type: ignore[has-type]
        self._prot_p = False
        try:
            conn, size = super().ntransfercmd(cmd, rest)
        finally:
            self._prot_p = private
        if private:
            control: Any = self.sock
            conn = self.context.wrap_socket(conn, server_hostname=self.host, session=control.session)
        return conn, size


def open_session(address: tuple[str, int], user: str = "anonymous", password: str = "", *,
                 tls: ssl.SSLContext | None = None, passive: bool = True, encoding: str = "utf-8",
                 timeout: float = 30.0) -> ftplib.FTP:
    """Connect to an FTP server, log in, and return the session: an `ftplib.FTP`, to be used in a `with`.

    `tls`: encrypt control and data connections, and check the server's certificate with this context. `passive=False`
    lets the server connect to us. `encoding`: of file names; old Chinese servers have "gbk". Names that are not in it
    pass through unharmed (surrogateescape). `timeout` is the longest silence in seconds, here and in all transfers.

    >>> import threading
    >>> from netio.tcp import listen
    >>> def greet_and_leave(listener):
    ...     sock, _ = listener.accept()
    ...     sock.sendall("421 太忙\\r\\n".encode("gbk"))
    ...     sock.close()
    >>> with listen(("127.0.0.1", 0)) as listener:
    ...     server = threading.Thread(target=greet_and_leave, args=(listener,))
    ...     server.start()
    ...     try:
    ...         open_session(listener.getsockname(), encoding="gbk")
    ...     except ftplib.error_temp as error:
    ...         print(error)
    ...     server.join()
    421 太忙

    Raises: OSError where there is no server (TimeoutError, ConnectionRefusedError); ftplib.error_perm for a wrong
    password; ftplib.Error; ssl.SSLError for a certificate that is not to be trusted.
    Notes: FTP 文件服务器. Stdlib: `ftplib.FTP(host, user, password)`. Source: RFC 959, 2428 (EPSV), 2640 (UTF-8), 4217.
    """
    session = _SecureSession(context=tls, encoding=encoding) if tls else _Session(encoding=encoding)
    try:
        session.connect(*address[:2], timeout=timeout)
        session.set_pasv(passive)
        if isinstance(session, _SecureSession):
            session.auth()
        known = _agree_on_encoding(session)  # before the log-in, whose words are in that encoding, too
        session.login(user, password)
        if isinstance(session, _SecureSession):
            session.prot_p()
        if not known:
            _agree_on_encoding(session)
    except EOFError:
        raise ConnectionAbortedError(f"{format_address(address)} hung up before the log-in was done") from None
    except BaseException:
        session.close()
        raise
    return session


def list_remote(ftp: ftplib.FTP, path: str = "") -> list[Entry]:
    """Return what is in a folder of the server, folders first, by name.

    MLSD (RFC 3659) tells it exactly. Servers without it are asked for LIST, whose lines are meant for people: they
    tell no exact time (`modified` is 0 then).

    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     def retrbinary(self, cmd, callback, blocksize=8192, rest=None):
    ...         callback("type=file;size=3;modify=20010909014640; 猫 1.txt\\r\\ntype=dir; docs\\r\\n".encode())
    >>> [(entry.name, entry.is_folder, entry.size) for entry in list_remote(Canned())]
    [('docs', True, 0), ('猫 1.txt', False, 3)]

    Raises: ftplib.Error where the server refuses; ValueError for a listing of more than 64 MiB; OSError. Stdlib:
    `FTP.mlsd`, which dies of a name that is no UTF-8.
    """
    try:
        lines = _read_listing(ftp, f"MLSD {path}".rstrip())
        entries = [_parse_facts(line) for line in lines]
    except ftplib.error_perm as error:
        if not str(error).startswith("50"):
            raise
        lines = _read_listing(ftp, f"LIST {'./' if path.startswith('-') else ''}{path}".rstrip())
        entries = [_parse_list(line) for line in lines]
    found = [entry for entry in entries if entry is not None]
    return sorted(found, key=lambda entry: (not entry.is_folder, entry.name))


def remote_size(ftp: ftplib.FTP, name: str) -> int | None:
    """Return how many bytes a file of the server has, or None where there is no such file, or no telling.

    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     def voidcmd(self, cmd):
    ...         return "213 4096" if cmd == "SIZE cat.png" else "200 OK"
    ...     sendcmd = voidcmd
    >>> remote_size(Canned(), "cat.png"), remote_size(Canned(), "猫.png")
    (4096, None)

    netio's server also tells how much it keeps of a new file whose upload broke off. Raises: OSError; ftplib.Error.
    Stdlib: `FTP.size`, which raises for a missing file, and for any file while the session is in text mode.
    """
    ftp.voidcmd("TYPE I")
    digits = _ask(ftp, f"SIZE {name}")
    return None if digits is None else int(digits)


def download(ftp: ftplib.FTP, name: str, path: str | os.PathLike[str], *, progress: Progress | None = None) -> int:
    """Download the file `name` of the server to `path`; return how many bytes had to come.

    Nothing stands at `path` before all of it is there and on the disk; a file that stood there is replaced then. What
    came before a failure waits beside it as `.NAME.SIZE-TIME.part`, and the next attempt goes on behind it, as long as
    the server's file has still that size and time. From a server that does not tell them all of it is fetched.
    `progress(done, total)` is called after each piece; total is None where the server does not tell it.

    >>> import tempfile
    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     def voidcmd(self, cmd):
    ...         return {"SIZE": "213 6", "MDTM": "213 20010909014640"}.get(cmd[:4], "200 OK")
    ...     def transfercmd(self, cmd, rest=None):
    ...         here, there = socket.socketpair()
    ...         there.sendall(b"catcat")
    ...         there.close()
    ...         return here
    ...     def voidresp(self):
    ...         return "226 Sent"
    ...     sendcmd = voidcmd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     size = download(Canned(), "cat.txt", os.path.join(folder, "cat.txt"))
    ...     size, os.listdir(folder)
    (6, ['cat.txt'])

    Ctrl-C (KeyboardInterrupt) and local errors such as a full disk cancel the transfer; the session can still be used.
    Raises: ftplib.Error where the server refuses; EOFError where the file came too short; TimeoutError where nothing
    comes for as long as the session's timeout; OSError. Stdlib: `FTP.retrbinary`, into a file that you have opened.
    """
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    total, changed = remote_size(ftp, name), _ask(ftp, f"MDTM {name}")
    stamp = f"{total}-{changed}" if total and changed else None
    with _open_part(os.fspath(path), stamp) as file:
        begin = done = file.tell()
        with _transfer(ftp, f"RETR {name}", begin) as conn:
            while data := conn.recv(_BLOCK):
                file.write(data)
                done += len(data)
                if progress is not None:
                    progress(done, total)
        if total is not None and done < total:
            raise EOFError(f"got {done} of {total} bytes of {name}")
    return done - begin


def upload(ftp: ftplib.FTP, path: str | os.PathLike[str], name: str, *, resume: bool = False,
           progress: Progress | None = None) -> int:
    """Upload the file at `path` to the server as `name`; return how many bytes had to go.

    `resume=True` goes on behind what the server has of the file already, if the last 64 KiB of that agree with ours,
    and sends all of it if not. Whether others see half a file meanwhile is up to the server; netio's shows none.

    >>> with ftplib.FTP() as ftp:
    ...     upload(ftp, "no such file", "a.txt")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'no such file'

    A failure or Ctrl-C aborts the data connection with a reset: a plain close would tell the server that the file ends
    there. The session can still be used.
    Raises: ftplib.Error where the server refuses (disk full, no permission), with its reason; TimeoutError; OSError.
    Stdlib: `FTP.storbinary`, whose half files look whole to the server.
    """
    with open(path, "rb", buffering=0) as file:
        total = os.fstat(file.fileno()).st_size
        ftp.voidcmd("TYPE I")
        begin = done = _common_size(ftp, name, file, total) if resume else 0
        file.seek(begin)
        with _transfer(ftp, f"STOR {name}", begin) as conn:
            while data := file.read(_BLOCK):
                conn.sendall(data)
                done += len(data)
                if progress is not None:
                    progress(done, total)
    return done - begin


@contextmanager
def _transfer(ftp: ftplib.FTP, command: str, begin: int = 0) -> Iterator[socket.socket]:
    """Open a data connection for `command`; at the end of the block close it and hear what the server says to that."""
    conn = None
    try:
        conn = ftp.transfercmd(command, begin or None)
        yield conn
        if isinstance(conn, ssl.SSLSocket):
            conn.unwrap()  # a TLS connection that just stops may have been cut by anybody
    except ftplib.Error:
        raise
    except BaseException as error:
        if isinstance(error, ConnectionError) and conn is not None:  # it is the server that gave up: hear why
            conn.close()
            ftp.voidresp()
        else:
            _cancel(ftp, conn)
        if isinstance(error, socket.timeout):
            raise TimeoutError(f"{command.partition(' ')[0]}: no data for {ftp.timeout:g} s") from None
        raise
    conn.close()
    ftp.voidresp()


def _cancel(ftp: ftplib.FTP, conn: socket.socket | None) -> None:
    """End a transfer early, and read all the replies that are due, so that the next command gets its own.

    Servers reply to ABOR once or twice, so PWD goes behind it: nothing else is answered with 257.
    """
    try:
        assert ftp.sock is not None
        ftp.sock.settimeout(5)
        ftp.putcmd("ABOR")
        if conn is not None:
            abort(conn)
        ftp.putcmd("PWD")
        while not ftp.getmultiline().startswith("257"):
            pass
        ftp.sock.settimeout(ftp.timeout)
    except (OSError, EOFError, ftplib.Error):
        ftp.close()  # the session is beyond repair; the next command will say so
    except BaseException:  # a second Ctrl-C
        ftp.close()
        raise
    finally:
        if conn is not None:
            conn.close()


@contextmanager
def _open_part(path: str, stamp: str | None) -> Iterator[IO[bytes]]:
    """Open a file that gets the name `path` when the block ends well; with a stamp it is kept if not.
    """
    if stamp is None:
        with open_replacement(path) as file:
            yield file
        return
    folder, name = os.path.split(path)
    part = os.path.join(folder, f".{name}.{stamp}.part")
    try:
        with open(part, "ab") as file:
            if file.tell() > int(stamp.partition("-")[0]):
                file.truncate(0)
            yield file
            sync(file)
        rename_over(part, path)
    except BaseException:
        with suppress(FileNotFoundError):
            if not os.path.getsize(part):  # nothing to go on from
                discard_file(part)
        raise


def _common_size(ftp: ftplib.FTP, name: str, file: IO[bytes], total: int) -> int:
    """Return the size of the server's file if it is the beginning of ours, as far as its last bytes tell, else 0."""
    size = remote_size(ftp, name) or 0
    begin = max(size - _TAIL, 0)
    if not 0 < size <= total:
        return 0
    theirs = bytearray()
    try:
        with _transfer(ftp, f"RETR {name}", begin) as conn:
            while data := conn.recv(_BLOCK):
                theirs += data[:_TAIL + 1 - len(theirs)]
    except ftplib.error_perm:  # netio's server keeps what came of a new file, but shows it to nobody
        return size
    file.seek(begin)
    return size if theirs == file.read(size - begin) else 0


def _ask(ftp: ftplib.FTP, command: str) -> str | None:
    """Return the number with which the server answers SIZE or MDTM, or None where it cannot."""
    try:
        digits = ftp.sendcmd(command)[4:].strip()
    except ftplib.error_perm:
        return None
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def _agree_on_encoding(ftp: ftplib.FTP) -> bool:
    """Say which encoding names have; a server that does not know the command sends them as they are."""
    is_utf8 = ftp.encoding.replace("-", "").lower() == "utf8"
    ftp.putcmd(f"OPTS UTF8 {'ON' if is_utf8 else 'OFF'}")
    return ftp.getmultiline().startswith("2")


def _read_listing(ftp: ftplib.FTP, command: str) -> list[str]:
    listing = bytearray()

    def take(data: bytes) -> None:
        listing.extend(data)
        if len(listing) > _MAX_LISTING:
            raise ValueError(f"a listing of more than {_MAX_LISTING} bytes")

    ftp.retrbinary(command, take)
    return [line.rstrip("\r") for line in listing.decode(ftp.encoding, "surrogateescape").split("\n")]


def _parse_facts(line: str) -> Entry | None:
    """Return the entry that a line of MLSD describes; None for the folder itself and its parent (RFC 3659 section 7.2).
    """
    facts, _, name = line.partition(" ")
    fact = {key.lower(): value for key, _, value in (item.partition("=") for item in facts.split(";"))}
    kind = fact.get("type", "").lower()
    if not name or "/" in name or kind in ("cdir", "pdir", ""):
        return None
    size = fact.get("size", "0")
    try:
        modified = float(parse_time(fact.get("modify", "")))
    except ValueError:
        modified = 0.0
    return Entry(name, kind == "dir", int(size) if size.isdecimal() else 0, modified, fact.get("perm", ""))


def _parse_list(line: str) -> Entry | None:
    """Return the entry that a line of LIST describes, as Unix or Windows servers write them."""
    if match := _UNIX_LINE.match(line):
        kind, size, name = match.groups()
        name = name.partition(" -> ")[0] if kind == "l" else name
        return Entry(name, kind == "d", int(size), 0.0) if name not in (".", "..") else None
    if match := _DOS_LINE.match(line):
        size, name = match.groups()
        return Entry(name, size == "<DIR>", int(size) if size.isdigit() else 0, 0.0)
    return None
