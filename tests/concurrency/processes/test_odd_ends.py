"""Children that end, or are collected, otherwise than usual: the parent learns what happened, and at once."""
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from netio.concurrency import ChildDied, Process, ProcessPool, run_forked, run_in_child, wait_any_process
from netio.concurrency.processes.watching import ChildWatch, watch_forked

from .. import jobs

posix = pytest.mark.skipif(os.name != "posix", reason="signals and fork")


@pytest.fixture(params=["fork", "spawn", "forkserver"])
def method(request):
    if request.param not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {request.param} here")
    if request.param == "forkserver":  # it stays
        from multiprocessing import forkserver  # not on Windows
        forkserver.ensure_running()
    return request.param


def in_a_process(function, args, method):
    return run_in_child(function, args, method=method, timeout=60)


def in_a_pool(function, args, method):
    with ProcessPool(1, method=method) as pool:
        try:
            return pool.submit(function, *args).result(60)
        finally:
            assert pool.submit(abs, -1).result(60) == 1, "the next task is done as ever"


@pytest.fixture(params=[in_a_process, in_a_pool])
def call(request, method):
    return lambda function, *args: request.param(function, args, method)


@contextlib.contextmanager
def collected_by_others(how):
    former = signal.signal(signal.SIGCHLD, signal.SIG_IGN if how == "ignored" else _collect)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, former)


def _collect(number, frame):
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


@posix
@pytest.mark.parametrize("how", ["ignored", "collected"])
def test_results_are_given_out_though_the_status_is_lost(call, how, nothing_left):
    with collected_by_others(how):
        assert call(abs, -4) == 4
        with pytest.raises(ZeroDivisionError):
            call(divmod, 1, 0)


@posix
@pytest.mark.parametrize("how", ["ignored", "collected"])
def test_a_lost_status_is_said_to_be_unknown(how, nothing_left):
    with collected_by_others(how):
        assert run_forked(abs, (-4,), warn_threads=False) == 4
        with pytest.raises(ChildDied, match="status is unknown") as caught:
            run_forked(os._exit, (3,), warn_threads=False)
        assert caught.value.exitcode is None
        child = Process(os._exit, args=(3,), method="fork")
        child.start()
        assert wait_any_process([child], timeout=60) == [child]
        assert not child.is_alive() and child.exitcode is None
        with pytest.raises(ChildDied, match="status is unknown"):
            child.result(60)
        child.close()


@posix
@pytest.mark.parametrize("exact", [True, False])
def test_a_process_is_waited_for_and_not_its_children(method, exact, monkeypatch):
    if not exact:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    child = Process(jobs.leave_a_grandchild, args=(3,), method=method)
    begin = time.monotonic()
    child.start()
    assert wait_any_process([child], timeout=60) == [child]
    child.join()
    with pytest.raises(ChildDied, match="exited with status 3"):
        child.result()
    assert child.exitcode == 3 and time.monotonic() - begin < 15, "the grandchild lives for 20 s"
    child.close()


@posix
def test_a_grandchild_holds_up_no_result(call):
    begin = time.monotonic()
    assert call(jobs.leave_a_grandchild) == "left"
    assert time.monotonic() - begin < 15


@posix
def test_a_child_forked_by_the_function_has_no_part_in_its_result(call, method):
    child = Process(jobs.fork_and_return, method=method)
    child.start()
    assert child.result(60) == child.pid
    child.close()
    call(jobs.fork_and_return)  # in a pool the next task has its own result
    with pytest.raises(ChildDied, match="exited with status 3 before"):
        call(jobs.leave_the_rest_to_a_child)


@posix
def test_a_child_forked_by_a_forked_function_has_no_part_in_its_result():
    with pytest.raises(ChildDied, match="exited with status 3 before"):
        run_forked(jobs.leave_the_rest_to_a_child, warn_threads=False)


