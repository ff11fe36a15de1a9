"""The end of a ring that messages are put into; `receiver` says how it works.

What a message costs is a dozen steps of Python. So for messages of one size in a row header and body are stored by one
call in C, and there is no barrier where the processor does not need it.
"""
from __future__ import annotations

import errno
import struct
from functools import lru_cache
from typing import Any, Callable, Sequence

from ..._deadline import deadline_after, time_left
from ..ends import MessageSender
from ..frames import LARGEST, LARGEST_BATCH, join_batch
from ..system.memory import AnonymousMemory, store_around
from .ends import HEAD, RECEIVER_SLEEPS, SENDER_SLEEPS, START, STORES_IN_ORDER, TAIL, RingEnd

LARGEST_LEARNT = 1 << 12  # bytes: with larger messages the steps of Python no longer count


@lru_cache(maxsize=64)
def packer(size: int) -> Callable[..., None]:
    """Return the function that puts a header and a message of `size` bytes into a buffer.

    >>> buffer = bytearray(11)
    >>> packer(3)(buffer, 0, 3, b"abc"); bytes(buffer[8:])
    b'abc'
    """
    return struct.Struct(f"Q{size}s").pack_into


class RingSender(RingEnd, MessageSender):
    """The end of a ring that messages are put into, by one thread of one process at a time.

    >>> from netio.ipc import open_ring
    >>> receiver, sender = open_ring()
    >>> sender.send_bytes(b"one"); sender.send_many([b"two", b"", b"three"]); sender.send({"four": 4})
    >>> receiver.recv_bytes(), receiver.recv_many(2), receiver.recv_bytes(), receiver.recv()
    (b'one', [b'two', b''], b'three', {'four': 4})
    >>> sender.close(); receiver.close()

    A message that was sent reaches a living receiver, whatever becomes of this process. When the ring is full,
    sending waits.

    Raises: BrokenPipeError when the receiver has ended and room or a doorbell is wanted; TimeoutError with nothing sent
    (of a batch larger than a quarter of the ring: not all); ValueError for a message that never fits.
    """

    def __init__(self, memory: AnonymousMemory, doorbell: Any, peer_doorbell: Any) -> None:
        RingEnd.__init__(self, memory, doorbell, peer_doorbell)
        self._room = self._head + self._size  # up to here the sender may write
        self._last = self._like = -1  # the size of the last message, and the one that `_pack` is made for
        self._step = 0
        self._pack: Any = None

    def send_many(self, messages: Sequence[bytes], timeout: float | None = None) -> None:
        """Send a list of messages as one record: five times the speed of one by one."""
        if not messages:
            return
        kind, body = join_batch(messages)
        if kind == 1 or len(body) <= self._size >> 2 and (body or len(messages) <= LARGEST_BATCH):
            self._send_record(kind, body, timeout)
        else:  # in pieces, so that the receiver reads while the rest is written
            deadline, half = deadline_after(timeout), len(messages) >> 1
            self.send_many(messages[:half], timeout)
            self.send_many(messages[half:], time_left(deadline))

    def send_bytes(self, message: bytes, timeout: float | None = None) -> None:
        """Send one message; b'' is one, too."""
        size = len(message)
        if size != self._like:  # what follows is for more of the same
            self._send_record(0, message, timeout)
            self._learn(size)
            return
        tail, pack = self._tail, self._pack  # a local name: `self._pack()` would search the class first, each time
        after = tail + self._step
        if after > self._room:
            self._wait_for_room(after, timeout)
        try:
            pack(self._words, tail & self._mask, size, message)
        except (struct.error, TypeError):  # around the end, or not `bytes` but something like them: TypeError is PyPy's
            self._write(tail & self._mask, 0, message)
        if not STORES_IN_ORDER:
            self._barrier()
        self._tail = self._counters[TAIL] = after
        if not STORES_IN_ORDER:
            self._barrier()
        if self._counters[RECEIVER_SLEEPS]:
            self._wake_peer(RECEIVER_SLEEPS)

    def _learn(self, size: int) -> None:
        """Make ready for more messages of this size where two came in turn: header and body in one step of C."""
        if size == self._last and size <= LARGEST_LEARNT:
            self._pack, self._step, self._like = packer(size), (size + 15) & -8, size
        self._last = size

    def _send_record(self, kind: int, body: bytes, timeout: float | None) -> None:
        """Send a record of any kind and size."""
        tail = self._tail
        after = tail + ((len(body) + 15) & -8)
        if after > self._room:
            self._wait_for_room(after, timeout)
        self._write(tail & self._mask, kind, body)
        if not STORES_IN_ORDER:
            self._barrier()
        self._tail = self._counters[TAIL] = after
        self._barrier()  # on x86, too: behind many stores the tail is long under way
        if self._counters[RECEIVER_SLEEPS]:
            self._wake_peer(RECEIVER_SLEEPS)

    def _write(self, start: int, kind: int, body: bytes) -> None:
        """Write a record, around the end where need be; nobody sees it yet."""
        size = len(body)
        self._words[start >> 3] = kind << 32 | size
        store_around(self._memory, start + START + 8, body, START)

    def _wait_for_room(self, after: int, timeout: float | None) -> None:
        """Wait until the ring has room up to the position `after`."""
        if after - self._tail > self._size or after - self._tail > LARGEST:
            raise ValueError(f"{after - self._tail} bytes never fit in a ring of {self._size}")
        deadline = deadline_after(timeout)
        while True:
            self._room = self._counters[HEAD] + self._size
            self._barrier()
            if after <= self._room:
                return
            if self._counters[SENDER_SLEEPS]:
                self._sleep(deadline, timeout)
            self._counters[SENDER_SLEEPS] = 1
            self._barrier()

    def _sleep(self, deadline: float | None, timeout: float | None) -> None:
        """Wait for the doorbell, which the receiver rings when it has made room."""
        try:
            if not self._doorbell.read(time_left(deadline)):
                raise BrokenPipeError(errno.EPIPE, "the receiver has ended")
        except TimeoutError:
            raise TimeoutError(f"no room within {timeout:g} s: the receiver is slow") from None
