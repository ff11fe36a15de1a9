"""Look a word up in a sorted text file by halving, as one finds a name in a telephone book.

A dictionary file has one entry a line: the word, spaces or a tab, its explanation. The lines are sorted by the
**bytes** of their words (`LC_ALL=C sort` does that), so the search reads a hundred bytes in the middle, finds a whole
line there and drops one half, until one block is left: thirteen reads for a million lines. They are `pread`s,
not a memory map: a fresh map pays a page fault for each look, and a mapped file that someone shortens kills the
program. A file kept open remembers the first twelve halvings, which are the same few thousand places for all words.

Words in another order (`sort -f`, `sort -d`, a locale's) would be passed by in silence. So where a word is not found,
the lines around its place are looked at, and at the first miss all of a file that is not too large: out of order is an
error. `key` says which other order it is.

The early stop of the usual linear search ("this word is greater than mine, so mine is missing") has the same
condition and rarely says so: `check_sorted` tests it, and `look_up_unsorted` does without it.
"""
from __future__ import annotations

import io
import os
import threading
from itertools import islice
from typing import IO, Any, Callable, Iterable, Iterator, NamedTuple

from .reading import _line_encoding

_BOM = b"\xef\xbb\xbf"
_TURN = threading.Lock()
_BLOCK_BYTES = 8192
_CHECK_BYTES = 8 << 20  # a file of this size is checked as a whole at the first miss, which takes about 0.1 s
_SAMPLE = -1  # where an offset is the key: what a sample of a large file has shown
_PROBE_BYTES = 128  # most lines are shorter; at most half a block, so that what is left always shrinks


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

    A line begins with its word; blank lines and those that begin with a space are passed over. `separator` is what
    follows the word; None means any run of spaces and tabs, "\\t" lets words hold spaces. `key` is a function from a
    word (str) to what the file is sorted by, as for `sorted`; words with the same key are found together. Without it,
    words are sorted by their bytes. `encoding` is
    any that writes a newline as the one byte 10 (UTF-8, GBK; not UTF-16). A byte order mark, CRLF, a missing
    newline at the end and an empty file are all right. No line may be longer than `max_line` bytes.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "dict.txt")
    >>> _ = path.write_text("cat  猫\\ncatch  抓住\\ndog  狗\\n", encoding="utf-8")
    >>> with SortedFile(path) as words:
    ...     words.look_up("cat"), "cow" in words, [entry.word for entry in words.look_up("cat", prefix=True)]
    ([Entry(word='cat', explanation='猫')], False, ['cat', 'catch'])
    >>> _ = path.write_text("apple\\nBank\\ncat\\n")  # as `sort -f` has them
    >>> with SortedFile(path, key=str.casefold) as words:
    ...     [entry.word for entry in words.look_up("bank")]
    ['Bank']
    >>> with SortedFile(path) as words:
    ...     words.look_up("dog")  # a miss
    Traceback (most recent call last):
    ValueError: 'Bank' comes after 'apple': not sorted as searched; sort with LC_ALL=C sort, or say key=
    >>> folder.cleanup()

    The file seen is the one opened: a file put in its place later (`replace_file`) is seen by the next SortedFile.
    One that is changed in place is noticed before each look-up, but a look-up at that very moment may miss.

    Raises: OSError where the file cannot be opened; ValueError for an encoding like UTF-16, a line longer than
    `max_line`, at a miss for words out of order, and, as UnicodeDecodeError, for an entry that is not valid in
    `encoding`. Notes: IO, 查找单词 (looking a word
    up). Stdlib: `bisect` does it for a list in memory; Unix has `look(1)` for a file.
    """

    def __init__(self, path: str | os.PathLike[str], *, separator: str | None = None,
                 key: Callable[[str], Any] | None = None, encoding: str = "utf-8", max_line: int = 1 << 20) -> None:
        self._encoding = _line_encoding(encoding)
        self._separator = separator.encode(self._encoding) if separator else None
        self._max_line = max_line
        self._key = key
        self._begin, self._size, self._changed = 0, -1, 0
        self._checked: dict[int, str] = {}  # what is out of order in a block, by its offset
        self._probes: dict[int, tuple[int, int, Any]] = {}
        self._read_at = os.pread if hasattr(os, "pread") else _seek_and_read  # Windows has no pread
        self._file = io.FileIO(path)
        self._descriptor = self._file.fileno()

    def look_up(self, word: str, *, prefix: bool = False) -> list[Entry]:
        """Return the entries of `word`, or of all words that begin with it, in the file's order; [] where none is.

        >>> import pathlib, tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = pathlib.Path(folder.name, "dict.txt")
        >>> _ = path.write_text("bank  银行\\nbank  河岸\\n", encoding="utf-8")
        >>> with SortedFile(path) as words:
        ...     [entry.explanation for entry in words.look_up("bank")]
        ['银行', '河岸']
        >>> folder.cleanup()
        """
        key: Any = self._key(word) if self._key else word.encode(self._encoding)
        self._forget_if_changed()
        low, high = self._narrow(key)
        found = []
        for line in self._lines_from(key, low, high):
            here = self._rank(line)
            if here is None or self._key and here < key:
                continue
            if here == key or prefix and here.startswith(key):
                found.append(_entry(line, self._separator, self._encoding))
            else:
                break
        if not found:
            self._check_order(low, high)
        return found

    def __contains__(self, word: str) -> bool:
        return bool(self.look_up(word))

    def close(self) -> None:
        """Give the file back; look-ups raise OSError from now on. Closing twice is all right."""
        self._descriptor = -1  # its number may soon be that of another file
        self._file.close()

    def __enter__(self) -> SortedFile:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _forget_if_changed(self) -> None:
        facts = os.fstat(self._descriptor)
        if (facts.st_size, facts.st_mtime_ns) != (self._size, self._changed):
            self._probes, self._checked = {}, {}
            self._begin = len(_BOM) if self._read_at(self._descriptor, len(_BOM), 0) == _BOM else 0
            self._size, self._changed = facts.st_size, facts.st_mtime_ns

    def _rank(self, line: bytes) -> Any:
        """Return what the word of a line is sorted by, None where it has none."""
        word = _word(line, self._separator)
        return (self._key(word.decode(self._encoding)) if self._key else word) if word else None

    def _narrow(self, key: Any) -> tuple[int, int]:
        """Return the beginning and the end of a block that the first line not before `key` begins in, or follows."""
        probes, worth = self._probes, self._size >> 12  # the first twelve halvings are worth remembering
        low, high = self._begin, self._size  # low and high are starts of lines, or the end
        while high - low > _BLOCK_BYTES:
            middle = (low + high) // 2
            probe = probes.get(middle)
            if probe is None:
                probe = self._probe(middle)
                if high - low > worth:
                    probes[middle] = probe
            start, end, rank = probe
            if rank is not None and rank < key:
                low = end
            else:
                high = start
        return low, high

    def _lines_from(self, key: Any, low: int, high: int) -> Iterator[bytes]:
        """Yield the lines from the first that begins with `key` on, or from one before or after it where none does."""
        if self._key:
            return self._lines(low, b"")
        block = self._read_at(self._descriptor, high - low, low)
        start = 0 if block.startswith(key) else block.find(b"\n" + key) + 1 or high - low
        return self._lines(low + start, block[start:start + 512])

    def _check_order(self, low: int, high: int) -> None:
        """Raise ValueError for words out of order: of a whole file, or of a large one in a sample and a block."""
        checked = self._checked  # another thread may put a new one in its place
        if self._size <= _CHECK_BYTES:
            low, high = self._begin, self._size
        elif _SAMPLE not in checked:
            step = self._size // 256
            ranks = [self._probe(offset)[2] for offset in range(self._begin, self._size - step, step)]
            checked[_SAMPLE] = _describe_disorder([rank for rank in ranks if rank is not None])
        if low not in checked:
            checked[low] = self._find_disorder(low, high)
        if problem := checked.get(_SAMPLE) or checked[low]:
            raise ValueError(problem)

    def _find_disorder(self, low: int, high: int) -> str:
        """Return what is out of order between two offsets, "" where nothing is."""
        lines = self._lines(low, b"")
        ranks: list[Any] = []
        while low <= high and (batch := list(islice(lines, 200))):
            ranks = ranks[-1:] + [rank for rank in map(self._rank, batch) if rank is not None]
            low += sum(map(len, batch)) + len(batch)
            if problem := _describe_disorder(ranks):
                return problem
        return ""

    def _probe(self, offset: int) -> tuple[int, int, Any]:
        """Return start, end and rank of a line near `offset`: the next one, if a short read shows all of it."""
        pieces = self._read_at(self._descriptor, _PROBE_BYTES, offset).split(b"\n", 2)
        if len(pieces) == 3 and (rank := self._rank(pieces[1])) is not None:
            start = offset + len(pieces[0]) + 1
            return start, start + len(pieces[1]) + 1, rank
        return self._probe_around(offset)

    def _probe_around(self, offset: int) -> tuple[int, int, Any]:
        """Return start, end and rank of the line around `offset`; blank lines go with the line after them."""
        start, line = self._line_around(offset)
        rank, end = self._rank(line), start + len(line)
        while rank is None and end < self._size:
            line = self._line_around(end)[1]
            rank, end = self._rank(line), end + len(line)
        return start, end, rank

    def _line_around(self, offset: int) -> tuple[int, bytes]:
        reach = 128
        while True:
            begin = max(offset - reach, self._begin)
            block = self._read_at(self._descriptor, 2 * reach, begin)
            start = block.rfind(b"\n", 0, offset - begin) + 1
            end = block.find(b"\n", offset - begin) + 1
            if (start or begin == self._begin) and (end or len(block) < 2 * reach):
                return begin + start, block[start:end or None]
            if reach > self._max_line:
                raise ValueError(f"line around offset {offset} is longer than {self._max_line} bytes")
            reach *= 4

    def _lines(self, start: int, block: bytes) -> Iterator[bytes]:
        """Yield the lines from offset `start` on, of which `block` is the beginning; read more and more at once."""
        rest, count = b"", 512
        while block := block or self._read_at(self._descriptor, count, start):
            *lines, rest = (rest + block).split(b"\n")
            yield from lines
            if len(rest) > self._max_line:
                raise ValueError(f"line before offset {start} is longer than {self._max_line} bytes")
            start, block, count = start + len(block), b"", min(4 * count, 1 << 18)
        if rest:
            yield rest


def look_up(path: str | os.PathLike[str], word: str, *, prefix: bool = False, separator: str | None = None,
            key: Callable[[str], Any] | None = None, encoding: str = "utf-8") -> list[Entry]:
    """Return the entries of `word` in a sorted dictionary file, or of all words that begin with it (`prefix=True`).

    Each is a tuple (word, explanation); the list is empty where the word is missing, longer than one where it
    is there twice. `key` as for a SortedFile; for many look-ups keep one open. A file that is not sorted: see
    `check_sorted` and `look_up_unsorted`.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "dict.txt")
    >>> _ = path.write_text("cat  猫\\ncatch  抓住\\ndog  狗\\n", encoding="utf-8")
    >>> look_up(path, "dog"), look_up(path, "do")
    ([Entry(word='dog', explanation='狗')], [])
    >>> [word for word, explanation in look_up(path, "ca", prefix=True)]
    ['cat', 'catch']
    >>> folder.cleanup()

    Raises: OSError where the file cannot be opened (FileNotFoundError is only one of the kinds); ValueError as
    SortedFile. Notes: IO, 查找单词 (looking a word up).
    """
    with SortedFile(path, separator=separator, key=key, encoding=encoding) as words:
        return words.look_up(word, prefix=prefix)


def look_up_unsorted(path: str | os.PathLike[str], word: str, *, prefix: bool = False,
                     separator: str | None = None, encoding: str = "utf-8") -> list[Entry]:
    """Return what `look_up` returns, from a file in any order, by reading all of it.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "dict.txt")
    >>> _ = path.write_text("dog  狗\\ncat  猫\\n", encoding="utf-8")
    >>> look_up_unsorted(path, "cat")
    [Entry(word='cat', explanation='猫')]
    >>> folder.cleanup()

    Raises: OSError where the file cannot be read; ValueError where the line found is not valid in `encoding`.
    """
    encoding = _line_encoding(encoding)
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


def check_sorted(path: str | os.PathLike[str], *, separator: str | None = None,
                 key: Callable[[str], Any] | None = None, encoding: str = "utf-8") -> int:
    """Return the number of entries of a dictionary file, or raise where a word comes after a greater one.

    Greater means greater by bytes, as `look_up` compares, or by `key`; by bytes is also the order of `LC_ALL=C sort`,
    in which "Zoo" comes before "apple".

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "dict.txt")
    >>> _ = path.write_text("apple  苹果\\nZoo  动物园\\n", encoding="utf-8")
    >>> check_sorted(path, key=str.casefold)
    2
    >>> check_sorted(path)
    Traceback (most recent call last):
    ValueError: line 2: 'Zoo' comes after 'apple': not sorted as searched; sort with LC_ALL=C sort, or say key=
    >>> folder.cleanup()

    Raises: ValueError naming the first line out of order; OSError where the file cannot be read.
    """
    wanted = separator.encode(encoding) if separator else None
    last: Any = None
    count = 0
    with open(path, "rb", buffering=1 << 18) as file:
        for number, line in enumerate(_without_bom(file), 1):
            if word := _word(line, wanted):
                rank = key(word.decode(encoding)) if key else word
                if count and rank < last:
                    raise ValueError(f"line {number}: {_out_of_order(rank, last)}")
                last, count = rank, count + 1
    return count


def _describe_disorder(ranks: list[Any]) -> str:
    if ranks == sorted(ranks):
        return ""
    last, word = next(pair for pair in zip(ranks, ranks[1:]) if pair[1] < pair[0])
    return _out_of_order(word, last)


def _out_of_order(word: Any, last: Any) -> str:
    word, last = (name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in (word, last))
    return f"{word!r} comes after {last!r}: not sorted as searched; sort with LC_ALL=C sort, or say key="


def _without_bom(file: IO[bytes]) -> Iterable[bytes]:
    if file.read(len(_BOM)) != _BOM:
        file.seek(0)
    return file


def _word(line: bytes, separator: bytes | None) -> bytes:
    """Return the word at the start of a line, b"" where there is none."""
    word = line.split(separator, 1)[0] if line[:1].strip() else b""
    return word.rstrip() if separator else word


def _entry(line: bytes, separator: bytes | None, encoding: str) -> Entry:
    word, explanation = (line.split(separator, 1) + [b""])[:2]
    return Entry(word.rstrip().decode(encoding), explanation.strip().decode(encoding))


def _seek_and_read(descriptor: int, count: int, offset: int) -> bytes:
    with _TURN:  # threads that share a descriptor share its offset
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, count)
