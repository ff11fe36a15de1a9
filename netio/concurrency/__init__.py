"""Processes, threads, locks, pools, and every server model under one contract.

Start here: Server, Process, ResultThread, ProcessPool, fork_child, CheckedLock.
"""
from __future__ import annotations

from .._lazy import load_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .pools.folders import copy_folder as copy_folder
    from .pools.pool import ProcessPool as ProcessPool, map_unordered as map_unordered
    from .processes.fork import double_fork as double_fork, fork_child as fork_child, run_forked as run_forked
    from .processes.outcome import ChildDied as ChildDied
    from .processes.process import (
        Process as Process, run_in_child as run_in_child, wait_any_process as wait_any_process,
    )
    from .processes.reaping import reap_children as reap_children, wait_child as wait_child
    from .processes.signals import SignalReceiver as SignalReceiver, ignoring as ignoring
    from .processes.spawn import run_spawned as run_spawned, spawn_child as spawn_child
    from .processes.status import decode_status as decode_status, describe_exit as describe_exit
    from .servers import (
        MODELS as MODELS, EchoProtocol as EchoProtocol, Limits as Limits, Server as Server,
        available_models as available_models,
        echo as echo, for_asyncio as for_asyncio, serve as serve,
    )
    from .threads.gil import is_gil_enabled as is_gil_enabled, releases_gil as releases_gil
    from .threads.locks import CheckedLock as CheckedLock, DeadlockError as DeadlockError, hold_all as hold_all
    from .threads.thread import ResultThread as ResultThread, run_in_threads as run_in_threads
    from .timelines.timeline import Timeline as Timeline
else:
    __getattr__, __dir__, __all__ = load_later(__name__, {
        "servers": "Server serve MODELS available_models Limits EchoProtocol echo for_asyncio",
        "processes.process": "Process run_in_child wait_any_process",
        "processes.fork": "fork_child run_forked double_fork",
        "processes.spawn": "spawn_child run_spawned",
        "processes.reaping": "wait_child reap_children",
        "processes.status": "decode_status describe_exit",
        "processes.outcome": "ChildDied",
        "processes.signals": "SignalReceiver ignoring",
        "threads.thread": "ResultThread run_in_threads",
        "threads.locks": "CheckedLock DeadlockError hold_all",
        "threads.gil": "is_gil_enabled releases_gil",
        "pools.pool": "ProcessPool map_unordered",
        "pools.folders": "copy_folder",
        "timelines.timeline": "Timeline",
    })
