"""Write so that a crash or a full disk costs nothing that was stored: replace a file whole, or add whole lines to it.

A file is replaced by writing another one beside it, waiting until its bytes are on the disk (`fsync`) and renaming
it: readers see the old contents or the new, never a mixture. A line is added with one `write`; what a failed write
left of it is cut off again, and what a crash left of one is closed with a newline, so that the next line is whole.
"""
from __future__ import annotations

import os
import stat
import threading
import time
from contextlib import contextmanager, suppress
from typing import IO, Any, Iterator


def sync(file: IO[Any]) -> None:
    """Wait until all that was written to an open file is on the disk: flush Python's buffer, then the system's.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     _ = file.write(b"safe")
    ...     sync(file)

    On macOS `fsync` stops at the drive's own cache, so its stronger form is asked for there.

    Raises: OSError where writing fails, for example on a full disk. Notes: IO, 刷新缓冲区. See fsync(2).
    """
    file.flush()
    _sync_descriptor(file.fileno())


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

    A program that is killed in the block leaves a file `.*.tmp` behind, and the old contents.

    Raises: ValueError for another mode; PermissionError where the folder is read-only or (Windows) the file stays
    open elsewhere; OSError where writing fails. In each case the old file is untouched. Source: rename(2),
    fsync(2).
    """
    if mode not in ("w", "wb", "w+", "wb+"):
        raise ValueError(f"a replacement is written from its start: mode w, wb, w+ or wb+, not {mode!r}")
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, f".{os.urandom(8).hex()}.tmp")
    text = {} if "b" in mode else {"encoding": encoding, "newline": ""}
    try:
        with open(temporary, mode.replace("w", "x"), **text) as file:  # type: ignore[call-overload]
            yield file
            sync(file)
        with suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        rename_over(temporary, target, timeout=timeout)
    except BaseException:
        discard_file(temporary)
        raise


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
    with open_replacement(path, encoding=encoding, timeout=timeout) as file:
        file.write(data.encode(encoding) if isinstance(data, str) else data)


def rename_over(source: str | os.PathLike[str], target: str | os.PathLike[str], *, timeout: float = 5.0) -> None:
    """Rename `source` to `target`, replacing it, and wait until the folder knows it.

    On Windows a target that someone has open refuses (error 5 or 32); scanners let go soon, so it is tried for
    `timeout` seconds.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> old, new = pathlib.Path(folder.name, "old"), pathlib.Path(folder.name, "new")
    >>> _ = old.write_text("a"), new.write_text("b")
    >>> rename_over(old, new)
    >>> new.read_text(), old.exists()
    ('a', False)
    >>> folder.cleanup()

    Raises: PermissionError where it still refuses then; OSError, such as IsADirectoryError. Stdlib: `os.replace`.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            os.replace(source, target)
            break
        except PermissionError:
            if not _refuses_open_targets() or time.monotonic() >= deadline:
                raise
            time.sleep(0.02)
    _sync_folder(os.path.dirname(os.path.abspath(target)))


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


class DurableLog:
    """A text file to which whole lines are added, each on the disk before `append` returns; for `with` and for threads.

    What a crash left of a line is closed with a newline on opening: `mended` is that piece (bytes), b"" mostly. A
    line that cannot be stored whole (full disk) leaves nothing. `durable=False` saves the wait for the disk: a
    crash of the system may cost the last lines, one of the program does not. One process at a time writes.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "students.txt")
    >>> _ = path.write_bytes(b"1,Li\\n2,Ha")
    >>> with DurableLog(path) as log:
    ...     log.mended, log.append("3,韩梅梅")
    (b'2,Ha', 10)
    >>> path.read_text(encoding="utf-8").splitlines()
    ['1,Li', '2,Ha', '3,韩梅梅']
    >>> folder.cleanup()

    Raises: OSError where the file cannot be opened or written (ENOSPC, EFBIG, EACCES); ValueError from `append` for
    a line that holds a newline. Stdlib: `open(path, "a", 1)` tears lines when the disk is full and does not wait
    for it.
    """

    def __init__(self, path: str | os.PathLike[str], *, encoding: str = "utf-8", durable: bool = True) -> None:
        self._encoding = encoding
        self._durable = durable
        self._turn = threading.Lock()
        is_new = not os.path.exists(path)
        self._file = open(path, "ab+", buffering=0)
        try:
            self.mended = self._mend()
            if is_new and durable:
                _sync_folder(os.path.dirname(os.path.abspath(path)))
        except BaseException:
            self._file.close()
            raise

    def append(self, line: str | bytes) -> int:
        """Add one line, given without its newline, and return the offset at which it stands.

        >>> import os, tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> with DurableLog(os.path.join(folder.name, "log")) as log:
        ...     log.append("one"), log.append(b"two")
        (0, 4)
        >>> folder.cleanup()

        Raises: ValueError where the line holds a newline; OSError where it cannot be stored: then nothing of it is.
        """
        data = line.encode(self._encoding) if isinstance(line, str) else line
        if b"\n" in data:
            raise ValueError(f"one line at a time: there is a newline at byte {data.index(10)} of {len(data)}")
        with self._turn:
            return self._write(data + b"\n")

    def close(self) -> None:
        """Close the file. Closing twice is all right."""
        self._file.close()

    def __enter__(self) -> DurableLog:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _write(self, data: bytes) -> int:
        start = self._file.seek(0, os.SEEK_END)
        try:
            done = 0
            while done < len(data):  # a disk with room for a part takes that part; the next call says why
                done += self._file.write(data[done:])
            if self._durable:
                _sync_descriptor(self._file.fileno())
        except BaseException:
            with suppress(OSError):  # a device such as /dev/full cannot be cut; the first error is the one to tell
                self._file.truncate(start)
            raise
        return start

    def _mend(self) -> bytes:
        """Close a last line that has no newline; return it (no more than its last 64 KiB)."""
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, end - (1 << 16)))
        torn = self._file.read(1 << 16).rpartition(b"\n")[2] if end else b""
        if torn:
            self._write(b"\n")
        return torn


def append_line(path: str | os.PathLike[str], line: str | bytes, *, encoding: str = "utf-8") -> int:
    """Add one line to a file, made if it is missing, and return when it is on the disk: the offset at which it stands.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "log.txt")
    >>> append_line(path, "one"), append_line(path, "two"), path.read_bytes()
    (0, 4, b'one\\ntwo\\n')
    >>> folder.cleanup()

    For many lines keep a `DurableLog` open. Raises: as DurableLog.
    """
    with DurableLog(path, encoding=encoding) as log:
        return log.append(line)


def _refuses_open_targets() -> bool:
    return os.name == "nt"


def _sync_descriptor(descriptor: int) -> None:
    if hasattr(os, "uname") and os.uname().sysname == "Darwin":
        import fcntl

        fcntl.fcntl(descriptor, getattr(fcntl, "F_FULLFSYNC"))
    else:
        os.fsync(descriptor)


def _sync_folder(folder: str) -> None:
    if os.name == "nt":  # a folder cannot be opened there; NTFS keeps a journal of its names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
