"""Facts about files and descriptors, as the system reports them."""
from __future__ import annotations

import os
import stat
import time
from typing import NamedTuple

from .sparse import allocated_bytes

_KINDS = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "link"), (stat.S_ISFIFO, "pipe"),
          (stat.S_ISSOCK, "socket"), (stat.S_ISCHR, "character device"), (stat.S_ISBLK, "block device"))


class FileFacts(NamedTuple):
    """What is known of one file: name, kind, sizes in bytes, permissions as `ls -l` writes them, links, last change.

    `size` is the length, `allocated` what it takes on the disk; `modified` is local time, YYYY-MM-DD HH:MM:SS.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> _ = pathlib.Path(folder.name, "a.txt").write_bytes(b"abc")
    >>> facts = describe_file(pathlib.Path(folder.name, "a.txt"))
    >>> facts.name, facts.kind, facts.size, facts.permissions[:3]
    ('a.txt', 'file', 3, '-rw')
    >>> folder.cleanup()
    """

    name: str
    kind: str
    size: int
    allocated: int
    permissions: str
    links: int
    modified: str


def describe_file(path: str | os.PathLike[str]) -> FileFacts:
    """Return the facts about a file, a folder, or a link itself (not what it points to).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     describe_file(folder).kind
    'folder'

    Raises: OSError where there is nothing of that name (FileNotFoundError) or it may not be looked at
    (PermissionError). Notes: IO, 文件管理函数: os.path.getsize, exists, isfile; each is one question to the same
    `os.stat`.
    """
    facts = os.lstat(path)
    allocated = allocated_bytes(path) if stat.S_ISREG(facts.st_mode) else 0
    modified = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(facts.st_mtime))
    return FileFacts(os.path.basename(os.path.abspath(path)), _kind(facts.st_mode), facts.st_size, allocated,
                     stat.filemode(facts.st_mode), facts.st_nlink, modified)


def list_folder(path: str | os.PathLike[str] = ".") -> list[FileFacts]:
    """Return the facts about everything in a folder, sorted by name; what vanishes meanwhile is left out.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> _ = pathlib.Path(folder.name, "b").write_bytes(b"12"), pathlib.Path(folder.name, "a").mkdir()
    >>> [(entry.name, entry.kind) for entry in list_folder(folder.name)]
    [('a', 'folder'), ('b', 'file')]
    >>> folder.cleanup()

    Raises: OSError where there is no such folder or it cannot be read.
    Notes: IO, os.listdir(目录路径), which gives names only. Stdlib: `os.scandir`.
    """
    found = []
    for name in sorted(os.listdir(path)):
        try:
            found.append(describe_file(os.path.join(path, name)))
        except FileNotFoundError:
            continue
    return found


def describe_descriptor(descriptor: int) -> str:
    """Return what an open descriptor is: 'file', 'folder', 'pipe', 'socket', 'terminal' or a kind of 'device'.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     describe_descriptor(file.fileno())
    'file'

    Raises: OSError (EBADF) where it is not open. Notes: IO, 文件描述符 (0, 1 and 2 are stdin, stdout and stderr).
    """
    kind = _kind(os.fstat(descriptor).st_mode)
    return "terminal" if kind == "character device" and os.isatty(descriptor) else kind


def list_descriptors(highest: int = 1023) -> dict[int, str]:
    """Return the open descriptors of this process up to `highest`, and what each is.

    >>> with open(os.devnull) as file:
    ...     file.fileno() in list_descriptors()
    True
    >>> file.closed and lowest_free_descriptor() not in list_descriptors()
    True

    On Windows sockets have handles instead and are not among them. Linux: /proc/self/fd has the names, too.
    """
    found = {}
    for descriptor in range(highest + 1):
        try:
            found[descriptor] = describe_descriptor(descriptor)
        except OSError:
            continue
    return found


def lowest_free_descriptor() -> int:
    """Return the number that the next opened file gets: the lowest that is free, so numbers come again after `close`.

    >>> number = lowest_free_descriptor()
    >>> with open(os.devnull) as file:
    ...     file.fileno() == number
    True
    >>> lowest_free_descriptor() == number
    True

    True for that moment; another thread may take it. Source: open(2). Notes: IO, 文件描述符, 不重复的整数 (never the same: not
    so).
    """
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def _kind(mode: int) -> str:
    return next((name for test, name in _KINDS if test(mode)), "unknown")
