from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from netio.ipc import Array, Barrier, Event, CapacityLimiter, Lock, Queue, Semaphore, Value, start
from netio.ipc.counters import Counter
from netio.ipc.system.pthreads import PTHREADS
from netio.packing import Float32, Record, UInt8, UInt32
from tests.conftest import every_method
from tests.ipc import workers

pytestmark = pytest.mark.usefixtures("nothing_left")


class Student(Record, byte_order="!"):
    id: UInt32
    age: UInt8
    score: Float32 = 0.0


@pytest.fixture
def keep():
    """Return a function that remembers things to close."""
    kept = []

    def remember(thing):
        kept.append(thing)
        return thing

    yield remember
    for thing in kept:
        thing.close()


@every_method
def test_a_killed_holder_frees_the_lock(start_method, keep):
    lock, held = keep(Lock()), keep(Event())
    holder = start(workers.hold, lock, held, method=start_method)
    assert held.wait(60) and not lock.acquire(timeout=0.01)
    holder.kill()
    holder.join(60)
    assert lock.acquire(timeout=60)
    lock.release()


def test_a_lock_keeps_out_threads_and_is_reentrant(keep):
    lock, got = keep(Lock()), []
    with lock, lock:
        thread = threading.Thread(target=lambda: got.append(lock.acquire(timeout=0.01)))
        thread.start()
        thread.join(60)
    assert got == [False]
    with pytest.raises(RuntimeError):
        lock.release()


def test_updates_are_lost_between_reading_and_writing_and_not_in_one_step(start_method, keep):
    counter, barrier = keep(Value("i", 0)), keep(Barrier(3))
    processes = [start(workers.add_apart, counter, barrier, method=start_method) for _ in range(3)]
    for process in processes:
        process.join(60)
    assert counter.value == 1
    counter.value = 0
    processes = [start(workers.add_many, counter, 200, method=start_method) for _ in range(3)]
    for process in processes:
        process.join(60)
    assert counter.value == 600


def test_without_a_lock_an_update_is_lost(keep):
    """Deterministic: the second update runs between the first one's reading and writing."""
    counter = keep(Value("i", 0, lock=False))

    def add_late(old):
        counter.update(workers.add_one)
        return old + 1

    counter.update(add_late)
    assert counter.value == 1


@pytest.mark.parametrize("letter", "bBhHiIlLqQfd")
def test_every_ctype_letter(letter, keep):
    value, array = keep(Value(letter, 5)), keep(Array(letter, [1, 2, 3]))
    value += 2
    array[1:] = [7, 8]
    assert value.value == 7 and array[:] == [1, 7, 8] and len(array) == 3 and array[-1] == 8


def test_records_bytes_and_mistakes(keep):
    lily, group, word = keep(Value(Student, Student(1, 16, 99.5))), keep(Array(Student, 2)), keep(Array("c", b"hello"))
    group[1] = lily.value
    assert group[1] == Student(1, 16, 99.5) and group[0].id == 0
    word[0] = b"J"
    assert word[:] == b"Jello" and list(word)[1] == b"e"
    with pytest.raises(ValueError):
        word[0] = b"ab"
    with pytest.raises(ValueError):
        word[0:2] = b"abc"
    with pytest.raises(ValueError):
        Value("x")
    with pytest.raises(IndexError):
        word[5]


def test_a_semaphore_counts_and_release_never_waits(keep):
    places = keep(Semaphore(0))
    assert not places.acquire(timeout=0.01)
    places.release()
    places.release(2)
    assert places.get_value() == 3 and places.acquire(0) and places.get_value() == 2
    with pytest.raises(ValueError):
        Semaphore(-1)


