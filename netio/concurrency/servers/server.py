"""A server: accepts connections and has its model serve them. Here is all that the models share.

Every server runs a loop in the thread that serves, which watches the listener and a *control* socket, through which it
is told to stop (control.py). What it then does: close the listener, notify
the connections (`drain`), wait for them for `grace` seconds, end those that are left (`abort`).
"""
from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from typing import Any, Callable

from ..._deadline import LONGEST_WAIT, wait_limit
from ...events.logs import SafeLog
from ...tcp import listen
from ..processes.signals import wait_interruptibly
from .connections.acceptor import Acceptor
from .connections.descriptors import has_no_room
from .connections.executor import JOIN_TIMEOUT
from ...events.loop import Loop, is_ctrl_c
from .models.model import HandlerSpec, Limits
from .models.table import make_model
from .control import Control
from .start import Background, start_background
from .stopping import stopped_by_signals

log = SafeLog("netio.servers")

_ABORT_TIMEOUT = 1.0  # seconds that connections get to end after they were cut


class Server:
    """Serves clients at an address, under any model: see `serve` for the arguments.

    >>> from netio import tcp
    >>> from netio.concurrency.servers.echo import echo
    >>> with Server(("127.0.0.1", 0), echo, model="thread") as server:
    ...     server.start()
    ...     with tcp.connect(server.address) as sock:
    ...         sock.sendall(b"hello")
    ...         sock.recv(100)
    b'hello'

    `address` is where it listens, with the true port for port 0. `serve_forever` serves in the calling thread; `start`
    in the background: in a thread, or in a process if the model forks. `shutdown` makes it stop, `close` waits for
    that and releases everything; leaving the `with` block closes. A server serves once: make a new one to serve
    again.

    Raises: OSError when the address cannot be had; ValueError for a model that does not exist, or limits that make no
    sense; OSError for one that this platform lacks; TypeError for a handler under a model that may not block.
    Stdlib: `socketserver`, with threads and forks only, and a `shutdown` that is noticed twice a second.
    """

    def __init__(self, address: Any, handler: Any = None, model: str = "thread", workers: int | None = None, *,
                 protocol: Callable[[], Any] | None = None, **limits: Any) -> None:
        self.limits = _check_limits(Limits(**limits))
        self.spec = _make_spec(handler, protocol)
        self.model = model
        self._model = make_model(model, self.spec, self.limits, workers)
        self._control = Control()
        try:
            self.listener = _get_listener(address, self.limits.backlog)
        except BaseException:
            self._control.close()
            raise
        self.address = self.listener.getsockname()
        # A Unix socket's path, which is ours to remove, and which file that is.
        self._path = address if isinstance(address, str) and not address.startswith("\0") else ""
        self._file = _identify(self._path)
        self._background: Background | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._stopping = self._aborting = self._closed = self._close_at_end = False
        self._interrupted: int | None = None  # the signal that came a second time

    # For those who use a server.

    def serve_forever(self, on_ready: Callable[[], object] = lambda: None) -> None:
        """Serve in this thread until `shutdown`; `on_ready()` is called when it has begun to.

        In the main thread, Ctrl-C and SIGTERM shut the server down, and it returns when its connections have ended or
        their grace is over. A second one ends them now: Ctrl-C by KeyboardInterrupt when what the model made is
        released, SIGTERM, where it ends the process, when all is. It returns at once where another thread has closed
        the server before.

        Raises: RuntimeError when the server has served already; OSError when the model cannot start.
        """
        if self._thread is not None:
            raise RuntimeError("a server serves once: make a new one to serve again")
        self._thread = threading.current_thread()
        try:
            self._serve(on_ready)
        finally:
            if self._interrupted is not None and signal.getsignal(self._interrupted) is signal.SIG_DFL:
                self._release()  # no `close` would follow
                signal.raise_signal(self._interrupted)
        if self._interrupted is not None:
            signal.raise_signal(self._interrupted)

    def _serve(self, on_ready: Callable[[], object]) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self._on_ended)
            if self._closed:  # looked at after `_thread` is set, for which `close` looks after it has set this
                return
            self.loop = Loop(self._model.info.poller())
            stack.callback(self.loop.close)
            stack.enter_context(stopped_by_signals(self))  # first: a Ctrl-C must not find the server half made
            self._acceptor = Acceptor(self.loop, self.listener, self._accepted, self._is_full, self._model.info.batch)
            stack.callback(self._acceptor.close)
            stack.callback(self._model.close)
            self._prepare()
            self.loop.run(on_ready)

    def _prepare(self) -> None:
        self._model.open(self)
        self._control.watch(self.loop, self._stop)
        self._acceptor.resume()

    def _on_ended(self) -> None:
        self._ended.set()
        if self._close_at_end:
            self._release()

    def start(self) -> None:
        """Serve in the background, and return at once; a thread does it, or a process where the model forks.

        A program that has threads should not fork, and serving in a thread would make it one: so the models fork,
        prefork and `workers=` fork their accepting process here, in the caller's thread. Start them before other
        threads.

        Raises: RuntimeError when it has been started or closed already; what keeps the model from starting, which is
        raised here, in the caller, wherever the server was to run.
        """
        if self._background is not None or self._thread is not None or self._closed:
            raise RuntimeError("a server serves once: make a new one to serve again")
        self._background = start_background(self, self._model.info.forks)
        if self._model.info.forks:
            self.listener.close()  # the other process has it now, and must be the only one

    def shutdown(self, grace: float | None = None) -> None:
        """Stop: accept no more, and end connections that are left after `grace` seconds (default: the limit of that
        name).

        It returns at once, and may be called from any thread, from a handler, from a signal handler, twice, and
        before the server serves. Within the grace, protocols are told by their optional `server_stopping()`.
        """
        grace = self.limits.grace if grace is None else _check_grace(grace)
        self._control.send(grace)
        self._model.on_shutdown(grace)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until the server has stopped serving, `timeout` seconds at most; return whether it has."""
        if self._background is not None:
            return bool(self._background.join(timeout))
        return self._thread is None or wait_interruptibly(self._ended.wait, timeout)

    def close(self) -> None:
        """Stop at once, wait for the end, and close all that belongs to the server; a second call does nothing."""
        if self._control.closed:
            return
        self._closed = True
        try:
            self._close()
        except BaseException:  # Ctrl-C while it waits; another one is heard at once
            self._close()
            raise

    def _close(self) -> None:
        self.shutdown(0)
        if self._thread is threading.current_thread() and not self._ended.is_set():  # a handler cannot wait for itself
            self._close_at_end = True
            return
        self.join(_ABORT_TIMEOUT * 4 + JOIN_TIMEOUT)
        self._release()

    def _release(self) -> None:
        self.listener.close()
        self._control.close()
        if self._file is not None and _identify(self._path) == self._file:  # a new server may have put its own there
            with contextlib.suppress(OSError):
                os.unlink(self._path)
        self._file = None

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # For the models.

    @staticmethod
    def for_worker(listener: socket.socket, spec: HandlerSpec, model: str, limits: Limits) -> Server:
        """Make the server of a worker process."""
        return Server(listener, spec.handler, model, protocol=spec.factory, **limits._asdict())

    def stop_on_eof(self, descriptor: int) -> None:
        """Stop serving when the pipe `descriptor` reaches its end, because the process at its other end is gone."""
        self._control.watched_pipe = descriptor

    def connection_ended(self) -> None:
        """A connection has ended, in whatever thread: is there room for another, or nothing left to wait for?"""
        if self._stopping or (self._acceptor.paused and self._model.info.accepts):
            self.loop.call_soon_threadsafe(self._on_connection_ended)

    def interrupt(self, number: int) -> None:
        """Stop serving now, because signal `number` came a second time; `serve_forever` raises it once more at its end.

        Where handlers run in the server's own thread it is raised here, too, because one of them may never return.
        Elsewhere that thread is the server's alone, and an exception in the midst of its work with its processes and
        threads would leave some of them behind: there the grace is over.
        """
        self._interrupted = number
        if not self._model.info.serves_in_loop:
            return self._control.send(0)
        self.loop.stop()
        if signal.getsignal(number) is signal.SIG_DFL:  # it would end the process before anything is released
            raise KeyboardInterrupt
        signal.raise_signal(number)

    def close_in_child(self) -> None:
        """In a forked child: close the child's copies of what the parent accepts with."""
        self.listener.close()
        self._control.close_reader()

    def _on_connection_ended(self) -> None:
        if not self._stopping:
            self._acceptor.resume_or_wait()
        elif not len(self._model):
            self.loop.stop()

    def _is_full(self) -> bool:
        return not self._model.info.accepts or len(self._model) >= self._model.max_connections

    def _accepted(self, sock: socket.socket, address: Any) -> None:
        try:
            self._model.serve(sock, address)
        except BaseException as error:
            if has_no_room(error):  # for another process
                return self._acceptor.keep(sock, address, error)
            sock.close()
            if is_ctrl_c(error):
                raise
            log.error("connection from %s: cannot be served", address, error=error)

    def _stop(self, grace: float | None) -> None:
        grace = self.limits.grace if grace is None else grace
        if not self._stopping:
            self._stopping = True
            self._model.drain()  # first: a model that accepts by itself must stop before the listener is closed
            self._acceptor.close()
        self._on_connection_ended()
        if grace > 0:
            self.loop.call_at(self.loop.now + grace, self._abort_now)
        else:
            self._abort_now(self.loop.now)

    def _abort_now(self, now: float) -> None:
        if not self._aborting:
            self._aborting = True
            self._model.abort()
            self.loop.call_at(now + _ABORT_TIMEOUT, self._give_up)

    def _give_up(self, now: float) -> None:
        log.warning("server at %s: %d connections did not end", self.address, len(self._model))
        self.loop.stop()


