"""Where the notes on processes and threads are wrong: first what their way really does, then ours doing it right.

Numbers up to 45 are those of the errata list; from 81 on they are further statements of the same chapters.
"""
import builtins
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading

import pytest

from netio.concurrency import (
    Process, ResultThread, WorkerPool, decode_status, fork_child, gil_is_on, lets_others_run, offset_after_fork,
    output_after_fork, process_state, reap_children, run_in_child, wait_child,
)

from . import jobs

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def run_program(folder, text, *arguments, **options):
    """Write a program and run it, as a student would."""
    script = folder / "program.py"
    script.write_text(text, encoding="utf-8")
    path = os.pathsep.join(folder for folder in sys.path if folder)
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": ""}
    return subprocess.run([sys.executable, str(script), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60, env=environment, **options)


@needs_fork
def test_27_a_fork_that_fails_raises(monkeypatch):
    """Notes: `pid = os.fork(); if pid < 0: print("Creat failed!")`."""
    code = ("import os, resource\nresource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\nos.setuid(65534)\n"
            "try:\n    pid = os.fork()\n    print('negative' if pid < 0 else 'forked')\n"
            "except OSError as error:\n    print('raised', error.errno)\n")
    if os.getuid() == 0:  # only then can the limit be made to hold: for another user
        import errno
        done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
        assert done.stdout == f"raised {errno.EAGAIN}\n"

    def no_room():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_room)
    with pytest.raises(OSError, match="temporarily unavailable"):
        fork_child(int)


@needs_fork
def test_28_unflushed_output_appears_twice(capfd):
    """Notes: nothing said of it; their examples print, then fork."""
    assert output_after_fork(flush=False) == "hello hello"
    assert output_after_fork(flush=True) == "hello"


@needs_fork
def test_29_status_is_not_always_code_times_256():
    """Notes: `sys.exit(2)` in the child, and wait's status "is 2 * 256"."""
    assert os.waitpid(fork_child(sys.exit, 2), 0)[1] == 2 * 256
    status = os.waitpid(fork_child(jobs.die_by, signal.SIGKILL), 0)[1]
    assert status == signal.SIGKILL and status // 256 == 0, "the notes' arithmetic takes a killed child for a success"
    assert decode_status(status) == (None, signal.SIGKILL, False)


SECOND_CHILD = """
import os, sys

def f1():
    print("f1", flush=True)

def f2():
    print("f2", flush=True)

def main():
    pid = os.fork()
    if pid == 0:
        p = os.fork()
        if p == 0:
            f1()
        else:
            os._exit(0)
    else:
        os.wait()
        f2()

main()
print("the rest of the program", flush=True)
"""


@needs_fork
def test_30_the_second_child_runs_on_into_the_program(tmp_path):
    """Notes: the second-level child calls f1() and has nothing behind it."""
    done = run_program(tmp_path, SECOND_CHILD)
    assert done.stdout.splitlines().count("the rest of the program") == 2
    ours = ("from netio.concurrency import detach\n"
            "detach(print, 'f1')\nprint('f2', flush=True)\nprint('the rest of the program', flush=True)\n")
    done = run_program(tmp_path, ours)
    assert sorted(done.stdout.splitlines()) == ["f1", "f2", "the rest of the program"]


IGNORING = """
import os, signal, subprocess, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("a failure reads as", subprocess.run([sys.executable, "-S", "-c", "raise SystemExit(7)"]).returncode, flush=True)
if os.fork() == 0:
    os._exit(3)
try:
    os.wait()
except ChildProcessError as error:
    print("os.wait raises", type(error).__name__)
"""


@needs_fork
def test_31_ignoring_sigchld_loses_exit_codes(tmp_path):
    """Notes: `signal.signal(SIGCHLD, SIG_IGN)` "is the simple way"."""
    done = run_program(tmp_path, IGNORING)
    assert done.stdout == "a failure reads as 0\nos.wait raises ChildProcessError\n"
    mine = fork_child(sys.exit, 3)
    assert subprocess.run([sys.executable, "-S", "-c", "raise SystemExit(7)"]).returncode == 7
    assert wait_child(mine, 30) == 3 * 256


@needs_fork
def test_32_signals_not_semaphores_collect_children():
    """Notes: "信号量 (semaphores) can also be used for the zombies of processing"."""
    semaphore = multiprocessing.get_context("fork").Semaphore(0)
    pid = fork_child(semaphore.release)
    semaphore.acquire()
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert process_state(pid) == "Z", "the semaphore was given and taken, and the zombie is still there"
    assert reap_children([pid]) == [(pid, 0)]


