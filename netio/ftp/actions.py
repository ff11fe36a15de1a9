"""What each command does: functions `(control, argument)`, found by the command's name in ACTIONS."""
from __future__ import annotations

import fnmatch
import os
import time
from typing import Any, Callable, Iterator

from .commands import (
    COMMANDS, FACTS, FEATURES, FEATURES_TLS, CommandError, Entry, FromNetwork, check_active, encode_name, format_epsv,
    format_facts, format_list, format_pasv, format_time, join_path, parse_eprt, parse_facts, parse_port, parse_size,
    parse_time, parse_type, quote_path,
)
from .control import Control
from .transfers import Download, Receipt, join_lines, read_slices
from .users import User

_NEWLINE = os.linesep.encode()
_STAT_MOST = 1000  # lines of a listing that comes over the control connection


# Log-in and session.

def user(control: Control, argument: str) -> None:
    session, service = control.session, control.service
    if control.rules.require_tls and control.context is None:
        raise CommandError(530, "Say AUTH TLS first.")
    session.log_out()
    session.user = argument
    if not service.needs_password(argument):
        session.previous = "USER"
        return control.reply(331, "Any password will do.")
    control.reply(331, "And the password?")


def password(control: Control, argument: str) -> None:
    name = control.session.user
    if control.service.needs_password(name):
        control.run(lambda: control.service.log_in(name, argument), lambda found: _log_in(control, found))
    else:
        _log_in(control, control.service.log_in(name, argument))


def _log_in(control: Control, found: User | None) -> None:
    if found is None:
        control.session.user = ""
        return control.wrong_password()
    control.folder = control.service.open_folder(found)
    control.session.log_in(found.name)
    control.service.forgive(control.host)
    control.reply(230, f"Welcome, {found.name}.")


def account(control: Control, argument: str) -> None:
    control.reply(202, "There are no accounts here.")


def quit_session(control: Control, argument: str) -> None:
    control.reply(221, "Goodbye.")
    control.end()


def begin_again(control: Control, argument: str) -> None:
    control.close_data()
    control.session.log_out()
    control.folder = None
    control.reply(220, "Who are you?")


def start_tls(control: Control, argument: str) -> None:
    if argument.upper() not in ("TLS", "TLS-C", "SSL"):
        raise CommandError(504, "AUTH TLS is the only way.")
    if not hasattr(control.transport, "start_tls"):
        raise CommandError(502, "This server has no certificate.")
    if control.context is not None:
        raise CommandError(503, "This connection is encrypted already.")
    control.reply(234, "Begin the handshake.")
    control.begin_tls()


def set_buffer_size(control: Control, argument: str) -> None:
    if control.context is None:
        raise CommandError(503, "AUTH TLS comes first.")
    parse_size(argument)
    control.session.buffer_size_set = True
    control.reply(200, "PBSZ=0")


def set_protection(control: Control, argument: str) -> None:
    if not control.session.buffer_size_set:
        raise CommandError(503, "PBSZ comes first.")
    if argument.upper() not in ("C", "P"):
        raise CommandError(536 if argument.upper() in ("S", "E") else 504, "PROT is P or C.")
    control.session.private = argument.upper() == "P"
    control.reply(200, "Data is encrypted." if control.session.private else "Data is not encrypted.")


# What this server is.

def system(control: Control, argument: str) -> None:
    control.reply(215, "UNIX Type: L8")


def features(control: Control, argument: str) -> None:
    facts = "".join(f"{fact}{'*' if fact in control.session.facts else ''};" for fact in FACTS)
    tls = FEATURES_TLS if hasattr(control.transport, "start_tls") else ()
    control.reply(211, "Features:", *sorted([*FEATURES, *tls, f"MLST {facts}"]), "End.")


