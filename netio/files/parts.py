"""Work on parts of a file at once: split it, join it, copy its halves, each part by its own process if you like.

Every part opens the file for itself. An offset belongs to the opened file, so processes that share one (as after
`fork`) move each other's; that is what goes wrong in the notes' first try. A part is a tuple of names and numbers
and the work is a module-level function, so both can be sent to another process: hand in any
`concurrent.futures.Executor`, a `multiprocessing.Pool`, or the built-in `map` for one part after the other.
"""
from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from typing import Any, Iterable, NamedTuple

from .copying import checksum
from .folders import OpenFolder
from .locking import hold_unfinished
from .replacing import Replacement, UnsyncedError, set_mode
from .sweeping import sweep_unfinished
from .syncing import sync

_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_NOT_LISTED = re.compile(r"[/\\:\r\n]")


class Part(NamedTuple):
    """A piece of a file and where it goes: source and its offset, target and its offset, number of bytes.

    >>> Part("face.jpg", 0, "top.jpg", 0, 5000).length
    5000
    """

    source: str
    source_offset: int
    target: str
    target_offset: int
    length: int


def copy_part(part: Part) -> str:
    """Copy the bytes of one part into a target that exists, and return their SHA-256 in hexadecimal.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> source, target = pathlib.Path(folder.name, "source"), pathlib.Path(folder.name, "target")
    >>> _ = source.write_bytes(b"top bottom"), target.write_bytes(b"..........")
    >>> copy_part(Part(str(source), 4, str(target), 4, 6))[:8], target.read_bytes()
    ('be9b7607', b'....bottom')
    >>> folder.cleanup()

    Raises: EOFError where the source ends early; OSError where reading or writing fails.
    """
    digest, done = hashlib.sha256(), 0
    with open(part.source, "rb", buffering=0) as reading, open(part.target, "rb+", buffering=0) as writing:
        reading.seek(part.source_offset)
        writing.seek(part.target_offset)
        while done < part.length:
            data = reading.read(min(1 << 18, part.length - done))
            if not data:
                raise EOFError(f"got {done} of {part.length} bytes at offset {part.source_offset} of {part.source}")
            digest.update(data)
            done += len(data)
            view = memoryview(data)
            while view:  # a disk with room for a part of it takes that part; the next call says why
                view = view[writing.write(view):]
        sync(writing)
    return digest.hexdigest()


