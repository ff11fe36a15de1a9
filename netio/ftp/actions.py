"""What each command does: functions `(control, argument)`, found by the command's name in ACTIONS.

A conversation shows those that need no data connection:

>>> import ftplib, os, tempfile
>>> from netio.ftp import FTPServer, User, hash_password
>>> folder = tempfile.TemporaryDirectory()
>>> ming = User("ming", hash_password("secret", rounds=1000), folder.name, ("read", "write", "change"))
>>> server = FTPServer("127.0.0.1", 0, None, users=[ming])
>>> server.start()
>>> client = ftplib.FTP()
>>> client.connect(*server.address[:2], timeout=9)
'220 netio FTP: welcome.'
>>> def say(*commands):
...     for command in commands:
...         client.putcmd(command)
...         print(client.getmultiline())
>>> say("AUTH TLS", "PBSZ 0", "PROT P", "USER ming", "PASS secret", "ACCT home")
502 This server has no certificate.
503 AUTH TLS comes first.
503 PBSZ comes first.
331 User name okay, need password.
230 User ming logged in, proceed.
202 Command superfluous at this site: there are no accounts.
>>> say("SYST", "FEAT", "OPTS UTF8 ON", "OPTS MLST size;", "HELP NOOP", "SITE HELP", "NOOP", "STAT")
215 UNIX Type: L8
211-Features:
 EPRT
 EPSV
 MDTM
 MFMT
 MLST type*;size*;modify*;perm*;unique;
 PASV
 REST STREAM
 SIZE
 TVFS
 UTF8
 XSHA256
211 End.
200 Names are UTF-8.
200 MLST OPTS size;
214 NOOP: nothing, but stay.
214 There are no SITE commands here.
200 Command okay.
211-Status:
 Client 127.0.0.1, user ming
 Type A, mode S, structure F, names in utf-8
 Not encrypted
 no transfer
211 End.
>>> say("MKD docs", "CWD docs", "PWD", "CDUP", "RNFR docs", "RNTO texts", "RMD texts")
257 "/docs" created.
250 Requested file action okay: this is "/docs".
257 "/docs" is the current directory.
250 Requested file action okay: this is "/".
350 Requested file action pending further information: say RNTO.
250 Requested file action okay, renamed.
250 Requested file action okay, removed.
>>> with open(os.path.join(folder.name, "a.txt"), "wb") as file:
...     _ = file.write(b"hello")
>>> say("TYPE I", "SIZE a.txt", "MFMT 20010909014640 a.txt", "MDTM a.txt", "DELE a.txt", "REIN", "QUIT")
200 Command okay: bytes as they are.
213 5
213 Modify=20010909014640; a.txt
213 20010909014640
250 Requested file action okay, deleted.
220 Service ready for new user.
221 Service closing control connection.
>>> client.close(); server.close(); folder.cleanup()
"""
from __future__ import annotations

import time
from itertools import islice
from typing import Callable

from .commands import (
    COMMANDS, FACTS, FEATURES, FEATURES_TLS, CommandError, format_list, format_time, parse_facts, parse_size,
    parse_time, quote_path,
)
from .control import Action, ControlConnection
from .data_actions import DATA_ACTIONS, list_entries, resolve_path, without_options
from .users import User

_STAT_MOST = 1000  # lines of a listing that comes over the control connection


# Log-in and session.

def user(control: ControlConnection, argument: str) -> None:
    """USER name: begin a log-in, which PASS completes. RFC 959 section 4.1.1."""
    session, state = control.session, control.state
    if control.rules.require_tls and control.context is None:
        raise CommandError(530, "Not logged in: say AUTH TLS first.")
    control.log_out()
    session.user = argument
    if not state.needs_password(argument):
        session.previous = "USER"
        control.reply(331, "Guest login okay, any password will do.")
        return
    control.reply(331, "User name okay, need password.")


def password(control: ControlConnection, argument: str) -> None:
    """PASS password: complete a log-in; a wrong one is answered late. RFC 959 section 4.1.1."""
    name = control.session.user
    control.run(lambda: control.state.log_in(name, argument), lambda found: _log_in(control, name, found))


def _log_in(control: ControlConnection, name: str, found: User | None) -> None:
    if found is None:
        control.session.user = ""
        control.wrong_password(control.state.delay(control.host, name))
        return
    control.folder = control.state.open_folder(found, control.host)
    control.session.log_in(found.name)
    if found.password is not None:
        control.state.forgive(control.host, name, control)
    control.reply(230, f"User {found.name} logged in, proceed.")


def account(control: ControlConnection, argument: str) -> None:
    """ACCT account: accepted and ignored, since there are no accounts. RFC 959 section 4.1.1."""
    control.reply(202, "Command superfluous at this site: there are no accounts.")


def quit_session(control: ControlConnection, argument: str) -> None:
    """QUIT: end the session. RFC 959 section 4.1.1."""
    control.reply(221, "Service closing control connection.")
    control.end()


