import concurrent.futures
import errno
import gc
import itertools
import math
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import connection

import pytest

from netio.concurrency import ChildDied, Process, ProcessPool, map_unordered
from netio.concurrency.processes.outcome import RemoteTraceback

from .. import jobs


@pytest.fixture(scope="class", params=["fork", "spawn"])
def pool(request):
    """One pool for many tests: what one task does to its worker must not matter to the next."""
    if request.param == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    with ProcessPool(2, method=request.param) as pool:
        yield pool


class TestOnePool:
    def test_results_exceptions_and_what_cannot_be_sent(self, pool):
        assert isinstance(pool, concurrent.futures.Executor)
        assert pool.submit(divmod, 7, 2).result(60) == (3, 1)
        assert pool.submit(int, "ff", base=16).result(60) == 255
        with pytest.raises(ValueError, match="text") as caught:
            pool.submit(jobs.fail, "text").result(60)
        assert isinstance(caught.value.__cause__, RemoteTraceback) and "in fail" in str(caught.value.__cause__)
        with pytest.raises(TypeError, match="<lambda> or its arguments cannot be sent"):
            pool.submit(lambda: 0).result(60)
        with pytest.raises(TypeError, match="the result, a function, cannot be sent"):
            pool.submit(jobs.make_lambda).result(60)
        with pytest.raises(RuntimeError, match="Odd: first"):
            pool.submit(jobs.fail_oddly).result(60)

    def test_arguments_and_results_of_any_size(self, pool):
        assert pool.submit(len, bytes(5_000_000)).result(60) == 5_000_000
        assert len(pool.submit(bytes, 5_000_000).result(60)) == 5_000_000

    def test_what_executors_have_works(self, pool):
        assert list(pool.map(pow, [2, 3], [5, 2], timeout=60)) == [32, 9]
        futures = [pool.submit(abs, -number) for number in range(10)]
        assert {future.result() for future in concurrent.futures.as_completed(futures, 60)} == set(range(10))

    def test_work_is_done_elsewhere_and_ctrl_c_ignored_there(self, pool):
        pids = set(pool.map(jobs.get_pid, range(8)))
        assert os.getpid() not in pids and 1 <= len(pids) <= 2
        assert pool.submit(jobs.ignores_interrupt).result(60)

    def test_the_dead_and_the_late_cost_their_own_task_only(self, pool):
        dead = pool.submit(os._exit, 3)
        left = pool.submit(jobs.leave, 4)
        late = pool.submit_timed(0.05, jobs.wait_for_ever)
        well = [pool.submit(abs, -number) for number in range(4)]
        with pytest.raises(ChildDied, match="_exit .* exited with status 3"):
            dead.result(60)
        with pytest.raises(SystemExit) as exit_info:
            left.result(60)
        assert exit_info.value.code == 4
        with pytest.raises(TimeoutError, match=r"wait_for_ever \(pid \d+\) was killed, because .* after 0.05 s"):
            late.result(60)
        assert [future.result(60) for future in well] == [0, 1, 2, 3]


