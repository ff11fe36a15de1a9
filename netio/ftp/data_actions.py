"""What the commands do that need a data connection, or make one: functions `(control, argument)`.

They are found by the command's name in DATA_ACTIONS. A conversation shows them:

>>> import ftplib, tempfile
>>> from netio.ftp import FTPServer, User
>>> folder = tempfile.TemporaryDirectory()
>>> users = [User("anonymous", None, folder.name, ("read", "write", "change"))]
>>> server = FTPServer("127.0.0.1", 0, None, users=users)
>>> server.start()
>>> client = ftplib.FTP()
>>> client.connect(*server.address[:2], timeout=9)
'220 netio FTP: welcome.'
>>> client.login()
'230 User anonymous logged in, proceed.'
>>> def say(*commands):
...     for command in commands:
...         client.putcmd(command)
...         print(client.getmultiline())
>>> def transfer(command, data=None):  # over a data connection that PASV opens
...     with client.transfercmd(command) as conn:
...         if data is None:
...             print(conn.makefile().read().strip())
...         else:
...             conn.sendall(data)
...     print(client.getmultiline())
>>> say("TYPE I", "MODE S", "STRU F", "ALLO 9")
200 Command okay: bytes as they are.
200 Command okay: a stream.
200 Command okay: files.
200 Command okay: there is room.
>>> transfer("STOR a.txt", b"hello"); transfer("APPE a.txt", b", all"); transfer("STOU b.txt", b"unique")
226 Transfer complete; the file is stored.
226 Transfer complete; the file is stored.
226 Transfer complete; the file is stored.
>>> transfer("RETR a.txt"); say("REST 7"); transfer("RETR a.txt")
hello, all
226 Transfer complete.
350 The next transfer starts at 7.
all
226 Transfer complete.
>>> say("OPTS MLST size;", "MLST a.txt", "XSHA256 a.txt 0 5", "DELE a.txt")
200 MLST OPTS size;
250-Facts:
 size=10; /a.txt
250 End.
250 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
250 Requested file action okay, deleted.
>>> transfer("NLST *.txt*"); transfer("LIST"); transfer("MLSD")  # doctest: +ELLIPSIS
b.txt...
226 Transfer complete.
-rw-... b.txt...
226 Transfer complete.
size=6; b.txt...
226 Transfer complete.
>>> say("PASV", "EPSV", "PORT 127,0,0,1,4,1", "EPRT |1|127.0.0.1|1025|", "ABOR")  # doctest: +ELLIPSIS
227 Entering Passive Mode (127,0,0,1,...).
229 Entering Extended Passive Mode (|||...|)
200 Command okay: I will connect there.
200 Command okay: I will connect there.
226 Closing data connection: there is no transfer now.
>>> client.close(); server.close(); folder.cleanup()
"""
from __future__ import annotations

import fnmatch
import os
import re
import time
from typing import IO, Any, Callable, Generator, Iterable, Iterator

from .commands import (
    CommandError, Entry, FromNetwork, check_active, encode_name, format_epsv, format_facts, format_list, format_pasv,
    join_path, parse_eprt, parse_port, parse_size, parse_type, quote_path,
)
from .control import Action, ControlConnection
from .data import get_host
from .folder import Upload, hash_pieces
from .transfers import ASKED, RetrTransfer, StorTransfer, join_lines, read_slices

_NEWLINE = os.linesep.encode()
_HASHED_RANGE = re.compile(r"(.*?)(?: (\d{1,18})(?: (\d{1,18}))?)?", re.ASCII | re.DOTALL)


def resolve_path(control: ControlConnection, argument: str) -> str:
    """Return the path that an argument means to this client.

    >>> from types import SimpleNamespace
    >>> resolve_path(SimpleNamespace(session=SimpleNamespace(cwd="/docs")), "../a.txt")
    '/a.txt'
    """
    return join_path(control.session.cwd, argument)


# Listings.

