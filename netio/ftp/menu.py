"""The menu of the notes' FTP client: `list`, `get FILE`, `put FILE`, `quit`, and some more, for people and for pipes.

One line is one command, and what follows the word is one name, spaces included; two names are put in quotes. At a
terminal there are a prompt, completion (where Python has readline) and a progress bar; lines from a pipe or a file get
none of these, and a failed one makes `run` return its number of failures.
"""
from __future__ import annotations

import cmd
import ftplib
import os
import posixpath
import re
import socket
import sys
import time
from typing import Callable, Iterable, TextIO

from ..files import safe_filename
from .client import Progress, download, upload
from .commands.listing import Entry
from .remote import list_remote, remote_size

# What the menu client shows.
MENU = """\
list [FOLDER]     what is there              看文件
get FILE          download it                下载
put FILE          upload it                  上传
cd FOLDER         go to another folder       换目录
pwd               say which folder this is   当前目录
mkdir FOLDER      make a folder              建目录
delete NAME       delete it                  删除
help              this menu                  帮助
quit              end                        退出

A name may hold blanks. get "far name" "near name" and put "near name" "far name" give it another name.
get -f and put -f replace what is there already; put -c resumes an upload that broke off."""
_ALIASES = {"ls": "list", "dir": "list", "exit": "quit", "bye": "quit", "rm": "delete", "del": "delete", "?": "help"}
_CODES = ("421", "450", "452", "501", "530", "550", "552", "553")  # which another language has words for
_WORD = re.compile(r'"([^"]*)"|(\S+)')


class _Refusal(ValueError):
    """What the menu does not do: a text, and what goes in its blanks."""


