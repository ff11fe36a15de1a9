"""Reading the keyboard beside the network: in a separate process, as in the notes, or in a thread.

Nothing can wait for a terminal and a socket at once on every platform (Windows selects sockets only), so somebody else
waits for the keyboard and copies what is typed to a socket. That somebody knows nothing of the chat: all state is in
one process, where the notes' two processes share a socket and know nothing of each other. Which of the two it is,
`open_keyboard` chooses.
"""
from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import threading
from typing import Any, Callable, Iterator, Union

from ..concurrency import decode_status, fork_child, wait_child
from ..concurrency.processes.status import ExitStatus

try:
    import termios
    import tty
except ImportError:  # Windows
    termios = tty = None  # type: ignore[assignment]
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None  # type: ignore[assignment]


class ForkedKeyboard:
    """A child process that reads a descriptor (0 is the standard input) and passes on what it reads.

    >>> import os
    >>> if hasattr(os, "fork"):
    ...     reader, writer = os.pipe()
    ...     with ForkedKeyboard(reader, warn_threads=False) as keyboard:
    ...         sent = os.write(writer, b"hello"); select.select([keyboard], [], [], 5)[0] == [keyboard]
    ...         keyboard.read()
    ...     os.close(reader); os.close(writer)
    ... else:
    ...     print(True); print(b"hello")
    True
    b'hello'

    The child is made before any thread, and ends with this process, however that ends. Raises: OSError without `fork`.
    Notes: 群聊聊天室 (two processes).
    """

    def __init__(self, source: int = 0, *, warn_threads: bool = True) -> None:
        self._sock, theirs = socket.socketpair()
        self._status: ExitStatus | None = None
        with theirs:
            try:
                self._pid = fork_child(self._run_child, source, theirs, warn_threads=warn_threads)
            except BaseException:
                self._sock.close()
                raise

    def _run_child(self, source: int, sock: socket.socket) -> None:
        self._sock.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        both: list[Any] = [source, sock]
        try:
            while sock not in select.select(both, [], [])[0]:  # which can be read when the other process has ended
                data = os.read(source, 4096)
                if not data:
                    return
                sock.sendall(data)
        except OSError as error:
            sys.exit(error.errno)

    def fileno(self) -> int:
        return self._sock.fileno()

    def read(self) -> bytes:
        """Return what has been typed, b"" at the end. Raises: OSError, once, where it cannot be read any more."""
        data = _recv(self._sock)
        if not data and self._status is None:
            self._status = ExitStatus(0, None, False)
            with contextlib.suppress(ChildProcessError):  # somebody else has collected it
                self._status = decode_status(wait_child(self._pid))
            if self._status.code:
                raise OSError(self._status.code, os.strerror(self._status.code))
            if self._status.signal and self._status.signal not in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C ends both
                raise OSError(f"its process was ended by signal {self._status.signal}")
        return data

    def close(self) -> None:
        """End the child."""
        if self._sock.fileno() >= 0:
            self._sock.close()
            if self._status is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            wait_child(self._pid)

    def __enter__(self) -> ForkedKeyboard:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


class ThreadKeyboard:
    """The same by a thread, which a program cannot end: it is left alone while it waits.

    >>> reader, writer = os.pipe()
    >>> with ThreadKeyboard(reader) as keyboard:
    ...     sent = os.write(writer, b"hello"); keyboard.read()
    ...     os.close(writer); keyboard.read()  # the end
    b'hello'
    b''
    >>> os.close(reader)
    """

    def __init__(self, source: int = 0) -> None:
        self._sock, theirs = socket.socketpair()
        self._error: OSError | None = None
        try:
            threading.Thread(target=self._copy_keys, args=(source, theirs), daemon=True).start()
        except BaseException:
            self._sock.close()
            theirs.close()
            raise

    def fileno(self) -> int:
        return self._sock.fileno()

    def _copy_keys(self, source: int, sock: socket.socket) -> None:
        with sock:
            try:
                while data := _read_keys(source):
                    sock.sendall(data)
            except OSError as error:  # of the keyboard, or the reader has closed, which then asks no more
                self._error = error

    def read(self) -> bytes:
        """Return what has been typed, b"" at the end. Raises: OSError, once, where it cannot be read any more."""
        data = _recv(self._sock)
        error, self._error = (None, self._error) if data else (self._error, None)
        if error is not None:
            raise error
        return data

    def close(self) -> None:
        """Take no more."""
        self._sock.close()

    def __enter__(self) -> ThreadKeyboard:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


Keyboard = Union[ForkedKeyboard, ThreadKeyboard]


def open_keyboard() -> Keyboard:
    """Return a keyboard of the kind that this platform can have: a process where there is `fork`, else a thread.

    >>> open_keyboard.__name__  # (an example would read the standard input)
    'open_keyboard'
    """
    return ForkedKeyboard() if hasattr(os, "fork") else ThreadKeyboard()


@contextlib.contextmanager
def cbreak_mode(descriptor: int = 0) -> Iterator[None]:
    """Have the terminal hand over each key at once and unshown while the block runs; Ctrl-C and Ctrl-Z keep working.

    >>> reader, writer = os.pipe()
    >>> with cbreak_mode(reader):  # no terminal: nothing is changed
    ...     os.close(reader); os.close(writer)

    See: termios(3), "cbreak mode". Windows consoles need no mode: `msvcrt.getwch` reads keys.
    """
    if termios is None or not os.isatty(descriptor):
        yield
        return
    former = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, former)


def _read_keys(source: int) -> bytes:
    if msvcrt is None or not os.isatty(source):
        return os.read(source, 4096)
    read_key: Callable[[], str] = getattr(msvcrt, "getwch")
    char = read_key()
    if char in "\0\xe0":  # an arrow or function key, whose number follows
        read_key()
        return b"\x1b[A"
    if "\ud800" <= char < "\udc00":  # the first half of a character beyond U+FFFF, an emoji say: the other follows
        char += read_key()
    return char.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _recv(sock: socket.socket) -> bytes:
    try:
        return sock.recv(4096)
    except ConnectionError:
        return b""
