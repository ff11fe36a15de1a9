"""What passes between processes without being a message: a number, a turn, a flag, a signal, a socket."""
from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from contextlib import ExitStack
from typing import Any, Callable, Iterator

from netio import ipc, tcp

from .harness import Row, Settings, compare, seconds

REACH = {"lock": 0.4, "semaphore": 0.1}  # what a killed holder cannot keep may cost more
Step = tuple[Callable[[], object], str]  # what to do again and again, and its name


def step_rows(settings: Settings) -> Iterator[Row]:
    """Each step as one process takes it, when nobody else wants the same, beside the standard library's own."""
    count = 200 if settings.quick else 20_000
    with ExitStack() as stack:
        for what, ours, theirs in (*_turns(stack), *_sockets(stack), *_signals(stack)):
            yield compare(what, _each(ours, count), _each(theirs, count), settings, names=(ours[1], theirs[1]),
                          reach=REACH.get(what.split(",")[0]))


def _each(step: Step, count: int) -> Callable[[], float]:
    def run() -> None:
        for _ in range(count):
            step[0]()

    timed = seconds(run)
    return lambda: timed() / count


def _turns(stack: ExitStack) -> Iterator[tuple[str, Step, Step]]:
    mine, theirs = stack.enter_context(ipc.Value("q")), multiprocessing.Value("q")
    lock, semaphore, event = ipc.Lock(), ipc.Semaphore(1), ipc.Event()
    for part in (lock, semaphore, event):  # `with semaphore` would take its unit
        stack.callback(part.close)

    def add() -> None:
        with theirs.get_lock():
            theirs.value += 1

    yield "value, one added under its lock", (lambda: mine.update(_add_one), "Value"), (add, "mp.Value")
    yield "lock, taken and freed", (_turn(lock), "Lock"), (_turn(multiprocessing.RLock()), "mp.RLock")
    yield ("semaphore, taken and freed", (_turn(semaphore), "Semaphore"),
           (_turn(multiprocessing.Semaphore(1)), "mp.Semaphore"))
    yield "event, set, seen and cleared", (_flag(event), "Event"), (_flag(multiprocessing.Event()), "mp.Event")


def _add_one(number: int) -> int:
    return number + 1


def _turn(lock: Any) -> Callable[[], None]:
    def take() -> None:
        with lock:
            pass

    return take


def _flag(event: Any) -> Callable[[], None]:
    def wave() -> None:
        event.set()
        event.wait()
        event.clear()

    return wave


def _sockets(stack: ExitStack) -> Iterator[tuple[str, Step, Step]]:
    local = [stack.enter_context(end) for end in ipc.local_pair()]
    loopback = [stack.enter_context(end) for end in tcp.connect_pair()]
    yield "local socket, 64 B there and back", (_echo(*local), "local_pair"), (_echo(*loopback), "loopback TCP")
    if hasattr(socket, "send_fds"):
        yield "socket passed, in one process", (_pass(*local), "send_socket"), (_send_fds(*local), "socket.send_fds")


def _echo(here: socket.socket, there: socket.socket) -> Callable[[], None]:
    def echo() -> None:
        here.sendall(b"x" * 64)
        there.sendall(there.recv(64))
        here.recv(64)

    return echo


def _pass(here: socket.socket, there: socket.socket) -> Callable[[], None]:
    def hand_over() -> None:
        ipc.send_socket(here, there)
        ipc.recv_socket(there).close()

    return hand_over


def _send_fds(here: socket.socket, there: socket.socket) -> Callable[[], None]:
    def hand_over() -> None:
        socket.send_fds(here, [b"d"], [there.fileno()])
        socket.socket(fileno=socket.recv_fds(there, 1, 1)[1][0]).close()

    return hand_over


def _signals(stack: ExitStack) -> Iterator[tuple[str, Step, Step]]:
    if not hasattr(signal, "sigtimedwait"):
        return
    number, pid = signal.SIGUSR1, os.getpid()
    inbox = stack.enter_context(ipc.SignalWaiter(number))

    def ours() -> None:
        ipc.send_signal(pid, number)
        inbox.recv()

    def theirs() -> None:
        os.kill(pid, number)
        signal.sigwait([number])

    yield "signal, sent and received", (ours, "SignalWaiter"), (theirs, "signal.sigwait")
