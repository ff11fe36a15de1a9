"""Every mechanism between processes, and pools, with a call of the system failing, coming short or killing one side.

A short form runs each time: a few faults and kills of each mechanism, the same ones each time; others with another seed
(`python3 -m tests.hostile.faults 'ipc.*' sample SEED`). `--soak` tries all.
"""
from __future__ import annotations

import pytest

from . import ipc, pools
from .faults import build_shim, drive

EACH = [f"{module}.{name}" for module, scenarios in (("ipc", ipc.ALL), ("pools", pools.ALL)) for name in scenarios]


@pytest.mark.parametrize("module", ["ipc", "pools"])
def test_after_a_fault_or_a_kill_the_other_side_goes_on_and_nothing_is_torn(module):
    if build_shim()[0] is None:
        pytest.skip(build_shim()[1])
    said = drive(f"{module}.*", "sample", 707, 3, timeout=300)
    assert said["trials"] > 15 and said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["long", "kill"])
@pytest.mark.parametrize("scenario", EACH)
def test_after_any_fault_and_any_kill(scenario, mode):
    said = drive(scenario, mode, timeout=1200)
    assert said["trials"] > 10 and said["wrong"] == 0