def reinitialize(control: ControlConnection, argument: str) -> None:
    """REIN: log out, and keep the connection. RFC 959 section 4.1.1."""
    control.log_out()
    control.reply(220, "Service ready for new user.")


def start_tls(control: ControlConnection, argument: str) -> None:
    """AUTH TLS: encrypt the control connection from here on. RFC 4217 section 4."""
    if argument.upper() not in ("TLS", "TLS-C", "SSL"):
        raise CommandError(504, "Not implemented for that parameter: there is AUTH TLS.")
    if not hasattr(control.transport, "start_tls"):
        raise CommandError(502, "This server has no certificate.")
    if control.context is not None:
        raise CommandError(503, "This connection is encrypted already.")
    control.reply(234, "AUTH command okay: expecting the TLS handshake.")
    control.begin_tls()


def set_buffer_size(control: ControlConnection, argument: str) -> None:
    """PBSZ 0: must come before PROT, and changes nothing under TLS. RFC 4217 section 9."""
    if control.context is None:
        raise CommandError(503, "AUTH TLS comes first.")
    parse_size(argument)
    control.session.buffer_size_set = True
    control.reply(200, "PBSZ=0")


def set_protection(control: ControlConnection, argument: str) -> None:
    """PROT P or C: encrypt the data connections, or not. RFC 4217 section 9."""
    if not control.session.buffer_size_set:
        raise CommandError(503, "PBSZ comes first.")
    if argument.upper() not in ("C", "P"):
        raise CommandError(536 if argument.upper() in ("S", "E") else 504, "PROT is P or C.")
    control.session.private = argument.upper() == "P"
    control.reply(200, "Data is encrypted." if control.session.private else "Data is not encrypted.")


# What this server is.

def system(control: ControlConnection, argument: str) -> None:
    """SYST: name the system whose `ls -l` LIST imitates. RFC 959 section 4.1.3."""
    control.reply(215, "UNIX Type: L8")


def features(control: ControlConnection, argument: str) -> None:
    """FEAT: list what is supported beyond RFC 959. RFC 2389 section 3."""
    facts = "".join(f"{fact}{'*' if fact in control.session.facts else ''};" for fact in FACTS)
    tls = FEATURES_TLS if hasattr(control.transport, "start_tls") else ()
    control.reply(211, "Features:", *sorted([*FEATURES, *tls, f"MLST {facts}"]), "End.")


def options(control: ControlConnection, argument: str) -> None:
    """OPTS UTF8 ON or OFF, OPTS MLST facts: choose the encoding of names, or the facts of MLSD. RFC 2389 section 4."""
    name, _, value = argument.partition(" ")
    if name.upper() == "UTF8" and value.upper() in ("ON", "OFF", ""):
        off = value.upper() == "OFF"
        control.session.encoding = control.rules.legacy_encoding if off else "utf-8"
        control.reply(200, f"Names are {control.session.encoding.upper()}.")
        return
    if name.upper() == "MLST":
        control.session.facts = parse_facts(value)
        control.reply(200, f"MLST OPTS {''.join(f'{fact};' for fact in control.session.facts)}")
        return
    raise CommandError(501, "There are OPTS UTF8 ON, OPTS UTF8 OFF and OPTS MLST facts.")


def explain(control: ControlConnection, argument: str) -> None:
    """HELP [command]: list the commands, or explain one. RFC 959 section 4.1.3."""
    word = argument.strip().upper()
    if word and word not in COMMANDS:
        raise CommandError(502, f"{word} is not known here.")
    if word:
        control.reply(214, COMMANDS[word].help + ".")
        return
    names = list(COMMANDS)
    rows = [" ".join(f"{name:<4}" for name in names[start:start + 10]) for start in range(0, len(names), 10)]
    control.reply(214, "These commands are known:", *rows, "HELP command says more.")


def site(control: ControlConnection, argument: str) -> None:
    """SITE HELP: say that there are no commands of this site's own. RFC 959 section 4.1.3."""
    if argument.upper().split()[0] != "HELP":
        raise CommandError(504, "There are no SITE commands here.")
    control.reply(214, "There are no SITE commands here.")


def nothing(control: ControlConnection, argument: str) -> None:
    """NOOP: do nothing, but keep the session from timing out. RFC 959 section 4.1.3."""
    control.reply(200, "Command okay.")


