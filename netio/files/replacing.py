"""Replace a file so that a crash or a full disk costs nothing that was stored.

A file is replaced by writing another one beside it, waiting until its bytes are on the disk (`fsync`) and renaming it:
readers see the old contents or the new, never a mixture. What may be replaced is decided when that is done, not when
the writing begins: whether a name is free by the system itself, in the same step that takes it.
"""
from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, nullcontext, suppress
from typing import IO, Any, Callable, Iterable, Iterator

from .contents import open_plain
from .folders import OpenFolder, retry_refused
from .locking import Part, Unchanged, create_locked
from .syncing import sync

_NO_MODES = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS)  # a file system without permissions: FAT, a share


class UnsyncedError(OSError):
    """The new contents ARE in place, but the disk failed to store the folder: a crash may bring the old ones back.

    >>> issubclass(UnsyncedError, OSError)  # catch it before OSError
    True
    """


class Replacement:
    """A new file that takes the place of `path` at `commit`; until then nobody sees it, and without that it vanishes.

    It is written beside its place, locked, under a hidden name that nobody can guess, and only this user may read it.
    Before it is brought to the disk it gets the permission bits of the file there, or those that a new file gets
    (`mode` says otherwise). A link stays a link. `path` must be no device, pipe or folder.

    What `commit` may replace is decided then: anything; nothing (`overwrite=False`: the system refuses a name that is
    taken in the step that would take it); or what a condition allows, such as `only_if=Unchanged(os.stat(path))`
    (see `locking.Unchanged`).

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "settings")
    >>> with Replacement(path) as new:
    ...     _ = new.write(b"first")
    ...     new.commit()
    True
    >>> with Replacement(path, overwrite=False) as new:
    ...     _ = new.write(b"second")
    ...     new.commit()
    Traceback (most recent call last):
    FileExistsError: ...
    >>> os.listdir(folder.name), os.path.getsize(path)
    (['settings'], 5)
    >>> folder.cleanup()

    With `part`, a `locking.Part`, the unfinished file keeps its contents under the part's name, and the next
    Replacement with it finds them in `file` and may go on. `folder` is the OpenFolder (see `Root.parent`) in which
    `path`, then a plain name, is replaced; it is left open. `suffix` ends the hidden name. `durable=False` saves the
    wait for the disk: a crash of the system may then leave an empty file.

    Raises: FileExistsError for a device or a pipe, IsADirectoryError; BlockingIOError where another has the part;
    OSError. Source: rename(2), link(2), fsync(2). Notes: IO. Stdlib: `os.replace`, the last step alone.
    """

    def __init__(self, path: str | os.PathLike[str], *, overwrite: bool = True, only_if: Unchanged | None = None,
                 part: Part | None = None, mode: int | None = None, folder: OpenFolder | None = None,
                 suffix: str = ".tmp", durable: bool = True, timeout: float = 5.0) -> None:
        real = os.fspath(path) if folder is not None else follow_links(path)
        self._folder, self._owns_folder = folder or OpenFolder(os.path.dirname(real)), folder is None
        self._name, self._overwrite, self._only_if, self._mode = os.path.basename(real), overwrite, only_if, mode
        self._timeout, self._keep, self._durable = timeout, part is not None, durable
        self.state = "open"  # then "synced", "committed" or "closed"
        try:
            found = self._folder.find(self._name)
            if found is not None and not overwrite:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), self._name)
            _check_replaceable(found, self._name)
            if part is None:
                self._temporary, self.file = create_locked(self._folder, suffix)
            else:
                self._temporary, self.file = part.name, part.open(self._folder)
        except BaseException:
            self._release()
            raise

    @property
    def path(self) -> str:
        """The path of the place that it takes."""
        return self._folder.path_of(self._name)

    @property
    def temporary(self) -> str:
        """The path of the new file while it is written, for another process."""
        return self._folder.path_of(self._temporary)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of `data` and return its size. Raises: OSError; a full disk has then taken a part of it."""
        view = memoryview(data)
        while view:  # a disk with room for a part takes that part; the next call says why
            view = view[self.file.write(view):]
        return len(data)

    def sync(self) -> None:
        """Bring what was written to the disk, which can take long: `commit` then takes no time.

        Raises: OSError.
        """
        if self.state != "open":
            return
        set_mode(self.file, self._choose_mode())
        if self._durable:
            sync(self.file)
        if os.name == "nt":  # which renames no open file; elsewhere the lock lasts
            self.file.close()
        self.state = "synced"

    def commit(self, name: str = "") -> bool:
        """Take the place of what is there, in one step; return whether nothing was there. `name`: another place.

        Raises: FileExistsError (`overwrite=False`), ChangedError (`only_if`), PermissionError on Windows while someone
        has the old file open, OSError: nothing has happened then, and it may be tried again. UnsyncedError: it is done.
        """
        if self.state in ("committed", "closed"):
            raise ValueError(f"this replacement is {self.state} already")
        self.sync()
        self._name = name or self._name
        with self._only_if.hold(self._folder, self._name, self._timeout) if self._only_if else nullcontext():
            new = self._put()
        self.state = "committed"
        with suppress(OSError):  # its bytes are on the disk, whatever this says
            self.file.close()
        try:
            if self._durable:
                self._folder.sync()
        except OSError as error:
            raise UnsyncedError(error.errno, f"new contents are in place, but {error.strerror}", self.path) from error
        finally:
            self._release()
        return new

    def keep(self) -> None:
        """Close it, uncommitted, and leave what was written under the name of `part`, for a later Replacement."""
        if self.state in ("open", "synced"):
            self.state = "closed"
            try:
                self.file.close()
            finally:
                self._release()

    def discard(self) -> None:
        """Close and remove it, unless it was committed; also what a part has kept."""
        if self.state in ("open", "synced"):
            with suppress(OSError):
                if os.name == "nt":
                    self.file.close()
                self._folder.unlink(self._temporary)  # while it is locked
            with suppress(OSError):  # nobody wants its bytes
                self.keep()

    def close(self) -> None:
        """Discard it, unless it was committed; keep a part that is not empty."""
        if self.state in ("open", "synced") and self._keep:
            found = self._folder.find(self._temporary)
            if found is not None and found.st_size:
                return self.keep()
        self.discard()

    def __enter__(self) -> Replacement:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _put(self) -> bool:
        if not self._overwrite:
            self._folder.rename_new(self._temporary, self._name, timeout=self._timeout)
            return True
        found = self._folder.find(self._name)
        _check_replaceable(found, self._name)
        self._folder.rename(self._temporary, self._name, timeout=self._timeout)
        return found is None

    def _choose_mode(self) -> int:
        if self._mode is not None:
            return self._mode
        found = self._folder.find(self._name)
        return found.st_mode & 0o777 if found and stat.S_ISREG(found.st_mode) else self._folder.default_mode()

    def _release(self) -> None:
        if self._owns_folder:
            self._folder.close()


def follow_links(path: str | os.PathLike[str]) -> str:
    """Return where a path leads, as `os.path.realpath` does, but not through a link that the system itself would not
    follow: one of another user in a folder like /tmp (Linux: fs.protected_symlinks).

    >>> follow_links("no such file") == os.path.realpath("no such file")
    True

    Raises: PermissionError.
    """
    if os.path.islink(path):
        with suppress(FileNotFoundError):
            os.stat(path)
    return os.path.realpath(path)


def hold_replaced(new: Replacement) -> Callable[[], object]:
    """Open the file that `commit` will replace, and return what closes it.

    Only then the system frees its pages, which takes long for a large one, and nobody need wait for it. Nothing is held
    where that keeps it from being replaced (Windows).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Replacement(os.path.join(folder, "a")) as new:
    ...     release = hold_replaced(new)
    ...     new.commit(), release()
    (True, None)
    """
    with suppress(OSError):
        if os.name != "nt":
            return open_plain(new._folder, new._name).close
    return lambda: None


def commit_all(replacements: Iterable[Replacement]) -> None:
    """Put several new files in their places, all of them or none; each is to be made with `overwrite=False`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     news = [Replacement(os.path.join(folder, name), overwrite=False) for name in ("a", "b")]
    ...     open(os.path.join(folder, "b"), "x").close()  # someone is faster
    ...     try:
    ...         commit_all(news)
    ...     except FileExistsError:
    ...         os.listdir(folder)
    ['b']

    No system does this in one step: each appears on its own, and where one is refused, those before it are removed
    again, unless someone has replaced them meanwhile. A crash may leave a part of them.

    Raises: what `Replacement.commit` raises; UnsyncedError when all are in place.
    """
    replacements, files = list(replacements), []
    unsynced: UnsyncedError | None = None
    try:
        for new in replacements:
            new.sync()
            files.append(os.lstat(new.temporary))
        for new in replacements:
            try:
                new.commit()
            except UnsyncedError as error:
                unsynced = error
    except BaseException:
        for new, file in zip(replacements, files):
            with suppress(OSError):  # whatever its state says: Ctrl-C may come before it is noted
                if os.path.samestat(os.lstat(new.path), file):
                    os.unlink(new.path)
        for new in replacements:
            new.discard()
        raise
    if unsynced is not None:
        raise unsynced


@contextmanager
def open_replacement(path: str | os.PathLike[str], mode: str = "wb", *, encoding: str = "utf-8",
                     timeout: float = 5.0) -> Iterator[IO[Any]]:
    """Open a temporary file that takes the place of `path` when the `with` block ends well, and else vanishes.

    `mode` is 'wb', 'w', 'wb+' or 'w+'; in text nothing is done to newlines. The permission bits of an existing file
    are kept; a link stays a link. On Windows a file that another program holds open cannot be replaced: that is
    tried again for `timeout` seconds.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "settings")
    >>> _ = path.write_text("old")
    >>> try:
    ...     with open_replacement(path, "w") as file:
    ...         _ = file.write("new, but")
    ...         raise RuntimeError("no end")
    ... except RuntimeError:
    ...     path.read_text(), len(list(path.parent.iterdir()))
    ('old', 1)
    >>> folder.cleanup()

    A program that is killed in the block leaves a file `.*.tmp`, which only this user may read, and the old contents:
    see `sweeping.sweep_unfinished`.

    Raises: ValueError for another mode; FileExistsError for a device or a pipe; PermissionError where the folder is
    read-only or (Windows) the file stays open elsewhere; OSError where writing fails. In each case the old file is
    untouched; after UnsyncedError the new one is in place. Source: rename(2), fsync(2). See: `Replacement`, which can
    also refuse to replace, or be resumed.
    """
    if mode not in ("w", "wb", "w+", "wb+"):
        raise ValueError(f"a replacement is written from its start: mode w, wb, w+ or wb+, not {mode!r}")
    text = {} if "b" in mode else {"encoding": encoding, "newline": ""}
    with Replacement(path, timeout=timeout) as new:
        with open(new.file.fileno(), mode, closefd=False, **text) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
        new.commit()


def replace_file(path: str | os.PathLike[str], data: str | bytes, *, encoding: str = "utf-8",
                 timeout: float = 5.0) -> None:
    """Store `data` as the new contents of a file: whenever a crash comes, the old or the new contents are there, whole.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "settings")
    >>> replace_file(path, "语言=中文\\n")
    >>> path.read_text(encoding="utf-8")
    '语言=中文\\n'
    >>> folder.cleanup()

    Raises: as `open_replacement`. The usual `open(path, "w")` empties the file before it writes: a full disk leaves
    nothing.
    """
    with Replacement(path, timeout=timeout) as new:
        new.write(data.encode(encoding) if isinstance(data, str) else data)
        new.commit()


def set_mode(file: IO[bytes], mode: int) -> None:
    """Give an open file its permission bits, where the system and the file system have any.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     set_mode(file, 0o640)

    Raises: OSError.
    """
    if hasattr(os, "fchmod"):
        try:
            os.fchmod(file.fileno(), mode)
        except OSError as error:
            if error.errno not in _NO_MODES:
                raise


def rename_over(source: str | os.PathLike[str], target: str | os.PathLike[str], *, timeout: float = 5.0) -> None:
    """Rename `source` to `target`, replacing it, and wait until that is on the disk.

    On Windows a target that someone has open refuses (error 5 or 32); scanners close it soon, so it is tried for
    `timeout` seconds.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> old, new = pathlib.Path(folder.name, "old"), pathlib.Path(folder.name, "new")
    >>> _ = old.write_text("a"), new.write_text("b")
    >>> rename_over(old, new)
    >>> new.read_text(), old.exists()
    ('a', False)
    >>> folder.cleanup()

    Raises: PermissionError where it still refuses then; OSError, such as IsADirectoryError; UnsyncedError where it was
    renamed, but the disk has failed to keep that. Stdlib: `os.replace`.
    """
    here, there = (os.path.dirname(os.path.abspath(path)) for path in (source, target))
    with OpenFolder(here) as left, OpenFolder(there) as folder:
        retry_refused(lambda: os.replace(source, target), timeout)
        try:
            folder.sync()
            if here != there:
                left.sync()
        except OSError as error:
            raise UnsyncedError(error.errno, f"it is renamed, but {error.strerror}", os.fspath(target)) from error


def discard_file(path: str | os.PathLike[str]) -> None:
    """Remove a file, also one that is read-only (which Windows would keep); a missing one is all right.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "draft")
    >>> _ = path.write_text("?")
    >>> discard_file(path)
    >>> discard_file(path)
    >>> path.exists()
    False
    >>> folder.cleanup()

    Raises: PermissionError where the folder is read-only or, on Windows, someone has the file open. Notes: IO,
    os.remove.
    """
    with suppress(FileNotFoundError):
        if os.name == "nt":
            os.chmod(path, stat.S_IWRITE)
        os.unlink(path)


def _check_replaceable(found: os.stat_result | None, name: str) -> None:
    if found is None or stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
        return
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    raise FileExistsError(errno.EEXIST, "a device or a pipe is not replaced", name)
