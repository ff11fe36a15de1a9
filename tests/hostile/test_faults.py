"""Every promise of `files` with a call of the system failing, coming short or killing the process, in turn.

A short form runs each time: the likeliest answer of each kind of call, and one of the others; another one with another
seed (`python3 -m tests.hostile.faults SCENARIO short SEED`). `--soak` tries all.
"""
from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .faults import CHECKOUT, build_shim, drive
from .scenarios import ALL


ALWAYS = {"commit_all", "create_new", "replacement_part", "copy_resumed", "durable_log", "split_file"}
EACH = [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.soak) for name in sorted(ALL)]


@pytest.mark.parametrize("scenario", EACH)
def test_after_a_fault_the_old_or_the_new_is_there_and_nothing_leaks(scenario, request):
    if request.config.getoption("--soak"):
        said = drive(scenario, "long", timeout=600)
    else:
        said = drive(scenario, "short", 0, 2)
    assert said["trials"] > 20 and said["wrong"] == 0


@pytest.mark.parametrize("scenario", EACH)
def test_a_kill_at_any_call_leaves_what_is_stored_whole(scenario, request):
    said = drive(scenario, "kill", 0, 10_000 if request.config.getoption("--soak") else 30, timeout=600)
    assert said["trials"] > 10 and said["wrong"] == 0


@pytest.mark.parametrize("scenario, calls", [("split_file", range(100, 125)), ("commit_all", range(20, 70, 3))])
def test_after_ctrl_c_at_any_call_all_files_are_the_old_or_the_new(scenario, calls):
    said = drive(scenario, ",".join(f"*:interrupt:{call}" for call in calls))
    assert said["trials"] == len(calls) and said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["interrupt", "memory"])
@pytest.mark.parametrize("scenario", sorted(ALL))
def test_after_ctrl_c_at_any_call_or_without_memory(scenario, mode):
    said = drive(scenario, mode, timeout=600)
    assert said["trials"] > 1 and said["wrong"] == 0


# Each way to read and write sockets and files, by a library whose every call comes short.
SHORT = """
import os, socket
from tests.hostile.faults import load_control
control = load_control()[1]
ours, theirs = socket.socketpair()
reader, writer = os.pipe()
def moved(call, function, *arguments):
    theirs.send(b"hello")
    os.write(writer, b"hello")
    control.call, control.action, control.every, control.when, control.count = call, 1, 1, 1, 0
    control.armed = 1
    result = function(*arguments)
    control.armed = 0
    return len(result[0] if isinstance(result, tuple) else result) if not isinstance(result, int) else result
print(moved(b"recv", ours.recv, 5), moved(b"recv", ours.recvmsg, 5), moved(b"send", ours.send, b"hello"),
      moved(b"send", ours.sendmsg, [b"hel", b"lo"]), moved(b"read", os.read, reader, 5),
      moved(b"write", os.write, writer, b"hello"), moved(b"write", os.writev, writer, [b"hel", b"lo"]))
"""


def test_a_call_that_comes_short_moves_one_byte():
    path, reason = build_shim()
    if path is None:
        pytest.skip(reason)
    done = subprocess.run([sys.executable, "-c", SHORT], cwd=CHECKOUT, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LD_PRELOAD": path, "FAULT_SHIM": path})
    assert done.stdout.split() == ["1"] * 7, done.stderr
