"""Serving in the background: in a thread, or, for models that fork, in a process."""
from __future__ import annotations

import os
import signal
import threading
from typing import Any, Protocol

from ..fork import fork_child
from ..reaping import wait_child


class Background(Protocol):
    """Whatever serves in the background: it can be waited for."""

    def join(self, timeout: float | None) -> bool: ...


class InThread:
    """A server in a thread."""

    def __init__(self, server: Any) -> None:
        self._thread = threading.Thread(target=server.serve_forever, name=f"{server.model} server", daemon=True)
        self._thread.start()

    def join(self, timeout: float | None) -> bool:
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()


class InProcess:
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
        server.stop_at_end_of(reader)
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
    """Serve in the background, in a process if the model forks, else in a thread."""
    return InProcess(server) if forks else InThread(server)
