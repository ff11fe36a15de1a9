"""What a connection has still to send: bytes and parts of files, in order, sent as far as the socket takes them."""
from __future__ import annotations

import errno
import os
import socket
from collections import deque
from itertools import islice
from typing import IO

from ....tcp.facts import queued_bytes
from ..protocol import Buffer

HIGH_WATER = 64 * 1024  # bytes in the queue beyond which its protocol is asked to pause
_SLICE = 256 * 1024  # bytes of a file read at a time where there is no sendfile
_DECLINED = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)  # so do some network shares, and files in /proc
_GATHER = 64  # buffers handed to one sendmsg; systems take at least 16, most 1024


class FilePart:
    """A part of an open file that waits to be sent.

    >>> import tempfile
    >>> ours, theirs = socket.socketpair()
    >>> with tempfile.TemporaryFile() as file:
    ...     file.write(b"0123456789") and file.flush()
    ...     FilePart(file, 2, 3, close_it=False).send(ours)
    3
    >>> theirs.recv(100)
    b'234'
    >>> ours.close(); theirs.close()
    """

    __slots__ = ("file", "offset", "left", "close_it")

    def __init__(self, file: IO[bytes], offset: int, count: int, close_it: bool) -> None:
        self.file, self.offset, self.left, self.close_it = file, offset, count, close_it

    def send(self, sock: socket.socket) -> int:
        """Send as much as the socket takes, by `sendfile` where it can; return how much that was.

        Raises: EOFError when the file is shorter than promised; BlockingIOError when the socket takes nothing.
        """
        sent = self._sendfile(sock)
        if sent is None:
            self.file.seek(self.offset)
            piece = self.file.read(min(self.left, _SLICE))
            sent = sock.send(piece) if piece else 0
        if not sent:
            raise EOFError(f"the file ended {self.left} bytes early, at {self.offset}")
        self.offset += sent
        self.left -= sent
        return sent

    def _sendfile(self, sock: socket.socket) -> int | None:
        if not hasattr(os, "sendfile"):
            return None
        try:
            return os.sendfile(sock.fileno(), self.file.fileno(), self.offset, self.left)
        except OSError as error:
            if error.errno not in _DECLINED:
                raise
            return None

    def close(self) -> None:
        if self.close_it:
            self.file.close()


class SendQueue:
    """Bytes and parts of files that wait for a socket to take them; `size` is how many bytes they are.

    >>> ours, theirs = socket.socketpair()
    >>> queue = SendQueue()
    >>> queue.add(memoryview(b"hello ")); queue.add(memoryview(b"world"))
    >>> while queue:  # in one call where the system has sendmsg, else piece by piece
    ...     queue.send(ours)
    >>> queue.size
    0
    >>> theirs.recv(100)
    b'hello world'
    >>> ours.close(); theirs.close()
    """

    __slots__ = ("size", "low", "high", "_above", "_unsent", "_items")

    def __init__(self) -> None:
        self.size = 0
        self.low, self.high = HIGH_WATER // 4, HIGH_WATER
        self._above = False  # it has been above the high mark, and not yet at the low one again
        self._unsent: int | None = None  # bytes that the system had not sent when that was last asked
        self._items: deque[bytes | memoryview | FilePart] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def add(self, data: memoryview) -> None:
        """Queue bytes; they are copied only if their owner could change them."""
        if len(data):
            self._items.append(data if data.readonly else bytes(data))
            self.size += len(data)

    def add_file(self, part: FilePart) -> None:
        """Queue a part of a file."""
        self._items.append(part)
        self.size += part.left

    def send(self, sock: socket.socket) -> None:
        """Send once from the head of the queue, as much as the socket takes.

        Raises: BlockingIOError when it takes nothing, OSError when the connection is gone, EOFError for a short file.
        """
        first = self._items[0]
        if isinstance(first, FilePart):
            self.size -= first.send(sock)
            if not first.left:
                self._items.popleft()
                first.close()
        elif len(self._items) > 1 and hasattr(sock, "sendmsg"):
            self._drop(sock.sendmsg(self._head()))
        else:
            self._drop(sock.send(first))

    def _head(self) -> list[Buffer]:
        """Return the buffers before the first file, as many as go in one call."""
        found: list[Buffer] = []
        for item in islice(self._items, _GATHER):
            if isinstance(item, FilePart):
                break
            found.append(item)
        return found

    def _drop(self, sent: int) -> None:
        """Take `sent` bytes off the head."""
        self.size -= sent
        while sent:
            first = self._items.popleft()
            assert not isinstance(first, FilePart)
            if len(first) > sent:
                self._items.appendleft(memoryview(first)[sent:])
                return
            sent -= len(first)

    def set_marks(self, high: int | None, low: int | None) -> None:
        """Set the marks; each of them follows the other one if it is None. Raises: ValueError."""
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        low = high // 4 if low is None else low
        if not high >= low >= 0:
            raise ValueError(f"high ({high}) must be at least low ({low}), and low at least 0")
        self.low, self.high = low, high

    def is_high_now(self) -> bool:
        """Return whether the queue has risen above the high mark: once, until it is low again."""
        was, self._above = self._above, self._above or self.size > self.high
        return self._above and not was

    def is_low_again(self) -> bool:
        """Return whether it has been above the high mark and fallen to the low one: once."""
        was, self._above = self._above, self._above and self.size > self.low
        return was and not self._above

    def has_moved(self, sock: socket.socket) -> bool:
        """Return whether the system has sent something since this was last asked, where the system says it (Linux)."""
        before, self._unsent = self._unsent, queued_bytes(sock)[1]
        return before != self._unsent

    def clear(self) -> None:
        """Throw everything away."""
        for item in self._items:
            if isinstance(item, FilePart):
                item.close()
        self._items.clear()
        self.size = 0
