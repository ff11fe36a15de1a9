"""Pictures of processes: their states, what fork copies, orphans and zombies, and the double fork."""
from __future__ import annotations

import functools
import os

from ..concurrency.processes import fork_facts
from .canvas import MARGIN, SMALL, Canvas
from .lanes import Lanes


def draw_process_states(canvas: Canvas) -> None:
    """Draw the five states, what leads from one to another, and the letters of `ps`."""
    say = canvas.say
    for x, y, words, kind in [
        (MARGIN, 84, say("new", "新建"), "plain"), (148, 84, say("ready", "就绪"), "amber"),
        (312, 84, say("running", "运行"), "green"), (436, 84, say("terminated", "终止"), "plain"),
        (226, 216, say("waiting", "等待（阻塞）"), "blue"),
    ]:
        canvas.box(x, y, 108 if x > 400 or y > 200 else 96, 44, words, kind, look="bold", round_by=22)
    canvas.arrow([(112, 106), (148, 106)])
    canvas.arrow([(408, 106), (436, 106)])
    canvas.arrow([(220, 84), (338, 84)], bend=(279, 46))
    canvas.arrow([(338, 128), (220, 128)], bend=(279, 166))
    canvas.arrow([(372, 128), (334, 238)], bend=(378, 226))
    canvas.arrow([(226, 238), (184, 128)], bend=(180, 226))
    canvas.text(278, 60, say("gets a processor", "被调度"), size=SMALL, anchor="middle")
    canvas.text(278, 164, say("its time is over", "时间片用完"), size=SMALL, anchor="middle")
    canvas.text(384, 214, say("must wait: input, a lock", "要等待：输入、锁"), size=SMALL, room=165)
    canvas.text(174, 214, say("it has come", "等到了"), size=SMALL, anchor="end")
    canvas.text(422, 96, say("exit", "退出"), size=SMALL, anchor="middle")
    y = 296
    canvas.text(MARGIN, y, say("The letters of ps (STAT)", "ps 的 STAT 字母"), look="bold")
    letters = [("R", "green", say("running or ready", "运行或就绪")), ("S", "blue", say("waiting", "等待，可被信号打断")),
               ("D", "blue", say("waiting for the disk, no signals", "等待磁盘，不响应信号")),
               ("T", "plain", say("stopped by a signal", "被信号暂停")),
               ("Z", "red", say("zombie: ended, not yet waited for", "僵尸：已结束，尚未被 wait"))]
    for number, (letter, kind, words) in enumerate(letters):
        x, top = MARGIN + 268 * (number % 2), y + 14 + 32 * (number // 2)
        canvas.box(x, top, 26, 24, letter, kind, look="mono bold")
        canvas.text(x + 34, top + 17, words, size=SMALL, room=230)


@functools.lru_cache(maxsize=None)
def run_memory() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fork, and let the child change a list; return what the child sees and what the parent sees.

    Without fork (Windows) the answer is the known one.

    >>> run_memory()
    (('first', 'second'), ('first',))
    """
    child, parent = fork_facts.memory_after_fork() if hasattr(os, "fork") else (["first", "second"], ["first"])
    return tuple(child), tuple(parent)


def draw_fork_memory(canvas: Canvas) -> None:
    """Draw the memory of parent and child: the same when fork returns, then each its own."""
    say = canvas.say
    child, parent = run_memory()
    canvas.box(180, 52, 200, 76, say("one process", "一个进程") + f"\nseen = {list(parent)}", "blue", size=13, look="mono")
    canvas.box(226, 144, 108, 30, "os.fork()", "amber", look="mono bold", round_by=15)
    canvas.line(280, 128, 280, 144)
    for x, bend in ((140, 150), (420, 410)):
        canvas.arrow([(226 if x < 200 else 334, 159), (x, 196)], bend=(bend, 159))
    canvas.text(218, 150, say("returns the child's PID", "返回子进程的 PID"), size=SMALL, look="faint", anchor="end")
    canvas.text(342, 150, say("returns 0", "返回 0"), size=SMALL, look="faint")
    for x, name, kind, lines in [
        (MARGIN, say("parent", "父进程"), "blue", [say("# sees no change", "# 看不到改变"), f"seen = {list(parent)}"]),
        (296, say("child: a copy", "子进程：副本"), "green", ["seen.append('second')", f"seen = {list(child)}"]),
    ]:
        canvas.box(x, 196, 248, 94, "", kind)
        canvas.text(x + 12, 218, name, look=f"bold {kind}")
        for number, line in enumerate(lines):
            canvas.text(x + 12, 246 + 26 * number, line, size=13, look="mono", room=232)
    canvas.remark(
        316,
        "Both go on behind the call, in no fixed order. The child's memory is a copy, made page by page when one of "
        "them writes. Open files are shared, their offset too.",
        "两个进程都从这个调用之后继续执行，先后不定。子进程的内存是副本，有一方写入时才按页复制。已打开的文件是共享的，偏移量也共享。")


def draw_orphan_zombie(canvas: Canvas) -> None:
    """Draw the lives of parents and children as bars: the parent ends first, or the child does."""
    say = canvas.say
    _life_lines(canvas, 62, say("Orphan: the parent ends first", "孤儿进程：父进程先结束"), 250,
                [(180, 250, say("child", "子进程"), "green", False),
                 (250, 520, say("child, adopted", "子进程，已被收养"), "violet", False)])
    canvas.arrow([(250, 112), (250, 128)], "plain")
    canvas.text(258, 104, say("a system process adopts it", "由系统进程收养"),
                size=SMALL)
    y = 206.0
    _life_lines(canvas, y, say("Zombie: the child ends, nobody waits for it", "僵尸进程：子进程先结束，没有人 wait"), 520,
                [(180, 280, say("child", "子进程"), "green", False), (280, 430, say("zombie (Z)", "僵尸（Z）"), "red", True)])
    canvas.arrow([(430, y + 42), (430, y + 66)], "blue")
    canvas.text(436, y + 84, say("wait(): gone", "wait()：消失"), size=SMALL, room=108)
    y = canvas.remark(
        y + 126,
        "A zombie is no process any more: only its exit status is kept until the parent asks. An orphan is no harm: "
        "the system process that adopts it waits for it.",
        "僵尸已经不是运行中的进程：系统只留着它的退出状态，等父进程来取。孤儿无害：收养它的系统进程会替它收尸。")
    canvas.remark(
        y,
        "Three cures: wait or waitpid; a double fork; signal(SIGCHLD, SIG_IGN), which loses the exit status.",
        "三种办法：wait 或 waitpid；二级子进程；signal(SIGCHLD, SIG_IGN)，但会丢失退出状态。", look="")


def _life_lines(canvas: Canvas, y: float, title: str, parent_ends: float,
                child: list[tuple[float, float, str, str, bool]]) -> None:
    canvas.text(MARGIN, y, title, look="bold")
    canvas.box(MARGIN + 60, y + 14, parent_ends - MARGIN - 60, 28, canvas.say("parent", "父进程"), "blue", size=13)
    canvas.text(MARGIN, y + 33, canvas.say("time →", "时间 →"), size=12, look="faint", room=58)
    canvas.arrow([(180, y + 42), (180, y + 66)])
    canvas.text(172, y + 60, "fork()", size=SMALL, look="mono", anchor="end")
    for left, right, words, kind, dashed in child:
        canvas.box(left, y + 66, right - left, 28, words, kind, size=SMALL, dashed=dashed)


def draw_double_fork(canvas: Canvas) -> None:
    """Draw who forks, ends and waits when a second child does the work."""
    say = canvas.say
    lanes = Lanes(canvas, [(say("parent", "父进程"), "blue"), (say("child", "子进程"), "amber"),
                           (say("second child", "二级子进程"), "green"), (say("system", "系统进程"), "violet")])
    lanes.send(0, 1, "fork()")
    lanes.send(1, 2, "fork()")
    lanes.calls(["wait()", "_exit(0)", "", ""])
    lanes.send(1, 0, say("its status", "退出状态"), mono=False)
    lanes.send(2, 3, say("adopted", "被收养"), mono=False)
    lanes.calls([say("goes on", "继续执行"), "", say("works", "工作"), ""])
    lanes.calls(["", "", "_exit(0)", "wait()"])
    lanes.send(2, 3, say("its status", "退出状态"), mono=False)
    lanes.end()
    canvas.remark(
        lanes.y + 14,
        "The first child lives for a moment only, so the parent's wait costs nothing. The second is an orphan at "
        "once, and the system collects it: no zombie, whatever the parent does.",
        "一级子进程转瞬即逝，父进程的 wait 几乎不花时间。二级子进程立刻成为孤儿，由系统收尸：无论父进程做什么，都不会有僵尸。")