def test_several_threads_ask_for_one_result(method):
    child = Process(bytes, args=(3_000_000,), method=method)
    child.start()
    with ThreadPoolExecutor(3) as executor:
        results = [executor.submit(child.result, 60) for _ in range(3)]
        while child.is_alive():
            child.join(0.001)
        assert [len(result.result(60)) for result in results] == [3_000_000] * 3
    child.close()


@posix
def test_another_program_in_its_place_and_closed_descriptors(call):
    with pytest.raises(ChildDied, match="exited with status 0 before"):
        call(jobs.run_true)
    with pytest.raises(ChildDied, match="exited with status 1 before"):
        call(jobs.close_all)


@posix
def test_a_program_that_runs_on_is_waited_for_no_longer_than_asked(method):
    child = Process(jobs.run_sleep, method=method)
    child.start()
    with pytest.raises(TimeoutError):
        child.result(1)
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    child.close()


@pytest.mark.sample(5)
@pytest.mark.parametrize("kind, text", [
    (jobs.Mute, "Mute: its text cannot be shown"), (jobs.Sealed, "Sealed: gone"), (jobs.Changeling, "Changeling: gone"),
])
def test_an_exception_that_cannot_travel_arrives_as_a_description(call, kind, text):
    with pytest.raises(RuntimeError, match=text) as caught:
        call(jobs.raise_one, kind, "gone")
    assert "in raise_one" in str(caught.value.__cause__)


def test_grave_exceptions_stop_iterations_and_lost_results(call):
    with pytest.raises(jobs.Grave, match="gone"):
        call(jobs.raise_one, jobs.Grave, "gone")
    with pytest.raises(StopIteration, match="gone"):
        call(jobs.raise_one, StopIteration, "gone")
    with pytest.raises(MemoryError):
        call(jobs.raise_one, MemoryError, "gone")
    with pytest.raises(TypeError, match="cannot be rebuilt here: No module named 'no_such_module'"):
        call(jobs.make_lost)
    with pytest.raises(TypeError, match="a Refused, cannot be sent to another process: not this one"):
        call(jobs.make_refused)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit counts elsewhere otherwise")
def test_a_result_without_memory_for_its_copy_is_a_memory_error(call):
    with pytest.raises(MemoryError, match="no memory to send the result, a bytes"):
        call(jobs.need_memory, 300_000_000)


@posix
def test_a_watch_tells_a_child_of_another():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    watch = ChildWatch(gone.pid, lambda: None, lambda: pytest.fail("it is gone"))
    watch.wait(60)
    assert watch.ended and watch.exitcode is None
    watch.kill()
    assert watch_forked(gone.pid).has_ended()


@posix
@pytest.mark.parametrize("timeout", [3e6, float("inf")])  # a poll takes at most 2 ** 31 milliseconds
def test_a_wait_may_be_as_long_as_one_likes(timeout):
    child = subprocess.Popen([sys.executable, "-c", ""])
    watch = ChildWatch(child.pid, child.poll, child.kill)
    watch.wait(timeout)
    assert watch.ended and watch.exitcode == 0


@posix
@pytest.mark.parametrize("how", ["-c", "pipe"])
def test_what_was_typed_into_a_session(tmp_path, how):
    program = ("from netio.concurrency import run_spawned, spawn_child, ProcessPool\ndef double(n): return 2 * n\n"
               "print(run_spawned(double, (4,)))\n"
               "try: spawn_child(double, 4)\nexcept RuntimeError as error: print(error)\n"
               "with ProcessPool(1, method='spawn') as pool: print(pool.submit(double, 4).exception(60))\n")
    command = [sys.executable, "-c", program] if how == "-c" else [sys.executable]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(command, input=program if how == "pipe" else "", capture_output=True, text=True, timeout=60,
                          env=environment, cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0] == "8" and done.stderr == ""
    assert all("this program has no file" in line and ".py file and import it" in line for line in lines[1:3])
