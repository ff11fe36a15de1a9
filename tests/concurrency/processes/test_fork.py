import os
import signal
import subprocess
import sys
import threading
import warnings

import pytest

from netio.concurrency import ChildDied, decode_status, double_fork, fork_child, run_forked, wait_child
from netio.concurrency.processes.fork import check_fork, warn_if_threads

from .. import jobs

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def test_the_child_never_returns_into_the_parents_code():
    mark = os.getpid()
    try:
        assert wait_child(fork_child(jobs.get_pid), 30) == 0
    finally:
        assert os.getpid() == mark


def test_a_failing_child_shows_its_traceback_and_ends_with_one(capfd):
    assert decode_status(wait_child(fork_child(jobs.fail, "no luck"), 30)).code == 1
    assert "ValueError: no luck" in capfd.readouterr().err


@pytest.mark.parametrize("code, expected", [(None, 0), (0, 0), (3, 3), (256 + 5, 5)])
def test_the_code_of_sys_exit(code, expected):
    assert decode_status(wait_child(fork_child(sys.exit, code), 30)).code == expected


def test_a_text_for_sys_exit_goes_to_stderr(capfd):
    assert decode_status(wait_child(fork_child(sys.exit, "goodbye"), 30)).code == 1
    assert capfd.readouterr().err == "goodbye\n"


def test_ctrl_c_ends_a_child_silently_by_the_signal(capfd):
    assert decode_status(wait_child(fork_child(jobs.interrupt), 30)).signal == signal.SIGINT
    assert capfd.readouterr().err == ""


def test_ctrl_c_in_the_moment_of_the_fork_is_not_lost():
    code = """
import os, signal
from netio.concurrency import fork_child, wait_child
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGINT))
print(wait_child(fork_child(print, "the child went on"), 30))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == (f"{int(signal.SIGINT)}\n", "", 0)


def test_threads_that_the_child_started_may_end(tmp_path):
    assert wait_child(fork_child(jobs.run_a_thread, tmp_path / "out"), 30) == 0
    assert (tmp_path / "out").read_text() == "from the thread"


def test_no_atexit_function_runs_and_output_is_not_doubled():
    code = (
        "import atexit, os\n"
        "from netio.concurrency import fork_child, wait_child\n"
        "atexit.register(print, 'at exit')\n"
        "print('before')\n"
        "wait_child(fork_child(print, 'child'), 30)\n"
        "print('after')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": ""})
    assert done.stdout.split() == ["before", "child", "after", "at", "exit"]


def test_threads_are_warned_of_by_name():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="busy thread")
    thread.start()
    try:
        with pytest.warns(RuntimeWarning, match="1 other thread.*busy thread.*spawn"):
            warn_if_threads()
        with pytest.warns(RuntimeWarning) as caught:
            wait_child(fork_child(int), 30)
        assert [warning.category for warning in caught] == [RuntimeWarning]
        assert caught[0].filename == __file__
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            wait_child(fork_child(int, warn_threads=False), 30)
    finally:
        stop.set()
        thread.join()


def test_a_result_of_any_size(nothing_left):
    assert len(run_forked(bytes, (20_000_000,))) == 20_000_000


def test_the_function_need_not_pickle():
    assert run_forked(lambda a, *, b: a + b, (1,), {"b": 2}) == 3


def test_an_exception_with_the_childs_traceback(nothing_left):
    with pytest.raises(ValueError, match="text") as caught:
        run_forked(jobs.fail, ("text",))
    assert "in fail" in str(caught.value.__cause__) and "pack_outcome" not in str(caught.value.__cause__)


@pytest.mark.parametrize("function, args, message", [
    (jobs.die_by, (signal.SIGKILL,), "die_by .* died: killed by SIGKILL"), (os._exit, (3,), "exited with status 3"),
    (sys.exit, (0,), "exited with status 0"),
] if hasattr(os, "fork") else [])
def test_a_child_that_dies_is_told_with_its_status(function, args, message, nothing_left):
    with pytest.raises(ChildDied, match=message):
        run_forked(function, args, timeout=30)


def test_a_child_that_dies_but_leaves_its_pipe_to_a_grandchild():
    """The pipe does not end, because the grandchild has it open, too; the child's end is noticed none the less."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("only pidfds tell that")
    reader, writer = os.pipe()
    with pytest.raises(ChildDied):
        run_forked(_leave_a_grandchild, (reader, writer), timeout=30)
    os.close(reader)
    os.close(writer)  # the grandchild ends now


def _leave_a_grandchild(reader, writer):
    fork_child(_read_to_the_end, reader, writer)
    os._exit(1)


def _read_to_the_end(reader, writer):
    os.close(writer)
    while os.read(reader, 10):
        pass


def test_a_timeout_kills(nothing_left):
    with pytest.raises(TimeoutError, match="wait_for_ever was killed, because it still ran after 0.05 s"):
        run_forked(jobs.wait_for_ever, timeout=0.05)


def test_a_grandchild_that_nobody_needs_to_collect(nothing_left):
    reader, writer = os.pipe()
    double_fork(_tell_parent, writer)
    os.close(writer)
    with open(reader, "rb") as file:
        assert int(file.read()) != os.getpid()


def _tell_parent(writer):
    os.write(writer, str(os.getppid()).encode())


def test_run_and_exit_exits_with_buffered_output_written():
    code = "from netio.concurrency.processes.fork import run_and_exit; run_and_exit(print, 'once'); print('never')"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert (done.returncode, done.stdout) == (0, "once\n")


def test_without_fork_there_is_one_clear_error(monkeypatch):
    monkeypatch.delattr(os, "fork")
    for call in (check_fork, lambda: fork_child(int), lambda: run_forked(int), lambda: double_fork(int)):
        with pytest.raises(OSError, match=f"no fork on {sys.platform}: processes are spawned there"):
            call()
