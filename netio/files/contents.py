"""What is in a folder held open: its names, its plain files, its folders; no link is followed."""
from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import IO, Any, Callable, Iterator

from .folders import FOLDER_FLAGS, OpenFolder, close_folder


def open_plain(folder: OpenFolder, name: str) -> IO[bytes]:
    """Open a regular file to read it, unbuffered; a device, a pipe or a link is refused, and none of them blocks.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     folder.create("a").close()
    ...     with open_plain(folder, "a") as file:
    ...         file.read()
    b''

    Raises: IsADirectoryError; FileNotFoundError for what else is no regular file; OSError.
    """
    check_plain(folder.stat(name), name)  # even opening a device can do something
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
    file = open(name, "rb", buffering=0, opener=lambda name, _: folder.open(name, flags))
    try:
        check_plain(os.fstat(file.fileno()), name)
    except OSError:
        file.close()
        raise
    return file


def check_plain(found: os.stat_result, name: str) -> None:
    """Raise OSError for what is not a regular file: IsADirectoryError, FileNotFoundError, or ELOOP for a link.

    >>> check_plain(os.stat("."), "docs")
    Traceback (most recent call last):
    IsADirectoryError: [Errno 21] Is a directory: 'docs'
    """
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
    if not stat.S_ISREG(found.st_mode):
        raise FileNotFoundError(errno.ENOENT, "not a regular file", name)


def entries_of(folder: OpenFolder) -> Iterator[tuple[str, os.stat_result]]:
    """Yield each name with what `stat` says of it, in no order; what disappears meanwhile is left out.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     folder.create("a").close()
    ...     [(name, found.st_size) for name, found in entries_of(folder)], names_in(folder)
    ([('a', 0)], ['a'])

    Raises: OSError.
    """
    with _scan(folder) as found:
        for entry in found:
            with suppress(FileNotFoundError):
                facts = entry.stat(follow_symlinks=False) if os.name != "nt" else folder.stat(entry.name)
                yield entry.name, facts


def names_in(folder: OpenFolder) -> list[str]:
    """Return the names, in no order. Raises: OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     names_in(folder)
    []
    """
    with _scan(folder) as found:
        return [entry.name for entry in found]


@contextmanager
def _scan(folder: OpenFolder) -> Iterator[Iterator[os.DirEntry[str]]]:
    if folder.descriptor is None:
        with os.scandir(folder.path) as found:
            yield found
        return
    # Opened anew: on some file systems (Btrfs) a descriptor shows the names of the time when it was opened, and two who
    # read by the same one take the names away from each other.
    descriptor = os.open(".", os.O_RDONLY | FOLDER_FLAGS, dir_fd=folder.descriptor)
    try:
        with os.scandir(descriptor) as found:
            yield found
    finally:
        close_folder(descriptor)


def make_folder(folder: OpenFolder, name: str) -> None:
    """Make a folder in it. Raises: FileExistsError, OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     make_folder(folder, "docs")
    ...     names_in(folder)
    ['docs']
    """
    _call(os.mkdir, folder, name)


def remove_folder(folder: OpenFolder, name: str) -> None:
    """Remove an empty folder. Raises: OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     make_folder(folder, "docs")
    ...     remove_folder(folder, "docs"), names_in(folder)
    (None, [])
    """
    _call(os.rmdir, folder, name)


def rename_folder_new(folder: OpenFolder, source: str, target: str, to: OpenFolder) -> None:
    """Do for a folder what `OpenFolder.rename_new` does for a file: its new name is taken by an empty one first.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     make_folder(folder, "docs")
    ...     rename_folder_new(folder, "docs", "texts", folder), names_in(folder)
    (None, ['texts'])

    Raises: FileExistsError where the name is there, whatever it is; OSError.
    """
    if os.name == "nt":
        return folder.rename_new(source, target, to=to)
    folder.rename_claimed(source, target, to, lambda name: make_folder(to, name), lambda name: remove_folder(to, name))


def set_time(folder: OpenFolder, name: str, seconds: float) -> None:
    """Set when a file was changed, as POSIX time. Raises: OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     folder.create("a").close()
    ...     set_time(folder, "a", 1e9)
    ...     folder.stat("a").st_mtime
    1000000000.0
    """
    follow = {"follow_symlinks": False} if os.utime in os.supports_follow_symlinks else {}
    _call(os.utime, folder, name, (seconds, seconds), **follow)


def _call(function: Callable[..., Any], folder: OpenFolder, name: str, *arguments: Any, **options: Any) -> None:
    if folder.descriptor is None:
        function(folder.path_of(name), *arguments, **options)
    else:
        function(name, *arguments, dir_fd=folder.descriptor, **options)
