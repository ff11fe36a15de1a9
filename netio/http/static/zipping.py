"""A folder as a zip file, made while it is sent: nothing is stored, and no more than a few blocks are in memory.

The sizes and checksums stand behind each file's data (a data descriptor), because they are not known before. What
compresses well by its type is compressed, the rest is stored as it is.
"""
from __future__ import annotations

import os
import time
import zipfile
from typing import Iterator

from ..mime import compresses_well, content_type

_BLOCK = 256 * 1024


def zip_folder(folder: str, hidden: bool = False) -> Iterator[bytes]:
    r"""Yield the bytes of a zip file with everything below `folder`, in the order of the names; links are left out.

    >>> import io, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "说明.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     data = b"".join(zip_folder(folder))
    >>> with zipfile.ZipFile(io.BytesIO(data)) as archive:
    ...     archive.namelist() == ["说明.txt"], archive.read("说明.txt")
    (True, b'hello')

    An empty folder gives an empty zip file; one that is empty inside is an entry of its own. Hidden names are left
    out unless `hidden`. Raises: OSError while yielding, where a file cannot be read: the archive must not look whole
    then. Source: PKWARE APPNOTE 4.3.9 (data descriptor). The stdlib offers `shutil.make_archive`, which needs a file.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for path, name in walk_files(folder, hidden):
            if name.endswith("/"):
                archive.writestr(_entry(os.stat(path), name), b"")
                continue
            with open(path, "rb") as file:
                with archive.open(_entry(os.fstat(file.fileno()), name), "w", force_zip64=True) as member:
                    while block := file.read(_BLOCK):
                        member.write(block)
                        yield sink.take()
    yield sink.take()


def walk_files(folder: str, hidden: bool = False, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, name with forward slashes) of each regular file below `folder`, and of each empty folder (name
    ends in '/')."""
    with os.scandir(folder) as found:
        shown = (entry for entry in found if hidden or not entry.name.startswith("."))
        entries = sorted(shown, key=lambda entry: entry.name)
    if prefix and not entries:
        yield folder, prefix
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from walk_files(entry.path, hidden, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield entry.path, prefix + entry.name


def _entry(stat: os.stat_result, name: str) -> zipfile.ZipInfo:
    """Make a zip entry; zip knows local time from 1980 to 2107, and names in UTF-8."""
    year, *rest = time.localtime(stat.st_mtime)[:6]
    when = (1980, 1, 1, 0, 0, 0) if year < 1980 else (2107, 12, 31, 23, 59, 58) if year > 2107 else (year, *rest)
    entry = zipfile.ZipInfo(os.fsencode(name).decode("utf-8", "replace"), when)  # type: ignore[arg-type]
    entry.external_attr = (stat.st_mode & 0xFFFF) << 16
    worth_it = stat.st_size and compresses_well(content_type(name))
    entry.compress_type = zipfile.ZIP_DEFLATED if worth_it else zipfile.ZIP_STORED
    return entry


class _Sink:
    """A file that can only be written, and handed on what was written: zipfile sees that it cannot seek."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: zipfile asks for it."""

    def take(self) -> bytes:
        data, self._blocks = b"".join(self._blocks), []
        return data
