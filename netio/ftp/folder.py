"""The folder that is served: from a client's path to a file inside the root, or to nothing; listings; uploads.

A path has been cleaned by `join_path`, so its names lead nowhere but down. Links may: what is opened is the real path,
and it must lie inside the real root. A link that leads out of it, or to nothing, is as if it were not there.

An upload is written to a hidden file beside its place, brought to the disk and renamed: others see the old file or the
whole new one. If it breaks off, the old file stays; what has come of a *new* file is kept under another hidden name,
for its user to go on with (SIZE tells how much there is, REST and STOR or APPE go on), until it is complete, replaced,
deleted, or `keep_partials` seconds old. No client ever sees or reaches these hidden files by their names.
"""
from __future__ import annotations

import errno
import functools
import hashlib
import os
import re
import shutil
import stat
import time
from contextlib import suppress
from typing import IO, Callable, Iterable, Iterator

from ..files import sync
from ..files.copying import copy_bytes
from ..files.replacing import discard_file, rename_over
from .commands import Entry

READ, WRITE, CHANGE = "read", "write", "change"
PERMISSIONS = frozenset([READ, WRITE, CHANGE])
_OURS = re.compile(r"\.[0-9a-f]{16}\.netio-(part|kept)\Z", re.IGNORECASE)
_CRASHED = 3600.0  # seconds after which a file that is still being written belongs to nobody any more
_LOOK = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_NAME = re.compile(
    r'[\\:<>"|?*\x00-\x1f]|[. ]\Z|\A(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\.|\Z)', re.IGNORECASE)


