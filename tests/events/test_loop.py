"""The loop's timers and calls, without a server."""
from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import threading
import time

import pytest

from netio import tcp
from netio.concurrency import EchoProtocol
from netio.concurrency.servers.connections import acceptor as acceptor_module
from netio.concurrency.servers.connections.acceptor import Acceptor
from netio.concurrency.servers.connections.deadlines import Deadlines
from netio.concurrency.servers.connections.manager import ConnectionManager
from netio.events import loop as loop_module
from netio.events.loop import READ, Loop
from netio.events.select import SelectPoller
from netio.events.waker import Waker


@pytest.fixture
def loop(nothing_left):
    loop = Loop(SelectPoller())
    yield loop
    loop.close()


def test_timers_fire_in_the_order_of_their_times_and_equal_ones_as_they_were_set(loop):
    fired = []
    for name, delay in [("c", 0.02), ("a", 0.01), ("b", 0.01)]:
        loop.call_at(loop.now + delay, lambda now, name=name: fired.append(name))
    loop.call_at(loop.now + 0.03, lambda now: loop.stop())
    loop.run()
    assert fired == ["a", "b", "c"]


def test_a_loop_that_waits_for_a_timer_sleeps():
    looks, poller = [], SelectPoller()
    poll = poller.poll
    poller.poll = lambda timeout: looks.append(timeout) or poll(timeout)
    loop = Loop(poller)
    loop.call_at(loop.now + 0.05, lambda now: loop.stop())
    loop.run()
    loop.close()
    assert len(looks) < 10


def test_a_cancelled_timer_is_not_called_and_cancelling_it_again_or_late_does_nothing(loop):
    fired = []
    timers = [loop.call_at(loop.now + delay, fired.append) for delay in (0, 0.01, 0.02)]
    loop.call_at(loop.now + 0.03, lambda now: loop.stop())
    loop.cancel(timers[1])
    loop.cancel(timers[1])
    loop.run()
    assert len(fired) == 2
    loop.cancel(timers[0])
    assert loop._timers._cancelled == 0


def test_a_timer_may_cancel_another_that_is_due_with_it(loop):
    fired = []
    loop.call_at(loop.now, lambda now: loop.cancel(second))
    second = loop.call_at(loop.now, fired.append)
    loop.call_at(loop.now + 0.01, lambda now: loop.stop())
    loop.run()
    assert fired == []


def test_of_the_calls_in_turn_one_is_made_between_two_looks_at_the_sockets(loop):
    ours, theirs = socket.socketpair()
    seen = []

    def on_ready(events):
        seen.append(ours.recv(1))

    def go_on(left):
        seen.append(left)
        theirs.send(b"x")
        if left:
            loop.call_in_turn(go_on, left - 1)
        else:
            loop.call_soon(loop.call_in_turn, loop.stop)

    with ours, theirs:
        loop.watch(ours.fileno(), READ, on_ready)
        for _ in range(2):
            loop.call_in_turn(go_on, 1)
        loop.run()
    assert seen == [1, b"x", 1, b"x", 0, b"x", 0, b"x"]


def test_what_a_call_in_turn_raises_ends_nothing(loop, caplog):
    loop.call_in_turn(lambda: 1 / 0)
    loop.call_in_turn(loop.stop)
    loop.run()
    assert "ZeroDivisionError" in caplog.text


