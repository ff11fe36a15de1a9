"""Copy a file so that the copy appears whole or not at all, can be watched, checked and taken up again.

On Linux the bytes never enter this process: `copy_file_range` lets the system copy them. Everywhere else, and where
the system declines (between some file systems, from /proc), one buffer is filled and written in turn.
"""
from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import suppress
from typing import IO, Callable, Iterator

from .locking import Part, Unchanged
from .replacing import Replacement, follow_links

_BUFFER = 1 << 18  # bytes read at a time for a checksum
# malloc puts a large block 16 bytes after the beginning of a page. To there, some processors (AMD's Zen 3) copy the
# pages of a file at a fraction of their speed; from 32 bytes on they don't.
_SKIP = 48
_STEP = 1 << 24  # bytes copied before the disk is set to work on them
_DECLINED = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM)


def checksum(path: str | os.PathLike[str], *, offset: int = 0, count: int | None = None,
             algorithm: str = "sha256") -> str:
    """Return the checksum of a file, or of its `count` bytes from `offset`, in hexadecimal.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "file")
    >>> _ = path.write_bytes(b"..abc")
    >>> checksum(path, offset=2)
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    >>> folder.cleanup()

    Raises: EOFError where the file ends before `count` bytes; ValueError for an unknown algorithm; OSError where it
    cannot be read. Stdlib: `hashlib.file_digest` from 3.11, for whole files. Unix: sha256sum(1).
    """
    with open(path, "rb", buffering=0) as file:
        digest, done = _digest(file, offset, count, algorithm)
    if count is not None and done < count:
        raise EOFError(f"got {done} of {count} bytes at offset {offset} of {os.fspath(path)}")
    return digest


def copy_file(source: str | os.PathLike[str], target: str | os.PathLike[str], *, verify: bool = False,
              resume: bool = False, overwrite: bool = True, progress: Callable[[int, int], object] | None = None,
              timeout: float = 5.0) -> int:
    """Copy a file of any content under a new name and return its size; `target` appears when all of it is there.

    `progress(done, total)` is called in bytes, at the start and after each step. `verify` reads both files again
    and compares their checksums. With `resume` the unfinished copy stays as `target` + ".part" when something goes
    wrong; the next copy with `resume` goes on from there, if its checksum is that of as many bytes of the source,
    and begins again if it is not. Holes stay holes. Permission bits are copied; until the copy is whole, only this
    user may read it. `overwrite=False` refuses a target that is there at the end. `timeout` is for Windows (see
    `rename_over`).

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> source, target = pathlib.Path(folder.name, "face.jpg"), pathlib.Path(folder.name, "copy.jpg")
    >>> _ = source.write_bytes(bytes(range(256)) * 40)
    >>> copy_file(source, target, verify=True, progress=lambda done, total: print(done, "of", total))
    0 of 10240
    10240 of 10240
    10240
    >>> target.read_bytes() == source.read_bytes()
    True
    >>> folder.cleanup()

    Raises: ValueError where both names are one file, or the copy does not verify; IsADirectoryError where the
    target is a folder, FileExistsError where it is a device or a pipe; with `resume`, FileExistsError or ChangedError
    where another has made or changed the target meanwhile; OSError where reading or writing fails (ENOSPC on a full
    disk). In each case a target that was there is untouched. Notes: IO, 复制文件 (copy a file of any type in blocks).
    Stdlib: `shutil.copy`, which leaves half a target behind.
    """
    if os.path.exists(target) and os.path.samefile(source, target):
        raise ValueError(f"{os.fspath(source)} and {os.fspath(target)} are the same file")
    mode = stat.S_IMODE(os.stat(source).st_mode) & 0o777
    with _open_copy(follow_links(target), resume, mode, overwrite, timeout) as new:
        with open(source, "rb", buffering=0) as reading:
            done = _cut_to_match(source, new.file)
            done = copy_rest(reading, new.file, done, progress)
        if os.name != "nt":  # where it would be closed, and no longer locked
            new.sync()
        if verify and _changed(source, new.temporary):
            raise ValueError(f"the copy of {os.fspath(source)} differs from it: was it written to meanwhile?")
        new.commit()
    return done


def copy_bytes(reading: IO[bytes], writing: IO[bytes], count: int | None = None) -> int:
    """Copy up to `count` bytes (None: a good many) between two unbuffered files, return how many; 0 at the end.

    >>> import tempfile
    >>> with tempfile.TemporaryFile(buffering=0) as source, tempfile.TemporaryFile(buffering=0) as target:
    ...     _ = source.write(b"0123456789"), source.seek(2)
    ...     copy_bytes(source, target, 5), copy_bytes(source, target, 5), copy_bytes(source, target, 5)
    (5, 3, 0)

    Raises: OSError where reading or writing fails. Source: copy_file_range(2).
    """
    count = 1 << 26 if count is None else count
    if hasattr(os, "copy_file_range"):
        try:
            if copied := os.copy_file_range(reading.fileno(), writing.fileno(), count):
                return copied
        except OSError as error:
            if error.errno not in _DECLINED:
                raise
    data = memoryview(reading.read(min(count, 1 << 18)))  # also at the end: some files have more than the system says
    done = 0
    while done < len(data):
        done += writing.write(data[done:])
    return done


