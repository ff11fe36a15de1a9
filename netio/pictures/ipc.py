"""Pictures of processes that talk: a pipe, the other mechanisms, a ring in shared memory, and a semaphore counted."""
from __future__ import annotations

import functools
from typing import NamedTuple

from .. import ipc
from .canvas import MARGIN, SMALL, WIDTH, Canvas
from .lanes import Lanes

RING, SLOT, HEADER = 64, 8, 8  # bytes of the ring; records begin at multiples of 8, behind a header of 8
MESSAGES = tuple(f"message{number}".encode() for number in range(1, 7))
TASKS, PERMITS = 5, 3
LEFT, RIGHT = 178.0, 234.0  # between which the mechanisms are drawn


@functools.lru_cache(maxsize=None)
def run_pipe() -> tuple[tuple[str, str, int], ...]:
    """Send two objects through a pipe and close it; return (sender's call, receiver's call, direction) for each step.

    >>> run_pipe()[1]
    ("send({'id': 7})", "recv()\\n→ {'id': 7}", 1)
    """
    receiver, sender = ipc.open_pipe()
    steps = []
    with receiver:
        for thing in ("hello", {"id": 7}):
            sender.send(thing)
            steps.append((f"send({thing!r})", f"recv()\n→ {receiver.recv(timeout=5)!r}", 1))
        sender.close()
        try:
            receiver.recv(timeout=5)
        except EOFError:
            steps.append(("close()", "recv()\n→ EOFError", 1))
    return tuple(steps)


def draw_pipe(canvas: Canvas) -> None:
    """Draw the steps of `run_pipe`, and below a pipe with two directions."""
    say = canvas.say
    lanes = Lanes(canvas, [(say("process 1", "进程 1"), "blue"), (say("process 2", "进程 2"), "green")])
    for here, there, direction in run_pipe():
        lanes.calls([here, there], direction)
    lanes.end()
    y = lanes.y + 22
    canvas.text(MARGIN, y, "receiver, sender = ipc.open_pipe()", size=13, look="mono bold")
    _draw_tube(canvas, y + 12, ["Sender", "Receiver"], False)
    canvas.text(MARGIN, y + 84, "here, there = ipc.open_duplex()", size=13, look="mono bold")
    _draw_tube(canvas, y + 96, ["Connection", "Connection"], True)
    canvas.remark(
        y + 168,
        "The end of the stream comes when nobody holds a sending end open any more: so each process closes the ends "
        "that it does not use. A full pipe makes send wait, an empty one recv.",
        "没有任何进程再开着发送端时，接收方才会读到结束：所以每个进程都要关掉自己不用的那一端。管道满了 send 等待，空了 recv 等待。")


def _draw_tube(canvas: Canvas, y: float, ends: list[str], both: bool) -> None:
    canvas.box(MARGIN + 40, y, 110, 40, ends[0], "blue", size=13, look="mono")
    canvas.box(WIDTH - MARGIN - 150, y, 110, 40, ends[1], "green", size=13, look="mono")
    canvas.box(176, y + 6, 208, 28, "", "amber", round_by=14)
    if both:
        canvas.arrow([(190, y + 14), (370, y + 14)], "blue")
        canvas.arrow([(370, y + 26), (190, y + 26)], "green")
    else:
        canvas.arrow([(190, y + 20), (370, y + 20)], "blue", width=2.4)


class Mechanism(NamedTuple):
    """One way for processes to talk: its names, those in netio, and what it is good for.

    >>> MECHANISMS[0].netio
    'open_pipe  open_duplex'
    """

    names: tuple[str, str]
    netio: str
    said: tuple[str, str]


MECHANISMS = (
    Mechanism(("pipe", "管道"), "open_pipe  open_duplex", (
        "Objects in order, from one process to one other.", "对象按顺序从一个进程传到另一个进程。")),
    Mechanism(("queue", "消息队列"), "Queue", (
        "Many put, many get, each object goes to one of them.", "多个进程放，多个进程取，每个对象只给其中一个。")),
    Mechanism(("shared memory", "共享内存"), "Value  Array  open_ring", (
        "The fastest. Value and Array need their lock, a ring none.", "最快。Value、Array 要加锁，环形缓冲区不用。")),
    Mechanism(("semaphore", "信号量"), "Semaphore  CapacityLimiter", (
        "No data, a number: how many may go on at once.", "不传数据，只是一个数：最多允许几个同时进行。")),
    Mechanism(("signal", "信号"), "SignalWaiter  send_signal", (
        "A number that comes at any moment, from one to another.", "随时可能到来的一个编号，从一个进程发给另一个。")),
    Mechanism(("socket", "套接字"), "listen_local  connect_local", (
        "Bytes both ways on this machine; between two: TCP.", "本机双向字节流；跨机器用 TCP。")),
)


