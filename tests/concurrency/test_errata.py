"""Where the notes on processes and threads are wrong: first what their way really does, then ours doing it right.

The numbers are those of docs/errata.md.
"""
import builtins
import errno
import gc
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from unittest import mock

import pytest

from netio import tcp
from netio.concurrency import (
    CheckedLock, DeadlockError, EchoProtocol, Process, ProcessPool, ResultThread, Server, decode_status,
    fork_child, is_gil_enabled, reap_children, releases_gil, run_in_child, wait_child,
)
from netio.concurrency.processes.fork_facts import offset_after_fork, output_after_fork
from netio.concurrency.processes.zombies import process_state
from netio.concurrency.threads.exercises import NO_LOCK, watch_pair

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


def until_zombie(pid):
    """Wait for a child's end without collecting it; macOS has os.waitid from Python 3.13 on only."""
    while process_state(pid) != "Z":
        time.sleep(0.001)


@needs_fork
def test_27_a_fork_that_fails_raises():
    """Notes: `pid = os.fork(); if pid < 0: print("Creat failed!")`."""
    code = ("import os, resource\nresource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n"
            "if os.getuid() == 0: os.setuid(65534)  # the limit does not hold for root\n"
            "try:\n    pid = os.fork()\n    print('negative' if pid < 0 else 'forked')\n"
            "except OSError as error:\n    print('raised', error.errno)\n")
    done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    assert done.stdout == f"raised {errno.EAGAIN}\n"

    def no_room():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with mock.patch.object(os, "fork", no_room), pytest.raises(OSError, match="temporarily unavailable"):
        fork_child(int)
    print("notes:", "os.fork() never returns a negative number")
    print("netio:", "it raises OSError: Resource temporarily unavailable")


@needs_fork
def test_28_unflushed_output_appears_twice():
    """Notes: nothing said of it; their examples print, then fork."""
    assert output_after_fork(flush=False) == "hello hello"
    assert output_after_fork(flush=True) == "hello"
    print("notes:", output_after_fork(flush=False))
    print("netio:", output_after_fork(flush=True))


@needs_fork
def test_29_status_is_not_always_code_times_256():
    """Notes: `sys.exit(2)` in the child, and wait's status "is 2 * 256"."""
    assert os.waitpid(fork_child(sys.exit, 2), 0)[1] == 2 * 256
    status = os.waitpid(fork_child(jobs.die_by, signal.SIGKILL), 0)[1]
    assert status == signal.SIGKILL and status // 256 == 0, "the notes' arithmetic takes a killed child for a success"
    assert decode_status(status) == (None, signal.SIGKILL, False)
    print("notes:", f"killed: status {status}, status // 256 is {status // 256}, a success")
    print("netio:", decode_status(status))


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
    ours = ("from netio.concurrency import double_fork\n"
            "double_fork(print, 'f1')\nprint('f2', flush=True)\nprint('the rest of the program', flush=True)\n")
    done = run_program(tmp_path, ours)
    assert sorted(done.stdout.splitlines()) == ["f1", "f2", "the rest of the program"]
    print("notes:", "'the rest of the program' ran twice")
    print("netio:", done.stdout.split("\n"))


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
    print("notes:", "exit code 7 reads as 0; os.wait() raises ChildProcessError")
    print("netio:", "wait_child:", 3 * 256)


@needs_fork
def test_32_signals_not_semaphores_collect_children():
    """Notes: "信号量 (semaphores) can also be used for the zombies of processing"."""
    semaphore = multiprocessing.get_context("fork").Semaphore(0)
    pid = fork_child(semaphore.release)
    semaphore.acquire()
    until_zombie(pid)
    assert process_state(pid) == "Z", "the semaphore was given and taken, and the zombie is still there"
    assert reap_children([pid]) == [(pid, 0)]
    print("notes:", "after the semaphore the child is still a zombie (Z)")
    print("netio:", "reap_children collects it")


@needs_fork
def test_33_closing_in_one_process_leaves_the_others_open():
    """Notes: "either of them closing [the file] makes the other unable to use it"."""
    assert offset_after_fork() == (b"012", b"345", b"012")
    child, parent, own = offset_after_fork()
    print("notes:", f"the child read {child!r} and closed; the parent read on: {parent!r}")
    print("netio:", f"with a file of its own, it reads from the start: {own!r}")


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
    print("notes:", "NameError: file_name; FileNotFoundError: 'file_path'; NameError: n")
    print("netio:", (tmp_path / "top.jpg").read_bytes())


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
    print("notes:", "AssertionError: group argument must be None for now")
    print("netio:", "Process(divmod, args=(7, 2)).result():", (3, 1))


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
    print("notes:", f"the parent was killed, and its daemon {left_over} lives on")
    print("netio:", "only a normal exit ends daemons")


