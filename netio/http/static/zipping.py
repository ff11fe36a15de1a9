"""A folder as a zip file, made while it is sent: nothing is stored, and no more than a few blocks are in memory.

The sizes and checksums follow each file's data (a data descriptor), because they are not known before. What
compresses well by its type is compressed, the rest is stored as it is.
"""
from __future__ import annotations

import errno
import os
import stat
import time
import zipfile
from typing import IO, Iterator

from ...files.contents import entries_of, open_plain
from ...files.root import Root
from ..mime import compresses_well, content_type
from .paths import is_hidden, name_as_text

MAX_DEPTH = 200  # folders in each other
_BLOCK = 256 * 1024


def zip_folder(folder: str | os.PathLike[str] | Root, hidden: bool = False, *, path: str = "") -> Iterator[bytes]:
    r"""Yield a zip file with everything below `folder`, of each folder its files first; links are left out.

    >>> import io, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "说明.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     data = b"".join(zip_folder(folder))
    >>> with zipfile.ZipFile(io.BytesIO(data)) as archive:
    ...     archive.namelist() == ["说明.txt"], archive.read("说明.txt")
    (True, b'hello')

    An empty folder gives an empty zip file; one that is empty inside is an entry of its own. Hidden names are left
    out unless `hidden`. `folder` may be a files.Root, and `path` a folder below it. Raises: OSError while yielding,
    where a file cannot be read: the archive must not look whole then. Source: PKWARE APPNOTE 4.3.9 (data descriptor).
    The stdlib offers `shutil.make_archive`, which needs a file.
    """
    root = folder if isinstance(folder, Root) else Root(folder, hide=None if hidden else is_hidden)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for name, found, file in walk_files(root, path):
            if file is None:
                archive.writestr(_entry(found, name), b"")
                continue
            with file, archive.open(_entry(found, name), "w", force_zip64=True) as member:
                while block := file.read(_BLOCK):
                    member.write(block)
                    yield sink.take()
    yield sink.take()


def walk_files(root: Root, path: str = "") -> Iterator[tuple[str, os.stat_result, IO[bytes] | None]]:
    """Yield (name below `path`, stat, open file) of each regular file, and of each empty folder (name ends in '/', no
    file).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.makedirs(os.path.join(folder, "b", "empty"))
    ...     with open(os.path.join(folder, "a.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     for name, found, file in walk_files(Root(folder)):
    ...         print(name, found.st_size if file else "(a folder)")
    ...         if file: file.close()
    a.txt 5
    b/empty/ (a folder)

    A folder is opened for as long as its own files are, so that a deep tree takes no more descriptors than a flat one,
    and no link that is put there meanwhile is followed; each is found again from the root, which is why there is a
    limit to the depth. Raises: OSError.
    """
    folders = [""]
    while folders:
        prefix = folders.pop()
        if prefix.count("/") > MAX_DEPTH:
            raise OSError(errno.ENAMETOOLONG, f"more than {MAX_DEPTH} folders in each other", prefix[:40])
        with root.open_folder(f"{path}/{prefix}") as folder:
            entries = sorted((name, found) for name, found in entries_of(folder) if not root.hides(name))
            if prefix and not entries:
                yield prefix, folder.stat("."), None
            for name, found in entries:
                if stat.S_ISREG(found.st_mode):
                    file = open_plain(folder, name)
                    try:
                        found = os.fstat(file.fileno())
                    except BaseException:
                        file.close()
                        raise
                    yield prefix + name, found, file
            below = [f"{prefix}{name}/" for name, found in entries if stat.S_ISDIR(found.st_mode)]
        folders += reversed(below)


def _entry(stat: os.stat_result, name: str) -> zipfile.ZipInfo:
    """Make a zip entry; zip knows local time from 1980 to 2107, and names in UTF-8."""
    year, *rest = time.localtime(stat.st_mtime)[:6]
    when = (1980, 1, 1, 0, 0, 0) if year < 1980 else (2107, 12, 31, 23, 59, 58) if year > 2107 else (year, *rest)
    entry = zipfile.ZipInfo(name_as_text(name), when)  # type: ignore[arg-type]
    entry.external_attr = (stat.st_mode & 0xFFFF) << 16
    worth_it = stat.st_size and compresses_well(content_type(name))
    entry.compress_type = zipfile.ZIP_DEFLATED if worth_it else zipfile.ZIP_STORED
    return entry


class _Sink:
    """A file that can only be written, and handed on what was written: zipfile sees that it cannot seek."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: zipfile asks for it."""

    def take(self) -> bytes:
        data, self._blocks = b"".join(self._blocks), []
        return data
