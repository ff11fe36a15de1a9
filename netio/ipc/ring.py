"""A ring of messages in shared memory: one sender, one receiver, no system call while both are busy.

    0    tail: bytes ever written; only the sender stores it       128  1 while the receiver sleeps
    64   head: bytes ever read; only the receiver stores it        192  1 while the sender sleeps
    256  records, each from a multiple of 8 on: a word, size + kind * 2**32 (see `frames`), and the body, around the end
         where need be

**Dead peers.** There is no lock. A record counts only once the tail behind it is stored, which is one store of eight
bytes, so a sender killed at any point leaves whole messages only, and a receiver killed at any point leaves nothing
that the sender waits for. Who must wait sets its flag, looks again, and sleeps in a read from a pipe (the bell) whose
other end the peer alone holds: the peer writes a byte there when it sees the flag, and its death ends the pipe.
Nobody spins for more than microseconds.

**Order.** Processors, ARM above all, may make stores visible in another order than written. Between body and tail,
between flag and second look, and between reading and giving room back there must be a barrier. Python has none by
name, but to release a lock and to take it again is one: nothing before a release may move behind it, nothing after an
acquire may move before it, and the two, on one lock, keep their order (POSIX lists the functions beneath among those
that "synchronize memory"). Each end has a lock of its own for that; nobody else ever wants it. Readers need the same
between tail and body. On x86 stores are seen in order by themselves, and only the look at the flag behind a store
needs the barrier.
"""
from __future__ import annotations

import os
import platform
import sys
import threading
from typing import Any, Sequence

from .ends import End, MessageReceiver, MessageSender
from .frames import LARGEST, join_batch, unpack_frame
from .memory import Memory
from .streams import deadline_after, open_stream, time_left

RING_SIZE = 1 << 20
TAKE_MOST = 1 << 17  # bytes: where more is freed at once malloc gives pages back, and has to fault them in again
START = 256  # where the records begin
TAIL, HEAD, RECEIVER_SLEEPS, SENDER_SLEEPS = 0, 8, 16, 24  # in words of 8 bytes, a cache line each
LOW = (1 << 32) - 1
STORES_IN_ORDER = platform.machine().lower() in ("x86_64", "amd64")
YIELDS = 2  # looks at the tail, each after giving way to other processes, before sleeping
give_way = getattr(os, "sched_yield", lambda: None)