NO_GUARD = """
import multiprocessing
with multiprocessing.get_context("spawn").Pool(1) as pool:
    print(pool.apply(abs, (-1,)))
"""
OURS_WITHOUT_GUARD = """
from netio.concurrency import ProcessPool
with ProcessPool(1, method="spawn") as pool:
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
        for line in program.stderr:  # the pool starts one worker after the other, and each fails, for ever
            failures += line.startswith("RuntimeError")
            if failures == 2:
                break
        program.kill() if os.name != "posix" else os.killpg(program.pid, signal.SIGKILL)
        program.stderr.read()
    assert failures == 2, "no pool can start on this system"
    done = run_program(tmp_path, OURS_WITHOUT_GUARD)
    assert done.returncode == 1 and "ChildDied" in done.stderr, "ours says so, and ends"
    assert run_program(tmp_path, SWALLOWED).stdout == "all is well\n"
    with ProcessPool(1, method="spawn") as pool, pytest.raises(ValueError, match="somebody will know"):
        pool.submit(jobs.fail, "somebody will know").result(60)
    print("notes:", "no guard: worker after worker fails, for ever; apply_async: 'all is well'")
    print("netio:", "ProcessPool: ChildDied; result() raises what the worker raised")


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
    print("notes:", done.stdout.strip())
    print("netio:", f"ResultThread.join() raises SystemExit({caught.value.code})")


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
    print("notes:", "RuntimeError: thread.__init__() not called")
    print("netio:", "ResultThread(max, (1, 2)).join():", 2)


def test_45_threads_do_run_in_parallel_where_the_lock_is_let_go():
    """Notes: "Multi-threading cannot run in parallel"."""
    import hashlib
    block = bytes(1 << 18)
    assert releases_gil(lambda: hashlib.sha256(block), steps=5000)
    assert releases_gil(lambda: sum(range(100))) is not is_gil_enabled()
    print("notes:", "another thread ran while sha256 was computed")
    print("netio:", "releases_gil(sum over range(100)):", not is_gil_enabled())


def test_81_fork_is_not_linuxs_alone():
    """Notes: "only in Linux can fork be used"."""
    assert hasattr(os, "fork") == (os.name == "posix") == ("fork" in multiprocessing.get_all_start_methods())
    assert run_in_child(divmod, (7, 2), method="spawn") == (3, 1), "and processes start everywhere"
    print("notes:", f"this is {os.name}, {sys.platform}: hasattr(os, 'fork') is {hasattr(os, 'fork')}")
    print("netio:", "run_in_child(..., method='spawn') works everywhere:", (3, 1))


@needs_fork
def test_82_a_forked_child_can_read_its_input(tmp_path):
    """Notes: "input cannot be used in a child process": multiprocessing closes its stdin; fork does not."""
    text = ("import sys\nfrom netio.concurrency import fork_child, wait_child\n"
            "wait_child(fork_child(lambda: print(input())), 30)\n")
    assert run_program(tmp_path, text, input="typed\n").stdout == "typed\n"
    theirs = ("import multiprocessing\nchild = multiprocessing.get_context('fork').Process(target=input)\n"
              "child.start()\nchild.join()\n")
    assert "EOFError" in run_program(tmp_path, theirs, input="typed\n").stderr
    print("notes:", "multiprocessing: EOFError")
    print("netio:", "fork_child: reads 'typed'")


def test_83_a_global_can_be_set_without_the_statement():
    """Notes: "without the global statement it is impossible to assign to a variable outside the function"."""
    binding = ["counter = 1", "counter += 1", "for counter in (1, 2): pass", "import os as counter", "def counter(): 0"]
    left_alone = []
    for statement in binding:
        space = {"counter": 0}
        exec(f"def change():\n    {statement}", space)
        try:
            space["change"]()
        except UnboundLocalError:
            pass  # += reads the local first
        left_alone.append(space["counter"])
    assert left_alone == [0] * len(binding), "each of these makes the name local"
    changing = {"globals()['counter'] = 5": 5, "box.append(1)": 0}
    space = {"counter": 0, "box": []}
    exec("def change():\n    " + "\n    ".join(changing), space)
    space["change"]()
    assert space["counter"] == 5 and space["box"] == [1]
    print("notes:", "without global, each of =, +=, for, import, def left the outer variable at", left_alone[0])
    print("netio:", "globals()['counter'] = 5 set it to", space["counter"], "and box.append changed", space["box"])


def test_84_names_that_do_not_exist():
    """Notes: `thread(target=fun)`, `Semphore(3)`, `randInt(1, 5)`."""
    for wrong, error, right in (
        ("from threading import Thread\nthread(target=int)", "NameError", "from threading import Thread; Thread()"),
        ("from multiprocessing import Semphore", "ImportError", "from multiprocessing import Semaphore"),
        ("from random import randInt", "ImportError", "from random import randint"),
    ):
        with pytest.raises(getattr(builtins, error)):
            exec(compile(wrong, "notes", "exec"), {})
        exec(compile(right, "ours", "exec"), {})
    print("notes:", "NameError: thread; ImportError: randInt, Semphore")
    print("netio:", "Thread, randint, Semaphore")


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
    print("notes:", "sys.exit in a forked child runs atexit and finally of its parent: both twice")
    print("netio:", "fork_child: once")


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy's integers have no size of their own")
def test_113_an_integer_has_more_than_four_bytes():
    """Notes: "the integer takes 4 bytes, which means that 4 bytes of memory are allotted": C's int does."""
    import struct

    sizes = [sys.getsizeof(number) for number in (1, 2 ** 30, 2 ** 300)]
    assert 4 < sizes[0] <= sizes[1] < sizes[2] and struct.calcsize("=i") == 4
    print("notes:", "Python's 1, 2**30 and 2**300 take", sizes, "bytes")
    print("netio:", "four bytes are packing.Int32's, or struct's '=i':", struct.calcsize("=i"))