@needs_fork
def test_33_closing_in_one_process_leaves_the_others_open():
    """Notes: "either of them closing [the file] makes the other unable to use it"."""
    assert offset_after_fork() == (b"012", b"345", b"012")


COPY_HALF = """
import os
file_path = 'face.jpg'
{size}
def copy_top():
    with open({opened}, 'rb') as f1, open('top.jpg', 'wb') as f2:
        f2.write(f1.read({count}))
copy_top()
"""


def test_34_a_name_in_quotes_is_a_file_of_that_name(tmp_path):
    """Notes: `size = os.path.getsize(file_name)`, `open('file_path', 'rb')`, `f1.read(n//2)`."""
    (tmp_path / "face.jpg").write_bytes(b"topbot")
    right = {"size": "size = os.path.getsize(file_path)", "opened": "file_path", "count": "size // 2"}
    for wrong, error in (({"size": "size = os.path.getsize(file_name)"}, "NameError: name 'file_name'"),
                         ({"opened": "'file_path'"}, "FileNotFoundError: .*'file_path'"),
                         ({"count": "n//2"}, "NameError: name 'n'")):
        done = run_program(tmp_path, COPY_HALF.format(**{**right, **wrong}), cwd=tmp_path)
        assert done.returncode == 1 and re.search(error, done.stderr)
    assert run_program(tmp_path, COPY_HALF.format(**right), cwd=tmp_path).returncode == 0
    assert (tmp_path / "top.jpg").read_bytes() == b"top"


def test_37_the_first_argument_of_process_is_group():
    """Notes: `Process(fun1, args=(p,))`."""
    try:
        wrong = multiprocessing.Process(divmod, args=(7, 2))
    except AssertionError as error:
        assert "group" in str(error)
    else:  # python -O: nothing is said, and the function is never called
        assert wrong.run() is None
    child = Process(divmod, args=(7, 2))
    child.start()
    assert child.result(60) == (3, 1)
    child.close()


DAEMON = """
import multiprocessing, os, sys, time
from tests.concurrency import jobs
if __name__ == "__main__":
    child = multiprocessing.get_context(sys.argv[1]).Process(target=jobs.wait_for_ever, daemon=True)
    child.start()
    print(child.pid, flush=True)
    sys.stdin.readline()
"""


@needs_fork
def test_40_a_daemon_outlives_a_parent_that_was_killed(tmp_path, start_method):
    """Notes: `daemon = True`: "when the parent ends, the child ends as well"."""
    (tmp_path / "daemon.py").write_text(DAEMON)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

    def end_parent(by_signal):
        with subprocess.Popen([sys.executable, str(tmp_path / "daemon.py"), start_method], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, env=environment, text=True) as parent:
            child = int(parent.stdout.readline())
            if by_signal:
                parent.kill()
        return child

    normal = end_parent(by_signal=False)
    with pytest.raises(ProcessLookupError):
        os.kill(normal, 0)
    left_over = end_parent(by_signal=True)
    os.kill(left_over, 0)  # it is there
    os.kill(left_over, signal.SIGKILL)


NO_GUARD = """
import multiprocessing
with multiprocessing.get_context("spawn").Pool(1) as pool:
    print(pool.apply(abs, (-1,)))
"""
OURS_WITHOUT_GUARD = """
from netio.concurrency import WorkerPool
with WorkerPool(1, method="spawn") as pool:
    print(pool.submit(abs, -1).result())
"""
SWALLOWED = """
import multiprocessing
from tests.concurrency import jobs
if __name__ == "__main__":
    pool = multiprocessing.Pool(1)
    pool.apply_async(jobs.fail, ("nobody will know",))
    pool.close()
    pool.join()
    print("all is well")
"""


def test_42_a_pool_without_its_guard_and_errors_that_nobody_gets(tmp_path):
    """Notes: `pool = Pool(10)` at the top of the program; `apply_async` whose results are never asked for."""
    (tmp_path / "no_guard.py").write_text(NO_GUARD)
    command = [sys.executable, str(tmp_path / "no_guard.py")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
                          text=True) as program:
        failures = 0
        while failures < 2:  # the pool starts one worker after the other, and each fails, for ever
            failures += program.stderr.readline().startswith("RuntimeError")
        program.kill() if os.name != "posix" else os.killpg(program.pid, signal.SIGKILL)
        program.stderr.read()
    done = run_program(tmp_path, OURS_WITHOUT_GUARD)
    assert done.returncode == 1 and "ChildDied" in done.stderr, "ours says so, and ends"
    assert run_program(tmp_path, SWALLOWED).stdout == "all is well\n"
    with WorkerPool(1, method="spawn") as pool, pytest.raises(ValueError, match="somebody will know"):
        pool.submit(jobs.fail, "somebody will know").result(60)