def without_options(argument: str) -> str:
    """Return the path of a listing's argument: clients write options before it, as if this were ls (`LIST -al`).

    >>> without_options("-al docs"), without_options("docs")
    ('docs', 'docs')
    """
    while argument.startswith("-"):
        argument = argument.partition(" ")[2].lstrip()
    return argument


def list_entries(control: ControlConnection, path: str) -> Iterator[Entry]:
    """Yield what LIST, NLST and STAT show: a folder's entries, those that match a pattern, or one file.

    >>> from types import SimpleNamespace
    >>> entries = [Entry("a.txt", False, 5, 0.0), Entry("b.py", False, 7, 0.0)]
    >>> files = SimpleNamespace(exists=lambda path: path == "/", is_folder=lambda path: path == "/",
    ...                         entries=lambda path: iter(entries))
    >>> [entry.name for entry in list_entries(SimpleNamespace(files=files), "/*.py")]
    ['b.py']
    """
    folder, _, last = path.rpartition("/")
    if any(mark in last for mark in "*?[") and not control.files.exists(path):
        matches = re.compile(fnmatch.translate(last)).match
        yield from (entry for entry in control.files.entries(folder or "/") if matches(entry.name))
    elif control.files.is_folder(path):
        yield from control.files.entries(path)
    else:
        yield control.files.entry(path)


def _send_lines(control: ControlConnection, make: Callable[[], Iterable[str]]) -> None:
    """Send the lines that `make` returns, which is called in a thread: what it cannot list is refused before 150."""
    control.session.take_rest()
    control.data.check()
    encoding = control.session.encoding
    transfer = RetrTransfer()

    def work() -> list[bytes]:
        return list(join_lines(encode_name(_one_line(line), encoding) for line in make()))

    def ready(pieces: list[bytes]) -> str:
        transfer.open(None, pieces=pieces)
        return "Here comes the directory listing."

    control.data.ask(transfer, work, ready)


def _one_line(line: str) -> str:
    """Keep a name that holds a line end from looking like two."""
    if line.isprintable():
        return line
    return "".join("?" if mark != "\t" and (ord(mark) < 32 or mark == "\x7f") else mark for mark in line)


def list_folder(control: ControlConnection, argument: str) -> None:
    """LIST [path]: send a folder's entries as `ls -l` would show them. RFC 959 section 4.1.3."""
    now, path = time.time(), resolve_path(control, without_options(argument))
    _send_lines(control, lambda: (format_list(entry, now) for entry in list_entries(control, path)))


def list_names(control: ControlConnection, argument: str) -> None:
    """NLST [path]: send names only, one a line. RFC 959 section 4.1.3."""
    argument = without_options(argument)
    path, (folder, slash, _) = resolve_path(control, argument), argument.rpartition("/")

    def names() -> Iterator[str]:
        is_folder = control.files.exists(path) and control.files.is_folder(path)
        prefix = "" if is_folder else folder + slash  # for a pattern, names that can be asked for as they are
        return (prefix + entry.name for entry in list_entries(control, path))

    _send_lines(control, names)


def list_facts(control: ControlConnection, argument: str) -> None:
    """MLSD [folder]: send a folder's entries as facts for programs. RFC 3659 section 7."""
    path, facts = resolve_path(control, argument), control.session.facts

    def lines() -> Iterator[str]:
        if not control.files.is_folder(path):
            raise CommandError(501, "MLSD is for folders: use MLST.")
        return (format_facts(entry, facts) for entry in control.files.entries(path))

    _send_lines(control, lines)


def show_facts(control: ControlConnection, argument: str) -> None:
    """MLST [path]: reply with the facts of one file or folder. RFC 3659 section 7."""
    path = resolve_path(control, argument)
    entry = control.files.entry(path)._replace(name=path)
    control.reply(250, "Facts:", format_facts(entry, control.session.facts), "End.")


# Data connections.

