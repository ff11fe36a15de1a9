"""Servers, and what goes up and down by HTTP, FTP and tcp.send_file, while calls of the system fail.

A short form runs each time: the same faults and kills of each scenario; others with another seed
(`python3 -m tests.hostile.faults 'servers.*' sample SEED`). `--soak` tries all.
"""
from __future__ import annotations

import sys

import pytest

from .faults import drive

if sys.platform != "linux":
    pytest.skip("the preloaded library is written for Linux", allow_module_level=True)

from . import mains, secure, servers, transfers  # noqa: E402 (they are made of talks)

ALL = [f"{module.__name__.rpartition('.')[2]}.{name}" for module in (servers, transfers, secure) for name in module.ALL]


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="a fault strikes within multiprocessing's own start")
@pytest.mark.parametrize("scenarios, count", [
    ("servers.*,transfers.get,transfers.put_fork,transfers.stor_pool,transfers.retr_prefork,secure.stor", 2)])
def test_after_a_fault_the_others_are_served_on_and_nothing_is_half_stored(scenarios, count):
    said = drive(scenarios, "sample", 5, count, timeout=300)
    assert said["trials"] > 40 and said["wrong"] == 0


def test_when_the_system_has_been_short_of_everything_for_a_moment_all_are_served_again():
    said = drive("servers.select,transfers.put", "*:ENOMEM+:1,*:EIO+:6")
    assert said["trials"] == 4 and said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("scenario", [f"mains.{name}" for name in mains.ALL])
def test_ctrl_c_at_any_call_ends_a_server_and_leaves_nothing(scenario):
    said = drive(scenario, "interrupt", 0, 400, timeout=1800)
    assert said["trials"] > 10 and said["wrong"] == 0


@pytest.mark.soak  # not process: multiprocessing goes on to write to the pipe that it could not close
@pytest.mark.parametrize("scenario", ["servers.epoll", "servers.fork", "servers.iterative", "servers.poll",
                                      "servers.pool", "servers.prefork", "servers.select", "servers.thread",
                                      "servers.workers"])
def test_after_a_shortage_of_everything_all_are_served_again(scenario):
    said = drive(scenario, "storm", 0, 8, timeout=1800)
    assert said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["long", "kill"])
@pytest.mark.parametrize("scenario", ALL)
def test_each_fault_and_kill_of_each_call(scenario, mode):
    said = drive(scenario, mode, 0, 400, timeout=1800)
    assert said["trials"] > 10 and said["wrong"] == 0
