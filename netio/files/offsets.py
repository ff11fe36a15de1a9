"""Offsets: where the next read begins, and how to come back to a line.

In binary mode `tell()` counts bytes. In text mode it returns a cookie that only `seek()` of the same file
understands: it often equals the bytes read and may be a number with forty digits. So an index of lines counts
bytes, on a file opened in binary mode.
"""
from __future__ import annotations

import os
from array import array
from itertools import accumulate
from typing import Iterator

from .reading import _line_encoding


def walk_offsets(path: str | os.PathLike[str], size: int, *, binary: bool = False,
                 encoding: str = "utf-8") -> Iterator[tuple[int, str | bytes]]:
    """Yield (what `tell()` says, what is read then) for each `read(size)` of a file: characters, or bytes if `binary`.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "note.txt")
    >>> _ = path.write_bytes("a中b".encode("utf-8"))
    >>> list(walk_offsets(path, 1))
    [(0, 'a'), (1, '中'), (4, 'b'), (5, '')]
    >>> list(walk_offsets(path, 2, binary=True))
    [(0, b'a\\xe4'), (2, b'\\xb8\\xad'), (4, b'b'), (5, b'')]
    >>> folder.cleanup()

    The last pair is the end, where `read` returns nothing. Text offsets are for `seek` only: do not count with them.

    Raises: ValueError where `size` is not positive; UnicodeDecodeError where the text is not valid in `encoding`;
    OSError. Notes: IO, 文件偏移量 (the file offset): tell(), seek(offset, whence).
    """
    if size < 1:
        raise ValueError(f"read at least 1, not {size}")
    text = {} if binary else {"encoding": encoding, "newline": ""}
    with open(path, "rb" if binary else "r", **text) as file:  # type: ignore[call-overload]
        offset, piece = 0, None
        while piece is None or piece:
            offset = file.tell()
            piece = file.read(size)
            yield offset, piece


def index_lines(path: str | os.PathLike[str]) -> array[int]:
    """Return the byte offset of each line's start and, last, of the file's end, as an array of 8 bytes a line.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "note.txt")
    >>> _ = path.write_bytes("甲\\n乙丙\\n".encode("utf-8"))
    >>> list(index_lines(path))
    [0, 4, 11]
    >>> folder.cleanup()

    An empty file gives [0]: no line, and its end.

    Raises: OSError where the file cannot be read.
    """
    with open(path, "rb", buffering=1 << 18) as file:
        return array("Q", accumulate(map(len, file), initial=0))


class LineIndex:
    """Random access to the lines of a text file: `index[n]` is line n, counted from 0, without its line end.

    The file is read once to find where lines start; after that each line costs one `seek` and one `read`.
    `index[-1]` is the last line, `len(index)` their number. Usable in `with`, by one thread. Lines added later are
    not seen.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "note.txt")
    >>> _ = path.write_bytes("甲\\n乙丙\\r\\n丁".encode("utf-8"))
    >>> with LineIndex(path) as lines:
    ...     len(lines), lines[1], lines[-1], lines.offset(2)
    (3, '乙丙', '丁', 12)
    >>> folder.cleanup()

    Raises: OSError where the file cannot be read; IndexError for a line that is not there; EOFError where the file
    has become shorter; UnicodeDecodeError where a line is not valid in `encoding`; ValueError for an encoding like
    UTF-16. Stdlib: `linecache.getline` holds the whole file in memory.
    """

    def __init__(self, path: str | os.PathLike[str], *, encoding: str = "utf-8") -> None:
        self._encoding = _line_encoding(encoding)
        self._starts = index_lines(path)
        self._file = open(path, "rb")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        start = self.offset(number)
        size = self._starts[number % len(self) + 1] - start
        self._file.seek(start)
        line = self._file.read(size)
        if len(line) < size:
            raise EOFError(f"got {len(line)} of {size} bytes of line {number}: the file became shorter")
        if line.endswith(b"\n"):
            line = line[:-2] if line.endswith(b"\r\n") else line[:-1]
        text = line.decode(self._encoding)
        return text[1:] if start == 0 and text.startswith("\ufeff") else text

    def offset(self, number: int) -> int:
        """Return the byte offset at which line `number` starts."""
        if not -len(self) <= number < len(self):
            raise IndexError(f"no line {number}: the file has {len(self)}")
        return self._starts[number % len(self)]

    def close(self) -> None:
        """Close the file. Closing twice is all right."""
        self._file.close()

    def __enter__(self) -> LineIndex:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
