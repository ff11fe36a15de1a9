from __future__ import annotations

import queue
import random
import sys
import time

import pytest

from netio.ipc import Event, Queue, QueueEmpty, QueueFull, start
from tests.ipc import workers

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def numbers():
    with Queue(maxsize=3) as made:
        yield made


def test_full_empty_and_qsize(numbers):
    assert numbers.empty() and not numbers.full() and numbers.qsize() == 0
    numbers.put_many([1, 2, 3])
    assert numbers.full() and not numbers.empty() and numbers.qsize() == 3
    with pytest.raises(queue.Full):
        numbers.put(4, block=False)
    with pytest.raises(TimeoutError):
        numbers.put(4, timeout=0.01)
    assert [numbers.get(), numbers.get_many()] == [1, [2, 3]]
    with pytest.raises(queue.Empty):
        numbers.get(block=False)
    with pytest.raises(QueueEmpty, match="no item came"):
        numbers.get(timeout=0.01)


def test_a_batch_that_does_not_fit_says_how_many_did(numbers):
    with pytest.raises(QueueFull, match="room for 3 of 5 items"):
        numbers.put_many(range(5), timeout=0.01)
    assert numbers.get_many() == [0, 1, 2]


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere the queue grows")
def test_an_item_that_never_fits_is_refused_on_windows():
    with Queue(room=100) as small, pytest.raises(ValueError, match="never fits"):
        small.put_bytes(bytes(101))


@pytest.mark.skipif(sys.platform == "win32", reason="the memory cannot grow there")
@pytest.mark.parametrize("longest", [120, 1000, 5000])
def test_an_item_longer_than_the_room_makes_the_queue_grow(longest):
    chance, waiting = random.Random(longest), []
    with Queue(room=104) as small:
        for number in range(400):
            item = bytes([number % 251]) * chance.randrange(longest * (number + 1) // 400 + 1)
            while True:
                try:
                    small.put_bytes(item, 0)
                    break
                except QueueFull:
                    assert small.get_bytes(0) == waiting.pop(0)
            waiting.append(item)
        assert [small.get_bytes(0) for _ in waiting] == waiting and small.empty()


@pytest.mark.skipif(sys.platform == "win32", reason="the memory cannot grow there")
def test_long_items_reach_other_processes(start_method):
    with Queue(room=1 << 12) as items, Queue(room=1 << 10) as results:
        echo = start(workers.echo_items, items, results, method=start_method)
        for size in (1, 5000, 3, 1 << 20, 2, 1 << 12):
            items.put(bytes(size), timeout=60)
            assert results.get(timeout=60) == bytes(size)
        items.end()
        echo.join(60)
        assert echo.exitcode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the memory cannot grow there")
def test_a_killed_putter_of_long_items_leaves_whole_ones(request, start_method):
    rounds = 100 if request.config.getoption("--soak") else 10 if start_method == "fork" else 2
    for number in range(rounds):
        with Queue(room=256) as items:
            items.put_bytes(b"first")
            putter = start(workers.put_longer_and_longer, items, method=start_method)
            got = [items.get_bytes(60) for _ in range(2 + number % 7)]
            putter.kill()
            putter.join(60)
            items.put_bytes(b"alive", 60)
            while got[-1] != b"alive":
                got.append(items.get_bytes(60))
        assert got[1:-1] == [bytes(100 * size) for size in range(1, len(got) - 1)]


def test_records_run_around_the_end():
    with Queue(room=100) as small:
        for _ in range(10):  # the records run around the end
            small.put_bytes(b"x" * 30)
            small.put_bytes(b"y" * 31)
            assert small.get_bytes(0) == b"x" * 30 and small.get_bytes(0) == b"y" * 31


def test_items_run_around_the_end_whole():
    with Queue(room=256) as small:
        small.put_bytes(b"first")
        for number in range(200):
            small.put_bytes(bytes([number]) * (number % 90))
            expected = b"first" if not number else bytes([number - 1]) * ((number - 1) % 90)
            assert small.get_bytes(0) == expected


def test_behind_the_end(numbers):
    numbers.put("last")
    numbers.end()
    with pytest.raises(BrokenPipeError):
        numbers.put("more")
    assert numbers.get() == "last"
    for _ in range(2):
        with pytest.raises(EOFError):
            numbers.get()


def test_many_producers_and_consumers_and_one_end(start_method):
    with Queue(maxsize=5) as items, Queue() as results:
        consumers = [start(workers.get_until_end, items, results, method=start_method) for _ in range(2)]
        producers = [start(workers.put_range, items, first, first + 300, method=start_method) for first in (0, 300)]
        for process in producers:
            process.join(60)
        items.end()
        counts, sums = zip(*[results.get(timeout=60) for _ in consumers])
        for process in consumers:
            process.join(60)
    assert sum(counts) == 600 and sum(sums) == sum(range(600))


def test_join_does_not_wait_for_items_to_be_read(start_method):
    with Queue() as items:
        process = start(workers.put_range, items, 0, 5000, method=start_method)
        process.join(60)
        assert process.exitcode == 0 and items.qsize() == 5000


def test_killed_consumers_and_producers_do_not_block_the_others(request, start_method):
    rounds = 200 if request.config.getoption("--soak") else 10 if start_method == "fork" else 2
    with Queue(maxsize=4) as items:
        for number in range(rounds):
            with Queue() as nowhere:
                victims = [start(workers.get_until_end, items, nowhere, method=start_method),
                           start(workers.put_range, items, 0, 10**9, method=start_method)]
                for _ in range(number * 7 % 50):
                    items.get_many(timeout=60)
                for victim in victims:
                    victim.kill()
                    victim.join(60)
            for _ in range(items.qsize()):
                items.get(timeout=60)
            items.put("alive", timeout=60)
            assert items.get(timeout=60) == "alive"


def test_a_stopped_process_that_holds_the_lock_does_not_outwait_a_timeout(start_method):
    with Queue() as items, Event() as held:
        holder = start(workers.hold, items._lock, held, method=start_method)
        assert held.wait(60)
        begin = time.monotonic()
        with pytest.raises(TimeoutError):
            items.put(1, timeout=0.01)
        assert time.monotonic() - begin < 30
        holder.kill()
        holder.join(60)
        items.put(1, timeout=60)
        assert items.get(timeout=60) == 1