def set_type(control: ControlConnection, argument: str) -> None:
    """TYPE I or A: send bytes as they are, or lines of text. RFC 959 section 4.1.2."""
    control.session.binary = parse_type(argument)
    control.reply(200, "Command okay: " + ("bytes as they are." if control.session.binary else "text."))


def set_mode(control: ControlConnection, argument: str) -> None:
    """MODE S: send data as a stream, the only mode here. RFC 959 section 4.1.2."""
    if argument.upper() != "S":
        raise CommandError(504, "MODE is S.")
    control.reply(200, "Command okay: a stream.")


def set_structure(control: ControlConnection, argument: str) -> None:
    """STRU F: send files without records, the only structure here. RFC 959 section 4.1.2."""
    if argument.upper() != "F":
        raise CommandError(504, "STRU is F.")
    control.reply(200, "Command okay: files.")


def passive(control: ControlConnection, argument: str) -> None:
    """PASV: listen on a port for the next data connection, over IPv4. RFC 959 section 4.1.2."""
    if control.session.epsv_all:
        raise CommandError(503, "Bad sequence of commands: after EPSV ALL there is EPSV only.")
    host = get_host(control.transport, "sockname")
    format_pasv(host, 0)
    port = control.data.listen()
    control.reply(227, format_pasv(control.rules.masquerade or host, port))


def passive_extended(control: ControlConnection, argument: str) -> None:
    """EPSV [1, 2 or ALL]: listen as for PASV, over IPv4 or IPv6. RFC 2428 section 3."""
    word = argument.strip().upper()
    if word == "ALL":
        control.session.epsv_all = True
        control.reply(200, "EPSV only, from now on.")
        return
    family = "2" if ":" in get_host(control.transport, "sockname") else "1"
    if word not in ("", family):
        known = family if word in ("1", "2") else "1,2"
        raise CommandError(522, f"Network protocol not supported, use ({known}).")
    control.reply(229, format_epsv(control.data.listen()))


def active(control: ControlConnection, argument: str) -> None:
    """PORT h1,h2,h3,h4,p1,p2: connect to this address for the next transfer. RFC 959 section 4.1.2."""
    _aim(control, parse_port(argument))


def active_extended(control: ControlConnection, argument: str) -> None:
    """EPRT |family|address|port|: connect as for PORT, over IPv4 or IPv6. RFC 2428 section 2."""
    _aim(control, parse_eprt(argument))


def _aim(control: ControlConnection, target: tuple[str, int]) -> None:
    if control.session.epsv_all:
        raise CommandError(503, "Bad sequence of commands: after EPSV ALL there is EPSV only.")
    if not control.rules.active:
        raise CommandError(502, "This server does not connect out: use PASV or EPSV.")
    check_active(target, control.host)
    control.data.aim(target[1])
    control.reply(200, "Command okay: I will connect there.")


# Transfers.

def restart(control: ControlConnection, argument: str) -> None:
    """REST offset: start the next transfer there. RFC 3659 section 5."""
    offset = parse_size(argument)
    if offset and not control.session.binary:
        raise CommandError(501, "Say TYPE I first: an offset in text has no place in the file.")
    control.session.rest = offset
    control.reply(350, f"The next transfer starts at {offset}.")


def retrieve(control: ControlConnection, argument: str) -> None:
    """RETR file: send a file. RFC 959 section 4.1.3."""
    offset = control.session.take_rest()
    control.data.check()
    path, binary, transfer = resolve_path(control, argument), control.session.binary, RetrTransfer()

    def ready(file: IO[bytes]) -> str:
        length = os.fstat(file.fileno()).st_size
        if offset > length:
            raise CommandError(554, f"The file has only {length} bytes.")
        transfer.open(file, offset, length - offset, None if binary else read_slices(file, 0, text=True))
        return f"Sending {quote_path(path)} ({f'{length - offset} bytes' if binary else 'text'})."

    control.data.ask(transfer, lambda: control.files.open(path), ready, drop=lambda file: file.close(),
                     in_thread=False)


