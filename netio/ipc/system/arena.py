"""Small pieces of shared memory, many of which share one map and one descriptor.

A lock needs 40 bytes, a number 8. One file for each would be one descriptor for each, and a process may have 1,024. So
pieces are cut from an arena, one after the other, and never reused: a process that was given a piece may have it
longer than the process that cut it. An arena goes when nobody in the process has a piece of it any more. It is mapped
once in a process, however many of its pieces come.
"""
from __future__ import annotations

import os
import threading
import weakref
from typing import Any

from .memory import AnonymousMemory

ARENA_SIZE = 1 << 16  # bytes of one shared file
PIECE_ALIGNMENT = 64  # bytes: a cache line, so that neighbours do not slow each other down


class Arena:
    """Shared memory that pieces are cut from.

    >>> arena = Arena(AnonymousMemory(1000))
    >>> arena.cut(8), arena.cut(100), arena.cut(1), arena.cut(800)
    (0, 64, 192, None)
    """

    def __init__(self, memory: AnonymousMemory, used: int = 0) -> None:
        self.memory, self.used, self.pid = memory, used, os.getpid()
        _mapped[memory.identity] = self

    def cut(self, size: int) -> int | None:
        """Return the offset of `size` bytes that nobody else has; None where they do not fit, or after a fork, when
        parent and child would both cut the same."""
        offset = self.used
        if offset + size > self.memory.size or self.pid != os.getpid():
            return None
        self.used += size + PIECE_ALIGNMENT - 1 & -PIECE_ALIGNMENT
        return offset

    def __reduce__(self) -> Any:
        return find_arena, (self.memory,)


class Piece:
    """`size` zero bytes of shared memory, given to other processes as an argument; `mapped[start:stop]` are its bytes.

    >>> piece = Piece(5)
    >>> piece.mapped[piece.start:piece.stop] = b"hello"
    >>> piece.mapped[piece.start:piece.stop]
    b'hello'

    Raises: OSError where there is no memory, or no descriptor for it.
    """

    def __init__(self, size: int) -> None:
        self.arena, start = _cut(size)
        self.__setstate__((self.arena, start, start + size))

    def __getstate__(self) -> tuple[Arena, int, int]:
        return self.arena, self.start, self.stop

    def __setstate__(self, state: tuple[Arena, int, int]) -> None:
        self.arena, self.start, self.stop = state
        self.mapped = self.arena.memory.mapped


_mapped: weakref.WeakValueDictionary[Any, Arena] = weakref.WeakValueDictionary()
_latest: weakref.WeakSet[Arena] = weakref.WeakSet()  # the one that is cut from, while somebody has a piece of it
_cutting = threading.Lock()


def find_arena(memory: AnonymousMemory) -> Arena:
    """Return the arena in that memory: the one that this process has mapped already, or a new one, all cut up.

    >>> arena = Arena(AnonymousMemory(1000))
    >>> find_arena(arena.memory.duplicate()) is arena
    True
    """
    known = _mapped.get(memory.identity)
    if known is None:
        return Arena(memory, used=memory.size)
    memory.close()
    return known


def _cut(size: int) -> tuple[Arena, int]:
    with _cutting:
        for arena in _latest:
            offset = arena.cut(size)
            if offset is not None:
                return arena, offset
        arena = Arena(AnonymousMemory(max(size, ARENA_SIZE)))
        if size < ARENA_SIZE >> 2:
            _latest.clear()
            _latest.add(arena)
        arena.cut(size)
        return arena, 0


def _after_fork() -> None:
    global _cutting
    _cutting = threading.Lock()  # another thread may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