def _digest(file: IO[bytes], offset: int = 0, count: int | None = None, algorithm: str = "sha256") -> tuple[str, int]:
    """Return the checksum of the `count` bytes from `offset`, or of as many as there are, and their number."""
    digest, buffer, done = hashlib.new(algorithm), memoryview(bytearray(_BUFFER + _SKIP))[_SKIP:], 0
    file.seek(offset)
    while count is None or done < count:
        size: int = file.readinto(buffer[:None if count is None else count - done])  # type: ignore[attr-defined]
        if not size:
            break
        digest.update(buffer[:size])
        done += size
    return digest.hexdigest(), done


def part_name(target: str) -> str:
    """Return the last name of the file in which an unfinished copy is kept: that of the target, and ".part".

    >>> part_name("/films/cat.mp4"), len(part_name("/films/" + "x" * 255))
    ('cat.mp4.part', 22)

    Where that has more than the 255 bytes of the longest name, a checksum takes its place.
    """
    name = os.fsencode(os.path.basename(target))
    return f"{os.fsdecode(name)}.part" if len(name) <= 250 else f".{hashlib.sha256(name).hexdigest()[:16]}.part"


def _open_copy(target: str, resume: bool, mode: int, overwrite: bool, timeout: float) -> Replacement:
    """Begin a copy; one whose unfinished file another has, or that is not to be trusted, begins a new one."""
    if resume:
        there = os.stat(target) if os.path.exists(target) else None
        keep = overwrite and there is not None
        with suppress(BlockingIOError, PermissionError):
            return Replacement(target, part=Part(part_name(target), checked=True), mode=mode, timeout=timeout,
                               only_if=Unchanged(there) if there and keep else None, overwrite=keep)
    return Replacement(target, mode=mode, overwrite=overwrite, timeout=timeout)


def copy_rest(reading: IO[bytes], writing: IO[bytes], done: int = 0,
              progress: Callable[[int, int], object] | None = None) -> int:
    """Copy what follows the first `done` bytes of an unbuffered file to another; return the size that both have then.

    Holes stay holes. What the file grows by meanwhile is copied, too.

    >>> import tempfile
    >>> with tempfile.TemporaryFile(buffering=0) as source, tempfile.TemporaryFile(buffering=0) as target:
    ...     _ = source.write(b"0123456789"), target.write(b"01234")
    ...     copy_rest(source, target, 5), target.seek(0), target.read()
    (10, 0, b'0123456789')

    Raises: OSError where reading or writing fails.
    """
    progress = progress or (lambda done, total: None)
    total = os.fstat(reading.fileno()).st_size
    progress(done, total)
    for start, end in _data_ranges(reading, done, total):
        reading.seek(start)
        writing.seek(start)
        done = start
        while (end is None or done < end) and (copied := copy_bytes(reading, writing, _step(done, end))):
            _begin_writing(writing, done, copied)
            done += copied
            progress(done, max(done, total))
    end = max(done, min(total, os.fstat(reading.fileno()).st_size))
    if end > done:  # a hole at the end
        writing.truncate(end)
        progress(end, total)
    return end


def _data_ranges(file: IO[bytes], start: int, total: int) -> Iterator[tuple[int, int | None]]:
    """Yield (start, end) of the stored parts of a file from `start` on; (start, None) to the end where it has no holes.

    Whether it has is seen at once: then it takes less room than its size says, as `cp` looks, too.
    """
    found = os.fstat(file.fileno())
    if not hasattr(os, "SEEK_HOLE") or not hasattr(found, "st_blocks") or found.st_blocks * 512 >= total:
        yield start, None
        return
    try:
        while start < total:
            begin = os.lseek(file.fileno(), start, os.SEEK_DATA)
            start = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
            yield begin, start
    except OSError as error:
        if error.errno == errno.EINVAL:  # a file system that maps no holes
            yield start, None
        elif error.errno != errno.ENXIO:  # which says: only a hole from here on
            raise


def _step(done: int, end: int | None) -> int:
    return _STEP if end is None else min(_STEP, end - done)


def _changed(source: str | os.PathLike[str], copy: str) -> bool:
    """Read both again, the copy from the disk and not from memory, and compare them."""
    if hasattr(os, "posix_fadvise"):
        with open(copy, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return checksum(source) != checksum(copy)


def _begin_writing(file: IO[bytes], start: int, count: int) -> None:
    """Let the disk begin with what was just copied, while the next is copied: less is left to wait for in the end.

    To drop what is not on the disk yet means to write it first, and Linux begins with that at once. A small file is
    left alone, so that it stays in memory for whoever reads it next.
    """
    if count == _STEP and hasattr(os, "posix_fadvise"):
        with suppress(OSError):  # a system need not take advice
            os.posix_fadvise(file.fileno(), start, count, os.POSIX_FADV_DONTNEED)


def _cut_to_match(source: str | os.PathLike[str], writing: IO[bytes]) -> int:
    """Return how many bytes of an unfinished copy are those of the source; empty it where they are not."""
    size = os.fstat(writing.fileno()).st_size
    if size > os.path.getsize(source) or size and _digest(writing)[0] != checksum(source, count=size):
        size = 0
    writing.truncate(size)
    return size
