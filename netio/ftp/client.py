"""Download and upload by any `ftplib.FTP`, so that what breaks off is never taken for whole and can be gone on with.

`ftplib` leaves half a file behind when a transfer breaks off, and its session is of no use after Ctrl-C: `download` and
`upload` end both.

A download grows under a hidden name that says which version of the remote file it is (size and time), so the next
attempt can go on behind it without mixing two versions, and gets its own name when all of it is there.
"""
from __future__ import annotations

import errno
import ftplib
import os
import socket
import ssl
from contextlib import contextmanager, suppress
from typing import IO, Any, Callable, Iterator

from ..files import open_replacement, sync
from ..files.replacing import discard_file, rename_over
from ..tcp import abort
from .remote import ask_number, remote_size

_BLOCK = 1 << 18  # bytes between two calls of `progress`
_TAIL = 1 << 16  # bytes that must agree before an upload goes on behind what is there

Progress = Callable[[int, Any], object]


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
    total, changed = remote_size(ftp, name), ask_number(ftp, f"MDTM {name}")
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
