"""Make buffering visible: after which step are the bytes that were written in the file?

`write` puts them into a buffer of this process, because a call of the system costs far more than a copy. They go to
the file when the buffer is full, at `flush`, at `close` and, in text mode with `buffering=1`, with each newline.
From then on every program sees them, but they are in the system's memory; only `fsync` waits for the disk (see
`netio.files.sync`).
"""
from __future__ import annotations

import os
from typing import Iterable, NamedTuple


class BufferStep(NamedTuple):
    """After one step: what was done, how many bytes had been given to `write`, and how many were in the file.

    >>> step = BufferStep("write 3", 3, 0)
    >>> step.given - step.stored
    3
    """

    action: str
    given: int
    stored: int


def watch_buffering(path: str | os.PathLike[str], pieces: Iterable[str | bytes | None], *, binary: bool = False,
                    buffering: int = -1, encoding: str = "utf-8") -> list[BufferStep]:
    """Write `pieces` to a new file one by one and return, for each step, how many bytes have reached the file.

    None among the pieces means `flush()`; the last step is always `close()`. `buffering` is that of `open`: -1
    the system's choice, 0 none (binary only), 1 by line (text only), more the size in bytes. Lines end with \\n on
    every system.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> for step in watch_buffering(pathlib.Path(folder.name, "new"), ["abc", None, "de\\n"], buffering=1):
    ...     print(*step)
    write 3 3 0
    flush 3 3
    write 3 6 6
    close 6 6
    >>> [step.stored for step in watch_buffering(pathlib.Path(folder.name, "new"), [b"abc"], binary=True)]
    [0, 3]
    >>> folder.cleanup()

    Raises: ValueError for a `buffering` that `open` refuses, such as 0 for text; TypeError for a str in binary mode
    and bytes in text mode; OSError where the file cannot be written. `buffering=1` in binary mode is ignored with a
    RuntimeWarning. Notes: IO, 缓冲区 (the buffer), 刷新缓冲区的条件. Stdlib: `io.DEFAULT_BUFFER_SIZE` is the usual size.
    """
    steps, given = [], 0
    file = open(path, "wb" if binary else "w", buffering, None if binary else encoding, newline=None if binary else "")
    with file:
        for piece in pieces:
            if piece is None:
                file.flush()
            else:
                file.write(piece)
                size = len(piece.encode(encoding) if isinstance(piece, str) else piece)
                given += size
            steps.append(BufferStep("flush" if piece is None else f"write {size}", given, os.stat(path).st_size))
    return [*steps, BufferStep("close", given, os.stat(path).st_size)]