@pytest.mark.skipif(sys.platform != "linux", reason="the letter is that of Linux's ps")
def test_114_the_letter_l_is_for_threads():
    """Notes: ps STAT: "l（有多进程的）" (with several processes): several threads."""
    import shutil

    if not shutil.which("ps"):
        pytest.skip("ps is not installed")
    text = "import os, threading\n{}\nprint(os.popen(f'ps -o stat= -p {{os.getpid()}}').read(), flush=True)\nend.set()"
    ways = {"processes": "end = threading.Event()\nif os.fork() == 0: os.execlp('sleep', 'sleep', '0')",
            "threads": "end = threading.Event()\nthreading.Thread(target=end.wait).start()"}
    seen = {}
    for way, code in ways.items():
        done = subprocess.run([sys.executable, "-S", "-c", text.format(code)], stdout=subprocess.PIPE, text=True)
        seen[way] = done.stdout.strip()
    assert "l" not in seen["processes"] and "l" in seen["threads"]
    print("notes:", "STAT of a process with a child:", seen["processes"])
    print("netio:", "STAT of a process with two threads:", seen["threads"])


@needs_fork
def test_115_fork_copies_one_thread_only():
    """Notes: "the child copies all memory of its parent": the locks, but not the threads that would release them."""
    code = ("import os, sys, threading, warnings\nwarnings.simplefilter('ignore')\n"
            "lock = threading.Lock()\nheld, end = threading.Event(), threading.Event()\n"
            "def hold():\n    with lock:\n        held.set()\n        end.wait()\n"
            "threading.Thread(target=hold).start()\nheld.wait()\npid = os.fork()\n"
            "if pid == 0:\n    os._exit(lock.acquire(timeout=0.01) * 2 + threading.active_count() - 1)\n"
            "print(os.waitpid(pid, 0)[1] // 256)\nend.set()\n")
    done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    assert done.stdout == "0\n", "no second thread, and its lock is held for ever"
    with pytest.warns(Warning, match="thread") as caught:
        end = threading.Event()
        thread = threading.Thread(target=end.wait)
        thread.start()
        try:
            wait_child(fork_child(int), 30)
        finally:
            end.set()
            thread.join()
    print("notes:", "in the child: one thread, and the other's lock can never be taken")
    print("netio:", "fork_child warns:", caught[0].message)


@needs_fork
def test_116_exit_without_flush(tmp_path):
    """Notes: "os._exit(): end a process", with nothing said of what was printed and not yet written."""
    theirs = run_program(tmp_path, "import os\nprint('done')\nos._exit(0)\n").stdout
    ours = run_program(tmp_path, "from netio.concurrency.processes.fork import run_and_exit\n"
                       "run_and_exit(print, 'done')\n").stdout
    assert (theirs, ours) == ("", "done\n")
    print("notes:", repr(theirs))
    print("netio:", "run_and_exit:", repr(ours))


@pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux's")
def test_117_who_adopts_an_orphan(tmp_path):
    """Notes: "the head of the orphanage has another number after each start": process 1, or the nearest subreaper."""
    code = ("import ctypes, os, signal, sys\nfrom netio.concurrency.processes.zombies import make_orphan\n"
            "if 'reap' in sys.argv: ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER\n"
            "orphan, first, second = make_orphan()\nprint(second, os.getpid())\nos.kill(orphan, signal.SIGKILL)\n")
    usual, _ = map(int, run_program(tmp_path, code).stdout.split())
    adopter, itself = map(int, run_program(tmp_path, code, "reap").stdout.split())
    assert adopter == itself and process_state(usual) is not None
    print("notes:", f"the usual adopter here is process {usual}")
    print("netio:", f"a process that asks for it ({itself}) adopts the orphans below it: {adopter}")


TWO_CHILDREN = """
import os
from netio.concurrency import fork_child, wait_child
reader, writer = os.pipe()
meant = fork_child(os.read, reader, 1)
other = fork_child(int)
print(os.wait()[0] == other)
os.write(writer, b"x")
print(wait_child(meant, 30))
"""


@needs_fork
def test_118_wait_takes_any_child(tmp_path):
    """Notes: "os.wait()#等待一级子进程退出": it returns for whichever child ends first."""
    assert run_program(tmp_path, TWO_CHILDREN).stdout.split() == ["True", "0"]
    print("notes:", "os.wait() collected the other child")
    print("netio:", "wait_child(pid) waits for that one: status 0")


@needs_fork
def test_119_behind_sys_exit_nothing_runs(tmp_path):
    """Notes: `sys.exit()` and below it `os._exit(0)`, in a program that does not import sys."""
    code = "import os\nif os.fork() == 0:\n    {}sys.exit()\n    os._exit(0)\nprint(os.wait()[1], flush=True)\n"
    theirs = run_program(tmp_path, code.format(""))
    mended = run_program(tmp_path, code.format("import sys; ").replace("sys.exit()", "sys.exit(7)"))
    ours = run_program(tmp_path, "from netio.concurrency import *\nprint(wait_child(fork_child(int), 30))")
    assert theirs.stdout == "256\n" and "name 'sys'" in theirs.stderr and mended.stdout == f"{7 * 256}\n"
    assert ours.stdout == "0\n"
    print("notes:", "NameError: name 'sys'; and imported, sys.exit(7) leaves os._exit(0) without a turn")
    print("netio:", "fork_child ends its child by os._exit: status", ours.stdout.strip())


