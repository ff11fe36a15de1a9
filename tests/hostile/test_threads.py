"""What several threads may use at once, used by eight at once: nothing is lost, doubled or torn.

With a GIL a thread is interrupted as often as the interpreter can; a free-threaded build needs no such help.
"""
from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from netio import chat, concurrency, files, ftp, http, ipc, tcp, udp
from netio.concurrency.processes.signals import wait_interruptibly
from netio.concurrency.servers.connections.executor import Executor, ThreadCalls
from netio.concurrency.servers.passwords import PasswordMemory, WrongPasswords
from netio.events.logs import LogLimit
from netio.events.loop import Loop
from netio.events.pollers import make_simple_poller
from netio.ftp.state import ServerState
from netio.files.locking import ChangedError, Unchanged
from netio.http.auth import hash_password
from netio.http.static.reply_cache import ReplyCache
from netio.http.static.representation import Representation
from netio.udp.requests import HEADER, REQUEST
from tests.fuzzing import rounds

THREADS = 8

pytestmark = pytest.mark.usefixtures("nothing_left", "often_interrupted")
some = rounds(30, 5_000)
replaces_open_files = pytest.mark.skipif(os.name == "nt", reason="Windows replaces no file that is open")


@pytest.fixture
def often_interrupted():
    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(former)


def at_once(work):
    """Call `work(number)` in each of eight threads, which begin together; return what each has returned."""
    barrier = threading.Barrier(THREADS)

    def run(number):
        barrier.wait(60)
        return work(number)

    return concurrency.run_in_threads([lambda number=number: run(number) for number in range(THREADS)], timeout=600)


@some
@pytest.mark.parametrize("make", [
    lambda: concurrency.CheckedLock("one"), lambda: concurrency.CheckedLock("one", reentrant=True), ipc.Lock,
    ipc.Semaphore, lambda: ipc.CapacityLimiter(1),
], ids=["CheckedLock", "reentrant", "ipc.Lock", "Semaphore", "CapacityLimiter"])
def test_a_lock_lets_one_in(make, rounds):
    lock, count = make(), 0

    def work(number):
        nonlocal count
        for _ in range(rounds):
            with lock:
                count += 1

    at_once(work)
    assert count == THREADS * rounds
    getattr(lock, "close", int)()


@some
def test_all_of_several_locks_without_deadlock(rounds):
    locks, counts = [concurrency.CheckedLock(str(number)) for number in range(3)], [0, 0, 0]

    def work(number):
        for turn in range(rounds):
            first, second = (number + turn) % 3, (number + 2 * turn + 1) % 3
            with concurrency.hold_all(locks[first], locks[second]):
                for place in {first, second}:
                    counts[place] += 1
        return sum(len({(number + turn) % 3, (number + 2 * turn + 1) % 3}) for turn in range(rounds))

    assert sum(at_once(work)) == sum(counts)


@some
def test_a_limiter_lets_in_as_many_as_it_has_places(rounds):
    limiter, guard, inside, most = ipc.CapacityLimiter(3), threading.Lock(), 0, 0

    def work(number):
        nonlocal inside, most
        for _ in range(rounds):
            with limiter:
                with guard:
                    inside += 1
                    most = max(most, inside)
                with guard:
                    inside -= 1

    at_once(work)
    assert most <= 3 and limiter.available() == 3
    limiter.close()


@some
def test_shared_numbers_lose_no_change(rounds):
    value, array = ipc.Value("q"), ipc.Array("q", 3)

    def work(number):
        for turn in range(rounds):
            value.update(lambda old: old + 1)
            array.update(turn % 3, lambda old: old + 1)

    at_once(work)
    assert value.value == sum(array[:]) == THREADS * rounds
    value.close()
    array.close()


@some
def test_pieces_of_memory_do_not_overlap(rounds):
    def work(number):
        values = [ipc.Value("q", 1000 * number + turn) for turn in range(rounds)]
        return [(value, 1000 * number + turn) for turn, value in enumerate(values)]

    for value, expected in itertools.chain.from_iterable(at_once(work)):
        assert value.value == expected
        value.close()


