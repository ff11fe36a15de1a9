"""Many short tasks sent together: one message there, one back, but each task has its own result or exception.

A pool spends some 50 to 100 microseconds on the way of a task. For tasks that are shorter than that, chunks pay.
"""
from __future__ import annotations

import contextlib
import itertools
import pickle
from typing import Any, Callable, Iterable, Iterator, Sequence

from ..processes.outcome import pack_error, pack_value, unpack_outcome


class Chunk:
    """What came out of the tasks of a chunk: a value or an exception for each.

    >>> chunk = pickle.loads(pickle.dumps(call_chunk(divmod, [7, 7], [2, 0])))
    >>> len(chunk), chunk.get(0)
    (2, (3, 1))
    >>> chunk.get(1)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ZeroDivisionError: division by zero

    It pickles whatever is in it: what cannot be sent to another process becomes an error of its task alone. The values
    go as one, which is fast. Where one of them cannot be rebuilt, `rebuilt` is False and none of them is here; a chunk
    whose `apart` was set sends each for itself.
    """

    def __init__(self, values: list[Any], errors: dict[int, BaseException]) -> None:
        self._values, self._errors = values, errors
        self._packed: dict[int, bytes] = {}
        self.apart, self.rebuilt = False, True

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        """Yield the results in order; raise the first exception at its turn."""
        if not self._errors and not self._packed:
            return iter(self._values)
        return (self.get(index) for index in range(len(self)))  # `map` would end silently at a StopIteration

    def get(self, index: int) -> Any:
        """Return one task's result, or raise its exception."""
        if index in self._errors:
            raise self._errors[index]
        if index in self._packed:
            return unpack_outcome(self._packed[index])
        return self._values[index]

    def __getstate__(self) -> tuple[int, bytes, dict[int, bytes]]:
        packed = {index: pack_error(error) for index, error in self._errors.items()}
        if not self.apart:
            with contextlib.suppress(BaseException):  # one that cannot be sent must not cost the others
                return len(self), pickle.dumps(self._values, pickle.HIGHEST_PROTOCOL), packed
        values = {index: pack_value(value) for index, value in enumerate(self._values)}
        return len(self), b"", {**values, **packed}

    def __setstate__(self, state: tuple[int, bytes, dict[int, bytes]]) -> None:
        count, values, packed = state
        self.__init__([None] * count, {})  # type: ignore[misc]
        self._packed = packed
        if values:
            try:
                self._values = unpack_outcome(b"+" + values)
            except BaseException as error:  # whatever the one raises that cannot be rebuilt
                self.rebuilt = False
                self._packed = {**dict.fromkeys(range(count), pack_error(error)), **packed}


def call_chunk(function: Callable[..., Any], *columns: Sequence[Any]) -> Chunk:
    """Call `function` for each item, or with an item of each column, as `map` does.

    >>> list(call_chunk(pow, [2, 3], [3, 2]))
    [8, 9]

    What a task raises is its own result, SystemExit and KeyboardInterrupt included.
    """
    values: list[Any] = []
    errors: dict[int, BaseException] = {}
    calls = map(function, *columns)
    while len(values) < len(columns[0]):
        try:
            values.extend(calls)  # as far as it goes
            error: BaseException = StopIteration("raised by the task itself")
        except BaseException as raised:
            error = raised
        if len(values) < len(columns[0]):
            errors[len(values)] = error
            values.append(None)
    return Chunk(values, errors)


def cut_chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of `size`; the last may be shorter.

    >>> list(cut_chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]

    The stdlib: `itertools.batched` (3.12), in tuples.
    """
    items = iter(items)
    while True:
        chunk = list(itertools.islice(items, size))
        if not chunk:
            return
        yield chunk
