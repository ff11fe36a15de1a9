"""What the commands do that need a data connection, or make one: functions `(control, argument)`.

They are found by the command's name in DATA_ACTIONS.
"""
from __future__ import annotations

import fnmatch
import os
import time
from typing import Any, Iterator

from .commands import (
    CommandError, Entry, FromNetwork, check_active, encode_name, format_epsv, format_facts, format_list, format_pasv,
    join_path, parse_eprt, parse_port, parse_size, parse_type, quote_path,
)
from .control import Action, ControlConnection
from .transfers import RetrTransfer, StorTransfer, join_lines, read_slices

_NEWLINE = os.linesep.encode()


def resolve_path(control: ControlConnection, argument: str) -> str:
    """Return the path that an argument means to this client."""
    return join_path(control.session.cwd, argument)


# Listings.

def without_options(argument: str) -> str:
    """Return the path of a listing's argument: clients write options before it, as if this were ls (`LIST -al`)."""
    while argument.startswith("-"):
        argument = argument.partition(" ")[2].lstrip()
    return argument


def list_entries(control: ControlConnection, argument: str) -> Iterator[Entry]:
    """Yield what LIST, NLST and STAT are to show: a folder's entries, those that match a pattern, or one file."""
    path = resolve_path(control, without_options(argument))
    folder, _, last = path.rpartition("/")
    if any(mark in last for mark in "*?[") and not control.files.exists(path):
        control.files.is_folder(folder or "/")
        return (entry for entry in control.files.entries(folder or "/") if fnmatch.fnmatchcase(entry.name, last))
    if control.files.is_folder(path):
        return control.files.entries(path)
    return iter([control.files.entry(path)])


def _send_lines(control: ControlConnection, lines: Iterator[str]) -> None:
    encoding = control.session.encoding
    encoded = (encode_name(_one_line(line), encoding) for line in lines)
    control.start(RetrTransfer(None, pieces=join_lines(encoded)), "Here comes the listing.")


def _one_line(line: str) -> str:
    """Keep a name that holds a line end from looking like two."""
    return line if line.isprintable() else "".join("?" if ord(mark) < 32 or mark == "\x7f" else mark for mark in line)


def list_folder(control: ControlConnection, argument: str) -> None:
    control.check_data()
    now = time.time()
    _send_lines(control, (format_list(entry, now) for entry in list_entries(control, argument)))


def list_names(control: ControlConnection, argument: str) -> None:
    control.check_data()
    argument = without_options(argument)
    folder, slash, _ = argument.rpartition("/")
    is_folder = control.files.exists(path := resolve_path(control, argument)) and control.files.is_folder(path)
    prefix = "" if is_folder else folder + slash  # for a pattern, names that can be asked for as they are
    _send_lines(control, (prefix + entry.name for entry in list_entries(control, argument)))


def list_facts(control: ControlConnection, argument: str) -> None:
    control.check_data()
    path = resolve_path(control, argument)
    if not control.files.is_folder(path):
        raise CommandError(501, "MLSD is for folders: use MLST.")
    facts = control.session.facts
    _send_lines(control, (format_facts(entry, facts) for entry in control.files.entries(path)))


def show_facts(control: ControlConnection, argument: str) -> None:
    path = resolve_path(control, argument)
    entry = control.files.entry(path)._replace(name=path)
    control.reply(250, "Facts:", format_facts(entry, control.session.facts), "End.")


# Data connections.

def set_type(control: ControlConnection, argument: str) -> None:
    control.session.binary = parse_type(argument)
    control.reply(200, "Bytes as they are." if control.session.binary else "Text.")


def set_mode(control: ControlConnection, argument: str) -> None:
    if argument.upper() != "S":
        raise CommandError(504, "MODE is S.")
    control.reply(200, "A stream.")


def set_structure(control: ControlConnection, argument: str) -> None:
    if argument.upper() != "F":
        raise CommandError(504, "STRU is F.")
    control.reply(200, "A file.")


def passive(control: ControlConnection, argument: str) -> None:
    if control.session.epsv_all:
        raise CommandError(503, "After EPSV ALL there is EPSV only.")
    format_pasv(control.local, 0)
    port = control.listen_for_data(control.local)
    control.reply(227, format_pasv(control.rules.masquerade or control.local, port))


