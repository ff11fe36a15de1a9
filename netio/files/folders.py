"""Work in a folder that is held open: what is done to its names is done in this very folder.

Each system call looks a path up again. Between two calls someone else may put a link where a folder was,
and what was checked is not what is opened. So a folder is opened once, and names are opened, linked, renamed and
removed relative to its descriptor (openat(2) and its kin), no link followed. Windows has none of these calls: there the
names are used below the folder's path.
"""
from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from typing import IO, Callable

from .._deadline import deadline_after, time_left
from .syncing import sync_folder

# Whether this system has openat(2) and its kin, and Python offers them.
HAS_OPENAT = hasattr(os, "O_DIRECTORY") and {os.open, os.stat, os.link, os.rename, os.unlink} <= os.supports_dir_fd
# What is added to the flags whenever a file is opened here: no link is followed, no terminal becomes ours.
FILE_FLAGS = sum(getattr(os, flag, 0) for flag in ("O_CLOEXEC", "O_BINARY", "O_NOFOLLOW", "O_NOCTTY"))
FOLDER_FLAGS = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)  # to open nothing but a folder
_OPEN_TARGETS_REFUSE = os.name == "nt"  # to be replaced
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)  # FAT, some network shares


class OpenFolder:
    """A folder held open: its names are used in this very folder, wherever its path leads meanwhile; for `with`.

    All methods take plain names, and none of them follows a link. `descriptor` is None where the system has no calls
    relative to a folder (Windows): there the names are used below `path`. What is in it: see `contents`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     with folder.create("new") as file:
    ...         _ = file.write(b"hello")
    ...     folder.rename_new("new", "greeting")
    ...     folder.find("new"), folder.stat("greeting").st_size
    (None, 5)

    Raises: OSError where there is no such folder. See: openat(2). Stdlib: the `dir_fd` parameters of `os`.
    """

    def __init__(self, path: str | os.PathLike[str], descriptor: int | None = None) -> None:
        self.path = os.fspath(path)
        self.descriptor = open_directory(self.path or ".") if descriptor is None else descriptor

    def path_of(self, name: str) -> str:
        """Return the path of a name in this folder, to be shown, or for another process."""
        return os.path.join(self.path, name)

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """Return a descriptor, as `os.open` does."""
        if self.descriptor is None:
            return os.open(self.path_of(name), flags | FILE_FLAGS, mode)
        return os.open(name, flags | FILE_FLAGS, mode, dir_fd=self.descriptor)

    def create(self, name: str) -> IO[bytes]:
        """Make a new file that only this user may read, and open it unbuffered to write and read.

        Raises: FileExistsError where there is such a name, be it a link.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        return open(name, "rb+", buffering=0, opener=lambda name, _: self.open(name, flags))

    def stat(self, name: str) -> os.stat_result:
        """Describe a name; of a link, the link itself. Raises: FileNotFoundError, OSError."""
        if self.descriptor is None:
            return os.lstat(self.path_of(name))
        return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)

    def find(self, name: str) -> os.stat_result | None:
        """Do what `stat` does, but return None where there is no such name."""
        with suppress(FileNotFoundError):
            return self.stat(name)
        return None

    def rename(self, source: str, target: str, *, timeout: float = 5.0, to: OpenFolder | None = None) -> None:
        """Rename, replacing what is there, in this folder or to another one; on Windows tried for `timeout` seconds.

        Raises: PermissionError, IsADirectoryError, OSError.
        """
        to = self if to is None else to
        old, new, where = self._names(source, target, to)
        retry_refused(lambda: os.replace(old, new, **where), timeout)

    def rename_new(self, source: str, target: str, *, timeout: float = 5.0, to: OpenFolder | None = None) -> None:
        """Rename to a name that is not there yet, here or in another folder: the system decides that, in one step.

        Where the file system knows no hard links (FAT), the new name is taken first by an empty file, for a moment.
        For a folder: `contents.rename_folder_new`. Raises: FileExistsError where the name is there, whatever it is;
        OSError. See: link(2).
        """
        to = self if to is None else to
        old, new, where = self._names(source, target, to)
        if os.name == "nt":
            return retry_refused(lambda: os.rename(old, new), timeout)
        try:
            os.link(old, new, follow_symlinks=False, **where)
        except OSError as error:
            if error.errno == errno.EEXIST:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
            if error.errno not in _NO_LINKS:
                raise
            return self.rename_claimed(source, target, to, lambda name: to.create(name).close(), to.unlink)
        with suppress(OSError):  # the file has its name; what is left over is a second one, hidden
            self.unlink(source)

    def rename_claimed(self, source: str, target: str, to: OpenFolder, claim: Callable[[str], object],
                       give_up: Callable[[str], object]) -> None:
        """Rename to a name that `claim` takes first, or raises where it is taken. Raises: what these two raise."""
        claim(target)
        try:
            self.rename(source, target, to=to)
        except BaseException:
            give_up(target)
            raise

    def _names(self, source: str, target: str, to: OpenFolder) -> tuple[str, str, dict[str, int]]:
        """Return two names as a call of the system takes them, and the descriptors of the folders that they are in."""
        if self.descriptor is None or to.descriptor is None:
            return self.path_of(source), to.path_of(target), {}
        return source, target, {"src_dir_fd": self.descriptor, "dst_dir_fd": to.descriptor}

    def unlink(self, name: str) -> None:
        """Remove a file, also one that is read-only (which Windows would keep). Raises: FileNotFoundError, OSError."""
        if self.descriptor is not None:
            return os.unlink(name, dir_fd=self.descriptor)
        if os.name == "nt":
            os.chmod(self.path_of(name), stat.S_IWRITE)
        os.unlink(self.path_of(name))

    def default_mode(self) -> int:
        """Return the permission bits that a new file gets here, which the umask and the folder's ACL decide.

        They are those of a file that is made to see it: on Linux one without a name (open(2), O_TMPFILE), which is gone
        with the process that made it.
        """
        with suppress(OSError):
            if self.descriptor is not None and hasattr(os, "O_TMPFILE"):
                mode = _mode_and_close(self.open(".", os.O_RDWR | os.O_TMPFILE, 0o666))
                if mode != 0o666:  # which says nothing: Linux before 6.0 forgets the umask where there are no ACLs
                    return mode
        name = f".{os.urandom(8).hex()}.tmp"
        descriptor = self.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            return _mode_and_close(descriptor)
        finally:
            with suppress(OSError):  # a folder that keeps what is made in it
                self.unlink(name)

    def sync(self) -> None:
        """Wait until the names are on the disk, as `sync_folder` does. Raises: OSError where the disk fails."""
        if self.descriptor is not None:
            sync_folder(self.descriptor)

    def close(self) -> None:
        """Close it. Closing twice is all right."""
        if self.descriptor is not None and self.descriptor >= 0:
            descriptor, self.descriptor = self.descriptor, -1  # never again: by then it may be another's
            close_folder(descriptor)

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _mode_and_close(descriptor: int) -> int:
    try:
        return stat.S_IMODE(os.fstat(descriptor).st_mode)
    finally:
        close_folder(descriptor)


def close_folder(descriptor: int) -> None:
    """Close a folder's descriptor; an error says nothing of what was done in it, which `sync` does.

    >>> close_folder(-1)
    """
    with suppress(OSError):
        os.close(descriptor)


def open_directory(path: str | os.PathLike[str]) -> int | None:
    """Return a descriptor of a folder, for `dir_fd`; None where the system has no use for one (Windows).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     descriptor = open_directory(place)
    >>> os.close(descriptor) if descriptor is not None else None

    One that may be written but not read is opened by O_PATH, where there is that. Raises: OSError.
    """
    if not HAS_OPENAT:
        return None
    try:
        return os.open(path, os.O_RDONLY | FOLDER_FLAGS)
    except PermissionError:
        return os.open(path, os.O_PATH | FOLDER_FLAGS) if hasattr(os, "O_PATH") else None  # macOS has none


def retry_refused(action: Callable[[], object], timeout: float) -> None:
    """Call `action`; on Windows, where a file that someone has open refuses (error 5 or 32), for `timeout` seconds.

    >>> retry_refused(lambda: print("renamed"), timeout=5)
    renamed

    Virus scanners close it soon. Raises: PermissionError where it still refuses then, and what `action` raises.
    """
    if not _OPEN_TARGETS_REFUSE:
        action()
        return
    deadline = deadline_after(timeout)
    while True:
        try:
            action()
            return
        except PermissionError:
            if time_left(deadline) == 0:
                raise
            time.sleep(0.02)