def test_workers_that_are_killed_from_outside(start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        victim = pool.submit(jobs.wait_for_ever)
        while not (victim.running() and pool._workers.running):
            time.sleep(0.001)
        (busy,) = pool._workers.running
        busy.watch.kill()
        with pytest.raises(ChildDied):
            victim.result(60)
        assert pool.submit(abs, -1).result(60) == 1
        (idle,) = pool._workers.running
        idle.watch.kill()
        assert idle.watch.wait(60) == [] and idle.watch.ended
        assert pool.submit(abs, -2).result(60) == 2, "a death between two tasks costs no task"


def test_a_pool_that_is_dropped_does_its_tasks_and_ends(start_method, nothing_left):
    pool = ProcessPool(2, method=start_method)
    results = pool.map(abs, range(-5, 0))
    workers = pool._workers
    pool.itself = pool  # only the collector finds it
    del pool
    gc.collect()
    assert list(results) == [5, 4, 3, 2, 1]
    workers.wait()
    assert not workers.running


def test_a_waiting_task_can_be_cancelled(start_method, nothing_left):
    with ProcessPool(1, method=start_method) as pool:
        first = pool.submit(time.sleep, 0.05)
        second = pool.submit(abs, -1)
        assert second.cancel() and second.cancelled()
        assert first.result(60) is None


def test_workers_are_replaced_after_so_many_tasks(start_method, nothing_left):
    with ProcessPool(1, method=start_method, max_tasks_per_child=2) as pool:
        pids = list(pool.map(jobs.get_pid, range(3)))
    assert [len(list(run)) for _, run in itertools.groupby(pids)] == [2, 1]


def test_a_timeout_for_every_task_and_an_initializer():
    with ProcessPool(1, method="spawn", timeout=0.1, initializer=math.sqrt, initargs=(4,)) as pool:
        with pytest.raises(TimeoutError):
            pool.submit(jobs.wait_for_ever).result(60)


def test_an_initializer_that_fails_hangs_nobody(start_method, nothing_left):
    with ProcessPool(1, method=start_method, initializer=jobs.refuse) as pool:
        for future in [pool.submit(abs, -1) for _ in range(2)]:
            with pytest.raises(OSError, match="the initializer refuses"):
                future.result(60)


def test_shutdown(nothing_left):
    pool = ProcessPool(1, method="spawn")
    done = pool.submit(abs, -1)
    pool.shutdown()
    assert done.result(0) == 1
    pool.shutdown()
    with pytest.raises(RuntimeError, match="takes no more tasks"):
        pool.submit(abs, -1)


def test_shutdown_that_drops_what_waits(nothing_left):
    pool = ProcessPool(1, method="spawn")
    running = pool.submit(time.sleep, 0.2)
    waiting = [pool.submit(abs, -1) for _ in range(3)]
    while not running.running():
        time.sleep(0.001)
    pool.shutdown(cancel_futures=True)
    assert running.result(0) is None and all(future.cancelled() for future in waiting)


def test_ctrl_c_in_the_block_kills_the_workers(start_method, nothing_left):
    with pytest.raises(KeyboardInterrupt):
        with ProcessPool(1, method=start_method) as pool:
            running = pool.submit(jobs.wait_for_ever)
            waiting = pool.submit(abs, -1)
            while not running.running():
                time.sleep(0.001)
            raise KeyboardInterrupt
    assert running.done() and waiting.cancelled()


@pytest.mark.parametrize("options", [{"workers": 0}, {"workers": 1, "max_tasks_per_child": 0}])
def test_senseless_pools(options):
    with pytest.raises(ValueError, match="needs a worker and a task"):
        ProcessPool(**options)


def test_fork_beside_threads_is_warned_of():
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with pytest.warns(RuntimeWarning, match="fork with 1 other thread"):
            ProcessPool(1, method="fork").shutdown()
    finally:
        stop.set()
        thread.join()


def run_program(tmp_path, text, *arguments):
    script = tmp_path / "program.py"
    script.write_text(text)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60, env=environment)


def test_a_program_without_its_guard_is_told_and_ends(tmp_path):
    """Notes: Pool without `if __name__ == '__main__'`; where workers are spawned, multiprocessing's own pool hangs."""
    done = run_program(tmp_path, "from netio.concurrency import ProcessPool\n"
                                 "with ProcessPool(1, method='spawn') as pool:\n    pool.submit(abs, -1).result()\n")
    assert done.returncode == 1 and "ChildDied: a worker, before its first task" in done.stderr
    assert "if __name__ == '__main__':" in done.stderr


def test_a_pool_that_is_never_shut_down_ends_with_the_program(tmp_path):
    text = ("from netio.concurrency import ProcessPool\nfrom tests.concurrency import jobs\n"
            "if __name__ == '__main__':\n    pool = ProcessPool(1, method='spawn')\n"
            "    print(pool.submit(jobs.get_pid).result())\n    pool.submit(jobs.wait_for_ever)\n")
    done = run_program(tmp_path, text)
    assert done.returncode == 0 and done.stderr == ""
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(int(done.stdout), 0)