def passive_extended(control: ControlConnection, argument: str) -> None:
    word = argument.strip().upper()
    if word == "ALL":
        control.session.epsv_all = True
        return control.reply(200, "EPSV only, from now on.")
    if word not in ("", "1", "2"):
        raise CommandError(522, "Network protocol not supported, use (1,2).")
    if word and word != ("2" if ":" in control.local else "1"):
        raise CommandError(522, f"Network protocol not supported, use ({2 if ':' in control.local else 1}).")
    control.reply(229, format_epsv(control.listen_for_data(control.local)))


def active(control: ControlConnection, argument: str) -> None:
    _set_target(control, parse_port(argument))


def active_extended(control: ControlConnection, argument: str) -> None:
    _set_target(control, parse_eprt(argument))


def _set_target(control: ControlConnection, target: tuple[str, int]) -> None:
    if control.session.epsv_all:
        raise CommandError(503, "After EPSV ALL there is EPSV only.")
    if not control.rules.active:
        raise CommandError(502, "This server does not connect out: use PASV or EPSV.")
    check_active(target, control.host)
    control.close_data()
    control.target = target
    control.reply(200, "I will connect there.")


# Transfers.

def restart(control: ControlConnection, argument: str) -> None:
    offset = parse_size(argument)
    if offset and not control.session.binary:
        raise CommandError(501, "Say TYPE I first: an offset in text has no place in the file.")
    control.session.rest = offset
    control.reply(350, f"The next transfer starts at {offset}.")


def retrieve(control: ControlConnection, argument: str) -> None:
    offset = control.session.take_rest()
    control.check_data()
    path = resolve_path(control, argument)
    file = control.files.open(path)
    length = os.fstat(file.fileno()).st_size
    if offset > length:
        file.close()
        raise CommandError(554, f"The file has only {length} bytes.")
    pieces = None if control.session.binary else read_slices(file, 0, text=True)
    kind = f"{length - offset} bytes" if control.session.binary else "text"
    control.start(RetrTransfer(file, offset, pieces), f"Here comes {quote_path(path)} ({kind}).")


def store(control: ControlConnection, argument: str) -> None:
    _receive(control, resolve_path(control, argument), control.session.take_rest())


def append(control: ControlConnection, argument: str) -> None:
    control.session.take_rest()
    _receive(control, resolve_path(control, argument), 0, append=True)


def store_unique(control: ControlConnection, argument: str) -> None:
    control.session.take_rest()
    path = control.files.unused(resolve_path(control, argument.strip() or "file"))
    _receive(control, path, 0, announced=f"FILE: {path.rpartition('/')[2]}")


def _receive(control: ControlConnection, path: str, offset: int, append: bool = False, announced: str = "") -> None:
    control.check_data()
    text = None if control.session.binary else FromNetwork(_NEWLINE)

    def begin(upload: Any) -> None:
        control.start(StorTransfer(upload, text), announced or f"Send {quote_path(path)}.")

    control.run(lambda: control.files.upload(path, offset, append), begin, code=554 if offset else 553,
                drop=lambda upload: upload.discard())


def allocate(control: ControlConnection, argument: str) -> None:
    wanted, room = parse_size(argument.split()[0]), control.files.room()
    if wanted > room:
        raise CommandError(552, f"There are only {room} bytes left.")
    control.reply(200, "There is room.")


def abort(control: ControlConnection, argument: str) -> None:
    if control.job is not None:
        control.end_transfer(426, "The transfer is given up.")
    else:
        control.close_data()
    control.reply(226, "There is no transfer now.")


DATA_ACTIONS: dict[str, Action] = {
    "LIST": list_folder, "NLST": list_names, "MLSD": list_facts, "MLST": show_facts,
    "TYPE": set_type, "MODE": set_mode, "STRU": set_structure, "PASV": passive, "EPSV": passive_extended,
    "PORT": active, "EPRT": active_extended, "RETR": retrieve, "STOR": store, "STOU": store_unique, "APPE": append,
    "REST": restart, "ALLO": allocate, "ABOR": abort,
}
