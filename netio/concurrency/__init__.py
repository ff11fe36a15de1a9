"""Processes, threads, locks, pools, and every server model under one contract."""
from __future__ import annotations

from .fork import (
    check_fork, detach, die_of_interrupt, flush_output, fork_child, run_and_exit, warn_if_threads,
)
from .reaping import reap_children, wait_any_child, wait_child
from .signals import SignalInbox, ignoring
from .status import ExitStatus, decode_status, describe_exit, name_signal

__all__ = [
    # status
    "ExitStatus", "decode_status", "describe_exit", "name_signal",
    # reaping
    "reap_children", "wait_any_child", "wait_child",
    # signals
    "SignalInbox", "ignoring",
    # fork
    "check_fork", "detach", "die_of_interrupt", "flush_output", "fork_child", "run_and_exit", "warn_if_threads",
]