class FTPMenu(cmd.Cmd):
    """A menu over a logged-in `ftplib.FTP`: `run()` takes commands until `quit` or the end of the input.

    `stdin` and `stdout` default to the terminal, where `stdin` may be any iterable of lines; errors go to `stderr`, and
    so does the progress bar, if that is a terminal. `folder` is where downloads go and uploads come from, and `say`
    puts what the menu says into another language.

    >>> class Canned(ftplib.FTP):  # a server that needs no network
    ...     def voidcmd(self, cmd):
    ...         return '257 "/课程" is here'
    ...     def retrbinary(self, cmd, callback, blocksize=8192, rest=None):
    ...         callback("type=file;size=2048;modify=20010909014640; 笔记 1.txt\\r\\n".encode())
    >>> FTPMenu(Canned(), stdin=["list", "pwd", "quit"]).run()
         2.0 KiB  2001-09-09 01:46  笔记 1.txt
    /课程
    0

    Ctrl-C during a transfer cancels the transfer, a second one, or one at the prompt, ends the menu.
    Raises: KeyboardInterrupt then; EOFError, OSError where the server is gone; what it refuses is only printed.
    Notes: FTP 文件服务器, 菜单. Stdlib: `python -m ftplib` shows or fetches, and has no menu.
    """

    def __init__(self, ftp: ftplib.FTP, *, folder: str | os.PathLike[str] = "", stdin: Iterable[str] | None = None,
                 stdout: TextIO | None = None, stderr: TextIO | None = None,
                 say: Callable[[str], str] = str) -> None:
        super().__init__(stdout=stdout)
        self.ftp, self.folder, self.failures = ftp, os.fspath(folder), 0
        self._lines = sys.stdin if stdin is None else stdin
        self._err = stderr or sys.stderr
        self._in_words = say
        self.interactive = stdin is None and sys.stdin.isatty()
        self.prompt = "ftp> "
        self._names: list[Entry] | None = None  # of the server's folder, for completion

    def run(self) -> int:
        """Show the menu to a person, do what the lines say, and return how many of them failed."""
        if self.interactive:
            self.cmdloop(self._in_words(MENU))
        else:
            for line in self._lines:
                if self.onecmd(self.precmd(line)):
                    break
        return self.failures

    # What `cmd.Cmd` calls.

    def precmd(self, line: str) -> str:
        word, blank, rest = line.strip().partition(" ")
        if line == "EOF":  # what `cmd` makes of Ctrl-D
            return line
        return _ALIASES.get(word.lower(), word.lower()) + blank + rest

    def onecmd(self, line: str) -> bool:
        """Do one command; return True if it was the last. What a user or the server can get wrong is one line."""
        try:
            return bool(super().onecmd(line))
        except (ftplib.error_perm, ftplib.error_temp) as error:
            code = str(error)[:3]
            meaning = self._in_words(code) if code in _CODES else code
            said = self._in_words("the server says: {}").format(self._in_words(str(error)))
            self._fail(said if meaning == code else meaning + said)
            if str(error).startswith("421"):
                raise EOFError(self._in_words("the server has ended the session")) from None
        except _Refusal as error:
            self._fail(self._in_words(error.args[0]).format(*error.args[1:]))
        except (ConnectionError, EOFError, TimeoutError) as error:
            if self.ftp.sock is None or isinstance(error, EOFError) and not str(error):
                raise EOFError(str(error) or self._in_words("the server has ended the session")) from None
            if _is_cut_off(self.ftp.sock):
                ended = self._in_words("the server has ended the session")
                raise EOFError(f"{ended}: {self._in_words(str(error))}") from None
            self._fail(self._in_words("{}").format(self._in_words(str(error))))
        except OSError as error:
            text = ": ".join(filter(None, [error.strerror or str(error), str(error.filename or "")]))
            self._fail(self._in_words("{}").format(text))
        except (ftplib.Error, ValueError) as error:
            self._fail(self._in_words("{}").format(self._in_words(str(error))))
        return False

    def emptyline(self) -> bool:
        return False

    def default(self, line: str) -> None:
        self._fail(self._in_words("no such command: {} (help shows the menu)").format(line.partition(" ")[0]))

    # The commands.

    def do_help(self, arg: str) -> None:
        self._say(self._in_words(MENU))

    def do_list(self, arg: str) -> None:
        for entry in list_remote(self.ftp, *_names(arg, 0, 1)):
            when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(entry.modified)) if entry.modified else " " * 16
            size = self._in_words("folder") if entry.is_folder else _format_size(entry.size)
            self._say(f"{size:>12}  {when}  {_plain(entry.name)}{'/' if entry.is_folder else ''}")

    def do_get(self, arg: str) -> None:
        options, (name, *to) = _options(arg, "f")
        path = os.path.join(self.folder, to[0] if to else safe_filename(posixpath.basename(name)))
        if os.path.isdir(path):
            path = os.path.join(path, safe_filename(posixpath.basename(name)))
        if os.path.exists(path) and "f" not in options:
            raise _Refusal("{} is here already: get -f replaces it", os.path.normpath(path))
        overwrite = "f" in options
        self._move(lambda progress: download(self.ftp, name, path, overwrite=overwrite, progress=progress), name,
                   f"get {arg}")

    def do_put(self, arg: str) -> None:
        options, (path, *to) = _options(arg, "fc")
        name = to[0] if to else os.path.basename(path)
        path = os.path.join(self.folder, os.path.expanduser(path))
        os.stat(path)
        if not options and remote_size(self.ftp, name) is not None:
            raise _Refusal("{} is there already: put -f replaces it, put -c resumes it", name)
        resume = "c" in options
        self._move(lambda progress: upload(self.ftp, path, name, resume=resume, progress=progress), name,
                   f"put -c {arg.replace('-f ', '').replace('-c ', '')}")

    def do_cd(self, arg: str) -> None:
        self.ftp.cwd(*_names(arg, 1, 1))
        self._names = None
        if self.interactive:
            self.prompt = f"ftp:{_plain(self.ftp.pwd())}> "

    def do_pwd(self, arg: str) -> None:
        self._say(_plain(self.ftp.pwd()))

    def do_mkdir(self, arg: str) -> None:
        self.ftp.mkd(*_names(arg, 1, 1))
        self._names = None

    def do_delete(self, arg: str) -> None:
        name, = _names(arg, 1, 1)
        try:
            self.ftp.delete(name)
        except ftplib.error_perm as error:
            try:
                self.ftp.rmd(name)  # a folder that is empty
            except ftplib.error_perm:
                raise error from None
        self._names = None

    def do_quit(self, arg: str) -> bool:
        return True

    def do_EOF(self, arg: str) -> bool:  # Ctrl-D at the prompt; `cmd` gives it this name
        self._say("")
        return True

    # Completion: `text` is the last word of what was typed, and names may have several.

    def complete_get(self, text: str, line: str, begin: int, end: int) -> list[str]:
        if self._names is None:
            self._names = list_remote(self.ftp)
        return _complete(text, line[:end], [entry.name + "/" * entry.is_folder for entry in self._names])

    complete_cd = complete_delete = complete_list = complete_get

    def complete_put(self, text: str, line: str, begin: int, end: int) -> list[str]:
        return _complete(text, line[:end], os.listdir(self.folder or "."))

    def get_names(self) -> list[str]:
        return [name for name in dir(self.__class__) if name != "do_EOF"]

    # Words to the user.

    def _move(self, transfer: Callable[[Progress | None], int], name: str, again: str) -> None:
        """Do a transfer with a progress bar, and let Ctrl-C cancel it."""
        bar = show_progress(self._err, name) if self._err.isatty() else None
        begin = time.monotonic()
        try:
            count = transfer(bar)
        except KeyboardInterrupt:
            if self.ftp.sock is None:  # the second one
                raise
            self._fail("\n" + self._in_words("{}: cancelled; `{}` resumes it").format(name, again))
            return
        finally:
            self._names = None
        speed = _format_size(count / max(time.monotonic() - begin, 1e-3))
        self._say(self._in_words("{}: {} bytes, {}/s").format(_plain(name), count, speed))

    def _say(self, text: str) -> None:
        print(text, file=self.stdout, flush=True)

    def _fail(self, text: str) -> None:
        self.failures += 1
        print(_plain(text, keep="\n"), file=self._err, flush=True)


