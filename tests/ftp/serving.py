"""An FTP server for a test, under any model or asyncio, and a client that says exactly what it is told."""
from __future__ import annotations

import contextlib
import functools
import re
import socket
from pathlib import Path

from netio import tcp
from netio.concurrency.servers import available_models
from netio.concurrency.servers.tls import server_context, with_tls
from netio.ftp import FTPProtocol, FTPServer, Rules, User, hash_password
from netio.ftp.state import ServerState

from ..streams import receive_all

CERTIFICATE = str(Path(__file__).parent.with_name("http") / "localhost.pem")
ALL = ("read", "write", "change")
HASHED = hash_password("芝麻", rounds=1000)
# The models that the issue names; the others run the same protocol by the same two drivers.
MODELS = [name for name in ("thread", "fork", "process", "epoll", "select") if name in available_models()] + ["asyncio"]
QUICK = Rules(login_delay=0.01, per_address=1000)
_WHOLE = re.compile(rb"\d{3} [^\r\n]*\r\n|(\d{3})-[^\r\n]*\r\n(?: [^\r\n]*\r\n)*\1 [^\r\n]*\r\n")


@contextlib.contextmanager
def running(folder, model="thread", *, users=None, rules=QUICK, tls=False, host="127.0.0.1", **options):
    """Serve a folder in the background, by default to user ming, who may do anything; gives what has an `address`."""
    users = [User("ming", HASHED, str(folder), ALL)] if users is None else users
    if model == "asyncio":
        from ..asyncio_server import AsyncioServer  # here, as a process that model "process" starts loads this, too

        factory = functools.partial(FTPProtocol, ServerState(users, rules, tls=_context()))
        with AsyncioServer(with_tls(factory, _context(), start=False) if tls else factory, host) as server:
            yield server
        return
    with FTPServer(host, 0, None, users=users, rules=rules, model=model, tls=(CERTIFICATE, None) if tls else None,
                   **options) as server:
        server.start()
        yield server


def anonymous(folder, *permissions):
    return [User("anonymous", None, str(folder), permissions or ALL)]


def _context():
    return functools.partial(server_context, CERTIFICATE)


class Talk:
    """A client that says exactly what it is told, and insists that every reply is well formed."""

    def __init__(self, address, login="anonymous", password="x", timeout=60):
        self.timeout, self.sock = timeout, tcp.connect(address[:2], timeout=timeout)
        self._held = b""
        assert self.reply().startswith(b"220 ")
        if login:
            self.say(f"USER {login}")
            assert self.say(f"PASS {password}").startswith("230 ")
            assert self.say("TYPE I").startswith("200 ")

    def reply(self):
        """Return the next reply, whole; b"" at the end of the connection."""
        while not (match := _WHOLE.match(self._held)):
            data = self.sock.recv(65536)
            if not data:
                assert not self._held, f"no whole reply: {self._held!r}"
                return b""
            self._held += data
        self._held = self._held[match.end():]
        return match.group()

    def send(self, line):
        self.sock.sendall(line if isinstance(line, bytes) else line.encode() + b"\r\n")

    def say(self, line):
        self.send(line)
        return self.reply().decode("utf-8", "replace")

    def data(self, host=None):
        """Ask for a listener by EPSV and connect to it."""
        answer = self.say("EPSV")
        return tcp.connect((host or self.sock.getpeername()[0], int(answer.split("|")[3])), timeout=self.timeout)

    def get(self, command):
        """Return what a command sends over a data connection, and its last reply."""
        with self.data() as sock:
            first = self.say(command)
            if not first.startswith("150"):
                return b"", first
            got = receive_all(sock)
        return got, self.reply().decode("utf-8", "replace")

    def put(self, command, data):
        """Send data for a command; return the last reply."""
        with self.data() as sock:
            first = self.say(command)
            if not first.startswith("150"):
                return first
            sock.sendall(data)
        return self.reply().decode("utf-8", "replace")

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()


def reset(sock):
    """End a connection as a client does that vanishes from the network: by a reset."""
    tcp.abort(sock)


def half_close(sock):
    sock.shutdown(socket.SHUT_WR)
