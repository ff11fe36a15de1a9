from __future__ import annotations

import queue
import random
import threading
import time

import pytest

from netio.ipc import Event, Queue, QueueEmpty, QueueFull, start
from tests.conftest import every_method
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


def mixed_items(longest, count=300):
    chance = random.Random(longest)
    return [bytes([number % 251]) * chance.randrange(longest * (number + 1) // count + 1) for number in range(count)]


@pytest.mark.parametrize("longest", [120, 1000, 5000])
def test_items_longer_than_the_room_go_through_in_pieces(longest):
    items, got, chance = mixed_items(longest), [], random.Random(1)
    with Queue(room=104) as small:
        putter = threading.Thread(target=lambda: [small.put_bytes(item, 60) for item in items])
        putter.start()
        while len(got) < len(items):
            got += small._get(chance.randrange(1, 9), 60) if chance.random() < 0.5 else [small.get_bytes(60)]
        putter.join()
        assert got == items and small.empty()


def test_long_items_reach_other_processes(start_method):
    with Queue(room=1 << 12) as items, Queue(room=1 << 10) as results:
        echo = start(workers.echo_items, items, results, method=start_method)
        for size in (1, 5000, 3, 1 << 20, 2, 1 << 12):
            items.put(bytes(size), timeout=60)
            assert results.get(timeout=60) == bytes(size)
        items.end()
        echo.join(60)
        assert echo.exitcode == 0


@every_method
def test_nobodys_items_come_between_the_pieces_of_a_long_one(start_method):
    with Queue(room=256) as items, Queue() as results:
        putters = [start(workers.put_mixed, items, number, method=start_method) for number in range(2)]
        getters = [threading.Thread(target=workers.get_mixed, args=[items, results]) for _ in range(2)]
        for getter in getters:
            getter.start()
        for worker in putters + getters:
            worker.join(60)
        got = [results.get(timeout=60) for _ in range(2 * workers.MIXED)]
    assert sorted(got) == sorted((number, size) for number in range(2) for size in workers.mixed_sizes(number))


@every_method
def test_a_killed_putter_of_long_items_is_told_once_and_leaves_whole_ones(request, start_method):
    rounds = 100 if request.config.getoption("--soak") else 10 if start_method == "fork" else 2
    for number in range(rounds):
        with Queue(room=256) as items:
            items.put_bytes(b"first")
            putter = start(workers.put_longer_and_longer, items, method=start_method)
            got, lost = [items.get_bytes(60) for _ in range(2 + number % 7)], 0
            putter.kill()
            putter.join(60)
            items.put_bytes(b"alive", 60)
            while got[-1] != b"alive":
                try:
                    got.append(items.get_bytes(60))
                except ConnectionResetError:
                    lost += 1
            assert lost <= 1 and items.empty()
        assert got[1:-1] == [bytes(100 * size) for size in range(1, len(got) - 1)]


@every_method
@pytest.mark.parametrize("begun", [False, True])
def test_a_putter_killed_in_the_middle_of_an_item_is_told(begun, start_method):
    with Queue(room=256) as items, Event() as out:
        putter = start(workers.put_slowly, items, out, method=start_method)
        assert out.wait(60)
        getting = threading.Thread(target=lambda: pytest.raises(ConnectionResetError, items.get_bytes, 60))
        if begun:  # somebody waits for the rest of it
            getting.start()
            while items._state()[5] == 0:
                time.sleep(0.001)
        putter.kill()
        putter.join(60)
        if begun:
            getting.join()
        items.put("next", timeout=60)
        if not begun:
            with pytest.raises(ConnectionResetError, match="lost"):
                items.get(timeout=60)
        assert items.get(timeout=60) == "next" and items.empty()


@every_method
@pytest.mark.parametrize("signal", ["kill", "stop"])
def test_a_long_item_whose_getter_is_killed_is_put_anew(signal, start_method):
    with Queue(room=256) as items, Event() as begun:
        getter = start(workers.get_slowly, items, begun, method=start_method)
        putting = threading.Thread(target=items.put_bytes, args=[b"x" * 5000, 60])
        putting.start()
        assert begun.wait(60)
        if signal == "stop":
            with pytest.raises(QueueEmpty):
                items.get(timeout=0.01)
        getter.kill()
        getter.join(60)
        assert items.get_bytes(60) == b"x" * 5000
        putting.join()
        assert items.empty()


def test_a_long_item_that_nobody_gets_is_taken_out_in_time():
    with Queue(room=256) as items:
        items.put("before")
        begin = time.monotonic()
        for timeout in (0, 0.05):
            with pytest.raises(QueueFull, match=f"of 5000 bytes of an item went out within {timeout:g} s"):
                items.put_bytes(bytes(5000), timeout)
        assert time.monotonic() - begin < 30
        items.put("after", timeout=0)
        assert [items.get(), items.get(), items.qsize()] == ["before", "after", 0]


def test_a_long_item_that_is_put_while_nobody_gets_can_be_got_without_waiting():
    with Queue(room=256) as items:
        putting = threading.Thread(target=items.put_bytes, args=[b"x" * 5000, 60])
        putting.start()
        while items.empty():
            time.sleep(0.001)
        assert items.full() and items.get_bytes(0) == b"x" * 5000
        putting.join()


@pytest.mark.parametrize("interrupted, other", [("get", "put"), ("put", "get")])
def test_a_long_item_survives_ctrl_c(interrupted, other, monkeypatch):
    item, calls = b"x" * 5000, []
    with Queue(room=256) as items:
        acts = {"get": lambda: items.get_bytes(60), "put": lambda: items.put_bytes(item, 60)}
        piece = getattr(items, f"_{interrupted}_piece")

        def three_pieces(*given):
            calls.append(given)
            if len(calls) == 4:
                raise KeyboardInterrupt
            return piece(*given)

        thread = threading.Thread(target=acts[other])
        thread.start()
        monkeypatch.setattr(items, f"_{interrupted}_piece", three_pieces)
        with pytest.raises(KeyboardInterrupt):
            acts[interrupted]()
        assert acts[interrupted]() in (item, None)
        thread.join()
        assert items.empty()


@pytest.mark.parametrize("size", [297, 304])
def test_who_gives_up_a_long_item_that_is_all_there_leaves_those_after_it(size, monkeypatch):
    with Queue(room=256) as items:
        put = [b"x" * size, b"next", b"last"]
        thread = threading.Thread(target=lambda: [items.put_bytes(item, 60) for item in put])
        thread.start()
        when = items._when

        def one_piece(event, flag, deadline, act, *given):
            if act == items._get_piece and given[1] > 0:
                thread.join(60)
                raise KeyboardInterrupt
            return when(event, flag, deadline, act, *given)

        monkeypatch.setattr(items, "_when", one_piece)
        with pytest.raises(KeyboardInterrupt):
            items.get_bytes(60)
        assert [items.get_bytes(0), items.get_bytes(0), items.qsize()] == put[1:] + [0]


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


@every_method
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
