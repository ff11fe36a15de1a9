"""The folder that is served: from a client's path to a file below the root, or to nothing; listings; uploads.

A path has been cleaned by `join_path`, so its names lead nowhere but down; `files.Root` sees to it that links do not
lead out either, nor to the hidden files of unfinished uploads.

An upload is a `files.Replacement`: others see the old file or the whole new one, and what may be replaced is decided
when it is put in its place. If it breaks off, the old file stays; what has come of a *new* file is kept under another
hidden name, for its user to resume (SIZE tells how much there is), until it is complete, replaced, deleted, or
`keep_partials` seconds old.
"""
from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import re
import shutil
import stat
import time
from contextlib import ExitStack, suppress
from heapq import merge
from itertools import islice
from typing import IO, Callable, Iterable, Iterator

from ..files import Replacement, Root, UnsyncedError
from ..files.contents import names_in, open_plain
from ..files.copying import copy_bytes
from ..files.folders import OpenFolder
from ..files.locking import Part, Unchanged, remove_unlocked, written_since_boot
from ..files.replacing import hold_replaced
from ..files.sweeping import is_unfinished, sweep_unfinished
from .commands import Entry

READ, WRITE, CHANGE = "read", "write", "change"
PERMISSIONS = (READ, WRITE, CHANGE)  # of a user
_KEPT = re.compile(r"\.[0-9a-f]{16}\.netio-kept\Z", re.IGNORECASE)
_SUFFIX = ".part"
_SORTED_AT_ONCE = 8192  # names
_HASHED_AT_ONCE = 1 << 21  # bytes: a few milliseconds
_COPIED = 1 << 26  # bytes copied before it is asked whether anybody still wants them


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
        self._root = Root(root, hide=_is_ours)
        self.permissions = frozenset(check_permissions(permissions))
        self._perm = {is_folder: _perm_letters(self.permissions, is_folder) for is_folder in (False, True)}
        self._keep, self._owner = keep_partials, owner

    def require(self, permission: str) -> None:
        """Raise PermissionError unless this user has the permission."""
        if permission not in self.permissions:
            raise _error(errno.EACCES, f"no permission to {permission}")

    def exists(self, path: str) -> bool:
        """Return whether there is a file or folder that can be reached."""
        try:
            self._stat(path)
        except OSError:
            return False
        return True

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder of this name, and no file. Raises: FileNotFoundError for neither."""
        return stat.S_ISDIR(self._stat(path).st_mode)

    # Looking.

    def entry(self, path: str) -> Entry:
        """Return what a listing says of one file or folder."""
        self.require(READ)
        return self._entry(path.rpartition("/")[2] or "/", self._stat(path))

    def entries(self, path: str) -> Iterator[Entry]:
        """Yield what is in a folder, by name; what disappears meanwhile, or cannot be reached, is left out.

        In a large folder that takes long: not in an event loop.
        """
        self.require(READ)
        with self._root.open_folder(_encodable(path)) as folder:
            for name in _sort(name for name in names_in(folder) if not _is_ours(name)):
                with suppress(OSError):
                    found = folder.stat(name)
                    if stat.S_ISLNK(found.st_mode):
                        found = self._stat(f"{path}/{name}")
                    if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
                        yield self._entry(name, found)

    def size(self, path: str) -> int:
        """Return a file's size in bytes; of a new one whose upload broke off, how much there is."""
        try:
            found = self._stat(path)
        except FileNotFoundError:
            with self._root.parent(path) as (folder, name):
                kept = folder.find(self._kept_name(name))
            if kept is None or not written_since_boot(kept):
                raise
            return kept.st_size
        self.require(READ)
        if not stat.S_ISREG(found.st_mode):
            raise _error(errno.EISDIR, "not a file")
        return found.st_size

    def open(self, path: str) -> IO[bytes]:
        """Open a file to read it, unbuffered; only what is a plain file, since a pipe would keep us waiting."""
        self.require(READ)
        try:
            return self._root.open(_encodable(path))
        except IsADirectoryError:
            raise _error(errno.EISDIR, "not a file") from None

    def open_partial(self, path: str) -> IO[bytes]:
        """Open a file, or what is kept of a new one whose upload broke off."""
        if self.exists(path):
            return self.open(path)
        with self._root.parent(_encodable(path)) as (folder, name):
            return open_plain(folder, self._kept_name(name))

    def room(self) -> int:
        """Return how many bytes the disk has left."""
        return shutil.disk_usage(self._root.path).free

    def _stat(self, path: str) -> os.stat_result:
        return self._root.stat(_encodable(path))

    def _entry(self, name: str, found: os.stat_result) -> Entry:
        is_folder = stat.S_ISDIR(found.st_mode)
        size = 0 if is_folder else found.st_size
        unique = f"{found.st_dev:x}g{found.st_ino:x}"
        return Entry(name, is_folder, size, found.st_mtime, self._perm[is_folder], unique)

    # Changing.

    def make_folder(self, path: str) -> None:
        """Make one folder."""
        self.require(WRITE)
        self._root.mkdir(_encodable(path))

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder; partial uploads in it go with it."""
        self.require(CHANGE)
        if stat.S_ISDIR(self._root.stat(_encodable(path), follow=False).st_mode):
            with self._root.open_folder(path) as folder:
                names = _list(folder)
                if all(map(_is_ours, names)):
                    for name in names:
                        folder.unlink(name)
        self._root.rmdir(path)

    def delete(self, path: str) -> None:
        """Delete a file, or a link (not what it leads to), or what is left of a broken-off upload."""
        self.require(CHANGE)
        try:
            found = self._root.stat(_encodable(path), follow=False)
        except FileNotFoundError:
            with self._root.parent(path) as (folder, name):
                return folder.unlink(self._kept_name(name))
        if stat.S_ISDIR(found.st_mode):
            raise _error(errno.EISDIR, "that is a folder: use RMD")
        self._root.unlink(path)

    def rename(self, old: str, new: str) -> None:
        """Rename or move, and wait until that is on the disk; a file at the new place is replaced."""
        self.require(CHANGE)
        with suppress(FileNotFoundError):
            if stat.S_ISDIR(self._root.stat(_encodable(new), follow=False).st_mode):
                raise _error(errno.EEXIST, "there is a folder of that name")
        self._root.rename(_encodable(old), new, timeout=0)
        try:
            for path in {posixpath.dirname(new): new, posixpath.dirname(old): old}.values():
                with self._root.parent(path, follow=False) as (folder, _):
                    folder.sync()
        except (OSError, MemoryError) as error:
            number = getattr(error, "errno", None) or errno.ENOMEM
            raise UnsyncedError(number, f"it is renamed, but {os.strerror(number)}") from error

    def set_time(self, path: str, seconds: int) -> None:
        """Set when a file was changed."""
        self.require(CHANGE)
        try:
            self._root.set_time(_encodable(path), seconds)
        except OverflowError:
            raise _error(errno.EINVAL, "the disk cannot store that time") from None

    # Uploads.

    def upload(self, path: str, offset: int = 0, append: bool = False, *, known: int | None = None,
               unique: bool = False, wanted: Callable[[], bool] = lambda: True) -> Upload:
        """Begin an upload: of a whole file, of what follows `offset` bytes that are here already, or of an end.

        What is here already is the file, or what was kept of a new one; an end is put after that only if the client
        knows how much there is (`known`). `unique`: the file must not exist. Before a file is resumed it is copied,
        which takes long, and stops when `wanted()` is false: not in an event loop.

        Raises: FileNotFoundError where there is less than `offset`; PermissionError without "write", and for a file
        that exists without "change"; BlockingIOError where another writes what is to be resumed. The same is decided
        again by `Upload.commit`.
        """
        self.require(WRITE)
        with ExitStack() as stack:
            folder, name = stack.enter_context(self._root.parent(_encodable(path)))
            self._sweep(folder)
            overwrite = CHANGE in self.permissions and not unique
            exists = folder.find(name) is not None
            if exists:
                self.require(CHANGE)
            if exists and (offset or append):
                new = self._copy(folder, name, None if append else offset, stack, wanted)
            elif offset or not exists and self._keep and not unique:
                new = self._resume(folder, name, offset, known if append else None, overwrite)
            else:
                new = Replacement(name, folder=folder, overwrite=overwrite, suffix=_SUFFIX)
            stack.callback(new.close)
            return Upload(new, stack.pop_all())

    def _copy(self, folder: OpenFolder, name: str, count: int | None, stack: ExitStack,
              wanted: Callable[[], bool]) -> Replacement:
        """Begin with the first `count` bytes of the file (None: all); `commit` replaces this version of it only."""
        with open_plain(folder, name) as source:
            found = os.fstat(source.fileno())
            left = _check_offset(count, found.st_size)
            new = Replacement(name, folder=folder, only_if=Unchanged(found), suffix=_SUFFIX)
            stack.callback(new.close)
            while left and wanted():
                copied = copy_bytes(source, new.file, min(left, _COPIED))
                if not copied:
                    raise _error(errno.ESTALE, "the file became shorter meanwhile")
                left -= copied
        return new

    def _resume(self, folder: OpenFolder, name: str, offset: int, known: int | None, overwrite: bool) -> Replacement:
        """Go on with what was kept, where the client knows how much that is; else begin."""
        try:
            new = Replacement(name, folder=folder, overwrite=overwrite, part=Part(self._kept_name(name)))
        except (BlockingIOError, PermissionError):  # another upload of this file is under way
            if offset:
                raise
            return Replacement(name, folder=folder, overwrite=overwrite, suffix=_SUFFIX)
        try:
            size = new.file.seek(0, os.SEEK_END)
            new.file.truncate(new.file.seek(size if known == size else _check_offset(offset, size)))
        except BaseException:
            new.close()
            raise
        return new

    def _kept_name(self, name: str) -> str:
        """Return under which name the beginning of a new file is kept: for the same user and file always the same."""
        digest = hashlib.blake2b(os.fsencode(f"{self._owner}/{name}"), digest_size=8).hexdigest()
        return f".{digest}.netio-kept"

    def _sweep(self, folder: OpenFolder) -> None:
        """Remove what broke off too long ago, or was left by a server that was killed."""
        names = list(filter(_is_ours, _list(folder)))
        sweep_unfinished(folder, names)
        for name in filter(_KEPT.match, names):
            with suppress(OSError):  # one that is being written is locked
                if folder.stat(name).st_mtime < time.time() - self._keep:
                    remove_unlocked(folder, name)


class Upload:
    """A file being written beside its place: `write`, then `sync` and `commit`, or `discard`. `Folder.upload` makes it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     upload = Folder(place, keep_partials=0).upload("/a.txt")
    ...     _ = upload.write(b"hello")
    ...     upload.discard()
    ...     os.listdir(place)
    []

    Raises: OSError.
    """

    def __init__(self, new: Replacement, resources: ExitStack) -> None:
        self._new, self._resources = new, resources

    def write(self, data: bytes | memoryview) -> int:
        """Write all of `data` (a file may take only a part of it at a time, and says why the next time)."""
        return self._new.write(data)

    def sync(self) -> None:
        """Wait until all is on the disk, which can take long: not in an event loop."""
        self._new.sync()

    def hold_replaced(self) -> Callable[[], object]:
        """Open the file that `commit` will replace; return what closes it: see `replacing.hold_replaced`."""
        return hold_replaced(self._new)

    def commit(self) -> None:
        """Take the file's place, in one step; the permission bits of what was there stay. Else, discard and raise.

        Raises: FileExistsError where nothing may be replaced and a file has appeared; ChangedError where the resumed
        file was changed meanwhile; UnsyncedError, with which it is done; OSError.
        """
        with self._resources:
            try:
                self._new.commit()
            except FileExistsError:  # there is nothing any more that could be resumed
                self._new.discard()
                raise

    def discard(self, error: OSError | None = None) -> None:
        """The upload broke off: keep what has come, where that was asked for, and remove it elsewhere.

        With the `error` of a disk that could not take it, it is always removed: on a full one it is in everybody's way.
        """
        with self._resources:
            if error is not None:
                self._new.discard()


def _is_ours(name: str) -> bool:
    return is_unfinished(name) or _KEPT.match(name) is not None


def hash_range(file: IO[bytes], start: int = 0, end: int | None = None) -> str:
    """Return the SHA-256 of a file's bytes from `start` to before `end`, in hex.

    >>> import io
    >>> hash_range(io.BytesIO(b"hello"), 1, 3) == hashlib.sha256(b"el").hexdigest()
    True
    """
    return [*hash_pieces(file, start, end)][-1]


def hash_pieces(file: IO[bytes], start: int = 0, end: int | None = None) -> Iterator[str]:
    """Do the same a piece at a time: yield "" after each but the last, then the hash.

    >>> import io
    >>> len([*hash_pieces(io.BytesIO(bytes(_HASHED_AT_ONCE * 2)))])
    3
    """
    digest, left = hashlib.sha256(), None if end is None else max(0, end - start)
    file.seek(start)
    while data := file.read(_HASHED_AT_ONCE if left is None else min(left, _HASHED_AT_ONCE)):
        digest.update(data)
        left = None if left is None else left - len(data)
        del data  # many may wait for their turn here
        yield ""
    yield digest.hexdigest()


def check_permissions(permissions: Iterable[str]) -> tuple[str, ...]:
    """Return the permissions if they are some that there are.

    >>> check_permissions(["read", "shout"])
    Traceback (most recent call last):
    ValueError: no such permission: shout; there are read, write, change
    """
    permissions = (permissions,) if isinstance(permissions, str) else tuple(permissions)
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    if unknown:
        raise ValueError(f"no such permission: {', '.join(unknown)}; there are {', '.join(PERMISSIONS)}")
    return permissions


def _perm_letters(permissions: frozenset[str], is_folder: bool) -> str:
    """Return RFC 3659's letters (section 7.5.5) for what may be done with a file or a folder."""
    letters = {READ: "el" if is_folder else "r", WRITE: "cm" if is_folder else "",
               CHANGE: "dfp" if is_folder else "adfw"}
    return "".join(letters[permission] for permission in sorted(permissions))


def _check_offset(offset: int | None, size: int) -> int:
    if offset is not None and offset > size:
        raise _error(errno.ENOENT, f"there are only {size} bytes to resume from")
    return size if offset is None else offset


def _sort(names: Iterable[str]) -> Iterator[str]:
    """Yield names in order. They are sorted some at a time: while one call of `sorted` runs, no other thread does."""
    unsorted, sorted_names = iter(names), []
    while part := sorted(islice(unsorted, _SORTED_AT_ONCE)):
        sorted_names.append(part)
    return merge(*sorted_names) if len(sorted_names) != 1 else iter(sorted_names[0])


def _list(folder: OpenFolder) -> list[str]:
    try:
        return names_in(folder)
    except PermissionError:  # it may be written to, but not read
        return []


def _encodable(path: str) -> str:
    """Return a path whose names can be on this system, where file names may be ASCII only."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise _error(errno.ENOENT) from None
    return path


def _error(number: int, reason: str = "") -> OSError:
    return OSError(number, reason or os.strerror(number))
