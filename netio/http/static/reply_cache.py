"""A bounded memory of what was worked out for each path, trusted for a second at a time."""
from __future__ import annotations

import threading
from collections import OrderedDict

from .representation import Representation

_ENTRY = 2048  # what an entry takes beside its content, about


class ReplyCache:
    """Representations by path: at most `max_bytes` of them, the one that was put first leaves first.

    >>> import os, tempfile
    >>> from netio.files import Root
    >>> cache = ReplyCache(max_bytes=5000)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open(os.path.join(folder, "file"), "wb").close()
    ...     for path in ("/a", "/b", "/c"):
    ...         cache.put(path, Representation(Root(folder), "file"))
    >>> list(cache.entries)
    ['/b', '/c']

    `entries` may be read without the lock: a lookup is one step of the interpreter.
    """

    def __init__(self, max_bytes: int) -> None:
        self.entries: OrderedDict[str, Representation] = OrderedDict()
        self.max_bytes = self._free = max_bytes
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[ReplyCache], tuple[int]]:
        return ReplyCache, (self.max_bytes,)  # what goes to another process begins empty

    def put(self, path: str, file: Representation) -> None:
        """Remember a file under the path that a client asked for, and forget the oldest ones where it takes too
        much."""
        cost = self._cost(path, file)
        with self._lock:
            if path in self.entries:
                self._drop(path)
            self.entries[path] = file
            self._free -= cost
            while self._free < 0 and self.entries:
                self._drop(next(iter(self.entries)))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            while self.entries:
                self._drop(next(iter(self.entries)))

    def _drop(self, path: str) -> None:
        self._free += self._cost(path, self.entries.pop(path))

    @staticmethod
    def _cost(path: str, file: Representation) -> int:
        both = (file, file.compressed) if file.compressed else (file,)
        return sum(_ENTRY + len(path) + each.held for each in both)
