"""Work in a folder that is held open: what is done to its names is done in this very folder.

A path is looked up anew at each call of the system. Between two calls someone else may put a link where a folder was,
and what was checked is not what is opened. So a folder is opened once, and names are opened, linked, renamed and
removed relative to its descriptor (openat(2) and its kin), no link followed. Windows has none of these calls: there the
names are used below the folder's path.
"""
from __future__ import annotations

import errno
import os
import stat
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO, Any, Callable, Iterator

from .syncing import sync_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# Whether this system has openat(2) and its kin, and Python offers them.
HAS_OPENAT = hasattr(os, "O_DIRECTORY") and {os.open, os.stat, os.link, os.rename, os.unlink} <= os.supports_dir_fd
# What is added to the flags whenever a file is opened here: no link is followed, no terminal becomes ours.
FILE_FLAGS = sum(getattr(os, flag, 0) for flag in ("O_CLOEXEC", "O_BINARY", "O_NOFOLLOW", "O_NOCTTY"))
# The flags to open a folder with, and nothing but a folder.
FOLDER_FLAGS = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)  # FAT, some network shares
_ONE_AT_A_TIME = threading.Lock()
_LOCK_AT = 1 << 40  # a byte that nobody reads: a lock of Windows also keeps readers out


class OpenFolder:
    """A folder held open: its names are used in this very folder, wherever its path leads meanwhile; for `with`.

    All methods take plain names, and none of them follows a link. `descriptor` is None where the system has no calls
    relative to a folder (Windows): there the names are used below `path`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     with folder.create("new") as file:
    ...         _ = file.write(b"hello")
    ...     folder.rename_new("new", "greeting")
    ...     [(name, found.st_size) for name, found in folder.entries()]
    [('greeting', 5)]

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
        return open(self.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL), "rb+", buffering=0)

    def open_plain(self, name: str) -> IO[bytes]:
        """Open a regular file to read it, unbuffered; a device, a pipe or a link is refused, and none of them blocks.

        Raises: IsADirectoryError; FileNotFoundError for what else is no regular file; OSError.
        """
        check_plain(self.stat(name), name)  # even opening a device can do something
        file = open(self.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb", buffering=0)
        try:
            check_plain(os.fstat(file.fileno()), name)
        except OSError:
            file.close()
            raise
        return file

    def open_locked(self, name: str) -> IO[bytes]:
        """Open a file of this user, made if it is missing, to write and read, and keep all others out until it closes.

        Raises: BlockingIOError where another has locked it; PermissionError for a link, for what is no regular file,
        for a file of another user and for one that has a second name; OSError. See: flock(2).
        """
        for _ in range(100):
            file = open(_refuse_link(self.open, name, os.O_RDWR | os.O_CREAT), "rb+", buffering=0)
            try:
                _lock(file, name)
                found = os.fstat(file.fileno())
                if os.path.samestat(found, self.stat(name)):
                    _check_private(found, name)
                    return file
            except FileNotFoundError:  # it was renamed or removed by the one who had it locked
                pass
            except BaseException:
                file.close()
                raise
            file.close()
        raise BlockingIOError(errno.EAGAIN, "others make and remove it all the time", name)

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

    def entries(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield each name with what `stat` says of it, in no order; what disappears meanwhile is left out."""
        with self._scan() as found:
            for entry in found:
                with suppress(FileNotFoundError):
                    facts = entry.stat(follow_symlinks=False) if os.name != "nt" else self.stat(entry.name)
                    yield entry.name, facts

    def names(self) -> list[str]:
        """Return the names, in no order. Raises: OSError."""
        with self._scan() as found:
            return [entry.name for entry in found]

    @contextmanager
    def _scan(self) -> Iterator[Iterator[os.DirEntry[str]]]:
        try:
            with os.scandir(self.path if self.descriptor is None else self.descriptor) as found:
                yield found
        except OSError as error:
            if error.errno == errno.EBADF:  # opened without the permission to read it
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.path) from None
            raise

    def rename(self, source: str, target: str, *, timeout: float = 5.0, to: OpenFolder | None = None) -> None:
        """Rename, replacing what is there, in this folder or to another one; on Windows tried for `timeout` seconds.

        Raises: PermissionError, IsADirectoryError, OSError.
        """
        to = self if to is None else to
        if self.descriptor is None or to.descriptor is None:
            retry_refused(lambda: os.replace(self.path_of(source), to.path_of(target)), timeout)
        else:
            os.replace(source, target, src_dir_fd=self.descriptor, dst_dir_fd=to.descriptor)

    def rename_new(self, source: str, target: str, *, timeout: float = 5.0, to: OpenFolder | None = None) -> None:
        """Rename to a name that is not there yet, here or in another folder: the system decides that, in one step.

        A folder, and a file where the file system knows no hard links (FAT), has its new name taken first by an empty
        one, for a moment. Raises: FileExistsError where the name is there, whatever it is; OSError. See: link(2).
        """
        to = self if to is None else to
        if os.name == "nt":
            return retry_refused(lambda: os.rename(self.path_of(source), to.path_of(target)), timeout)
        if stat.S_ISDIR(self.stat(source).st_mode):
            return self._rename_claimed(source, target, to, claim=to.mkdir, give_up=to.rmdir)
        try:
            self._link(source, target, to)
        except OSError as error:
            if error.errno == errno.EEXIST:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
            if error.errno not in _NO_LINKS:
                raise
            claim = partial(to.open, flags=os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            return self._rename_claimed(source, target, to, lambda name: os.close(claim(name)), to.unlink)
        with suppress(OSError):  # the file has its name; what is left over is a second one, hidden
            self.unlink(source)

    def _rename_claimed(self, source: str, target: str, to: OpenFolder, claim: Callable[[str], object],
                        give_up: Callable[[str], object]) -> None:
        claim(target)
        try:
            self.rename(source, target, to=to)
        except BaseException:
            give_up(target)
            raise

    def _link(self, source: str, target: str, to: OpenFolder) -> None:
        if self.descriptor is None or to.descriptor is None:
            os.link(self.path_of(source), to.path_of(target), follow_symlinks=False)
        else:
            os.link(source, target, src_dir_fd=self.descriptor, dst_dir_fd=to.descriptor, follow_symlinks=False)

    def unlink(self, name: str) -> None:
        """Remove a file, also one that is read-only (which Windows would keep). Raises: FileNotFoundError, OSError."""
        if self.descriptor is not None:
            return os.unlink(name, dir_fd=self.descriptor)
        if os.name == "nt":
            os.chmod(self.path_of(name), stat.S_IWRITE)
        os.unlink(self.path_of(name))

    def mkdir(self, name: str) -> None:
        """Make a folder. Raises: FileExistsError, OSError."""
        self._call(os.mkdir, name)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder. Raises: OSError."""
        self._call(os.rmdir, name)

    def set_time(self, name: str, seconds: float) -> None:
        """Set when a file was changed. Raises: OSError."""
        follow = {"follow_symlinks": False} if os.utime in os.supports_follow_symlinks else {}
        self._call(os.utime, name, (seconds, seconds), **follow)

    def default_mode(self) -> int:
        """Return the permission bits that a new file gets here, which the umask and the folder's ACL decide."""
        name = f".{os.urandom(8).hex()}.tmp"
        descriptor = self.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            return stat.S_IMODE(os.fstat(descriptor).st_mode)
        finally:
            os.close(descriptor)
            self.unlink(name)

    @contextmanager
    def lock(self, timeout: float = 5.0) -> Iterator[None]:
        """Keep others that lock this folder out of the block: other programs, too, but not on Windows.

        Raises: TimeoutError where it stays locked. See: flock(2).
        """
        deadline = time.monotonic() + timeout
        while not self._try_lock():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.path} was locked by another for {timeout:g} s")
            time.sleep(0.002)
        try:
            yield
        finally:
            if fcntl is None or self.descriptor is None:
                _ONE_AT_A_TIME.release()
            else:
                with suppress(OSError):
                    fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def _try_lock(self) -> bool:
        if fcntl is None or self.descriptor is None:
            return _ONE_AT_A_TIME.acquire(blocking=False)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno not in (errno.EAGAIN, errno.EACCES)  # else this file system has no locks
        return True

    def sync(self) -> None:
        """Wait until the names are on the disk, as `sync_folder` does. Raises: OSError where the disk fails."""
        if self.descriptor is not None:
            sync_folder(self.descriptor)

    def close(self) -> None:
        """Close it. Closing twice is all right."""
        if self.descriptor is not None and self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _call(self, function: Callable[..., Any], name: str, *arguments: Any, **options: Any) -> None:
        if self.descriptor is None:
            function(self.path_of(name), *arguments, **options)
        else:
            function(name, *arguments, dir_fd=self.descriptor, **options)


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
        if not hasattr(os, "O_PATH"):  # macOS
            return None
        return os.open(path, os.O_PATH | FOLDER_FLAGS)


