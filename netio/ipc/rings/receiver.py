"""A ring of messages in shared memory: one sender, one receiver, no system call while both are busy.

    0    tail: bytes ever written; only the sender stores it       128  1 while the receiver sleeps
    64   head: bytes ever read; only the receiver stores it        192  1 while the sender sleeps
    256  records, each from a multiple of 8 on: a word, size + kind * 2**32 (see `frames`), and the body, around the end
         where need be

**Dead peers.** There is no lock. A record counts only once the tail after it is stored, which is one store of eight
bytes, so a sender killed at any point leaves whole messages only, and a receiver killed at any point leaves nothing
that the sender waits for. An end that must wait sets its flag, looks again, and sleeps in a read from a pipe (the
doorbell) whose other end the peer alone holds: the peer writes a byte there when it sees the flag, and its death ends
the pipe.
Nobody spins for more than microseconds.

**Order.** Processors, ARM above all, may make stores visible in another order than written. Between body and tail,
between flag and second look, and between reading and giving room back there must be a barrier. Python has none by
name, but to release a lock and to take it again is one: nothing before a release may move after it, nothing after an
acquire may move before it, and the two, on one lock, keep their order (POSIX lists the functions beneath among those
that "synchronize memory"). Each end has a lock of its own for that; nobody else ever wants it. Readers need the same
between tail and body. On x86 stores are seen in order by themselves, but a sender may look at the flag just before
its tail is seen: a barrier there would cost more than all the rest of a short message. So the receiver does the work
instead: its first sleep is short, and it looks once more after it, long after the tail has left the sender's
processor (Intel's manual, volume 3, "Store Buffer": each interrupt empties it). From then on its flag is seen by
everybody.
"""
from __future__ import annotations

import os
import struct
from typing import Any

from ..._deadline import deadline_after, time_left
from ..ends import MessageReceiver
from ..frames import unpack_frame
from ..streams import open_stream
from ..system.memory import AnonymousMemory, duplicate_memory, load_around
from ..system.waiting import FLOW_BYTES, Flow, wait_to_batch
from .ends import (
    HEAD, RECEIVER_SLEEPS, SENDER_SLEEPS, START, STORES_IN_ORDER, TAIL, Nap, RingEnd, ring_memory_size,
)
from .sender import LARGEST_LEARNT, RingSender

RING_SIZE = 1 << 20  # bytes
TAKE_MOST = 1 << 17  # bytes: where more is freed at once malloc gives pages back, and has to fault them in again
SHORTEST_RUN = 4  # messages of one size that are cut at one go
LOW = (1 << 32) - 1  # the lower half of a counter
YIELDS = 2  # looks at the tail, each after giving way to other processes, before sleeping
give_way = getattr(os, "sched_yield", lambda: None)