def test_loops_that_share_their_turns_make_such_calls_one_at_a_time(monkeypatch, nothing_left):
    monkeypatch.setattr(loop_module, "_TURN_TIMEOUT", 60.0)
    turns, running, most = threading.Lock(), [], []

    def go_on(loop, left):
        running.append(loop)
        most.append(len(running))
        time.sleep(0)  # which lets other threads run
        running.remove(loop)
        loop.call_in_turn(go_on, loop, left - 1) if left else loop.stop()

    def run(loop):
        loop.call_in_turn(go_on, loop, 50)
        loop.run()
        loop.close()

    threads = [threading.Thread(target=run, args=(Loop(SelectPoller(), turns),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1} and not turns.locked()


def test_a_turn_that_takes_too_long_is_waited_for_no_more(monkeypatch, nothing_left):
    monkeypatch.setattr(loop_module, "_TURN_TIMEOUT", 0.01)
    turns = threading.Lock()
    loop = Loop(SelectPoller(), turns)
    with turns:
        loop.call_in_turn(loop.stop)
        loop.run()
        assert turns.locked()
    loop.close()


def test_timers_that_were_cancelled_do_not_pile_up(loop):
    kept = [loop.call_at(loop.now + 1000 + number, print) for number in range(10)]
    for number in range(1000):
        loop.cancel(loop.call_at(loop.now + 500 + number % 7, print))
    assert len(loop._timers.heap) <= 200
    assert [timer for timer in sorted(loop._timers.heap) if timer[2]] == kept


def test_the_deadlines_of_connections_that_have_ended_do_not_pile_up(loop):
    class Patient:
        def next_deadline(self, now):
            return now + 3600

    for _ in range(1000):
        deadlines = Deadlines(loop, Patient(), pytest.fail)
        deadlines.update()
        deadlines.update()
        deadlines.stop()
    assert len(loop._timers.heap) <= 200


def test_calls_from_other_threads_come_in_order_and_never_after_the_end(loop):
    called = []
    for number in range(100_000):  # more wake-ups than the socket takes
        loop.call_soon_threadsafe(called.append, number)
    loop.call_soon_threadsafe(loop.stop)
    loop.run()
    assert called == list(range(100_000))
    loop.close()
    loop.call_soon_threadsafe(called.append, "late")
    assert called[-1] == 99_999


class Refusing(SelectPoller):
    """Registers only so many descriptors."""

    def __init__(self, room):
        super().__init__()
        self.room, self.closed = room, False

    def register(self, fd, events):
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOMEM, "no memory")
        super().register(fd, events)

    def close(self):
        self.closed = True
        super().close()


def test_a_loop_that_cannot_watch_its_waker_leaves_nothing():
    poller = Refusing(0)
    with pytest.raises(OSError, match="no memory"):
        Loop(poller)
    assert poller.closed


def test_a_listener_that_cannot_be_watched_is_closed_and_one_that_could_not_be_for_a_moment_goes_on(nothing_left):
    poller = Refusing(1)
    refusing = Loop(poller)
    manager = ConnectionManager(refusing)
    with pytest.raises(OSError, match="no memory"):
        manager.listen(("127.0.0.1", 0), EchoProtocol)
    with tcp.listen(("127.0.0.1", 0)) as listener:
        acceptor = Acceptor(refusing, listener, print)
        with pytest.raises(OSError, match="no memory"):
            acceptor.resume()
        poller.room = 1
        acceptor.resume()
        assert not acceptor.paused
        acceptor.close()
    refusing.close()


def test_a_listener_goes_on_though_there_was_no_memory_when_it_was_its_turn_again(nothing_left, monkeypatch):
    monkeypatch.setattr(acceptor_module, "RETRY", 0.01)
    poller, met = Refusing(2), []
    refusing = Loop(poller)

    def accept():
        acceptor._accept = listener.accept
        refusing.call_at(refusing.now + 0.05, lambda now: setattr(poller, "room", 1))
        raise OSError(errno.ENOMEM, "no memory")

    def accepted(sock, address):
        met.append(sock.close())
        refusing.stop()

    with tcp.listen(("127.0.0.1", 0)) as listener, tcp.connect(listener.getsockname()):
        acceptor = Acceptor(refusing, listener, accepted)
        acceptor._accept = accept
        acceptor.resume()
        refusing.call_at(refusing.now + 10, lambda now: refusing.stop())
        refusing.run()
    refusing.close()
    assert met == [None]


def test_a_connection_that_cannot_be_watched_any_more_ends(nothing_left, caplog):
    class Pausing(EchoProtocol):
        def connection_made(self, transport):
            transport.pause_reading()
            refusing.call_soon(transport.resume_reading)

    refusing = Loop(Refusing(1))
    manager = ConnectionManager(refusing, ended=refusing.stop)
    ours, theirs = socket.socketpair()
    with theirs:
        manager.add(ours, "somebody", Pausing)
        refusing.call_at(refusing.now + 10, lambda now: refusing.stop())
        refusing.run()
        assert not manager.transports and theirs.recv(1) == b"" and "cannot be watched: [Errno" in caplog.text
    refusing.close()


def test_a_connection_out_whose_state_the_system_does_not_tell_is_lost(loop, monkeypatch):
    class Lost(EchoProtocol):
        def connection_lost(self, error):
            lost.append(error.errno)
            loop.stop()

    def fail(sock, *option):
        raise OSError(errno.EINVAL, "it was reset")

    lost = []
    with tcp.listen(("127.0.0.1", 0)) as listener:
        manager = ConnectionManager(loop)
        manager.connect(listener.getsockname(), Lost)
        monkeypatch.setattr(socket.socket, "getsockopt", fail)
        loop.call_at(loop.now + 10, lambda now: loop.stop())
        loop.run()
    assert lost == [errno.EINVAL]


class Noting(SelectPoller):
    """Notes how long it is told to wait."""

    def __init__(self):
        super().__init__()
        self.told = []

    def poll(self, timeout):
        self.told.append(timeout)
        return super().poll(timeout)


def test_what_is_due_at_once_is_not_waited_for_a_whole_millisecond():
    poller = Noting()
    loop = Loop(poller)
    loop.call_at(loop.now + 1e-6, lambda now: loop.call_at(now + 1e-6, lambda now: loop.stop()))
    loop.run()
    loop.close()
    assert poller.told and set(poller.told) == {0}


ENDS = [ValueError("a mistake"), SystemExit(1), asyncio.CancelledError(), GeneratorExit()]


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_whatever_a_callback_raises_the_others_go_on_and_it_is_logged_once(loop, caplog, error):
    def fail(*args):
        raise error

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"x")
        loop.watch(ours.fileno(), READ, fail)
        loop.call_soon(fail)
        loop.call_at(loop.now, fail)
        loop.call_at(loop.now + 0.02, lambda now: loop.stop())
        loop.run()
        assert len(caplog.records) == 3 and all(record.exc_info[1] is error for record in caplog.records)
        loop.unwatch(ours.fileno())


