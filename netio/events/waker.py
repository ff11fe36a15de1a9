"""How another thread, or a signal, ends a loop's wait: by making a socket readable that the loop watches.

On Linux it is one datagram socket that is connected to itself, which takes one descriptor; elsewhere a pair.
"""
from __future__ import annotations

import contextlib
import errno
import signal
import socket
import sys
import threading
import time
from typing import Iterator

_WAKE = b"\0"
_NO_MEMORY = (errno.ENOBUFS, errno.ENOMEM)
_RETRY = 0.001  # seconds
_taken = bytearray(4096)  # nobody looks at it; it is there already when there is no memory left


class Waker:
    """A socket that is readable once a byte has been written to it: how other threads and signals end a wait.

    >>> waker = Waker()
    >>> waker.wake(); waker.clear()
    >>> waker.close()
    """

    def __init__(self) -> None:
        self._reader, self._writer = _connect_to_itself() or socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def filenos(self) -> tuple[int, int]:
        """Return the descriptor to wait for and the one to write to."""
        return self._reader.fileno(), self._writer.fileno()

    def wake(self) -> None:
        while True:
            try:
                self._writer.send(_WAKE)
            except BlockingIOError:
                pass  # so many wake-ups are under way that one more makes no difference
            except OSError as error:
                if error.errno in _NO_MEMORY:  # it passes, and a wake-up that is lost does not come again
                    time.sleep(_RETRY)
                    continue
                # the loop has ended
            return

    def clear(self) -> None:
        """Take away what has been written. Raises: OSError when the waker is of no more use."""
        try:
            while self._reader.recv_into(_taken):
                pass
        except BlockingIOError:
            return  # also if it was not readable: what select(2) reports as ready may still block
        raise OSError("the waker's other end is closed")

    @contextlib.contextmanager
    def woken_by_signals(self) -> Iterator[None]:
        """Have signals wake it, in the main thread: on Windows nothing else ends a wait, and on POSIX a signal just
        before the wait would not."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(former)

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


def _connect_to_itself() -> tuple[socket.socket, socket.socket] | None:
    if sys.platform != "linux":
        return None
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sock.bind("")  # Linux chooses a name, which no file has
        sock.connect(sock.getsockname())
    except OSError:
        sock.close()
        return None
    return sock, sock
