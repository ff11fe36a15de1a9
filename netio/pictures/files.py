"""Pictures of files: when bytes reach the file, where the offset stands, and which parts of it are holes."""
from __future__ import annotations

import functools
import os
import tempfile

from .. import files
from .canvas import MARGIN, SMALL, WIDTH, Canvas

BUFFER = 16  # bytes: the smallest sizes show the rule as well as the real ones
BINARY: tuple[bytes | None, ...] = (b"aaaaaa", b"bbbbbb", b"cccccc", None)
LINES = ("one\ntw", "o\n")
TEXT = "a中b"
SPARSE = 1 << 20
LARGE_MARK = 15


@functools.lru_cache(maxsize=None)
def run_buffering() -> tuple[tuple[files.buffering.BufferStep, ...], tuple[files.buffering.BufferStep, ...]]:
    """Write with a small buffer, and by lines; return the steps of both.

    >>> [(step.action, step.given, step.stored) for step in run_buffering()[0]][-2:]
    [('flush', 18, 18), ('close', 18, 18)]
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        return (tuple(files.watch_buffering(path, BINARY, binary=True, buffering=BUFFER)),
                tuple(files.watch_buffering(path, LINES, buffering=1)))


def draw_file_buffer(canvas: Canvas) -> None:
    """Draw, for each step of `run_buffering`, which bytes are in the program's buffer and which in the file."""
    binary, lines = run_buffering()
    writes = [f"write({piece!r})" for piece in BINARY if piece], [f"write({piece!r})" for piece in LINES]
    y = _buffer_table(canvas, 62, f'open(path, "wb", buffering={BUFFER})', binary, writes[0])
    y = _buffer_table(canvas, y + 18, 'open(path, "w", buffering=1)', lines, writes[1])
    canvas.remark(
        y + 14,
        "The bytes reach the file when the buffer is full, at flush, at close, and, by lines, with each newline. "
        "From then on all programs see them; that they are on the disk only os.fsync promises.",
        "缓冲区写满、flush、close，以及行缓冲时遇到换行，字节才到达文件。之后所有程序都能看到它们；只有 os.fsync 才保证已经写到磁盘。")


def _buffer_table(canvas: Canvas, y: float, how: str, steps: tuple[files.buffering.BufferStep, ...],
                  writes: list[str]) -> float:
    canvas.text(MARGIN, y, how, size=13, look="mono bold")
    canvas.text(212, y + 22, canvas.say("in the buffer", "在缓冲区"), size=SMALL, look="amber")
    canvas.text(374, y + 22, canvas.say("in the file", "在文件里"), size=SMALL, look="green")
    calls, y = iter(writes), y + 30
    for step in steps:
        call = next(calls) if step.action.startswith("write") else f"{step.action}()"
        canvas.text(MARGIN, y + 18, call, size=13, look="mono")
        _bytes_bar(canvas, 212, y, step.given - step.stored, "amber")
        _bytes_bar(canvas, 374, y, step.stored, "green")
        y += 32
    return y


def _bytes_bar(canvas: Canvas, x: float, y: float, count: int, kind: str) -> None:
    canvas.box(x, y, 18 * 8 + 10, 26, "", "plain", round_by=3)
    if count:
        canvas.box(x + 2, y + 2, count * 8 + 6, 22, f"{count}", kind, size=SMALL, round_by=2)