def options(control: Control, argument: str) -> None:
    name, _, value = argument.partition(" ")
    if name.upper() == "UTF8" and value.upper() in ("ON", "OFF", ""):
        off = value.upper() == "OFF"
        control.session.encoding = control.rules.legacy_encoding if off else "utf-8"
        return control.reply(200, f"Names are {control.session.encoding.upper()}.")
    if name.upper() == "MLST":
        control.session.facts = parse_facts(value)
        return control.reply(200, f"MLST OPTS {''.join(f'{fact};' for fact in control.session.facts)}")
    raise CommandError(501, "There are OPTS UTF8 ON, OPTS UTF8 OFF and OPTS MLST facts.")


def explain(control: Control, argument: str) -> None:
    word = argument.strip().upper()
    if word and word not in COMMANDS:
        raise CommandError(502, f"{word} is not known here.")
    if word:
        return control.reply(214, COMMANDS[word].help + ".")
    names = list(COMMANDS)
    rows = [" ".join(f"{name:<4}" for name in names[start:start + 10]) for start in range(0, len(names), 10)]
    control.reply(214, "These commands are known:", *rows, "HELP command says more.")


def site(control: Control, argument: str) -> None:
    if argument.upper().split()[0] != "HELP":
        raise CommandError(504, "There are no SITE commands here.")
    control.reply(214, "There are no SITE commands here.")


def nothing(control: Control, argument: str) -> None:
    control.reply(200, "Still here.")


def status(control: Control, argument: str) -> None:
    if not argument.strip():
        session = control.session
        moving = f"{control.job.moved()} bytes so far" if control.job is not None else "no transfer"
        return control.reply(
            211, "Status:", f"Client {control.host}, user {session.user if session.logged_in else 'nobody'}",
            f"Type {'I' if session.binary else 'A'}, mode S, structure F, names in {session.encoding}",
            "Encrypted" if control.context is not None else "Not encrypted", moving, "End.")
    if control.folder is None or not control.session.logged_in:
        raise CommandError(530, "Log in with USER and PASS first.")
    lines = [format_list(entry, time.time()) for entry in _entries(control, argument)]
    more = [f"... and {len(lines) - _STAT_MOST} more"] if len(lines) > _STAT_MOST else []
    control.reply(213, f"Listing {argument}:", *lines[:_STAT_MOST], *more, "End.")


# Folders and files.

def _place(control: Control, argument: str) -> str:
    return join_path(control.session.cwd, argument)


def change_folder(control: Control, argument: str) -> None:
    path = _place(control, argument)
    if not control.files.is_folder(path):
        raise CommandError(550, "There is no such folder.")
    control.session.cwd = path
    control.reply(250, f"This is {quote_path(path)}.")


def go_up(control: Control, argument: str) -> None:
    change_folder(control, "..")


def print_folder(control: Control, argument: str) -> None:
    control.reply(257, f"{quote_path(control.session.cwd)} is where you are.")


def make_folder(control: Control, argument: str) -> None:
    path = _place(control, argument)
    control.files.make_folder(path)
    control.reply(257, f"{quote_path(path)} is there.")


def remove_folder(control: Control, argument: str) -> None:
    control.files.remove_folder(_place(control, argument))
    control.reply(250, "It is gone.")


def delete(control: Control, argument: str) -> None:
    control.files.delete(_place(control, argument))
    control.reply(250, "It is gone.")


def rename_from(control: Control, argument: str) -> None:
    path = _place(control, argument)
    control.files.may("change")
    if not control.files.exists(path):
        raise CommandError(550, "There is no such file.")
    control.session.rename_from = path
    control.reply(350, "And the new name?")


def rename_to(control: Control, argument: str) -> None:
    control.files.rename(control.session.rename_from, _place(control, argument))
    control.reply(250, "It has its new name.")


def size(control: Control, argument: str) -> None:
    if not control.session.binary:
        raise CommandError(550, "SIZE is known for TYPE I only: text changes its size on the way.")
    control.reply(213, str(control.files.size(_place(control, argument))))


def modified(control: Control, argument: str) -> None:
    entry = control.files.entry(_place(control, argument))
    if entry.is_folder:
        raise CommandError(550, "That is a folder.")
    control.reply(213, format_time(entry.modified))


