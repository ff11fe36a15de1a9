"""Servers, and what goes up and down by HTTP, FTP and tcp.send_file, while calls of the system fail.

A short form runs each time: the same faults and kills of each scenario; others with another seed
(`python3 -m tests.hostile.faults 'servers.*' sample SEED`). `--soak` tries all.
"""
from __future__ import annotations

import sys

import pytest

from . import servers, transfers
from .faults import drive

ALL = [f"servers.{name}" for name in servers.ALL] + [f"transfers.{name}" for name in transfers.ALL]


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="a fault strikes within multiprocessing's own start")
@pytest.mark.parametrize("scenarios, count", [
    ("servers.*,transfers.get,transfers.put_fork,transfers.stor_pool,transfers.retr_prefork", 2)])
def test_after_a_fault_the_others_are_served_on_and_nothing_is_half_stored(scenarios, count):
    said = drive(scenarios, "sample", 5, count, timeout=300)
    assert said["trials"] > 40 and said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["long", "kill"])
@pytest.mark.parametrize("scenario", ALL)
def test_each_fault_and_kill_of_each_call(scenario, mode):
    said = drive(scenario, mode, 0, 400, timeout=1800)
    assert said["trials"] > 10 and said["wrong"] == 0