def draw_ipc_mechanisms(canvas: Canvas) -> None:
    """Draw a row for each mechanism: its name, how it connects two processes, and what it is good for."""
    for number, mechanism in enumerate(MECHANISMS):
        y = 52 + 74 * number
        canvas.box(MARGIN, y, WIDTH - 2 * MARGIN, 68, "", "plain")
        canvas.text(MARGIN + 12, y + 38, canvas.say(*mechanism.names), size=13, look="bold", room=122)
        canvas.text(274, y + 22, mechanism.netio, size=SMALL, look="mono blue", room=264)
        canvas.paragraph(274, y + 41, canvas.say(*mechanism.said), 264, size=12)
        for x, kind in ((LEFT - 28, "blue"), (RIGHT, "green")):
            canvas.box(x, y + 20, 28, 28, "P", kind, size=13, look="mono")
        _draw_link(canvas, mechanism.names[0], y + 34)


def _draw_link(canvas: Canvas, name: str, y: float) -> None:
    """What stands between the two processes of a row."""
    middle, half = (LEFT + RIGHT) / 2, {"queue": 10, "shared memory": 10, "semaphore": 12}.get(name, 0)
    if half:
        canvas.box(middle - half, y - half, 2 * half, 2 * half, "3" if name == "semaphore" else "", "amber", size=13,
                   look="mono", round_by=half if name == "semaphore" else 2)
    if name == "queue":
        for x in (middle - 3.5, middle + 3.5):
            canvas.line(x, y - half, x, y + half, "amber")
    if name == "socket":
        canvas.arrow([(middle, y), (LEFT, y)])
    canvas.arrow([(LEFT, y), (middle - half if half else RIGHT, y)], dashed=name == "signal")
    if half:
        canvas.arrow([(RIGHT, y), (middle + half, y)] if name == "semaphore" else [(middle + half, y), (RIGHT, y)])


class RingState(NamedTuple):
    """A ring after a call: the call, bytes ever written and ever read, and which message each slot holds (0: none).

    >>> run_ring()[0]
    RingState(call="send_bytes(b'message1')", tail=16, head=0, slots=(1, 1, 0, 0, 0, 0, 0, 0))
    """

    call: str
    tail: int
    head: int
    slots: tuple[int, ...]