@some
def test_a_queue_gives_each_item_once(rounds):
    queue = ipc.Queue(maxsize=5)

    def work(number):
        if number % 2:
            for turn in range(rounds):
                queue.put((number, turn))
            return []
        return [queue.get(timeout=60) for _ in range(rounds)]

    got = at_once(work)
    for items in got:  # what one thread put comes in order
        for putter in range(THREADS):
            turns = [turn for number, turn in items if number == putter]
            assert turns == sorted(turns)
    assert sorted(itertools.chain.from_iterable(got)) == [(n, t) for n in range(1, THREADS, 2) for t in range(rounds)]
    queue.close()


@some
def test_a_barrier_keeps_all_in_step(rounds):
    barrier, turns = ipc.Barrier(THREADS), [0] * THREADS

    def work(number):
        for turn in range(rounds):
            turns[number] = turn
            barrier.wait(60)
            assert set(turns) == {turn}
            barrier.wait(60)

    at_once(work)
    barrier.close()


@some
def test_calls_from_threads_reach_the_loop_in_order(rounds):
    loop, calls = Loop(make_simple_poller()), []
    looping = threading.Thread(target=loop.run)
    looping.start()
    at_once(lambda number: [loop.call_soon_threadsafe(calls.append, (number, turn)) for turn in range(rounds)])
    loop.stop()
    looping.join(60)
    loop.close()
    assert len(calls) == THREADS * rounds
    for number in range(THREADS):
        assert [turn for caller, turn in calls if caller == number] == list(range(rounds))


@some
def test_an_executor_makes_each_call_once_and_those_of_a_connection_in_order(rounds):
    executor, outcomes = Executor(max_threads=3), [[] for _ in range(THREADS)]

    def work(number):
        one_at_a_time = threading.Lock()  # as a loop is

        def call_soon(settle):
            with one_at_a_time:
                settle()

        calls = ThreadCalls(executor.submit, call_soon)
        for turn in range(rounds):
            while True:
                try:
                    calls.add(lambda turn=turn: turn, outcomes[number].append, failed=print)
                    break
                except RuntimeError:  # 64 of them wait
                    wait_interruptibly(threading.Event().wait, 0.001)

    at_once(work)
    assert executor.close(60) and outcomes == [list(range(rounds))] * THREADS


@some
def test_a_timeline_keeps_every_span(rounds):
    timeline = concurrency.Timeline()

    def work(number):
        for _ in range(rounds):
            with timeline.span(str(number)):
                pass
        assert timeline.draw()

    at_once(work)
    assert len(timeline.spans) == THREADS * rounds


def test_a_process_pool_takes_tasks_from_all():
    with concurrency.ProcessPool(2, method="spawn") as pool:
        futures = at_once(lambda number: [pool.submit(divmod, turn, 7) for turn in range(5)])
        expected = [divmod(turn, 7) for turn in range(5)]
        assert [[future.result(60) for future in row] for row in futures] == [expected] * THREADS
        at_once(lambda number: pool.shutdown())


def test_results_come_unordered_and_complete():
    with ThreadPoolExecutor(THREADS) as executor:
        pairs = concurrency.map_unordered(executor, lambda item: item * item, range(200), ahead=10)
        assert sorted(pairs) == [(item, item * item) for item in range(200)]


@some
def test_a_log_limit_admits_so_many_and_counts_the_rest(rounds):
    limit = LogLimit(most=20, clock=lambda: 0.0)
    admitted = at_once(lambda number: [limit.admit() for _ in range(rounds)])
    assert [left_out for row in admitted for left_out in row if left_out is not None] == [0] * 20
    assert limit._left_out == THREADS * rounds - 20


