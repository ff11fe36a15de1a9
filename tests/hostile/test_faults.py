"""Every promise of `files` with a call of the system failing, coming short or killing the process, in turn.

A short form runs each time: the likeliest answer of each kind of call, and one of the others. `--soak` tries all.
"""
from __future__ import annotations

import random

import pytest

from .faults import drive
from .scenarios import ALL


ALWAYS = {"create_new", "replacement_part", "copy_resumed", "durable_log", "split_file"}
EACH = [pytest.param(name, marks=() if name in ALWAYS else pytest.mark.soak) for name in sorted(ALL)]


@pytest.mark.parametrize("scenario", EACH)
def test_after_a_fault_the_old_or_the_new_is_there_and_nothing_leaks(scenario, request):
    if request.config.getoption("--soak"):
        said = drive(scenario, "long", timeout=600)
    else:
        seed = random.randrange(1000)
        print(f"python3 -m tests.hostile.faults {scenario} short {seed}")
        said = drive(scenario, "short", seed, 2)
    assert said["trials"] > 20 and said["wrong"] == 0


@pytest.mark.parametrize("scenario", EACH)
def test_a_kill_at_any_call_leaves_what_is_stored_whole(scenario, request):
    said = drive(scenario, "kill", 0, 10_000 if request.config.getoption("--soak") else 30, timeout=600)
    assert said["trials"] > 10 and said["wrong"] == 0


@pytest.mark.parametrize("scenario", ["replace_file", "copy_file", "create_new", "replacement_part", "copy_in_parts"])
def test_a_power_failure_finds_the_bytes_on_the_disk_before_the_name(scenario):
    order = drive(scenario, "order")
    assert order[-4:] == ["write file", "sync file", "rename", "sync folder"]


def test_a_power_failure_finds_each_line_that_was_stored():
    assert drive("append_line", "order") == ["sync folder", "write file", "sync file"]
