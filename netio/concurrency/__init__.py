"""Processes, threads, locks, pools, and every server model under one contract."""
from __future__ import annotations

from .._lazy import load_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .threads.accounts import Account, transfer_backing_off, transfer_both_ways, transfer_in_order, transfer_nested
    from .timelines.charts import draw_bars, draw_bars_svg
    from .timelines.comparison import Loaded, Measured, ask_http, compare_servers, compare_ways, load_server
    from .threads.exercises import (
        NO_LOCK, Meeting, alternate_freely, alternate_with_events, alternate_with_locks, sell_tickets, watch_pair,
    )
    from .pools.folders import Copied, copy_folder, copy_one
    from .processes.fork import (
        check_fork, double_fork, die_of_interrupt, flush_output, fork_child, run_and_exit, run_forked, warn_if_threads,
    )
    from .processes.fork_facts import memory_after_fork, offset_after_fork, output_after_fork
    from .threads.gil import is_gil_enabled, is_free_threaded_build, releases_gil
    from .threads.locks import CheckedLock, DeadlockError, hold_all
    from .processes.outcome import (
        ChildDied, Inbox, RemoteTraceback, pack_outcome, send_chunks, unpack_outcome,
    )
    from .processes.watching import open_pidfd
    from .pools.pool import ProcessPool, map_unordered
    from .pools.primes import is_prime, split_range, sum_primes, sum_primes_between
    from .processes.process import Process, run_in_child, wait_any_process
    from .processes.reaping import reap_children, wait_any_child, wait_child
    from .servers import MODELS, EchoProtocol, Limits, Server, available_models, echo, for_asyncio, serve, serve_socket
    from .processes.signals import SignalReceiver, ignoring
    from .processes.spawn import check_picklable, run_spawned, spawn_child
    from .processes.status import ExitStatus, decode_status, describe_exit, name_signal
    from .threads.thread import ResultThread, run_in_threads
    from .timelines.timeline import Span, Timeline, call_with_span, draw_spans, draw_spans_svg, name_worker, wrap_svg
    from .processes.zombies import (
        reap_by_ignoring, reap_by_double_fork, reap_by_waiting, make_orphan, make_zombie, parent_of, process_state,
    )

__all__ = [
    # servers
    "EchoProtocol", "Limits", "MODELS", "Server", "available_models", "echo", "for_asyncio", "serve", "serve_socket",
    # status
    "ExitStatus", "decode_status", "describe_exit", "name_signal",
    # reaping
    "reap_children", "wait_any_child", "wait_child",
    # signals
    "SignalReceiver", "ignoring",
    # fork
    "check_fork", "double_fork", "die_of_interrupt", "flush_output", "fork_child", "run_and_exit", "run_forked",
    "warn_if_threads",
    # spawn
    "check_picklable", "run_spawned", "spawn_child",
    # process
    "Process", "run_in_child", "wait_any_process",
    # outcome
    "ChildDied", "Inbox", "RemoteTraceback", "pack_outcome", "send_chunks", "unpack_outcome", "open_pidfd",
    # zombies
    "reap_by_ignoring", "reap_by_double_fork", "reap_by_waiting", "make_orphan", "make_zombie", "parent_of",
    "process_state",
    # threads
    "ResultThread", "run_in_threads",
    # locks
    "CheckedLock", "DeadlockError", "hold_all",
    # pools
    "ProcessPool", "map_unordered",
    # timeline
    "Span", "Timeline", "call_with_span", "draw_spans", "draw_spans_svg", "name_worker", "wrap_svg",
    # charts
    "draw_bars", "draw_bars_svg",
    # comparison
    "Loaded", "Measured", "ask_http", "compare_servers", "compare_ways", "load_server",
    # accounts
    "Account", "transfer_backing_off", "transfer_both_ways", "transfer_in_order", "transfer_nested",
    # exercises
    "Meeting", "NO_LOCK", "alternate_freely", "alternate_with_events", "alternate_with_locks", "sell_tickets",
    "watch_pair",
    # fork_facts
    "memory_after_fork", "offset_after_fork", "output_after_fork",
    # folders
    "Copied", "copy_folder", "copy_one",
    # primes
    "is_prime", "split_range", "sum_primes", "sum_primes_between",
    # gil
    "is_gil_enabled", "is_free_threaded_build", "releases_gil",
]

__getattr__, __dir__, _ = load_later(__name__, {
    "threads.accounts": "Account transfer_backing_off transfer_both_ways transfer_in_order transfer_nested",
    "timelines.charts": "draw_bars draw_bars_svg",
    "timelines.comparison": "Loaded Measured ask_http compare_servers compare_ways load_server",
    "threads.exercises":
        "Meeting NO_LOCK alternate_freely "
        "alternate_with_events alternate_with_locks sell_tickets watch_pair",
    "pools.folders": "Copied copy_folder copy_one",
    "processes.fork":
        "check_fork double_fork die_of_interrupt flush_output "
        "fork_child run_and_exit run_forked warn_if_threads",
    "processes.fork_facts": "memory_after_fork offset_after_fork output_after_fork",
    "threads.gil": "is_gil_enabled is_free_threaded_build releases_gil",
    "threads.locks": "CheckedLock DeadlockError hold_all",
    "processes.outcome": "ChildDied Inbox RemoteTraceback pack_outcome send_chunks unpack_outcome",
    "processes.watching": "open_pidfd",
    "pools.pool": "ProcessPool map_unordered",
    "pools.primes": "is_prime split_range sum_primes sum_primes_between",
    "processes.process": "Process run_in_child wait_any_process",
    "processes.reaping": "reap_children wait_any_child wait_child",
    "servers": "EchoProtocol Limits MODELS Server available_models echo for_asyncio serve serve_socket",
    "processes.signals": "SignalReceiver ignoring",
    "processes.spawn": "check_picklable run_spawned spawn_child",
    "processes.status": "ExitStatus decode_status describe_exit name_signal",
    "threads.thread": "ResultThread run_in_threads",
    "timelines.timeline": "Span Timeline call_with_span draw_spans draw_spans_svg name_worker wrap_svg",
    "processes.zombies":
        "reap_by_ignoring reap_by_double_fork reap_by_waiting "
        "make_orphan make_zombie parent_of process_state",
})
