"""Pictures of threads and pools: a deadlock that was found, a pool at work, the same sum in threads and processes."""
from __future__ import annotations

import functools
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Iterable

from .. import concurrency
from ..concurrency.pools import primes
from ..concurrency.threads import accounts, exercises
from ..concurrency.timelines import timeline
from .canvas import MARGIN, SMALL, WIDTH, Canvas

TASKS = (0.12, 0.04, 0.08, 0.04, 0.12, 0.08, 0.04)  # seconds that each task of the pool takes: it only waits
WORKERS = 3
SUM_BELOW, RUNS = 60_000, 5
Spans = tuple[timeline.Span, ...]


@functools.lru_cache(maxsize=None)
def run_deadlock() -> tuple[tuple[str, str, str], ...]:
    """Let two accounts transfer to each other; return (thread, the lock it holds, the lock it waits for) of the circle.

    >>> run_deadlock()
    (('Ann to Bob', 'Ann', 'Bob'), ('Bob to Ann', 'Bob', 'Ann'))
    """
    meeting = exercises.Meeting(2, seconds=10)
    _, errors = accounts.transfer_both_ways(accounts.transfer_nested, meeting)
    cycles = [error.cycle for error in errors if isinstance(error, concurrency.DeadlockError)]
    return tuple(sorted((thread, held, wanted) for thread, wanted, _, held, _ in cycles[0]))


def draw_deadlock(canvas: Canvas) -> None:
    """Draw the circle of `run_deadlock`, the four conditions, and what breaks each."""
    say = canvas.say
    (one, held, wanted), (two, _, _) = run_deadlock()
    canvas.box(206, 56, 148, 40, one, "blue")
    canvas.box(206, 196, 148, 40, two, "green")
    canvas.box(MARGIN + 24, 122, 120, 44, say(f"lock {held}", f"锁 {held}"), "amber", round_by=22)
    canvas.box(WIDTH - MARGIN - 144, 122, 120, 44, say(f"lock {wanted}", f"锁 {wanted}"), "amber", round_by=22)
    canvas.arrow([(100, 122), (206, 76)], "blue", bend=(104, 78))
    canvas.arrow([(354, 76), (460, 122)], "red", bend=(456, 78), dashed=True)
    canvas.arrow([(460, 166), (354, 216)], "green", bend=(456, 214))
    canvas.arrow([(206, 216), (100, 166)], "red", bend=(104, 214), dashed=True)
    for x, y, words, anchor, kind in [
        (92, 84, say("held by", "被持有"), "end", "blue"), (468, 84, say("waits for", "等待"), "start", "red"),
        (468, 214, say("held by", "被持有"), "start", "green"), (92, 214, say("waits for", "等待"), "end", "red"),
    ]:
        canvas.text(x, y, words, size=SMALL, anchor=anchor, look=kind)
    y = 274
    canvas.text(MARGIN, y, say("It takes all four; break one", "四个条件缺一不可；打破任意一个即可"), look="bold")
    for name, meaning, cure in _conditions(canvas):
        canvas.box(MARGIN, y + 12, WIDTH - 2 * MARGIN, 46, "", "plain")
        canvas.text(MARGIN + 12, y + 31, name, size=13, look="bold")
        canvas.text(MARGIN + 12, y + 49, meaning, size=SMALL, room=264)
        canvas.text(WIDTH - MARGIN - 12, y + 40, cure, size=SMALL, anchor="end", look="green", room=240)
        y += 52


def _conditions(canvas: Canvas) -> list[tuple[str, str, str]]:
    """(name, meaning, cure) of the four conditions."""
    say = canvas.say
    return [
        (say("mutual exclusion", "互斥"), say("one holder at a time", "同一时刻只有一个持有者"),
         say("share nothing; pass messages", "不共享，改为传消息")),
        (say("hold and wait", "请求与保持"), say("holds one, waits for another", "拿着一把，再等另一把"),
         say("back off: let go, try again", "退让：放开，再重试")),
        (say("no preemption", "不可剥夺"), say("nobody can take it away", "别人拿不走"),
         "acquire(timeout=...)"),
        (say("circular wait", "循环等待"), say("each waits for the next", "首尾相接地等待"),
         say("one order for all: hold_all", "统一加锁次序：hold_all")),
    ]


@functools.lru_cache(maxsize=None)
def run_pool() -> tuple[Spans, tuple[int, ...]]:
    """Give tasks to a pool of processes; return the spans in which they ran, and the results.

    >>> spans, results = run_pool()
    >>> len(spans) == len(TASKS), len({span.worker for span in spans}) <= WORKERS, results
    (True, True, (1, 4, 9, 16, 25, 36, 49))
    """
    timeline = concurrency.Timeline()
    with concurrency.ProcessPool(WORKERS) as pool:
        list(pool.map(time.sleep, [0.02] * WORKERS))  # so that starting the workers is not in the picture
        results = timeline.map(pool, _wait_and_square, range(1, len(TASKS) + 1))
    return tuple(timeline.spans), tuple(results)


def _wait_and_square(number: int) -> int:
    time.sleep(TASKS[number - 1])
    return number * number