def cut_ranges(size: int, parts: int) -> list[tuple[int, int]]:
    """Return (offset, count) of each of `parts` parts of `size` bytes; their counts differ by one at most.

    >>> cut_ranges(10, 3)
    [(0, 3), (3, 3), (6, 4)]
    >>> cut_ranges(1, 2)
    [(0, 0), (0, 1)]

    Raises: ValueError where `parts` is not positive.
    """
    if parts < 1:
        raise ValueError(f"a file has at least 1 part, not {parts}")
    bounds = [size * i // parts for i in range(parts + 1)]
    return [(begin, end - begin) for begin, end in zip(bounds, bounds[1:])]


def copy_in_parts(source: str | os.PathLike[str], target: str | os.PathLike[str], parts: int = 2, *,
                  executor: Any = map) -> int:
    """Copy a file by `parts` jobs at once (two: its top half and its bottom half) and return its size.

    `executor` is the built-in `map` (one job after the other), a function like it, or an object with such a `map`
    method: any `concurrent.futures.Executor`, a `multiprocessing.Pool`.

    >>> import pathlib, tempfile
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> folder = tempfile.TemporaryDirectory()
    >>> source, target = pathlib.Path(folder.name, "face.jpg"), pathlib.Path(folder.name, "copy.jpg")
    >>> _ = source.write_bytes(b"top half, bottom half")
    >>> with ThreadPoolExecutor(2) as executor:
    ...     copy_in_parts(source, target, executor=executor)
    21
    >>> target.read_bytes()
    b'top half, bottom half'
    >>> folder.cleanup()

    The target appears when all parts are there. One disk is not faster for two readers; a slow network share may be.

    Raises: ValueError where `parts` is not positive; EOFError where the source becomes shorter; OSError where
    reading or writing fails: a target that was there is untouched. Notes: 进程, 拷贝文件的上半部分和下半部分 (copy_top,
    copy_bottom).
    """
    size = os.path.getsize(source)
    with Replacement(target, mode=os.stat(source).st_mode & 0o777) as whole:
        whole.file.truncate(size)
        path = os.path.abspath(source)  # for workers in another working folder
        jobs = [Part(path, offset, whole.temporary, offset, count) for offset, count in cut_ranges(size, parts)]
        _run(executor, jobs)
        whole.commit()
    return size


def split_file(path: str | os.PathLike[str], parts: int, folder: str | os.PathLike[str] | None = None, *,
               executor: Any = map) -> str:
    """Split a file into NAME.001, NAME.002, ... in `folder` (default: its own), return the path of their list.

    The list, NAME.sha256, is one that `sha256sum -c` checks; `join_files` needs it. It is written last: where it
    is, the parts are whole. `executor` as in `copy_in_parts`.

    >>> import os, pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "film")
    >>> _ = path.write_bytes(b"0123456789")
    >>> checksums = split_file(path, 3)
    >>> sorted(os.listdir(folder.name))
    ['film', 'film.001', 'film.002', 'film.003', 'film.sha256']
    >>> path.unlink()
    >>> join_files(checksums, path), path.read_bytes()
    (10, b'0123456789')
    >>> folder.cleanup()

    A file with fewer bytes than parts has empty parts.

    Raises: ValueError where `parts` is not positive, and for a name with a backslash, a colon or a line end, which no
    list may have; OSError where reading or writing fails: then no part is left, and those of an earlier split are as
    they were. UnsyncedError: the parts are there, but the disk failed to store that. Unix: split(1).
    """
    source = os.path.abspath(path)  # for workers in another working folder
    folder = os.path.dirname(source) if folder is None else os.path.abspath(folder)
    base = os.path.join(folder, os.path.basename(source))
    if _NOT_LISTED.search(os.path.basename(source)):
        raise ValueError(f"{os.path.basename(source)!r} cannot be named in a list of parts")
    width = max(3, len(str(parts)))
    jobs = [Part(source, offset, f"{base}.{number:0{width}}", 0, count)
            for number, (offset, count) in enumerate(cut_ranges(os.path.getsize(source), parts), 1)]
    with OpenFolder(folder) as opened:
        _write_split(opened, jobs, f"{os.path.basename(base)}.sha256", executor)
    return f"{base}.sha256"


def _write_split(folder: OpenFolder, jobs: list[Part], listed: str, executor: Any) -> None:
    """Write all parts and their list under hidden names first: until they are whole, an older split stays as it is."""
    with suppress(OSError):
        sweep_unfinished(folder)  # what an earlier split has left that was killed
    with hold_unfinished(folder) as suffix:
        _write_parts(folder, jobs, listed, executor, suffix)


def _write_parts(folder: OpenFolder, jobs: list[Part], listed: str, executor: Any, suffix: str) -> None:
    hidden = [f".{os.urandom(8).hex()}{suffix}" for _ in range(len(jobs) + 1)]
    names = [os.path.basename(job.target) for job in jobs]
    try:
        for name in hidden:
            folder.create(name).close()
        digests = _run(executor, [job._replace(target=folder.path_of(name)) for job, name in zip(jobs, hidden)])
        with open(folder.path_of(hidden[-1]), "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.writelines(f"{digest}  {name}\n" for digest, name in zip(digests, names))
        mode = folder.default_mode()
        for name in hidden:
            with open(folder.path_of(name), "rb+") as part:
                set_mode(part, mode)
                sync(part)
        _put_all(folder, list(zip(hidden, [*names, listed])), suffix)
    except UnsyncedError:
        raise
    except BaseException:
        for name in hidden:
            with suppress(OSError):
                folder.unlink(name)
        raise


def _put_all(folder: OpenFolder, moves: list[tuple[str, str]], suffix: str) -> None:
    """Give each hidden file its name, the list last; after an error what was there before is there again."""
    aside: list[tuple[str, str]] = []  # noted before it is done: Ctrl-C may come right after it
    placed: list[str] = []
    try:
        for _, name in reversed(moves):  # the list goes first: where it is, the parts are those that it lists
            if folder.find(name) is not None:
                kept = f".{os.urandom(8).hex()}{suffix}"
                aside.append((kept, name))
                folder.rename(name, kept)
                if name == moves[-1][1]:
                    folder.sync()
        folder.sync()
        for hidden, name in moves:
            if name == moves[-1][1]:
                folder.sync()
            placed.append(name)
            folder.rename(hidden, name)
    except BaseException:
        for name in placed:
            with suppress(OSError):
                folder.unlink(name)
        for kept, name in reversed(aside):  # the list comes last
            with suppress(OSError):
                folder.rename(kept, name)
        raise
    for kept, _ in aside:
        with suppress(OSError):
            folder.unlink(kept)
    try:
        folder.sync()
    except OSError as error:
        raise UnsyncedError(error.errno, f"the parts are in place, but {error.strerror}", folder.path) from error


def read_checksums(path: str | os.PathLike[str]) -> list[tuple[str, str]]:
    """Return (checksum, path) of each part that a list from `split_file` (or sha256sum) names, in order.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "film.sha256")
    >>> _ = path.write_text("00" * 32 + "  film.001\\n")
    >>> [(digest[:4], pathlib.Path(part).name) for digest, part in read_checksums(path)]
    [('0000', 'film.001')]
    >>> folder.cleanup()

    Raises: ValueError for a line that does not belong into such a list, or names a file in another folder, and for an
    empty list.
    """
    folder, found = os.path.dirname(os.path.abspath(path)), []
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            fields = _MANIFEST_LINE.fullmatch(line.rstrip("\n"))
            if not fields or _NOT_LISTED.search(fields[2]):
                raise ValueError(f"line {number} of {os.fspath(path)} is no `SHA256  NAME`: {line[:100]!r}")
            found.append((fields[1], os.path.join(folder, fields[2])))
    if not found:
        raise ValueError(f"{os.fspath(path)} names no parts")
    return found


def join_files(checksums: str | os.PathLike[str], target: str | os.PathLike[str], *, executor: Any = map) -> int:
    """Join the parts that a list names and return the size; `target` appears when the checksums of all are right.

    `executor` as in `copy_in_parts`. See `split_file` for an example; here is a damaged part:

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "film")
    >>> _ = path.write_bytes(b"0123456789")
    >>> checksums = split_file(path, 2)
    >>> _ = pathlib.Path(folder.name, "film.002").write_bytes(b"56x89")
    >>> join_files(checksums, path)
    Traceback (most recent call last):
    ValueError: damaged parts: film.002
    >>> path.read_bytes()
    b'0123456789'
    >>> folder.cleanup()

    Raises: ValueError where parts are damaged, naming them, or the list is; FileNotFoundError where one is missing;
    OSError where reading or writing fails. In each case a target that was there is untouched. Unix: cat(1) joins,
    and checks nothing.
    """
    listed, jobs, offset = read_checksums(checksums), [], 0
    with Replacement(target) as whole:
        for _, path in listed:
            size = os.path.getsize(path)
            jobs.append(Part(path, 0, whole.temporary, offset, size))
            offset += size
        whole.file.truncate(offset)
        digests = _run(executor, jobs)
        compared = zip(listed, digests)
        damaged = [os.path.basename(path) for (wanted, path), digest in compared if digest != wanted]
        if damaged:
            raise ValueError(f"damaged parts: {', '.join(damaged)}")
        whole.commit()
    return offset


def find_damaged(checksums: str | os.PathLike[str]) -> list[str]:
    """Return the paths of the parts that are missing or damaged according to their list; [] where all are well.

    >>> import os, pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "film")
    >>> _ = path.write_bytes(b"0123456789")
    >>> checksums = split_file(path, 2)
    >>> os.unlink(os.path.join(folder.name, "film.001"))
    >>> [os.path.basename(part) for part in find_damaged(checksums)]
    ['film.001']
    >>> folder.cleanup()

    Raises: ValueError where the list itself is damaged. Unix: sha256sum(1) with -c.
    """
    listed = read_checksums(checksums)
    return [path for wanted, path in listed if not os.path.isfile(path) or checksum(path) != wanted]


def _run(executor: Any, jobs: Iterable[Part]) -> list[str]:
    return list(getattr(executor, "map", executor)(copy_part, jobs))
