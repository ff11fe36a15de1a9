"""A walk through processes, threads, locks and pools, and through the server models."""
from __future__ import annotations

import hashlib
import math
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from .. import concurrency
from ..concurrency.pools import primes
from ..concurrency.processes import zombies
from ..concurrency.threads import accounts, exercises
from . import Guide
from .server_models import PICTURE_WIDTH, visit_models


def visit(guide: Guide) -> None:
    """Show that children report, zombies are collected, races are certain, deadlocks are named, tasks can be killed."""
    guide.chapter("concurrency", "processes, threads, locks, pools and servers", "进程、线程、锁、池与并发服务器")
    _meet_a_child(guide)
    if hasattr(os, "fork"):
        _collect_a_zombie(guide)
    _watch_a_race(guide)
    _name_a_deadlock(guide)
    _use_a_pool(guide)
    visit_models(guide)


def _meet_a_child(guide: Guide) -> None:
    guide.did("Called math.sqrt(-1) in a spawned child.", "在 spawn 出的子进程里调用 math.sqrt(-1)。")
    try:
        concurrency.run_spawned(math.sqrt, (-1,))
    except ValueError as error:
        guide.saw(f"{type(error).__name__}: {error} (caused by {type(error.__cause__).__name__})",
                  f"{type(error).__name__}: {error}（起因：{type(error.__cause__).__name__}）")
    guide.surprise("An exception crosses the process border, with the child's own traceback as its cause.",
                   "异常能越过进程边界，并带着子进程自己的回溯。")


def _collect_a_zombie(guide: Guide) -> None:
    guide.did("Forked a child that ended at once, and did not wait for it.", "fork 一个立刻结束的子进程，而不去收尸。")
    pid = zombies.make_zombie()
    state = zombies.process_state(pid)
    status = concurrency.wait_child(pid)
    gone = zombies.process_state(pid)
    guide.saw(f"state {state}; after wait: {concurrency.decode_status(status)}, state {gone}",
              f"状态 {state}；wait 之后：退出码 {concurrency.decode_status(status).code}，状态 {gone}")
    with concurrency.ignoring(signal.SIGCHLD):
        lost = os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", "exit 3")
        try:
            concurrency.wait_child(lost, timeout=10)
        except ChildProcessError as error:
            guide.saw(f"with SIGCHLD ignored: {type(error).__name__}: {error}",
                      f"忽略 SIGCHLD 时，{type(error).__name__}: {error}")
    guide.surprise("Ignoring SIGCHLD leaves no zombies, but nobody learns any exit code either.",
                   "忽略 SIGCHLD 确实没有僵尸进程，但谁也得不到退出码了。")


def _watch_a_race(guide: Guide) -> None:
    guide.did("Sold 5 tickets at 2 windows, without a lock and with one.", "两个窗口卖 5 张票：先不加锁，再加锁。")
    meeting = exercises.Meeting(2, seconds=10)
    without = len(exercises.sell_tickets(2, 5, exercises.NO_LOCK, meeting))
    guide.saw(f"{without} / {len(exercises.sell_tickets(2, 5))}")
    guide.surprise("A race needs no luck to be shown: make the threads meet at the gap, and it happens every time.",
                   "竞争不必靠运气重现：让线程在缝隙处相遇，它次次发生。")


def _name_a_deadlock(guide: Guide) -> None:
    guide.did("Let Ann and Bob transfer money to each other, each locking its own account first.",
              "Ann 与 Bob 互相转账，各自先锁住自己的账户。")
    for error in accounts.transfer_both_ways(accounts.transfer_nested, exercises.Meeting(2, seconds=10))[1]:
        guide.saw(f"{type(error).__name__}: {error}")
    guide.surprise("One thread gets an error that names the circle, and the other goes on: nobody hangs.",
                   "一个线程得到写明环路的错误，另一个继续执行：谁也不会卡死。")


def _use_a_pool(guide: Guide) -> None:
    guide.did("Gave a pool of 2 processes a task that hangs, one that kills its worker, and a good one.",
              "给两个进程的池三个任务：卡死的、杀死自己进程的、正常的。")
    with concurrency.ProcessPool(2, method="spawn") as pool:
        tasks = [pool.submit_timed(0.05, time.sleep, 3600), pool.submit(os._exit, 3), pool.submit(pow, 2, 10)]
        lines = [repr(task.exception() or task.result()) for task in tasks]
    guide.saw("\n".join(lines))
    timeline = concurrency.Timeline()
    with ThreadPoolExecutor(2, thread_name_prefix="adds") as threads:
        timeline.map(threads, primes.sum_primes, [20_000] * 2)
    with ThreadPoolExecutor(2, thread_name_prefix="hashes") as threads:
        timeline.map(threads, _hash_zeros, [16 << 20] * 2)
    guide.picture(timeline.draw_svg(width=PICTURE_WIDTH), timeline.draw(50, guide.say))
    guide.surprise("Threads that compute in Python take turns; threads that hash run at the same time.",
                   "纯 Python 计算的线程轮流执行；做哈希的线程可以同时执行。")


def _hash_zeros(size: int) -> str:
    return hashlib.sha256(bytes(size)).hexdigest()