class RingReceiver(RingEnd, MessageReceiver):
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

    def __init__(self, memory: AnonymousMemory, doorbell: Any, peer_doorbell: Any) -> None:
        MessageReceiver.__init__(self)
        RingEnd.__init__(self, memory, doorbell, peer_doorbell)
        self._tail = self._head
        self._flow = Flow(FLOW_BYTES if self._size >= FLOW_BYTES << 3 else 0)  # a small ring would be full too soon

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
        head = self._take(head, min(self._tail, head + min(self._size >> 2, TAKE_MOST)))
        if head > self._tail:
            raise ValueError(f"the ring is spoilt: a record ends {head - self._tail} bytes after what was sent")
        self._flow.count(len(self._ready), head - self._head)
        self._head = head
        self._give_back(head)

    def _take(self, head: int, tail: int) -> int:
        """Move the records between two positions to `_ready`; return the end of the last one."""
        mapped, words, mask, end, ready = self._map, self._words, self._mask, self._end, self._ready
        before = -1
        while head < tail:
            start = head & mask
            word = words[start >> 3]
            size = word & LOW
            if word == before <= LARGEST_LEARNT and (run := self._cut_run(start, word, tail - head)):
                ready += run
                head += len(run) * ((size + 15) & -8)
                continue
            before = word if before < 0 else -1
            head += (size + 15) & -8
            start += START + 8
            stop = start + size
            if stop <= end:
                body = mapped[start:stop]
            else:
                body = load_around(self._memory, start, size, START)
            if word == size:
                ready.append(body)
            else:
                ready += unpack_frame(word >> 32, body)
        return head

    def _cut_run(self, start: int, size: int, most: int) -> list[bytes]:
        """Return the next messages as far as all their headers say `size`; [] for a short run."""
        step = (size + 15) & -8
        count = min(most, self._size - start) // step
        if count < SHORTEST_RUN:
            return []
        first = start >> 3
        column = self._words[first:first + count * (step >> 3):step >> 3].tolist()
        if column.count(size) != count:
            count = next(number for number, word in enumerate(column) if word != size)
        view = self._memory.view[START + start:START + start + count * step]
        return [message for message, in struct.iter_unpack(f"8x{size}s{step - size - 8}x", view)]

    def _give_back(self, head: int) -> None:
        """Let the sender have the room of what has been read, all at once for many small messages."""
        if not STORES_IN_ORDER:
            self._barrier()
        self._counters[HEAD] = head
        self._release()
        self._acquire()
        if self._counters[SENDER_SLEEPS]:
            self._ring_sender()

    def _ring_sender(self) -> None:
        try:
            self._wake_peer(SENDER_SLEEPS)
        except BrokenPipeError:
            pass  # it has died, and what it sent is still to be read

    def request_wakeup(self) -> bool:
        """Ask the sender to ring for its next message; return whether one has come already.

        A caller that then waits for the doorbell by other means than `recv` calls `poll` once more after RECHECK_DELAY
        seconds.
        """
        if self._counters[SENDER_SLEEPS]:  # it was not heard, or both would sleep
            self._ring_sender()
        self._counters[RECEIVER_SLEEPS] = 1
        self._barrier()
        return self.poll()

    def drain_doorbell(self) -> bool:
        """Take the rings that have come; False when the sender has ended."""
        try:
            return bool(self._doorbell.read(0))
        except TimeoutError:
            return True

    def _sleep(self, nap: Nap, deadline: float | None, timeout: float | None) -> bool:
        """Wait for the doorbell, or for a nap; return whether the sender has ended."""
        try:
            ended = not self._doorbell.read(nap.limit(time_left(deadline)))
        except TimeoutError:
            if nap.is_over():
                raise TimeoutError(f"nothing to read within {timeout:g} s") from None
            return False
        nap.wake()
        return ended

    def _wait_for_message(self, timeout: float | None) -> None:
        head, counters, deadline = self._head, self._counters, deadline_after(timeout)
        if self._flow.steady:
            wait_to_batch(timeout)
        for _ in range(0 if timeout == 0 else YIELDS):
            if counters[TAIL] != head:
                break
            give_way()
        ended, nap = False, Nap()
        while not self.poll():
            if ended:
                raise EOFError("the other side has ended")
            if not self.request_wakeup():
                self._flow.stop()
                ended = self._sleep(nap, deadline, timeout)


def open_ring(size: int = RING_SIZE) -> tuple[RingReceiver, RingSender]:
    """Return the two ends of a new ring with room for `size` bytes of records (rounded up to a power of two).

    >>> receiver, sender = open_ring(1 << 12)
    >>> sender.size
    4096
    >>> sender.send_bytes(bytes(4088)); sender.send_bytes(b"", timeout=0)
    Traceback (most recent call last):
    TimeoutError: no room within 0 s: the receiver is slow
    >>> sender.send_bytes(bytes(4089))
    Traceback (most recent call last):
    ValueError: 4104 bytes never fit in a ring of 4096
    >>> sender.close(); receiver.close()

    A small ring stays in the processor's cache and is the fastest; make it four times your batches. Give the ends
    away with `start`. The stdlib has nothing like it; see `multiprocessing.shared_memory` for the memory alone.
    """
    memory = AnonymousMemory(ring_memory_size(size))
    (woken_receiver, wake_receiver), (woken_sender, wake_sender) = open_stream(), open_stream()
    receiver = RingReceiver(memory, woken_receiver, wake_sender)
    return receiver, RingSender(duplicate_memory(memory), woken_sender, wake_receiver)