def show_progress(out: TextIO, name: str, *, width: int = 30, every: float = 0.1) -> Progress:
    """Return a function `progress(done, total)` that draws a bar for `name` on one line of a terminal.

    It draws at most once in `every` seconds, and at the end. A total of None, not known, makes a bar of nothing.

    >>> import io
    >>> out = io.StringIO()
    >>> progress = show_progress(out, "cat.png", width=8, every=0)
    >>> progress(2048, 4096); progress(4096, 4096)
    >>> out.getvalue().split("\\r")[1:]
    ['cat.png [####    ]  50%    2.0 KiB', 'cat.png [########] 100%    4.0 KiB\\n']

    Raises: nothing for any numbers. Notes: 进程池作业 (progress in percent). Stdlib: none.
    """
    drawn = [float("-inf")]

    def progress(done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - drawn[0] < every and done != total:
            return
        drawn[0] = now
        share = min(done / total, 1) if total else float(done == total)
        bar = "#" * int(share * width)
        end = "\n" if done == total else ""
        out.write(f"\r{_plain(name)} [{bar:{width}}] {share:4.0%} {_format_size(done):>10}{end}")
        out.flush()

    return progress


def _format_size(count: float) -> str:
    """Return a number of bytes as people read it.

    >>> _format_size(0), _format_size(1023), _format_size(1024), _format_size(1536), _format_size(1 << 30)
    ('0 B', '1023 B', '1.0 KiB', '1.5 KiB', '1.0 GiB')
    """
    if count < 1024:
        return f"{count:.0f} B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        count /= 1024
        if count < 1024:
            break
    return f"{count:.1f} {unit}"


def _names(arg: str, least: int, most: int) -> list[str]:
    """Return the names of a command's argument: those between quotes, or all of it as one.

    >>> _names('my cat.png', 1, 2), _names('"my cat.png" cat.png', 1, 2), _names("", 0, 1)
    (['my cat.png'], ['my cat.png', 'cat.png'], [])
    """
    names = [quoted or bare for quoted, bare in _WORD.findall(arg)] if arg.startswith('"') else [arg] if arg else []
    if len(names) < least or "" in names:
        raise _Refusal("which one? A name must follow")
    if len(names) > most:
        raise _Refusal("{} names are too many here", len(names))
    return names


def _options(arg: str, letters: str) -> tuple[set[str], list[str]]:
    """Return the options, -f or -c, and the names of `get` and `put`."""
    options = set()
    while match := re.match(f"-([{letters}])(?: +|$)", arg):
        options.add(match[1])
        arg = arg[match.end():]
    return options, _names(arg, 1, 2)


def _complete(text: str, typed: str, names: list[str]) -> list[str]:
    """Return how the last word `text` can be completed so that all that follows the command is one of the names; those
    that a terminal could take for a command are left out.

    >>> _complete("ca", "get my ca", ["my cat.png", "car"])
    ['cat.png']
    """
    begun = typed.lstrip().partition(" ")[2].lstrip()
    skip = len(begun) - len(text)
    return [name[skip:] for name in names if name.startswith(begun) and name.isprintable()]


def _plain(text: str, keep: str = "") -> str:
    """Return text that no terminal takes for a command: a server may name its files as it likes."""
    return "".join(char if char.isprintable() or char in keep else "?" for char in text)


def _is_cut_off(sock: socket.socket) -> bool:
    """Whether this connection was reset: then it has no peer any more."""
    try:
        sock.getpeername()
    except OSError:
        return True
    return False
