"""Remove what programs that were killed have left of the files that they were writing.

A `Replacement` is written under a hidden name, `.` and 16 hexadecimal digits, and locked as long as it is open. So a
file with such a name that nobody has locked was left: however long a living program takes for its own, however often
the number of a process is used again, in whatever container it runs.
"""
from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress
from typing import Iterable

from .contents import names_in
from .folders import OpenFolder
from .locking import is_locked, remove_unlocked

# Second is that of a file which is locked in place of this one: a form's files are closed before they get their names,
# and a link cannot be locked.
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}(\.[0-9a-f]{16})?\.(?:tmp|part)", re.IGNORECASE)


def is_unfinished(name: str) -> bool:
    """Return whether a name is that of a file that is still written, or was left.

    >>> is_unfinished(".0123456789abcdef.tmp"), is_unfinished(".git")
    (True, False)
    """
    return _UNFINISHED.fullmatch(name) is not None


def sweep_unfinished(folder: str | os.PathLike[str] | OpenFolder, names: Iterable[str] | None = None) -> int:
    """Remove what programs of this user that were killed have left in a folder; return how many files that were.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open(os.path.join(folder, ".0123456789abcdef.tmp"), "x").close()
    ...     sweep_unfinished(folder), os.listdir(folder)
    (1, [])

    What a living program writes stays; but on Windows, where a file is closed just before it is renamed, one that is
    met in that moment is lost to its writer, who gets FileNotFoundError. `names` are those to look at (None: all).
    Where the file system has no locks nothing is removed. Raises: OSError where the folder cannot be read.
    """
    if not isinstance(folder, OpenFolder):
        with OpenFolder(folder) as opened:
            return sweep_unfinished(opened, names)
    count = 0
    for name in names_in(folder) if names is None else names:
        with suppress(OSError):
            found = _UNFINISHED.fullmatch(name)
            if found and not (found[1] and is_locked(folder, f"{found[1]}.part")):
                if found[1] and stat.S_ISLNK(folder.stat(name).st_mode):
                    folder.unlink(name)
                else:
                    remove_unlocked(folder, name)
                count += 1
    return count


def sweep_tree(folder: str | os.PathLike[str], seconds: float = 2.0) -> int:
    """Do what `sweep_unfinished` does, in all folders below one, too; no longer than some seconds.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sweep_tree(folder)
    0

    Raises: nothing.
    """
    count, end = 0, time.monotonic() + seconds
    for path, folders, names in os.walk(folder):
        left = [name for name in folders + names if is_unfinished(name)]  # there are links to folders
        with suppress(OSError):
            count += sweep_unfinished(path, left) if left else 0
        if time.monotonic() > end:
            break
    return count
