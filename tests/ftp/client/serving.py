"""What the tests of this folder share: a server with one user, and trees of files to be compared."""
from __future__ import annotations

import hashlib
import os
import random
import threading
from contextlib import contextmanager

from netio import ftp, tcp

PASSWORD = "密码 secret"
RULES = ftp.Rules(login_delay=0)
_KEPT = ftp.hash_password(PASSWORD, rounds=1000)


@contextmanager
def serving(root, model="thread", host="127.0.0.1", **options):
    """Serve `root` in the background to the user ming, who may do all, under a model."""
    user = ftp.User("ming", _KEPT, str(root), ("read", "write", "change"))
    with ftp.FTPServer(host, 0, None, users=[user], model=model, rules=RULES, **options) as server:
        server.start()
        yield server


@contextmanager
def session(root, model="thread", **options):
    """Yield a session of ming at a server of its own."""
    with serving(root, model) as server:
        with ftp.open_session(server.address, "ming", PASSWORD, timeout=60, **options) as it:
            yield it


def make_tree(root, seed=1, large=300_000):
    """Fill a folder with files of several sizes, in folders, with blanks and Chinese in their names."""
    dice = random.Random(seed)
    for name, size in {
        "empty": 0, "one byte.txt": 1, "图片/大 猫.bin": large, "图片/深/深/ok.txt": 100, "b/#hash & 100%.bin": 65536,
        "b/it's.txt": 7, "b/c/d.bin": 70_001,
    }.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(dice.randbytes(size))


def checksums(root):
    """Return {path below the folder: checksum} of all files in a tree, hidden ones included."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, root)] = hashlib.sha256(file.read()).hexdigest()
    return found


class Stub(threading.Thread):
    """A server that says what a test wants: `replies` maps a verb to its reply, `data` is sent over each data
    connection, which then ends; with `stall` it stays open until `close`. `heard` holds the commands."""

    def __init__(self, replies=None, data=b"", stall=False):
        super().__init__(daemon=True)
        self.replies = {"USER": "331 who?", "PASS": "230 in", "TYPE": "200 I", "PWD": '257 "/"', "ABOR": "226 no more",
                        "QUIT": "221 bye", "RETR": "150 here", "MLSD": "150 here", "LIST": "150 here",
                        "STOR": "150 go on", **(replies or {})}
        self.data, self.stall, self.heard = data, stall, []
        self._listener = tcp.listen(("127.0.0.1", 0))
        self._listener.settimeout(10)
        self._held = []
        self.address = self._listener.getsockname()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.join(10)
        for sock in (self._listener, *self._held):
            sock.close()

    def run(self):
        control, _ = self._listener.accept()
        with control, control.makefile("rb") as lines:
            control.settimeout(10)
            control.sendall(b"220 stub\r\n")
            for line in lines:
                verb = line[:4].decode().strip().upper()
                self.heard.append(line.decode("utf-8", "surrogateescape").strip())
                reply = self.replies.get(verb, "502 no")
                control.sendall((self._passive_reply(reply) + "\r\n").encode("utf-8", "surrogateescape"))
                if reply.startswith("150"):
                    self._transfer(control)
                if verb == "QUIT":
                    return

    def _passive_reply(self, reply):
        if "PORTS" not in reply:
            return reply
        self._passive = tcp.listen(("127.0.0.1", 0))
        self._passive.settimeout(10)
        self._held.append(self._passive)
        return reply.replace("PORTS", "%d,%d" % divmod(self._passive.getsockname()[1], 256))

    def _transfer(self, control):
        sock, _ = self._passive.accept()
        self._held.append(sock)
        sock.sendall(self.data)
        if not self.stall:
            sock.close()
            control.sendall(b"226 done\r\n")
