"""What every end that carries messages has in common: objects beside bytes, batches, iteration, `with`."""
from __future__ import annotations

import pickle
import weakref
from collections import deque
from typing import Any, Iterator, Sequence, TypeVar

_End = TypeVar("_End", bound="End")
# Every listener that this process holds, for `start` to close the forked child's copies of those it was not given.
open_listeners: weakref.WeakSet[Any] = weakref.WeakSet()


class End:
    """Something that is closed by `close` or `with`; `streams` are those that it holds, for `start` to give away.

    >>> class Door(End):
    ...     def close(self):
    ...         print("closed")
    >>> with Door():
    ...     print("open")
    open
    closed
    """

    def close(self) -> None:
        raise NotImplementedError

    def streams(self) -> Sequence[Any]:
        """Return the streams within, which belong to the one process that has this end."""
        return ()

    def listeners(self) -> Sequence[Any]:
        """Return the listeners within, which a forked child keeps if it was given this."""
        return ()

    def __enter__(self: _End) -> _End:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class MessageSender(End):
    """An end with `send_bytes`: it sends objects, too.

    >>> class Printer(MessageSender):
    ...     def send_bytes(self, message, timeout=None):
    ...         print(pickle.loads(message))
    >>> Printer().send([1, "二"])
    [1, '二']
    """

    def send(self, value: object, timeout: float | None = None) -> None:
        """Send any object that pickles (not any object: a lambda, a file or a lock does not)."""
        self.send_bytes(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), timeout)

    def send_bytes(self, message: bytes, timeout: float | None = None) -> None:
        raise NotImplementedError


class MessageReceiver(End):
    """An end that gives messages one by one, many at once or in a loop; `_fill` puts those that have come into
    `_ready`.

    >>> class Three(MessageReceiver):
    ...     def _fill(self, timeout):
    ...         self._ready.extend([b"a", b"b", b"c"])
    >>> end = Three()
    >>> end.recv_bytes(), end.recv_many(1), end.recv_many()
    (b'a', [b'b'], [b'c'])
    """

    def __init__(self) -> None:
        self._ready: deque[bytes] = deque()

    def recv(self, timeout: float | None = None) -> Any:
        """Return the next object. Unpickle only what your own processes sent."""
        return pickle.loads(self.recv_bytes(timeout))

    def recv_bytes(self, timeout: float | None = None) -> bytes:
        """Return the next message, as bytes."""
        while not self._ready:
            self._fill(timeout)
        return self._ready.popleft()

    def recv_many(self, most: int | None = None, timeout: float | None = None) -> list[bytes]:
        """Return the messages that have come, at least one and at most `most`."""
        ready = self._ready
        while not ready:
            self._fill(timeout)
        if most is not None and most < len(ready):
            return [ready.popleft() for _ in range(max(1, most))]
        messages = list(ready)
        ready.clear()
        return messages

    def __iter__(self) -> Iterator[Any]:
        """Yield objects until the other side ends."""
        while True:
            try:
                message = self.recv_bytes()
            except EOFError:
                return
            yield pickle.loads(message)

    def _fill(self, timeout: float | None) -> None:
        raise NotImplementedError
