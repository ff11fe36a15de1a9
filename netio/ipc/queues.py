"""A bounded first-in-first-out queue between any number of processes, which no killed process can block.

The items are in a ring of shared memory. `put` and `get` hold one lock, which is free again when its holder is killed.
The queue's state (where it begins and ends) is in the memory twice; a change is written to the copy not in use and
becomes valid with the store of one word that says which copy counts. So a process killed in the middle has done
nothing at all. A process that finds the queue empty or full sets a flag under the lock and waits for an event; the
next `put` or `get` sets that event. There is no feeder thread: `put` has put when it returns, and a process may end
and be joined with its items unread.

An item longer than the memory goes through it in pieces. Who puts it holds a second lock for all that time, and who
gets it a third. So nobody else's items come between, and whoever gets one of these locks and finds the state in the
middle of an item knows that the other has ended there. The half item is then taken out: one whose putter has died is
replaced by a mark, for which the next `get` raises an error; one whose getter has gone is put again from its beginning.
"""
from __future__ import annotations

import errno
import pickle
import queue
import struct
import time
from typing import Any, Callable, Iterator, Sequence

from .._deadline import deadline_after, time_left
from .ends import End
from .locks import Event, Lock
from .system.memory import AnonymousMemory, load_around, store_around

QUEUE_ROOM = 1 << 24  # bytes
SMALLEST_ROOM = 64  # bytes
LOCK_TIMEOUT = 1.0  # seconds; the lock is held for microseconds, so even a call that may not wait waits for that
DEATH_CHECK = 0.1  # seconds between two looks whether the putter of a long item is alive
LOST = 1 << 63  # instead of an item's size: its putter died before all of it was there
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


# Bytes ever got, bytes ever put, items, 1 once no more will come; of a long item: bytes of the last one yet to be put,
# bytes of the first one yet to be got, and where the last one begins.
_State = tuple[int, int, int, int, int, int, int]
_LAYOUT = struct.Struct("=7Q")
_unpack, _pack = _LAYOUT.unpack_from, _LAYOUT.pack_into
_LONG: list[bytes] = [b"the first item is long, or lost"]


