import multiprocessing
import os
import signal
import subprocess
import sys
import threading

import pytest

from netio.concurrency import ChildDied, Process, run_in_child, run_spawned, spawn_child, wait_any_process
from netio.concurrency.processes.outcome import RemoteTraceback

from ...waiting import wait_until
from .. import jobs


class Doubler(Process):
    """A subclass that overrides run and has state of its own."""

    def __init__(self, number, **options):
        super().__init__(name="doubler", **options)
        self.number = number

    def run(self):
        return self.name, self.number * 2, os.getpid()


def test_a_result_and_all_that_a_process_object_tells(start_method, nothing_left):
    child = Process(jobs.get_pid, name="teller", method=start_method)
    assert (child.name, child.pid, child.exitcode) == ("teller", None, None)
    assert not child.is_alive() and not child.daemon
    child.name = "renamed"
    child.start()
    with pytest.raises(RuntimeError, match="renamed was started already"):
        child.start()
    assert child.result(timeout=60) == child.pid != os.getpid()
    assert child.result() == child.pid, "asked twice, told twice"
    assert child.join() is None
    assert (child.exitcode, child.is_alive()) == (0, False)
    child.close()


def test_before_it_is_started():
    child = Process(int)
    for call in (child.join, child.result):
        with pytest.raises(RuntimeError, match="has not been started"):
            call()
    assert Process(int).name != child.name


def test_a_subclass_may_override_run(start_method):
    child = Doubler(21, method=start_method)
    child.start()
    assert child.result(60) == ("doubler", 42, child.pid)
    child.close()


def test_join_first_and_read_later_is_no_deadlock(start_method, nothing_left):
    child = Process(bytes, args=(10_000_000,), method=start_method)
    child.start()
    child.join(60)
    assert child.exitcode == 0 and len(child.result()) == 10_000_000
    child.close()


def test_an_exception_its_traceback_and_the_status(start_method, capfd):
    child = Process(jobs.fail, args=("no luck",), method=start_method)
    child.start()
    with pytest.raises(ValueError, match="no luck") as caught:
        child.result(60)
    assert isinstance(caught.value.__cause__, RemoteTraceback) and "in fail" in str(caught.value.__cause__)
    assert child.exitcode == 1 and capfd.readouterr().err == ""
    child.close()


@pytest.mark.parametrize("function, args, exitcode", [
    (os._exit, (3,), 3), (jobs.leave, (0,), 0), (jobs.die_by, (signal.SIGTERM,), -15),
])
def test_a_death_is_told(start_method, function, args, exitcode, nothing_left):
    if exitcode < 0 and os.name != "posix":
        exitcode = 15  # os.kill ends a process with that status there
    child = Process(function, args=args, name="mortal", method=start_method)
    child.start()
    with pytest.raises(ChildDied, match="mortal .* died") as caught:
        child.result(60)
    assert caught.value.exitcode == child.exitcode == exitcode
    child.close()


def test_timeouts_leave_the_child_running_until_it_is_killed(start_method, nothing_left):
    child = Process(jobs.wait_for_ever, daemon=True, method=start_method)
    child.start()
    with pytest.raises(TimeoutError, match="still runs after 0.01 s"):
        child.result(0.01)
    child.join(0.01)
    assert child.is_alive() and child.exitcode is None
    with pytest.raises(ValueError):
        child.close()
    child.kill()
    child.join(60)
    assert not child.is_alive() and child.exitcode not in (None, 0)
    child.close()


def test_waiting_for_any_of_them(start_method):
    ready = multiprocessing.get_context(start_method).Event()
    slow = Process(jobs.wait_for_ever, args=(ready,), method=start_method)
    large = Process(bytes, args=(5_000_000,), method=start_method)
    slow.start()
    large.start()
    assert wait_any_process([slow, large], timeout=60) == [large]
    assert ready.wait(60) and wait_any_process([slow], timeout=0.01) == []
    slow.terminate()
    assert wait_any_process([slow], timeout=60) == [slow]
    for child in (slow, large):
        child.join()
        child.close()


def test_the_block_of_with_ends_the_child(nothing_left):
    with Process(jobs.get_pid) as child:
        pass
    assert child.exitcode == 0
    with pytest.raises(KeyboardInterrupt):
        with Process(jobs.wait_for_ever) as child:
            raise KeyboardInterrupt
    assert child.exitcode not in (None, 0)