def set_modified(control: Control, argument: str) -> None:
    when, _, name = argument.partition(" ")
    if not name:
        raise CommandError(501, "MFMT takes a time and a file.")
    control.files.set_time(_place(control, name), parse_time(when))
    control.reply(213, f"Modify={when}; {name}")


# Listings.

def _entries(control: Control, argument: str) -> Iterator[Entry]:
    """Yield what LIST, NLST and STAT are to show: a folder's entries, those that match a pattern, or one file.

    Clients write options before the name as if this were ls (`LIST -al`).
    """
    while argument.startswith("-"):
        argument = argument.partition(" ")[2].lstrip()
    path = _place(control, argument)
    folder, _, last = path.rpartition("/")
    if any(mark in last for mark in "*?[") and not control.files.exists(path):
        control.files.is_folder(folder or "/")
        return (entry for entry in control.files.entries(folder or "/") if fnmatch.fnmatchcase(entry.name, last))
    if control.files.is_folder(path):
        return control.files.entries(path)
    return iter([control.files.entry(path)])


def _send_lines(control: Control, lines: Iterator[str]) -> None:
    encoding = control.session.encoding
    encoded = (encode_name(_one_line(line), encoding) for line in lines)
    control.start(Download(None, pieces=join_lines(encoded)), "Here comes the listing.")


def _one_line(line: str) -> str:
    """Keep a name that holds a line end from looking like two."""
    return line if line.isprintable() else "".join("?" if ord(mark) < 32 or mark == "\x7f" else mark for mark in line)


def list_folder(control: Control, argument: str) -> None:
    control.check_data()
    now = time.time()
    _send_lines(control, (format_list(entry, now) for entry in _entries(control, argument)))


def list_names(control: Control, argument: str) -> None:
    control.check_data()
    prefix = argument.rpartition("/")[0] + "/" if "/" in argument and not argument.startswith("-") else ""
    if prefix and control.files.exists(_place(control, argument)) and control.files.is_folder(_place(control, argument)):
        prefix = argument.rstrip("/") + "/"
    _send_lines(control, (prefix + entry.name for entry in _entries(control, argument)))


def list_facts(control: Control, argument: str) -> None:
    control.check_data()
    path = _place(control, argument)
    if not control.files.is_folder(path):
        raise CommandError(501, "MLSD is for folders: use MLST.")
    facts = control.session.facts
    _send_lines(control, (format_facts(entry, facts) for entry in control.files.entries(path)))


def show_facts(control: Control, argument: str) -> None:
    path = _place(control, argument)
    entry = control.files.entry(path)._replace(name=path)
    control.reply(250, "Facts:", format_facts(entry, control.session.facts), "End.")


# Data connections.

def set_type(control: Control, argument: str) -> None:
    control.session.binary = parse_type(argument)
    control.reply(200, "Bytes as they are." if control.session.binary else "Text.")


def set_mode(control: Control, argument: str) -> None:
    if argument.upper() != "S":
        raise CommandError(504, "MODE is S.")
    control.reply(200, "A stream.")


def set_structure(control: Control, argument: str) -> None:
    if argument.upper() != "F":
        raise CommandError(504, "STRU is F.")
    control.reply(200, "A file.")


def passive(control: Control, argument: str) -> None:
    if control.session.epsv_all:
        raise CommandError(503, "After EPSV ALL there is EPSV only.")
    format_pasv(control.local, 0)
    port = control.listen_for_data(control.local)
    control.reply(227, format_pasv(control.rules.masquerade or control.local, port))


def passive_extended(control: Control, argument: str) -> None:
    word = argument.strip().upper()
    if word == "ALL":
        control.session.epsv_all = True
        return control.reply(200, "EPSV only, from now on.")
    if word not in ("", "1", "2"):
        raise CommandError(522, "Network protocol not supported, use (1,2).")
    if word and word != ("2" if ":" in control.local else "1"):
        raise CommandError(522, f"Network protocol not supported, use ({2 if ':' in control.local else 1}).")
    control.reply(229, format_epsv(control.listen_for_data(control.local)))


def active(control: Control, argument: str) -> None:
    _aim(control, parse_port(argument))