@some
def test_wrong_passwords_are_all_counted(rounds):
    wrong = WrongPasswords()
    counts = at_once(lambda number: [wrong.count("192.0.2.7", f"{number % 3}") for _ in range(rounds)])
    assert sorted(itertools.chain.from_iterable(counts)) == list(range(1, THREADS * rounds + 1))
    free = at_once(lambda number: wrong.may_guess("192.0.2.8", "ming", 0.0, free=3, delay=10))
    assert sum(left == 0 for left in free) == 3


def test_a_right_password_is_right_in_all_threads():
    memory, hashed = PasswordMemory(), hash_password("secret", rounds=1)
    right = at_once(lambda number: [memory.check("ming", "secret", hashed) for _ in range(20)])
    wrong = at_once(lambda number: [memory.check("ming", "wrong", hashed) for _ in range(20)])
    assert right == [[True] * 20] * THREADS and wrong == [[False] * 20] * THREADS


@some
def test_basic_authentication_counts_each_guess(rounds):
    auth = http.BasicAuth({"ming": hash_password("secret", rounds=1)}, guesses=20, clock=lambda: 0.0)

    def work(number):
        refused = 0
        for turn in range(rounds):
            try:
                assert auth.user("Basic bWluZzp3cm9uZw==", "192.0.2.7") is None
            except http.HTTPError as error:
                assert error.status == 429
                refused += 1
        return refused

    assert sum(at_once(work)) == THREADS * rounds - 20


@some
def test_ftp_lets_in_so_many_from_an_address(rounds):
    state = ServerState([], ftp.Rules(per_address=5))

    def work(number):
        entered = 0
        for _ in range(rounds):
            if state.enter("192.0.2.7"):
                entered += 1
                assert state._here["192.0.2.7"] <= 5
                state.leave("192.0.2.7")
        return entered

    assert sum(at_once(work)) >= rounds and not state._here


@some
def test_a_response_closes_for_all_who_return_it(rounds):
    def work(number):
        for response in responses:
            response.encode()
            assert response.closes

    responses = [http.Response(200, [("Connection", "close")], b"x") for _ in range(rounds)]
    at_once(work)


@some
@replaces_open_files
def test_a_folder_serves_whole_versions(tmp_path, rounds):
    names, stop = [f"{number}.txt" for number in range(5)], threading.Event()
    for name in names:
        (tmp_path / name).write_bytes(b"0" * 100)
    app = http.StaticFiles(tmp_path, cache_bytes=3 * 2500, clock=itertools.count().__next__)

    def replace():
        for turn in itertools.count(1):
            if stop.is_set():
                return
            files.replace_file(tmp_path / names[turn % 5], b"%d" % (turn % 10) * (100 + turn % 50))

    def work(number):
        for turn in range(rounds):
            name = f"/{names[(number + turn) % 5]}"
            response = turn % 2 and app.recall(name) or app(http.Request("GET", name))
            body = b"".join(response.body) if not isinstance(response.body, bytes) else response.body
            assert response.status == 200 and len(set(body)) == 1 and len(body) >= 100
            assert response.encode().endswith(b"Content-Length: %d\r\n" % len(body))

    replacing = threading.Thread(target=replace)
    replacing.start()
    try:
        at_once(work)
    finally:
        stop.set()
        replacing.join(60)


@some
def test_a_cache_keeps_its_accounts(tmp_path, rounds):
    (tmp_path / "a").write_bytes(b"x" * 100)
    root, cache = files.Root(tmp_path), ReplyCache(20_000)

    def work(number):
        for turn in range(rounds):
            path = f"/{(number * turn) % 13}"
            cache.admits(path)
            cache.put(path, Representation(root, "a"))
            kept = cache.entries.get(f"/{turn % 13}")
            if kept is not None:
                kept.used = True
            if turn % 20 == 19:
                cache.clear()

    at_once(work)
    assert cache._free == 20_000 - sum(file.cost for file in cache.entries.values()) >= 0


