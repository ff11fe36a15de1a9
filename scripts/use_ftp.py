r"""Use an FTP server by a menu: list, get, put, cd, pwd, mkdir, delete, help, quit.

    python3 scripts/use_ftp.py 127.0.0.1 2121
    python3 scripts/use_ftp.py 127.0.0.1 2121 --user ming --folder downloads
    printf 'list\nget cat.png\n' | python3 scripts/use_ftp.py 127.0.0.1 2121
    "list", "get cat.png" | py scripts/use_ftp.py 127.0.0.1 2121            the same in PowerShell
    (echo list& echo get cat.png) | py scripts/use_ftp.py 127.0.0.1 2121    the same in cmd

The password is asked for at a terminal; elsewhere it is taken from the environment variable NETIO_FTP_PASSWORD. The
status is 2 where a command from a pipe failed.
"""
from __future__ import annotations

import ftplib
import getpass
import os
import ssl
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.ftp import FTPMenu, open_session


def get_password(user: str) -> str:
    if user == "anonymous":
        return "guest@"
    if "NETIO_FTP_PASSWORD" in os.environ:
        return os.environ["NETIO_FTP_PASSWORD"]
    if sys.stdin.isatty():
        return getpass.getpass(_prelude.say("Password for {}: ", user))
    raise _prelude.Refusal(_prelude.say("no terminal to ask for the password at: set NETIO_FTP_PASSWORD"))


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("host", metavar="HOST", help="name or address of the server")
    options.add_argument("port", metavar="PORT", nargs="?", type=_prelude.port_number, default=21)
    options.add_argument("--user", default="anonymous", help="who you are (default: %(default)s)")
    options.add_argument("--folder", default=".", help="where downloads go and uploads come from (default: here)")
    options.add_argument("--active", action="store_true", help="let the server connect to us, not us to the server")
    options.add_argument("--encoding", default="utf-8", help="of file names; old Chinese servers: gbk")
    options.add_argument("--tls", action="store_true", help="encrypt all")
    options.add_argument("--cafile", metavar="FILE", help="trust the certificates in this file, too (with --tls)")
    options.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="longest silence (%(default)s)")
    chosen = options.parse_args(argv)
    if not os.path.isdir(chosen.folder):
        text = _prelude.say("no such folder: {}; make it first, or give another --folder", chosen.folder)
        raise _prelude.Refusal(text)
    tls = ssl.create_default_context(cafile=chosen.cafile) if chosen.tls or chosen.cafile else None
    try:
        with open_session((chosen.host, chosen.port), chosen.user, get_password(chosen.user), tls=tls,
                          passive=not chosen.active, encoding=chosen.encoding, timeout=chosen.timeout) as session:
            menu = FTPMenu(session, folder=chosen.folder, say=_prelude.say)
            return 2 if menu.run() and not menu.interactive else 0
    except ftplib.Error as error:
        raise _prelude.Refusal(_prelude.say("the server says: {}", _prelude.reason(error))) from error


if __name__ == "__main__":
    _prelude.run(main)