class _Gone(Exception):
    """The long item is no longer there."""


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
    many as fit), `room` the most bytes, of which only those used take memory. An item longer than that goes through in
    pieces while somebody gets it; once it moves, each piece has at least a second. `end` ends every consumer once the
    items are read. `qsize`, `full` and `empty` are exact when they look and may be out of date when you do.

    Raises: QueueFull and QueueEmpty when time is over, with nothing put or got; EOFError from `get` after the end;
    BrokenPipeError from `put` after the end; ConnectionResetError from `get`, once, in the place of a long item whose
    putter died in the middle of it.
    Notes: 消息队列 (message queue). The stdlib: `multiprocessing.Queue`, which a process killed at the wrong time blocks
    for all, whose `join` waits for items to be read, and whose `qsize` macOS lacks.
    """

    def __init__(self, maxsize: int = 0, room: int = QUEUE_ROOM) -> None:
        memory = AnonymousMemory(RECORDS + (max(room, SMALLEST_ROOM) + 7 & -8))
        self.__setstate__((maxsize, memory, Lock(), Event(), Event(), Lock(), Lock()))

    def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
        """Put an object at the end; with block=False or timeout=0, only if there is room now."""
        self.put_bytes(pickle.dumps(item, pickle.HIGHEST_PROTOCOL), timeout if block else 0)

    def put_many(self, items: Sequence[object], timeout: float | None = None) -> None:
        """Put all items, one after the other if there is room for all; if not, others may come between."""
        self._put([pickle.dumps(item, pickle.HIGHEST_PROTOCOL) for item in items], timeout)

    def put_bytes(self, item: bytes, timeout: float | None = None) -> None:
        """Put bytes, for `get_bytes`."""
        words, map_, size = self._words, self._map, len(item)
        if self._acquire(None if timeout is None else LOCK_TIMEOUT):  # written out: what most calls can do at once
            try:
                now = words[0]
                head, tail, count, ended, coming, going, begin = _unpack(map_, 64 + 64 * now)
                start, after = RECORDS + tail % self._room, tail + (size + 15 & -8)
                if (after - head <= self._room and start + 8 + size <= self._end and not ended and not coming
                        and (count < self._maxsize or not self._maxsize)):
                    words[start >> 3] = size
                    map_[start + 8:start + 8 + size] = item
                    if words[1]:
                        self._wake(self._getters, 1)
                    _pack(map_, 128 - 64 * now, head, after, count + 1, 0, 0, going, begin)
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
        if self._acquire(None if timeout is None else LOCK_TIMEOUT):  # written out: what most calls can do at once
            try:
                now = words[0]
                head, tail, count, ended, coming, going, begin = _unpack(map_, 64 + 64 * now)
                start = RECORDS + head % self._room
                if count and not going and (stop := start + 8 + words[start >> 3]) <= self._end:
                    item: bytes = map_[start + 8:stop]
                    head += stop - start + 7 & -8
                    if words[2]:
                        self._wake(self._putters, 2)
                    if count == 1:
                        head = tail = 0  # empty: begin at the front again
                    _pack(map_, 128 - 64 * now, head, tail, count - 1, ended, coming, 0, begin)
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
            head, tail, count, _, *long = self._state()
            self._commit(head, tail, count, 1, *long)

    def qsize(self) -> int:
        """Return how many items there are."""
        return self._look()[2]

    def empty(self) -> bool:
        """Return whether there was no item."""
        return not self._look()[2]

    def full(self) -> bool:
        """Return whether there was no room even for a small item."""
        head, tail, count, _, coming, _, _ = self._look()
        return bool(coming or self._maxsize and count >= self._maxsize) or self._room - (tail - head) < 32

    def close(self) -> None:
        """Close the queue in this process; the others go on."""
        self._words.release()
        for part in (self._memory, self._lock, self._getters, self._putters, self._putting, self._getting):
            part.close()

    def _look(self) -> _State:
        with self._lock:
            return self._state()

    def _state(self) -> _State:
        state: _State = _unpack(self._map, 64 + 64 * self._words[0])
        return state

    def _commit(self, *state: int) -> None:
        other = 1 - self._words[0]
        _pack(self._map, 64 + 64 * other, *state)
        self._words[0] = other

    def _put(self, items: Sequence[bytes], timeout: float | None) -> None:
        done, deadline = 0, deadline_after(timeout)
        while done < len(items):
            if len(items[done]) + 8 > self._room:
                self._put_long(items[done], deadline, timeout)
                moved = 1
            else:
                moved = self._when(self._putters, 2, deadline, self._write, items, done)
            if not moved or moved < 0 and not self._outwait(deadline):
                raise QueueFull(f"room for {done} of {len(items)} items within {timeout:g} s")
            done += max(0, moved)

    def _get(self, most: int, timeout: float | None) -> list[bytes]:
        deadline = deadline_after(timeout)
        while True:
            items: list[bytes] | None = self._when(self._getters, 1, deadline, self._read, most)
            if items is _LONG:
                try:
                    items = self._get_long(deadline)
                except _Gone:  # the next one may be there
                    continue
            if items:
                return items
            if time_left(deadline) == 0:
                raise QueueEmpty(f"no item came within {timeout:g} s")

    def _when(self, event: Event, flag: int, deadline: float | None, act: Callable[..., Any], *given: Any) -> Any:
        """Call `act` under the lock, again whenever `event` is set, until it returns something true or time is over."""
        while True:
            limit = None if deadline is None else max(LOCK_TIMEOUT, deadline - time.monotonic())
            if not self._acquire(limit):
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
        """Write as many items as there is room for, from index `first` on; return how many, -1 while a long item is
        being put."""
        head, tail, count, ended, coming, going, begin = self._state()
        if ended:
            raise BrokenPipeError(errno.EPIPE, "the queue has ended")
        if coming:
            return -1
        most = len(items) - first
        if self._maxsize:
            most = min(most, self._maxsize - count)
        words, room, done = self._words, self._room, 0
        while done < most:
            item = items[first + done]
            after = tail + (len(item) + 15 & -8)
            if after - head > room:
                break
            words[(RECORDS + tail % room) >> 3] = len(item)
            store_around(self._memory, RECORDS + (tail + 8) % room, item, RECORDS)
            tail, done = after, done + 1
        if done:
            self._wake(self._getters, 1)
            self._commit(head, tail, count + done, 0, 0, going, begin)
        return done

    def _read(self, most: int) -> list[bytes]:
        """Return up to `most` items and remove them."""
        head, tail, count, ended, coming, going, begin = self._state()
        if not count and ended:
            raise EOFError("the queue has ended")
        words, room, items = self._words, self._room, []
        for _ in range(min(most, count)):
            size = words[(RECORDS + head % room) >> 3]
            if going or size + 8 > room:
                break
            items.append(load_around(self._memory, RECORDS + (head + 8) % room, size, RECORDS))
            head += size + 15 & -8
        if not items:
            return _LONG if count else []
        self._wake(self._putters, 2)
        count -= len(items)
        self._commit(head if count else 0, tail if count else 0, count, ended, coming, 0, begin)
        return items

    def _put_long(self, item: bytes, deadline: float | None, timeout: float | None) -> None:
        """Put an item that is longer than the room, piece by piece; where that takes too long take it out again."""
        sent, data = 0, memoryview(item)
        if not self._outwait(deadline, keep=True):
            raise QueueFull(f"another long item was being put for {timeout:g} s")
        try:
            while sent < len(data):
                is_got = sent or self._words[1]  # or what went out is only what there was room for
                now = self._when(self._putters, 2, deadline, self._put_piece, data, sent)
                if not now:
                    raise QueueFull(f"{sent} of {len(data)} bytes of an item went out within {timeout:g} s: "
                                    "it is taken out again")
                sent, deadline = now, _while_moving(deadline) if is_got else deadline
        finally:
            try:
                if sent < len(data):
                    self._when(self._putters, 2, time.monotonic(), self._withdraw)
            finally:  # where it could not be taken out the next putter marks it as lost
                self._putting.release()

    def _put_piece(self, data: memoryview, sent: int) -> int:
        """Write what there is room for; return how much of the item is out, 0 where there is no room."""
        head, tail, count, ended, coming, going, begin = self._state()
        if not sent or coming != len(data) - sent:  # the first piece, or who got the others has gone: start again
            if ended:
                raise BrokenPipeError(errno.EPIPE, "the queue has ended")
            if self._maxsize and count >= self._maxsize or self._room - (tail - head) < 16:
                return 0
            self._words[(RECORDS + tail % self._room) >> 3] = len(data)
            begin, tail, count, sent = tail, tail + 8, count + 1, 0
        piece = data[sent:sent + self._room - (tail - head)]
        if not piece:
            return 0
        store_around(self._memory, RECORDS + tail % self._room, piece, RECORDS)
        tail, sent = tail + len(piece), sent + len(piece)
        coming = len(data) - sent
        self._wake(self._getters, 1)
        self._commit(head, tail if coming else tail + 7 & -8, count, ended, coming, going, begin)
        return sent

    def _outwait(self, deadline: float | None, keep: bool = False) -> bool:
        """Wait until a long item has been put, or its putter has died; False when time is over.

        With `keep` the right to put one is ours then.
        """
        if not self._putting.acquire(time_left(deadline)):
            return False
        done = False
        try:
            done = bool(self._when(self._putters, 2, deadline, self._mark_lost))
        finally:
            if not (done and keep):
                self._putting.release()
        return done

    def _mark_lost(self) -> bool:
        """With the right to put: replace an item that is half there, whose putter has died, by a mark."""
        self._withdraw(mark=1)
        return True

    def _withdraw(self, mark: int = 0) -> bool:
        """Take out the last item, which is half there, and leave a mark of 8 bytes or none."""
        head, tail, count, ended, coming, going, begin = self._state()
        if coming:
            if going and count == 1:  # somebody has got the beginning of it
                head = tail = tail + 7 & -8
                going = 0
            else:
                tail = begin
            if mark:
                self._words[(RECORDS + tail % self._room) >> 3] = LOST
            self._wake(self._getters, 1)
            self._wake(self._putters, 2)
            self._commit(head, tail + 8 * mark, count - 1 + mark, ended, 0, going, 0)
        return True

    def _get_long(self, deadline: float | None) -> list[bytes]:
        """Return the first item, which is longer than the room; [] when time is over. Raises: _Gone."""
        parts: list[bytes] = []
        wanted = -1
        if not self._getting.acquire(time_left(deadline)):
            return []
        try:
            while wanted:
                check = time.monotonic() + DEATH_CHECK
                step = self._when(self._getters, 1, check if deadline is None else min(check, deadline),
                                  self._get_piece, parts, wanted)
                if step:
                    wanted, deadline = step[0], _while_moving(deadline)
                elif time_left(deadline) == 0:
                    return []
            return [b"".join(parts)]
        finally:
            try:
                if wanted > 0:
                    self._when(self._getters, 1, time.monotonic(), self._give_up)
            finally:
                self._getting.release()

    def _get_piece(self, parts: list[bytes], wanted: int) -> tuple[int, ...]:
        """Move what has come of the item to `parts`; return (bytes that are wanting,), or () where nothing has come."""
        head, tail, count, ended, coming, going, begin = self._state()
        if wanted < 0:
            head, going = self._first_piece(head, count, going)
        elif going != wanted:
            raise _Gone  # its putter has taken it out
        size = min(going, tail - head)
        if not size and wanted > 0:
            return self._look_for_putter()
        parts.append(load_around(self._memory, RECORDS + head % self._room, size, RECORDS))
        head, going = head + size, going - size
        if not going:
            head, count = head + 7 & -8, count - 1
        self._wake(self._putters, 2)
        self._commit(head if count else 0, tail if count else 0, count, ended, coming, going, begin)
        return (going,)

    def _first_piece(self, head: int, count: int, going: int) -> tuple[int, int]:
        """Return where the item's bytes begin, and how many they are."""
        if going:  # with the right to get: whoever got the beginning of it has died
            self._give_up()
            raise _Gone
        size = self._words[(RECORDS + head % self._room) >> 3] if count else 0
        if size == LOST:
            _, tail, _, *rest = self._state()
            self._wake(self._putters, 2)
            self._commit(head + 8, tail, count - 1, *rest)
            raise ConnectionResetError(errno.ECONNRESET, "a process died while it put a long item, which is lost")
        if size + 8 <= self._room:
            raise _Gone  # another has got it
        return head + 8, size

    def _look_for_putter(self) -> tuple[int, ...]:
        """Mark the item as lost where its putter has died."""
        if self._putting.acquire(0):
            try:
                self._mark_lost()
            finally:
                self._putting.release()
        return ()

    def _give_up(self) -> bool:
        """Leave a long item of which a part has been got: its putter starts again, or has gone."""
        head, tail, count, ended, coming, going, begin = self._state()
        if going and coming and count == 1:
            self._withdraw()
        elif going:
            self._wake(self._putters, 2)
            self._commit(head + going + 7 & -8, tail, count - 1, ended, coming, 0, begin)
        return True

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

    def __getstate__(self) -> tuple[Any, ...]:
        return self._maxsize, self._memory, self._lock, self._getters, self._putters, self._putting, self._getting

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._maxsize, self._memory, self._lock, self._getters, self._putters, self._putting, self._getting = state
        self._acquire, self._release = self._lock.acquire, self._lock.release
        self._map = self._memory.mapped
        self._words: memoryview = self._memory.view.cast("Q")
        self._end, self._room = self._memory.size, self._memory.size - RECORDS


def _while_moving(deadline: float | None) -> float | None:
    """Return the deadline of one who has just moved a piece: the other side has a second for the next."""
    return None if deadline is None else max(deadline, time.monotonic() + LOCK_TIMEOUT)
