"""What the commands do that need a data connection, or make one: functions `(control, argument)`.

They are found by the command's name in DATA_ACTIONS.
"""
from __future__ import annotations

import fnmatch
import os
import re
import time
from typing import IO, Any, Callable, Iterable, Iterator

from .commands import (
    CommandError, Entry, FromNetwork, check_active, encode_name, format_epsv, format_facts, format_list, format_pasv,
    join_path, parse_eprt, parse_port, parse_size, parse_type, quote_path,
)
from .control import Action, ControlConnection
from .data import get_host
from .folder import Upload, hash_range
from .transfers import ASKED, RetrTransfer, StorTransfer, join_lines, read_slices

_NEWLINE = os.linesep.encode()
_HASHED_RANGE = re.compile(r"(.*?)(?: (\d{1,19})(?: (\d{1,19}))?)?", re.ASCII | re.DOTALL)


def resolve_path(control: ControlConnection, argument: str) -> str:
    """Return the path that an argument means to this client."""
    return join_path(control.session.cwd, argument)


# Listings.

def without_options(argument: str) -> str:
    """Return the path of a listing's argument: clients write options before it, as if this were ls (`LIST -al`)."""
    while argument.startswith("-"):
        argument = argument.partition(" ")[2].lstrip()
    return argument


def list_entries(control: ControlConnection, path: str) -> Iterator[Entry]:
    """Yield what LIST, NLST and STAT show: a folder's entries, those that match a pattern, or one file."""
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
    now, path = time.time(), resolve_path(control, without_options(argument))
    _send_lines(control, lambda: (format_list(entry, now) for entry in list_entries(control, path)))


def list_names(control: ControlConnection, argument: str) -> None:
    argument = without_options(argument)
    path, (folder, slash, _) = resolve_path(control, argument), argument.rpartition("/")

    def names() -> Iterator[str]:
        is_folder = control.files.exists(path) and control.files.is_folder(path)
        prefix = "" if is_folder else folder + slash  # for a pattern, names that can be asked for as they are
        return (prefix + entry.name for entry in list_entries(control, path))

    _send_lines(control, names)


def list_facts(control: ControlConnection, argument: str) -> None:
    path, facts = resolve_path(control, argument), control.session.facts

    def lines() -> Iterator[str]:
        if not control.files.is_folder(path):
            raise CommandError(501, "MLSD is for folders: use MLST.")
        return (format_facts(entry, facts) for entry in control.files.entries(path))

    _send_lines(control, lines)


def show_facts(control: ControlConnection, argument: str) -> None:
    path = resolve_path(control, argument)
    entry = control.files.entry(path)._replace(name=path)
    control.reply(250, "Facts:", format_facts(entry, control.session.facts), "End.")


# Data connections.

def set_type(control: ControlConnection, argument: str) -> None:
    control.session.binary = parse_type(argument)
    control.reply(200, "Command okay: " + ("bytes as they are." if control.session.binary else "text."))


def set_mode(control: ControlConnection, argument: str) -> None:
    if argument.upper() != "S":
        raise CommandError(504, "MODE is S.")
    control.reply(200, "Command okay: a stream.")


def set_structure(control: ControlConnection, argument: str) -> None:
    if argument.upper() != "F":
        raise CommandError(504, "STRU is F.")
    control.reply(200, "Command okay: files.")


def passive(control: ControlConnection, argument: str) -> None:
    if control.session.epsv_all:
        raise CommandError(503, "Bad sequence of commands: after EPSV ALL there is EPSV only.")
    host = get_host(control.transport, "sockname")
    format_pasv(host, 0)
    port = control.data.listen()
    control.reply(227, format_pasv(control.rules.masquerade or host, port))


def passive_extended(control: ControlConnection, argument: str) -> None:
    word = argument.strip().upper()
    if word == "ALL":
        control.session.epsv_all = True
        return control.reply(200, "EPSV only, from now on.")
    family = "2" if ":" in get_host(control.transport, "sockname") else "1"
    if word not in ("", family):
        known = family if word in ("1", "2") else "1,2"
        raise CommandError(522, f"Network protocol not supported, use ({known}).")
    control.reply(229, format_epsv(control.data.listen()))


def active(control: ControlConnection, argument: str) -> None:
    _aim(control, parse_port(argument))


def active_extended(control: ControlConnection, argument: str) -> None:
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
    offset = parse_size(argument)
    if offset and not control.session.binary:
        raise CommandError(501, "Say TYPE I first: an offset in text has no place in the file.")
    control.session.rest = offset
    control.reply(350, f"The next transfer starts at {offset}.")


def retrieve(control: ControlConnection, argument: str) -> None:
    offset = control.session.take_rest()
    control.data.check()
    path, binary, transfer = resolve_path(control, argument), control.session.binary, RetrTransfer()

    def ready(file: IO[bytes]) -> str:
        length = os.fstat(file.fileno()).st_size
        if offset > length:
            raise CommandError(554, f"The file has only {length} bytes.")
        transfer.open(file, offset, None if binary else read_slices(file, 0, text=True))
        return f"Sending {quote_path(path)} ({f'{length - offset} bytes' if binary else 'text'})."

    control.data.ask(transfer, lambda: control.files.open(path), ready, drop=lambda file: file.close(),
                     in_thread=False)


def store(control: ControlConnection, argument: str) -> None:
    _receive(control, resolve_path(control, argument), offset=control.session.take_rest())


def append(control: ControlConnection, argument: str) -> None:
    control.session.take_rest()
    path = resolve_path(control, argument)
    told_path, size = control.session.told_size
    _receive(control, path, append=True, known=size if told_path == path else None)


def store_unique(control: ControlConnection, argument: str) -> None:
    """Always with some random letters: of a name that is free now nobody knows whether it still is in the end."""
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
    wanted, room = parse_size(argument.split()[0]), control.files.room()
    if wanted > room:
        raise CommandError(552, f"There are only {room} bytes left.")
    control.reply(200, "Command okay: there is room.")


def abort(control: ControlConnection, argument: str) -> None:
    if control.data.transfer is not None:
        control.data.finish(426, "Connection closed; transfer aborted.")
    else:
        control.data.close()
    control.reply(226, "Closing data connection: there is no transfer now.")


def hash_file(control: ControlConnection, argument: str) -> None:
    """XSHA256 path [start [end]]: what a client that resumes compares with its own beginning."""
    match = _HASHED_RANGE.fullmatch(argument)
    assert match is not None
    path, start, end = resolve_path(control, match[1]), int(match[2] or 0), int(match[3]) if match[3] else None

    def work() -> str:
        with control.files.open_partial(path) as file:
            return hash_range(file, start, end, lambda: not control.lost)

    control.run(work, lambda digest: control.reply(250, digest))


DATA_ACTIONS: dict[str, Action] = {
    "LIST": list_folder, "NLST": list_names, "MLSD": list_facts, "MLST": show_facts,
    "TYPE": set_type, "MODE": set_mode, "STRU": set_structure, "PASV": passive, "EPSV": passive_extended,
    "PORT": active, "EPRT": active_extended, "RETR": retrieve, "STOR": store, "STOU": store_unique, "APPE": append,
    "REST": restart, "ALLO": allocate, "ABOR": abort, "XSHA256": hash_file,
}