class Folder:
    """What one user sees as "/", and what they may do there.

    `permissions` holds "read" (list and get), "write" (put new files, make folders) and "change" (replace, append to,
    rename and delete what is there). `owner` keeps one user's partial uploads apart from another's.

    >>> import tempfile
    >>> place = tempfile.TemporaryDirectory()
    >>> folder = Folder(place.name, [READ, WRITE])
    >>> upload = folder.upload("/你好.txt")
    >>> upload.write(b"hello"), [entry.name for entry in folder.entries("/")]
    (5, [])
    >>> upload.sync(); upload.commit()
    >>> folder.size("/你好.txt"), folder.exists("/../../etc/passwd")
    (5, False)
    >>> place.cleanup()

    Raises: NotADirectoryError for a root that is no folder; ValueError for an unknown permission. All methods take
    paths as `join_path` makes them and raise OSError with a reason that names no real path.
    """

    def __init__(self, root: str | os.PathLike[str], permissions: Iterable[str] = PERMISSIONS, *,
                 keep_partials: float = 86400.0, owner: str = "") -> None:
        self.root = os.path.realpath(root)
        if not os.path.isdir(self.root):
            raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", os.fspath(root))
        self.permissions = frozenset(permissions)
        if self.permissions - PERMISSIONS:
            raise ValueError(f"no such permission: {', '.join(sorted(self.permissions - PERMISSIONS))}")
        self._keep, self._owner = keep_partials, owner

    # Paths.

    def real(self, path: str, follow: bool = True) -> str:
        """Return where a file really is; with `follow=False` its last name is not followed if it is a link.

        Raises: FileNotFoundError where that is outside the root, or no name that a file could have.
        """
        names = [name for name in path.split("/") if name]
        if any(not _is_good_name(name) for name in names):
            raise _error(errno.ENOENT)
        last = names.pop() if names and not follow else ""
        place = os.path.join(os.path.realpath(os.path.join(self.root, *names)), last) if last else \
            os.path.realpath(os.path.join(self.root, *names))
        if place != self.root and not place.startswith(os.path.join(self.root, "")):
            raise _error(errno.ENOENT)
        if any(_OURS.match(name) for name in place[len(self.root):].split(os.sep)):
            raise _error(errno.ENOENT)
        return place

    def may(self, permission: str) -> None:
        """Raise PermissionError unless this user has the permission."""
        if permission not in self.permissions:
            raise _error(errno.EACCES, f"no permission to {permission}")

    def exists(self, path: str) -> bool:
        """Return whether there is a file or folder that can be reached."""
        try:
            return os.path.exists(self.real(path))
        except OSError:
            return False

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        return os.path.isdir(self.real(path))

    # Looking.

    def entry(self, path: str) -> Entry:
        """Return what a listing says of one file or folder."""
        self.may(READ)
        return self._entry(path.rpartition("/")[2] or "/", os.stat(self.real(path)))

    def entries(self, path: str) -> Iterator[Entry]:
        """Yield what is in a folder, by name; what disappears meanwhile, or cannot be reached, is left out."""
        self.may(READ)
        folder = self.real(path)
        for name in sorted(name for name in os.listdir(folder) if _is_good_name(name) and not _OURS.match(name)):
            with suppress(OSError, ValueError):
                found = os.lstat(os.path.join(folder, name))
                if stat.S_ISLNK(found.st_mode):
                    found = os.stat(self.real(f"{path}/{name}"))
                if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
                    yield self._entry(name, found)

    def _entry(self, name: str, found: os.stat_result) -> Entry:
        is_folder = stat.S_ISDIR(found.st_mode)
        letters = {READ: "el" if is_folder else "r", WRITE: "cm" if is_folder else "",
                   CHANGE: "dfp" if is_folder else "adfw"}
        perm = "".join(letters[permission] for permission in sorted(self.permissions))
        size = 0 if is_folder else found.st_size
        return Entry(name, is_folder, size, found.st_mtime, perm, f"{found.st_dev:x}g{found.st_ino:x}")

    def size(self, path: str) -> int:
        """Return a file's size in bytes; of a new one whose upload broke off, how much there is."""
        place = self.real(path)
        if not os.path.lexists(place):
            return os.stat(self._kept(place)).st_size
        found = os.stat(place)
        if not stat.S_ISREG(found.st_mode):
            raise _error(errno.EISDIR, "not a file")
        return found.st_size

    def open(self, path: str) -> IO[bytes]:
        """Open a file to read it, unbuffered; only what is a plain file, since a pipe would keep us waiting."""
        self.may(READ)
        place = self.real(path)
        if os.path.isdir(place):
            raise _error(errno.EISDIR, "not a file")
        descriptor = os.open(place, _LOOK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise _error(errno.EISDIR, "not a file")
        return open(descriptor, "rb", buffering=0)

    def room(self) -> int:
        """Return how many bytes the disk has left."""
        return shutil.disk_usage(self.root).free

    # Changing.

    def make_folder(self, path: str) -> None:
        """Make one folder."""
        self.may(WRITE)
        os.mkdir(self.real(path))

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder; partial uploads in it go with it."""
        self.may(CHANGE)
        place = self._movable(path)
        if os.path.isdir(place) and not os.path.islink(place):
            ours = [name for name in os.listdir(place) if _OURS.match(name)]
            if len(ours) == len(os.listdir(place)):
                for name in ours:
                    discard_file(os.path.join(place, name))
        os.rmdir(place)

    def delete(self, path: str) -> None:
        """Delete a file, or a link (not what it leads to), or what is left of a broken-off upload."""
        self.may(CHANGE)
        place = self._movable(path)
        if not os.path.lexists(place) and os.path.exists(self._kept(place)):
            return discard_file(self._kept(place))
        if os.path.isdir(place) and not os.path.islink(place):
            raise _error(errno.EISDIR, "that is a folder: use RMD")
        os.stat(place, follow_symlinks=False)  # discard_file is content with a missing one
        discard_file(place)

    def rename(self, old: str, new: str) -> None:
        """Rename or move; a file at the new place is replaced."""
        self.may(CHANGE)
        source, target = self._movable(old), self._movable(new)
        if os.path.isdir(target):
            raise _error(errno.EEXIST, "there is a folder of that name")
        os.stat(source, follow_symlinks=False)
        rename_over(source, target, timeout=0)

    def set_time(self, path: str, seconds: int) -> None:
        """Set when a file was changed."""
        self.may(CHANGE)
        os.utime(self.real(path), (seconds, seconds))

    def _movable(self, path: str) -> str:
        place = self.real(path, follow=False)
        if place == self.root:
            raise _error(errno.EACCES, "not the root")
        return place

    # Uploads.

    def upload(self, path: str, offset: int = 0, append: bool = False) -> Upload:
        """Begin an upload: of a whole file, of what follows `offset` bytes that are here already, or of an end.

        What is here already is the file, or what was kept of a new one. Raises: FileNotFoundError where there is
        less than `offset`; PermissionError without "write", and for a file that exists without "change".
        """
        self.may(WRITE)
        place = self.real(path)
        exists = os.path.lexists(place)
        if exists:
            self.may(CHANGE)
            if not os.path.isfile(place):
                raise _error(errno.EISDIR, "that is no file")
        self._sweep(os.path.dirname(place))
        upload = Upload(place, "" if exists or not self._keep else self._kept(place))
        if offset or append:
            try:
                upload.resume_from(place if exists else self._kept(place), None if append else offset, move=not exists)
            except FileNotFoundError:
                if offset:
                    upload.discard()
                    raise _error(errno.ENOENT, "there is nothing to go on from") from None
            except BaseException:
                upload.discard()
                raise
        return upload

    def unused(self, path: str) -> str:
        """Return a path like this one that nobody uses, for STOU."""
        return path if not self.exists(path) else f"{path}.{os.urandom(4).hex()}"

    def _kept(self, place: str) -> str:
        """Return where the beginning of a new file is kept: for the same user and name, always the same place."""
        folder, name = os.path.split(place)
        digest = hashlib.blake2b(os.fsencode(f"{self._owner}/{name}"), digest_size=8).hexdigest()
        return os.path.join(folder, f".{digest}.netio-kept")

    def _sweep(self, folder: str) -> None:
        """Remove what broke off too long ago, or was left by a server that was killed."""
        oldest = time.time() - max(self._keep, _CRASHED)
        with os.scandir(folder) as found:
            for item in found:
                if _OURS.match(item.name):
                    with suppress(OSError):
                        if item.stat().st_mtime < oldest:
                            discard_file(item.path)


class Upload:
    """A file being written beside its place: `write`, then `sync` and `commit`, or `discard`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     upload = Upload(os.path.join(folder, "a.txt"))
    ...     _ = upload.write(b"hello")
    ...     upload.discard()
    ...     os.listdir(folder)
    []

    `keep_at` is where an upload that breaks off is kept (empty: nowhere). Raises: OSError.
    """

    def __init__(self, place: str, keep_at: str = "") -> None:
        self._place, self._keep_at = place, keep_at
        self._partial = os.path.join(os.path.dirname(place), f".{os.urandom(8).hex()}.netio-part")
        self._file: IO[bytes] = open(self._partial, "xb", buffering=0)

    def write(self, data: bytes | memoryview) -> int:
        """Write all of `data` (a file may take only a part of it at a time, and says why the next time)."""
        done = self._file.write(data) or 0
        while done < len(data):
            done += self._file.write(data[done:]) or 0
        return done

    def resume_from(self, source: str, offset: int | None, move: bool) -> None:
        """Begin with the first `offset` bytes of `source` (None: all): the file itself moves here, or is copied."""
        size = os.stat(source).st_size
        if offset is not None and offset > size:
            raise _error(errno.ENOENT, f"there are only {size} bytes to go on from")
        if move:
            self._file.close()
            os.replace(source, self._partial)
            self._file = open(self._partial, "rb+", buffering=0)
            self._file.truncate(size if offset is None else offset)
            self._file.seek(0, os.SEEK_END)
        else:
            left = size if offset is None else offset
            with open(source, "rb", buffering=0) as reading:
                while left:  # one call copies as much as the system likes, 256 KiB where it has no copy_file_range
                    copied = copy_bytes(reading, self._file, left)
                    if not copied:
                        raise _error(errno.EIO, "the file became shorter meanwhile")
                    left -= copied

    def sync(self) -> None:
        """Wait until all is on the disk, which can take long: not in an event loop."""
        sync(self._file)
        self._file.close()

    def hold_replaced(self) -> Callable[[], object]:
        """Open the file that `commit` will replace, and return what closes it: only then the system frees its pages,
        which takes long for a large one, and nobody need wait for it. Nothing is held where that keeps it from being
        replaced (Windows)."""
        with suppress(OSError):
            if os.name != "nt":
                return functools.partial(os.close, os.open(self._place, _LOOK))
        return lambda: None

    def commit(self) -> None:
        """Take the file's place, in one step; the permission bits of what was there stay. Else, discard and raise."""
        try:
            with suppress(FileNotFoundError):
                os.chmod(self._partial, stat.S_IMODE(os.stat(self._place).st_mode))
            rename_over(self._partial, self._place, timeout=0)
        except OSError:
            self.discard()
            raise
        if self._keep_at:
            discard_file(self._keep_at)

    def discard(self) -> None:
        """The upload broke off: keep what has come, where that was asked for, and remove it elsewhere."""
        self._file.close()
        with suppress(FileNotFoundError):
            if self._keep_at and os.stat(self._partial).st_size:
                os.replace(self._partial, self._keep_at)
        discard_file(self._partial)


def _is_good_name(name: str) -> bool:
    """Return whether a name can be a file's and means no other: no device, drive or stream of Windows."""
    return "\0" not in name and not (os.name == "nt" and _NO_NAME.search(name))


def _error(number: int, reason: str = "") -> OSError:
    return OSError(number, reason or os.strerror(number))