def serve(address: Any, handler: Any = None, model: str = "thread", workers: int | None = None, *,
          protocol: Callable[[], Any] | None = None, **limits: Any) -> None:
    """Serve clients at an address until Ctrl-C: the same handler or protocol under every model.

    `address`: `(host, port)`, a Unix socket's path, or a listening socket. `handler`: a function `handler(sock,
    address)`, or a protocol class (one that has `data_received` or `get_buffer`); any other factory of protocols is
    given as `protocol=`. `model`: one of `MODELS`. `workers`: how many threads (pool) or processes (prefork, and the
    event models, each of whose processes then runs a loop). Limits: see `Limits`; with several processes they hold
    for each.

    >>> from netio import tcp
    >>> def greet(sock, address):
    ...     sock.sendall("你好".encode())
    ...     signal.raise_signal(signal.SIGINT)  # what Ctrl-C does
    >>> listener = tcp.listen(("127.0.0.1", 0))
    >>> with tcp.connect(listener.getsockname()) as sock:  # it waits in the queue, which is there before the server
    ...     serve(listener, greet, model="iterative")
    ...     sock.recv(100).decode()
    '你好'

    Raises: as `Server`. Notes: concurrent servers, 网络并发模型. Stdlib: `socketserver`, `asyncio.start_server`.
    """
    with Server(address, handler, model, workers, protocol=protocol, **limits) as server:
        server.serve_forever()


