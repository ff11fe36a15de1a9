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