class _RingEnd(End):
    """What both ends of a ring have: the memory, the counters, the barrier and the bell."""

    def __init__(self, memory: Memory, bell_in: Any, bell_out: Any) -> None:
        if sys.maxsize < 1 << 32:
            raise NotImplementedError("a ring needs a 64-bit Python, where a store of eight bytes is one store")
        self._memory, self._bell_in, self._bell_out = memory, bell_in, bell_out
        self._map, self._end = memory.mapped, memory.size
        self._size = memory.size - START
        self._mask = self._size - 1
        self._counters = memory.view[:START].cast("Q")
        self._words = memory.view[START:].cast("Q")
        lock = threading.Lock()
        lock.acquire()
        self._release, self._acquire = lock.release, lock.acquire  # one after the other: a memory barrier
        self._tail, self._head = self._counters[TAIL], self._counters[HEAD]

    @property
    def size(self) -> int:
        """Return how many bytes the ring has for records: a message may have eight fewer."""
        return self._size

    @property
    def bell(self) -> Any:
        """Return the stream that can be read when the other side rings or ends."""
        return self._bell_in

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when the other side rings or ends."""
        return int(self._bell_in.fileno())

    def close(self) -> None:
        """Let go of this end; the other side sees the end of the stream."""
        self._bell_in.close()
        self._bell_out.close()
        self._counters.release()
        self._words.release()
        self._memory.close()

    def _barrier(self) -> None:
        self._release()
        self._acquire()

    def _ring(self, flag: int) -> None:
        """Wake the other side, which has set its flag."""
        self._counters[flag] = 0
        try:
            self._bell_out.write(b"!", 0)
        except TimeoutError:
            pass  # it has not heard the last 65536 rings

    def __getstate__(self) -> tuple[Memory, Any, Any]:
        return self._memory, self._bell_in, self._bell_out

    def __setstate__(self, state: tuple[Memory, Any, Any]) -> None:
        self.__init__(*state)  # type: ignore[misc]


class RingSender(_RingEnd, MessageSender):
    """The end of a ring that messages are put into, by one thread of one process at a time.

    >>> receiver, sender = open_ring()
    >>> sender.send_bytes(b"one"); sender.send_many([b"two", b"", b"three"]); sender.send({"four": 4})
    >>> receiver.recv_bytes(), receiver.recv_many(2), receiver.recv_bytes(), receiver.recv()
    (b'one', [b'two', b''], b'three', {'four': 4})
    >>> sender.close(); receiver.close()

    A message that was sent reaches a living receiver, whatever becomes of this process. When the ring is full,
    sending waits.

    Raises: BrokenPipeError when the receiver has ended and room or a bell is wanted; TimeoutError with nothing sent
    (of a batch larger than a quarter of the ring: not all); ValueError for a message that never fits.
    """

    def send_many(self, messages: Sequence[bytes], timeout: float | None = None) -> None:
        """Send a list of messages as one record: ten times the speed of one by one."""
        if not messages:
            return
        kind, body = join_batch(messages)
        if len(body) <= self._size >> 2 or kind == 1:
            self.send_bytes(body, timeout, kind)
        else:  # in pieces, so that the receiver reads while the rest is written
            deadline, half = deadline_after(timeout), len(messages) >> 1
            self.send_many(messages[:half], timeout)
            self.send_many(messages[half:], time_left(deadline))

    def send_bytes(self, message: bytes, timeout: float | None = None, _kind: int = 0) -> None:
        """Send one message; b'' is one, too."""
        size = len(message)
        tail = self._tail
        after = tail + ((size + 15) & -8)
        if after - self._head > self._size:
            self._wait_for_room(after, timeout)
        start = tail & self._mask
        self._words[start >> 3] = _kind << 32 | size
        start += START + 8
        stop = start + size
        if stop <= self._end:
            self._map[start:stop] = message
        else:
            cut, view = self._end - start, memoryview(message)
            self._map[start:self._end], self._map[START:START + size - cut] = view[:cut], view[cut:]
        self._tail = after
        counters = self._counters
        if not STORES_IN_ORDER:
            self._barrier()
        counters[TAIL] = after
        self._release()  # a barrier: the tail is seen before the flag is looked at
        self._acquire()
        if counters[RECEIVER_SLEEPS]:
            self._ring(RECEIVER_SLEEPS)

    def _wait_for_room(self, after: int, timeout: float | None) -> None:
        """Wait until the ring has room up to the position `after`."""
        if after - self._tail > self._size or after - self._tail > LARGEST:
            raise ValueError(f"{after - self._tail} bytes never fit in a ring of {self._size}")
        deadline = deadline_after(timeout)
        while True:
            self._head = self._counters[HEAD]
            self._barrier()
            if after - self._head <= self._size:
                return
            if self._counters[SENDER_SLEEPS]:
                if not self._bell_in.read(time_left(deadline)):
                    raise BrokenPipeError("the receiver has ended")
            self._counters[SENDER_SLEEPS] = 1
            self._barrier()


class RingReceiver(_RingEnd, MessageReceiver):
    """The end of a ring that messages are taken from, by one thread of one process at a time; iterating yields objects.

    >>> receiver, sender = open_ring()
    >>> receiver.recv(timeout=0.01)
    Traceback (most recent call last):
    TimeoutError: nothing to read within 0.01 s
    >>> sender.send("last words"); sender.close()
    >>> list(receiver)
    ['last words']
    >>> receiver.close()

    Raises: EOFError when the sender has ended or died and all it sent is read; TimeoutError; ValueError where the
    memory has been spoilt.
    """

    def __init__(self, memory: Memory, bell_in: Any, bell_out: Any) -> None:
        MessageReceiver.__init__(self)
        _RingEnd.__init__(self, memory, bell_in, bell_out)
        self._tail = self._head

    def poll(self) -> bool:
        """Return whether a message can be had without waiting."""
        if self._ready or self._head != self._tail:
            return True
        self._tail = self._counters[TAIL]
        if not STORES_IN_ORDER:
            self._barrier()
        return self._head != self._tail

    def _fill(self, timeout: float | None) -> None:
        """Move the records that have come to `_ready`, a quarter of the ring at most, so that the sender can go on."""
        head = self._head
        if head == self._tail:
            self._wait_for_message(timeout)
        tail = min(self._tail, head + min(self._size >> 2, TAKE_MOST))
        mapped, words, mask, end, ready = self._map, self._words, self._mask, self._end, self._ready
        while head < tail:
            start = head & mask
            word = words[start >> 3]
            size = word & LOW
            head += (size + 15) & -8
            start += START + 8
            stop = start + size
            if stop <= end:
                body = mapped[start:stop]
            else:
                view = self._memory.view
                body = b"".join((view[start:end], view[START:START + stop - end]))
            if word == size:
                ready.append(body)
            else:
                ready += unpack_frame(word >> 32, body)
        if head > self._tail:
            raise ValueError(f"the ring is spoilt: a record ends {head - self._tail} bytes behind what was sent")
        self._head = head
        self._give_back(head)

    def _give_back(self, head: int) -> None:
        """Let the sender have the room of what has been read, all at once for many small messages."""
        if not STORES_IN_ORDER:
            self._barrier()
        self._counters[HEAD] = head
        self._release()
        self._acquire()
        if self._counters[SENDER_SLEEPS]:
            try:
                self._ring(SENDER_SLEEPS)
            except BrokenPipeError:
                pass  # it has died, and what it sent is still to be read

    def fall_asleep(self) -> bool:
        """Ask the sender to ring for its next message; return whether one has come already."""
        self._counters[RECEIVER_SLEEPS] = 1
        self._barrier()
        return self.poll()

    def hear(self) -> bool:
        """Take the rings that have come; False when the sender has ended."""
        try:
            return bool(self._bell_in.read(0))
        except TimeoutError:
            return True

    def _wait_for_message(self, timeout: float | None) -> None:
        head, counters = self._head, self._counters
        for _ in range(0 if timeout == 0 else YIELDS):
            if counters[TAIL] != head:
                break
            give_way()
        deadline, ended = deadline_after(timeout), False
        while not self.poll():
            if ended:
                raise EOFError("the other side has ended")
            if not self.fall_asleep():
                ended = not self._bell_in.read(time_left(deadline))


def open_ring(size: int = RING_SIZE) -> tuple[RingReceiver, RingSender]:
    """Return the two ends of a new ring with room for `size` bytes of records (rounded up to a power of two).

    >>> receiver, sender = open_ring(1 << 12)
    >>> sender.size
    4096
    >>> sender.send_bytes(bytes(4088)); sender.send_bytes(b"", timeout=0)
    Traceback (most recent call last):
    TimeoutError: nothing to read within 0 s
    >>> sender.send_bytes(bytes(4089))
    Traceback (most recent call last):
    ValueError: 4104 bytes never fit in a ring of 4096
    >>> sender.close(); receiver.close()

    A small ring stays in the processor's cache and is the fastest; make it four times your batches. Give the ends
    away with `start`. The stdlib has nothing like it; see `multiprocessing.shared_memory` for the memory alone.
    """
    memory = Memory(START + (1 << max(3, (size - 1).bit_length())))
    (woken_receiver, wake_receiver), (woken_sender, wake_sender) = open_stream(), open_stream()
    receiver = RingReceiver(memory, woken_receiver, wake_sender)
    return receiver, RingSender(memory.duplicate(), woken_sender, wake_receiver)