def _check_limits(limits: Limits) -> Limits:
    """Return the limits, their times as the system can wait for them. Raises: ValueError for times that are none."""
    if limits.idle_timeout is not None and not limits.idle_timeout > 0:  # nor can it be nan
        raise ValueError(f"a time is more than 0 seconds, not {limits.idle_timeout}")
    return limits._replace(idle_timeout=wait_limit(limits.idle_timeout), grace=_check_grace(limits.grace))


def _check_grace(seconds: float) -> float:
    return wait_limit(min(seconds, LONGEST_WAIT)) or 0.0


def _make_spec(handler: Any, protocol: Callable[[], Any] | None) -> HandlerSpec:
    if (handler is None) == (protocol is None):
        raise TypeError("give either a handler or a protocol")
    if protocol is not None:
        return HandlerSpec(factory=protocol)
    is_protocol = isinstance(handler, type) and (hasattr(handler, "data_received") or hasattr(handler, "get_buffer"))
    if not callable(handler):
        raise TypeError(f"a handler is called as handler(sock, address), and {handler!r} cannot be")
    return HandlerSpec(factory=handler) if is_protocol else HandlerSpec(handler=handler)


def _get_listener(address: Any, backlog: int) -> socket.socket:
    listener = address if isinstance(address, socket.socket) else listen(address, backlog=backlog)
    if listener.family in (socket.AF_INET, socket.AF_INET6):  # accepted sockets inherit it
        with contextlib.suppress(OSError):  # for speed alone: a worker that has to do without it still serves
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _identify(path: str) -> tuple[int, ...] | None:
    """Return what no other file has had at this path, None where there is none: a number alone is soon used again."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
