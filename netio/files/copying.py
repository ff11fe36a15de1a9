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
from typing import IO, Callable

from .replacing import discard_file, rename_over, sync

_BUFFER = 1 << 18  # bytes read at a time for a checksum
# malloc puts a large block 16 bytes behind the beginning of a page. To there, some processors (AMD's Zen 3) copy the
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
    digest, buffer, done = hashlib.new(algorithm), memoryview(bytearray(_BUFFER + _SKIP))[_SKIP:], 0
    with open(path, "rb", buffering=0) as file:
        file.seek(offset)
        while count is None or done < count:
            size = file.readinto(buffer if count is None else buffer[:count - done])
            if not size:
                break
            digest.update(buffer[:size])
            done += size
    if count is not None and done < count:
        raise EOFError(f"got {done} of {count} bytes at offset {offset} of {os.fspath(path)}")
    return digest.hexdigest()


def copy_file(source: str | os.PathLike[str], target: str | os.PathLike[str], *, verify: bool = False,
              resume: bool = False, progress: Callable[[int, int], object] | None = None, timeout: float = 5.0) -> int:
    """Copy a file of any content under a new name and return its size; `target` appears when all of it is there.

    `progress(done, total)` is called in bytes, at the start and after each step. `verify` reads both files again
    and compares their checksums. With `resume` the unfinished copy stays as `target` + ".part" when something goes
    wrong; the next copy with `resume` goes on behind it, if its checksum is that of as many bytes of the source,
    and begins again if it is not. Permission bits are copied. `timeout` is for `rename_over` (Windows).

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
    target is a folder; OSError where reading or writing fails (ENOSPC on a full disk). In each case a target that
    was there is untouched. Notes: IO, 复制文件 (copy a file of any type in blocks). Stdlib: `shutil.copy`, which leaves
    half a target behind.
    """
    target = os.path.realpath(target)
    if os.path.isdir(target):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if os.path.exists(target) and os.path.samefile(source, target):
        raise ValueError(f"{os.fspath(source)} and {target} are the same file")
    part = f"{target}.part" if resume else os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.tmp")
    finished = False
    try:
        mode = "rb+" if resume and os.path.exists(part) else "xb+"
        with open(source, "rb", buffering=0) as reading, open(part, mode, buffering=0) as writing:
            done = _cut_to_match(source, part, writing) if resume else 0
            done = _copy_rest(reading, writing, done, progress or (lambda done, total: None))
            sync(writing)
            permissions = stat.S_IMODE(os.fstat(reading.fileno()).st_mode)
            if verify and hasattr(os, "posix_fadvise"):  # or else it would be read from memory again, not from the disk
                os.posix_fadvise(writing.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if verify and checksum(source) != checksum(part):
            raise ValueError(f"the copy of {os.fspath(source)} differs from it: was it written to meanwhile?")
        os.chmod(part, permissions)
        rename_over(part, target, timeout=timeout)
        finished = True
    finally:
        if not finished and not resume:
            discard_file(part)
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


def _copy_rest(reading: IO[bytes], writing: IO[bytes], done: int, progress: Callable[[int, int], object]) -> int:
    total = os.fstat(reading.fileno()).st_size
    reading.seek(done)
    progress(done, total)
    while copied := copy_bytes(reading, writing, _STEP):
        _begin_writing(writing, done, copied)
        done += copied
        progress(done, max(done, total))
    return done


def _begin_writing(file: IO[bytes], start: int, count: int) -> None:
    """Let the disk begin with what was just copied, while the next is copied: less is left to wait for in the end.

    To drop what is not on the disk yet means to write it first, and Linux begins with that at once. A small file is
    left alone, so that it stays in memory for whoever reads it next.
    """
    if count == _STEP and hasattr(os, "posix_fadvise"):
        with suppress(OSError):  # a system need not take advice
            os.posix_fadvise(file.fileno(), start, count, os.POSIX_FADV_DONTNEED)


def _cut_to_match(source: str | os.PathLike[str], part: str, writing: IO[bytes]) -> int:
    """Return how many bytes of an unfinished copy are those of the source; empty it where they are not."""
    size = os.path.getsize(part)
    if size > os.path.getsize(source) or checksum(part) != checksum(source, count=size):
        size = 0
    writing.truncate(size)
    return writing.seek(size)