@functools.lru_cache(maxsize=None)
def run_offsets() -> tuple[tuple[tuple[int, str | bytes], ...], tuple[tuple[int, str | bytes], ...]]:
    """Read one character at a time, and two bytes at a time; return (what tell() says, what is read then) of both.

    >>> run_offsets()[0]
    ((0, 'a'), (1, '中'), (4, 'b'), (5, ''))
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "note.txt")
        with open(path, "wb") as file:
            file.write(TEXT.encode("utf-8"))
        return tuple(files.walk_offsets(path, 1)), tuple(files.walk_offsets(path, 2, binary=True))


def draw_file_offset(canvas: Canvas) -> None:
    """Draw the bytes of a small file, and where `tell` stands as it is read: by characters, by bytes."""
    say, x, cell = canvas.say, 62.0, 94.0
    characters, pairs = run_offsets()
    marks = [(f"{byte:02x}", kind) for char, kind in zip(TEXT, ("blue", "amber", "violet"))
             for byte in char.encode("utf-8")]
    canvas.text(MARGIN, 62, say(f"The file: {TEXT} in UTF-8, {len(marks)} bytes in hex",
                                f"文件：{TEXT}，UTF-8 编码，{len(marks)} 个字节，十六进制"))
    canvas.cells(x, 76, cell, marks, height=36, size=LARGE_MARK)
    y = _offset_row(canvas, 142, 'open(path, encoding="utf-8"), read(1)', characters, x, cell)
    y = _offset_row(canvas, y + 22, 'open(path, "rb"), read(2)', pairs, x, cell)
    canvas.remark(
        y + 16,
        "One offset serves reading and writing; each read moves it on, seek sets it. At the end, read returns "
        "nothing. Text mode reads characters, yet its offsets count bytes: use them for seek only.",
        "读和写共用一个偏移量；每次读都会前移，seek 可以设置。到了末尾，read 返回空。文本模式按字符读，偏移量却按字节算：只能用于 seek。")


def _offset_row(canvas: Canvas, y: float, how: str, steps: tuple[tuple[int, str | bytes], ...], x: float,
                cell: float) -> float:
    """Each tell() as a pointer up to its byte, and an arrow to where the read led."""
    canvas.text(MARGIN, y, how, size=13, look="mono bold")
    y += 22
    for (offset, piece), (after, _) in zip(steps, steps[1:]):
        canvas.arrow([(x + offset * cell + 3, y + 16), (x + after * cell - 3, y + 16)], "green", width=2)
        canvas.text(x + (offset + after) / 2 * cell, y + 10, repr(piece), size=SMALL, anchor="middle", look="mono")
    for offset, _ in steps:
        canvas.line(x + offset * cell, y + 8, x + offset * cell, y + 24, "red", width=2)
        canvas.text(x + offset * cell, y + 40, str(offset), size=13, anchor="middle", look="mono bold red")
    canvas.text(MARGIN, y + 40, "tell", size=SMALL, look="faint mono")
    return y + 44


@functools.lru_cache(maxsize=None)
def run_sparse() -> tuple[int, int, tuple[files.sparse.Extent, ...]]:
    """Write a little at both ends of a large file; return its size, the bytes that it takes, and its parts.

    Where the system maps no holes, the whole file is one part.

    >>> size, taken, parts = run_sparse()
    >>> size == sum(part.length for part in parts) == 1048576
    True
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "download")
        with open(path, "wb") as file:
            file.write(b"begin")
            file.seek(SPARSE - 3)
            file.write(b"end")
            file.flush()
            os.fsync(file.fileno())
        maps = hasattr(os, "SEEK_HOLE")
        parts = files.map_extents(path) if maps else [files.sparse.Extent("data", 0, SPARSE)]
        return os.path.getsize(path), files.sparse.allocated_bytes(path), tuple(parts)


def draw_sparse_file(canvas: Canvas) -> None:
    """Draw the parts of the file of `run_sparse` and what it takes."""
    say = canvas.say
    size, taken, parts = run_sparse()
    canvas.text(MARGIN, 62, 'file.write(b"begin")', size=13, look="mono")
    canvas.text(MARGIN, 84, f'file.seek({size - 3:_})', size=13, look="mono")
    canvas.text(MARGIN, 106, 'file.write(b"end")', size=13, look="mono")
    unlisted = say("data (this system lists no holes)", "数据（本系统不列出空洞）")
    names = {"data": say("data", "数据") if len(parts) > 1 else unlisted,
             "hole": say("hole: reads as zeros", "空洞：读出来全是零")}
    x, narrow = float(MARGIN), [part for part in parts if part.length * 7 < size]
    scale = (WIDTH - 2 * MARGIN - 74 * len(narrow)) / (size - sum(part.length for part in narrow))
    for part in parts:
        width = 74 if part in narrow else part.length * scale
        hole = part.kind == "hole"
        canvas.box(x, 138, width, 48, names[part.kind], "plain" if hole else "blue", dashed=hole)
        canvas.text(x, 206, f"{part.offset}", size=SMALL, look="mono")
        x += width
    canvas.text(WIDTH - MARGIN, 130, f"{size}", size=SMALL, look="mono", anchor="end")
    canvas.text(MARGIN, 238, "os.path.getsize", size=13, look="mono")
    canvas.text(MARGIN, 262, "allocated_bytes", size=13, look="mono")
    for y, number, kind in ((238, size, "plain"), (262, taken, "blue")):
        canvas.box(196, y - 13, max(2.0, 230 * min(1.0, number / size)), 16, "", kind, round_by=2)
        canvas.text(WIDTH - MARGIN, y, f"{number} B", size=13, look="mono", anchor="end")
    canvas.remark(
        292,
        "A hole takes no room. Going beyond the end makes one; so does truncate. A downloader that wants the room "
        "early must ask for it: preallocate.",
        "空洞不占磁盘空间。越过末尾再写就会产生空洞，truncate 也会。下载程序若想提前占好空间，必须明确申请：preallocate。")
