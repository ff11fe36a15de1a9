"""What the tests of this folder share: a server with one user, and trees of files to be compared."""
from __future__ import annotations

import hashlib
import os
import random
from contextlib import contextmanager

from netio import ftp

PASSWORD = "密码 secret"
_KEPT = ftp.hash_password(PASSWORD, rounds=1000)


@contextmanager
def serving(root, model="thread", host="127.0.0.1", **options):
    """Serve `root` in the background to the user ming, who may do all, under a model."""
    user = ftp.User("ming", _KEPT, str(root), ("read", "write", "change"))
    with ftp.FTPServer(host, 0, None, users=[user], model=model, **options) as server:
        server.start()
        yield server


@contextmanager
def session(root, model="thread", **options):
    """Yield a session of ming at a server of its own."""
    with serving(root, model) as server, ftp.open_session(server.address, "ming", PASSWORD, timeout=10, **options) as it:
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
