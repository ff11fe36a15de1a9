"""Every script of the chapter, run as a reader runs it."""
import os
import signal
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import pytest

from netio.concurrency.processes.zombies import process_state

from ..waiting import wait_until
from .processes.test_process import is_waiting

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def lines_of(done):
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.splitlines()


@needs_fork
def test_show_zombie(run_script):
    first, second, *cures, _, _, _ = lines_of(run_script("show_zombie.py"))
    assert "state Z" in first and second.endswith("exit code is 0; its state is none: it is gone")
    assert len(cures) == 3 and "is none" in cures[0] and ": 0 children" in cures[1] and "is none" in cures[2]


@needs_fork
def test_show_orphan(run_script):
    first, second, *_ = lines_of(run_script("show_orphan.py"))
    orphan = first.split("which started ")[1].split()[0]
    assert second.startswith(f"the parent of {orphan} was ")
    deadline = time.monotonic() + 30
    while process_state(int(orphan)) not in (None, "Z"):
        assert time.monotonic() < deadline, "the script ends what it has started"


@needs_fork
def test_show_fork(run_script):
    memory, offset, own, doubled, flushed, *_ = lines_of(run_script("show_fork.py"))
    assert "['first', 'second']" in memory and "b'345'" in offset and "b'012'" in own
    assert doubled.endswith("'hello hello'") and flushed.endswith("'hello'")


@pytest.mark.skipif(hasattr(os, "fork"), reason="there is fork here")
@pytest.mark.parametrize("name", ["show_zombie.py", "show_orphan.py", "show_fork.py"])
def test_without_fork_one_line_says_so(run_script, name):
    done = run_script(name)
    assert done.returncode == 2 and "no fork on win32" in done.stderr and len(done.stderr.splitlines()) == 1


def test_show_deadlock(run_script):
    text = "\n".join(lines_of(run_script("show_deadlock.py")))
    assert text.count("deadlock of 2 threads:") == 1 and "Ann to Bob holds Ann" in text
    assert "locks in one order: [Account('Ann', 110), Account('Bob', 90)]" in text
    assert "backing off: [Account('Ann', 110), Account('Bob', 90)]" in text


def test_show_gil(run_script, tmp_path):
    text = "\n".join(lines_of(run_script("show_gil.py", "--workers", 2, "--below", 2000, "--svg", "gil.svg")))
    assert text.count("at once") == 2 and "during hashing 1 MiB: True" in text
    assert ElementTree.parse(tmp_path / "gil.svg").getroot().tag.endswith("svg")


def test_show_pool(run_script):
    text = "\n".join(lines_of(run_script("show_pool.py", "--timeout", 0.2, "--method", "spawn")))
    for line in ("a sum: 6", "a failure: ValueError", "a task that hangs: TimeoutError: sleep",
                 "a task that ends its worker: ChildDied: _exit", "cannot be sent: TypeError", "5. the square root of"):
        assert line in text


def test_copy_folder(run_script, tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "文件").write_bytes(b"12345")
    assert lines_of(run_script("copy_folder.py", "from", "to", "--workers", 1)) == ["1 files, 5 bytes"]
    assert (tmp_path / "to" / "文件").read_bytes() == b"12345"
    done = run_script("copy_folder.py", "nowhere", "to")
    assert done.returncode == 2 and done.stderr.strip().endswith("nowhere is no folder")
    assert len(done.stderr.splitlines()) == 1


def test_sum_primes(run_script):
    lines = lines_of(run_script("sum_primes.py", "--below", 1000, "--workers", 1, 2))
    assert lines[0] == "1 process: the sum of the primes below 1000 is 76127"
    assert lines[1] == "2 processes: the sum of the primes below 1000 is 76127" and len(lines) == 4


def test_sell_tickets(run_script):
    assert lines_of(run_script("sell_tickets.py")) == [
        "500 sales of 500 tickets, in order; 0 tickets were sold more than once"]
    assert lines_of(run_script("sell_tickets.py", "--windows", 3, "--tickets", 7, "--no-lock")) == [
        "21 sales of 7 tickets, not in order; 7 tickets were sold more than once"]


def test_compare_models(run_script, tmp_path):
    text = "\n".join(lines_of(run_script(
        "compare_models.py", "--times", 2, "--below", 100, "--pause", 0.001, "--clients", 2,
        "--models", "thread", "select", "--svg", "models.svg")))
    for label in ("computing, processes", "HTTP, threads", "waiting, in a row", "select, longest wait"):
        assert label in text
    assert ElementTree.parse(tmp_path / "models.svg").getroot().tag.endswith("svg")


@pytest.mark.skipif(os.name != "posix" or not os.path.isdir("/proc/self"), reason="needs /proc to see what is left")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_pool_at_work_ends_at_once_and_leaves_nothing(start_script, number):
    process = start_script("show_pool.py", "--timeout", 3600, start_new_session=True)
    assert process.stdout.readline() == "a sum: 6\n"
    assert process.stdout.readline().startswith("a failure")
    # Python loses a signal that comes between its look for signals and the wait itself: let it be waiting first, and
    # say it once more if it was only about to wait.
    wait_until(lambda: is_waiting(process.pid))
    process.send_signal(number)  # it waits for a task that hangs
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    deadline = time.monotonic() + 30
    while any(is_of_group(int(pid), process.pid) for pid in os.listdir("/proc") if pid.isdigit()):
        assert time.monotonic() < deadline, "a worker is left"


def is_of_group(pid, group):
    try:
        return os.getpgid(pid) == group and process_state(pid) != "Z"
    except ProcessLookupError:
        return False
