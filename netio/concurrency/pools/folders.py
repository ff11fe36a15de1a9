"""The notes' exercise: copy a folder with a pool, showing the progress in percent."""
from __future__ import annotations

import os
import shutil
import stat
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import Callable, NamedTuple

from ...files.copying import copy_rest
from ...files.folders import OpenFolder
from ...files.locking import hold_unfinished
from ...files.replacing import Replacement
from ...files.sweeping import sweep_unfinished
from .pool import map_unordered


class Copied(NamedTuple):
    """What `copy_folder` has copied.

    >>> Copied(files=2, size=10)
    Copied(files=2, size=10)
    """

    files: int
    size: int


def copy_folder(
    source: str | os.PathLike[str], target: str | os.PathLike[str], executor: Executor | None = None,
    progress: Callable[[float], object] | None = None,
) -> Copied:
    """Copy a folder with all that is in it, each file as one task of an executor; return the count of files and bytes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     os.makedirs(os.path.join(place, "a", "b"))
    ...     with open(os.path.join(place, "a", "b", "hello.txt"), "w") as file:
    ...         _ = file.write("hello")
    ...     copy_folder(os.path.join(place, "a"), os.path.join(place, "copy"))
    Copied(files=1, size=5)

    `executor`: a pool of processes or threads (None: some threads, which do as well here, since copying waits).
    `progress` is called with the percentage of bytes done, 0 to 100. Files keep their time and permissions; links
    are copied as links; empty folders come along. A file that exists in the target is replaced, never half-written: a
    crash leaves the old or the new one, whole. New files are not waited for: a power failure may leave them incomplete.

    Raises: NotADirectoryError when there is no such folder; ValueError when the target lies inside the source; OSError
    for a folder that cannot be listed, then nothing is copied, and for the first file that cannot be copied.
    Notes: multiprocessing, 进程池作业 (copy a folder with a process pool). The stdlib: `shutil.copytree`, in one thread.
    """
    if executor is None:
        with ThreadPoolExecutor(8) as threads:
            return copy_folder(source, target, threads, progress)
    source, target = os.path.abspath(source), os.path.abspath(target)
    if not os.path.isdir(source):
        raise NotADirectoryError(f"{source} is no folder")
    if os.path.commonpath([os.path.realpath(source), os.path.realpath(target)]) == os.path.realpath(source):
        raise ValueError(f"{target} lies inside {source}: the copy would have no end")
    sizes = _plan(source, target)
    done, total = 0, sum(sizes.values())
    for pair, _ in map_unordered(executor, copy_one, sizes):
        done += sizes[pair]
        if progress is not None:
            progress(100 * done / total if total else 100.0)
    return Copied(len(sizes), total)


def _plan(source: str, target: str) -> dict[tuple[str, str], int]:
    """Make the target's folders; return the (source file, target file) pairs with their sizes."""
    def fail(error: OSError) -> None:
        raise error

    sizes = {}
    for folder, folders, names in os.walk(source, onerror=fail):  # else what cannot be listed is left out, unsaid
        inside = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(inside, exist_ok=True)
        with suppress(OSError):
            sweep_unfinished(inside)  # what an earlier copy has left that was killed
        names += [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in names:
            path = os.path.join(folder, name)
            sizes[path, os.path.normpath(os.path.join(inside, name))] = os.lstat(path).st_size
    return sizes


def copy_one(pair: tuple[str, str]) -> None:
    """Copy one (source, target) file under a temporary name and put it in its place when it is whole.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     first, second = os.path.join(place, "first"), os.path.join(place, "second")
    ...     open(first, "x").close()
    ...     copy_one((first, second))
    ...     sorted(os.listdir(place))
    ['first', 'second']
    """
    source, target = pair
    name = os.path.basename(target)
    with OpenFolder(os.path.dirname(os.path.abspath(target))) as folder:
        if os.path.islink(source):
            return _copy_link(source, folder, name)
        if not stat.S_ISREG(os.stat(source).st_mode):
            raise shutil.SpecialFileError(f"{source} is a device or a pipe, and has no contents to copy")
        with open(source, "rb", buffering=0) as reading:
            mode = stat.S_IMODE(os.fstat(reading.fileno()).st_mode)
            with Replacement(name, folder=folder, mode=mode, durable=folder.find(name) is not None) as new:
                copy_rest(reading, new.file)
                new.sync()
                shutil.copystat(source, new.temporary)
                new.commit()


def _copy_link(source: str, folder: OpenFolder, name: str) -> None:
    with hold_unfinished(folder) as suffix:  # so that it is swept if this process is killed
        temporary = f".{os.urandom(8).hex()}{suffix}"
        os.symlink(os.readlink(source), folder.path_of(temporary), target_is_directory=os.path.isdir(source))
        try:
            shutil.copystat(source, folder.path_of(temporary), follow_symlinks=False)
            folder.rename(temporary, name)
        except BaseException:
            folder.unlink(temporary)
            raise
