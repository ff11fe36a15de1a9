"""Memory without a name that several processes share, so that nothing can be left behind.

POSIX: a file that has no name (`memfd_create`, or a temporary file unlinked at once), mapped; its descriptor is
inherited by a forked child and handed to a spawned one. Windows: a section of the page file, found by a random tag
while some process has it mapped. Either way the memory goes with the last process that maps it, killed or not.
"""
from __future__ import annotations

import sys
from typing import Any

if sys.platform == "win32":
    from .windows import Mapping, duplicate_tag
else:
    from .posix import Mapping, duplicate_tag


class AnonymousMemory(Mapping):
    """`size` zero bytes that a process shares with those it is given to as an argument, forked or spawned.

    >>> memory = AnonymousMemory(100)
    >>> memory.view[:5] = b"hello"
    >>> bytes(memory.view[:6])
    b'hello\\x00'
    >>> len(memory.view)
    100
    >>> memory.close()

    `view` is writable; `mapped` is the map itself, whose slices are bytes. Views cut from it keep the memory alive
    after `close`. Pages that nobody touched take no room, but on macOS, where it is a file that is reserved at once.
    `tag` is what another process finds it by (see `attach_memory`): the descriptor (POSIX, to be passed) or a name
    (Windows).

    Raises: ValueError for a size below 1; OSError where there is not that much memory.
    Source: mmap(2). Notes: 共享内存 (shared memory). The stdlib: `mmap.mmap(-1, size)`, for forked children only.
    """


def attach_memory(size: int, tag: Any) -> AnonymousMemory:
    """Return memory of `size` bytes that exists already; on POSIX it owns the descriptor `tag` from then on.

    >>> mine = AnonymousMemory(5); mine.view[:] = b"hello"
    >>> yours = attach_memory(mine.size, duplicate_tag(mine)); mine.close(); bytes(yours.view)
    b'hello'
    >>> yours.close()

    Raises: FileNotFoundError where nobody has it any more (Windows).
    """
    memory = AnonymousMemory.__new__(AnonymousMemory)
    memory.__setstate__((size, tag))
    return memory


def duplicate_memory(memory: AnonymousMemory) -> AnonymousMemory:
    """Return the same memory once more, to be closed by itself.

    >>> mine = AnonymousMemory(5); yours = duplicate_memory(mine)
    >>> mine.view[:] = b"hello"; mine.close(); bytes(yours.view)
    b'hello'
    >>> yours.close()
    """
    return attach_memory(memory.size, duplicate_tag(memory))


def load_around(memory: AnonymousMemory, start: int, size: int, first: int) -> bytes:
    """Return `size` bytes from `start` on, which go on at `first` where the memory ends.

    >>> memory = AnonymousMemory(8); memory.view[:] = b"01234567"
    >>> load_around(memory, 1, 3, 2), load_around(memory, 6, 5, 2)
    (b'123', b'67234')
    >>> memory.close()
    """
    stop = start + size
    if stop <= memory.size:
        return bytes(memory.mapped[start:stop])
    return bytes(memory.mapped[start:memory.size] + memory.mapped[first:first + stop - memory.size])


def store_around(memory: AnonymousMemory, start: int, data: bytes | memoryview, first: int) -> None:
    """Store bytes from `start` on; what the memory has no room for goes to `first`.

    >>> memory = AnonymousMemory(8)
    >>> store_around(memory, 6, b"hello", 2); bytes(memory.view)
    b'\\x00\\x00llo\\x00he'
    >>> memory.close()
    """
    stop = start + len(data)
    if stop <= memory.size:
        memory.view[start:stop] = data
    else:
        cut, view = memory.size - start, memoryview(data)
        memory.view[start:], memory.view[first:first + stop - memory.size] = view[:cut], view[cut:]