@some
def test_a_dictionary_is_looked_up_by_all_while_its_file_is_touched(tmp_path, rounds):
    path = tmp_path / "dict.txt"
    path.write_text("".join(f"{number:05}  {number}\n" for number in range(3000)))
    with files.SortedFile(path) as words:
        def work(number):
            for turn in range(rounds):
                if turn % 5 == 0:
                    os.utime(path, ns=(0, 10 ** 9 * (number * rounds + turn)))
                word = f"{(turn * 37 + number) % 3000:05}"
                assert [entry.word for entry in words.look_up(word)] == [word]
                assert words.look_up(f"{word}x") == []

        at_once(work)


@some
def test_a_log_has_every_line_whole(tmp_path, rounds):
    with files.DurableLog(tmp_path / "log", durable=False) as log:
        offsets = at_once(lambda number: [log.append(f"{number} {turn}") for turn in range(rounds)])
    data = (tmp_path / "log").read_bytes()
    for number, row in enumerate(offsets):
        for turn, offset in enumerate(row):
            assert data[offset:].startswith(b"%d %d\n" % (number, turn))
    assert data.count(b"\n") == THREADS * rounds


@replaces_open_files
def test_a_file_replaced_by_all_loses_no_change(tmp_path):
    path = tmp_path / "count"
    path.write_text("0")

    def work(number):
        done = 0
        while done < 3:
            with open(path, "rb") as file:
                found, count = os.fstat(file.fileno()), int(file.read())
            try:
                with files.Replacement(path, only_if=Unchanged(found), durable=False) as new:
                    new.write(b"%d" % (count + 1))
                    new.commit()
                done += 1
            except ChangedError:
                pass

    at_once(work)
    assert path.read_text() == str(3 * THREADS) and os.listdir(tmp_path) == ["count"]


def test_a_room_tells_all_the_same_in_the_same_order():
    with chat.TCPServer(("127.0.0.1", 0)) as server, contextlib.ExitStack() as stack:
        server.start()
        readers = []
        for number in range(THREADS):
            sock = stack.enter_context(tcp.connect(server.address, timeout=60))
            readers.append(tcp.Reader(sock))
            sock.sendall(b"L member%d\n" % number)
            assert readers[number].read_line() == b"OK\n"

        def work(number):
            for turn in range(10):
                server.announce(f"{number} {turn}")
            heard = []
            while len(heard) < 10 * THREADS:
                line = readers[number].read_line()
                heard += [line] if b"has entered" not in line else []
            return heard

        heard = at_once(work)
    assert heard == [heard[0]] * THREADS and len(set(heard[0])) == 10 * THREADS


@some
def test_counts_of_a_proxy_never_shrink(rounds):
    with udp.Server(("127.0.0.1", 0), udp.echo) as server, udp.LossyProxy(server.address, clients=2) as proxy:
        def work(number):
            seen = 0
            with udp.connect(proxy.address) as client:
                for turn in range(rounds):
                    if number < 4:
                        client.send(b"%d" % turn)
                    arrived = proxy.counts.arrived
                    assert arrived >= seen
                    seen = arrived

        at_once(work)


def test_a_server_is_told_to_stop_by_all():
    for model in ("thread", "pool", "select"):
        server = concurrency.Server(("127.0.0.1", 0), concurrency.EchoProtocol, model)
        server.start()
        with tcp.connect(server.address) as sock:
            sock.sendall(b"hello")
            assert sock.recv(100) == b"hello"
            at_once(lambda number: server.shutdown(0) if number % 2 else server.close())
        assert server.join(60)


def test_an_endpoint_is_closed_by_all():
    for _ in range(5):
        server = udp.Server(("127.0.0.1", 0), udp.echo)
        server.start()
        at_once(lambda number: server.close())


@some
def test_a_request_that_all_repeat_has_an_answer(rounds):
    once = udp.AtMostOnce(lambda datagram: datagram.data, remember=3)

    def work(number):
        for turn in range(rounds):
            data = b"%d" % (turn % 7)
            answer = once(udp.Datagram(HEADER.pack(REQUEST, turn % 7) + data, ("127.0.0.1", 9), False))
            assert answer is not None and answer.endswith(data)

    at_once(work)