def test_43_sys_exit_ends_one_thread_only(tmp_path):
    """Notes: "sys.exit() in a thread, and the whole process exits"."""
    text = ("import sys, threading\nthread = threading.Thread(target=sys.exit, args=(3,))\nthread.start()\n"
            "thread.join()\nprint('the process goes on')\n")
    done = run_program(tmp_path, text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the process goes on\n", ""), "and nobody is told"
    ours = ResultThread(sys.exit, (3,))
    ours.start()
    with pytest.raises(SystemExit) as caught:
        ours.join()
    assert caught.value.code == 3


def test_44_a_thread_class_must_call_super():
    """Notes: `class myThread(Thread): def __init__(self, *args, **kwargs)` and nothing of `super().__init__()`."""
    class MyThread(threading.Thread):
        def __init__(self, *args, **kwargs):
            self.args = args

    with pytest.raises(RuntimeError, match="__init__"):
        MyThread(1).start()
    thread = ResultThread(max, (1, 2))
    thread.start()
    assert thread.join() == 2


def test_45_threads_do_run_in_parallel_where_the_lock_is_let_go():
    """Notes: "Multi-threading cannot run in parallel"."""
    import hashlib
    block = bytes(1 << 18)
    assert lets_others_run(lambda: hashlib.sha256(block), steps=5000)
    assert lets_others_run(lambda: sum(range(100))) is not gil_is_on()


def test_81_fork_is_not_linuxs_alone():
    """Notes: "only in Linux can fork be used"."""
    assert hasattr(os, "fork") == (os.name == "posix") == ("fork" in multiprocessing.get_all_start_methods())
    assert run_in_child(divmod, (7, 2), method="spawn") == (3, 1), "and processes start everywhere"


@needs_fork
def test_82_a_forked_child_can_read_its_input(tmp_path):
    """Notes: "input cannot be used in a child process": multiprocessing closes its stdin; fork does not."""
    text = ("import sys\nfrom netio.concurrency import fork_child, wait_child\n"
            "wait_child(fork_child(lambda: print(input())), 30)\n")
    assert run_program(tmp_path, text, input="typed\n").stdout == "typed\n"
    theirs = ("import multiprocessing\nchild = multiprocessing.get_context('fork').Process(target=input)\n"
              "child.start()\nchild.join()\n")
    assert "EOFError" in run_program(tmp_path, theirs, input="typed\n").stderr


def test_83_a_global_can_be_set_without_the_statement():
    """Notes: "without the global statement it is impossible to assign to a variable outside the function"."""
    def assign():
        globals()["_counter"] = 5
        box.append(1)

    box = []
    assign()
    assert globals().pop("_counter") == 5 and box == [1]


def test_84_names_and_signs_that_do_not_exist(tmp_path):
    """Notes: `for i in 10:`, `thread(target=fun)`, `Semphore(3)`, `randInt(1, 5)`, `if p == 0：`."""
    for wrong, error, right in (
        ("for i in 10: pass", "TypeError", "for i in range(10): pass"),
        ("from threading import Thread\nthread(target=int)", "NameError", "from threading import Thread; Thread()"),
        ("from multiprocessing import Semphore", "ImportError", "from multiprocessing import Semaphore"),
        ("from random import randInt", "ImportError", "from random import randint"),
        ("p = 0\nif p == 0：\n    pass", "SyntaxError", "p = 0\nif p == 0:\n    pass"),
    ):
        with pytest.raises(getattr(builtins, error)):
            exec(compile(wrong, "notes", "exec"), {})
        exec(compile(right, "ours", "exec"), {})


@needs_fork
def test_85_sys_exit_in_a_child_runs_its_parents_endings(tmp_path):
    """Notes: of `os._exit` and `sys.exit`, "sys.exit() is used a bit more": not in a forked child."""
    text = ("import atexit, os, sys\natexit.register(print, 'at exit', flush=True)\n"
            "try:\n    if os.fork() == 0:\n        sys.exit()\n    os.wait()\n"
            "finally:\n    print('finally', flush=True)\n")
    assert sorted(run_program(tmp_path, text).stdout.splitlines()) == ["at exit"] * 2 + ["finally"] * 2
    ours = text.replace("if os.fork() == 0:\n        sys.exit()", "fork_child(sys.exit)")
    done = run_program(tmp_path, "from netio.concurrency import fork_child\n" + ours)
    assert done.stdout.splitlines() == ["finally", "at exit"]
