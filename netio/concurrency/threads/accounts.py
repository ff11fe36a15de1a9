"""Money from one account to another and back at the same time: one way that deadlocks, and two that cannot."""
from __future__ import annotations

import random
import threading
from typing import Any, Callable

from .locks import CheckedLock, hold_all
from .thread import ResultThread


class Account:
    """An account with a balance, in whole cents, and its own lock.

    >>> Account("Ann", 100)
    Account('Ann', 100)
    """

    def __init__(self, name: str, balance: int) -> None:
        self.name, self.balance = name, balance
        self.lock = CheckedLock(name)

    def move_to(self, other: Account, amount: int) -> None:
        """Move an amount; the caller holds both locks. Raises: ValueError when there is not enough."""
        if amount > self.balance:
            raise ValueError(f"{self.name} has {self.balance}, not {amount}")
        self.balance -= amount
        other.balance += amount

    def __repr__(self) -> str:
        return f"Account({self.name!r}, {self.balance})"


def transfer_nested(source: Account, target: Account, amount: int, pause: Callable[[], object] = int) -> None:
    """Lock the source, then the target: the way that everyone writes first.

    >>> ann, bob = Account("Ann", 100), Account("Bob", 0)
    >>> transfer_nested(ann, bob, 30); ann, bob
    (Account('Ann', 70), Account('Bob', 30))

    Two opposite transfers at once deadlock: each holds its source and waits for the other's. `pause` is called when one
    lock is held. Raises: DeadlockError then, in one of them; ValueError when there is not enough.
    Notes: threads, 死锁 (deadlock), the bank transfer.
    """
    with source.lock:
        pause()
        with target.lock:
            source.move_to(target, amount)


def transfer_in_order(source: Account, target: Account, amount: int, pause: Callable[[], object] = int) -> None:
    """Lock both, in an order that is the same for all transfers: no circle of waiting can close.

    >>> ann, bob = Account("Ann", 100), Account("Bob", 0)
    >>> transfer_in_order(ann, bob, 30); ann, bob
    (Account('Ann', 70), Account('Bob', 30))

    From an account to itself is allowed. Raises: ValueError when there is not enough.
    """
    with hold_all(source.lock, target.lock):
        pause()
        source.move_to(target, amount)


def transfer_backing_off(source: Account, target: Account, amount: int, pause: Callable[[], object] = int) -> None:
    """Lock the source and try the target; release both and try again when it is taken: nobody holds and waits.

    >>> ann, bob = Account("Ann", 100), Account("Bob", 0)
    >>> transfer_backing_off(ann, bob, 30); ann, bob
    (Account('Ann', 70), Account('Bob', 30))

    The breaks have random lengths, so that two transfers do not give way to each other for ever (a livelock).
    Raises: ValueError when there is not enough.
    """
    second = CheckedLock("none") if source is target else target.lock
    while True:
        with source.lock:
            pause()
            if second.acquire(timeout=random.uniform(0.001, 0.01)):
                try:
                    source.move_to(target, amount)
                    return
                finally:
                    second.release()
        threading.Event().wait(random.uniform(0, 0.005))


def transfer_both_ways(
    transfer: Callable[..., None], pause: Callable[[], object] = int, balance: int = 100,
) -> tuple[list[Account], list[Exception]]:
    """Transfer 10 from Ann to Bob and 20 from Bob to Ann at the same time; return the accounts and what went wrong.

    >>> transfer_both_ways(transfer_in_order)
    ([Account('Ann', 110), Account('Bob', 90)], [])

    With a `Meeting(2, ...)` as pause both hold one lock before either takes its second.
    """
    ann, bob = Account("Ann", balance), Account("Bob", balance)
    calls: list[tuple[Any, ...]] = [(ann, bob, 10, pause), (bob, ann, 20, pause)]
    threads = [ResultThread(transfer, call, name=f"{call[0].name} to {call[1].name}") for call in calls]
    for thread in threads:
        thread.start()
    errors = []
    for thread in threads:
        try:
            thread.join()
        except Exception as error:
            errors.append(error)
    return [ann, bob], errors
