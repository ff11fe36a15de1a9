"""Processes, threads, locks, pools, and every server model under one contract."""
from __future__ import annotations

from .._lazy import load_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .accounts import Account, transfer_backing_off, transfer_both_ways, transfer_in_order, transfer_nested
    from .charts import draw_bars, draw_bars_svg
    from .comparison import Loaded, Measured, ask_http, compare_servers, compare_ways, load_server
    from .exercises import (
        NO_LOCK, Meeting, alternate_freely, alternate_with_events, alternate_with_locks, sell_tickets, watch_pair,
    )
    from .folders import Copied, copy_folder, copy_one
    from .fork import (
        check_fork, detach, die_of_interrupt, flush_output, fork_child, run_and_exit, run_forked, warn_if_threads,
    )
    from .fork_facts import memory_after_fork, offset_after_fork, output_after_fork
    from .gil import gil_is_on, is_free_threaded_build, lets_others_run
    from .locks import CheckedLock, DeadlockError, hold_all
    from .outcome import ChildDied, Inbox, RemoteTraceback, pack_outcome, send_chunks, unpack_outcome, watch_process
    from .pools import WorkerPool, as_they_come
    from .primes import is_prime, split_range, sum_primes, sum_primes_between
    from .process import Process, run_in_child, wait_any_process
    from .reaping import reap_children, wait_any_child, wait_child
    from .servers import MODELS, EchoProtocol, Limits, Server, available_models, echo, for_asyncio, serve, serve_socket
    from .signals import SignalInbox, ignoring
    from .spawn import check_sendable, run_spawned, spawn_child
    from .status import ExitStatus, decode_status, describe_exit, name_signal
    from .threads import ResultThread, run_in_threads
    from .timeline import Span, Timeline, call_with_span, draw_spans, draw_spans_svg, name_worker, wrap_svg
    from .zombies import (
        cure_by_ignoring, cure_by_second_child, cure_by_waiting, make_orphan, make_zombie, parent_of, process_state,
    )

__all__ = [
    # servers
    "EchoProtocol", "Limits", "MODELS", "Server", "available_models", "echo", "for_asyncio", "serve", "serve_socket",
    # status
    "ExitStatus", "decode_status", "describe_exit", "name_signal",
    # reaping
    "reap_children", "wait_any_child", "wait_child",
    # signals
    "SignalInbox", "ignoring",
    # fork
    "check_fork", "detach", "die_of_interrupt", "flush_output", "fork_child", "run_and_exit", "run_forked",
    "warn_if_threads",
    # spawn
    "check_sendable", "run_spawned", "spawn_child",
    # process
    "Process", "run_in_child", "wait_any_process",
    # outcome
    "ChildDied", "Inbox", "RemoteTraceback", "pack_outcome", "send_chunks", "unpack_outcome", "watch_process",
    # zombies
    "cure_by_ignoring", "cure_by_second_child", "cure_by_waiting", "make_orphan", "make_zombie", "parent_of",
    "process_state",
    # threads
    "ResultThread", "run_in_threads",
    # locks
    "CheckedLock", "DeadlockError", "hold_all",
    # pools
    "WorkerPool", "as_they_come",
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
    "gil_is_on", "is_free_threaded_build", "lets_others_run",
]

__getattr__, __dir__ = load_later(__name__, {
    "accounts": "Account transfer_backing_off transfer_both_ways transfer_in_order transfer_nested",
    "charts": "draw_bars draw_bars_svg",
    "comparison": "Loaded Measured ask_http compare_servers compare_ways load_server",
    "exercises": "Meeting NO_LOCK alternate_freely alternate_with_events alternate_with_locks sell_tickets watch_pair",
    "folders": "Copied copy_folder copy_one",
    "fork": "check_fork detach die_of_interrupt flush_output fork_child run_and_exit run_forked warn_if_threads",
    "fork_facts": "memory_after_fork offset_after_fork output_after_fork",
    "gil": "gil_is_on is_free_threaded_build lets_others_run",
    "locks": "CheckedLock DeadlockError hold_all",
    "outcome": "ChildDied Inbox RemoteTraceback pack_outcome send_chunks unpack_outcome watch_process",
    "pools": "WorkerPool as_they_come",
    "primes": "is_prime split_range sum_primes sum_primes_between",
    "process": "Process run_in_child wait_any_process",
    "reaping": "reap_children wait_any_child wait_child",
    "servers": "EchoProtocol Limits MODELS Server available_models echo for_asyncio serve serve_socket",
    "signals": "SignalInbox ignoring",
    "spawn": "check_sendable run_spawned spawn_child",
    "status": "ExitStatus decode_status describe_exit name_signal",
    "threads": "ResultThread run_in_threads",
    "timeline": "Span Timeline call_with_span draw_spans draw_spans_svg name_worker wrap_svg",
    "zombies": "cure_by_ignoring cure_by_second_child cure_by_waiting make_orphan make_zombie parent_of process_state",
})