def active_extended(control: Control, argument: str) -> None:
    _aim(control, parse_eprt(argument))


def _aim(control: Control, target: tuple[str, int]) -> None:
    if control.session.epsv_all:
        raise CommandError(503, "After EPSV ALL there is EPSV only.")
    if not control.rules.active:
        raise CommandError(502, "This server does not connect out: use PASV or EPSV.")
    check_active(target, control.host)
    control.close_data()
    control.target = target
    control.reply(200, "I will connect there.")


# Transfers.

def restart(control: Control, argument: str) -> None:
    offset = parse_size(argument)
    if offset and not control.session.binary:
        raise CommandError(501, "Say TYPE I first: an offset in text has no place in the file.")
    control.session.rest = offset
    control.reply(350, f"The next transfer starts at {offset}.")


def retrieve(control: Control, argument: str) -> None:
    offset = control.session.take_rest()
    control.check_data()
    path = _place(control, argument)
    file = control.files.open(path)
    length = os.fstat(file.fileno()).st_size
    if offset > length:
        file.close()
        raise CommandError(554, f"The file has only {length} bytes.")
    pieces = None if control.session.binary else read_slices(file, 0, text=True)
    kind = f"{length - offset} bytes" if control.session.binary else "text"
    control.start(Download(file, offset, pieces), f"Here comes {quote_path(path)} ({kind}).")


def store(control: Control, argument: str) -> None:
    _receive(control, _place(control, argument), control.session.take_rest())


def append(control: Control, argument: str) -> None:
    control.session.take_rest()
    _receive(control, _place(control, argument), 0, append=True)


def store_unique(control: Control, argument: str) -> None:
    control.session.take_rest()
    path = control.files.unused(_place(control, argument.strip() or "file"))
    _receive(control, path, 0, announced=f"FILE: {path.rpartition('/')[2]}")


def _receive(control: Control, path: str, offset: int, append: bool = False, announced: str = "") -> None:
    control.check_data()
    text = None if control.session.binary else FromNetwork(_NEWLINE)

    def begin(upload: Any) -> None:
        control.start(Receipt(upload, text), announced or f"Send {quote_path(path)}.")

    control.run(lambda: control.files.upload(path, offset, append), begin, code=554 if offset else 553,
                drop=lambda upload: upload.discard())


def allocate(control: Control, argument: str) -> None:
    wanted, room = parse_size(argument.split()[0]), control.files.room()
    if wanted > room:
        raise CommandError(552, f"There are only {room} bytes left.")
    control.reply(200, "There is room.")


def abort(control: Control, argument: str) -> None:
    if control.job is not None:
        control.end_transfer(426, "The transfer is given up.")
        return control.reply(226, "Done.")
    if control.busy:
        return control.reply(225, "It is too late: the file is being stored.")
    control.close_data()
    control.reply(226, "There is no transfer.")


ACTIONS: dict[str, Callable[[Any, str], None]] = {
    "USER": user, "PASS": password, "ACCT": account, "QUIT": quit_session, "REIN": begin_again,
    "CWD": change_folder, "CDUP": go_up, "PWD": print_folder, "MKD": make_folder, "RMD": remove_folder,
    "DELE": delete, "RNFR": rename_from, "RNTO": rename_to, "SIZE": size, "MDTM": modified, "MFMT": set_modified,
    "LIST": list_folder, "NLST": list_names, "MLSD": list_facts, "MLST": show_facts, "STAT": status,
    "TYPE": set_type, "MODE": set_mode, "STRU": set_structure, "PASV": passive, "EPSV": passive_extended,
    "PORT": active, "EPRT": active_extended, "RETR": retrieve, "STOR": store, "STOU": store_unique, "APPE": append,
    "REST": restart, "ALLO": allocate, "ABOR": abort, "SYST": system, "FEAT": features, "OPTS": options,
    "HELP": explain, "SITE": site, "NOOP": nothing, "AUTH": start_tls, "PBSZ": set_buffer_size, "PROT": set_protection,
}