@needs_fork
def test_120_a_process_that_nobody_joins_is_a_zombie():
    """Notes: "第三步可有可不有" (the third step, join, can be left out)."""
    child = multiprocessing.get_context("fork").Process(target=sys.exit, args=(3,))
    child.start()
    until_zombie(child.pid)
    before = process_state(child.pid)
    assert before == "Z" and child.exitcode == 3 and process_state(child.pid) is None, "exitcode collects it, too"
    child.join()
    child.close()
    ours = Process(divmod, args=(7, 2))
    ours.start()
    assert ours.result(60) == (3, 1) and process_state(ours.pid) is None
    ours.close()
    print("notes:", "without join its state is Z, a zombie, until something else collects it")
    print("netio:", "Process.result() joins:", (3, 1))


def test_121_join_tells_nothing():
    """Notes: "with an argument, join blocks for so many seconds": at most so many, and it returns None in any case."""
    meeting = threading.Event()
    thread = threading.Thread(target=meeting.wait)
    thread.start()
    first = thread.join(0.01)
    running = thread.is_alive()
    meeting.set()
    second = thread.join(600)  # does not block for 600 s
    assert first is second is None and running and not thread.is_alive()
    ours = ResultThread(max, (1, 2))
    ours.start()
    result = ours.join(60)
    assert result == 2
    print("notes:", "join(0.01) of a running one:", first, "- join(600) of one that ends:", second, "at once")
    print("netio:", "ResultThread.join gives the result", result)


AT_EXIT = """
import atexit
if __name__ == "__main__":
    atexit.register(print, "the parent ends", flush=True)
    import multiprocessing  # registers after us what waits for children, and so is asked before us
    multiprocessing.get_context("spawn").Process(target=print, args=("the child ends",), kwargs={"flush": True}).start()
    print("main is over", flush=True)
"""


def test_122_a_parent_waits_for_its_children(tmp_path):
    """Notes: "默认情况下，父进程退出是不会影响到子进程的的执行的": it does not end before them: it joins them first."""
    lines = run_program(tmp_path, AT_EXIT).stdout.splitlines()
    assert [line for line in lines if line != "main is over"] == ["the child ends", "the parent ends"]
    if hasattr(os, "fork"):
        ours = run_program(tmp_path, "import os\nfrom netio.concurrency import double_fork\nready, go = os.pipe()\n"
                           "double_fork(lambda: (os.read(ready, 1), print('detached', flush=True)))\n"
                           "import atexit; atexit.register(lambda: (print('the parent ends', flush=True), "
                           "os.write(go, b'x')))\n").stdout.splitlines()
        assert ours == ["the parent ends", "detached"]
    print("notes:", "main is over; " + "; ".join(line for line in lines if line != "main is over"))
    print("netio:", "double_fork() lets the parent end first (POSIX)")


def test_123_a_daemon_may_have_no_children(tmp_path):
    """Notes: "设设置守护也很关键" (setting daemon is important, too): and then a handler can start no process."""
    text = ("import multiprocessing\nspawn = multiprocessing.get_context('spawn')\n"
            "def work():\n    try:\n        spawn.Process(target=int).start()\n"
            "    except AssertionError as error:\n        print(error, flush=True)\n"
            "if __name__ == '__main__':\n    child = spawn.Process(target=work, daemon={})\n"
            "    child.start()\n    child.join()\n    print('joined', child.exitcode)\n")
    refused = run_program(tmp_path, text.format(True)).stdout.splitlines()
    allowed = run_program(tmp_path, text.format(False)).stdout.splitlines()
    assert refused[-1] == allowed[-1] == "joined 0" and allowed == ["joined 0"]
    if __debug__ and os.name == "posix":
        assert "daemonic" in refused[0]
    print("notes:", "; ".join(refused))
    print("netio:", "not a daemon, but joined:", "; ".join(allowed))


def test_124_pool_is_of_processes():
    """Notes: `#创建线程池` (make a pool of threads) above `pool = Pool(10)`, from multiprocessing."""
    from multiprocessing.pool import ThreadPool

    pids = []
    for kind in (ThreadPool, multiprocessing.Pool):
        pool = kind(1)
        pids.append(pool.apply(os.getpid))
        pool.close()
        pool.join()
    inside, in_pool = pids
    with ProcessPool(1) as processes:
        outside = processes.submit(os.getpid).result(60)
    assert inside == os.getpid() != in_pool and outside != os.getpid()
    print("notes:", f"this process is {os.getpid()}, multiprocessing.Pool's worker {in_pool}: a process")
    print("netio:", f"ProcessPool's worker is {outside}, a process, as its name says; ThreadPool's: {inside}")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
                    reason="needs Linux and two CPUs")
