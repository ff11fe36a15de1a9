"""Records out of a stream that arrives in pieces of any size: half a record, several, one byte. No I/O is done here."""
from __future__ import annotations

from typing import Generic, Iterator, TypeVar

from .fields import Int16  # noqa: F401 (the example uses it)
from .record import Record, RecordError

_R = TypeVar("_R", bound=Record)


class RecordDecoder(Generic[_R]):
    """Cuts a stream into records: feed it what `recv` returned, iterate over what is whole, `finish` at the end.

    >>> class Point(Record, byte_order="!"):
    ...     x: Int16
    ...     y: Int16
    >>> decoder = RecordDecoder(Point)
    >>> list(decoder.feed(b"\\0\\1\\0"))
    []
    >>> list(decoder.feed(b"\\2\\0\\3\\0\\4\\0"))
    [Point(x=1, y=2), Point(x=3, y=4)]
    >>> decoder.finish()
    Traceback (most recent call last):
    netio.packing.record.RecordError: Point: the stream ended with 1 of 4 bytes

    A record that cannot be decoded raises RecordError when its turn comes, and is gone: those before it have been
    yielded, and `feed(b"")` goes on after it.

    Notes: TCP粘包 (sticky packets); struct模块使用 takes one `recv` for one record, which it need not be.
    """

    def __init__(self, record: type[_R]) -> None:
        self.record = record
        self._data = b""
        self._offset = 0

    @property
    def pending(self) -> int:
        """How many bytes are held that have not been yielded as a record."""
        return len(self._data) - self._offset

    def feed(self, data: bytes) -> Iterator[_R]:
        """Take in `data` at once and return an iterator over the whole records, which may also be left for later."""
        self._data = self._data[self._offset:] + data
        self._offset = 0
        return self._whole_records()

    def finish(self) -> None:
        """Say that the stream has ended.

        Raises: RecordError where it ended inside a record.
        """
        if left := self.pending % self.record.layout.size:
            reason = f"the stream ended with {left} of {self.record.layout.size} bytes"
            raise RecordError(self.record.__name__, "", self._data[-left:], reason)

    def _whole_records(self) -> Iterator[_R]:
        size = self.record.layout.size
        while self.pending >= size:
            self._offset += size
            yield self.record.unpack_from(self._data, self._offset - size)
