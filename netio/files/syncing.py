"""Wait until what was written is on the disk: a file's bytes, and a folder's names."""
from __future__ import annotations

import errno
import os
import sys
from typing import IO, Any

# A folder that may not be read cannot be synced (EACCES, EBADF), and some file systems sync no folder at all.
_NO_FOLDER_SYNC = (errno.EACCES, errno.EPERM, errno.EBADF, errno.EINVAL, errno.ENOTSUP, errno.EROFS, errno.ENOSYS)
# What macOS's F_FULLFSYNC raises where a file system has none: one of a network or of a memory stick.
_NO_FULL_SYNC = (errno.ENOTSUP, errno.EINVAL, errno.ENOTTY)


def sync(file: IO[Any]) -> None:
    """Wait until all that was written to an open file is on the disk: flush Python's buffer, then the system's.

    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     _ = file.write(b"safe")
    ...     sync(file)

    On macOS `fsync` stops at the drive's own cache, so its stronger form is asked for there, where the file system has
    it.

    Raises: OSError where writing fails, for example on a full disk. Notes: IO, 刷新缓冲区. See fsync(2).
    """
    file.flush()
    if sys.platform == "darwin":
        import fcntl
        try:
            fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
            return
        except OSError as error:
            if error.errno not in _NO_FULL_SYNC:
                raise
    os.fsync(file.fileno())


def sync_folder(folder: str | os.PathLike[str] | int) -> None:
    """Wait until the names in a folder, given by its path or descriptor, are on the disk: what was made or renamed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open(os.path.join(folder, "new"), "x").close()
    ...     sync_folder(folder)

    A folder that may be written but not read, and a file system that cannot sync folders, are passed over. So is
    Windows, which cannot open a folder; NTFS keeps a journal of its names.

    Raises: OSError, for example where the disk fails. See fsync(2).
    """
    if os.name == "nt":
        return
    try:
        descriptor = folder if isinstance(folder, int) else os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            if descriptor is not folder:
                os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
