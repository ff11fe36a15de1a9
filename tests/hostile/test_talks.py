"""Framed messages, datagrams, the chat room and the student records, while calls of the system fail.

A short form runs each time; `--soak` tries all, and a second seed other faults
(`python3 -m tests.hostile.faults 'talks.*' sample SEED`).
"""
from __future__ import annotations

import sys

import pytest

from .faults import drive

if sys.platform != "linux":
    pytest.skip("the preloaded library is written for Linux", allow_module_level=True)

from . import talks  # noqa: E402 (it needs scripts that start processes)


def test_after_a_fault_messages_are_whole_and_the_others_are_served_on():
    said = drive("talks.*", "sample", 5, 1, timeout=300)
    assert said["trials"] > 50 and said["wrong"] == 0


def test_messages_are_whole_in_pieces_of_any_size(request):
    sizes = range(1, 64) if request.config.getoption("--soak") else (2, 3, 7)
    faults = ",".join(f"{call}:short{size}+:1" for call in ("send", "recv") for size in sizes)
    said = drive(",".join(f"talks.{name}" for name in talks.FRAMED), faults)
    assert said["trials"] == len(talks.FRAMED) * 2 * len(sizes) and said["wrong"] == 0


@pytest.mark.soak
@pytest.mark.parametrize("scenario", [f"talks.{name}" for name in talks.ALL])
def test_each_fault_of_each_call(scenario):
    said = drive(scenario, "long", 0, 400, timeout=1800)
    assert said["trials"] > 10 and said["wrong"] == 0
