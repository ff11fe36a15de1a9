"""What a forked child shares with its parent and what it does not, each found out by trying (POSIX)."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import BinaryIO

from .fork import check_fork, run_forked


def memory_after_fork() -> tuple[list[str], list[str]]:
    """Let a child change a list that was made before the fork; return (what the child sees, what the parent sees).

    >>> memory_after_fork() if hasattr(os, "fork") else (['first', 'second'], ['first'])
    (['first', 'second'], ['first'])

    The child has a copy (which the system makes page by page, on the first write).
    Raises: OSError where there is no fork. Notes: processes, fork 复制内存 (memory is copied).
    """
    seen = ["first"]

    def change() -> list[str]:
        seen.append("second")
        return seen

    return run_forked(change, warn_threads=False), seen


def offset_after_fork() -> tuple[bytes, bytes, bytes]:
    """Let a child read from a file that was opened before the fork, and close it; return what each has read.

    The first is the child's reading, the second the parent's after it: they share one offset, so the parent goes on
    where the child stopped. But the descriptors are two: the child's close leaves the parent's open. The third is
    read by a parent that opened the file for itself: its own offset, from the beginning.

    >>> offset_after_fork() if hasattr(os, "fork") else (b"012", b"345", b"012")
    (b'012', b'345', b'012')

    Raises: OSError where there is no fork. Notes: processes, 文件句柄 (file handles): "closing either breaks the other".
    """
    check_fork()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "digits")
        with open(path, "wb") as made:
            made.write(b"0123456789")
        with open(path, "rb", buffering=0) as file:
            childs = run_forked(_read_and_close, (file,), warn_threads=False)
            parents = file.read(3)
        with open(path, "rb") as own:
            return childs, parents, own.read(3)


def _read_and_close(file: BinaryIO) -> bytes:
    with file:
        return file.read(3)


def output_after_fork(flush: bool) -> str:
    """Print a word, fork, and let both end; return what came out: the word once if it was flushed first, else twice.

    >>> [output_after_fork(flush) for flush in (False, True) if hasattr(os, "fork")] or ["hello hello", "hello"]
    ['hello hello', 'hello']

    It runs in a new interpreter, whose output is a pipe and therefore buffered. `fork_child` flushes.
    Raises: OSError where there is no fork. Notes: processes, print 也自带缓冲 (print's buffer).
    """
    check_fork()
    code = "import os, sys; sys.stdout.write('hello '); FLUSH; os.fork() or sys.exit(); os.wait()"
    code = code.replace("FLUSH", "sys.stdout.flush()" if flush else "pass")
    done = subprocess.run([sys.executable, "-E", "-S", "-c", code], stdout=subprocess.PIPE, check=True, timeout=60)
    return done.stdout.decode().strip()
