"""Serving in the background: in a thread, or, for models that fork, in a process."""
from __future__ import annotations

import os
import signal
import threading
from typing import Any, Protocol

from ..processes.fork import fork_child
from ..processes.reaping import wait_child
from ..processes.signals import wait_attentively


class Background(Protocol):
    """Whatever serves in the background: it can be waited for.

    >>> hasattr(Background, "join")
    True
    """

    def join(self, timeout: float | None) -> bool: ...


class _InThread:
    """A server in a thread."""

    def __init__(self, server: Any) -> None:
        self._server, self._ended = server, threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"{server.model} server", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            self._server.serve_forever()
        finally:
            self._ended.set()

    def join(self, timeout: float | None) -> bool:
        if self._thread is threading.current_thread() or not wait_attentively(self._ended.wait, timeout):
            return False
        self._thread.join()
        return True


class _InProcess:
    """A server in a forked process, which ends when its parent does, however that happens.

    The parent holds one end of a pipe and never writes to it: the end of the file tells the child that nobody is there.
    """

    def __init__(self, server: Any) -> None:
        reader, self._life = os.pipe()
        self._parent = os.getpid()
        self._pid: int | None = fork_child(self._serve, server, reader, warn_threads=False)
        os.close(reader)

    def _serve(self, server: Any, reader: int) -> None:
        os.close(self._life)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
        server.stop_on_eof(reader)
        server.serve_forever()

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


def start_background(server: Any, forks: bool) -> Background:
    """Serve in the background, in a process if the model forks, else in a thread.

    >>> class Greeting:  # all that is asked of a server
    ...     model = "greeting"
    ...     def serve_forever(self):
    ...         print("hello")
    >>> start_background(Greeting(), forks=False).join(timeout=10)
    hello
    True
    """
    return _InProcess(server) if forks else _InThread(server)
