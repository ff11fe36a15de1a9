"""Memory without a name that several processes share, so that nothing can be left behind.

POSIX: a file that has no name (`memfd_create`, or a temporary file unlinked at once), mapped; its descriptor is
inherited by a forked child and handed to a spawned one. Windows: a section of the page file, found by a random tag
while some process has it mapped. Either way the memory goes with the last process that maps it, killed or not.
"""
from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
from multiprocessing import reduction
from typing import Any

_MARK = b"netio"


def unnamed_file(size: int = 0) -> int:
    """Return the descriptor of a new file of `size` zero bytes that has no name (POSIX).

    >>> import os
    >>> if hasattr(os, "fork"):
    ...     descriptor = unnamed_file(10)
    ...     os.fstat(descriptor).st_size, os.fstat(descriptor).st_nlink
    ...     os.close(descriptor)
    ... else:
    ...     (10, 0)
    (10, 0)

    Source: memfd_create(2). The stdlib: `tempfile.TemporaryFile`, which is on a disk.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("netio", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    try:
        os.ftruncate(descriptor, size)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


class AnonymousMemory:
    """`size` zero bytes that a process shares with those it is given to as an argument, forked or spawned.

    >>> memory = AnonymousMemory(100)
    >>> memory.view[:5] = b"hello"
    >>> bytes(memory.view[:6])
    b'hello\\x00'
    >>> len(memory.view)
    100
    >>> memory.close()

    >>> memory = AnonymousMemory(8)
    >>> memory.store(6, b"hello", first=2); memory.load(6, 5, first=2), memory.view[:2].tobytes()
    (b'hello', b'\\x00\\x00')
    >>> memory.close()

    `view` is writable; `mapped` is the map itself, whose slices are bytes. Views cut from it keep the memory alive
    after `close`. Pages that nobody touched take no room.

    Raises: ValueError for a size below 1; OSError where there is not that much memory.
    Source: mmap(2). Notes: 共享内存 (shared memory). The stdlib: `mmap.mmap(-1, size)`, for forked children only.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"shared memory needs at least 1 byte, not {size}")
        self.size = size
        if sys.platform == "win32":
            self._map(f"netio-{os.getpid()}-{secrets.token_hex(8)}")
            self.mapped[size:] = _MARK
        else:
            self._map(unnamed_file(size))

    @property
    def identity(self) -> Any:
        """What two maps of the same memory have in common, in whichever process."""
        if sys.platform == "win32":
            return self._source
        status = os.fstat(self._source)
        return status.st_dev, status.st_ino

    def _map(self, source: Any) -> None:
        if sys.platform == "win32":
            self.mapped = mmap.mmap(-1, self.size + len(_MARK), tagname=source)
        else:
            try:
                self.mapped = mmap.mmap(source, self.size)
            except BaseException:
                os.close(source)
                raise
        self._source = source
        self.view = memoryview(self.mapped)[:self.size]

    @property
    def tag(self) -> Any:
        """What another process finds the memory by: the descriptor (POSIX, to be passed) or the tag (Windows)."""
        return self._source

    @classmethod
    def attach(cls, size: int, tag: Any) -> AnonymousMemory:
        """Return memory of `size` bytes that exists already; on POSIX it owns the descriptor from then on."""
        memory = cls.__new__(cls)
        memory.__setstate__((size, _Owned(tag)))
        return memory

    def duplicate(self) -> AnonymousMemory:
        """Return the same memory once more, to be closed by itself."""
        return self.attach(self.size, self._source if sys.platform == "win32" else os.dup(self._source))

    def resize(self, size: int) -> None:
        """Map `size` bytes instead, and make the memory as large where it is not (POSIX); drop views of it first."""
        if os.fstat(self._source).st_size < size:
            os.ftruncate(self._source, size)
        mapped = mmap.mmap(self._source, size)
        self.view.release()
        self.mapped, self.size, self.view = mapped, size, memoryview(mapped)

    def load(self, start: int, size: int, first: int = 0) -> bytes:
        """Return `size` bytes from `start` on, which go on at `first` where the memory ends."""
        stop = start + size
        if stop <= self.size:
            return self.mapped[start:stop]
        return self.mapped[start:self.size] + self.mapped[first:first + stop - self.size]

    def store(self, start: int, data: bytes, first: int = 0) -> None:
        """Store bytes from `start` on; what the memory has no room for goes to `first`."""
        stop = start + len(data)
        if stop <= self.size:
            self.mapped[start:stop] = data
        else:
            cut, view = self.size - start, memoryview(data)
            self.mapped[start:self.size], self.mapped[first:first + stop - self.size] = view[:cut], view[cut:]

    def close(self) -> None:
        """Close the memory in this process."""
        self.view.release()
        try:
            self.mapped.close()
        except BufferError:
            pass  # views cut from it live on: the map goes with the last of them
        if sys.platform != "win32" and self._source >= 0:
            os.close(self._source)
            self._source = -1

    def __del__(self) -> None:
        if getattr(self, "_source", -1) != -1 and hasattr(self, "view"):
            self.close()

    def __getstate__(self) -> tuple[int, Any]:
        return self.size, _Owned(self._source) if sys.platform == "win32" else reduction.DupFd(self._source)

    def __setstate__(self, state: tuple[int, Any]) -> None:
        self.size, source = state
        self._map(source.detach())
        if sys.platform == "win32" and self.mapped[self.size:] != _MARK:
            raise FileNotFoundError("the process that made this shared memory has let go of it")


class _Owned:
    """A descriptor or tag that is here already, handed over the way a pickled one is."""

    def __init__(self, tag: Any) -> None:
        self._tag = tag

    def detach(self) -> Any:
        return self._tag
