"""A bounded memory of what was worked out for each path, trusted for a second at a time.

What leaves first when it is full is chosen by the clock algorithm: nearly as good as "least recently used", and a hit
costs a mark, not a change of the order, for which threads would need the lock.
"""
from __future__ import annotations

import threading
from collections import OrderedDict

from .representation import Representation

_ENTRY = 2048  # what an entry takes beside its content, about


class ReplyCache:
    """Representations by path: at most `max_bytes` of them, those leave first that nobody has asked for again.

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
        self._asked: set[int] = set()

    def __reduce__(self) -> tuple[type[ReplyCache], tuple[int]]:
        return ReplyCache, (self.max_bytes,)  # what goes to another process begins empty

    def admits(self, path: str) -> bool:
        """Return whether a path was asked for among the last as many as there is room for; note that it was now.

        Most files of a large site are asked for once in a long time: to keep them would cost, and drive others out.
        """
        asked, key = self._asked, hash(path)
        if key in asked:
            return True
        if len(asked) * _ENTRY >= self.max_bytes:
            asked.clear()
        asked.add(key)
        return False

    def put(self, path: str, file: Representation) -> None:
        """Remember a file under the path that a client asked for, and forget others where it takes too much: the
        oldest first, but whoever was asked for since then (`used`) stays for another round."""
        cost, entries = _ENTRY + len(path) + file.held, self.entries
        file.cost = cost if file.compressed is None else cost + _ENTRY + file.compressed.held
        with self._lock:
            if path in entries:
                self._free += entries.pop(path).cost
            entries[path] = file
            self._free -= file.cost
            while self._free < 0 and entries:
                oldest, candidate = entries.popitem(last=False)
                if candidate.used:
                    candidate.used = False
                    entries[oldest] = candidate
                else:
                    self._free += candidate.cost

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self.entries.clear()
            self._free = self.max_bytes
