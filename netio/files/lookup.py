"""Look a word up in a sorted text file by halving, as one finds a name in a telephone book.

A dictionary file has one entry a line: the word, spaces or a tab, its explanation. The lines are sorted by the **bytes**
of their words (`LC_ALL=C sort` does that), so the search jumps to the middle, finds the line around it and drops one half:
twenty looks for a million lines. The file is mapped, not read, and the system is told that reads will be scattered
(MADV_RANDOM), or else it would read far more around each look than the look needs.

The early stop of the usual linear search ("this word is greater than mine, so mine is missing") has the same condition
and rarely says so: `check_sorted` tests it, and `look_up_unsorted` does without it.
"""
from __future__ import annotations

import mmap
import os
from typing import IO, Iterable, Iterator, List, NamedTuple, Optional, Union

_BOM = b"\xef\xbb\xbf"


class Entry(NamedTuple):
    """One line of a dictionary file: the word and its explanation, both without the space around them.

    >>> entry = Entry("cat", "猫")
    >>> word, explanation = entry
    >>> entry.explanation
    '猫'
    """

    word: str
    explanation: str


class SortedFile:
    """A sorted dictionary file kept open for many look-ups; usable in `with`, by several threads at once.

    `separator` is what stands behind the word; None stands for any run of spaces and tabs, "\\t" lets words hold spaces.
    `encoding` is any that writes a newline as the one byte 10 (UTF-8, GBK; not UTF-16). A byte order mark, CRLF, blank
    lines, a missing newline at the end and an empty file are all right. No line may be longer than `max_line` bytes.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "dict.txt")
    >>> with open(path, "w", encoding="utf-8") as file:
    ...     _ = file.write("cat  猫\\ncatch  抓住\\ndog  狗\\n")
    >>> with SortedFile(path) as words:
    ...     words.look_up("cat"), "cow" in words, [entry.word for entry in words.look_up("cat", prefix=True)]
    ([Entry(word='cat', explanation='猫')], False, ['cat', 'catch'])

    The file seen is the one opened: one that is replaced later (`replace_file`) is seen by the next SortedFile. Do not
    shorten a file in place while it is open here (the system would kill the program with SIGBUS).

    Raises: OSError where the file cannot be opened; ValueError for an encoding as UTF-16, a line longer than `max_line`,
    or one that is not valid in `encoding` (UnicodeDecodeError).
    Notes: IO, 在词典中查单词. Stdlib: `bisect` does the same for a list in memory; `look(1)` on Unix for a file.
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"], *, separator: Optional[str] = None,
                 encoding: str = "utf-8", max_line: int = 1 << 20) -> None:
        if "\n".encode(encoding) != b"\n":
            raise ValueError(f"{encoding} does not write a newline as one byte: convert the file to UTF-8 first")
        self._separator = separator.encode(encoding) if separator else None
        self._encoding = encoding
        self._max_line = max_line
        self._data: Union[mmap.mmap, bytes] = b""  # an empty file cannot be mapped
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            if os.fstat(descriptor).st_size:
                self._data = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)
        if isinstance(self._data, mmap.mmap) and hasattr(mmap, "MADV_RANDOM"):
            self._data.madvise(mmap.MADV_RANDOM)
        self._begin = len(_BOM) if self._data[:len(_BOM)] == _BOM else 0

    def look_up(self, word: str, *, prefix: bool = False) -> List[Entry]:
        """Return the entries of `word`, or of all words that begin with it, in the file's order; [] where there is none.

        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "dict.txt")
        >>> with open(path, "w", encoding="utf-8") as file:
        ...     _ = file.write("bank  银行\\nbank  河岸\\n")
        >>> with SortedFile(path) as words:
        ...     [entry.explanation for entry in words.look_up("bank")]
        ['银行', '河岸']
        """
        key = word.encode(self._encoding)
        found = []
        for line in self._lines(self._first_not_below(key)):
            here = _word(line, self._separator)
            if here == key or prefix and here.startswith(key):
                found.append(_entry(line, self._separator, self._encoding))
            elif here:  # not a blank line
                break
        return found

    def __contains__(self, word: str) -> bool:
        return bool(self.look_up(word))

    def close(self) -> None:
        """Give the file back; look-ups raise ValueError from now on."""
        if isinstance(self._data, mmap.mmap):
            self._data.close()

    def __enter__(self) -> SortedFile:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _first_not_below(self, key: bytes) -> int:
        """Return the offset of the first line whose word is not less than `key`; blank lines go with the line behind."""
        data, separator = self._data, self._separator
        low, high = self._begin, len(data)  # both are starts of lines, or the end
        while low < high:
            middle = (low + high) // 2
            start = data.rfind(b"\n", low, middle) + 1 or low
            end = data.find(b"\n", middle, start + self._max_line) + 1 or self._end_of_line(start)
            word = _word(data[start:end], separator)
            while not word and end < high:
                begin, end = end, self._end_of_line(end)
                word = _word(data[begin:end], separator)
            if word and word < key:
                low = end
            else:
                high = start
        return low

    def _end_of_line(self, start: int) -> int:
        end = self._data.find(b"\n", start, start + self._max_line) + 1
        if not end and start + self._max_line < len(self._data):
            raise ValueError(f"line at offset {start} is longer than {self._max_line} bytes")
        return end or len(self._data)

    def _lines(self, start: int) -> Iterator[bytes]:
        while start < len(self._data):
            end = self._end_of_line(start)
            yield self._data[start:end]
            start = end


def look_up(path: Union[str, "os.PathLike[str]"], word: str, *, prefix: bool = False, separator: Optional[str] = None,
            encoding: str = "utf-8") -> List[Entry]:
    """Return the entries of `word` in a sorted dictionary file, or of all words that begin with it (`prefix=True`).

    Each is a tuple (word, explanation); the list is empty where the word is missing, longer than one where it stands twice.
    For many look-ups keep a `SortedFile` open. A file that is not sorted: see `check_sorted` and `look_up_unsorted`.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "dict.txt")
    >>> with open(path, "w", encoding="utf-8") as file:
    ...     _ = file.write("cat  猫\\ncatch  抓住\\ndog  狗\\n")
    >>> look_up(path, "dog"), look_up(path, "do")
    ([Entry(word='dog', explanation='狗')], [])
    >>> [word for word, explanation in look_up(path, "ca", prefix=True)]
    ['cat', 'catch']

    Raises: OSError where the file cannot be opened (FileNotFoundError is only one of the kinds); ValueError as SortedFile.
    Notes: IO, 在词典中查单词.
    """
    with SortedFile(path, separator=separator, encoding=encoding) as words:
        return words.look_up(word, prefix=prefix)


def look_up_unsorted(path: Union[str, "os.PathLike[str]"], word: str, *, prefix: bool = False,
                     separator: Optional[str] = None, encoding: str = "utf-8") -> List[Entry]:
    """Return what `look_up` returns, from a file in any order, by reading all of it.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "dict.txt")
    >>> with open(path, "w", encoding="utf-8") as file:
    ...     _ = file.write("dog  狗\\ncat  猫\\n")
    >>> look_up_unsorted(path, "cat")
    [Entry(word='cat', explanation='猫')]

    Raises: OSError where the file cannot be read; ValueError where the line found is not valid in `encoding`.
    """
    key = word.encode(encoding)
    wanted = separator.encode(encoding) if separator else None
    found = []
    with open(path, "rb", buffering=1 << 18) as file:
        for line in _without_bom(file):
            if key in line:  # most lines end here, before they cost anything
                here = _word(line, wanted)
                if here and (here == key or prefix and here.startswith(key)):
                    found.append(_entry(line, wanted, encoding))
    return found


def check_sorted(path: Union[str, "os.PathLike[str]"], *, separator: Optional[str] = None) -> int:
    """Return the number of entries of a dictionary file, or raise where a word stands after a greater one.

    Greater means greater by bytes, as `look_up` compares; that is also the order of `LC_ALL=C sort`, in which "Zoo" stands
    before "apple".

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "dict.txt")
    >>> with open(path, "w", encoding="utf-8") as file:
    ...     _ = file.write("apple  苹果\\nZoo  动物园\\n")
    >>> check_sorted(path)
    Traceback (most recent call last):
    ValueError: line 2: b'Zoo' stands after b'apple'

    Raises: ValueError naming the first line out of order; OSError where the file cannot be read.
    """
    wanted = separator.encode() if separator else None
    last, count = b"", 0
    with open(path, "rb", buffering=1 << 18) as file:
        for number, line in enumerate(_without_bom(file), 1):
            word = _word(line, wanted)
            if word and word < last:
                raise ValueError(f"line {number}: {word!r} stands after {last!r}")
            if word:  # not a blank line
                last, count = word, count + 1
    return count


def _without_bom(file: IO[bytes]) -> Iterable[bytes]:
    if file.read(len(_BOM)) != _BOM:
        file.seek(0)
    return file


def _word(line: bytes, separator: Optional[bytes]) -> bytes:
    fields = line.split(separator, 1)
    return fields[0].rstrip() if fields else b""


def _entry(line: bytes, separator: Optional[bytes], encoding: str) -> Entry:
    word, explanation = (line.split(separator, 1) + [b""])[:2]
    return Entry(word.rstrip().decode(encoding), explanation.strip().decode(encoding))
