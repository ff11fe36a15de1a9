"""A bounded first-in-first-out queue between any number of processes, which no killed process can block.

The items are in a ring of shared memory. `put` and `get` hold one lock, which is free again when its holder is killed.
The queue's state (where it begins and ends) is in the memory twice; a change is written to the copy not in use and
becomes valid with the store of one word that says which copy counts. So a process killed in the middle has done
nothing at all. A process that finds the queue empty or full sets a flag under the lock and waits for an event; the
next `put` or `get` sets that event. An item longer than the memory enlarges it: the new state counts once all is
copied. There is no feeder thread: `put` has put when it returns, and a process may end and be joined with its items
unread.
"""
from __future__ import annotations

import errno
import pickle
import queue
import struct
import sys
import time
from typing import Any, Callable, Iterator, Sequence

from .ends import End
from .locks import Event, Lock
from .system.memory import AnonymousMemory
from .system.waiting import deadline_after, time_left

QUEUE_ROOM = 1 << 24  # bytes
LOCK_PATIENCE = 1.0  # seconds; the lock is held for microseconds, so even a call that may not wait waits for that
RECORDS = 256  # where the records begin; before it: copy in use, getters wait, putters wait, and the two copies


class QueueFull(queue.Full, TimeoutError):
    """There was no room in time: both a `queue.Full` and a TimeoutError.

    >>> issubclass(QueueFull, queue.Full) and issubclass(QueueFull, TimeoutError)
    True
    """


class QueueEmpty(queue.Empty, TimeoutError):
    """No item came in time: both a `queue.Empty` and a TimeoutError.

    >>> issubclass(QueueEmpty, queue.Empty) and issubclass(QueueEmpty, TimeoutError)
    True
    """


_State = tuple[int, int, int, int, int]  # bytes ever got, bytes ever put, items, 1 once no more will come, room
_LAYOUT = struct.Struct("=5Q")
_unpack, _pack = _LAYOUT.unpack_from, _LAYOUT.pack_into


