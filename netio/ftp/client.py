"""Download and upload by any `ftplib.FTP`, so that what breaks off is never taken for whole and can be gone on with.

`ftplib` leaves half a file when a transfer breaks off, and its session is of no use after Ctrl-C: `download` and
`upload` end both.

A download grows under a hidden name that says which version of the remote file it is (size and time), so the next
attempt can resume it without mixing two versions, and gets its own name when all of it is there.
"""
from __future__ import annotations

import errno
import ftplib
import hashlib
import os
import socket
import ssl
import sys
from contextlib import contextmanager
from typing import IO, Any, Callable, Iterator

from ..files import Replacement
from ..files.locking import Part
from ..tcp import abort
from .folder import hash_range
from .remote import ask_number, blame_server, cancel_transfer, check_command, keep_in_step, remote_size

_BLOCK = 1 << 18  # bytes between two calls of `progress`
_TAIL = 1 << 16  # bytes that must agree before an upload is resumed
_MAX_NAME = 250  # bytes: a file system's names have 255 at most

Progress = Callable[[int, Any], object]


def download(ftp: ftplib.FTP, name: str, path: str | os.PathLike[str], *, overwrite: bool = True,
             progress: Progress | None = None) -> int:
    """Download the file `name` of the server to `path`; return how many bytes were received.

    There is nothing at `path` before all of it is here and on the disk; what was there is replaced then, or with
    `overwrite=False` kept, whenever it has appeared. What was received before a failure is kept beside it, hidden, as
    `.NAME.SIZE-TIME.part`, and the next attempt resumes it, as long as the server's file has still that size and time
    and this system was not started anew meanwhile: a power failure may have cost some of it.
    From a server that does not tell them all of it is fetched. `progress(done, total)` is called after each piece;
    total is None where the server does not tell it.

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
    comes for as long as the session's timeout; FileExistsError; BlockingIOError while another download of the same
    file to this path is under way; OSError. Stdlib: `FTP.retrbinary`, into a file that you have opened.
    """
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    total, changed = remote_size(ftp, name), ask_number(ftp, f"MDTM {name}")
    stamp = f"{total}-{changed}" if total and changed else None
    with _open_part(os.fspath(path), stamp, overwrite) as new:
        begin = done = new.file.tell()
        with _transfer(ftp, f"RETR {name}", begin) as conn:
            while data := conn.recv(_BLOCK):
                new.write(data)
                done += len(data)
                if progress is not None:
                    progress(done, total)
        if total is not None and done < total:
            raise EOFError(f"got {done} of {total} bytes of {name}")
        new.commit()
    return done - begin


def upload(ftp: ftplib.FTP, path: str | os.PathLike[str], name: str, *, resume: bool = False,
           progress: Progress | None = None) -> int:
    """Upload the file at `path` to the server as `name`; return how many bytes were sent.

    `resume=True` continues what the server has of the file already, if that proves to be the beginning of ours (by its
    hash, on netio's server, or its last 64 KiB), and sends all of it if not. Whether others see half a file meanwhile
    is up to the server; netio's shows none, and its file is on its disk when this returns.

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
        with keep_in_step(ftp):
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
    check_command(command)
    try:
        with blame_server():
            conn = ftp.transfercmd(command, begin or None)
        yield conn
        if isinstance(conn, ssl.SSLSocket):
            conn.unwrap()  # a TLS connection that just stops may have been cut by anybody
    except (ftplib.error_perm, ftplib.error_temp):
        raise
    except BaseException as error:
        if isinstance(error, ConnectionError) and conn is not None:  # the server gave up, most likely: hear why
            abort(conn)
            with keep_in_step(ftp):
                ftp.voidresp()
        else:
            cancel_transfer(ftp, conn)
        if isinstance(error, socket.timeout) and not error.errno:
            verb = command.partition(" ")[0]
            if isinstance(ftp.timeout, (int, float)):
                raise TimeoutError(f"{verb}: no data for {ftp.timeout:g} s") from None
            raise TimeoutError(f"{verb}: no data in time") from None
        raise
    conn.close()
    with keep_in_step(ftp):
        ftp.voidresp()


def _open_part(path: str, stamp: str | None, overwrite: bool) -> Replacement:
    """Open a file that gets the name `path` when it is committed; with a stamp it is kept if not."""
    if stamp is None:
        return Replacement(path, overwrite=overwrite)
    new = Replacement(path, overwrite=overwrite, part=Part(part_name(os.path.basename(path), stamp)))
    try:
        if new.file.seek(0, os.SEEK_END) > int(stamp.partition("-")[0]):
            new.file.truncate(new.file.seek(0))
    except BaseException:
        new.close()
        raise
    return new


def part_name(name: str, stamp: str) -> str:
    """Return the hidden name of a file that is not whole yet; a long one is shortened, and told apart by a digest.

    >>> part_name("cat.png", "4096-20240229120000")
    '.cat.png.4096-20240229120000.part'
    >>> len(os.fsencode(part_name("长" * 80, "4096-20240229120000")))
    250
    """
    part = f".{name}.{stamp}.part"
    if len(os.fsencode(part)) <= _MAX_NAME:
        return part
    digest = hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()
    room = _MAX_NAME - len(f".~{digest}.{stamp}.part")
    begin = os.fsencode(name)[:room].decode(sys.getfilesystemencoding(), "ignore")
    return f".{begin}~{digest}.{stamp}.part"


def _common_size(ftp: ftplib.FTP, name: str, file: IO[bytes], total: int) -> int:
    """Return the size of the server's file if it is the beginning of ours, else 0.

    Of a file that is not whole yet netio's server tells the hash, and shows the contents to nobody. From other servers
    the last bytes are fetched. Where nothing can be compared, the beginning may be anything.
    """
    size = remote_size(ftp, name) or 0
    if not 0 < size <= total:
        return 0
    try:
        with keep_in_step(ftp):
            digest = ftp.sendcmd(f"XSHA256 {name} 0 {size}")[4:].strip()
        return size if digest.lower() == hash_range(file, 0, size) else 0
    except (ftplib.error_perm, ftplib.error_temp):
        pass  # not netio's
    theirs, begin = bytearray(), max(size - _TAIL, 0)
    try:
        with _transfer(ftp, f"RETR {name}", begin) as conn:
            while data := conn.recv(_BLOCK):
                theirs += data
                if len(theirs) > size - begin:
                    raise ftplib.error_proto(name)  # it has more than it says
    except ftplib.error_perm:
        return 0
    except ftplib.error_proto:
        if ftp.sock is None:  # no longer in step, and closed
            raise
        return 0
    file.seek(begin)
    return size if theirs == file.read(size - begin) else 0
