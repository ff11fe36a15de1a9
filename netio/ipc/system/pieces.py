"""Small pieces of shared memory, many of which share one map and one descriptor.

A lock needs 40 bytes, a number 8. One file for each would be one descriptor for each, and a process may have 1,024. So
pieces are cut from larger memory, one after the other, and never reused: a process that was given a piece may have it
longer than the process that cut it. The memory goes when nobody in the process has a piece of it any more. It is mapped
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

_mapped: weakref.WeakValueDictionary[Any, AnonymousMemory] = weakref.WeakValueDictionary()  # by their identity
# What is cut from, while somebody has a piece of it: how much of it is used, and by which process.
_latest: weakref.WeakKeyDictionary[AnonymousMemory, tuple[int, int]] = weakref.WeakKeyDictionary()
_cutting = threading.Lock()


class Piece:
    """`size` zero bytes of shared memory, given to other processes as an argument; `mapped[start:stop]` are its bytes.

    >>> piece = Piece(5)
    >>> piece.mapped[piece.start:piece.stop] = b"hello"
    >>> piece.mapped[piece.start:piece.stop]
    b'hello'

    Raises: OSError where there is no memory, or no descriptor for it.
    """

    def __init__(self, size: int) -> None:
        with _cutting:
            memory, start = _cut(size)
            self.__setstate__((memory, start, start + size))

    def __getstate__(self) -> tuple[AnonymousMemory, int, int]:
        return self.memory, self.start, self.stop

    def __setstate__(self, state: tuple[AnonymousMemory, int, int]) -> None:
        memory, self.start, self.stop = state
        self.memory = _mapped.setdefault(memory.identity, memory)  # one map, though it may come many times
        self.mapped = self.memory.mapped


def _cut(size: int) -> tuple[AnonymousMemory, int]:
    """Return memory, and where in it `size` bytes begin that nobody has."""
    for memory, (used, pid) in list(_latest.items()):
        if used + size <= memory.size and pid == os.getpid():  # after a fork both would cut the same
            _latest[memory] = used + _aligned(size), pid
            return memory, used
    memory = AnonymousMemory(max(size, ARENA_SIZE))
    if size < ARENA_SIZE >> 2:
        _latest.clear()
        _latest[memory] = _aligned(size), os.getpid()
    return memory, 0


def _aligned(size: int) -> int:
    return size + PIECE_ALIGNMENT - 1 & -PIECE_ALIGNMENT


def _after_fork() -> None:
    global _cutting
    _cutting = threading.Lock()  # another thread may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
