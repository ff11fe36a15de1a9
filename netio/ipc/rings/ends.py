"""What both ends of a ring have: memory, counters, barrier and doorbell. `receiver` says how they work."""
from __future__ import annotations

import os
import sys
import threading
from typing import Any

from ..ends import End
from ..system.memory import AnonymousMemory

START = 256  # where the records begin
TAIL, HEAD, RECEIVER_SLEEPS, SENDER_SLEEPS = 0, 8, 16, 24  # in words of 8 bytes, a cache line each
# platform.machine() asks a service of Windows, or starts a program, in each process that is spawned.
_MACHINE = os.environ.get("PROCESSOR_ARCHITECTURE", "") if os.name == "nt" else os.uname().machine
STORES_IN_ORDER = _MACHINE.lower() in ("x86_64", "amd64")  # as x86 guarantees, and ARM does not
RECHECK_DELAY = 0.002 if STORES_IN_ORDER else None  # seconds that the first sleep may last


class Nap:
    """How long a receiver may sleep: a moment at first, without limit once its flag has been up for that long.

    Only a flag that has been up through a whole nap is surely seen by the sender (see `receiver`, Order).

    >>> nap = Nap()
    >>> nap.limit(left=60) == (60 if RECHECK_DELAY is None else RECHECK_DELAY)
    True
    >>> nap.is_over() == (RECHECK_DELAY is None), nap.limit(left=60), nap.is_over()
    (True, 60, True)
    """

    def __init__(self) -> None:
        self._first, self._short = RECHECK_DELAY, False

    def limit(self, left: float | None) -> float | None:
        """Return the seconds that the next sleep may last, where the caller has `left`."""
        self._short = self._first is not None and (left is None or self._first < left)
        return self._first if self._short else left

    def is_over(self) -> bool:
        """Return, after a sleep in which nothing came, whether the caller's time is over, not only the nap."""
        if self._short:
            self._first = None
        return not self._short

    def wake(self) -> None:
        """Start again: the peer has taken the flag down."""
        self._first = RECHECK_DELAY


def ring_memory_size(size: int) -> int:
    """Return the bytes of memory for a ring with room for `size` bytes, rounded up to a power of two.

    >>> ring_memory_size(1000), ring_memory_size(1)
    (1280, 264)
    """
    return START + (1 << max(3, (size - 1).bit_length()))


class RingEnd(End):
    """What both ends of a ring have: the memory, the counters, the barrier and the doorbell.

    >>> class Doorbell:
    ...     close = staticmethod(lambda: None)
    >>> end = RingEnd(AnonymousMemory(ring_memory_size(1000)), Doorbell, Doorbell)
    >>> end.size
    1024
    >>> end.close()
    """

    def __init__(self, memory: AnonymousMemory, doorbell: Any, peer_doorbell: Any) -> None:
        if sys.maxsize < 1 << 32:
            raise NotImplementedError("a ring needs a 64-bit Python, where a store of eight bytes is one store")
        self._memory, self._doorbell, self._peer_doorbell = memory, doorbell, peer_doorbell
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
    def doorbell(self) -> Any:
        """Return the stream that can be read when the other side rings or ends."""
        return self._doorbell

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when the other side rings or ends."""
        return int(self._doorbell.fileno())

    def close(self) -> None:
        """Close this end; the other side sees the end of the stream."""
        for stream in self.streams():
            stream.close()
        self._counters.release()
        self._words.release()
        self._memory.close()

    def streams(self) -> list[Any]:
        return [self._doorbell, self._peer_doorbell]

    def _barrier(self) -> None:
        self._release()
        self._acquire()

    def _wake_peer(self, flag: int) -> None:
        """Wake the other side, which has set its flag."""
        self._counters[flag] = 0
        try:
            self._peer_doorbell.write(b"!", 0)
        except TimeoutError:
            pass  # it has not heard the last 65536 rings
        except OSError:
            self._counters[flag] = 1  # it still sleeps: the next one rings
            raise

    def __getstate__(self) -> tuple[AnonymousMemory, Any, Any]:
        return self._memory, self._doorbell, self._peer_doorbell

    def __setstate__(self, state: tuple[AnonymousMemory, Any, Any]) -> None:
        self.__init__(*state)  # type: ignore[misc]