def status(control: ControlConnection, argument: str) -> None:
    """STAT [path]: describe the session, or list a folder, without a data connection. RFC 959 section 4.1.3."""
    if not argument.strip():
        session = control.session
        control.reply(
            211, "Status:", f"Client {control.host}, user {session.user if session.logged_in else 'nobody'}",
            f"Type {'I' if session.binary else 'A'}, mode S, structure F, names in {session.encoding}",
            "Encrypted" if control.context is not None else "Not encrypted", control.status(), "End.")
        return
    if control.folder is None or not control.session.logged_in:
        raise CommandError(530, "Not logged in: say USER and PASS first.")
    path, now = resolve_path(control, without_options(argument)), time.time()

    def work() -> list[str]:
        entries = list_entries(control, path)
        lines = [format_list(entry, now) for entry in islice(entries, _STAT_MOST)]
        return lines + (["... and more: LIST shows all"] if next(entries, None) else [])

    control.run(work, lambda lines: control.reply(213, f"Listing {argument}:", *lines, "End."))


# Folders and files.

def change_folder(control: ControlConnection, argument: str) -> None:
    """CWD folder: change the current folder. RFC 959 section 4.1.1."""
    path = resolve_path(control, argument)
    if not control.files.is_folder(path):
        raise CommandError(550, "There is no such folder.")
    control.session.cwd = path
    control.reply(250, f"Requested file action okay: this is {quote_path(path)}.")


def go_up(control: ControlConnection, argument: str) -> None:
    """CDUP: change to the parent folder. RFC 959 section 4.1.1."""
    change_folder(control, "..")


def print_folder(control: ControlConnection, argument: str) -> None:
    """PWD: name the current folder. RFC 959 section 4.1.3."""
    control.reply(257, f"{quote_path(control.session.cwd)} is the current directory.")


def make_folder(control: ControlConnection, argument: str) -> None:
    """MKD folder: make a folder. RFC 959 section 4.1.3."""
    path = resolve_path(control, argument)
    control.files.make_folder(path)
    control.reply(257, f"{quote_path(path)} created.")


def remove_folder(control: ControlConnection, argument: str) -> None:
    """RMD folder: remove an empty folder. RFC 959 section 4.1.3."""
    path = resolve_path(control, argument)
    _change(control, lambda: control.files.remove_folder(path), "removed.")


def delete(control: ControlConnection, argument: str) -> None:
    """DELE file: delete a file. RFC 959 section 4.1.3."""
    path = resolve_path(control, argument)
    _change(control, lambda: control.files.delete(path), "deleted.")


def rename_from(control: ControlConnection, argument: str) -> None:
    """RNFR old: name the file or folder that RNTO, which must come next, renames. RFC 959 section 4.1.3."""
    path = resolve_path(control, argument)
    control.files.require("change")
    if not control.files.exists(path):
        raise CommandError(550, "There is no such file.")
    control.session.rename_from = path
    control.reply(350, "Requested file action pending further information: say RNTO.")


def rename_to(control: ControlConnection, argument: str) -> None:
    """RNTO new: rename what RNFR has named. RFC 959 section 4.1.3."""
    old, new = control.session.rename_from, resolve_path(control, argument)
    _change(control, lambda: control.files.rename(old, new), "renamed.")


def _change(control: ControlConnection, work: Callable[[], None], done: str) -> None:
    """Do what may take long: a large file is removed slowly, and a rename is brought to the disk."""
    control.run(work, lambda _: control.reply(250, f"Requested file action okay, {done}"))


def tell_size(control: ControlConnection, argument: str) -> None:
    """SIZE file: how many bytes RETR would send, in binary. RFC 3659 section 4."""
    if not control.session.binary:
        raise CommandError(550, "SIZE is known for TYPE I only: text changes its size on the way.")
    path = resolve_path(control, argument)
    control.session.told_size = path, (size := control.files.size(path))
    control.reply(213, str(size))


def modified(control: ControlConnection, argument: str) -> None:
    """MDTM file: when a file was last changed, in UTC. RFC 3659 section 3."""
    entry = control.files.entry(resolve_path(control, argument))
    if entry.is_folder:
        raise CommandError(550, "That is a folder.")
    control.reply(213, format_time(entry.modified))


def set_modified(control: ControlConnection, argument: str) -> None:
    """MFMT time file: set when a file was last changed. No RFC: draft-somers-ftp-mfxx."""
    when, _, name = argument.partition(" ")
    if not name:
        raise CommandError(501, "MFMT takes a time and a file.")
    control.files.set_time(resolve_path(control, name), parse_time(when))
    control.reply(213, f"Modify={when}; {name}")


# What each command does, by its name.
ACTIONS: dict[str, Action] = {
    "USER": user, "PASS": password, "ACCT": account, "QUIT": quit_session, "REIN": reinitialize,
    "CWD": change_folder, "CDUP": go_up, "PWD": print_folder, "MKD": make_folder, "RMD": remove_folder,
    "DELE": delete, "RNFR": rename_from, "RNTO": rename_to, "SIZE": tell_size, "MDTM": modified, "MFMT": set_modified,
    "STAT": status, "SYST": system, "FEAT": features, "OPTS": options, "HELP": explain, "SITE": site, "NOOP": nothing,
    "AUTH": start_tls, "PBSZ": set_buffer_size, "PROT": set_protection, **DATA_ACTIONS,
}
