"""One thread that waits for many sockets at once and calls back those that are ready: the heart of every server here.

A loop is a table {descriptor: callback} around a *poller*, the system's way of waiting for many descriptors: select,
poll, epoll and kqueue differ in nothing else. Beside the sockets it keeps two things: timers (a heap, so that the next
one is known at once) and calls that others asked for. Another thread cannot interrupt a wait, but it can make one of
the awaited sockets readable, the *waker*, by writing a byte to it. So nothing is ever polled, and a signal wakes the
loop in the same way on every platform.

Whatever a callback raises is logged and ends nothing but that callback's own descriptor; only Ctrl-C ends the loop.
"""
from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import threading
import time
from collections import deque
from typing import Any, Callable, Protocol

from .logs import SafeLog
from .timers import Timer, Timers
from .waker import Waker

log = SafeLog("netio.events")

READ, WRITE = 1, 4  # the values of POLLIN and POLLOUT, and of epoll's, on every system
_AT_ONCE = 1e-5  # seconds; poll and epoll would make a millisecond of it, which is long for one that has more to send
DAY = 86400.0  # seconds; poll and epoll count in milliseconds, and cannot count further than 24 days
_CLOSED = {errno.EBADF, errno.ENOTSOCK, getattr(errno, "WSAENOTSOCK", 0)}
_RETRY = 0.05  # seconds after a wait that the system has refused
_TURN_TIMEOUT = 0.05  # seconds; a turn that takes longer blocks, and need not be waited for


class Poller(Protocol):
    """The system's way of waiting for many descriptors: `select.epoll` and `select.poll` look like this themselves.

    >>> from netio.events.select import SelectPoller
    >>> poller: Poller = SelectPoller()
    >>> poller.poll(0)
    []
    """

    def register(self, fd: int, eventmask: int) -> None: ...

    def modify(self, fd: int, eventmask: int) -> None: ...

    def unregister(self, fd: int) -> None: ...

    def poll(self, timeout: float) -> list[tuple[int, int]]: ...

    def close(self) -> None: ...


def is_ctrl_c(error: BaseException) -> bool:
    """Return whether `error` is a Ctrl-C, which is to end the program, and not what some function has raised.

    >>> is_ctrl_c(KeyboardInterrupt()), is_ctrl_c(SystemExit())
    (True, False)

    It is one if Python's own handler of SIGINT, which raises in the main thread, is the one that is set.
    """
    return (isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler)


