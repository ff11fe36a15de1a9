"""What an FTP server has: its listings and the sizes of its files, asked for by any `ftplib.FTP`."""
from __future__ import annotations

import ftplib
import re
import socket
from contextlib import contextmanager
from typing import Iterator

from ..tcp import abort
from .commands.listing import Entry, parse_time

_MAX_LISTING = 1 << 26  # bytes
_MAX_DIGITS = 19  # of a number of bytes: 2 ** 63 has so many
_MOST_DUE = 20  # replies: a server that goes on for ever is left alone
_CANCEL_TIMEOUT = 5.0  # seconds in which a server must have answered what it was asked before
# Some have no group, or one of two words; the date is as the server's language has it.
_UNIX_DATE = r"(?:(?:\w{3}|\d\d?月)\s+\d+\s+[\d:]+|\d{4}-\d\d-\d\d\s+\d\d:\d\d)"
_UNIX_LINE = re.compile(rf"([-dl])[-rwxsStT]{{9}}\S*\s+\d+\s+\S.*?\s(\d+)\s+{_UNIX_DATE} (.*)\Z")
_DOS_LINE = re.compile(r"\d\d-\d\d-\d{2,4}\s+\d\d:\d\d[AP]M\s+(<DIR>|\d+)\s+(.*)\Z")


