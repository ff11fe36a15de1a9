"""Locks on files and folders between programs; what a Replacement does with them: go on, or replace one version only.

Such a lock keeps out only who asks for it, too. On Windows a folder cannot be locked: a lock of this program takes its
place.
"""
from __future__ import annotations

import errno
import os
import stat
import threading
import time
from contextlib import contextmanager, suppress
from typing import IO, Callable, Iterator

from .._deadline import deadline_after, time_left
from .folders import OpenFolder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_ONE_AT_A_TIME = threading.Lock()
_LOCK_AT = 1 << 40  # a byte that nobody reads: a lock of Windows also keeps readers out


class ChangedError(OSError):
    """What was to be replaced is another version by now, or gone; nothing was changed.

    >>> import tempfile
    >>> from netio.files import Replacement
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "a.txt")
    ...     with open(path, "w") as file:
    ...         _ = file.write("old")
    ...     with Replacement(path, only_if=Unchanged(os.stat(path))) as new:
    ...         os.unlink(path)  # meanwhile, by another program
    ...         try:
    ...             new.commit()
    ...         except ChangedError as error:
    ...             print(error.strerror)
    it was changed meanwhile
    """


class Unchanged:
    """The condition of a Replacement: only the file that `found`, a `stat`, describes is replaced.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     folder.create("a").close()
    ...     with Unchanged(folder.stat("a")).hold(folder, "a"):
    ...         folder.unlink("a")

    Between this comparison and the rename no other Replacement with a condition can commit in the folder, though a
    program that does not ask for its lock may. See: `ChangedError`.
    """

    def __init__(self, found: os.stat_result) -> None:
        self.found = found

    @contextmanager
    def hold(self, folder: OpenFolder, name: str, timeout: float = 5.0) -> Iterator[None]:
        """Lock the folder while the file is still this version.

        Raises: ChangedError where it is another, or gone; TimeoutError where the folder stays locked.
        """
        with lock_folder(folder, max(timeout, 1.0)):
            if not same_version(folder.find(name), self.found):
                raise ChangedError(errno.ESTALE, "it was changed meanwhile", folder.path_of(name))
            yield


class Part:
    """The name of an unfinished file that a Replacement keeps, and the next one goes on with; it is locked while open.

    After a power failure such a file can have its size, and zeros in place of bytes. So what was written before the
    system was started is thrown away, unless it is `checked`: the caller compares what it finds with a checksum.

    >>> import tempfile
    >>> from netio.files import Replacement
    >>> with tempfile.TemporaryDirectory() as place:
    ...     path = os.path.join(place, "a")
    ...     with Replacement(path, part=Part("a.part")) as new:
    ...         _ = new.write(b"hel")
    ...     with Replacement(path, part=Part("a.part")) as new:
    ...         new.file.seek(0, os.SEEK_END), new.write(b"lo"), new.commit()
    (3, 2, True)
    """

    def __init__(self, name: str, *, checked: bool = False) -> None:
        self.name, self.checked = name, checked

    def open(self, folder: OpenFolder) -> IO[bytes]:
        """Do what `open_locked` does, and empty the file where its contents are not to be trusted."""
        file = open_locked(folder, self.name)
        try:
            if not self.checked and not written_since_boot(os.fstat(file.fileno())):
                file.truncate(0)
        except BaseException:
            file.close()
            raise
        return file


