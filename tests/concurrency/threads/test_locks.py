import random
import threading

import pytest

from netio.concurrency import CheckedLock, DeadlockError, ResultThread, hold_all, run_in_threads
from netio.concurrency.threads.exercises import Meeting
from netio.concurrency.threads import locks

ABC = "ABC"


def take_in_a_circle(count):
    """Let `count` threads hold a lock each and want the next one's; return what each one's join gave."""
    ring = [CheckedLock(ABC[number]) for number in range(count)]
    meeting = Meeting(count, seconds=30)

    def take(first, second):
        with first:
            meeting()
            with second:
                return "went on"

    threads = [ResultThread(take, (ring[n], ring[(n + 1) % count]), name=f"T{n}") for n in range(count)]
    for thread in threads:
        thread.start()
    outcomes = []
    for thread in threads:
        try:
            outcomes.append(thread.join(30))
        except DeadlockError as error:
            outcomes.append(error)
    assert not any(lock.locked() for lock in ring)
    return outcomes


@pytest.mark.parametrize("count", [2, 3])
def test_one_of_a_circle_is_told_and_the_others_go_on(count, nothing_left):
    outcomes = take_in_a_circle(count)
    assert outcomes.count("went on") == count - 1
    error = next(outcome for outcome in outcomes if outcome != "went on")
    assert {thread for thread, *_ in error.cycle} == {f"T{n}" for n in range(count)}
    for thread, wanted, where, held, taken in error.cycle:
        number = int(thread[1:])
        assert (held, wanted) == (ABC[number], ABC[(number + 1) % count])
        assert where.startswith("test_locks.py:") and taken.startswith("test_locks.py:")
        assert int(where.split(":")[1]) == int(taken.split(":")[1]) + 2
    assert str(error).startswith(f"deadlock of {count} threads:\n")


def test_a_lock_taken_twice_is_a_circle_of_one():
    lock = CheckedLock("mine")
    with lock, pytest.raises(DeadlockError, match="deadlock of 1 thread:\n  MainThread holds mine"):
        lock.acquire()
    assert not lock.locked()


def test_reentry_counts():
    lock = CheckedLock(reentrant=True)
    with lock:
        with lock:
            pass
        assert lock.locked() and not run_in_threads([lambda: lock.acquire(blocking=False)])[0]
    assert not lock.locked()


def test_a_long_wait_that_is_no_deadlock():
    lock, entered = CheckedLock("busy"), threading.Event()

    def hold():
        with lock:
            entered.set()
            leave.wait()

    leave = threading.Event()
    thread = ResultThread(hold)
    thread.start()
    entered.wait()
    assert not lock.acquire(blocking=False) and not lock.acquire(timeout=0.01)
    waiter = ResultThread(lock.acquire)
    waiter.start()
    leave.set()
    assert waiter.join(30) is True
    thread.join(30)


def test_a_wait_with_a_timeout_is_no_part_of_a_deadlock():
    a, b, meeting = CheckedLock("A"), CheckedLock("B"), Meeting(2, seconds=30)

    def patient():
        with a:
            meeting()
            with b:
                return "got both"

    def impatient():
        with b:
            meeting()
            return a.acquire(timeout=0.01)

    assert run_in_threads([patient, impatient]) == ["got both", False]


def test_only_the_holder_releases():
    lock = CheckedLock("mine")
    with pytest.raises(RuntimeError, match="MainThread cannot release mine: nobody holds it"):
        lock.release()
    with lock, pytest.raises(RuntimeError, match="cannot release mine: MainThread holds it"):
        run_in_threads([lock.release])
    assert repr(lock) == "<CheckedLock mine: free>"
    with lock:
        assert repr(lock) == "<CheckedLock mine: held by MainThread>"


def test_it_excludes():
    lock, inside, most = CheckedLock(), [], []

    def work():
        for _ in range(200):
            with lock:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    run_in_threads([work] * 4)
    assert max(most) == 1 and len(most) == 800 and not locks._WAITING


def test_hold_all_takes_any_order_without_deadlock(nothing_left):
    four = [CheckedLock(str(number)) for number in range(4)]

    def work(seed):
        chance = random.Random(seed)
        for _ in range(100):
            with hold_all(*chance.sample(four, 3)):
                pass

    run_in_threads([lambda seed=seed: work(seed) for seed in range(4)])
    assert not any(lock.locked() for lock in four)


def test_hold_all_is_all_or_nothing():
    a, b = threading.Lock(), threading.Lock()
    for held in (a, b):
        with held, pytest.raises(TimeoutError, match="could not be had in 0.01 s"):
            with hold_all(a, b, timeout=0.01):
                pass
        assert not a.locked() and not b.locked()
    with hold_all(a, a, b):
        assert a.locked() and b.locked()
    with hold_all():
        pass
    with pytest.raises(KeyError):
        with hold_all(a, b):
            raise KeyError
    assert not a.locked() and not b.locked()