def list_remote(ftp: ftplib.FTP, path: str = "") -> list[Entry]:
    """Return what is in a folder of the server, folders first, by name.

    MLSD (RFC 3659) tells it exactly. Servers without it are asked for LIST, whose lines are meant for people: they
    tell no exact time (`modified` is 0 then).

    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     def retrbinary(self, cmd, callback, blocksize=8192, rest=None):
    ...         callback("type=file;size=3;modify=20010909014640; 猫 1.txt\\r\\ntype=dir; docs\\r\\n".encode())
    >>> [(entry.name, entry.is_folder, entry.size) for entry in list_remote(Canned())]
    [('docs', True, 0), ('猫 1.txt', False, 3)]

    Raises: ftplib.Error where the server refuses, or sends a listing of more than 64 MiB or a size of more than 19
    digits; OSError. In each case the session can still be used. Stdlib: `FTP.mlsd`, which dies of a name that is no
    UTF-8.
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
    """Return how many bytes a file of the server has, or None where there is no such file, or the size is unknown.

    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     def voidcmd(self, cmd):
    ...         return "213 4096" if cmd == "SIZE cat.png" else "200 OK"
    ...     sendcmd = voidcmd
    >>> remote_size(Canned(), "cat.png"), remote_size(Canned(), "猫.png")
    (4096, None)

    netio's server also tells how much it keeps of a new file whose upload broke off. Raises: OSError; ftplib.Error.
    Stdlib: `FTP.size`, which raises for a missing file, and for any file while the session is in text mode.
    """
    with keep_in_step(ftp):
        ftp.voidcmd("TYPE I")
    digits = ask_number(ftp, f"SIZE {name}")
    return None if digits is None else int(digits)


def ask_number(ftp: ftplib.FTP, command: str) -> str | None:
    """Return the number with which the server answers SIZE or MDTM, or None where it cannot.

    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     sendcmd = staticmethod({"SIZE cat.png": "213 4096", "SIZE docs": "213 ?"}.get)
    >>> ask_number(Canned(), "SIZE cat.png"), ask_number(Canned(), "SIZE docs")
    ('4096', None)
    """
    check_command(command)
    try:
        with keep_in_step(ftp):
            code, _, digits = ftp.sendcmd(command).partition(" ")
    except ftplib.error_perm:
        return None
    digits = digits.strip()
    good = code == "213" and digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
    return digits if good else None


def check_command(command: str) -> None:
    """Refuse what is more than one command.

    >>> check_command("DELE a.txt\\r\\nQUIT")
    Traceback (most recent call last):
    ValueError: a command is one line: 'DELE a.txt\\r\\nQUIT'

    Raises: ValueError.
    """
    if "\r" in command or "\n" in command:
        raise ValueError(f"a command is one line: {command!r}")


@contextmanager
def blame_server() -> Iterator[None]:
    """Make an ftplib.error_proto of the errors that `ftplib` runs into itself where a reply is none that it can read.

    >>> with blame_server():
    ...     ftplib.parse229("229 here (|||x|)", ("192.0.2.7", 21))
    Traceback (most recent call last):
    ftplib.error_proto: not a reply that can be read: invalid literal for int() with base 10: 'x'
    """
    try:
        yield
    except UnicodeEncodeError:  # of a name of ours
        raise
    except (ValueError, OverflowError) as error:
        raise ftplib.error_proto(f"not a reply that can be read: {error}") from error


@contextmanager
def keep_in_step(ftp: ftplib.FTP) -> Iterator[None]:
    """Have each command get its own reply, also after a block that failed: with a timeout, Ctrl-C, or an error of ours
    while the server's reply was still to come.

    >>> with keep_in_step(ftplib.FTP()):
    ...     raise TimeoutError
    Traceback (most recent call last):
    TimeoutError
    """
    try:
        with blame_server():
            yield
    except (ftplib.error_perm, ftplib.error_temp):  # that was the reply
        raise
    except BaseException:
        cancel_transfer(ftp)
        raise


def cancel_transfer(ftp: ftplib.FTP, conn: socket.socket | None = None) -> None:
    """End a transfer early, and read all the replies that are due, so that the next command gets its own.

    >>> class Canned(ftplib.FTP):  # a server that still owes the reply of a transfer
    ...     sock = type("Sock", (), {"settimeout": staticmethod(lambda seconds: None)})
    ...     putcmd = staticmethod(print)
    ...     getmultiline = iter(["426 Aborted.", "226 Done.", '257 "/"', "200 OK"]).__next__
    >>> client = Canned()
    >>> cancel_transfer(client)
    ABOR
    PWD
    >>> client.getmultiline()
    '200 OK'

    Servers reply to ABOR once or twice, so PWD follows it: nothing else is answered with 257. A session that cannot be
    brought back into step is closed.
    """
    try:
        if ftp.sock is not None:
            ftp.sock.settimeout(_CANCEL_TIMEOUT)
            ftp.putcmd("ABOR")
            if conn is not None:
                abort(conn)
            ftp.putcmd("PWD")
            if not any(ftp.getmultiline().startswith("257") for _ in range(_MOST_DUE)):
                return ftp.close()
            ftp.sock.settimeout(ftp.timeout)
    except (OSError, EOFError, ValueError, ftplib.Error):  # ValueError: a reply that is no text
        ftp.close()  # the next command will say so
    except BaseException:  # a second Ctrl-C
        ftp.close()
        raise
    finally:
        if conn is not None:
            conn.close()


def _read_listing(ftp: ftplib.FTP, command: str) -> list[str]:
    listing = bytearray()

    def take(data: bytes) -> None:
        listing.extend(data)
        if len(listing) > _MAX_LISTING:
            raise ftplib.error_proto(f"a listing of more than {_MAX_LISTING} bytes")

    check_command(command)
    with keep_in_step(ftp):
        ftp.retrbinary(command, take)
    return [line.rstrip("\r") for line in listing.decode(ftp.encoding, "surrogateescape").split("\n")]


def _parse_facts(line: str) -> Entry | None:
    """Return the entry that a line of MLSD describes; None for the folder itself and its parent (RFC 3659 section 7.2).
    """
    facts, _, name = line.partition(" ")
    fact = {key.lower(): value for key, _, value in (item.partition("=") for item in facts.split(";"))}
    kind = fact.get("type", "").lower()
    if not _is_plain(name) or kind in ("cdir", "pdir", ""):
        return None
    try:
        modified = float(parse_time(fact.get("modify", "")))
    except ValueError:
        modified = 0.0
    return Entry(name, kind == "dir", _parse_size(fact.get("size", ""), line), modified, fact.get("perm", ""))


def _parse_size(digits: str, line: str) -> int:
    """Return a size as a listing tells it, 0 where it tells none."""
    if not digits.isascii() or not digits.isdigit():
        return 0
    if len(digits) > _MAX_DIGITS:
        raise ftplib.error_proto(f"a size of {len(digits)} digits in the server's listing: {line[:60]!a}...")
    return int(digits)


def _is_plain(name: str) -> bool:
    """Return whether a name is that of something in the folder; a server may send any."""
    return name not in ("", ".", "..") and "/" not in name


def _parse_list(line: str) -> Entry | None:
    """Return the entry that a line of LIST describes, as Unix or Windows servers write them; None for what is not
    in the folder, as its parent."""
    if match := _UNIX_LINE.match(line):
        kind, size, name = match.groups()
        entry = Entry(name.partition(" -> ")[0] if kind == "l" else name, kind == "d", _parse_size(size, line), 0.0)
    elif match := _DOS_LINE.match(line):
        size, name = match.groups()
        entry = Entry(name, size == "<DIR>", _parse_size(size, line), 0.0)
    else:
        return None
    return entry if _is_plain(entry.name) else None