def written_since_boot(found: os.stat_result) -> bool:
    """Return whether the system has run all the time since a file was written, so that no power failure can have cost
    any of it.

    >>> with open(__file__, "rb") as file:
    ...     written_since_boot(os.stat_result((0o100644, 1, 1, 1, 0, 0, 5, 0, 1_000_000_000, 0)))
    False

    Where the clock was set meanwhile, it is False. See: clock_gettime(2), CLOCK_BOOTTIME.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # the others do not count while the system sleeps
    running = time.monotonic() if clock is None else time.clock_gettime(clock)
    now = time.time()
    return now - running <= found.st_mtime <= now + 60


def open_locked(folder: OpenFolder, name: str) -> IO[bytes]:
    """Open a file of this user, made if it is missing, to write and read, and keep all others out until it closes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     with open_locked(folder, "a") as file:
    ...         file.write(b"hello")
    5

    Raises: BlockingIOError where another has locked it; PermissionError for a link, for what is no regular file,
    for a file of another user and for one that has a second name; OSError. See: flock(2).
    """
    for _ in range(100):
        file = open(name, "rb+", buffering=0,
                    opener=lambda name, _: _refuse_link(folder.open, name, os.O_RDWR | os.O_CREAT))
        try:
            _lock(file, name)
            found = os.fstat(file.fileno())
            if os.path.samestat(found, folder.stat(name)):
                _check_private(found, name)
                return file
        except FileNotFoundError:  # it was renamed or removed by the one who had it locked
            pass
        except BaseException:
            file.close()
            raise
        file.close()
    raise BlockingIOError(errno.EAGAIN, "others make and remove it all the time", name)


def create_locked(folder: OpenFolder, suffix: str = ".tmp") -> tuple[str, IO[bytes]]:
    """Make a file with a new hidden name that only this user may read, locked while it is open; return name and file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     name, file = create_locked(folder, ".part")
    ...     with file:
    ...         len(name), is_locked(folder, name)
    (22, True)

    It is not locked where the file system has no locks. Raises: OSError. See: `sweeping`.
    """
    while True:
        name = f".{os.urandom(8).hex()}{suffix}"
        file = folder.create(name)
        try:
            if _lock_new(file, name) and folder.find(name) is not None:  # else somebody sweeps it
                return name, file
        except BaseException:
            _remove(folder, name, file)
            raise
        _remove(folder, name, file)


def _lock_new(file: IO[bytes], name: str) -> bool:
    """Return False where another has locked a new file before its maker could: to remove it as left."""
    try:
        _lock(file, name)
    except BlockingIOError:
        return os.name == "nt"  # which gives the same error where there are no locks, and removes no open file
    except OSError:  # a file system without locks
        pass
    return True


def _remove(folder: OpenFolder, name: str, file: IO[bytes]) -> None:
    file.close()
    with suppress(OSError):
        folder.unlink(name)


@contextmanager
def hold_unfinished(folder: OpenFolder) -> Iterator[str]:
    """Yield how hidden names are to end whose files are closed before they get their places: none is swept meanwhile.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     with hold_unfinished(folder) as suffix:
    ...         name, file = create_locked(folder, suffix)
    ...         file.close()
    ...         len(name), is_locked(folder, suffix)
    (39, True)

    It is the name of one more file, empty, which is locked in their place. Raises: OSError.
    """
    name, file = create_locked(folder, ".part")
    try:
        yield name
    finally:
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            folder.unlink(name)


def is_locked(folder: OpenFolder, name: str) -> bool:
    """Return whether there is such a file and somebody has locked it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     is_locked(folder, "a")
    False

    Raises: OSError where that cannot be found out.
    """
    try:
        with _open_there(folder, name) as file:
            _lock(file, name)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _open_there(folder: OpenFolder, name: str) -> IO[bytes]:
    flags = os.O_RDWR | getattr(os, "O_NONBLOCK", 0)
    return open(_refuse_link(folder.open, name, flags), "rb+", buffering=0)


def remove_unlocked(folder: OpenFolder, name: str) -> None:
    """Remove a file of this user that nobody has locked: what a program that was killed has left.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder:
    ...     with open_locked(folder, "a"):
    ...         try:
    ...             remove_unlocked(folder, "a")
    ...         except BlockingIOError:
    ...             print("it is being written")
    ...     remove_unlocked(folder, "a")
    ...     folder.find("a")
    it is being written

    Raises: BlockingIOError where another has locked it; PermissionError for a link, for what is no regular file and for
    a file of another user; OSError, also where the file system has no locks.
    """
    with _open_there(folder, name) as file:
        _lock(file, name)
        found = os.fstat(file.fileno())
        _check_ours(found, name)
        if os.name != "nt" and os.path.samestat(found, folder.stat(name)):
            folder.unlink(name)  # while it is locked
    if os.name == "nt":  # which keeps an open file
        folder.unlink(name)


@contextmanager
def lock_folder(folder: OpenFolder, timeout: float = 5.0) -> Iterator[None]:
    """Keep others that lock this folder out of the block: other programs, too, but not on Windows.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, OpenFolder(place) as folder, lock_folder(folder):
    ...     print("locked")
    locked

    Raises: TimeoutError where it stays locked. See: flock(2).
    """
    deadline = deadline_after(timeout)
    while not _try_lock(folder):
        if time_left(deadline) == 0:
            raise TimeoutError(f"{folder.path} was locked by another for {timeout:g} s")
        time.sleep(0.002)
    try:
        yield
    finally:
        if fcntl is None or folder.descriptor is None:
            _ONE_AT_A_TIME.release()
        else:
            with suppress(OSError):
                fcntl.flock(folder.descriptor, fcntl.LOCK_UN)


def _try_lock(folder: OpenFolder) -> bool:
    if fcntl is None or folder.descriptor is None:
        return _ONE_AT_A_TIME.acquire(blocking=False)
    try:
        fcntl.flock(folder.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES)  # else this file system has no locks
    return True


def same_version(found: os.stat_result | None, expected: os.stat_result) -> bool:
    """Return whether a file described by `found` (None: missing) is the very one, unchanged, that `expected` describes.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     before = os.stat(file.name)
    ...     same_version(os.stat(file.name), before), file.write(b"x"), file.flush()
    ...     same_version(os.stat(file.name), before), same_version(None, before)
    (True, 1, None)
    (False, False)
    """
    return found is not None and _version(found) == _version(expected)


def _version(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_link(open_file: Callable[[str, int], int], name: str, flags: int) -> int:
    try:
        return open_file(name, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise PermissionError(errno.EPERM, "a link, not a file to write to", name) from None
        raise


def _check_private(found: os.stat_result, name: str) -> None:
    """Refuse a file that someone else can write to, or that is a second name of another one."""
    _check_ours(found, name)
    if found.st_nlink != 1:
        raise PermissionError(errno.EPERM, "not a plain file of this user", name)


def _check_ours(found: os.stat_result, name: str) -> None:
    ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    if not stat.S_ISREG(found.st_mode) or not ours:
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