def draw_pool(canvas: Canvas) -> None:
    """Draw tasks, workers and results, and which worker did which task of `run_pool` when."""
    say, (spans, results) = canvas.say, run_pool()
    canvas.text(MARGIN, 64, say("tasks, in order", "任务，按顺序"), size=SMALL, look="faint")
    canvas.text(384, 64, say("results: the squares", "结果：平方"), size=SMALL, look="faint")
    canvas.cells(MARGIN, 92, 24, [(str(number + 1), "amber") for number in range(len(spans))])
    canvas.cells(384, 92, 22, [(str(result), "green") for result in results])
    for number in range(WORKERS):
        y = 62 + 34 * number
        canvas.box(240, y, 96, 26, say(f"worker {number + 1}", f"工作者 {number + 1}"), "blue", size=13)
        canvas.arrow([(186, 97 + 8 * number), (238, y + 13)])
        canvas.arrow([(338, y + 13), (382, 97 + 8 * number)])
    canvas.text(MARGIN, 194, say("Who did what when: one run", "谁在什么时候做了什么：一次运行"), look="bold")
    bottom = add_bars(canvas, 206, spans, "amber", [str(number + 1) for number in range(len(spans))])
    canvas.remark(
        bottom + 26,
        "Whoever is free takes the next task, so that no worker idles while there is one. The processes are started "
        "once, not once a task. Results come back in the order of the tasks.",
        "谁空闲谁就取下一个任务，只要还有任务就没有进程闲着。进程只启动一次，不是每个任务一次。结果按任务的次序返回。")


def add_bars(canvas: Canvas, y: float, spans: Iterable[timeline.Span], kind: str, labels: list[str],
             seconds: float = 0) -> float:
    """Draw a lane for each worker and a bar for each span, on a scale of `seconds` at least; return where it ends.

    >>> canvas = Canvas("Bars", "Two spans.")
    >>> spans = [timeline.Span("T1", "", 0, 1, 1), timeline.Span("T2", "", 1, 2, 0)]
    >>> add_bars(canvas, 50, spans, "blue", ["", ""])
    130.0
    """
    named = sorted(zip(spans, labels), key=lambda pair: pair[0].begin)
    begin, seconds = named[0][0].begin, max(seconds, _length(span for span, _ in named))
    left, scale = MARGIN + 84, (WIDTH - 2 * MARGIN - 84) / seconds
    workers = list(dict.fromkeys(span.worker for span, _ in named))
    for number, worker in enumerate(workers):
        canvas.text(MARGIN, y + 34 * number + 22, canvas.say(f"worker {number + 1}", f"工作者 {number + 1}"), size=SMALL)
        for span, label in named:
            if span.worker == worker:
                x, width = left + (span.begin - begin) * scale, max(3.0, (span.end - span.begin) * scale - 1)
                _draw_bar(canvas, x, y + 34 * number + 4, width, span.busy, kind, label)
    bottom = y + 34 * len(workers)
    canvas.text(left, bottom + 12, "0 s", size=12, look="faint")
    canvas.text(WIDTH - MARGIN, bottom + 12, f"{seconds:.2f} s", size=12, look="faint", anchor="end")
    return float(bottom + 12)


def _draw_bar(canvas: Canvas, x: float, y: float, width: float, busy: float, kind: str, label: str) -> None:
    """A bar, filled as far as it computed where its label is that share, else all of it."""
    canvas.box(x, y, width, 26, "", "plain" if label.endswith("%") else kind, round_by=3)
    if label.endswith("%"):
        canvas.box(x, y, max(2.0, width * busy), 26, "", kind, round_by=3)
    if width > 16:
        canvas.text(x + width / 2, y + 18, label, size=SMALL, anchor="middle")


@functools.lru_cache(maxsize=None)
def run_gil() -> tuple[Spans, Spans]:
    """Add up primes twice, in two threads and in two processes; return the spans of both: of several runs the quickest.

    >>> [len(spans) for spans in run_gil()]
    [2, 2]
    """
    return _quickest(ThreadPoolExecutor(2)), _quickest(concurrency.ProcessPool(2))


def _quickest(pool: Executor) -> Spans:
    """The spans of the run that was disturbed least by what else the machine does."""
    runs: list[Spans] = []
    with pool:
        list(pool.map(time.sleep, [0.02] * 2))  # so that starting the workers is not in the picture
        for _ in range(RUNS):
            timeline = concurrency.Timeline()
            timeline.map(pool, primes.sum_primes, [SUM_BELOW] * 2)
            runs.append(tuple(timeline.spans))
    return min(runs, key=_length)


def _length(spans: Iterable[timeline.Span]) -> float:
    """The seconds from the first begin to the last end, never 0."""
    spans = list(spans)
    return max(1e-9, max(span.end for span in spans) - min(span.begin for span in spans))


def draw_gil(canvas: Canvas) -> None:
    """Draw the spans of `run_gil`: how long each took, and the share of it in which it computed."""
    say = canvas.say
    y, seconds = 62.0, max(map(_length, run_gil()))
    names = [say("two threads", "两个线程"), say("two processes", "两个进程")]
    for name, spans, kind in zip(names, run_gil(), ("violet", "green")):
        words = say(f"{name}: sum_primes({SUM_BELOW}) twice", f"{name}：sum_primes({SUM_BELOW}) 两次")
        canvas.text(MARGIN, y, words, look="bold")
        y = add_bars(canvas, y + 10, spans, kind, [f"{span.busy:.0%}" for span in spans], seconds) + 34
    switch = say("on", "开") if concurrency.is_gil_enabled() else say("off", "关")
    canvas.remark(
        y - 4,
        "The filled part is the share of its time in which a worker computed. The GIL (here: "
        f"{switch}) lets one thread at a time run Python code, so threads that compute take turns. Threads that wait "
        "for the network do not need it.",
        f"填色部分是真正在计算的时间比例。GIL（这里：{switch}）让同一时刻只有一个线程执行 Python 代码，"
        "所以计算型线程只能轮流执行；等待网络的线程不受影响。")