def test_who_waits_in_vain_waits_as_long_as_was_said(keep):
    lock, limit = keep(Lock()), keep(CapacityLimiter(1))
    others = keep(Semaphore(0)).acquire, keep(Counter(0)).acquire, keep(Event()).wait
    with lock, limit, ThreadPoolExecutor(1) as thread:
        for wait in (lock.acquire, limit.acquire, *others):
            begin = time.monotonic()
            assert not thread.submit(wait, 0.05).result(60)
            assert time.monotonic() - begin > 0.03, wait  # some clocks tick 64 times a second


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a semaphore waits for an event")
def test_who_waits_for_a_unit_sleeps(keep, monkeypatch):
    from netio.ipc.system import semaphores

    looks, wait = [], semaphores._wait
    monkeypatch.setattr(semaphores, "_wait", lambda *given: looks.append(given) or wait(*given))
    assert not keep(Semaphore(0)).acquire(0.05) and 1 <= len(looks) < 10


def test_released_units_wake_those_who_wait(start_method, keep):
    places, ready, gone = keep(Semaphore(0)), keep(Semaphore(0)), keep(Semaphore(0))
    processes = [start(workers.wait_for_unit, ready, places, gone, method=start_method) for _ in range(3)]
    for _ in processes:
        assert ready.acquire(60)
    for units in (1, 2):
        places.release(units)
        for _ in range(units):
            assert gone.acquire(60)
        assert not gone.acquire(0)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0


def test_no_more_than_the_limit_at_once(start_method, keep):
    limit, inside, most = keep(CapacityLimiter(2)), keep(Value("i", 0)), keep(Value("i", 0))
    processes = [start(workers.pass_through, limit, inside, most, method=start_method) for _ in range(4)]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert 1 <= most.value <= 2 and limit.available() == 2


@every_method
def test_a_killed_holder_gives_its_place_back(start_method, keep):
    limit, held = keep(CapacityLimiter(1)), keep(Event())
    holder = start(workers.hold, limit, held, method=start_method)
    assert held.wait(60) and limit.available() == 0
    holder.kill()
    holder.join(60)
    assert limit.acquire(timeout=60)
    limit.release()
    with pytest.raises(RuntimeError):
        limit.release()


@pytest.mark.skipif(os.name == "posix" and not PTHREADS, reason="a record lock is freed when its process ends")
def test_a_thread_that_ended_gives_its_place_back_though_the_next_has_its_number(keep):
    limit = keep(CapacityLimiter(1))
    taken = []
    for _ in range(5):  # some of them have one number
        thread = threading.Thread(target=lambda: taken.append(limit.acquire(60)))
        thread.start()
        thread.join()
    assert taken == [True] * 5
    assert limit.acquire(60)  # the last thread may not quite have ended
    limit.release()


def test_a_barrier_goes_on_when_all_have_come(start_method, keep):
    barrier, order = keep(Barrier(3)), keep(Queue())
    processes = [start(workers.meet, barrier, order, 4, method=start_method) for _ in range(3)]
    for process in processes:
        process.join(60)
    turns = order.get_many()
    assert sorted(turns) == sorted(list(range(4)) * 3)
    assert all(abs(turns.index(turn) - 3 * turn) < 3 for turn in range(4))  # none is a round ahead of the others


def test_a_barrier_that_waits_in_vain_is_broken_for_all(keep):
    barrier = keep(Barrier(2))
    for _ in range(2):
        with pytest.raises(threading.BrokenBarrierError):
            barrier.wait(timeout=0.01)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="a signal in the middle of a wait")
def test_who_leaves_a_barrier_by_a_signal_is_not_counted(keep):
    barrier = keep(Barrier(2))

    def leave(number, frame):
        if barrier._numbers[1]:  # it may come before the wait
            raise InterruptedError

    former = signal.signal(signal.SIGALRM, leave)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        with pytest.raises(InterruptedError):
            barrier.wait(60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
    with pytest.raises(threading.BrokenBarrierError):
        barrier.wait(0.01)


def test_events_are_levels(keep):
    event = keep(Event())
    for _ in range(3):
        event.set()
    assert event.is_set() and event.wait(0)
    event.clear()
    assert not event.wait(0.01)