class Queue(End):
    """A queue that processes put objects into and get them from, in order; iterating yields items until the queue ends.

    >>> numbers = Queue(maxsize=3)
    >>> numbers.put(1); numbers.put_many([2, 3])
    >>> numbers.full(), numbers.qsize(), numbers.get(), numbers.get_many()
    (True, 3, 1, [2, 3])
    >>> try:
    ...     numbers.get(timeout=0.01)
    ... except QueueEmpty as error:
    ...     print(error)
    no item came within 0.01 s
    >>> numbers.put("last"); numbers.end()
    >>> list(numbers)
    ['last']
    >>> numbers.close()

    Give it to any number of processes as an argument, forked or spawned. `maxsize` is the most items it holds (0: as
    many as fit), `room` the most bytes, of which only those used take memory; an item longer than that enlarges it (not
    on Windows). `end` ends every consumer once the
    items are read. `qsize`, `full` and `empty` are exact when they look and may be out of date when you do.

    Raises: QueueFull and QueueEmpty when time is over; EOFError from `get` after the end; BrokenPipeError from `put`
    after the end; ValueError for an item that never fits (Windows).
    Notes: 消息队列 (message queue). The stdlib: `multiprocessing.Queue`, which a process killed at the wrong time blocks
    for all, whose `join` waits for items to be read, and whose `qsize` macOS lacks.
    """

    def __init__(self, maxsize: int = 0, room: int = QUEUE_ROOM) -> None:
        room = room + 7 & -8
        memory = AnonymousMemory(RECORDS + room)
        _pack(memory.mapped, 64, 0, 0, 0, 0, room)
        self.__setstate__((maxsize, memory, Lock(), Event(), Event()))

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
        """Put an object at the end; with block=False or timeout=0, only if there is room now."""
        self.put_bytes(pickle.dumps(item, pickle.HIGHEST_PROTOCOL), timeout if block else 0)

    def put_many(self, items: Sequence[object], timeout: float | None = None) -> None:
        """Put all items, one after the other if there is room for all; if not, others may come between."""
        self._put([pickle.dumps(item, pickle.HIGHEST_PROTOCOL) for item in items], timeout)

    def put_bytes(self, item: bytes, timeout: float | None = None) -> None:
        """Put bytes, for `get_bytes`."""
        words, map_, size = self._words, self._map, len(item)
        if self._acquire(None if timeout is None else LOCK_PATIENCE):  # written out: what most calls can do at once
            try:
                now = words[0]
                head, tail, count, ended, room = _unpack(map_, 64 + 64 * now)
                start, after = RECORDS + tail % room, tail + (size + 15 & -8)
                if (after - head <= room == self._room and start + 8 + size <= self._end and not ended
                        and (count < self._maxsize or not self._maxsize)):
                    words[start >> 3] = size
                    map_[start + 8:start + 8 + size] = item
                    if words[1]:
                        self._wake(self._getters, 1)
                    _pack(map_, 128 - 64 * now, head, after, count + 1, 0, room)
                    words[0] = 1 - now
                    return
            finally:
                self._release()
        self._put([item], timeout)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Return the first object."""
        return pickle.loads(self.get_bytes(timeout if block else 0))

    def get_many(self, most: int = 1000, timeout: float | None = None) -> list[Any]:
        """Return the first objects, at least one and at most `most`."""
        return [pickle.loads(item) for item in self._get(most, timeout)]

    def get_bytes(self, timeout: float | None = None) -> bytes:
        """Return the first item, as bytes."""
        words, map_ = self._words, self._map
        if self._acquire(None if timeout is None else LOCK_PATIENCE):  # written out: what most calls can do at once
            try:
                now = words[0]
                head, tail, count, ended, room = _unpack(map_, 64 + 64 * now)
                start = RECORDS + head % room
                if count and room == self._room and (stop := start + 8 + words[start >> 3]) <= self._end:
                    item = map_[start + 8:stop]
                    head += stop - start + 7 & -8
                    if words[2]:
                        self._wake(self._putters, 2)
                    if count == 1:
                        head = tail = 0  # empty: begin at the front again
                    _pack(map_, 128 - 64 * now, head, tail, count - 1, ended, room)
                    words[0] = 1 - now
                    return item
            finally:
                self._release()
        return self._get(1, timeout)[0]

    def end(self) -> None:
        """Say that no more items come: what is there can be got, then every `get` raises EOFError."""
        with self._lock:
            self._getters.set()
            self._putters.set()
            head, tail, items, _, room = self._state()
            self._commit(head, tail, items, 1, room)

    def qsize(self) -> int:
        """Return how many items there are."""
        return self._look()[2]

    def empty(self) -> bool:
        """Return whether there was no item."""
        return not self._look()[2]

    def full(self) -> bool:
        """Return whether there was no room even for a small item."""
        head, tail, items, _, room = self._look()
        return bool(self._maxsize and items >= self._maxsize) or room - (tail - head) < 32

    def close(self) -> None:
        """Close the queue in this process; the others go on."""
        self._words.release()
        for part in (self._memory, self._lock, self._getters, self._putters):
            part.close()

    def _look(self) -> _State:
        with self._lock:
            return self._state()

    def _state(self) -> _State:
        state: _State = _unpack(self._map, 64 + 64 * self._words[0])
        if state[4] != self._room:  # another process has made room for a long item
            self._map_room(state[4])
        return state

    def _commit(self, head: int, tail: int, items: int, ended: int, room: int) -> None:
        other = 1 - self._words[0]
        _pack(self._map, 64 + 64 * other, head, tail, items, ended, room)
        self._words[0] = other

    def _map_room(self, room: int) -> None:
        self._words.release()
        self._memory.resize(RECORDS + room)
        self.__setstate__(self.__getstate__())

    def _make_room(self, size: int) -> None:
        """Enlarge the memory for an item of `size` bytes, and move what there is after the old room.

        So the old state and its records stay whole until the new state counts.
        """
        head, tail, items, ended, room = self._state()
        used = tail - head
        larger = room + used + (size + 15 & -8)
        records = self._memory.load(RECORDS + head % room, used, RECORDS)
        self._map_room(larger)
        self._memory.store(RECORDS + room, records)
        self._commit(room, room + used, items, ended, larger)

    def _put(self, items: Sequence[bytes], timeout: float | None) -> None:
        longest = len(max(items, key=len, default=b""))
        if longest + 8 > self._room and sys.platform == "win32":
            raise ValueError(f"an item of {longest} bytes never fits in a queue with room for {self._room}")
        done, deadline = 0, deadline_after(timeout)
        while done < len(items):
            moved = self._when(self._putters, 2, deadline, self._write, items, done)
            if not moved:
                raise QueueFull(f"room for {done} of {len(items)} items within {timeout:g} s")
            done += moved

    def _get(self, most: int, timeout: float | None) -> list[bytes]:
        items: list[bytes] = self._when(self._getters, 1, deadline_after(timeout), self._read, most)
        if not items:
            raise QueueEmpty(f"no item came within {timeout:g} s")
        return items

    def _when(self, event: Event, flag: int, deadline: float | None, act: Callable[..., Any], *given: Any) -> Any:
        """Call `act` under the lock, again whenever `event` is set, until it returns something true or time is over."""
        while True:
            patience = None if deadline is None else max(LOCK_PATIENCE, deadline - time.monotonic())
            if not self._acquire(patience):
                return None
            try:
                result = act(*given)
                if result:
                    return result
                event.clear()
                self._words[flag] = 1
            finally:
                self._release()
            if not event.wait(time_left(deadline)):
                return None

    def _write(self, items: Sequence[bytes], first: int) -> int:
        """Write as many items as there is room for, from index `first` on; return how many."""
        head, tail, count, ended, room = self._state()
        if ended:
            raise BrokenPipeError(errno.EPIPE, "the queue has ended")
        if (needed := len(items[first]) + 15 & -8) > room:
            self._make_room(needed)
            head, tail, count, ended, room = self._state()
        most = len(items) - first
        if self._maxsize:
            most = min(most, self._maxsize - count)
        words, done = self._words, 0
        while done < most:
            item = items[first + done]
            after = tail + (len(item) + 15 & -8)
            if after - head > room:
                break
            words[(RECORDS + tail % room) >> 3] = len(item)
            self._memory.store(RECORDS + (tail + 8) % room, item, RECORDS)
            tail, done = after, done + 1
        if done:
            self._wake(self._getters, 1)
            self._commit(head, tail, count + done, 0, room)
        return done

    def _read(self, most: int) -> list[bytes]:
        """Return up to `most` items and remove them."""
        head, tail, count, ended, room = self._state()
        if not count and ended:
            raise EOFError("the queue has ended")
        words, items = self._words, []
        for _ in range(min(most, count)):
            size = words[(RECORDS + head % room) >> 3]
            items.append(self._memory.load(RECORDS + (head + 8) % room, size, RECORDS))
            head += size + 15 & -8
        if items:
            self._wake(self._putters, 2)
            count -= len(items)
            self._commit(head if count else 0, tail if count else 0, count, ended, room)
        return items

    def _wake(self, event: Event, flag: int) -> None:
        """Set the event if somebody waits for it: before the change, for a process killed between must not leave
        others asleep."""
        if self._words[flag]:
            event.set()
            self._words[flag] = 0

    def __iter__(self) -> Iterator[Any]:
        while True:
            try:
                item = self.get_bytes()
            except EOFError:
                return
            yield pickle.loads(item)

    def __getstate__(self) -> tuple[int, AnonymousMemory, Lock, Event, Event]:
        return self._maxsize, self._memory, self._lock, self._getters, self._putters

    def __setstate__(self, state: tuple[int, AnonymousMemory, Lock, Event, Event]) -> None:
        self._maxsize, self._memory, self._lock, self._getters, self._putters = state
        self._acquire, self._release = self._lock.acquire, self._lock.release
        self._map = self._memory.mapped
        self._words: memoryview = self._memory.view.cast("Q")
        self._end, self._room = self._memory.size, self._memory.size - RECORDS
