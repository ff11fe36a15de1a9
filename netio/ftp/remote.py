"""What an FTP server has: its listings and the sizes of its files, asked for by any `ftplib.FTP`."""
from __future__ import annotations

import ftplib
import re

from .commands.listing import Entry, parse_time

_MAX_LISTING = 1 << 26  # bytes
_UNIX_LINE = re.compile(r"([-dl])[-rwxsStT]{9}\S*\s+\d+\s+\S+\s+\S+\s+(\d+)\s+\w{3}\s+\d+\s+[\d:]+ (.*)\Z")
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
    digits = ask_number(ftp, f"SIZE {name}")
    return None if digits is None else int(digits)


def ask_number(ftp: ftplib.FTP, command: str) -> str | None:
    """Return the number with which the server answers SIZE or MDTM, or None where it cannot."""
    try:
        digits = ftp.sendcmd(command)[4:].strip()
    except ftplib.error_perm:
        return None
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


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