class Loop:
    """Waits for sockets, timers and other threads, and calls back, one callback at a time.

    >>> import socket
    >>> from netio.events.select import SelectPoller
    >>> loop = Loop(SelectPoller())
    >>> ours, theirs = socket.socketpair()
    >>> def on_ready(events):
    ...     print("received", ours.recv(100))
    ...     loop.stop()
    >>> loop.watch(ours.fileno(), READ, on_ready)
    >>> timer = loop.call_at(loop.now + 0.01, lambda now: theirs.send(b"hello"))
    >>> loop.run()
    received b'hello'
    >>> loop.close(); ours.close(); theirs.close()

    Loops in several threads take turns at the interpreter; those that share `turns`, a lock, make their calls of
    `call_in_turn` one at a time, so that all of them together slow others down no more than one.
    Only `call_soon_threadsafe` and `stop` may be called by other threads. The stdlib: `selectors`, `asyncio`.
    """

    def __init__(self, poller: Poller, turns: threading.Lock | None = None) -> None:
        self.now = time.monotonic()
        self._poller = poller
        self._callbacks: dict[int, Callable[[int], object]] = {}
        self._timers = Timers()
        self._ready: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._in_turn: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._turns = turns
        self._running = True
        self._waker = Waker()
        try:
            self.watch(self._waker.filenos()[0], READ, self._on_woken)
        except BaseException:
            self.close()
            raise

    @property
    def highest(self) -> int | None:
        """The highest descriptor that can be watched, where that is less than the system allows."""
        return getattr(self._poller, "highest", None)

    def watch(self, fd: int, events: int, callback: Callable[[int], object]) -> None:
        """Call `callback(events)` whenever `fd` is ready for READ, WRITE or both; a new call replaces the old one."""
        if fd in self._callbacks:
            self._poller.modify(fd, events)
        else:
            self._poller.register(fd, events)
        self._callbacks[fd] = callback

    def unwatch(self, fd: int) -> None:
        """Forget `fd`, before it is closed."""
        if self._callbacks.pop(fd, None) is not None:
            with contextlib.suppress(OSError, KeyError, ValueError):  # closed already: the system has forgotten it
                self._poller.unregister(fd)

    def call_at(self, when: float, callback: Callable[[float], object]) -> Timer:
        """Call `callback(now)` at the monotonic time `when` or soon after; `cancel` takes what this returns."""
        return self._timers.add(when, callback)

    def cancel(self, timer: Timer) -> None:
        """Do not call it; once it was called, or cancelled, this does nothing."""
        self._timers.cancel(timer)

    def call_soon(self, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` when the events at hand have been dealt with."""
        self._ready.append((callback, args))

    def call_in_turn(self, callback: Callable[..., object], *args: Any) -> None:
        """Call `callback(*args)` after the events at hand, and no other such call before there was another look at
        the sockets: for work that goes on for long, in pieces, so that what is short does not wait for all of it."""
        self._in_turn.append((callback, args))

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        """Do as `call_soon`, from another thread, and wake the loop; after its end the call is never made."""
        self._ready.append((callback, args))
        self._waker.wake()

    def _on_woken(self, events: int) -> None:
        try:
            self._waker.clear()
        except OSError as error:
            log.error("an event loop's waker failed, and is replaced: %s", error)
            broken, self._waker = self._waker, Waker()
            self.unwatch(broken.filenos()[0])
            broken.close()
            self.watch(self._waker.filenos()[0], READ, self._on_woken)

    def stop(self) -> None:
        """End `run` after the events at hand; one that has not begun ends at once."""
        self.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._running = False

    def reset(self) -> None:
        """Make ready for another `run`, after one that has ended."""
        self._running = True
        self._timers.clear()
        self._ready.clear()
        self._in_turn.clear()
        self.now = time.monotonic()

    def run(self, on_ready: Callable[[], object] = lambda: None) -> None:
        """Wait and call back until `stop`. In the main thread, signal handlers run at once, on Windows too.

        `on_ready()` is called first, when nothing can keep it from running any more.
        Raises: KeyboardInterrupt on Ctrl-C, where Python's own handler is set; what `on_ready` raises.
        """
        with self._waker.woken_by_signals():
            on_ready()
            self._run()

    def _run(self) -> None:
        poll, callbacks, timers, ready = self._poller.poll, self._callbacks, self._timers.heap, self._ready
        in_turn = self._in_turn
        while self._running:
            timeout = timers[0][0] - self.now if timers else DAY
            try:
                events_at = poll(0 if ready or in_turn or timeout < _AT_ONCE else timeout if timeout < DAY else DAY)
            except (OSError, ValueError, MemoryError) as error:
                events_at = self._drop_closed(error)
            self.now = time.monotonic()
            for fd, events in events_at:
                if fd in callbacks:  # else an earlier callback of this round has unwatched it
                    try:
                        callbacks[fd](events)
                    except BaseException as error:
                        self.unwatch(fd)
                        _report(error)
            if ready:
                self._run_ready()
            if timers and timers[0][0] <= self.now:
                self._run_timers(self.now)
            if in_turn:
                self._run_turn()

    def _run_ready(self) -> None:
        for _ in range(len(self._ready)):  # not those that these calls add: sockets come first
            callback, args = self._ready.popleft()
            try:
                callback(*args)
            except BaseException as error:
                _report(error)

    def _run_turn(self) -> None:
        callback, args = self._in_turn.popleft()
        taken = self._turns is not None and self._turns.acquire(timeout=_TURN_TIMEOUT)
        try:
            callback(*args)
        except BaseException as error:
            _report(error)
        finally:
            if taken:
                self._turns.release()  # type: ignore[union-attr]

    def _run_timers(self, now: float) -> None:
        while (callback := self._timers.pop_due(now)) is not None:
            try:
                callback(now)
            except BaseException as error:
                _report(error)

    def _drop_closed(self, error: Exception) -> list[tuple[int, int]]:
        """The system refuses to wait. If somebody has closed a watched descriptor, its callback is to see that."""
        closed = [(fd, callback) for fd, callback in self._callbacks.items() if not _is_open(fd)]
        if not closed:
            log.error("an event loop cannot wait, and tries again: %s", error)
            time.sleep(_RETRY)
        for fd, callback in closed:
            self.unwatch(fd)
            self.call_soon(callback, READ)
        return []

    def close(self) -> None:
        """Close what the loop opened; the watched sockets belong to others."""
        self._running = False
        self._poller.close()
        self._waker.close()
        self._callbacks.clear()
        self._timers.clear()
        self._ready.clear()
        self._in_turn.clear()


def _report(error: BaseException) -> None:
    """Log what a callback has raised; Ctrl-C goes on up."""
    if is_ctrl_c(error):
        raise error
    log.error("a callback failed", error=error)


def _is_open(fd: int) -> bool:
    try:
        if os.name == "posix":
            os.fstat(fd)
        else:
            select.select([fd], [], [], 0)
    except ValueError:
        return False
    except OSError as error:
        return error.errno not in _CLOSED  # else the system cannot tell just now
    return True
