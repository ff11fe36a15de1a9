"""Open files below a root that no path and no link leads out of.

A `Root` walks down name by name, each folder opened relative to the one before it, no link followed, so that nothing
that is checked can be swapped for something else before it is opened. Windows has no such calls: there the path is
checked, then used, and a link that is made between the two is followed. `Root.race_free` says which of both holds.
"""
from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import IO, Any, Callable, Iterator

from . import contents
from .contents import check_plain
from .folders import FILE_FLAGS, FOLDER_FLAGS, HAS_OPENAT, OpenFolder, close_folder
from .names import is_windows_name

_STEP = FOLDER_FLAGS | getattr(os, "O_PATH", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | FILE_FLAGS
_MEETS_LINK = (errno.ELOOP, errno.ENOTDIR, errno.EMLINK)  # EMLINK: FreeBSD's word for it


class Root:
    """A folder below which files are opened by a client's paths: none leads out of it, whatever links there are.

    A path is made of plain names with "/" between them; "" is the root itself. Links are followed where they lead to
    something below the root; one that leads out of it, or to nothing, is as if it were not there. `hide(name)` says
    which names are not to be reached either, on the way or at the end of a link.

    >>> import tempfile
    >>> place = tempfile.TemporaryDirectory()
    >>> root = Root(place.name)
    >>> root.mkdir("docs")
    >>> with root.open_folder("docs") as folder, folder.create("a.txt") as file:
    ...     _ = file.write(b"hello")
    >>> with root.open("docs/a.txt") as file:
    ...     file.read(), root.stat("docs/a.txt").st_size
    (b'hello', 5)
    >>> os.symlink("/etc", os.path.join(place.name, "out")) if os.name != "nt" else None
    >>> root.open("out/passwd")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] ...
    >>> place.cleanup()

    Where `race_free` is true (not on Windows), this holds against others who swap folders for links meanwhile, too.
    The errors name the path that was asked for, never a real one.

    Raises: NotADirectoryError where there is no such folder. See: openat2(2), RESOLVE_BENEATH, which Python lacks.
    """

    race_free = HAS_OPENAT

    def __init__(self, path: str | os.PathLike[str], *, hide: Callable[[str], object] | None = None) -> None:
        self.path = os.path.realpath(path)
        self._hide = hide
        if not os.path.isdir(self.path):
            raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", os.fspath(path))

    def real(self, path: str, *, follow: bool = True) -> str:
        """Return where a file really is now, links followed; with `follow=False` not that of its last name.

        Raises: FileNotFoundError where that is outside the root, hidden, or no name that a file can have.
        """
        names = self._split(path)
        last = names.pop() if names and not follow else ""
        found, inside = os.path.realpath(os.path.join(self.path, *names)), os.path.join(self.path, "")
        found = os.path.join(found, last) if last else found
        if found != self.path and not found.startswith(inside):
            raise _missing(path)
        if self._hide is not None and any(map(self._hide, filter(None, found[len(inside):].split(os.sep)))):
            raise _missing(path)
        return found

    def hides(self, name: str) -> bool:
        """Return whether a name is one that is not to be reached."""
        return self._hide is not None and bool(self._hide(name))

    def open_folder(self, path: str = "") -> OpenFolder:
        """Hold a folder open. Raises: FileNotFoundError, NotADirectoryError, OSError."""
        return self._open_real(self.real(path), path)

    def open(self, path: str) -> IO[bytes]:
        """Open a regular file to read it, unbuffered; a device or a pipe is refused, and none of them blocks.

        Raises: IsADirectoryError; FileNotFoundError for what else is no regular file; OSError.
        """
        descriptor, _ = self.open_descriptor(path)
        return open(path, "rb", buffering=0, opener=lambda path, flags: descriptor)  # which closes it where it fails

    def open_descriptor(self, path: str) -> tuple[int, os.stat_result]:
        """Do what `open` does, but return the descriptor, which is the caller's to close, and what `fstat` says of it.

        Most paths have no link in them: so it walks down at once, and looks where links lead only if it meets one.
        """
        names = self._split(path)
        if HAS_OPENAT and names and not (self._hide is not None and any(map(self._hide, names))):
            try:
                return _open_straight(self.path, names)
            except OSError as error:
                if error.errno not in _MEETS_LINK:
                    raise _missing(path, error.errno) from None
        file: IO[bytes] = self._in_folder(path, contents.open_plain)
        with file:
            found = os.fstat(file.fileno())
            return os.dup(file.fileno()), found

    def stat(self, path: str, *, follow: bool = True) -> os.stat_result:
        """Describe a file or folder; with `follow=False`, of a link the link itself. Raises: OSError."""
        found: os.stat_result = self._in_folder(path, OpenFolder.stat, follow=follow)
        if follow and S_ISLNK(found.st_mode):  # one that leads to itself
            raise _missing(path)
        return found

    def entries(self, path: str = "") -> Iterator[tuple[str, os.stat_result]]:
        """Yield (name, stat) of what is in a folder, links followed; what cannot be reached is left out.

        Raises: OSError where the folder cannot be listed.
        """
        with self.open_folder(path) as folder:
            for name, found in contents.entries_of(folder):
                with suppress(OSError):
                    if not self.hides(name):
                        yield name, self.stat(f"{path}/{name}") if S_ISLNK(found.st_mode) else found

    def mkdir(self, path: str) -> None:
        """Make one folder. Raises: FileExistsError, OSError."""
        self._in_folder(path, contents.make_folder)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder. Raises: OSError."""
        self._in_folder(path, contents.remove_folder, follow=False)

    def unlink(self, path: str) -> None:
        """Remove a file, or a link, not what it leads to. Raises: OSError."""
        self._in_folder(path, OpenFolder.unlink, follow=False)

    def rename(self, source: str, target: str, *, overwrite: bool = True, timeout: float = 5.0) -> None:
        """Rename or move a file, folder or link; `overwrite=False` refuses a name that is there, decided in one step.

        Raises: FileExistsError, OSError.
        """
        with self.parent(source, follow=False) as (here, old), self.parent(target, follow=False) as (there, new):
            if not overwrite and S_ISDIR(here.stat(old).st_mode):
                return contents.rename_folder_new(here, old, new, there)
            (here.rename if overwrite else here.rename_new)(old, new, timeout=timeout, to=there)

    def set_time(self, path: str, seconds: float) -> None:
        """Set when a file was changed. Raises: OSError."""
        self._in_folder(path, lambda folder, name: contents.set_time(folder, name, seconds))

    @contextmanager
    def parent(self, path: str, *, follow: bool = True) -> Iterator[tuple[OpenFolder, str]]:
        """Hold the folder open in which a file is, or would be; yield it and the file's last name.

        Raises: FileNotFoundError, NotADirectoryError; IsADirectoryError for the root, which is in no folder here.
        """
        real = self.real(path, follow=follow)
        if real == self.path:
            raise _missing(path, errno.EISDIR)
        with self._open_real(os.path.dirname(real), path) as folder:
            yield folder, os.path.basename(real)

    def _in_folder(self, path: str, action: Callable[[OpenFolder, str], Any], follow: bool = True) -> Any:
        if action is OpenFolder.stat and self.real(path, follow=follow) == self.path:
            return os.stat(self.path)
        try:
            with self.parent(path, follow=follow) as (folder, name):
                return action(folder, name)
        except OSError as error:
            raise _missing(path, errno.ENOENT if error.errno == errno.ELOOP else error.errno) from None

    def _split(self, path: str) -> list[str]:
        names = [name for name in path.split("/") if name]
        for name in names:
            if name in (".", "..") or "\0" in name or os.name == "nt" and not is_windows_name(name):
                raise _missing(path)
        return names

    def _open_real(self, real: str, path: str) -> OpenFolder:
        if HAS_OPENAT:
            try:
                return self._walk(real)
            except OSError as error:  # ELOOP: a link, where there was none when the path was looked up
                raise _missing(path, errno.ENOENT if error.errno == errno.ELOOP else error.errno) from None
        if not os.path.isdir(real):
            raise _missing(path, errno.ENOTDIR if os.path.exists(real) else errno.ENOENT)
        return OpenFolder(real)

    def _walk(self, real: str) -> OpenFolder:
        """Open the folder step by step from the root, no link followed."""
        descriptor = _open_step(self.path, None)
        for name in filter(None, real[len(self.path):].split(os.sep)):
            try:
                below = _open_step(name, descriptor)
            finally:
                close_folder(descriptor)
            descriptor = below
        return OpenFolder(real, descriptor)


def read_straight(root: str, path: str, most: int) -> tuple[os.stat_result, bytes] | None:
    """Return what `fstat` says of the regular file that a path leads to, and its content, no link followed.

    None is for what is no regular file, has more than `most` bytes, or changes meanwhile. It takes as few system calls
    as it can: the look at the name, which comes first as opening a device can do something, is also the one before
    reading, to which the one after it is compared. The path's names are used as they are: the caller has judged them.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with open(os.path.join(place, "a.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     found = read_straight(place, "a.txt", 5) if Root.race_free else (None, b"hello")
    ...     found[1], read_straight(place, "a.txt", 4) if Root.race_free else None
    (b'hello', None)

    Only where `Root.race_free` is true. Raises: OSError.
    """
    folder, place = _walk_straight(root, path.split("/")) if "/" in path else (None, f"{root}/{path}")
    try:
        before = os.stat(place, dir_fd=folder, follow_symlinks=False)
        size = before.st_size
        if not S_ISREG(before.st_mode) or size > most:
            return None
        descriptor = os.open(place, _READ, dir_fd=folder)
    finally:
        if folder is not None:
            close_folder(folder)
    try:
        content = os.read(descriptor, size + 1)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    same = (len(content) == size == after.st_size and after.st_mtime_ns == before.st_mtime_ns
            and after.st_ino == before.st_ino and after.st_dev == before.st_dev)
    return (after, content) if same else None


def _open_straight(root: str, names: list[str]) -> tuple[int, os.stat_result]:
    """Open the regular file that the names lead to, no link followed; return its descriptor and what `fstat` says."""
    folder, place = _walk_straight(root, names)
    try:
        found = os.stat(place, dir_fd=folder, follow_symlinks=False)  # first, as opening a device can do something
        if not S_ISREG(found.st_mode):
            check_plain(found, place)
        descriptor = os.open(place, _READ, dir_fd=folder)
    finally:
        if folder is not None:
            close_folder(folder)
    try:
        found = os.fstat(descriptor)
        if not S_ISREG(found.st_mode):
            check_plain(found, place)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor, found


def _walk_straight(root: str, names: list[str]) -> tuple[int | None, str]:
    """Return a descriptor of the folder that the last name is in, and that name; the root is never opened."""
    folder, place = None, f"{root}/{names[0]}"
    try:
        for name in names[1:]:
            below = os.open(place, _STEP, dir_fd=folder)
            if folder is not None:
                close_folder(folder)
            folder, place = below, name
    except OSError:
        if folder is not None:
            close_folder(folder)
        raise
    return folder, place


def _open_step(name: str, folder: int | None) -> int:
    """Open a folder below another one, no link followed; a folder on the way need not be readable."""
    flags = FOLDER_FLAGS | os.O_NOFOLLOW
    try:
        return os.open(name, os.O_RDONLY | flags, dir_fd=folder)
    except PermissionError:
        return os.open(name, getattr(os, "O_PATH", os.O_RDONLY) | flags, dir_fd=folder)


def _missing(path: str, number: int | None = errno.ENOENT) -> OSError:
    """Return the error that says so of the path that was asked for (OSError makes the fitting kind itself)."""
    return OSError(number, os.strerror(number or errno.EIO), path)