def test_133_threads_of_one_process_run_on_different_cpus():
    """Notes: of the threads of one process on different cores, "这点我不是很赞同" (I do not quite agree)."""
    def run_on(cpu):
        os.sched_setaffinity(0, {cpu})  # 0: this thread
        with open(f"/proc/self/task/{threading.get_native_id()}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[36])  # field 39, processor

    cpus = sorted(os.sched_getaffinity(0))[:2]
    threads = [ResultThread(run_on, (cpu,)) for cpu in cpus]
    for thread in threads:
        thread.start()
    seen = [thread.join(60) for thread in threads]
    assert seen == cpus
    print("notes:", "two threads of one process ran on the CPUs", seen)
    print("netio:", "os.sched_setaffinity(0, {cpu}) is for one thread")


def test_134_start_does_not_call_run():
    """Notes: "start调用run，run再调用target": start makes a thread, and that calls run. Calling run makes none."""
    theirs = threading.Thread(target=lambda: ran.append(threading.current_thread()))
    ran = []
    theirs.run()
    ours = ResultThread(threading.current_thread)
    ours.start()
    assert ran == [threading.current_thread()] and ours.join(60) is ours
    print("notes:", "run() called: target ran in", ran[0].name)
    print("netio:", "start() called: target ran in", "a thread of its own")


def test_135_two_locks_guard_nothing():
    """Notes: "在这两个会发生冲突的地方 设置一个锁" (set a lock at the two places): it must be the same lock."""
    def both_inside(first, second, patience):
        meeting = threading.Barrier(2)

        def enter(lock):
            with lock:
                try:
                    meeting.wait(patience)
                    return True
                except threading.BrokenBarrierError:
                    return False

        threads = [ResultThread(enter, (lock,)) for lock in (first, second)]
        for thread in threads:
            thread.start()
        return all([thread.join(60) for thread in threads])

    one = threading.Lock()
    together = both_inside(threading.Lock(), threading.Lock(), 60), both_inside(one, one, 0.05)
    assert together == (True, False)
    print("notes:", "a lock each: both inside at once:", together[0])
    print("netio:", "one lock: both inside at once:", together[1])


@needs_fork
def test_136_ignoring_sigchld_blinds_multiprocessing(tmp_path):
    """Notes: "signal也能用于这里的僵尸进程处理，这样就没有必要使用join函数了" (signal, too; no need of join then)."""
    text = ("import multiprocessing.connection, signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
            "child = multiprocessing.get_context('fork').Process(target=exit, args=(3,))\n"
            "child.start()\nmultiprocessing.connection.wait([child.sentinel])\nchild.join()\n"
            "print(child.is_alive(), child.exitcode)\n")
    theirs = run_program(tmp_path, text).stdout.strip()
    ours = Process(sys.exit, args=(3,), method="fork")
    ours.start()
    with pytest.raises(BaseException):
        ours.result(60)
    code = ours.exitcode
    ours.close()
    assert theirs == "True None"
    print("notes:", "a child that has ended: is_alive(), exitcode are", theirs)
    print("netio:", "left alone, the exit code is", code)


def test_140_taking_turns_is_not_running_in_parallel():
    """Notes: "并行（可以让io密集型、cpu密集型快速切换）-----并发": switching quickly is concurrency, not parallelism."""
    order = []

    def task(name):
        for step in range(2):
            order.append(f"{name}{step}")
            yield

    tasks = [task("A"), task("B")]
    while tasks:  # one thread, and both make progress
        tasks = [task for task in tasks if next(task, "end") is None]
    assert order == ["A0", "B0", "A1", "B1"]
    served_by = []

    class Echo(EchoProtocol):
        def data_received(self, data):
            served_by.append(threading.get_ident())
            super().data_received(data)

    with Server(("127.0.0.1", 0), Echo, model="select") as server:
        server.start()
        with tcp.connect(server.address) as one, tcp.connect(server.address) as two:
            one.sendall(b"one")
            two.sendall(b"two")
            assert tcp.recv_exactly(one, 3) + tcp.recv_exactly(two, 3) == b"onetwo"
        server.shutdown()
    assert len(set(served_by)) == 1
    print("notes:", "in one thread, never two at once:", order)
    print("netio:", f"model='select': two clients, {len(set(served_by))} thread: concurrent, not parallel")


HANG_UP = """
import os, pty, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, which children inherit
pid, terminal = pty.fork()  # the child leads a session with a terminal of its own
if pid == 0:
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        if sys.argv[1] == "setsid":
            os.setsid()
        os.write(told, b"!")
        signal.pause()
    os.read(ready, 1)
    print(child, flush=True)
    sys.stdin.readline()
    os._exit(0)
child = int(os.read(terminal, 100).split()[0])
fd = os.pidfd_open(child)
os.write(terminal, b"\\n")
os.waitpid(pid, 0)
import select
ended = bool(select.select([fd], [], [], 10 if sys.argv[1] == "stay" else 0.3)[0])
print("ended" if ended else "lives on")
if not ended:
    os.kill(child, signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="another process is watched by pidfd_open (Linux)")
def test_142_the_end_of_a_session_ends_its_children(tmp_path):
    """Notes: 父进程的退出不会影响子进程执行 (the parent's end does not affect the child)."""
    (tmp_path / "hang_up.py").write_text(HANG_UP)
    said = {}
    for how in ("stay", "setsid"):
        done = subprocess.run([sys.executable, str(tmp_path / "hang_up.py"), how], capture_output=True, text=True,
                              timeout=60)
        said[how] = done.stdout.strip()
    assert said == {"stay": "ended", "setsid": "lives on"}, done.stderr
    print("notes:", "the leader of the session ended, and its child", said["stay"])
    print("netio:", "a child with a session of its own", said["setsid"])


@needs_fork
def test_143_ignoring_is_inherited_over_exec():
    """Notes: signal.signal(SIGCHLD, SIG_IGN), 我们只要会用就行了 (it is enough that we can use it)."""
    program = ("import signal, subprocess; print(signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN, "
               "subprocess.run(['false']).returncode)")
    ignoring = ("import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
                f"os.execv(sys.executable, [sys.executable, '-c', {program!r}])")
    said = [subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60).stdout.split()
            for code in (ignoring, program)]
    knows = sys.implementation.name != "pypy"  # which does not ask the system what it has inherited
    assert said == [[str(knows), "0"], ["False", "1"]]
    print("notes:", "the next program ignores SIGCHLD, too, and takes `false` for a success:", said[0])
    print("netio:", "without it:", said[1])


def test_144_a_lock_blocks_its_own_holder():
    """Notes: 若一个线程在上锁时，发现 lock 已经上锁了 ... 阻塞: also the one that has it."""
    lock, again = threading.Lock(), threading.RLock()
    with lock:
        assert not lock.acquire(timeout=0.05)
    with again:
        assert again.acquire(timeout=0.05)
        again.release()
    ours = CheckedLock("the account")
    with ours, pytest.raises(DeadlockError):
        ours.acquire()
    print("notes:", "the same thread acquires a Lock twice: it waits for itself")
    print("netio:", "CheckedLock raises DeadlockError, RLock lets it in")


@pytest.mark.skipif(sys.platform != "linux" or not os.path.exists("/proc/self/smaps_rollup"),
                    reason="Linux tells which pages are shared")
def test_154_memory_is_copied_on_write():
    """Notes: 子进程会复制父进程的全部内存空间 ... 显示拷贝 (an explicit copy of all memory)."""
    code = ("import os, re\nlarge = bytearray(32 << 20)\n"
            "for at in range(0, len(large), 4096): large[at] = 1\n"
            "def own():\n    text = open('/proc/self/smaps_rollup').read()\n"
            "    return int(re.search('Private_Dirty: +([0-9]+)', text)[1]) << 10\n"
            "if os.fork() == 0:\n    before = own()\n    for at in range(0, len(large), 4096): large[at] = 2\n"
            "    print(before, own(), flush=True)\n    os._exit(0)\nos.wait()\n")
    done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    before, after = map(int, done.stdout.split())
    assert before < 16 << 20 < 30 << 20 < after
    print("notes:", f"a child of a parent with 32 MiB has {before >> 20} MiB of its own after fork")
    print("netio:", f"and {after >> 20} MiB when it has written to all of it")


@needs_fork
def test_155_exit_needs_its_code(tmp_path):
    """Notes: os._exit() --> 终止一个进程 (ends a process)."""
    text = "import os\nif os.fork() == 0:\n    os._exit({})\nprint(os.wait()[1], flush=True)\n"
    theirs, ours = run_program(tmp_path, text.format("")), run_program(tmp_path, text.format("0"))
    assert "TypeError" in theirs.stderr and theirs.stdout == "256\n" and ours.stdout == "0\n"
    print("notes:", "os._exit(): TypeError")
    print("netio:", "os._exit(0): status", ours.stdout.strip())


@needs_fork
def test_156_an_exit_code_has_eight_bits():
    """Notes: sys.exit(2), and wait's status is 2 * 256: not of any number."""
    codes = [subprocess.run([sys.executable, "-S", "-c", f"raise SystemExit({code!r})"], timeout=60,
                            stderr=subprocess.PIPE).returncode for code in (2, 256, 257, "text")]
    assert codes == [2, 0, 1, 1]
    print("notes:", "sys.exit(256) reads as", codes[1], "- a success")
    print("netio:", "0 to 255 arrive as they are; 2:", decode_status(wait_child(fork_child(sys.exit, 2), 30)))


DAEMON_THREAD = """
import sys, threading
half, go = threading.Event(), threading.Event()
def write():
    try:
        with open(sys.argv[1], "w") as file:
            file.write("first half, ")
            file.flush()
            half.set()
            go.wait()
            file.write("second half")
    finally:
        print("finally", flush=True)
thread = threading.Thread(target=write, daemon=True)
thread.start()
half.wait()
if sys.argv[2] == "join":
    go.set()
    thread.join()
"""


def test_157_a_daemon_stops_anywhere(tmp_path):
    """Notes: of daemon, 通常不会与join函数一起使用 (usually not used with join)."""
    kept = {}
    for way in ("leave", "join"):
        said = run_program(tmp_path, DAEMON_THREAD, str(tmp_path / way), way).stdout
        kept[way] = (said, (tmp_path / way).read_text())
    assert kept == {"leave": ("", "first half, "), "join": ("finally\n", "first half, second half")}
    print("notes:", "not joined, and no finally:", kept["leave"][1])
    print("netio:", "joined:", kept["join"][1])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only some systems bind a process to CPUs")
def test_158_as_many_workers_as_cpus():
    """Notes: Pool(), 没有参数默认创建你主机内核数量的进程数量 (as many processes as this machine has cores)."""
    code = ("import os\nfrom multiprocessing.pool import ThreadPool\n"  # a Pool of processes counts in the same way
            "os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])\nprint(len(ThreadPool()._pool))\n")
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    expected = 1 if sys.version_info >= (3, 13) else os.cpu_count()
    assert int(done.stdout) == expected
    print("notes:", f"of {os.cpu_count()} CPUs a process that may use one gets a pool of", done.stdout.strip())
    print("netio:", "ProcessPool(n): say how many")


def test_159_a_notice_before_the_wait_is_lost():
    """Notes: 管道，recv就有阻塞功能，就是一种同步 (a pipe's recv blocks, which is a kind of synchronisation)."""
    here, there = multiprocessing.Pipe()
    with here, there:
        there.send("ready")
        assert here.poll(30) and here.recv() == "ready"  # it was kept
    changed, state = threading.Condition(), ["ready"]
    with changed:
        changed.notify()
    with changed:
        lost = not changed.wait(0.02)
        seen = changed.wait_for(lambda: state, 30)
    assert lost and seen == ["ready"]
    print("notes:", "notify, then wait: False, nobody wakes it")
    print("netio:", "wait_for looks at the state first:", seen)


def test_160_true_is_not_set_now():
    """Notes: 是因为set则wait返回的是True (True if it is because of a set)."""
    event = threading.Event()
    thread = ResultThread(event.wait, (60,))
    thread.start()
    while thread.is_alive():
        event.set()
        event.clear()
    answer = thread.join(60), event.is_set()
    event.set()
    event.clear()
    late = event.wait(0.02)
    assert answer == (True, False) and late is False
    print("notes:", "wait() returned True, is_set() is", answer[1])
    print("netio:", "set and clear before the wait: it returned", late)


def test_161_nothing_printed_proves_nothing():
    """Notes: while True: if a!=b: print(...), and while True: a+=1; b+=1."""
    space = {"a": 0, "b": 0, "unequal": 0, "running": True}
    exec("def fun():\n    global unequal\n    while running:\n        if a!=b:\n            unequal += 1\n"
         "def count():\n    global a, b\n    for _ in range(20_000):\n        a+=1\n        b+=1\n", space)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        thread = threading.Thread(target=space["fun"])
        thread.start()
        space["count"]()
        space["running"] = False
        thread.join(60)
    finally:
        sys.setswitchinterval(interval)
    if sys.version_info >= (3, 10) and sys.implementation.name == "cpython" and is_gil_enabled():
        assert space["unequal"] == 0
    unlocked, locked = watch_pair(3, NO_LOCK, seconds=10), watch_pair(3, threading.Lock())
    assert (unlocked, locked) == ([(1, 0), (2, 1), (3, 2)], [])
    print("notes:", "without a lock, seen unequal:", space["unequal"], "times")
    print("netio:", "with a call between the two steps:", unlocked, "and with a lock:", locked)


def run_out_of_descriptors():
    """Return the error of a server that keeps every connection, with room for a few descriptors."""
    code = ("import resource, socket\nresource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))\nkept = []\n"
            "with socket.create_server(('127.0.0.1', 0)) as sockfd:\n    try:\n        while True:\n"
            "            client = socket.create_connection(sockfd.getsockname())\n"
            "            kept.append(sockfd.accept())\n            client.close()\n"
            "    except OSError as error:\n        print(error.errno)\n")
    done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    return int(done.stdout)


@needs_fork
def test_163_a_connection_ends_with_its_last_copy():
    """Notes: a server with fork: the child closes connfd when it has served the client."""
    with tcp.listen(("127.0.0.1", 0)) as sockfd, tcp.connect(sockfd.getsockname()) as client:
        connfd, _ = sockfd.accept()
        assert wait_child(fork_child(connfd.close), 30) == 0
        client.settimeout(0.05)
        with pytest.raises(socket.timeout):
            client.recv(1)  # no end yet: the parent's copy is open
        connfd.close()
        client.settimeout(30)
        assert client.recv(1) == b""
        with tcp.connect(sockfd.getsockname()) as first, tcp.connect(sockfd.getsockname()):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                connfd, _ = sockfd.accept()
                first.settimeout(0.05)
                with pytest.raises(socket.timeout):
                    first.recv(1)  # nobody has closed it
                connfd, _ = sockfd.accept()  # the same name
                gc.collect()
            first.settimeout(30)
            assert first.recv(1) == b""
            connfd.close()
        assert run_out_of_descriptors() == errno.EMFILE
    print("notes:", "the child has closed it and ended, and the client waits on")
    print("netio:", "the parent closes its copy, and the client reads the end:", b"")


def test_180_there_is_a_third_way():
    """Notes: "现在对于多任务编程，基本有两种方法": processes and threads; and one thread that waits for all at once."""
    import asyncio

    seen = []

    async def task(name):
        seen.append((name, "begins", threading.get_ident()))
        await asyncio.sleep(0)
        seen.append((name, "ends", threading.get_ident()))

    async def both():
        await asyncio.gather(task("A"), task("B"))

    asyncio.run(both())
    order = [f"{name} {what}" for name, what, _ in seen]
    assert order == ["A begins", "B begins", "A ends", "B ends"] and len({ident for *_, ident in seen}) == 1
    with Server(("127.0.0.1", 0), EchoProtocol, model="select") as server:
        server.start()
        with tcp.connect(server.address) as one, tcp.connect(server.address) as two:
            two.sendall(b"two")
            assert tcp.recv_exactly(two, 3) == b"two"
            one.sendall(b"one")
            assert tcp.recv_exactly(one, 3) == b"one"
        server.shutdown()
    print("notes:", "one process, one thread, two tasks:", ", ".join(order))
    print("netio:", "model='select' serves two clients at once in one thread")


@needs_fork
def test_181_zero_is_no_number_without_meaning():
    """Notes: in the child fork returns 0, "没有任何意义" (which has no meaning)."""
    code = ("import os, signal\npid = os.fork()\nif pid == 0:\n    os.kill(pid, signal.SIGTERM)\n    os._exit(0)\n"
            "os.wait()\nprint('the parent goes on', flush=True)\n")
    done = [subprocess.run([sys.executable, "-S", "-c", text], stdout=subprocess.PIPE, text=True, timeout=60,
                           start_new_session=True)
            for text in (code, code.replace("os.kill(pid", "os.kill(os.getpid()"))]
    assert (done[0].returncode, done[0].stdout) == (-signal.SIGTERM, "")
    assert (done[1].returncode, done[1].stdout) == (0, "the parent goes on\n")
    assert fork_child_pid() > 0
    print("notes:", "os.kill(0, SIGTERM) in the child ended its parent, too: signal", -done[0].returncode)
    print("netio:", "os.getpid() is the child's own number:", done[1].stdout.strip())


def fork_child_pid():
    """Return what fork_child gives its caller: the child's number."""
    pid = fork_child(int)
    wait_child(pid, 30)
    return pid


SIGNALS = """
import os, signal, sys, time
from netio.concurrency.processes.zombies import process_state
def until(pid, state):
    while process_state(pid) != state:
        time.sleep(0.001)
seen = []
signal.signal(signal.SIGCHLD, lambda number, frame: seen.append(number))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
for _ in "123":
    if (pid := os.fork()) == 0:
        os._exit(0)
    until(pid, "Z")
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
ended = len(seen)
for _ in "123":
    os.wait()
if (pid := os.fork()) == 0:
    signal.pause()
os.kill(pid, signal.SIGSTOP)
os.waitpid(pid, os.WUNTRACED)
print(ended, len(seen) - ended, process_state(pid), flush=True)
os.kill(pid, signal.SIGKILL)
"""


@needs_fork
def test_182_a_signal_is_no_count(tmp_path):
    """Notes: "子进程发过来的退出信号" (the signal of its exit, which the child sends): one each."""
    ended, stopped, state = run_program(tmp_path, SIGNALS).stdout.split()
    assert (ended, stopped) == ("1", "1") and state in ("T", "t")
    children = [fork_child(int) for _ in range(3)]
    for pid in children:
        until_zombie(pid)
    collected = reap_children(children)
    assert sorted(pid for pid, _ in collected) == sorted(children)
    print("notes:", f"three children ended: {ended} signal; one was only stopped: {stopped} more")
    print("netio:", f"reap_children collects all that have ended: {len(collected)}")


def test_183_two_opens_still_overwrite(tmp_path):
    """Notes: "在两个进程中各自打开一个文件 ... 即使是操作同一个文件，那么也不会有影响" (then there is no effect)."""
    kept = {}
    for mode in ("w", "a"):
        path = tmp_path / mode
        with open(path, mode, encoding="utf-8") as file:
            file.write("parent ")
            other = "import sys; open(sys.argv[1], sys.argv[2]).write('child ')"
            subprocess.run([sys.executable, "-S", "-c", other, str(path), mode], timeout=60, check=True)
        kept[mode] = path.read_text(encoding="utf-8")
    assert kept == {"w": "parent ", "a": "child parent "}
    print("notes:", "each opened the file by itself and wrote; there is left:", repr(kept["w"]))
    print("netio:", "mode 'a' writes at the end, wherever that is now:", repr(kept["a"]))


def test_186_a_lock_is_no_better_event():
    """Notes: "上锁Lock（比event更好用）" (a Lock is better to use than an Event)."""
    lock, event = threading.Lock(), threading.Event()
    lock.acquire()
    lock.release()  # as a signal
    by_lock = [lock.acquire(timeout=0.01) for _ in range(2)]
    event.set()
    by_event = [event.wait(0.01) for _ in range(2)]
    assert (by_lock, by_event) == ([True, False], [True, True])
    print("notes:", "two wait for one release():", by_lock)
    print("netio:", "two wait for one set():", by_event)


CTRL_C = """
import threading
def fun():
    threading.main_thread().join()
    print("the thread runs on", flush=True)
threading.Thread(target={}, daemon={}).start()
raise KeyboardInterrupt
"""


def test_187_ctrl_c_ends_one_thread_only(tmp_path):
    """Notes: t.start(), while True: a+=1 ..., t.join(): a program that only Ctrl-C can end."""
    said = [run_program(tmp_path, CTRL_C.format(target, daemon)).stdout
            for target, daemon in (("fun", False), ("threading.Event().wait", True))]  # which waits for ever
    assert said == ["the thread runs on\n", ""]
    stop = threading.Event()
    thread = ResultThread(stop.wait, (60,))
    thread.start()
    stop.set()  # as `except KeyboardInterrupt` or `finally` may
    assert thread.join(60) is True
    print("notes:", "after KeyboardInterrupt in the main thread:", said[0].strip())
    print("netio:", "an Event that the thread asks ends it; a daemon thread ends with the program")


NEVER_CALLED = """
def main():
    print("working")
"""


def test_188_a_function_that_nobody_calls(tmp_path):
    """Notes: def main(): pid = os.fork() ... and there the program ends."""
    calls = ("", "if __name__ == '__main__':\n    main()\n")
    said = [run_program(tmp_path, NEVER_CALLED + call).stdout for call in calls]
    assert said == ["", "working\n"]
    print("notes:", "the program printed", repr(said[0]))
    print("netio:", "with the call at its end:", repr(said[1]))
