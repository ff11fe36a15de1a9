"""Locks that travel, are closed while held, or whose holders are killed; thousands of them; failures leave nothing."""
from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from multiprocessing import reduction, resource_sharer
from pathlib import Path

import pytest

from netio.concurrency import ProcessPool
from netio.ipc import (
    AnonymousMemory, CapacityLimiter, Event, Lock, Queue, Semaphore, Value, create_shm, listen_local, listen_ring,
    open_ring, open_shm, start,
)
from netio.ipc.system.posix_locks import RecordLock
from netio.ipc.system.pthreads import PTHREADS
from tests.attacking import needs_descriptors
from tests.ipc import workers

try:
    import resource
except ImportError:  # Windows
    pass

robust = pytest.mark.skipif(not PTHREADS, reason="no robust mutexes here")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
METHODS = [method for method in ("fork", "spawn", "forkserver") if method in multiprocessing.get_all_start_methods()]


@robust
def test_a_lock_that_was_sent_keeps_out_the_others():
    lock = Lock()
    with ProcessPool(1) as pool, lock:
        assert pool.submit(workers.take_briefly, lock).result(60) is False
        again = pickle.loads(reduction.ForkingPickler.dumps(lock))  # the same memory, mapped once
        again.close()
        del again
        gc.collect()
        assert pool.submit(workers.take_briefly, lock).result(60) is False
    lock.close()
    resource_sharer.stop(60)  # the thread that handed over its memory


@pytest.mark.skipif(not PTHREADS, reason="a lock travels on glibc only")
def test_a_thread_with_two_copies_of_a_limit_gets_each_place_once():
    limit = CapacityLimiter(2)
    copies = [pickle.loads(pickle.dumps(limit)) for _ in range(2)]
    assert [copy.acquire(timeout=0) for copy in [*copies, limit]] == [True, True, False]
    limit.release()  # by whichever of them
    assert limit.available() == copies[0].available() == 1
    for copy in [*copies, limit]:
        copy.close()


@pytest.mark.skipif(not PTHREADS, reason="a lock travels on glibc only")
def test_what_is_received_too_late_or_twice_says_so():
    for make in (Lock, Semaphore, Event, Queue, lambda: Value("i"), lambda: open_ring()[0]):
        thing = make()
        message = pickle.dumps(thing)
        pickle.loads(message).close()
        with pytest.raises(ConnectionResetError, match="can be received once, and while its sender runs"):
            pickle.loads(message)
        thing.close()
    resource_sharer.stop(60)


def test_a_record_lock_is_not_sent():
    lock = RecordLock()
    with pytest.raises(RuntimeError, match="inheritance"):
        pickle.dumps(lock)
    lock.close()


@pytest.mark.parametrize("method", METHODS)
def test_killed_holders_and_waiters_lose_no_turn(method, request):
    rounds = 300 if request.config.getoption("--soak") else 12 if method == "fork" else 2
    lock, counter = Lock(), Value("q", 0, lock=False)
    for _ in range(rounds):
        turners = [start(workers.turn_for_ever, lock, counter, method=method) for _ in range(3)]
        before = counter.value
        while counter.value < before + 30:
            pass
        for turner in turners:
            turner.kill()
        for turner in turners:
            turner.join(60)
        assert lock.acquire(timeout=60)
        lock.release()
    lock.close()
    counter.close()


@pytest.mark.parametrize("target", [workers.hold_and_end, workers.hold_in_a_thread])
@pytest.mark.parametrize("method", METHODS)
@robust
def test_a_holder_that_ends_without_release_frees_it(method, target):
    lock = Lock()
    holder = start(target, lock, method=method)
    holder.join(60)
    assert lock.acquire(timeout=60) and lock.owner_died
    lock.release()
    assert lock.acquire(timeout=0)
    lock.release()
    lock.close()


@robust
def test_a_lock_closed_while_held_stays_held_until_the_process_ends():
    lock, closed, go = Lock(), Event(), Event()
    holder = start(workers.close_held, lock, closed, go)
    assert closed.wait(60) and not lock.acquire(timeout=0.05)
    go.set()
    holder.join(60)
    assert lock.acquire(timeout=60) and lock.owner_died
    lock.release()
    for part in (lock, closed, go):
        part.close()


@robust
def test_ctrl_c_comes_through_while_waiting_for_a_lock():
    lock, held = Lock(), Event()
    holder = start(workers.hold, lock, held)
    assert held.wait(60)
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        lock.acquire(timeout=60)
    timer.join()
    holder.kill()
    holder.join(60)
    assert lock.acquire(timeout=60)
    lock.release()
    lock.close()
    held.close()


