"""Every mechanism between processes with a call of the system failing, coming short or killing one side, in turn.

A short form runs each time: a few faults and kills of each mechanism, chosen by a seed. `--soak` tries all.
"""
from __future__ import annotations

import random

import pytest

from .faults import build_shim, drive
from .ipc import ALL


def test_after_a_fault_or_a_kill_the_other_side_goes_on_and_nothing_is_torn():
    if build_shim()[0] is None:
        pytest.skip(build_shim()[1])
    seed = random.randrange(1000)
    print(f"python3 -m tests.hostile.faults 'ipc.*' sample {seed} 3")
    said = drive("ipc.*", "sample", seed, 3)
    assert said["trials"] > 3 * len(ALL) and said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["long", "kill"])
@pytest.mark.parametrize("scenario", sorted(ALL))
def test_after_any_fault_and_any_kill(scenario, mode):
    said = drive(f"ipc.{scenario}", mode, timeout=1200)
    assert said["trials"] > 20 and said["wrong"] == 0
