"""Sparse files: a hole reads as zeros and takes no room.

A hole is made by going beyond the end (`truncate`, or `seek` and write) and is mapped with `lseek` and SEEK_DATA,
SEEK_HOLE (Linux, macOS). `truncate` promises a size; only `preallocate` promises the room, which is what a
downloader of 10 GB wants to know early. Windows keeps holes in files that are marked sparse only, and Python cannot
mark or map them: files work there, but take their room.
"""
from __future__ import annotations

import errno
import os
import sys
from typing import NamedTuple

from .replacing import Replacement


class Extent(NamedTuple):
    """A run of a file that is either stored ('data') or not ('hole'): kind, offset and length in bytes.

    >>> Extent("hole", 0, 4096).length
    4096
    """

    kind: str
    offset: int
    length: int


def make_sparse(path: str | os.PathLike[str], size: int) -> None:
    """Make a new file of `size` bytes that is one hole: it reads as zeros and takes (next to) no room.

    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "big")
    >>> make_sparse(path, 1_000_000)
    >>> os.path.getsize(path)
    1000000
    >>> folder.cleanup()

    On Windows it takes its room.

    Raises: FileExistsError where there is a file already; ValueError where `size` is negative; OSError where the
    file system has a lower limit (EFBIG). Notes: IO, 空洞文件. Unix: truncate(1).
    """
    if size < 0:
        raise ValueError(f"a file cannot have {size} bytes")
    file = open(path, "xb", buffering=0)
    try:
        with file:
            file.truncate(size)
    except BaseException:  # the next attempt would find it there
        os.unlink(path)
        raise


def preallocate(path: str | os.PathLike[str], size: int) -> None:
    """Make sure that a file, made if it is missing, has room for `size` bytes, so that later writes there have it.

    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "download")
    >>> preallocate(path, 100_000)
    >>> os.path.getsize(path) == 100_000 <= allocated_bytes(path)
    True
    >>> folder.cleanup()

    What is stored already stays. Where `posix_fallocate` is missing (macOS, Windows) zeros are written after the
    end; holes before it stay holes.

    Raises: OSError with ENOSPC (or EFBIG) at once where there is not that much room; ValueError where `size` is
    negative.
    """
    if size < 0:
        raise ValueError(f"a file cannot have {size} bytes")
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with open(path, "r+b", opener=lambda path, _: os.open(path, flags, 0o666)) as file:
        if hasattr(os, "posix_fallocate"):
            failed = os.posix_fallocate(file.fileno(), 0, size) if size else 0  # type: ignore[func-returns-value]
            if failed:  # PyPy returns the error
                raise OSError(failed, os.strerror(failed), os.fspath(path))
            return
        for offset in range(file.seek(0, os.SEEK_END), size, 1 << 20):
            file.write(bytes(min(1 << 20, size - offset)))


def map_extents(path: str | os.PathLike[str]) -> list[Extent]:
    """Return the stored parts and the holes of a file in order; together they cover it.

    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "file")
    >>> with open(path, "wb") as file:
    ...     _ = file.write(b"data")
    >>> map_extents(path) if hasattr(os, "SEEK_HOLE") else [Extent(kind='data', offset=0, length=4)]
    [Extent(kind='data', offset=0, length=4)]
    >>> folder.cleanup()

    File systems round holes down to their blocks (mostly 4 KiB); those that know no holes say that all is data, and
    Linux calls room that was reserved and never written a hole. An
    empty file has none.

    Raises: NotImplementedError where the system has no SEEK_HOLE (Windows); OSError where the file cannot be read.
    Source: lseek(2), SEEK_DATA and SEEK_HOLE.
    """
    if not hasattr(os, "SEEK_HOLE"):
        raise NotImplementedError(f"{sys.platform} has no SEEK_HOLE: the holes of a file cannot be listed")
    extents = []
    with open(path, "rb") as file:
        offset, end = 0, file.seek(0, os.SEEK_END)
        while offset < end:
            data = _seek_data(file.fileno(), offset, end)
            hole = os.lseek(file.fileno(), data, os.SEEK_HOLE) if data < end else end
            extents += [Extent("hole", offset, data - offset)] if data > offset else []
            extents += [Extent("data", data, hole - data)] if hole > data else []
            offset = hole
    return extents


def copy_sparse(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> int:
    """Copy a file so that its holes stay holes, return how many bytes were written; the target appears whole.

    Blocks of 64 KiB that hold zeros only become holes too, which is the way where holes cannot be mapped (Windows).

    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> source, target = os.path.join(folder.name, "source"), os.path.join(folder.name, "target")
    >>> with open(source, "wb") as file:
    ...     _ = file.seek(10_000_000)
    ...     _ = file.write(b"end")
    >>> copy_sparse(source, target) < 100_000, os.path.getsize(target)
    (True, 10000003)
    >>> folder.cleanup()

    Raises: OSError where reading or writing fails: a target that was there stays as it was. Unix: `cp
    --sparse=always`.
    """
    written, zeros = 0, bytes(1 << 16)
    size, mode = os.path.getsize(source), os.stat(source).st_mode & 0o777
    extents = map_extents(source) if hasattr(os, "SEEK_HOLE") else [Extent("data", 0, size)]
    with Replacement(target, mode=mode) as new:
        with open(source, "rb", buffering=0) as reading:  # closed before the commit, as its close may fail
            for extent in extents:
                if extent.kind == "hole":
                    continue
                reading.seek(extent.offset)
                end = extent.offset + extent.length
                while (offset := reading.tell()) < end and (block := reading.read(min(len(zeros), end - offset))):
                    if block != zeros[:len(block)]:
                        new.file.seek(offset)
                        written += new.write(block)
        new.file.truncate(size)
        new.commit()
    return written


def allocated_bytes(path: str | os.PathLike[str]) -> int:
    """Return how many bytes of the disk a file takes; where `os.path.getsize` says more, it has holes.

    >>> import os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "file")
    >>> with open(path, "wb") as file:
    ...     _ = file.write(bytes(100_000))
    ...     os.fsync(file.fileno())
    >>> allocated_bytes(path) >= 100_000
    True
    >>> folder.cleanup()

    Some file systems count only when the bytes reach the disk, as above; small files may be kept in the inode and
    take 0.

    Raises: OSError where there is no such file. Source: stat(2), st_blocks in units of 512 bytes; `du(1)`.
    """
    if sys.platform == "win32":
        import ctypes

        high = ctypes.c_ulong(0)
        ask = ctypes.WinDLL("kernel32", use_last_error=True).GetCompressedFileSizeW
        ask.restype = ctypes.c_ulong
        low: int = ask(ctypes.c_wchar_p(os.path.abspath(path)), ctypes.byref(high))
        if low == 0xFFFFFFFF and ctypes.get_last_error():
            raise ctypes.WinError(ctypes.get_last_error())
        return (high.value << 32) + low
    return os.stat(path).st_blocks * 512


def _seek_data(descriptor: int, offset: int, end: int) -> int:
    try:
        return os.lseek(descriptor, offset, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:  # which says: only a hole from here on
            raise
        return end