@robust
@pytest.mark.parametrize("method", METHODS)
def test_three_thousand_need_hardly_a_descriptor(method):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    things = []
    try:
        for number in range(1000):
            things += [Value("i", number), Lock(), Semaphore(1)]
        ready = Event()
        child = start(workers.keep_many, things[1::3] + things[2::3], ready, method=method)
        assert ready.wait(60)
        child.join(60)
        assert [value.value for value in things[::3]] == list(range(1000))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for thing in things:
            thing.close()
    ready.close()


def test_a_forked_child_cuts_no_memory_that_its_parent_cuts(start_method):
    with Queue() as results, Value("q", 1) as first:
        child = start(workers.make_value, results, method=start_method)
        second = Value("q", 2)
        assert results.get(timeout=60) == 5
        child.join(60)
        assert (first.value, second.value) == (1, 2)
        second.close()


@linux
@pytest.mark.parametrize("make", [
    lambda: AnonymousMemory(1 << 48), lambda: open_ring(1 << 47), lambda: create_shm("test-too-large", 1 << 48),
    lambda: Queue(room=1 << 48),
], ids=["AnonymousMemory", "open_ring", "create_shm", "Queue"])
def test_a_failure_leaves_nothing(make, nothing_left):
    there = set(os.listdir("/dev/shm"))
    for _ in range(5):
        with pytest.raises(OSError):
            make()
    assert not {name for name in set(os.listdir("/dev/shm")) - there if name.startswith("netio-test")}


@linux
@pytest.mark.parametrize("make", [
    lambda: AnonymousMemory(1 << 20), open_ring, lambda: create_shm("test-no-descriptor", 100), Queue, Event,
    lambda: CapacityLimiter(3), lambda: Value("i"),
], ids=["AnonymousMemory", "open_ring", "create_shm", "Queue", "Event", "CapacityLimiter", "Value"])
def test_without_descriptors_nothing_is_half_made(make, nothing_left):
    needs_descriptors(100)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(fd) for fd in os.listdir("/proc/self/fd"))
    for more in range(12):
        gc.collect()  # PyPy drops what was begun no sooner
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + more, hard))
        try:
            made = make()
        except OSError:
            continue
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for part in made if isinstance(made, tuple) else (made,):
            part.close()
        break
    else:
        pytest.fail("12 descriptors are not enough")
    with pytest.raises(FileNotFoundError):
        open_shm("test-no-descriptor", timeout=0)


@linux
def test_a_guard_removes_only_what_its_owner_made():
    mine = create_shm("test-guard", 10)
    os.unlink("/dev/shm/netio-test-guard")
    with create_shm("test-guard", 20):
        mine.close()
        assert open_shm("test-guard", timeout=0).size == 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_ring_by_path_ends_though_a_forked_child_lives_on(tmp_path):
    with listen_ring(str(tmp_path / "ring")) as inbox:
        talker = start(workers.send_and_start, inbox.path)
        assert inbox.recv(timeout=60) == "hi"
        child = inbox.recv(timeout=60)
        with pytest.raises(EOFError):
            inbox.recv(timeout=30)
        os.kill(child, signal.SIGKILL)
        talker.kill()
        talker.join(60)


@pytest.mark.skipif(sys.platform == "win32", reason="no lock of folders there")
def test_of_many_that_take_over_a_dead_path_one_listens(tmp_path):
    path = str(tmp_path / "door")
    code = f"import os; from netio.ipc import listen_local; listen_local({path!r}); os._exit(0)"
    for _ in range(5):
        subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=True, timeout=60)
        listening, refused = [], []

        def listen():
            try:
                listening.append(listen_local(path))
            except OSError as error:
                refused.append(error)

        threads = [threading.Thread(target=listen) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(listening) == 1 and len(refused) == 5
        listening[0].close()


@pytest.mark.parametrize("timeout", [0, 0.01, 0.123])
def test_a_full_ring_says_that_the_receiver_is_slow_and_names_the_timeout(timeout):
    receiver, sender = open_ring(64)
    sender.send_bytes(bytes(56))
    with pytest.raises(TimeoutError, match=f"no room within {timeout:g} s: the receiver is slow"):
        sender.send_bytes(b"", timeout)
    assert receiver.recv_bytes(5) == bytes(56)
    with pytest.raises(TimeoutError, match=f"nothing to read within {timeout:g} s"):
        receiver.recv_bytes(timeout)
    sender.close()
    receiver.close()
