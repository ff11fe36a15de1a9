"""Shared memory with a name, that any process finds and no killed process leaves behind.

The stdlib's SharedMemory leaves its file when the owner is killed together with its resource tracker, forgets the
true length where the system rounds up to pages, and before 3.13 a process that merely looked took the block away when
it ended. Here the one that creates a block owns it. On POSIX a shell of a few kilobytes waits at the end of a pipe
for the owner's end, however it comes, and removes the file; on Windows the block goes with the last process that has
it open. The true length stands in front.
"""
from __future__ import annotations

import contextlib
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

from .ends import End

HEADER_OF_BLOCK = struct.Struct("=8sQ")
MARK_OF_BLOCK = b"netioblk"
# What the guard does: sit through Ctrl-C, wait for the end of its input, remove the file.
GUARD = 'trap "" INT TERM HUP; read _; rm -f -- "$1"'

_owned: weakref.WeakSet[Block] = weakref.WeakSet()


class _QuietMemory(shared_memory.SharedMemory):
    """The stdlib's, for Windows, that does not complain of views that live on when it is thrown away."""

    def __del__(self) -> None:
        with contextlib.suppress(OSError, BufferError):
            self.close()


class Block(End):
    """`size` bytes of named shared memory, seen through `view`; made by `create_block` or found by `open_block`.

    >>> with create_block("netio-example", 5) as mine:
    ...     with open_block("netio-example") as found:
    ...         found.view[:] = b"hello"
    ...     mine.size, bytes(mine.view)
    (5, b'hello')
    >>> open_block("netio-example", timeout=0)
    Traceback (most recent call last):
    FileNotFoundError: there is no block named 'netio-example'

    When the owner closes it or ends, the name is gone; who has it open may go on. Views that you cut from `view` stay
    valid behind `close` and keep the memory, not the name.

    Source: shm_overview(7). Notes: 共享内存. The stdlib: `multiprocessing.shared_memory.SharedMemory`.
    """

    def __init__(self, name: str, size: int, mapped: Any, guard: Any = None) -> None:
        self.name, self.size = name, size
        self._mapped, self._guard = mapped, guard
        whole = mapped.buf if hasattr(mapped, "buf") else memoryview(mapped)
        self.view = whole[HEADER_OF_BLOCK.size:HEADER_OF_BLOCK.size + size]
        if guard is not None:
            _owned.add(self)

    @property
    def owned(self) -> bool:
        """Return whether this process created the block."""
        return self._guard is not None

    def close(self) -> None:
        """Let go of the block; the owner's close also removes its name."""
        self.view.release()
        try:
            self._mapped.close()
        except BufferError:
            pass  # views cut from it live on; the memory goes with the last of them
        self._mapped = None
        guard, self._guard = self._guard, None
        if isinstance(guard, subprocess.Popen):
            guard.communicate()

    def __del__(self) -> None:
        guard = getattr(self, "_guard", None)
        if isinstance(guard, subprocess.Popen):
            guard.communicate()  # the name goes; who still has the view may go on

    def _disown(self) -> None:
        """A forked child is not the owner: it lets go of the guard, which would wait for it, too."""
        if isinstance(self._guard, subprocess.Popen):
            assert self._guard.stdin is not None
            self._guard.stdin.close()
            self._guard.returncode = 0
        self._guard = None


def create_block(name: str, size: int) -> Block:
    """Create and own a block of `size` zero bytes that other processes find by its name (letters, digits, `_ . -`).

    >>> with create_block("netio-twice", 1):
    ...     create_block("netio-twice", 1)
    Traceback (most recent call last):
    FileExistsError: there is a block named 'netio-twice' already

    Raises: FileExistsError; ValueError for a name with other characters or a size below 1.
    """
    path = block_path(name)
    if size < 1:
        raise ValueError(f"a block needs at least 1 byte, not {size}")
    header, whole = HEADER_OF_BLOCK.pack(MARK_OF_BLOCK, size), HEADER_OF_BLOCK.size + size
    try:
        if sys.platform == "win32":
            memory = _QuietMemory(f"netio-{name}", create=True, size=whole)
            memory.buf[8:16], memory.buf[:8] = header[8:], header[:8]
            return Block(name, size, memory, guard=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileExistsError(f"there is a block named {name!r} already") from None
    try:
        command = ["/bin/sh", "-c", GUARD, "netio-guard", str(path)]
        guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        os.ftruncate(descriptor, whole)
        os.pwrite(descriptor, header, 0)
        return Block(name, size, mmap.mmap(descriptor, whole), guard)
    except BaseException:
        path.unlink()
        raise
    finally:
        os.close(descriptor)


def open_block(name: str, timeout: float = 5.0) -> Block:
    """Find the block of that name, which must be there; wait up to `timeout` seconds for one that is just being made.

    >>> open_block("no-such-block", timeout=0)
    Traceback (most recent call last):
    FileNotFoundError: there is no block named 'no-such-block'

    Raises: FileNotFoundError; TimeoutError for one that is never finished; ValueError for an impossible name.
    """
    path, deadline = block_path(name), time.monotonic() + timeout
    while True:
        try:
            mapped: Any
            if sys.platform == "win32":
                mapped = _QuietMemory(f"netio-{name}")
                header = bytes(mapped.buf[:HEADER_OF_BLOCK.size])
            else:
                mapped, header = _map_file(path)
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no block named {name!r}") from None
        if header[:8] == MARK_OF_BLOCK:
            return Block(name, HEADER_OF_BLOCK.unpack(header)[1], mapped)
        if mapped is not None:
            mapped.close()
        if time.monotonic() > deadline:
            raise TimeoutError(f"the block {name!r} was not finished within {timeout:.2g} s")
        time.sleep(0.001)


def block_path(name: str) -> Path:
    """Return the file that holds the block of that name on POSIX; /dev/shm is memory, where there is one.

    >>> block_path("a/b")
    Traceback (most recent call last):
    ValueError: a block's name has letters, digits, '_', '.' and '-', unlike 'a/b'
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", name):
        raise ValueError(f"a block's name has letters, digits, '_', '.' and '-', unlike {name!r}")
    folder = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()
    return Path(folder, f"netio-{name}")


def _map_file(path: Path) -> tuple[Any, bytes]:
    """Return the map of a block's file and its header, which is b'' (and the map None) before the file is finished."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        header = os.pread(descriptor, HEADER_OF_BLOCK.size, 0)
        return (mmap.mmap(descriptor, 0) if header[:8] == MARK_OF_BLOCK else None), header
    finally:
        os.close(descriptor)


def _disown_all() -> None:
    for block in list(_owned):
        block._disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_all)
