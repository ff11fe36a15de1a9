"""FTP: one large file up and down, netio beside vsftpd and, with --peers, pyftpdlib. Linux, curl and vsftpd.

Server and client each have a core of their own. The folder is in memory (/dev/shm), so that no disk is measured; netio
still calls fsync and renames, which the others don't. There are two clients: one that does as little as possible
(ftplib, sendfile), so that the server is what is measured, and curl. A figure is what the client says that the transfer
took, up to the last reply, or the server's CPU seconds for it, those of its children included. After each upload the
file is compared. All send one and the same file, since how fast a file can be read depends on where in memory it lies.
Before each upload more memory than it needs is used and given back: what a virtual machine has not used for a while has
to come from its host first, which takes several times as long.
"""
from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from .environments import find, python_with
from .harness import Row, Settings, compare, run_load
from .http import Serving, free_port
from .system import cores

SERVE = Path(__file__).resolve().parent.parent / "serve_ftp.py"
SIZE = 256 << 20
PEER = "pyftpdlib"
VSFTPD = """
listen=YES
listen_port={port}
listen_address=127.0.0.1
background=NO
run_as_launching_user=YES
anonymous_enable=YES
no_anon_password=YES
anon_root={root}
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_umask=022
write_enable=YES
allow_writeable_chroot=YES
local_enable=NO
use_sendfile=YES
seccomp_sandbox=NO
xferlog_enable=NO
"""
PYFTPDLIB = """
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
authorizer = DummyAuthorizer()
authorizer.add_anonymous(sys.argv[1], perm="elradfmw")
FTPHandler.authorizer = authorizer
FTPServer(("127.0.0.1", int(sys.argv[2])), FTPHandler).serve_forever()
"""
CLIENT = """
import ftplib, sys, time
what, port, *path = sys.argv[1:]
with ftplib.FTP() as ftp:
    ftp.connect("127.0.0.1", int(port), 30)
    ftp.login()
    ftp.voidcmd("TYPE I")
    begin = time.perf_counter()
    if what == "upload":
        with ftp.transfercmd("STOR file") as sock, open(*path, "rb") as source:
            sock.sendfile(source)
    else:
        buffer = memoryview(bytearray((1 << 20) + 48))[48:]  # see make_buffer in system.py
        with ftp.transfercmd("RETR given") as sock:
            while sock.recv_into(buffer):
                pass
    ftp.voidresp()
    print(time.perf_counter() - begin)
"""


def rows(settings: Settings) -> Iterator[Row]:
    """Compare netio with each of the others, upload and download."""
    missing = [name for name in ("curl", "vsftpd") if not find(name)]
    if missing or not hasattr(os, "sched_setaffinity") or len(cores()) < 2:
        yield Row("ftp", "netio", "vsftpd", skipped="needs Linux, two cores" + "".join(f", {name}" for name in missing))
        return
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder, contextlib.ExitStack() as stack:
        source = Path(folder) / "source"
        with source.open("wb") as file:
            for _ in range((SIZE if not settings.quick else SIZE // 8) >> 20):
                file.write(os.urandom(1 << 20))
        ours = start(stack, folder, "netio", netio_command)
        others = [start(stack, folder, "vsftpd", vsftpd_command)]
        if settings.peers:
            others.append(start(stack, folder, "pyftpdlib", pyftpdlib_command))
        for theirs in others:
            yield from against(settings, source, ours, theirs)


def against(settings: Settings, source: Path, ours: Serving, theirs: Serving) -> Iterator[Row]:
    """Compare netio with one other: the seconds and the server's CPU, and the seconds with curl."""
    names = (ours.name, theirs.name)
    for what, move, by_curl, reach in (("upload", upload, curl_up, 2.0), ("download", download, curl_down, 1.0)):
        title = f"{what} {source.stat().st_size >> 20} MiB"
        yield compare(title, lambda: move(ours, source), lambda: move(theirs, source), settings, names=names,
                      reach=reach)
        yield compare(f"{title}, server CPU", lambda: spent(ours, source, move), lambda: spent(theirs, source, move),
                      settings, names=names)
        yield compare(f"{title}, curl", lambda: by_curl(ours, source), lambda: by_curl(theirs, source), settings,
                      names=names, reach=reach)


def start(stack: contextlib.ExitStack, folder: str, name: str, command: Callable[[Path, int], list[str]]) -> Serving:
    """Start a server for a folder of its own below `folder`, in which the source is to be had, too."""
    root = Path(folder) / name
    root.mkdir()
    os.link(Path(folder) / "source", root / "given")
    port = free_port()
    server = Serving(name, command(root, port), port)
    stack.callback(server.close)
    server.wait()
    return server


def spent(server: Serving, source: Path, move: Callable[[Serving, Path], float]) -> float:
    before = all_cpu(server)
    move(server, source)
    return max(all_cpu(server) - before, 0.01)  # the system counts in hundredths


def upload(server: Serving, source: Path) -> float:
    touch_memory(source)
    return check(server, source, move_by([sys.executable, "-c", CLIENT, "upload", str(server.port), str(source)]))


def download(server: Serving, source: Path) -> float:
    return move_by([sys.executable, "-c", CLIENT, "download", str(server.port)])


def curl_up(server: Serving, source: Path) -> float:
    touch_memory(source)
    return check(server, source, move_by(curl(server, "file", "-T", str(source))))


def curl_down(server: Serving, source: Path) -> float:
    return move_by(curl(server, "given", "-o", os.devnull))


def touch_memory(source: Path) -> None:
    """Use twice the memory that a new file needs, and give it back, so that the system has it at hand."""
    with tempfile.TemporaryDirectory(dir=source.parent) as scratch:
        for number in range(2):
            shutil.copyfile(source, Path(scratch) / str(number))


def curl(server: Serving, name: str, *arguments: str) -> list[str]:
    """Return the command that moves one file and prints the seconds that it took, with those of the log-in."""
    return ["curl", "-sS", "--fail", "--noproxy", "*", "-w", "%{time_total} %{time_pretransfer}", *arguments,
            f"ftp://127.0.0.1:{server.port}/{name}"]


def move_by(command: list[str]) -> float:
    """Run a client; return the seconds that it prints, without those that it prints after them."""
    done = run_load(command, capture_output=True, text=True, check=True)
    total, *before = map(float, done.stdout.split())
    return total - sum(before)


def check(server: Serving, source: Path, seconds: float) -> float:
    """Return the seconds of an upload. Raises: ValueError where other bytes have arrived than were sent."""
    if not filecmp.cmp(source, source.parent / server.name / "file", shallow=False):
        raise ValueError(f"{server.name} has stored other bytes")
    return seconds


def all_cpu(server: Serving) -> float:
    """Return the seconds of a server, of the children that it has, and of those that have ended."""
    ended = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    return server.cpu() + sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")


def netio_command(root: Path, port: int) -> list[str]:
    return [sys.executable, str(SERVE), str(root), "--write", "--port", str(port)]


def vsftpd_command(root: Path, port: int) -> list[str]:
    path = root.parent / "vsftpd.conf"
    path.write_text(VSFTPD.format(root=root, port=port).lstrip())
    return [find("vsftpd"), str(path)]


def pyftpdlib_command(root: Path, port: int) -> list[str]:
    return [python_with([PEER]), "-c", PYFTPDLIB, str(root), str(port)]
