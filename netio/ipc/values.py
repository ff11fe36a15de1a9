"""Numbers, records and arrays in memory that processes share, with a lock that a killed process cannot keep.

`counter.value += 1` reads and then writes: another process may write between, and its change is lost, lock or no lock
around each half. `counter += 1` and `counter.update(function)` hold the lock from the reading to the writing.
"""
from __future__ import annotations

import contextlib
import struct
from typing import Any, Callable, ContextManager, Iterable, Iterator

from .ends import End
from .locks import Lock
from .system.pieces import Piece

NUMBERS = "bBhHiIlLqQfd"  # the ctype letters of one number; 'c' is one byte


class _Shared(End):
    """Items of one kind in shared memory, with a lock or, where lock=False, without one."""

    _map: Any
    _piece: Any

    def __init__(self, kind: Any, count: int, lock: bool) -> None:
        size = find_codec(kind)[0]
        self.__setstate__((kind, count, Piece(max(1, size * count)), Lock() if lock else None))

    @property
    def lock(self) -> ContextManager[object]:
        """Return the lock, to be held in `with` around several steps; one that does nothing where lock=False."""
        return self._lock or contextlib.nullcontext()

    def close(self) -> None:
        """Close it in this process."""
        self._map = self._piece = None  # the memory goes with its last piece
        if self._lock:
            self._lock.close()

    def _load(self, index: int) -> Any:
        start = self._start + index * self._size
        return self._unpack(self._map[start:start + self._size])

    def _store(self, index: int, item: Any) -> None:
        data = self._pack(item)
        if len(data) != self._size:
            raise ValueError(f"an item has {self._size} bytes, not {len(data)}")
        start = self._start + index * self._size
        self._map[start:start + self._size] = data

    def __getstate__(self) -> tuple[Any, ...]:
        return self._kind, self._count, self._piece, self._lock

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._kind, self._count, self._piece, self._lock = state
        self._size, self._pack, self._unpack = find_codec(self._kind)
        self._map, self._start = self._piece.mapped, self._piece.start


def find_codec(kind: Any) -> tuple[int, Callable[[Any], bytes], Callable[[bytes], Any]]:
    """Return (size, pack, unpack) for a ctype letter, a `struct.Struct` (items are tuples) or a class of
    `netio.packing` records.

    >>> size, pack, unpack = find_codec("h")
    >>> size, unpack(pack(-2))
    (2, -2)

    Raises: ValueError for another letter.
    """
    if kind == "c":
        return 1, bytes, bytes
    if isinstance(kind, struct.Struct):
        return kind.size, lambda item: kind.pack(*item), kind.unpack
    if hasattr(kind, "layout"):
        return kind.layout.size, lambda item: bytes(item.pack()), kind.unpack
    if kind not in [*NUMBERS]:
        raise ValueError(f"no kind of number {kind!r}: there are {' '.join(NUMBERS)}, c, and records")
    number = struct.Struct(kind)
    return number.size, number.pack, lambda data: number.unpack(data)[0]


class Value(_Shared):
    """One number (by its ctype letter) or one record, zero bytes at first, shared between the processes it is given to.

    >>> money = Value("i", 5000)
    >>> money += 1; money.update(lambda old: old * 2)
    10002
    >>> money.value
    10002
    >>> money.close()
    >>> student = Value(struct.Struct("!i10s"), (1, b"lily"))
    >>> student.value[0]
    1
    >>> student.close()

    `+=`, `-=` and `update` are one step for all processes. Each `value` is one, too, but `value += 1` is two. With
    lock=False nothing is locked, for a single writer, or to see updates lost.

    Raises: ValueError for an unknown letter; struct.error for a number that does not fit.
    Notes: 共享内存 (shared memory), Value. The stdlib: `multiprocessing.Value`, with `get_lock()` to be taken by hand.
    """

    def __init__(self, kind: Any, value: Any = None, lock: bool = True) -> None:
        super().__init__(kind, 1, lock)
        if value is not None:
            self._store(0, value)

    @property
    def value(self) -> Any:
        """The number or record; to read or to replace it, not both."""
        with self.lock:
            return self._load(0)

    @value.setter
    def value(self, value: Any) -> None:
        with self.lock:
            self._store(0, value)

    def update(self, function: Callable[[Any], Any]) -> Any:
        """Replace the value by `function(value)` in one step for all processes; return the new one."""
        with self.lock:
            new = function(self._load(0))
            self._store(0, new)
        return new

    def __iadd__(self, amount: Any) -> Value:
        self.update(lambda old: old + amount)
        return self

    def __isub__(self, amount: Any) -> Value:
        self.update(lambda old: old - amount)
        return self


class Array(_Shared):
    """A fixed number of numbers, bytes ('c') or records, shared between the processes it is given to.

    >>> squares = Array("i", [0, 1, 4]); zeros = Array("d", 2); word = Array("c", b"hello")
    >>> squares[2], squares[-1:], list(zeros), len(word), word[0], word[:]
    (4, [4], [0.0, 0.0], 5, b'h', b'hello')
    >>> word[0] = b"j"; word[1:3] = b"am"; word[:]
    b'jamlo'
    >>> squares.update(1, lambda old: old + 10), squares[:]
    (11, [0, 11, 4])
    >>> for array in (squares, zeros, word): array.close()

    Each index or slice is read or written in one step; for more steps hold `lock`. A slice of bytes is bytes, any
    other a list.

    Raises: IndexError; ValueError for a slice of another length, as the array cannot grow, and for an unknown letter.
    Notes: 共享内存, Array: "字节串可以使用[]来指定，但只能使用byte来替换". The stdlib: `multiprocessing.Array`.
    """

    def __init__(self, kind: Any, items: int | Iterable[Any], lock: bool = True) -> None:
        if isinstance(items, bytes):
            items = [items[i:i + 1] for i in range(len(items))]
        filled = [] if isinstance(items, int) else list(items)
        super().__init__(kind, items if isinstance(items, int) else len(filled), lock)
        for index, item in enumerate(filled):
            self._store(index, item)

    def update(self, index: int, function: Callable[[Any], Any]) -> Any:
        """Replace an item by `function(item)` in one step for all processes; return the new one."""
        place = range(self._count)[index]
        with self.lock:
            new = function(self._load(place))
            self._store(place, new)
        return new

    def __len__(self) -> int:
        return int(self._count)

    def __getitem__(self, index: int | slice) -> Any:
        places = range(self._count)[index]
        with self.lock:
            if isinstance(places, int):
                return self._load(places)
            items = [self._load(place) for place in places]
        return b"".join(items) if self._kind == "c" else items

    def __setitem__(self, index: int | slice, item: Any) -> None:
        places = range(self._count)[index]
        if isinstance(places, int):
            with self.lock:
                self._store(places, item)
            return
        items = [item[i:i + 1] for i in range(len(item))] if self._kind == "c" else list(item)
        if len(items) != len(places):
            raise ValueError(f"{len(items)} items for a slice of {len(places)}: an array keeps its length")
        with self.lock:
            for place, one in zip(places, items):
                self._store(place, one)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(self._count))
