"""A client for people and for pipes: what comes from the input goes to the peer, what the peer says is shown."""
from __future__ import annotations

import select
import socket
import threading

from .._deadline import deadline_after, time_left
from .reading import Deadline
from .sockets import half_close

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def interact(sock: socket.socket, read: Callable[[], bytes], show: Callable[[bytes], object], *,
             timeout: float | None = 30.0) -> int:
    """Send what `read()` returns until it returns b"", then half-close; hand what comes to `show`; return its bytes.

    It ends when the peer closes, or when it says nothing for `timeout` seconds after the end of our input. Input and
    socket are waited for at once, by a thread for the input, because Windows can select sockets only.

    >>> left, right = socket.socketpair()
    >>> words, heard = iter([b"hello", b""]), []
    >>> right.sendall(b"welcome"); right.shutdown(socket.SHUT_WR)
    >>> interact(left, lambda: next(words), heard.append, timeout=5), b"".join(heard), right.recv(100)
    (7, b'welcome', b'hello')
    >>> left.close(); right.close()

    A `read` that hangs when the peer has closed is left alone in its (daemon) thread.
    Raises: TimeoutError, OSError where the connection breaks; what `read` raises. Notes: TCP, 客户端流程.
    Stdlib: `telnetlib`, until 3.12. Elsewhere: nc(1).
    """
    finished = threading.Event()
    errors: list[BaseException] = []
    shown = 0
    with Deadline(sock, None):  # which gives the socket its own timeout back in the end
        sock.settimeout(None)
        threading.Thread(target=_send_input, args=(sock, read, finished, errors), daemon=True).start()
        while data := _recv_interruptibly(sock, finished, timeout):
            show(data)
            shown += len(data)
        finished.wait(0.25)  # the peer may have ended its side only: let what is typed already go out
    if errors:
        raise errors[0]
    return shown


def _send_input(sock: socket.socket, read: Callable[[], bytes], finished: threading.Event,
                errors: list[BaseException]) -> None:
    try:
        while data := read():
            sock.sendall(data)
        half_close(sock)
    except (OSError, ValueError) as error:  # ValueError: the input was closed
        errors.append(error)
    finally:
        finished.set()


def _recv_interruptibly(sock: socket.socket, finished: threading.Event, timeout: float | None) -> bytes:
    """Wait for data; silence counts only once our input has ended. Short waits let Ctrl-C through on Windows."""
    deadline: float | None = None
    while not select.select([sock], [], [], 0.25)[0]:
        if finished.is_set() and timeout is not None:
            deadline = deadline or deadline_after(timeout)
            if time_left(deadline) == 0:
                raise TimeoutError(f"the peer has said nothing for {timeout:g} s")
    return sock.recv(64 * 1024)
