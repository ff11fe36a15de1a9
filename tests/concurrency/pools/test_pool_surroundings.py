"""A pool beside forks, callbacks, signals and limits, and its chunks."""
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from netio.concurrency import ChildDied, ProcessPool, map_unordered
from netio.concurrency.pools.template import Template

from .. import jobs

posix = pytest.mark.skipif(os.name != "posix", reason="signals and fork")


def run_program(tmp_path, text, *arguments):
    script = tmp_path / "program.py"
    script.write_text("import os, sys, time\nfrom netio.concurrency import ProcessPool, reap_children, wait_child\n"
                      "SCALE = 1\ndef scaled(x): return x * SCALE\n"
                      f"if __name__ == '__main__':\n    method = sys.argv[1]\n{text}")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, str(script), *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, env=environment)
    return done.stdout, done.stderr


METHODS = multiprocessing.get_all_start_methods()


@posix
@pytest.mark.parametrize("start_method", METHODS)
def test_a_child_that_the_program_forks_leaves_the_pool_alone(start_method, tmp_path):
    out, err = run_program(tmp_path, """
    with ProcessPool(2, method=method) as pool:
        waiting = [pool.submit(time.sleep, 0.3) for _ in range(2)]
        while not all(future.running() for future in waiting): time.sleep(0.01)
        child = os.fork()
        if child == 0:
            for call in (lambda: pool.submit(abs, -1), waiting[0].result):
                try: call()
                except RuntimeError as error: print("belongs" in str(error) or "runs for" in str(error), flush=True)
            with ProcessPool(1, method=method) as own: print(own.submit(abs, -5).result(), flush=True)
            pool.kill()
            sys.exit(7)
        print(wait_child(child, timeout=30) // 256, [future.result() for future in waiting])
""", start_method)
    assert out.split("\n") == ["True", "True", "5", "7 [None, None]", ""]
    assert "Traceback" not in err


@posix
@pytest.mark.parametrize("start_method", METHODS)
def test_a_fork_waits_for_a_thread_that_starts_a_worker(start_method, tmp_path):
    out, err = run_program(tmp_path, """
    import multiprocessing.resource_tracker, threading
    from netio.concurrency.pools import worker
    inside = threading.Event()
    def start_slowly():  # as a pool's thread does, with what multiprocessing holds meanwhile
        with worker._starting.lock, multiprocessing.resource_tracker._resource_tracker._lock:
            inside.set()
            time.sleep(0.2)
    thread = threading.Thread(target=start_slowly)
    thread.start()
    inside.wait()
    child = os.fork()
    if child == 0:
        with ProcessPool(1, method=method) as own: os._exit(own.submit(abs, -5).result(30))
    print(wait_child(child, timeout=50) // 256)
    thread.join()
    with ProcessPool(1, method=method) as pool: print(pool.submit(abs, -6).result())
""", start_method)
    assert (out, [line for line in err.splitlines() if "fork" not in line]) == ("5\n6\n", []), err


