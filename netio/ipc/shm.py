"""Shared memory with a name, that any process finds and no killed process leaves behind.

The stdlib's SharedMemory leaves its file when the owner is killed together with its resource tracker, forgets the
true length where the system rounds up to pages, and before 3.13 a process that merely looked took it away when
it ended. Here the one that creates it owns it. On POSIX a shell of a few kilobytes waits at the end of a pipe
for the owner's end, however it comes, and removes the file; on Windows the memory goes with the last process that has
it open. The true length comes first.
"""
from __future__ import annotations

import contextlib
import errno
import mmap
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
import weakref
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

from .._deadline import deadline_after, time_left
from .ends import End
from .system.posix import reserve

try:
    import fcntl
except ImportError:  # Windows
    pass

SHM_HEADER = struct.Struct("=8sQ")  # the mark, the size
SHM_MARK = b"netioblk"  # a block of netio's
# What the guard does: ignore Ctrl-C, wait for the end of its input, remove the file if it is still that one (inode $2).
# Its status is 1 where it could not find out: few descriptors, or no `ls` on the PATH.
GUARD = """trap "" INT TERM HUP; read _; set -- "$1" "$2" $(ls -di -- "$1" 2>/dev/null)
[ "$2" = "$3" ] && rm -f -- "$1"
[ -n "$3" ] || [ ! -e "$1" ]"""

_owned: weakref.WeakSet[SharedMemory] = weakref.WeakSet()


class _QuietMemory(shared_memory.SharedMemory):
    """The stdlib's, for Windows, that does not complain of views that live on when it is thrown away."""

    def __del__(self) -> None:
        with contextlib.suppress(OSError, BufferError):
            self.close()


class SharedMemory(End):
    """`size` bytes of named shared memory, seen through `view`; made by `create_shm` or found by `open_shm`.

    >>> with create_shm("netio-example", 5) as mine:
    ...     with open_shm("netio-example") as found:
    ...         found.view[:] = b"hello"
    ...     mine.size, bytes(mine.view)
    (5, b'hello')
    >>> open_shm("netio-example", timeout=0)
    Traceback (most recent call last):
    FileNotFoundError: there is no shared memory named 'netio-example'

    When the owner closes it or ends, the name is gone; who has it open may go on. Views that you cut from `view` stay
    valid after `close` and keep the memory, not the name; on PyPy they are empty then.

    Source: shm_overview(7). Notes: 共享内存. The stdlib: `multiprocessing.shared_memory.SharedMemory`.
    """

    def __init__(self, name: str, size: int, mapped: Any, guard: Any = None) -> None:
        self.name, self.size = name, size
        self._mapped, self._guard = mapped, guard
        whole = mapped.buf if hasattr(mapped, "buf") else memoryview(mapped)
        self.view = whole[SHM_HEADER.size:SHM_HEADER.size + size]
        if guard is not None:
            _owned.add(self)

    @property
    def owned(self) -> bool:
        """Return whether this process created it."""
        return self._guard is not None

    def close(self) -> None:
        """Close it in this process; the owner's close also removes its name."""
        self.view.release()
        try:
            self._mapped.close()
        except BufferError:
            pass  # views cut from it live on; the memory goes with the last of them
        self._mapped = None
        guard, self._guard = self._guard, None
        if isinstance(guard, subprocess.Popen):
            _end_guard(guard)

    def __del__(self) -> None:
        guard = getattr(self, "_guard", None)
        if isinstance(guard, subprocess.Popen):
            _end_guard(guard)  # the name goes; who still has the view may go on

    def _disown(self) -> None:
        """A forked child is not the owner: it closes the guard, which would otherwise wait for it, too."""
        if isinstance(self._guard, subprocess.Popen):
            assert self._guard.stdin is not None
            self._guard.stdin.close()
            self._guard.returncode = 0
        self._guard = None


def create_shm(name: str, size: int) -> SharedMemory:
    """Create and own `size` zero bytes of shared memory that other processes find by name (letters, digits, `_ . -`).

    >>> with create_shm("netio-twice", 1):
    ...     create_shm("netio-twice", 1)
    Traceback (most recent call last):
    FileExistsError: there is shared memory named 'netio-twice' already

    All of it is reserved at once. Raises: FileExistsError; OSError (ENOSPC) where there is not that much; ValueError
    for a name with other characters or a size below 1.
    """
    path = shm_path(name)
    if size < 1:
        raise ValueError(f"shared memory needs at least 1 byte, not {size}")
    header, whole = SHM_HEADER.pack(SHM_MARK, size), SHM_HEADER.size + size
    try:
        if sys.platform == "win32":
            memory = _QuietMemory(f"netio-{name}", create=True, size=whole)
            memory.buf[8:16], memory.buf[:8] = header[8:], header[:8]
            return SharedMemory(name, size, memory, guard=True)
        descriptor = _make_file(path)
    except FileExistsError:
        raise FileExistsError(f"there is shared memory named {name!r} already") from None
    guard = None
    try:
        guard = _start_guard(path, descriptor)
        reserve(descriptor, whole)
        mapped = mmap.mmap(descriptor, whole)
        mapped[8:16] = header[8:]
        mapped[:8] = header[:8]  # last: from now on it is found
        return SharedMemory(name, size, mapped, guard)
    except BaseException:
        path.unlink()
        if guard is not None:
            guard.communicate()  # it ends, and finds nothing to remove
        raise
    finally:
        os.close(descriptor)


