"""Read a file in pieces: chunks, lines forwards and backwards, lines still to come, and their number.

All of it works on bytes. A newline is the byte 10 in every encoding that is used for files today except UTF-16 and
UTF-32, so a file can be cut at newlines first and decoded line by line afterwards: no character is ever cut in two,
and a file can be read from its end. Lines come without their line end, so nobody needs the `line[:-1]` that eats a
character when the last line has no newline.
"""
from __future__ import annotations

import codecs
import os
import threading
import time
from itertools import chain, islice
from typing import BinaryIO, Iterator

from .._deadline import LONGEST_WAIT, wait_limit

CHUNK_BYTES = 1 << 18  # read at a time
LINE_LIMIT = 1 << 20  # bytes of the longest line that is read


def read_chunks(path: str | os.PathLike[str], size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces of at most `size` bytes, so that a file of any size fits in memory.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "seven")
    >>> _ = path.write_bytes(b"abcdefg")
    >>> list(read_chunks(path, 3))
    [b'abc', b'def', b'g']
    >>> folder.cleanup()

    An empty file yields nothing.

    Raises: ValueError where `size` is not positive; OSError where the file cannot be read.
    Notes: IO, read([size]) 循环读取. Stdlib: `iter(partial(file.read, size), b"")` over an open file.
    """
    if size < 1:
        raise ValueError(f"a chunk has at least 1 byte, not {size}")
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(size):
            yield chunk


def read_lines(path: str | os.PathLike[str], *, encoding: str = "utf-8", max_line: int = LINE_LIMIT) -> Iterator[str]:
    """Return an iterator over the lines of a text file without line ends (\\n or \\r\\n) and byte order mark.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "names.txt")
    >>> _ = path.write_bytes("李雷\\r\\n\\r\\n韩梅梅".encode("utf-8"))
    >>> list(read_lines(path))
    ['李雷', '', '韩梅梅']
    >>> folder.cleanup()

    A \\r alone ends no line, here and in all the functions below: the log of a progress bar has one line for all of it.

    Raises: ValueError where a line has more than `max_line` characters, give or take a chunk; UnicodeDecodeError
    (also a ValueError) where the bytes are not valid in `encoding`; OSError where the file cannot be read. Notes:
    IO, readline() 返回的东西包含 '\\n' (the notes say it does not). Stdlib: `for line in file`, newline and
    all, and with a \\r for a line end.
    """
    return chain.from_iterable(_text_by_chunk(path, encoding, max_line))


def _text_by_chunk(path: str | os.PathLike[str], encoding: str, max_line: int) -> Iterator[list[str]]:
    decoder = codecs.getincrementaldecoder(encoding)()
    rest, offset, begun = "", 0, bool("".encode(encoding))  # utf-8-sig and utf-16 drop their mark themselves
    for chunk in chain(read_chunks(path, 1 << 16), [b""]):
        text = decoder.decode(chunk, final=not chunk)
        if text and not begun:  # the mark of a pipe may come in pieces
            text, begun = text.removeprefix("\ufeff"), True
        text = rest + text
        lines = (text.replace("\r\n", "\n") if "\r" in text else text).split("\n")
        rest = lines.pop()
        yield lines
        offset += len(chunk)
        _check_length(rest, offset, max_line)
    if rest:
        yield [rest]


def read_binary_lines(path: str | os.PathLike[str], *, max_line: int = LINE_LIMIT) -> Iterator[bytes]:
    """Return an iterator over the lines of a file as bytes, without the newline: about twice as fast as text mode.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "lines")
    >>> _ = path.write_bytes(b"one\\n\\xff\\ntwo")
    >>> list(read_binary_lines(path))
    [b'one', b'\\xff', b'two']
    >>> folder.cleanup()

    Only the byte 10 ends a line: the \\r of \\r\\n stays. An empty file yields nothing.

    Raises: ValueError where a line is longer than `max_line` bytes, give or take a chunk; OSError where the file
    cannot be read. Stdlib: `for line in open(path, "rb")`, which keeps the newline and has no limit.
    """
    return chain.from_iterable(_lines_by_chunk(path, max_line))


def _lines_by_chunk(path: str | os.PathLike[str], max_line: int) -> Iterator[list[bytes]]:
    rest, offset = b"", 0
    for chunk in read_chunks(path, 1 << 16):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        yield lines
        offset += len(chunk)
        _check_length(rest, offset, max_line)
    if rest:
        yield [rest]


def read_lines_reversed(path: str | os.PathLike[str], *, encoding: str = "utf-8", chunk_size: int = 1 << 16,
                        max_line: int = LINE_LIMIT) -> Iterator[str]:
    """Yield the lines of a text file from the last to the first, reading it from its end in chunks.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "log.txt")
    >>> _ = path.write_text("第一行\\n第二行\\n第三行\\n", encoding="utf-8")
    >>> next(read_lines_reversed(path, chunk_size=2))
    '第三行'
    >>> list(read_lines_reversed(path)) == list(read_lines(path))[::-1]
    True
    >>> folder.cleanup()

    Lines end with \\n or \\r\\n. What is added to the file meanwhile is not seen.

    Raises: ValueError for an encoding like UTF-16, and where a line is longer than `max_line` bytes, give or take a
    chunk; UnicodeDecodeError where a line is not valid in `encoding`; EOFError where the file shrinks meanwhile;
    OSError where it cannot be read. Stdlib: nothing; `reversed(file.readlines())` holds all of it in memory. Unix:
    `tac(1)`.
    """
    encoding = _line_encoding(encoding)
    with open(path, "rb") as file:
        end = position = file.seek(0, os.SEEK_END)
        rest = newline = b""  # the last line may have none
        while position > 0:
            size = min(chunk_size, position)
            position = file.seek(position - size)
            chunk = file.read(size)
            if len(chunk) < size:
                raise EOFError(f"got {len(chunk)} of {size} bytes at offset {position}: the file became shorter")
            rest, *lines = (chunk + rest).split(b"\n")
            if position + size == end and chunk.endswith(b"\n"):
                lines.pop()  # after the last newline there is no line
                newline = b"\n"
            for line in reversed(lines):
                yield _decode_line(line, encoding, newline)
                newline = b"\n"
            _check_length(rest, position, max_line)
        if end:
            yield _decode_line(rest, encoding, newline).removeprefix("\ufeff")


def read_last_lines(path: str | os.PathLike[str], count: int, *, encoding: str = "utf-8") -> list[str]:
    """Return the last `count` lines of a text file in their order, without reading the rest.

    There are fewer where the file has fewer.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "log.txt")
    >>> _ = path.write_text("1\\n2\\n3\\n")
    >>> read_last_lines(path, 2)
    ['2', '3']
    >>> folder.cleanup()

    Raises: as `read_lines_reversed`. Unix: `tail(1)`.
    """
    return list(islice(read_lines_reversed(path, encoding=encoding), count))[::-1]


def count_lines(path: str | os.PathLike[str]) -> int:
    """Return how many lines a file has; a last line without a newline counts.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "lines")
    >>> _ = path.write_bytes(b"one\\ntwo")
    >>> count_lines(path)
    2
    >>> folder.cleanup()

    `wc -l` counts newlines and would say 1. An empty file has 0 lines. One buffer is filled again and again.

    Raises: OSError where the file cannot be read. Stdlib: `sum(1 for line in file)`, a third as fast.
    """
    buffer = bytearray(1 << 16)
    count, last = 0, bytearray(b"\n")
    with open(path, "rb", buffering=0) as file:
        while size := file.readinto(buffer):
            count += buffer.count(b"\n", 0, size)
            last = buffer[size - 1:size]
    return count + (last != b"\n")


def follow_lines(path: str | os.PathLike[str], *, encoding: str = "utf-8", from_start: bool = False,
                 timeout: float | None = None, stop: threading.Event | None = None, interval: float = 0.1,
                 max_line: int = LINE_LIMIT) -> Iterator[str]:
    """Return an iterator over the lines added to a file from now on (`from_start`: also those there), as they come.

    Ends when no line came for `timeout` seconds (None: never) or `stop`, an Event, is set; looks every `interval`
    seconds. A line counts when its newline has come. A file that became shorter is read again from its start; one
    that was renamed while another took its name (a rotated log) is read to its end, and then the new one from its
    start.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "log.txt")
    >>> _ = path.write_text("one\\ntwo\\nthr")
    >>> list(follow_lines(path, from_start=True, timeout=0))
    ['one', 'two']
    >>> folder.cleanup()

    A file emptied and filled beyond the old length between two looks cannot be told from one that grew. On Windows
    a file that is open here cannot be renamed: logs are rotated there by copying and emptying.

    Raises: OSError where the file is not there at the start; ValueError for an encoding like UTF-16, an interval
    below 0, and where a line is longer than `max_line` bytes; UnicodeDecodeError where a line is not valid in
    `encoding`. Unix: `tail -F`.
    """
    if not interval >= 0:  # nor can it be nan
        raise ValueError(f"a time is 0 seconds or more, not {interval}")
    encoding, timeout = _line_encoding(encoding), wait_limit(timeout)
    start = 0 if from_start else os.stat(path).st_size
    return _follow(path, start, encoding, timeout, stop or threading.Event(), min(interval, LONGEST_WAIT), max_line)


def _follow(path: str | os.PathLike[str], start: int, encoding: str, timeout: float | None, stop: threading.Event,
            interval: float, max_line: int) -> Iterator[str]:
    file: BinaryIO = open(path, "rb", buffering=0)
    successor: BinaryIO | None = None
    try:
        file.seek(start)
        rest, begun, quiet_since = b"", start > 0, time.monotonic()
        while not stop.is_set():
            if chunk := file.read(CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                _check_length(rest, file.tell(), max_line)
                for line in lines:
                    text = _decode_line(line, encoding)
                    yield text if begun else text.removeprefix("\ufeff")
                    begun = True
                quiet_since = time.monotonic() if lines else quiet_since
            elif successor:  # the old file is read to its end
                file.close()
                file, successor = successor, None
                if rest:
                    text = rest.decode(encoding)
                    yield text if begun else text.removeprefix("\ufeff")
                rest, begun = b"", False
            elif os.fstat(file.fileno()).st_size < file.tell():
                rest, begun, _ = b"", False, file.seek(0)
            else:
                successor = _open_successor(path, file)
                if successor is None and not _wait(stop, interval, quiet_since, timeout):
                    return
    finally:
        file.close()
        if successor:
            successor.close()


def _open_successor(path: str | os.PathLike[str], file: BinaryIO) -> BinaryIO | None:
    """Return the file that took the name of `file`, open, or None where there is none (yet)."""
    try:
        successor = open(path, "rb", buffering=0)
    except FileNotFoundError:
        return None
    try:
        same = os.path.samestat(os.fstat(successor.fileno()), os.fstat(file.fileno()))
    except OSError:
        successor.close()
        raise
    if same:
        successor.close()
    return None if same else successor


def _wait(stop: threading.Event, interval: float, since: float, timeout: float | None) -> bool:
    """Wait at most `interval` seconds; return False once `timeout` seconds have passed since `since`."""
    if timeout is None:
        stop.wait(interval)
        return True
    left = since + timeout - time.monotonic()
    stop.wait(max(0.0, min(interval, left)))
    return left > 0


def _line_encoding(encoding: str) -> str:
    """Return the encoding of each single line of a file, where a newline is the byte 10 and nothing else is."""
    if "\n".encode(encoding) == b"\n":
        return encoding
    if "\n".encode(encoding) == b"\xef\xbb\xbf\n":  # utf-8-sig: the mark is before the first line only
        return "utf-8"
    raise ValueError(f"{encoding} does not write a newline as one byte: convert the file to UTF-8, or use read_lines")


def _check_length(line: bytes | str, offset: int, max_line: int) -> None:
    if len(line) > max_line:
        unit = "bytes" if isinstance(line, bytes) else "characters"
        raise ValueError(f"line around offset {offset} is longer than {max_line} {unit}")


def _decode_line(line: bytes, encoding: str, newline: bytes = b"\n") -> str:
    """Decode a line without the \\r that belongs to its newline, if there is one after it."""
    return (line[:-1] if newline and line.endswith(b"\r") else line).decode(encoding)