@pytest.mark.skipif(os.name != "posix", reason="TerminateProcess cannot be told from a normal end there")
@pytest.mark.parametrize("task", ["get_pid", "say_pid_and_wait"], ids=["idle", "busy"])
def test_workers_end_when_their_parent_is_killed(start_method, task):
    if not hasattr(os, "pidfd_open"):
        pytest.skip("only pidfds can watch a grandchild")
    code = ("import sys, time\nfrom netio.concurrency import ProcessPool\nfrom tests.concurrency import jobs\n"
            "if __name__ == '__main__':\n    pool = ProcessPool(2, method=sys.argv[1])\n"
            "    for pid in pool.map(getattr(jobs, sys.argv[2]), range(2)):\n        print(pid, flush=True)\n"
            "    time.sleep(60)\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])}
    command = [sys.executable, "-c", code, start_method, task]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
        try:
            watched = [os.pidfd_open(pid) for pid in {int(parent.stdout.readline()) for _ in range(2)}]
        finally:
            parent.kill()
        for descriptor in watched:
            assert connection.wait([descriptor], 30)
            os.close(descriptor)


@pytest.fixture
def threads():
    with ThreadPoolExecutor(4) as executor:
        yield executor


def test_the_fastest_comes_first(threads):
    gates = [threading.Event() for _ in range(3)]

    def wait(number):
        gates[number].wait(30)
        return number * 10

    seen, progress = [], []
    gates[2].set()
    for item, result in map_unordered(threads, wait, [0, 1, 2], progress=progress.append, timeout=30):
        seen.append((item, result))
        gates[{2: 0, 0: 1, 1: 1}[item]].set()
    assert seen == [(2, 20), (0, 0), (1, 10)] and progress == [1, 2, 3]


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPool])
def test_it_works_with_every_executor(kind):
    with kind(1) as executor:
        assert sorted(map_unordered(executor, abs, [-2, 1, 0])) == [(-2, 2), (0, 0), (1, 1)]
        assert list(map_unordered(executor, abs, [])) == []


def test_endless_items_are_taken_as_they_are_needed(threads):
    taken = []
    items = (taken.append(number) or number for number in itertools.count())
    assert len(list(itertools.islice(map_unordered(threads, abs, items, ahead=5), 20))) == 20
    assert len(taken) <= 26


def test_a_failure_ends_it_and_cancels_the_rest(threads):
    with pytest.raises(ValueError, match="no luck"):
        list(map_unordered(threads, jobs.fail, ["no luck"]))
    stop = threading.Event()
    with pytest.raises(TimeoutError, match="no result came for 0.01 s"):
        list(map_unordered(threads, lambda item: stop.wait(30), range(100), timeout=0.01))
    stop.set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_pipe_that_could_not_be_handed_over_costs_one_task(monkeypatch):
    with ProcessPool(1, method="fork", max_tasks_per_child=1) as pool:
        assert pool.submit(abs, -1).result(60) == 1

        def refuse(*args):
            monkeypatch.undo()
            raise OSError(errno.ENOBUFS, "no room")

        monkeypatch.setattr(socket, "send_fds", refuse)
        with pytest.raises(OSError, match="handed over"):
            pool.submit(abs, -2).result(60)
        assert pool.submit(abs, -3).result(60) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
@pytest.mark.parametrize("call", [ProcessPool, lambda **options: Process(abs, args=(1,), **options).start()])
def test_what_could_not_be_forked_leaves_no_descriptor(call, monkeypatch):
    before = sorted(os.listdir("/proc/self/fd"))

    def refuse():
        raise OSError(errno.EAGAIN, "no room")

    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(OSError, match="no room"):
        call(method="fork")
    assert sorted(os.listdir("/proc/self/fd")) == before
