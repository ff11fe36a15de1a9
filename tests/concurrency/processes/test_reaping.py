import os
import time
import select
import signal
import subprocess
import sys

import pytest

from netio.concurrency import SignalReceiver, decode_status, fork_child, reap_children, wait_child
from netio.concurrency.processes.reaping import wait_any_child
from netio.concurrency.processes.zombies import process_state
from netio.concurrency.processes import reaping

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no zombies on a system without fork")


def wait_until_ended(pid):
    while process_state(pid) != "Z":
        time.sleep(0.001)


@pytest.fixture
def endless():
    """A child that runs until it is killed."""
    pid = fork_child(signal.pause)
    yield pid
    if process_state(pid) is not None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_all_that_have_ended_are_collected_without_blocking(endless, nothing_left):
    pids = [fork_child(sys.exit, code) for code in range(3)]
    for pid in pids:
        wait_until_ended(pid)
    ended = reap_children()
    assert {(pid, decode_status(status).code) for pid, status in ended} == set(zip(pids, range(3)))
    assert reap_children() == []


def test_nobody_elses_child_is_taken():
    with subprocess.Popen([sys.executable, "-S", "-c", "raise SystemExit(5)"]) as other:
        mine = fork_child(sys.exit, 1)
        wait_until_ended(other.pid)
        wait_until_ended(mine)
        assert reap_children([mine]) == [(mine, 256)]
        assert other.wait() == 5


def test_one_that_somebody_else_collected_has_no_status():
    pid = fork_child(int)
    os.waitpid(pid, 0)
    assert reap_children([pid]) == [(pid, None)]
    with pytest.raises(ChildProcessError, match=str(pid)):
        wait_child(pid)


def test_no_children_at_all():
    assert reap_children() == [] == reap_children([]) == wait_any_child([])


def test_waiting_for_one(endless):
    assert wait_child(fork_child(sys.exit, 3), timeout=30) == 3 * 256
    with pytest.raises(TimeoutError, match=f"{endless} still runs after 0.01 s"):
        wait_child(endless, timeout=0.01)
    os.kill(endless, signal.SIGTERM)
    assert wait_child(endless) == signal.SIGTERM


def test_waiting_for_any(endless):
    quick = fork_child(int)
    assert wait_any_child([endless, quick], timeout=30) == [(quick, 0)]
    assert wait_any_child([endless], timeout=0) == []
    assert process_state(endless) in ("R", "S")


@pytest.mark.parametrize("way", ["pidfd", "kqueue", "looking again"])
def test_every_way_of_waiting(way, endless, monkeypatch, nothing_left):
    if way == "pidfd" and not hasattr(os, "pidfd_open") or way == "kqueue" and not hasattr(select, "kqueue"):
        pytest.skip(f"{sys.platform} has no {way}")
    if way != "pidfd":
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    if way == "looking again":
        monkeypatch.delattr(select, "kqueue", raising=False)
    quick = fork_child(int)
    assert wait_any_child([endless, quick], timeout=30) == [(quick, 0)]
    assert wait_any_child([endless], timeout=0.01) == []


def test_waiting_sleeps_in_the_kernel(endless, monkeypatch):
    if not hasattr(os, "pidfd_open"):
        pytest.skip("only pidfds can be counted here")
    looks = []
    monkeypatch.setattr(reaping, "reap_children", lambda pids, look=reap_children: looks.append(1) or look(pids))
    assert wait_any_child([endless], timeout=0.2) == []
    assert len(looks) < 5


def test_the_signal_of_a_childs_end_is_a_wake_up():
    with SignalReceiver(signal.SIGCHLD) as inbox:
        pid = fork_child(int)
        assert inbox.wait(timeout=30) == [signal.SIGCHLD]
        assert wait_child(pid, timeout=30) == 0


def test_without_fork_there_is_one_clear_error(monkeypatch):
    monkeypatch.delattr(os, "WNOHANG")
    with pytest.raises(OSError, match="no children to collect"):
        reap_children()
