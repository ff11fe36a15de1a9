"""Serving in the background: in a thread, or, for models that fork, in a process.

Both return when the server has begun to serve. What keeps it from that is raised in the caller, not lost in a thread.
"""
from __future__ import annotations

import contextlib
import os
import signal
import threading
from multiprocessing import Pipe, connection
from typing import Any, Protocol

from ..processes.fork import fork_child
from ..processes.outcome import Inbox, pack_outcome, send_chunks, unpack_outcome
from ..processes.reaping import wait_child
from ..processes.signals import wait_interruptibly


class Background(Protocol):
    """Whatever serves in the background: it can be waited for.

    >>> hasattr(Background, "join")
    True
    """

    def join(self, timeout: float | None) -> bool: ...


class _InThread:
    """A server in a thread."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._begun, self._ended = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name=f"{server.model} server", daemon=True)
        self._thread.start()
        wait_interruptibly(self._begun.wait)
        if self._error is not None:
            self._thread.join()
            raise self._error

    def _serve(self) -> None:
        try:
            self._server.serve_forever(self._begun.set)
        except BaseException as error:
            if self._begun.is_set():
                raise
            self._error = error
        finally:
            self._ended.set()
            self._begun.set()

    def join(self, timeout: float | None) -> bool:
        if self._thread is threading.current_thread() or not wait_interruptibly(self._ended.wait, timeout):
            return False
        self._thread.join()
        return True


class _InProcess:
    """A server in a forked process, which ends when its parent does, however that happens.

    The parent holds one end of a pipe and never writes to it: the end of the file says that the parent is gone.
    """

    def __init__(self, server: Any) -> None:
        self._parent = os.getpid()
        begun, begin = Pipe(duplex=False)
        with begun:
            with begin:
                reader, self._life = os.pipe()
                try:
                    self._pid: int | None = fork_child(self._serve, server, reader, begun, begin, warn_threads=False)
                except BaseException:
                    os.close(self._life)
                    raise
                finally:
                    os.close(reader)
            try:
                self._wait_for_begin(Inbox(begun))
            except BaseException:
                os.close(self._life)  # which ends it, if it does serve: Ctrl-C may have ended the wait
                with contextlib.suppress(ChildProcessError):
                    wait_child(self._pid, None)
                raise

    def _wait_for_begin(self, inbox: Inbox) -> None:
        inbox.collect()
        if inbox.data is None:
            raise ChildProcessError(f"the server's process {self._pid} ended before it served")
        unpack_outcome(inbox.data)

    def _serve(self, server: Any, reader: int, begun: connection.Connection, begin: connection.Connection) -> None:
        os.close(self._life)
        begun.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
        server.stop_on_eof(reader)
        reported = []

        def report(error: BaseException | None = None) -> None:
            reported.append(error)
            send_chunks(begin, pack_outcome(_raise, error))
            begin.close()

        try:
            server.serve_forever(report)
        except BaseException as error:
            if reported:
                raise
            report(error)

    def join(self, timeout: float | None) -> bool:
        if self._pid is None or os.getpid() != self._parent:
            return True
        try:
            wait_child(self._pid, timeout)
        except TimeoutError:
            return False
        except ChildProcessError:
            pass  # somebody else has collected it
        self._pid = None
        os.close(self._life)
        return True


def _raise(error: BaseException | None) -> None:
    if error is not None:
        raise error


def start_background(server: Any, forks: bool) -> Background:
    """Serve in the background, in a process if the model forks, else in a thread.

    >>> class Greeting:  # all that is asked of a server
    ...     model = "greeting"
    ...     def serve_forever(self, on_ready):
    ...         on_ready()
    ...         print("hello")
    >>> start_background(Greeting(), forks=False).join(timeout=10)
    hello
    True

    Raises: what `serve_forever` raises before it serves.
    """
    return _InProcess(server) if forks else _InThread(server)
