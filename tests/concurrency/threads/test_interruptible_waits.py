"""Ctrl-C comes through while the main thread waits for a lock, also where the wait itself does not hear of it."""
from __future__ import annotations

import signal
import sys
import threading

import pytest

from netio.concurrency import CheckedLock, ResultThread, Server, ProcessPool, map_unordered, echo, run_in_threads
from netio.concurrency.processes.signals import wait_interruptibly

from .. import jobs


def wait_for_result(stop):
    thread = ResultThread(stop.wait)
    thread.start()
    thread.join()


def wait_for_threads(stop):
    run_in_threads([stop.wait])


def wait_for_lock(stop):
    lock = CheckedLock()
    holder = threading.Thread(target=lambda: lock.acquire() and stop.wait() and lock.release())
    holder.start()
    while not lock.locked():
        pass
    lock.acquire()


def wait_for_server(stop):
    with Server(("127.0.0.1", 0), echo) as server:
        server.start()
        server.join()


def wait_for_future(stop):
    with ProcessPool(1, method="spawn") as pool:
        pool.submit(jobs.wait_for_ever).result()


def wait_for_failure(stop):
    with ProcessPool(1, method="spawn") as pool:
        pool.submit(jobs.wait_for_ever).exception()


def wait_for_the_next_result(stop):
    with ProcessPool(1, method="spawn") as pool:
        list(map_unordered(pool, jobs.wait_for_ever, [None]))


def wait_for_the_pool(stop):
    with ProcessPool(1, method="spawn") as pool:
        pool.submit(jobs.wait_for_ever)
        pool.shutdown()


def is_waiting(thread):
    """True when a thread is within one of the waits that these tests are about."""
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_code.co_name in ("wait_interruptibly", "_wait"):
            return True
        frame = frame.f_back
    return False


WAYS = [wait_for_result, wait_for_threads, wait_for_lock, wait_for_server, wait_for_future, wait_for_failure,
        wait_for_the_next_result, wait_for_the_pool]


@pytest.mark.parametrize("wait", WAYS)
def test_a_signal_that_came_to_another_thread_ends_the_main_threads_wait(wait, nothing_left):
    """That thread only notes it; the main thread is not interrupted, and a wait without end would go on for ever."""
    if not hasattr(signal, "pthread_kill"):
        pytest.skip("no signal can be sent to one thread")
    stop = threading.Event()

    def interrupt():
        while not is_waiting(threading.main_thread()):
            stop.wait(0.001)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    timer = threading.Thread(target=interrupt)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            wait(stop)
    finally:
        stop.set()
        timer.join()


def test_the_timeout_is_kept_and_is_not_made_longer_by_the_slices():
    asked = []
    assert not wait_interruptibly(lambda seconds: asked.append(seconds), timeout=0)
    assert asked == [0]
    assert not wait_interruptibly(lambda seconds: asked.append(seconds), timeout=0.2)
    assert 0 < asked[-1] <= 0.2
    assert wait_interruptibly(lambda seconds: len(asked) > 5 or asked.append(seconds), timeout=None)
    assert len(asked) == 6


def test_other_threads_wait_in_one_piece():
    asked = []
    thread = threading.Thread(target=wait_interruptibly, args=(asked.append, None))
    thread.start()
    thread.join()
    assert asked == [None]