@pytest.mark.parametrize("raised", [SystemExit(3), SystemExit("bye"), KeyboardInterrupt(), GeneratorExit()], ids=repr)
def test_what_a_task_raises_is_handed_over_whatever_it_is(raised, start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        pid = pool.submit(os.getpid).result(60)
        error = pool.submit(jobs.throw, raised).exception(60)
        assert (type(error), error.args) == (type(raised), raised.args)
        results = pool.map(jobs.throw_first, [2, 0, 4], [None, raised, None], chunksize=3)
        assert next(results) == 2
        with pytest.raises(type(raised)):
            next(results)
        assert pool.submit(os.getpid).result(60) == pid  # the worker goes on


def test_an_exception_that_exits_when_it_is_shown_is_described(start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        with pytest.raises(RuntimeError, match="ExitsInStr: its text cannot be shown: SystemExit in __str__"):
            pool.submit(jobs.throw_exits_in_str).result(60)


def test_a_stop_iteration_in_a_chunk_loses_nothing_silently(start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        results = pool.map(jobs.throw_first, [1, 2], [None, StopIteration(5)], chunksize=2)
        assert next(results) == 1
        with pytest.raises(RuntimeError, match="StopIteration"):
            list(results)


def test_an_initializer_that_exits_is_said_of_every_task(start_method, nothing_left):
    with ProcessPool(1, method=start_method, initializer=sys.exit, initargs=[3]) as pool:
        for _ in range(2):
            with pytest.raises(SystemExit) as caught:
                pool.submit(abs, -1).result(60)
            assert caught.value.code == 3


def test_a_pool_in_a_worker(start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        for inner in multiprocessing.get_all_start_methods():
            if inner != "forkserver":
                assert pool.submit(jobs.use_a_pool, inner).result(60) == 1


def test_a_pool_in_a_daemon_is_refused_at_once():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(RuntimeError, match="a daemon process may not have children"):
            pool.apply(jobs.use_a_pool, ("spawn",))


def test_replaced_workers_see_what_the_first_saw(start_method, tmp_path):
    out, err = run_program(tmp_path, """
    SCALE = 10
    with ProcessPool(1, max_tasks_per_child=1, method=method) as pool:
        SCALE = 20
        print({pool.submit(scaled, 1).result() for _ in range(3)})
""", start_method)
    assert (out, err) == ("{%d}\n" % (10 if start_method == "fork" else 1), "")


def test_shutdown_in_a_callback_ends_the_pool(start_method, tmp_path):
    out, err = run_program(tmp_path, """
    for end in ("shutdown", "kill"):
        pool = ProcessPool(2, method=method)
        future = pool.submit(abs, -1)
        future.add_done_callback(lambda future: getattr(pool, end)())
        future.result()
    print("the last line")
""", start_method)
    assert out == "the last line\n" and "Traceback" not in err


def test_what_a_callback_raises_does_not_end_the_pool(start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        pool.submit(abs, -1).add_done_callback(lambda future: sys.exit(1))
        assert pool.submit(abs, -2).result(60) == 2


@posix
@pytest.mark.parametrize("size", [1, 10_000_000])
def test_a_stopped_worker_costs_its_task_only(start_method, size, nothing_left):
    with ProcessPool(1, method=start_method, timeout=0.3) as pool:
        os.kill(pool.submit(os.getpid).result(60), signal.SIGSTOP)
        with pytest.raises(TimeoutError, match="len .* was killed, because it still ran after 0.3 s"):
            pool.submit(len, bytes(size)).result(60)
        with pytest.raises(TimeoutError):
            pool.submit(jobs.stop).result(60)
        assert pool.submit_timed(60, len, bytes(size)).result(60) == size


@posix
def test_a_worker_that_is_stopped_or_killed_while_its_result_comes(start_method, nothing_left):
    with ProcessPool(1, method=start_method, timeout=0.5) as pool:
        for number, error in ((signal.SIGSTOP, TimeoutError), (signal.SIGKILL, ChildDied)):
            pid = pool.submit_timed(60, os.getpid).result(60)
            future = pool.submit(bytes, 200_000_000)
            while not future.running():
                time.sleep(0.001)
            time.sleep(0.03)  # somewhere in its course: each moment must do
            os.kill(pid, number)
            try:
                assert len(future.result(60)) == 200_000_000
            except error:
                pass


@posix
def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(monkeypatch, nothing_left):
    template = Template(int)
    os.kill(template._watch.pid, signal.SIGSTOP)
    with monkeypatch.context() as patch, pytest.raises(TimeoutError):
        patch.setattr("netio.concurrency.pools.template.START_SECONDS", 0.05)
        template._ask(0)  # a pid that it does not know: the answer will be None
    os.kill(template._watch.pid, signal.SIGCONT)
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        watch = template.start_worker(theirs)
    watch.wait(60)
    assert watch.ended
    template.stop()


@posix
def test_what_forks_the_workers_is_killed_within_an_answer(nothing_left, monkeypatch):
    template = Template(int)
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        os.write(theirs.fileno(), b"\0\0\0\x09torn")
        with socket.socket(fileno=os.dup(theirs.fileno())) as end:
            end.shutdown(socket.SHUT_WR)
        with monkeypatch.context() as patch:
            patch.setattr(template, "_channel", ours)
            patch.setattr("netio.concurrency.pools.template.STOP_SECONDS", 0.01)
            assert template._poll(0) is None
            with pytest.raises(ChildDied, match="forks the workers"):
                template._ask(0)
    template.stop()


@posix
def test_what_is_half_made_is_taken_back(tmp_path):
    import resource
    out, err = run_program(tmp_path, """
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
    before = len(os.listdir("/dev/fd"))
    try: ProcessPool(60, method="fork")
    except OSError as error: print(error.strerror)
    print(len(os.listdir("/dev/fd")) - before, reap_children())
""", "fork")
    assert resource and (out, err) == ("Too many open files\n0 []\n", "")


@posix
@pytest.mark.parametrize("room", [0, 1])
def test_no_room_for_threads_takes_the_workers_back(start_method, room, monkeypatch, nothing_left):
    started, start = [], threading.Thread.start

    def start_or_refuse(thread):
        if len(started) == room:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_or_refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        ProcessPool(2, method=start_method)


def test_chunks_in_order_with_every_error_at_its_turn(start_method, nothing_left):
    with ProcessPool(2, method=start_method) as pool:
        assert list(pool.map(abs, range(-1000, 0), chunksize=300)) == list(range(1000, 0, -1))
        assert list(pool.map(pow, [2, 3, 4], [3, 2, 1], chunksize=2)) == [8, 9, 4]
        assert list(pool.map(abs, [], chunksize=2)) == []
        found = []
        with pytest.raises(ZeroDivisionError) as caught:
            for value in pool.map(jobs.reciprocal, [1, 2, 0, 4], chunksize=4):
                found.append(value)
        assert found == [1.0, 0.5] and "in reciprocal" in str(caught.value.__cause__)
        with pytest.raises(ValueError, match="chunksize must be at least 1"):
            pool.map(abs, [1], chunksize=0)


def test_a_chunk_whose_worker_dies_or_is_late(start_method, nothing_left):
    with ProcessPool(1, method=start_method, timeout=0.1) as pool:
        with pytest.raises(ChildDied, match="_exit"):
            list(pool.map(os._exit, [3, 4], chunksize=2))
        with pytest.raises(TimeoutError, match="sleep .* after 0.2 s"):
            list(pool.map(time.sleep, [60, 60], chunksize=2))
        with pytest.raises(TypeError, match="the result, a function, cannot be sent"):
            list(pool.map(jobs.lambda_or_number, [1, 0], chunksize=2))


def test_a_result_that_cannot_be_rebuilt_costs_its_task_alone(start_method, nothing_left):
    with ProcessPool(1, method=start_method, max_tasks_per_child=3) as pool:
        chunk = pool.submit_chunk(jobs.lost_if, ["a", None, "b", os.getpid(), "c"]).result(60)
        assert [chunk.get(index) for index in (0, 2, 4)] == ["a", "b", "c"]
        with pytest.raises(TypeError, match="cannot be rebuilt here: No module named 'no_such_module'"):
            chunk.get(1)
        with pytest.raises(SystemExit):
            chunk.get(3)
        found, pairs = [], map_unordered(pool, jobs.lost_if, ["a", None, "b"], chunksize=3, timeout=60)
        with pytest.raises(TypeError, match="cannot be rebuilt"):
            found.extend(pairs)
        assert found == [("a", "a")]
        assert len(set(pool.map(jobs.get_pid, "ab"))) == 2, "the worker was replaced after its third task"


def test_a_chunk_of_any_executor_that_cannot_be_rebuilt_breaks_no_pool():
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        with pytest.raises(TypeError, match="cannot be rebuilt"):
            list(map_unordered(executor, jobs.lost_if, ["a", None], chunksize=2, timeout=60))
        assert executor.submit(abs, -1).result(60) == 1


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPool])
def test_chunks_keep_progress(kind):
    progress = []
    with kind(2) as executor:
        pairs = list(map_unordered(executor, abs, range(-25, 0), chunksize=10, progress=progress.append, timeout=60))
        with pytest.raises(ZeroDivisionError):
            list(map_unordered(executor, jobs.reciprocal, [1, 0], chunksize=2))
        with pytest.raises(ValueError, match="chunksize must be at least 1"):
            list(map_unordered(executor, abs, [1], chunksize=0))
    assert sorted(pairs) == [(n, -n) for n in range(-25, 0)] and progress == list(range(1, 26))