def test_run_in_child(start_method, nothing_left):
    assert run_in_child(divmod, (7, 2), method=start_method) == (3, 1)
    with pytest.raises(TimeoutError):
        run_in_child(jobs.wait_for_ever, timeout=0.01, method=start_method)


def test_an_unknown_start_method():
    with pytest.raises(ValueError):
        Process(int, method="teleport")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_fork_warns_of_threads():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with pytest.warns(RuntimeWarning, match="fork with 1 other thread") as caught:
            run_in_child(int, method="fork")
        assert len(caught) == 1
        assert run_in_child(int, method="spawn") == 0
    finally:
        stop.set()
        thread.join()


CTRL_C = """
import os, sys, threading
from netio.concurrency import Process
from tests.concurrency import jobs

if __name__ == "__main__":
    children = [Process(jobs.wait_for_ever, args=(None,), method=sys.argv[1]) for _ in range(2)]
    try:
        for child in children:
            child.start()
        print(*(child.pid for child in children), flush=True)
        children[0].join()
    except KeyboardInterrupt:
        print("interrupted once", flush=True)
        for child in children:
            child.join(30)
        print(*(child.exitcode for child in children), flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="Wine has no console to press Ctrl-C in")
def test_ctrl_c_reaches_everyone_once_and_nothing_is_left(start_method, tmp_path):
    script = tmp_path / "ctrl_c.py"
    script.write_text(CTRL_C)
    with subprocess.Popen(
        [sys.executable, str(script), start_method], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as program:
        pids = [int(word) for word in program.stdout.readline().split()]
        wait_until(lambda: all(is_waiting(pid) for pid in pids))
        os.killpg(program.pid, signal.SIGINT)  # what a terminal does
        out, err = program.communicate(timeout=60)
    assert out.splitlines() == ["interrupted once", "-2 -2"]
    assert err == ""
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def is_waiting(pid):
    """True when a child has got as far as its work: spawned or forked, it stands in a futex wait."""
    try:
        with open(f"/proc/{pid}/wchan") as file:
            return "futex" in file.read()
    except OSError:
        return False


def test_spawned_children():
    child = spawn_child(divmod, 7, 2)
    assert child.result(60) == (3, 1) and child.name.startswith("SpawnProcess")
    child.close()
    for call in (spawn_child, run_spawned):
        with pytest.raises(TypeError, match="<lambda> cannot be sent to a spawned process: define it with def at"):
            call(lambda: 0)


AT_THE_END = """
from netio.concurrency import Process
from tests.concurrency import jobs
if __name__ == "__main__":
    daemon = Process(jobs.wait_for_ever, daemon=True, method="spawn")
    other = Process(print, args=("waited for",), method="spawn")
    daemon.start()
    other.start()
    print(daemon.pid, flush=True)
"""


def test_at_the_end_daemons_are_killed_and_others_waited_for(tmp_path):
    script = tmp_path / "at_the_end.py"
    script.write_text(AT_THE_END)
    done = subprocess.run(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)})
    daemon, waited = done.stdout.splitlines()
    assert waited == "waited for" and (done.returncode, done.stderr) == (0, "")
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(int(daemon), 0)


NO_FORK = """
import os
if hasattr(os, "fork"):
    del os.fork
import multiprocessing
from netio.concurrency import Process, ProcessPool, run_in_child, run_spawned
from tests.concurrency import jobs

if __name__ == "__main__":
    assert run_spawned(divmod, (7, 2)) == (3, 1)
    assert run_in_child(divmod, (7, 2), method="spawn") == (3, 1)
    with ProcessPool(1, method="spawn", timeout=60, max_tasks_per_child=1) as pool:
        assert list(pool.map(abs, [-1, -2])) == [1, 2]
    print("all is well")
"""


def test_the_spawn_path_needs_no_fork(tmp_path):
    script = tmp_path / "no_fork.py"
    script.write_text(NO_FORK)
    done = subprocess.run(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)})
    assert (done.stdout, done.stderr) == ("all is well\n", "")


def test_arguments_in_the_place_of_the_name_are_refused():
    with pytest.raises(TypeError, match="give its arguments as args="):
        Process(abs, (-4,))
