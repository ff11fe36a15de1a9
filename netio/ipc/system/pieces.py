"""Small pieces of shared memory, many of which share one map and one descriptor.

A lock needs 40 bytes, a number 8. One file for each would be one descriptor for each, and a process may have 1,024. So
pieces are cut from larger memory, one after the other, and never reused: a process that was given a piece may have it
longer than the process that cut it. The memory goes when nobody in the process has a piece of it any more. It is mapped
once in a process, however many of its pieces come.
"""
from __future__ import annotations

import os
import weakref
from typing import Any

from .memory import AnonymousMemory

ARENA_SIZE = 1 << 16  # bytes of one shared file
PIECE_ALIGNMENT = 64  # bytes: a cache line, so that neighbours do not slow each other down

_mapped: weakref.WeakValueDictionary[Any, AnonymousMemory] = weakref.WeakValueDictionary()  # by their identity
_latest: list[tuple[weakref.ref[AnonymousMemory], int, int]] = []  # what is cut from: its used bytes, whose it is


class Piece:
    """`size` zero bytes of shared memory, given to other processes as an argument; `mapped[start:stop]` are its bytes.

    >>> piece = Piece(5)
    >>> piece.mapped[piece.start:piece.stop] = b"hello"
    >>> piece.mapped[piece.start:piece.stop]
    b'hello'

    Raises: OSError where there is no memory, or no descriptor for it.
    """

    def __init__(self, size: int) -> None:
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
    if size >= ARENA_SIZE >> 2:
        return AnonymousMemory(size), 0
    memory, used, pid = None, 0, 0
    try:
        latest, used, pid = _latest.pop()  # one step, so that no other thread cuts from it now
        memory = latest()
    except IndexError:
        pass
    if memory is None or pid != os.getpid() or used + size > memory.size:  # after a fork both would cut the same
        memory, used = AnonymousMemory(ARENA_SIZE), 0
    _latest[:] = [(weakref.ref(memory), used + size + PIECE_ALIGNMENT - 1 & -PIECE_ALIGNMENT, os.getpid())]
    return memory, used