def test_ctrl_c_ends_the_loop(loop):
    def interrupt(*args):
        raise KeyboardInterrupt

    loop.call_soon(interrupt)
    with pytest.raises(KeyboardInterrupt):
        loop.run()


def test_a_keyboard_interrupt_that_a_thread_raises_is_no_ctrl_c(loop, caplog):
    def interrupt(*args):
        raise KeyboardInterrupt

    loop.call_soon(interrupt)
    loop.call_soon(loop.stop)
    thread = threading.Thread(target=loop.run)
    thread.start()
    thread.join(30)
    assert len(caplog.records) == 1


def test_a_descriptor_that_was_closed_behind_the_loops_back_disturbs_nobody(loop):
    ours, theirs = socket.socketpair()
    with theirs:
        loop.watch(ours.fileno(), READ, lambda events: seen.append(events) or loop.unwatch(number))
        seen, number = [], ours.fileno()
        ours.close()
        loop.call_at(loop.now + 0.02, lambda now: loop.stop())
        loop.run()
    assert len(seen) == 1


@pytest.mark.parametrize("error", [OSError(errno.ENOMEM, "no memory"), MemoryError("no memory")])
def test_a_wait_that_fails_is_tried_again(loop, monkeypatch, caplog, error):
    def poll(timeout):
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(loop._poller, "poll", poll)
    loop.call_at(loop.now + 0.01, lambda now: loop.stop())
    loop.run()
    assert "no memory" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="fstat is not asked there")
def test_what_the_system_tells_nothing_of_just_now_is_not_taken_for_closed(loop, monkeypatch):
    def fail(*arguments):
        raise OSError(errno.ENOMEM, "no memory")

    watched = set(loop._callbacks)
    with monkeypatch.context() as patched:
        patched.setattr(loop_module.os, "fstat", fail)
        assert loop._drop_closed(OSError(errno.ENOMEM, "no memory")) == [] and set(loop._callbacks) == watched


def test_who_sends_what_there_is_no_memory_for_is_closed(loop):
    class Socket(socket.socket):
        def recv(self, *size):
            raise MemoryError

    ours, theirs = socket.socketpair()
    manager = ConnectionManager(loop, ended=loop.stop)
    manager.add(Socket(fileno=ours.detach()), "somebody", EchoProtocol)
    theirs.send(b"hello")
    loop.run()
    assert not manager.transports
    theirs.close()


def test_a_waker_needs_no_memory(loop, monkeypatch):
    def no_memory(sock, size):
        raise MemoryError

    monkeypatch.setattr(socket.socket, "recv", no_memory)
    for _ in range(2):
        loop.call_at(loop.now, lambda now: loop.call_soon_threadsafe(loop.stop))
        loop.run()
        assert loop._waker.filenos()[0] in loop._callbacks
        loop.reset()


def test_a_waker_that_fails_is_replaced(loop, monkeypatch, caplog):
    def clear():
        raise OSError(errno.ENOTCONN, "not connected")

    called = []
    monkeypatch.setattr(loop._waker, "clear", clear)
    for word in ["first", "second"]:
        loop.call_at(loop.now + 0.01, lambda now: thread.start())
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(called.append, word))
        loop.call_at(loop.now + 0.05, lambda now: loop.stop())
        loop.run()
        thread.join()
        loop.reset()
    assert called == ["first", "second"] and len(caplog.records) == 1 and "waker failed" in caplog.text


def test_a_loop_runs_again_after_reset(loop):
    for number in range(3):
        called = []
        loop.call_at(loop.now + 1000, called.append)
        loop.call_soon(called.append, number)
        loop.call_soon(loop.stop)
        loop.run()
        loop.call_soon(called.append, "too late")
        loop.reset()
        assert called == [number]


def test_a_loop_takes_few_descriptors(loop):
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    another = Loop(SelectPoller())
    taken = another._waker.filenos()
    another.close()
    assert len({*taken}) == 1 or sys.platform != "linux"


def test_a_wake_up_for_which_the_system_has_no_memory_is_made_again():
    class Writer:
        def send(self, data):
            sent.append(data)
            if len(sent) < 3:
                raise OSError(errno.ENOBUFS, "no room")

    sent, waker = [], Waker()
    real, waker._writer = waker._writer, Writer()
    waker.wake()
    waker._writer = real
    waker.close()
    assert len(sent) == 3
