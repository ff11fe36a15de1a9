import os
import signal

import pytest

from netio.concurrency import reap_children, wait_child
from netio.concurrency.processes.zombies import (
    make_orphan, make_zombie, parent_of, process_state, reap_by_double_fork, reap_by_ignoring, reap_by_waiting,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no zombies on a system without fork")


def test_a_zombie_has_ended_and_is_still_there(nothing_left):
    pid = make_zombie()
    assert (process_state(pid), parent_of(pid)) == ("Z", os.getpid())
    os.kill(pid, signal.SIGKILL)  # cannot be killed: it is dead
    assert process_state(pid) == "Z"
    assert wait_child(pid) == 0
    assert (process_state(pid), parent_of(pid)) == (None, None)


def test_an_orphan_is_adopted():
    orphan, first, second = make_orphan()
    try:
        assert first not in (second, os.getpid()) and second != os.getpid()
        assert parent_of(orphan) == second and process_state(first) is None
    finally:
        os.kill(orphan, signal.SIGKILL)


@pytest.mark.parametrize("cure, left", [(reap_by_waiting, None), (reap_by_double_fork, []), (reap_by_ignoring, None)])
def test_every_cure_leaves_nothing_to_collect(cure, left, nothing_left):
    reader, writer = os.pipe()
    assert cure(lambda: os.write(writer, b"done")) == left
    os.close(writer)
    with open(reader, "rb") as file:
        assert file.read() == b"done", "the work was done"
    assert reap_children() == []


def test_ps_says_the_same_as_proc(monkeypatch, tool):
    tool("ps")
    pid = make_zombie()
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert (process_state(pid), parent_of(pid)) == ("Z", os.getpid())
    wait_child(pid)
    assert (process_state(pid), parent_of(pid)) == (None, None)


def test_a_process_with_an_odd_name_is_read_right(tmp_path):
    (tmp_path / "a) Z (b").symlink_to("/bin/sleep")
    pid = os.spawnv(os.P_NOWAIT, str(tmp_path / "a) Z (b"), ["a) Z (b", "60"])
    try:
        assert process_state(pid) in ("R", "S", "D") and parent_of(pid) == os.getpid()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
