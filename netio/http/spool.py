"""The body of a request while it is received: in memory first, in a temporary file where it is large."""
from __future__ import annotations

import io
import tempfile
from typing import Any, BinaryIO

IN_MEMORY = 1 << 16  # bytes of a body before it goes to a file


class Spool:
    """Takes a body, piece by piece; `rewind()` is then the file to read it from.

    >>> spool = Spool()
    >>> spool.write(b"hello "), spool.write(b"world"), spool.rewind().read()
    (6, 5, b'hello world')

    That is a BytesIO or a real temporary file, so it can be wrapped (io.TextIOWrapper, io.BufferedReader), which a
    `tempfile.SpooledTemporaryFile` refuses before Python 3.11. Raises: OSError.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._file: Any = io.BytesIO()
        self._left: float = in_memory

    def write(self, data: bytes) -> int:
        """Take some of the body."""
        self._left -= len(data)
        if self._left < 0 and isinstance(self._file, io.BytesIO):
            memory, self._file = self._file, tempfile.TemporaryFile()
            self._file.write(memory.getbuffer())
        count: int = self._file.write(data)
        return count

    def rewind(self) -> BinaryIO:
        """Return what was taken, as a file at its beginning; it is the caller's to close."""
        self._file.seek(0)
        file: BinaryIO = self._file
        return file

    def close(self) -> None:
        """Throw away what was taken."""
        self._file.close()
