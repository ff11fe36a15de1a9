"""Serve a folder by FTP, to curl, lftp, Explorer, ftplib and `use_ftp.py`: read-only to all, or to named users.

    python3 scripts/serve_ftp.py FOLDER                              anyone may look and get
    python3 scripts/serve_ftp.py FOLDER --user ming --write          ming may also put, change and delete; asks for
                                                                     a password, or reads it from standard input
    python3 scripts/serve_ftp.py FOLDER --user ming:secret --model thread --log
    python3 scripts/serve_ftp.py FOLDER --host 0.0.0.0 --passive-ports 50000 50100 --tls cert.pem key.pem

Try it: `curl ftp://127.0.0.1:2121/`. What the notes call 作业：ftp服务器, the file server.
"""
from __future__ import annotations

import functools
import getpass
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency.servers import MODELS
from netio.concurrency.servers.passwords import is_hashed
from netio.ftp import FTPServer, Rules, User, hash_password


def make_user(text: str, folder: str, permissions: tuple[str, ...]) -> User:
    """Make a user from NAME or NAME:PASSWORD; the password may be given as a hash, too."""
    name, colon, password = text.partition(":")
    if not name:
        raise _prelude.Refusal(_prelude.say("a user is NAME or NAME:PASSWORD"))
    if not colon:
        ask = _prelude.say("Password for {}: ", name)
        password = getpass.getpass(ask) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise _prelude.Refusal(_prelude.say("no password for {}", name))
    return User(name, password if is_hashed(password) else hash_password(password), folder, permissions)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("folder", metavar="FOLDER")
    _prelude.add_address(options, port=2121)
    options.add_argument("--user", action="append", default=[], metavar="NAME[:PASSWORD]", help="let in only these")
    options.add_argument("--anonymous", action="store_true", help="beside users, let anyone look and get")
    options.add_argument("--write", action="store_true", help="let users (or all, if there are none) put and change")
    options.add_argument("--model", choices=MODELS, help="how clients are served at once (default: the best here)")
    options.add_argument("--workers", type=_prelude.crowd, metavar="N", help="processes, or threads of a pool")
    options.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="allow AUTH TLS")
    options.add_argument("--require-tls", action="store_true", help="no log-in and no data without encryption")
    options.add_argument("--passive-ports", nargs=2, type=_prelude.port_number, default=(0, 0),
                         metavar=("FIRST", "LAST"), help="ports for data connections (default: any)")
    options.add_argument("--masquerade", default="", metavar="ADDRESS", help="what PASV tells: the address behind NAT")
    options.add_argument("--per-address", type=int, default=50, metavar="N", help="default: %(default)s")
    options.add_argument("--idle-timeout", type=float, default=300, metavar="SECONDS", help="default: %(default)s")
    options.add_argument("--log", action="store_true", help="print a line for each command")
    chosen = options.parse_args(argv)
    if chosen.require_tls and not chosen.tls:
        raise _prelude.Refusal(_prelude.say("--require-tls needs --tls"))
    rights = ("read", "write", "change") if chosen.write else ("read",)
    users = [make_user(text, chosen.folder, rights) for text in chosen.user]
    if not users or chosen.anonymous:
        users.append(User("anonymous", None, chosen.folder, ("read",) if users else rights))
    rules = Rules(passive_ports=tuple(chosen.passive_ports), masquerade=chosen.masquerade,
                  per_address=chosen.per_address, idle_timeout=chosen.idle_timeout, require_tls=chosen.require_tls)
    log = functools.partial(print, flush=True) if chosen.log else None
    server = FTPServer(chosen.host, chosen.port, None, users=users, rules=rules, model=chosen.model,
                       workers=chosen.workers, tls=chosen.tls, log=log)
    name = "" if users[-1].name == "anonymous" else users[0].name
    menu = "python3 scripts/use_ftp.py {host} {port}" + (f" --user {name}" if name else "")
    return _prelude.serve(server, f"{menu}   ftp://{name}{'@' if name else ''}{{host}}:{{port}}/")


if __name__ == "__main__":
    _prelude.run(main)