def _make_file(path: Path) -> int:
    """Return the descriptor of a new file, locked until that is closed. Raises: FileExistsError."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if not _remove_left(path):
                raise
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            path.unlink()
            os.close(descriptor)
            raise
        os.close(descriptor)  # somebody took it for one that was left


def _remove_left(path: Path) -> bool:
    """Remove a file without a mark that nobody is making: its maker was killed before the guard ran."""
    with contextlib.suppress(OSError):
        with open(os.open(path, os.O_RDWR | os.O_NOFOLLOW), "rb", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found = os.fstat(file.fileno())
            ours = found.st_uid == os.geteuid() and os.path.samestat(found, path.stat())
            if ours and file.read(len(SHM_MARK)) != SHM_MARK:
                path.unlink()
                return True
    return False


def _start_guard(path: Path, descriptor: int) -> subprocess.Popen[bytes]:
    command = ["/bin/sh", "-c", GUARD, "netio-guard", str(path), str(os.fstat(descriptor).st_ino)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _end_guard(guard: subprocess.Popen[bytes]) -> None:
    """Have the guard remove the file; where it was killed or could not, remove it here."""
    guard.communicate()
    if guard.returncode:
        path, inode = map(str, guard.args[-2:])  # type: ignore[index]
        with contextlib.suppress(FileNotFoundError):
            if os.stat(path).st_ino == int(inode):
                os.unlink(path)


def open_shm(name: str, timeout: float = 5.0) -> SharedMemory:
    """Find the shared memory of that name, which must be there; wait up to `timeout` seconds while it is being made.

    >>> open_shm("no-such-block", timeout=0)
    Traceback (most recent call last):
    FileNotFoundError: there is no shared memory named 'no-such-block'

    Raises: FileNotFoundError; TimeoutError for one that is never finished; PermissionError (POSIX) for one that another
    user has put there; ValueError for an impossible name, or for one that is shorter than it says.
    """
    path, deadline = shm_path(name), deadline_after(timeout)
    while True:
        try:
            mapped: Any
            if sys.platform == "win32":
                mapped = _QuietMemory(f"netio-{name}")
                header = bytes(mapped.buf[:SHM_HEADER.size])
            else:
                mapped, header = _map_file(path)
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no shared memory named {name!r}") from None
        if header[:8] == SHM_MARK:
            return SharedMemory(name, _checked_size(name, header, mapped), mapped)
        if mapped is not None:
            mapped.close()
        if time_left(deadline) == 0:
            raise TimeoutError(f"the shared memory {name!r} was not finished within {timeout:g} s")
        time.sleep(0.001)


def shm_path(name: str) -> Path:
    """Return the file that holds the shared memory of that name on POSIX; /dev/shm is memory, where there is one that
    may be written to.

    >>> shm_path("a/b")
    Traceback (most recent call last):
    ValueError: a name has letters, digits, '_', '.' and '-', unlike 'a/b'
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", name):
        raise ValueError(f"a name has letters, digits, '_', '.' and '-', unlike {name!r}")
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
    return Path(folder, f"netio-{name}")


def _checked_size(name: str, header: bytes, mapped: Any) -> int:
    size: int = SHM_HEADER.unpack(header)[1]
    there = (mapped.size if sys.platform == "win32" else len(mapped)) - SHM_HEADER.size
    if not 1 <= size <= there:
        mapped.close()
        raise ValueError(f"the shared memory {name!r} says that it has {size} bytes, but has {there}")
    return size


def _map_file(path: Path) -> tuple[Any, bytes]:
    """Return the map of the file and its header, which is b'' (and the map None) before the file is finished."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)  # in a folder that everybody may write to
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, "this shared memory belongs to another user", str(path))
        header = os.pread(descriptor, SHM_HEADER.size, 0)
        return (mmap.mmap(descriptor, 0) if header[:8] == SHM_MARK else None), header
    finally:
        os.close(descriptor)


def _disown_all() -> None:
    for block in list(_owned):
        block._disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_all)
