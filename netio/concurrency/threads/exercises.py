"""The notes' exercises with threads, each with its race made certain.

A race that shows up once in a million runs proves nothing. Here the place where a thread may be interrupted is a
parameter, `pause`: a function called exactly there. A `Meeting` as pause waits until the others are at the same
place. Without a lock they come, and the race happens every time; with a lock nobody else can, the meeting fails, and
the result is right.
"""
from __future__ import annotations

import contextlib
import string
import threading
from typing import Any, Callable, ContextManager

from .thread import ResultThread, run_in_threads

NO_LOCK: ContextManager[Any] = contextlib.nullcontext()  # for an exercise that shall go wrong


class Meeting:
    """A place where threads wait for each other: call it, and it returns when `parties` threads have, or none can.

    >>> meeting = Meeting(2, seconds=10)
    >>> run_in_threads([meeting, meeting])
    [True, True]

    It returns False when the others did not come within `seconds`, and from then on at once.
    The stdlib: `threading.Barrier`, which raises then.
    """

    def __init__(self, parties: int, seconds: float) -> None:
        self._barrier, self._seconds = threading.Barrier(parties), seconds

    def __call__(self) -> bool:
        with contextlib.suppress(threading.BrokenBarrierError):
            self._barrier.wait(self._seconds)
            return True
        return False


def alternate_with_events() -> str:
    """Let one thread write 1 to 52 and another A to Z, two numbers and a letter in turn, kept in step by two Events.

    >>> alternate_with_events()[:9]
    '12A34B56C'

    Notes: threads, Event 与 Lock 练习 (exercise 12A34B...5152Z).
    """
    numbers_turn, letters_turn = threading.Event(), threading.Event()
    numbers, letters = _EventTurn(numbers_turn, letters_turn), _EventTurn(letters_turn, numbers_turn)
    return _alternate(numbers, letters, numbers_turn.set)


def alternate_with_locks() -> str:
    """The same, kept in step by two Locks: each thread takes its own and releases the other's.

    >>> alternate_with_locks()[-8:]
    '50Y5152Z'

    It needs plain locks, which another thread may release.
    """
    numbers_turn, letters_turn = threading.Lock(), threading.Lock()
    numbers_turn.acquire()
    letters_turn.acquire()
    numbers, letters = _LockTurn(numbers_turn, letters_turn), _LockTurn(letters_turn, numbers_turn)
    return _alternate(numbers, letters, numbers_turn.release)


def alternate_freely(letters_first: bool) -> str:
    """The same without any step-keeping, in one of the orders that the system is free to choose.

    >>> alternate_freely(letters_first=True)[:28]
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ12'

    It often looks right on a quiet machine with the numbers first; it never is.
    """
    done = threading.Event()
    wait, free = _EventTurn(done, threading.Event()), _EventTurn(threading.Event(), done)
    free.mine.set()
    numbers, letters = (wait, free) if letters_first else (free, wait)
    return _alternate(numbers, letters, lambda: None, every=0)


class _EventTurn:
    """Wait for my event, and set the other's."""

    def __init__(self, mine: threading.Event, others: threading.Event) -> None:
        self.mine, self._others = mine, others

    def wait(self) -> None:
        self.mine.wait()
        self.mine.clear()

    def give(self) -> None:
        self._others.set()


class _LockTurn:
    """Take my lock, and release the other's."""

    def __init__(self, mine: threading.Lock, others: threading.Lock) -> None:
        self.wait, self.give = mine.acquire, others.release


def _alternate(numbers: Any, letters: Any, begin: Callable[[], object], every: int = 1) -> str:
    """Write with two threads; each waits for its turn and gives it away every step, or (every=0) once."""
    written: list[str] = []

    def write(turn: Any, texts: list[str]) -> None:
        for text in texts:
            turn.wait()
            written.append(text)
            turn.give()

    pairs = [f"{n}{n + 1}" for n in range(1, 52, 2)]
    texts = [pairs, list(string.ascii_uppercase)] if every else [["".join(pairs)], [string.ascii_uppercase]]
    threads = [ResultThread(write, (turn, text)) for turn, text in zip((numbers, letters), texts)]
    for thread in threads:
        thread.start()
    begin()
    for thread in threads:
        thread.join()
    return "".join(written)


def sell_tickets(
    windows: int = 10, tickets: int = 500, lock: ContextManager[Any] | None = None,
    pause: Callable[[], object] = int,
) -> list[tuple[str, int]]:
    """Let `windows` threads sell the tickets 1 to `tickets`; return the (window, ticket) sales in order.

    >>> sales = sell_tickets(windows=10, tickets=500)
    >>> [ticket for _, ticket in sales] == list(range(1, 501))
    True

    `pause` is called between looking at the next ticket and taking it. `lock=NO_LOCK` leaves the lock out, and a
    meeting in the pause then makes every window sell the same ticket:

    >>> sorted(sell_tickets(windows=2, tickets=1, lock=NO_LOCK, pause=Meeting(2, seconds=10)))
    [('window 1', 1), ('window 2', 1)]

    Notes: threads, Lock 练习 (ten windows, 500 tickets). Raises: ValueError for less than one window.
    """
    if windows < 1:
        raise ValueError(f"at least one window must sell, not {windows}")
    lock = threading.Lock() if lock is None else lock
    sales: list[tuple[str, int]] = []
    next_ticket = 1

    def sell(window: str) -> None:
        nonlocal next_ticket
        while True:
            with lock:
                ticket = next_ticket
                if ticket > tickets:
                    return
                pause()
                next_ticket = ticket + 1
                sales.append((window, ticket))

    run_in_threads([_call(sell, f"window {number}") for number in range(1, windows + 1)])
    return sales


def _call(function: Callable[[str], None], name: str) -> Callable[[], None]:
    return lambda: function(name)


def watch_pair(rounds: int, lock: ContextManager[Any], seconds: float = 0.02) -> list[tuple[int, int]]:
    """Count a and b up together in one thread, look at them from another just between; return the unequal (a, b) seen.

    >>> watch_pair(3, NO_LOCK, seconds=10)
    [(1, 0), (2, 1), (3, 2)]
    >>> watch_pair(3, threading.Lock())
    []

    The watcher is let in between the two steps. With a lock it has to stay outside, and the counting goes on after
    `seconds`. Notes: threads, 上锁 Lock (`if a != b: print`).
    """
    a = b = 0
    unequal: list[tuple[int, int]] = []
    halfway, looked = threading.Semaphore(0), threading.Semaphore(0)

    def count() -> None:
        nonlocal a, b
        for _ in range(rounds):
            with lock:
                a += 1
                halfway.release()
                seen = looked.acquire(timeout=seconds)
                b += 1
            if not seen:
                looked.acquire()

    def watch() -> None:
        for _ in range(rounds):
            halfway.acquire()
            with lock:
                if a != b:
                    unequal.append((a, b))
            looked.release()

    run_in_threads([count, watch])
    return unequal