@functools.lru_cache(maxsize=None)
def run_ring() -> tuple[RingState, ...]:
    """Fill a small ring, read one message, and go on around its end; return its state after each call.

    >>> run_ring()[-1].call
    "send_bytes(b'message6') → TimeoutError"
    """
    receiver, sender = ipc.open_ring(RING)
    states, tail, head, slots = [], 0, 0, [0] * (RING // SLOT)
    with receiver, sender:
        for number, message in enumerate(MESSAGES, 1):
            if number == 5:  # the ring is full: make room for one
                got = receiver.recv_bytes(timeout=5)
                slots[head // SLOT:(head + HEADER + len(got)) // SLOT] = [0, 0]
                head += HEADER + len(got)
                states.append(RingState(f"recv_bytes() → {got!r}", tail, head, tuple(slots)))
            call = f"send_bytes({message!r})"
            try:
                sender.send_bytes(message, timeout=0)
            except TimeoutError:
                states.append(RingState(f"{call} → TimeoutError", tail, head, tuple(slots)))
                break
            for place in range(tail, tail + HEADER + len(message), SLOT):
                slots[place % RING // SLOT] = number
            tail += HEADER + len(message)
            states.append(RingState(call, tail, head, tuple(slots)))
    return tuple(states)


def draw_ring(canvas: Canvas) -> None:
    """Draw the slots of a small ring after each call of `run_ring`."""
    say, y = canvas.say, 62.0
    canvas.text(MARGIN, y, say(f"ipc.open_ring({RING}): slots of {SLOT} bytes; head: read up to here, tail: written",
                               f"ipc.open_ring({RING})：每格 {SLOT} 字节；head 已读到，tail 已写到"), size=13)
    for state in run_ring():
        _draw_ring_state(canvas, y + 18, state)
        y += 64
    canvas.remark(
        y + 30,
        "Only the sender moves the tail, only the receiver moves the head: no lock. Behind the last slot comes the "
        "first. When the tail is a whole ring ahead of the head, there is no room.",
        "只有发送方移动 tail，只有接收方移动 head：不需要锁。最后一格之后又是第一格。tail 比 head 多出整整一圈时，就没有空位了。")


def _draw_ring_state(canvas: Canvas, y: float, state: RingState) -> None:
    """A call, the slots below with a colour for each message, and where head and tail stand."""
    kinds, x, cell = ("plain", "blue", "green", "amber", "violet", "blue"), 250.0, 36.0
    for number, line in enumerate(state.call.split(" → ")):
        canvas.text(MARGIN, y + 18 + 18 * number, ("→ " if number else "") + line, size=SMALL,
                    look="mono red" if "Timeout" in line else "mono")
    canvas.cells(x, y + 2, cell, [(str(owner) if owner else "", kinds[owner]) for owner in state.slots], height=28)
    head, tail = (x + place % RING / SLOT * cell for place in (state.head, state.tail))
    for place, name, kind, shift in ((head, "head", "green", 2), (tail, "tail", "blue", 2)):
        if head == tail and name == "tail":
            shift = 42
        canvas.line(place, y - 2, place, y + 42, kind, width=2)
        canvas.text(place + shift + 2, y + 43, name, size=12, look=f"mono {kind}")


@functools.lru_cache(maxsize=None)
def run_semaphore() -> tuple[tuple[tuple[int, ...], int], ...]:
    """Let tasks take and give back places; return, after each step, (tasks that hold one, places left).

    A task that finds none waits; a place that is given back goes to the first that waits.

    >>> run_semaphore()[:4]
    (((1,), 2), ((1, 2), 1), ((1, 2, 3), 0), ((1, 2, 3), 0))
    """
    places, steps = ipc.Semaphore(PERMITS), []
    holding: list[int] = []
    waiting: list[int] = []
    for task in range(1, TASKS + 1):
        (holding if places.acquire(timeout=0) else waiting).append(task)
        steps.append((tuple(holding), places.get_value()))
    while holding:
        holding.pop(0)
        places.release()
        if waiting and places.acquire(timeout=0):
            holding.append(waiting.pop(0))
        steps.append((tuple(holding), places.get_value()))
    places.close()
    return tuple(steps)


def draw_semaphore(canvas: Canvas) -> None:
    """Draw a lane for each task of `run_semaphore`: waiting or holding, and the places left at each step."""
    say, steps = canvas.say, run_semaphore()
    canvas.text(MARGIN, 62, f"places = ipc.Semaphore({PERMITS})", size=13, look="mono bold")
    left, width = 96.0, (WIDTH - MARGIN - 96) / len(steps)
    for task in range(1, TASKS + 1):
        y = 76 + 34 * (task - 1)
        canvas.text(MARGIN, y + 19, say(f"task {task}", f"任务 {task}"), size=13)
        held = [number for number, (holders, _) in enumerate(steps) if task in holders]
        came = task - 1
        if held[0] > came:
            canvas.box(left + came * width, y, (held[0] - came) * width - 2, 28, say("waits", "等待"), "red",
                       size=SMALL, dashed=True)
        canvas.box(left + held[0] * width, y, len(held) * width - 2, 28, say("works", "工作"), "green", size=SMALL)
    y = 76 + 34 * TASKS + 8
    canvas.text(MARGIN, y + 18, say("left", "剩余"), size=13, look="bold")
    canvas.cells(left, y, width, [(str(value), "amber") for _, value in steps])
    canvas.remark(
        y + 54,
        f"At most {PERMITS} work at once. acquire takes a place and waits while there is none; release gives it back "
        "and never waits.",
        f"最多 {PERMITS} 个同时工作。acquire 取走一个位置，没有时等待；release 归还位置，从不等待。")