def store(control: ControlConnection, argument: str) -> None:
    """STOR file: receive a file, and replace what is there once all has come. RFC 959 section 4.1.3."""
    _receive(control, resolve_path(control, argument), offset=control.session.take_rest())


def append(control: ControlConnection, argument: str) -> None:
    """APPE file: receive data and append it to a file. RFC 959 section 4.1.3."""
    control.session.take_rest()
    path = resolve_path(control, argument)
    told_path, size = control.session.told_size
    _receive(control, path, append=True, known=size if told_path == path else None)


def store_unique(control: ControlConnection, argument: str) -> None:
    """STOU [file]: receive a file under a new name. RFC 959 section 4.1.3.

    The name always gets random letters: one that is free now may be taken when the file is complete.
    """
    control.session.take_rest()
    path = f"{resolve_path(control, argument.strip() or 'file')}.{os.urandom(4).hex()}"
    _receive(control, path, unique=True, announced=f"FILE: {path.rpartition('/')[2]}")


def _receive(control: ControlConnection, path: str, *, announced: str = "", **options: Any) -> None:
    control.data.check()
    text = None if control.session.binary else FromNetwork(_NEWLINE)
    transfer = StorTransfer(text, control.rules.allow_tls_cut_off)

    def ready(upload: Upload) -> str:
        transfer.open(upload)
        return announced or f"Ready to receive {quote_path(path)}."

    def is_wanted() -> bool:
        return transfer.state is ASKED and not control.lost

    control.data.ask(transfer, lambda: control.files.upload(path, wanted=is_wanted, **options), ready,
                     code=554 if options.get("offset") else 553, drop=lambda upload: upload.discard())


def allocate(control: ControlConnection, argument: str) -> None:
    """ALLO bytes: say whether the disk has room for an upload. RFC 959 section 4.1.3."""
    wanted, room = parse_size(argument.split()[0]), control.files.room()
    if wanted > room:
        raise CommandError(552, f"There are only {room} bytes left.")
    control.reply(200, "Command okay: there is room.")


def abort(control: ControlConnection, argument: str) -> None:
    """ABOR: end the transfer that is under way. RFC 959 section 4.1.3."""
    if control.data.transfer is not None:
        control.data.finish(426, "Connection closed; transfer aborted.")
    else:
        control.data.close()
    control.reply(226, "Closing data connection: there is no transfer now.")


def hash_file(control: ControlConnection, argument: str) -> None:
    """XSHA256 file [start [end]]: the SHA-256 of its bytes, which a client compares before it resumes. No RFC."""
    match = _HASHED_RANGE.fullmatch(argument)
    assert match is not None
    path, start, end = resolve_path(control, match[1]), int(match[2] or 0), int(match[3]) if match[3] else None

    def hashing() -> Generator[str, None, None]:
        with control.files.open_partial(path) as file:
            for digest in hash_pieces(file, start, end):
                if not digest:
                    yield ""
        yield digest  # when the file is closed: the next command may remove it

    def go_on(digest: str = "") -> None:
        if digest:
            return control.reply(250, digest)
        control.run(lambda: next(pieces), go_on, drop=lambda _: pieces.close())  # others have their turn between

    pieces = hashing()
    go_on()


# What each command of this module does, by its name.
DATA_ACTIONS: dict[str, Action] = {
    "LIST": list_folder, "NLST": list_names, "MLSD": list_facts, "MLST": show_facts,
    "TYPE": set_type, "MODE": set_mode, "STRU": set_structure, "PASV": passive, "EPSV": passive_extended,
    "PORT": active, "EPRT": active_extended, "RETR": retrieve, "STOR": store, "STOU": store_unique, "APPE": append,
    "REST": restart, "ALLO": allocate, "ABOR": abort, "XSHA256": hash_file,
}
