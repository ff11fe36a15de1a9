"""A picture of the server models: who serves whom under each."""
from __future__ import annotations

from typing import NamedTuple

from .canvas import MARGIN, SMALL, Canvas

PANEL, ROW = 258, 176


class Panel(NamedTuple):
    """One model or several of a kind: their names, what is said, and how many workers serve the three clients.

    `processes` tells that each worker is a process of its own; `waiting` are the clients that nobody serves yet.

    >>> PANELS[0].names, PANELS[0].waiting
    ('iterative', 2)
    """

    names: str
    said: tuple[str, str]
    workers: int
    processes: bool
    waiting: int


PANELS = (
    Panel("iterative", ("One client at a time: the others wait", "一次一个客户端，其他人等待"), 1, False, 2),
    Panel("thread", ("A thread for each client", "每个客户端一个线程"), 3, False, 0),
    Panel("fork process", ("A process for each client", "每个客户端一个进程"), 3, True, 0),
    Panel("pool", ("A fixed number of threads", "固定数目的线程"), 2, False, 1),
    Panel("prefork", ("A fixed number of processes", "固定数目的进程，共用监听套接字"), 2, True, 1),
    Panel("select poll epoll kqueue", ("One thread, many sockets", "一个线程，多个套接字（IO 多路复用）"), 1, False, 0),
)


def draw_server_models(canvas: Canvas) -> None:
    """Draw a panel for each kind of model: three clients, the workers, and who is served."""
    for number, panel in enumerate(PANELS):
        x, y = MARGIN + (PANEL + 12) * (number % 2), 54 + ROW * (number // 2)
        canvas.text(x, y + 8, panel.names, size=13, look="mono bold")
        canvas.text(x, y + 26, canvas.say(*panel.said), size=SMALL, look="faint", room=PANEL)
        _draw_panel(canvas, x, y + 36, panel)
    y = 54 + ROW * 3 + 6
    for x, kind, dashed, words in [(MARGIN, "blue", False, canvas.say("client", "客户端")),
                                   (130, "green", False, canvas.say("process", "进程")),
                                   (256, "violet", False, canvas.say("thread", "线程"))]:
        canvas.box(x, y - 12, 22, 14, "", kind, round_by=3)
        canvas.text(x + 30, y, words, size=SMALL)
    canvas.line(376, y - 5, 402, y - 5, "red", dashed=True)
    canvas.text(410, y, canvas.say("waits to be served", "等待服务"), size=SMALL)


def _draw_panel(canvas: Canvas, x: float, y: float, panel: Panel) -> None:
    clients = [(x + 50, y + 18 + 38 * number) for number in range(3)]
    left, top, height = x + 134, y, 112
    if not panel.processes:
        canvas.box(left - 10, top, 124, height, "", "green")
    workers = _draw_workers(canvas, left, top, panel)
    for number, (cx, cy) in enumerate(clients):
        canvas.box(x, cy - 13, 50, 26, f"{number + 1}", "blue", size=13)
        waits = number >= 3 - panel.waiting
        wx, wy = (left - (0 if panel.processes else 10), cy) if waits else workers[min(number, len(workers) - 1)]
        if waits:
            canvas.line(cx, cy, cx + 44, cy, "red", dashed=True)
        else:
            canvas.line(cx, cy, wx, wy, "blue", width=2)


def _draw_workers(canvas: Canvas, left: float, top: float, panel: Panel) -> list[tuple[float, float]]:
    """Draw a panel's workers; return where a client's line reaches each."""
    gap = 112 / panel.workers
    places = []
    for number in range(panel.workers):
        middle = top + gap * (number + 0.5)
        if panel.processes:
            canvas.box(left - 10, middle - gap / 2 + 2, 124, gap - 4, "", "green")
        tall = 84 if panel.workers == 1 and not panel.waiting else 24
        canvas.box(left + 8, middle - tall / 2, 88, tall, canvas.say("thread", "线程"), "violet", size=13)
        places.append((left + 8, middle))
    return places