def retry_refused(action: Callable[[], object], timeout: float) -> None:
    """Call `action`; on Windows, where a file that someone has open refuses (error 5 or 32), for `timeout` seconds.

    >>> retry_refused(lambda: print("renamed"), timeout=5)
    renamed

    Virus scanners close it soon. Raises: PermissionError where it still refuses then, and what `action` raises.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            action()
            return
        except PermissionError:
            if not _refuses_open_targets() or time.monotonic() >= deadline:
                raise
            time.sleep(0.02)


def _refuses_open_targets() -> bool:
    return os.name == "nt"


def _refuse_link(open_file: Callable[[str, int], int], name: str, flags: int) -> int:
    try:
        return open_file(name, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise PermissionError(errno.EPERM, "a link, not a file to write to", name) from None
        raise


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


def _check_private(found: os.stat_result, name: str) -> None:
    """Refuse a file that someone else can write to, or that is a second name of another one."""
    ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or not ours:
        raise PermissionError(errno.EPERM, "not a plain file of this user", name)


if os.name == "nt":
    def _lock(file: IO[bytes], name: str) -> None:
        """Keep others from the file until it is closed."""
        import msvcrt

        file.seek(_LOCK_AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            raise BlockingIOError(errno.EAGAIN, "another is writing it just now", name) from None
        file.seek(0)
else:
    def _lock(file: IO[bytes], name: str) -> None:
        """Keep others from the file until it is closed."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BlockingIOError(errno.EAGAIN, "another is writing it just now", name) from None
